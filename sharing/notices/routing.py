"""Who is told of which kind of ledger entry, and in which words: one line a kind.

A kind that is in neither table tells nobody; a test holds that no kind is left out of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.model import Person
from core.actor import Role
from core.canonical import Json
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import Event
from sharing.notices.model import Telling


class Party(StrEnum):
    """A side of what happened. The fact of the same name says which department it is."""

    ASKING = "department"
    PROVIDER = "provider"
    AUTHORITY = "authority"
    """The data authority is whoever has that role, in whatever department."""


DEPARTMENTS = (Party.ASKING, Party.PROVIDER)
"""The sides that an entry names."""


@dataclass(frozen=True, slots=True)
class Audience:
    party: Party
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Route:
    """`todo` is the command to run next, for `{ref}`. With `when`, only if that fact holds."""

    told: tuple[Audience, ...]
    title_zh: str
    title_en: str
    todo: str
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An entry of the ledger that somebody is told of, with the departments it concerns."""

    entry: int
    event: Event
    departments: Mapping[Party, str]


REQUESTERS = Audience(Party.ASKING, frozenset({Role.REQUESTER}))
USERS = Audience(Party.ASKING, frozenset({Role.REQUESTER, Role.APPROVER}))
APPROVERS = Audience(Party.PROVIDER, frozenset({Role.APPROVER}))
STEWARDS = Audience(Party.PROVIDER, frozenset({Role.STEWARD}))
AUTHORITY = Audience(Party.AUTHORITY, frozenset({Role.AUTHORITY}))

_REQUEST, _GRANT = "bureau request show {ref}", "bureau grant show {ref}"

ROUTES: Mapping[str, Route] = {
    "request.submitted": Route(
        (APPROVERS,), "共享申请待签收", "A request waits for receipt", "bureau request receive {ref}"
    ),
    "request.received": Route((REQUESTERS,), "共享申请已签收", "A request was signed for", _REQUEST),
    "request.returned": Route(
        (REQUESTERS,),
        "共享申请需一次性补正",
        "A request was handed back: papers are missing",
        "bureau request supplement {ref} --answer TEXT",
    ),
    "request.supplemented": Route(
        (APPROVERS,),
        "共享申请已补正，待答复",
        "A request was supplemented and waits for a reply",
        "bureau request approve {ref}",
    ),
    "request.extension_asked": Route(
        (AUTHORITY,),
        "延期答复征求同意",
        "More time to reply is asked for",
        "bureau request consent {ref}",
    ),
    "request.extended": Route(
        (REQUESTERS, APPROVERS), "答复期限已延长", "The time to reply was extended", _REQUEST
    ),
    "request.agreed": Route(
        (REQUESTERS, APPROVERS), "同意共享", "A request was agreed to", _REQUEST
    ),
    "request.refused": Route((REQUESTERS,), "不同意共享", "A request was refused", _REQUEST),
    "request.withdrawn": Route(
        (APPROVERS,), "共享申请已撤回", "A request was withdrawn", _REQUEST, when="submitted"
    ),
    "request.lapsed": Route(
        (REQUESTERS,), "共享申请逾期未补正，已终止", "A request lapsed: papers did not come", _REQUEST
    ),
    "grant.issued": Route(
        (STEWARDS,), "数据已授权共享", "A grant was issued on your department's data", _GRANT
    ),
    "grant.delivered": Route(
        (USERS,), "授权数据已提供，请验收", "What was granted has arrived", "bureau grant accept {ref}"
    ),
    "grant.accepted": Route((APPROVERS,), "共享数据已验收", "Shared data was accepted", _GRANT),
    "grant.revoked": Route((USERS, APPROVERS), "共享授权已终止", "A grant was revoked", _GRANT),
    "grant.suspended": Route(
        (USERS, APPROVERS),
        "共享授权已暂停，须整改",
        "A grant was suspended until its cause is rectified",
        "bureau grant rectify {ref} --report TEXT",
    ),
    "grant.rectified": Route(
        (USERS, APPROVERS, AUTHORITY),
        "整改情况已报告",
        "It is reported that a suspended grant was rectified",
        _GRANT,
    ),
    "grant.resumed": Route((USERS, APPROVERS), "共享授权已恢复", "A grant was resumed", _GRANT),
}

SILENT = frozenset(
    {
        # The registry, and what departments do with their own data.
        *("division.registered", "division.changed"),
        *("department.registered", "department.changed"),
        *("person.registered", "person.changed"),
        *("application.registered", "application.changed"),
        *("provisionrule.registered", "provisionrule.changed"),
        *("dataset.registered", "dataset.changed"),
        *("catalogue.imported", "contract.published", "duties.expanded", "calendar.imported"),
        *("delivery.published", "delivery.refused", "check.run", "check.rows_shown"),
        # A draft is its author's own.
        "request.created",
        # Uses are metered, and are too many to tell of one by one.
        *("read.authorised", "read.denied", "read.completed", "read.failed"),
    }
)
"""Kinds that tell nobody."""


def tells(event: Event) -> bool:
    """Whether anybody is told of this."""
    route = ROUTES.get(event.kind)
    return route is not None and (not route.when or event.facts.get(route.when) is True)


def told(
    happenings: Sequence[Happening], people: Iterable[Person], *, actor: str
) -> list[Telling]:
    """Who is told of what; nobody of what they did themself.

    Of several entries about one thing that were made at once, each person is told the last.
    """
    known = [person for person in people if person.code != actor]
    last: dict[tuple[str, str], Telling] = {}
    for happening in happenings:
        event = happening.event
        for person in known:
            if _concerns(happening, person):
                last[person.code, event.subject] = Telling(
                    person=person.code,
                    kind=event.kind,
                    subject=event.subject,
                    entry=happening.entry,
                    due_on=_due_on(event.facts),
                )
    return sorted(last.values(), key=lambda one: (one.entry, one.person))


def todo(kind: str, subject: str) -> str:
    """The command to run about `subject`; nothing for a kind that tells nobody any more."""
    route = ROUTES.get(kind)
    return route.todo.format(ref=reference_in(subject)) if route else ""


def titles(kind: str) -> tuple[str, str]:
    """What happened in Chinese and in English; a kind that tells nobody any more is its name."""
    route = ROUTES.get(kind)
    return (route.title_zh, route.title_en) if route else (kind, kind)


def reference_in(subject: str) -> str:
    """The reference in a subject such as request:REQ-0001."""
    return subject.partition(":")[2]


def _concerns(happening: Happening, person: Person) -> bool:
    return any(
        not audience.roles.isdisjoint(person.roles)
        and (
            audience.party is Party.AUTHORITY
            or happening.departments.get(audience.party) == person.department
        )
        for audience in ROUTES[happening.event.kind].told
    )


def _due_on(facts: Mapping[str, Json]) -> date | None:
    """The first day on which a clock that this entry holds is due, if one of them runs."""
    running = [
        str(clock["due_on"])
        for clock in clocks_in(facts).values()
        if clock["ended_on"] is None and not _stands_still(clock["pauses"])
    ]
    return date.fromisoformat(min(running)) if running else None


def _stands_still(pauses: Json) -> bool:
    """Whether the last of a clock's pauses, each [since, until, left], is not over."""
    match pauses:
        case [*_, [_, None, _]]:
            return True
    return False
