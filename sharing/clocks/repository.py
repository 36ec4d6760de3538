"""Clocks: rows in, model out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sharing.clocks.model import Clock, pauses_of
from sharing.clocks.tables import ClockFactRow, ClockRow
from sharing.profiles.model import LimitName

_UPDATE = update(ClockRow).where(
    ClockRow.subject == bindparam("of_subject"), ClockRow.limit == bindparam("under")
)


class ClockRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, clock: Clock) -> None:
        self._session.add(ClockRow(**_columns(clock)))
        self._session.flush()

    def find(self, subject: str, *limits: LimitName) -> Clock | None:
        """The clock of a subject under the first of these limits that was ever started."""
        query = select(ClockRow).where(ClockRow.subject == subject, ClockRow.limit.in_(limits))
        found = {row.limit: row for row in self._session.scalars(query)}
        return next((_clock(found[limit]) for limit in limits if limit in found), None)

    def list_by_subject(self, subject: str) -> list[Clock]:
        """The clocks of one subject, in the order in which they started."""
        query = (
            select(ClockRow)
            .where(ClockRow.subject == subject)
            .order_by(ClockRow.started_on, ClockRow.limit)
        )
        return [_clock(row) for row in self._session.scalars(query)]

    def list_about(self, subject: str) -> list[Clock]:
        """The clocks of a subject and of its numbered parts, such as a grant's suspensions."""
        of_parts = ClockRow.subject.startswith(f"{subject}#", autoescape=True)
        query = (
            select(ClockRow)
            .where(or_(ClockRow.subject == subject, of_parts))
            .order_by(ClockRow.started_on, ClockRow.subject, ClockRow.limit)
        )
        return [_clock(row) for row in self._session.scalars(query)]

    def list_open(
        self, *, debtor: str = "", limit: LimitName | None = None, due_before: date | None = None
    ) -> list[Clock]:
        """The clocks that have not ended, what is due first at first; of one department if given."""
        query = select(ClockRow).where(ClockRow.ended_on.is_(None))
        if debtor:
            query = query.where(ClockRow.debtor == debtor)
        if limit is not None:
            query = query.where(ClockRow.limit == limit.value)
        if due_before is not None:
            query = query.where(ClockRow.due_on < due_before)
        query = query.order_by(ClockRow.due_on, ClockRow.subject)
        return [_clock(row) for row in self._session.scalars(query)]

    def list_all(self) -> Iterator[Clock]:
        """Every clock there ever was, in no order."""
        return map(
            _clock, self._session.scalars(select(ClockRow).execution_options(yield_per=5000))
        )

    def update(self, clock: Clock) -> None:
        columns = _columns(clock)
        key = {"of_subject": columns.pop("subject"), "under": columns.pop("limit")}
        self._session.connection().execute(_UPDATE, columns | key)

    def keep(self, clocks: Iterable[Clock], at: datetime) -> None:
        """Keep these clocks as they are from `at` on.

        Of what changed twice at one moment the last is kept: nothing was true in between.
        """
        values = [_stored(clock) | {"recorded_at": at} for clock in clocks]
        if not values:
            return
        dialect = self._session.get_bind().dialect.name
        table = ClockFactRow.__table__
        adding = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(ClockFactRow)
        kept = {name: adding.excluded[name] for name in values[0] if not table.c[name].primary_key}
        statement = adding.on_conflict_do_update(index_elements=table.primary_key, set_=kept)
        self._session.connection().execute(statement, values)

    def list_kept(self) -> Iterator[tuple[datetime, Clock]]:
        """Every clock as it was from each moment on, in no order."""
        rows = self._session.scalars(select(ClockFactRow).execution_options(yield_per=5000))
        return ((row.recorded_at, _clock(row)) for row in rows)


def _columns(clock: Clock) -> dict[str, Any]:
    return asdict(clock) | {
        "limit": clock.limit.value,
        "pauses": clock.to_json()["pauses"],
    }


def _stored(clock: Clock) -> dict[str, Any]:
    """The columns by their names in the database."""
    columns = _columns(clock)
    return columns | {"limit_name": columns.pop("limit")}


def _clock(row: ClockRow | ClockFactRow) -> Clock:
    values = {
        name: getattr(row, name) for name in Clock.__slots__ if name not in ("limit", "pauses")
    }
    return Clock(
        **values,
        limit=LimitName(row.limit),
        pauses=pauses_of(row.pauses),
    )
