"""Which roles may do what: one table, looked at in one place.

Managing, operating and auditing are separate roles (GB/T 39477-2020); a role counts within the
person's own department unless it is one of the data bureau's.
"""

from __future__ import annotations

from enum import StrEnum

from bureau.identity import FOUNDER
from core.actor import Actor, Role
from core.errors import Denied
from sharing.authority import OWN_CASE, Ruling, own_case


class Act(StrEnum):
    REGISTER_PEOPLE = "register people and departments"
    REGISTER_DATASET = "register a dataset"
    SUBMIT_DATASET = "submit an entry to the catalogue"
    RECORD_CHANGE = "record a change that the catalogue must follow"
    NAME_SOURCE = "name the source department of an item"
    PUBLISH_CONTRACT = "publish a contract"
    DELIVER = "deliver data"
    CHECK = "run checks"
    SEE_FAILING_ROWS = "see failing rows"
    REQUEST = "request data"
    IMPORT_CALENDAR = "import the calendar of working days"
    FREEZE_RATES = "freeze rates in a snapshot"


OWN_DEPARTMENT: dict[Act, frozenset[Role]] = {
    Act.REGISTER_PEOPLE: frozenset(),
    Act.REGISTER_DATASET: frozenset({Role.STEWARD}),
    Act.SUBMIT_DATASET: frozenset({Role.STEWARD}),
    Act.RECORD_CHANGE: frozenset({Role.STEWARD, Role.APPROVER}),
    Act.NAME_SOURCE: frozenset(),
    Act.PUBLISH_CONTRACT: frozenset({Role.STEWARD}),
    Act.DELIVER: frozenset({Role.STEWARD}),
    Act.CHECK: frozenset({Role.STEWARD}),
    Act.SEE_FAILING_ROWS: frozenset({Role.STEWARD, Role.APPROVER}),
    Act.REQUEST: frozenset({Role.REQUESTER}),
    Act.IMPORT_CALENDAR: frozenset(),
    Act.FREEZE_RATES: frozenset(),
}
"""Roles that suffice when the act concerns the person's own department."""

EVERYWHERE: dict[Act, frozenset[Role]] = {
    Act.REGISTER_PEOPLE: frozenset({Role.OPERATOR, Role.AUTHORITY}),
    Act.REGISTER_DATASET: frozenset({Role.OPERATOR, Role.AUTHORITY}),
    Act.SUBMIT_DATASET: frozenset(),
    Act.RECORD_CHANGE: frozenset({Role.AUTHORITY}),
    Act.NAME_SOURCE: frozenset({Role.AUTHORITY}),
    Act.PUBLISH_CONTRACT: frozenset({Role.OPERATOR, Role.AUTHORITY}),
    Act.DELIVER: frozenset({Role.OPERATOR}),
    Act.CHECK: frozenset({Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR}),
    Act.SEE_FAILING_ROWS: frozenset({Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR}),
    Act.REQUEST: frozenset(),
    Act.IMPORT_CALENDAR: frozenset({Role.OPERATOR, Role.AUTHORITY}),
    Act.FREEZE_RATES: frozenset({Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR}),
}
"""Roles that suffice whatever department the act concerns."""


RULINGS: dict[Act, Ruling | None] = {
    Act.REGISTER_PEOPLE: Ruling.PEOPLE,
    Act.REGISTER_DATASET: Ruling.ENTRY,
    Act.SUBMIT_DATASET: None,
    Act.RECORD_CHANGE: Ruling.CATALOGUE_CHANGE,
    Act.NAME_SOURCE: Ruling.SOURCE,
    Act.PUBLISH_CONTRACT: Ruling.CONTRACT,
    Act.DELIVER: None,
    Act.CHECK: None,
    Act.SEE_FAILING_ROWS: None,
    Act.REQUEST: None,
    Act.IMPORT_CALENDAR: None,
    Act.FREEZE_RATES: None,
}
"""What the data authority decides with an act, if that is for it and about a department."""


def may_everywhere(actor: Actor, act: Act) -> bool:
    """Whether the actor may do `act` whatever department it concerns."""
    return actor.person == FOUNDER or bool(actor.roles & EVERYWHERE[act])


def require(actor: Actor, act: Act, department: str) -> None:
    """Raise Denied unless the actor may do `act` where `department` owns what it concerns."""
    if may_everywhere(actor, act):
        _require_other(actor, act, department)
        return
    if actor.department == department and actor.roles & OWN_DEPARTMENT[act]:
        return
    own = [f"{role} of {department}" for role in sorted(OWN_DEPARTMENT[act]) if department]
    needed = " or ".join([*own, *sorted(EVERYWHERE[act])])
    held = ", ".join(sorted(actor.roles)) or "no role"
    raise Denied(
        f"{actor.person} may not {act.value}",
        reasons=(f"it takes {needed}; {actor.person} is {held} of {actor.department}",),
        hint=f"ask {needed}: bureau person list shows who that is",
    )


def _require_other(actor: Actor, act: Act, department: str) -> None:
    ruling = RULINGS[act]
    if ruling is not None and (reasons := own_case(actor, ruling, department)):
        raise Denied(
            f"{actor.person} may not {act.value} of {department}, which is their own: {OWN_CASE}",
            reasons=reasons,
            hint=f"it takes somebody of the data authority who is not of {department}:"
            " bureau person list shows who that is",
        )
