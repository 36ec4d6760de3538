"""Who settles a dispute, in which order: pure, from the tree of divisions (Decree 809 Art. 28)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from catalog.model import Department, DepartmentKind
from core.errors import Conflict
from sharing.disputes.model import Tier

Parents: TypeAlias = Mapping[str, str | None]
"""The parent of each registered division."""


REGISTER = (
    "register it, or the one above it, as a Department of kind authority or government, and the"
    " divisions above both: bureau apply FOLDER"
)
"""What to do where nobody can decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The department that has to act at a tier, and its division."""

    tier: Tier
    department: str
    division: str


def seats(
    parents: Parents, departments: Collection[Department], asking: Department, provider: Department
) -> tuple[Seat, ...]:
    """Who settles it, in this order; a tier at which nobody could be impartial is left out.

    Departments of one division negotiate first. Then the data authority of the lowest division that
    both lie in and that has one decides, then the government of that division. Where that has none,
    or it is a party itself, the next government above does.
    """
    found = []
    if asking.division == provider.division:
        found.append(_seat(Tier.NEGOTIATION, provider))
    shared = common(parents, asking.division, provider.division)
    home = _lowest(shared, departments, DepartmentKind.AUTHORITY)
    if not home:
        return tuple(found)
    impartial = [one for one in departments if one.code not in {asking.code, provider.code}]
    deciding = _of(impartial, home, DepartmentKind.AUTHORITY)
    above = shared[shared.index(home) :]
    governing = _lowest(above, impartial, DepartmentKind.GOVERNMENT)
    found += [_seat(Tier.AUTHORITY, one) for one in deciding[:1]]
    found += [
        _seat(Tier.GOVERNMENT, one)
        for one in _of(impartial, governing, DepartmentKind.GOVERNMENT)[:1]
    ]
    return tuple(found)


def next_seat(found: Sequence[Seat], after: Tier | None) -> Seat:
    """Who is next after a tier, or first of all; raises Conflict where nobody is."""
    if left := above(found, after):
        return left[0]
    raise Conflict(f"nobody can decide this dispute: {missing(after)}", hint=REGISTER)


def above(found: Sequence[Seat], after: Tier | None) -> list[Seat]:
    """Those who come after a tier."""
    order = list(Tier)
    passed = -1 if after is None else order.index(after)
    return [seat for seat in found if order.index(seat.tier) > passed]


def missing(after: Tier | None) -> str:
    """Who is not there where nobody comes after a tier."""
    lacking = "government" if after is Tier.AUTHORITY else "data authority (主管部门)"
    return (
        f"no {lacking} that is not a party itself is registered for a division that both parties"
        " lie in"
    )


def common(parents: Parents, one: str, other: str) -> list[str]:
    """The divisions that both are or lie in, the lowest first."""
    above = set(_upwards(parents, other))
    return [code for code in _upwards(parents, one) if code in above]


def _upwards(parents: Parents, code: str) -> list[str]:
    found = [code]
    while (above := parents.get(found[-1])) is not None:
        found.append(above)
    return found


def _lowest(
    divisions: Sequence[str], departments: Collection[Department], kind: DepartmentKind
) -> str:
    return next((code for code in divisions if _of(departments, code, kind)), "")


def _of(
    departments: Collection[Department], division: str, kind: DepartmentKind
) -> list[Department]:
    found = [one for one in departments if one.division == division and one.kind is kind]
    return sorted(found, key=lambda one: one.code)


def _seat(tier: Tier, department: Department) -> Seat:
    return Seat(tier=tier, department=department.code, division=department.division)
