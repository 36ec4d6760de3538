"""Notices: read them, say where to send them, and send what is due (docs/notices.md).

No act sends: the unit of work puts notices into the outbox, and a process of its own empties it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bureau.acts import Acts
from bureau.identity import identify
from catalog.model import Person
from sharing.notices.address import check_mail, check_may_address
from sharing.notices.model import Channel, Due, Notice

if TYPE_CHECKING:
    from bureau.posting import Failure

MARGIN = timedelta(minutes=2)
"""How much longer a notice is claimed than an attempt may take.

Taking it may wait a minute for the database, and the clocks of two computers may differ.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to send a notice. Where it succeeded, there is no error and no next try."""

    notice: str
    channel: Channel
    error: str
    next_try_at: datetime | None


class Notices(Acts):
    """The notices of whoever acts, the addresses they go to, and their sending."""

    def list(self, *, unread: bool = False, limit: int = 50) -> tuple[Notice, ...]:
        """The actor's newest notices, newest first."""
        with self.workspace.reading() as unit:
            person = identify(unit, self.actor).person
            return tuple(unit.notices.list_by_person(person, limit=limit, unread=unread))

    def count_unread(self) -> int:
        with self.workspace.reading() as unit:
            return unit.notices.count_unread(identify(unit, self.actor).person)

    def read(self, refs: Sequence[str]) -> None:
        """Note that the actor has read these notices of theirs: all of them, or none."""
        with self.workspace.writing(self.actor) as write:
            for ref in refs:
                write.notices.mark_read(ref, person=write.actor.person, at=write.now)

    def set_address(self, person: str, mail: str) -> None:
        """Say where mail for a person goes. It is theirs: no ledger entry holds it."""
        address = check_mail(mail)
        with self.workspace.writing(self.actor) as write:
            check_may_address(write.actor, person)
            write.notices.set_mail(write.registry.get(Person, person).code, address)

    def erase_address(self, person: str) -> None:
        """Forget a person's address, and what was still to be sent to it."""
        with self.workspace.writing(self.actor) as write:
            check_may_address(write.actor, person)
            write.notices.erase_mail(person)

    def send(self) -> tuple[Attempt, ...]:
        """Try to send everything that is due now, one notice after the other.

        Two who send at once share the work. A channel that cannot be reached is left for the next
        time. Raises Conflict where no channel is configured, InvalidInput where a secret is missing.
        """
        # Mail and HTTP are loaded by whoever sends, not by every command.
        from bureau.sending import senders

        sends = senders(self.workspace.settings)
        clock = self.workspace.clock
        lease = MARGIN + timedelta(seconds=self.workspace.settings.notices.timeout_s)
        began, reached = clock.now(), set(sends)
        attempts: list[Attempt] = []
        while reached:
            now = clock.now()
            with self.workspace.outbox() as outbox:
                due = outbox.notices.claim(reached, due_by=began, now=now, until=now + lease)
            if due is None:
                break
            failure = sends[due.channel](due, now)
            attempts.append(self._settled(due, failure))
            if failure and failure.unreachable:
                reached.discard(due.channel)
        return tuple(attempts)

    def _settled(self, due: Due, failure: Failure | None) -> Attempt:
        """Note how an attempt ended; where this is never reached, it is made again."""
        at, again = self.workspace.clock.now(), None
        with self.workspace.outbox() as outbox:
            if failure is None:
                outbox.notices.mark_sent(due, at=at)
            else:
                again = outbox.notices.mark_failed(due, failure.reason, at=at)
        return Attempt(
            notice=due.notice.ref,
            channel=due.channel,
            error=failure.reason if failure else "",
            next_try_at=again,
        )
