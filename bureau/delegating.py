"""Let somebody decide in one's place for a time, and take that back."""

from __future__ import annotations

from datetime import date, timedelta

from bureau.acts import Acts
from bureau.policies import profile
from bureau.receipt import Receipt, receipt
from bureau.request_document import midnight
from bureau.unit_of_work import WriteUnit
from catalog.model import Person
from core.clock import end_of_day
from core.errors import Conflict
from sharing.delegations import model
from sharing.delegations.model import Delegation
from sharing.ledger.entry import Event, commitment
from sharing.words import words_hash


class Delegations(Acts):
    """Who stands in for whom (授权代理)."""

    def make(
        self, to: str, *, until: date, first: date | None = None, reason: str
    ) -> tuple[Delegation, Receipt]:
        """Delegate the actor's deciding roles to `to`, up to and including the day `until`."""
        settings = self.workspace.settings
        with self.workspace.writing(self.actor) as write:
            person = write.registry.get(Person, to)
            if write.registry.salt_of(person.code) is None:
                raise Conflict(
                    f"{person.code} was erased from the ledger's side table and may not act any more",
                    hint="delegate to somebody who can",
                )
            made = model.delegate(
                write.actor,
                ref=write.delegations.next_ref(),
                to=person,
                since=midnight(first, settings.zone) if first else write.now,
                until=end_of_day(until, settings.zone),
                reason=reason,
                longest=timedelta(days=profile(settings).number("delegation_days")),
                now=write.now,
            )
            write.delegations.save(made)
            write.record(
                Event(
                    "delegation.made",
                    f"delegation:{made.ref}",
                    {
                        **_between(write, made),
                        "department": made.department,
                        "reason_hash": words_hash(made.reason),
                        "roles": list(made.roles),
                        "since": made.since.isoformat(),
                        "until": made.until.isoformat(),
                    },
                )
            )
        return made, receipt(made.ref, write)

    def withdraw(self, ref: str) -> tuple[Delegation, Receipt]:
        with self.workspace.writing(self.actor) as write:
            ended = model.withdraw(write.delegations.get(ref), write.actor, write.now)
            write.delegations.save(ended)
            told = {**_between(write, ended), "department": ended.department}
            write.record(Event("delegation.withdrawn", f"delegation:{ended.ref}", told))
        return ended, receipt(ended.ref, write)

    def list(self) -> list[Delegation]:
        with self.workspace.reading() as unit:
            return unit.delegations.list_all()


def _between(write: WriteUnit, delegation: Delegation) -> dict[str, str]:
    """Commitments to both people; to nobody where one was erased since."""
    people = {"delegator": delegation.delegator, "delegate": delegation.delegate}
    salts = write.registry.salts(people.values())
    return {
        part: commitment(salts[code], code) if code in salts else ""
        for part, code in people.items()
    }
