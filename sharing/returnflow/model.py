"""A return list, what stands on it, and how whole a return was (Decree 809 Art. 24).

An entry has no field for a condition: all columns, all rows of the area, for the area's own duties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalog.predicate import Comparison, Operator
from sharing.model import GrantState

PURPOSE = "数据回流：履行职责"
"""The one purpose of every return: the receiving department's own duties."""


class Match(StrEnum):
    """How the codes in the data are those of an area: the same, or longer ones that begin with it."""

    EQUAL = "equal"
    PREFIX = "prefix"


class ReturnState(StrEnum):
    """Derived from facts and from the grant at a moment, never stored."""

    ASKED = "asked"
    """The provider has to confirm by which column the area is cut out."""
    LISTED = "listed"
    """The receiving department has to name the application that will use it."""
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


_OF_GRANT = {
    GrantState.SCHEDULED: ReturnState.SCHEDULED,
    GrantState.ACTIVE: ReturnState.IN_FORCE,
    GrantState.SUSPENDED: ReturnState.SUSPENDED,
    GrantState.ENDED: ReturnState.ENDED,
    GrantState.REVOKED: ReturnState.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFlow:
    """One dataset of an upper level on the return list (回流清单) of one area.

    It is confirmed when the column is settled, and accepted when the receiving department has named
    its application; whoever asks for a return accepts it with that.
    """

    ref: str
    dataset: str
    division: str
    department: str
    """Who receives it: a department of the division."""
    column: str
    """Which column holds the code of the area; empty while nobody has said so."""
    match: Match
    start: date
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    application: str = ""
    accepted_at: datetime | None = None
    accepted_by: str = ""
    grant: str = ""
    withdrawn_at: datetime | None = None

    @property
    def rows(self) -> Comparison:
        """The rows of the area, and no others."""
        op = Operator.EQ if self.match is Match.EQUAL else Operator.STARTS_WITH
        return Comparison(self.column, op, (self.division,))

    def state(self, of_grant: GrantState | None) -> ReturnState:
        if self.withdrawn_at is not None:
            return ReturnState.WITHDRAWN
        if of_grant is not None:
            return _OF_GRANT[of_grant]
        return ReturnState.ASKED if self.confirmed_at is None else ReturnState.LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCheck:
    """How whole and how timely a return was: counts of the delivery that was published last."""

    flow: str
    number: int
    """From 1 for each return."""
    checked_at: datetime
    checked_by: str
    delivery: int | None
    """None where nothing was ever published."""
    held: int
    """Rows of the area that the upper level holds."""
    given: int
    """Rows that the receiving department can read."""
    expected: int | None
    """Rows that there should be, as whoever checked said."""
    nobodys: int
    """Rows of the whole dataset without a code, or with one that no area below has."""
    missing: tuple[str, ...]
    """Columns of the contract that are not given."""
    on_time: bool | None
    """None where no cycle was promised, so that lateness cannot be judged."""

    @property
    def due(self) -> int:
        return max(self.held, self.expected or 0)

    @property
    def complete(self) -> bool | None:
        """None where there was no row to return, and so nothing to judge by."""
        if self.delivery is None or self.missing or self.given < self.due:
            return False
        return True if self.due else None
