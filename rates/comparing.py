"""Two lists of the rows of one rate: which entered and left, which changed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rates.model import Member


class Change(StrEnum):
    ENTERED = "entered"
    """The base."""
    LEFT = "left"
    GAINED = "gained"
    """It is in the numerator now, or more of it."""
    LOST = "lost"
    EXCLUDED = "excluded"
    """It was in the base, or for another reason out of it."""


TITLES: dict[Change, tuple[str, str]] = {
    Change.ENTERED: ("进入分母", "entered the base"),
    Change.LEFT: ("离开分母", "left the base"),
    Change.GAINED: ("计入分子", "counts now"),
    Change.LOST: ("不再计入分子", "counts no more"),
    Change.EXCLUDED: ("不计入", "is left out now"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A row that is not as it was; `before` or `after` is None where it was not listed at all."""

    change: Change
    member: Member
    """The row as it was last listed."""
    before: Member | None
    after: Member | None

    @property
    def n(self) -> int:
        """What it adds to the numerator more than before."""
        return _n(self.after) - _n(self.before)

    @property
    def base(self) -> int:
        return _base(self.after) - _base(self.before)


def compare(before: Iterable[Member], after: Iterable[Member]) -> list[MemberChange]:
    """The rows whose part in the number changed, by kind of change, department and id.

    The differences of n and N add up to the difference of the two numbers.
    """
    earlier = {member.id: member for member in before}
    later = {member.id: member for member in after}
    found = [
        MemberChange(change=change, member=last, before=earlier.get(key), after=later.get(key))
        for key, last in (earlier | later).items()
        if (change := _change(earlier.get(key), later.get(key))) is not None
    ]
    order = list(Change)
    return sorted(
        found,
        key=lambda one: (order.index(one.change), one.member.department, one.member.id),
    )


def _change(old: Member | None, new: Member | None) -> Change | None:
    was, now = _standing(old), _standing(new)
    if was == now:
        return None
    if _base(old) and not _base(new):
        return Change.EXCLUDED if new is not None and new.excluded else Change.LEFT
    if _base(new) and not _base(old):
        return Change.ENTERED
    if not _base(new):  # it is out of the base for another reason, or is listed no more
        return Change.EXCLUDED if new is not None else Change.LEFT
    return Change.GAINED if _n(new) * _base(old) >= _n(old) * _base(new) else Change.LOST


def _standing(member: Member | None) -> tuple[int, int, str] | None:
    return None if member is None else (member.n, member.base, member.excluded)


def _n(member: Member | None) -> int:
    return 0 if member is None else member.n


def _base(member: Member | None) -> int:
    return 0 if member is None else member.base
