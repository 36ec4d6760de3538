"""From entries of the ledger to who is told of them, and the words of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalog.model import Person
from core.canonical import Json
from sharing.delegations.model import Delegation
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import Event
from sharing.notices.audiences import DEPARTMENTS, Party
from sharing.notices.model import Telling
from sharing.notices.routing import ROUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An entry of the ledger that somebody is told of, with the departments it concerns."""

    entry: int
    event: Event
    departments: Mapping[Party, Collection[str]]


def named_in(event: Event) -> dict[Party, Collection[str]]:
    """The departments that an event names, by their side."""
    found = {party: event.facts.get(party) for party in DEPARTMENTS}
    return {
        party: (codes,) if isinstance(codes, str) else tuple(map(str, codes))
        for party, codes in found.items()
        if codes and isinstance(codes, Sequence)
    }


def tells(event: Event) -> bool:
    """Whether anybody is told of this."""
    route = ROUTES.get(event.kind)
    return route is not None and (not route.when or event.facts.get(route.when) is True)


def told(
    happenings: Sequence[Happening],
    people: Iterable[Person],
    *,
    actor: str,
    delegations: Iterable[Delegation] = (),
) -> list[Telling]:
    """Who is told of what; nobody of what they did themself.

    What somebody is told in a role that they delegated, their deputy is told too, on their behalf,
    unless it is the deputy's own to know. Of several entries about one thing that were made at
    once, each is told the last.
    """
    known = {person.code: person for person in people if person.code != actor}
    readers = [(person, person.code, "") for person in known.values()]
    for one in delegations:
        if one.delegator in known and one.delegate != actor:
            delegator = known[one.delegator]
            roles = tuple(role for role in delegator.roles if role in one.roles)
            readers.append((replace(delegator, roles=roles), one.delegate, one.delegator))
    last: dict[tuple[str, str, str], Telling] = {}
    for happening in happenings:
        for place, reader, behalf in readers:
            if _concerns(happening, place):
                last[reader, behalf, happening.event.subject] = _telling(happening, reader, behalf)
    tellings = [one for one in last.values() if not one.behalf or not _knows(last, one)]
    return sorted(tellings, key=lambda one: (one.entry, one.person, one.behalf))


def todo(kind: str, subject: str, behalf: str = "") -> str:
    """The command to run about `subject`; nothing for a kind that tells nobody any more.

    A deputy runs it on `behalf` of somebody.
    """
    route = ROUTES.get(kind)
    if route is None:
        return ""
    command = route.todo.format(ref=reference_in(subject))
    return command.replace("bureau ", f"bureau --for {behalf} ", 1) if behalf else command


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
            or person.department in happening.departments.get(audience.party, ())
        )
        for audience in ROUTES[happening.event.kind].told
    )


def _telling(happening: Happening, person: str, behalf: str) -> Telling:
    event = happening.event
    return Telling(
        person=person,
        kind=event.kind,
        subject=event.subject,
        entry=happening.entry,
        due_on=_due_on(event.facts),
        behalf=behalf,
    )


def _knows(last: Mapping[tuple[str, str, str], Telling], telling: Telling) -> bool:
    """Whether a deputy is told in their own right, of this or of what came after it."""
    own = last.get((telling.person, "", telling.subject))
    return own is not None and own.entry >= telling.entry


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
