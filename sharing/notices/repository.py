"""Notices: rows in, model out; and the outbox that senders claim from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.db import next_number
from core.errors import NotFound
from core.ids import NOTICE, new_id, reference
from sharing.notices.model import Channel, Due, Notice, Sending, Telling, Unsent, next_try
from sharing.notices.tables import NoticeRow, PersonContactRow, SendingRow
from sharing.stored import number_of


class NoticeRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, tellings: Sequence[Telling], channels: Collection[Channel], *, at: datetime
    ) -> None:
        """Make a notice of each telling, to be sent on these channels.

        By mail goes only what is for somebody with an address.
        """
        if not tellings:
            return
        first = next_number(self._session, NoticeRow.number)
        numbered = dict(enumerate(tellings, first))
        self._session.execute(
            insert(NoticeRow),
            [
                {"number": number, "id": new_id(at), "created_at": at, **asdict(one)}
                for number, one in numbered.items()
            ],
        )
        for channel in channels:
            people = {one.person for one in tellings}
            reached = self._with_mail(people) if channel is Channel.MAIL else people
            rows = [
                _unsent(number, channel, at)
                for number, one in numbered.items()
                if one.person in reached
            ]
            if rows:
                self._session.execute(insert(SendingRow), rows)

    def list_by_person(self, person: str, *, limit: int, unread: bool = False) -> list[Notice]:
        """The newest notices of one person, newest first."""
        query = select(NoticeRow).where(NoticeRow.person == person)
        if unread:
            query = query.where(NoticeRow.read_at.is_(None))
        query = query.order_by(NoticeRow.number.desc()).limit(limit)
        sendings: dict[int, list[Sending]] = defaultdict(list)
        of_these = SendingRow.notice.in_(query.with_only_columns(NoticeRow.number))
        found = select(SendingRow).where(of_these).order_by(SendingRow.channel)
        for sending in self._session.scalars(found):
            sendings[sending.notice].append(_sending(sending))
        return [_notice(row, sendings[row.number]) for row in self._session.scalars(query)]

    def count_unread(self, person: str) -> int:
        counted = select(func.count()).where(
            NoticeRow.person == person, NoticeRow.read_at.is_(None)
        )
        return self._session.scalars(counted).one()

    def mark_read(self, ref: str, *, person: str, at: datetime) -> None:
        """Note that a person read a notice; the first time stays. Another's notice is none."""
        row = self._session.get(NoticeRow, number_of(ref, NOTICE, "notice"))
        if row is None or row.person != person:
            raise NotFound("notice", ref, hint="bureau notice list shows yours")
        row.read_at = row.read_at or at

    def mail_of(self, person: str) -> str:
        """The address of a person, or nothing."""
        row = self._session.get(PersonContactRow, person)
        return row.mail if row else ""

    def set_mail(self, person: str, mail: str) -> None:
        self._session.merge(PersonContactRow(person=person, mail=mail))

    def erase_mail(self, person: str) -> None:
        """Forget a person's address, and what was to be sent to it."""
        theirs = select(NoticeRow.number).where(NoticeRow.person == person)
        self._session.execute(
            delete(SendingRow).where(
                SendingRow.notice.in_(theirs),
                SendingRow.channel == Channel.MAIL.value,
                SendingRow.sent_at.is_(None),
            )
        )
        self._session.execute(delete(PersonContactRow).where(PersonContactRow.person == person))

    def claim(
        self,
        channels: Collection[Channel],
        *,
        due_by: datetime,
        now: datetime,
        until: datetime,
    ) -> Due | None:
        """Take what is due first, so that no other sender takes it before `until`."""
        first = (
            select(SendingRow)
            .where(
                SendingRow.sent_at.is_(None),
                SendingRow.next_try_at <= due_by,
                or_(SendingRow.claimed_until.is_(None), SendingRow.claimed_until <= now),
                SendingRow.channel.in_([channel.value for channel in channels]),
            )
            .order_by(SendingRow.next_try_at, SendingRow.notice)
            .limit(1)
            # PostgreSQL; on SQLite whoever writes is alone.
            .with_for_update(skip_locked=True)
        )
        row = self._session.scalar(first)
        if row is None:
            return None
        row.claimed_until = until
        row.attempts += 1
        channel = Channel(row.channel)
        notice = self._session.get_one(NoticeRow, row.notice)
        return Due(
            notice=_notice(notice, ()),
            channel=channel,
            attempts=row.attempts,
            until=until,
            mail=self.mail_of(notice.person) if channel is Channel.MAIL else "",
        )

    def mark_sent(self, due: Due, *, at: datetime) -> None:
        """It is sent, whoever has claimed it meanwhile; what was erased stays so."""
        self._session.execute(
            update(SendingRow)
            .where(*_claimed(due))
            .values(sent_at=at, claimed_until=None, last_error="")
        )

    def mark_failed(self, due: Due, reason: str, *, at: datetime) -> datetime:
        """Let go of what could not be sent; gives back when it is tried again."""
        again = next_try(due.attempts, at)
        self._session.execute(
            update(SendingRow)
            .where(*_claimed(due), SendingRow.claimed_until == due.until)
            .values(next_try_at=again, claimed_until=None, last_error=reason)
        )
        return again

    def unsent(self, channels: Collection[Channel]) -> Unsent:
        """What waits on these channels. The error is that of the oldest."""
        waiting = (
            SendingRow.sent_at.is_(None),
            SendingRow.channel.in_([channel.value for channel in channels]),
        )
        number = self._session.scalars(select(func.count()).where(*waiting)).one()
        oldest = self._session.execute(
            select(NoticeRow.created_at, SendingRow.last_error)
            .join(SendingRow, SendingRow.notice == NoticeRow.number)
            .where(*waiting)
            .order_by(NoticeRow.number)
            .limit(1)
        ).one_or_none()
        since, error = oldest or (None, "")
        return Unsent(count=number, since=since, last_error=error)

    def _with_mail(self, people: Collection[str]) -> set[str]:
        query = select(PersonContactRow.person).where(PersonContactRow.person.in_(people))
        return set(self._session.scalars(query))


def _claimed(due: Due) -> tuple[ColumnElement[bool], ...]:
    return (
        SendingRow.notice == number_of(due.notice.ref, NOTICE, "notice"),
        SendingRow.channel == due.channel.value,
        SendingRow.sent_at.is_(None),
    )


def _unsent(number: int, channel: Channel, at: datetime) -> dict[str, object]:
    return {
        "notice": number,
        "channel": channel.value,
        "attempts": 0,
        "next_try_at": at,
        "claimed_until": None,
        "sent_at": None,
        "last_error": "",
    }


def _notice(row: NoticeRow, sendings: Sequence[Sending]) -> Notice:
    return Notice(
        ref=reference(NOTICE, row.number),
        id=row.id,
        person=row.person,
        kind=row.kind,
        subject=row.subject,
        entry=row.entry,
        due_on=row.due_on,
        created_at=row.created_at,
        read_at=row.read_at,
        behalf=row.behalf,
        sendings=tuple(sendings),
    )


def _sending(row: SendingRow) -> Sending:
    return Sending(
        channel=Channel(row.channel),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
    )
