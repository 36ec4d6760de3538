"""From entries of the ledger to who is told of them, and the words of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.model import Person
from core.canonical import Json
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


def told(happenings: Sequence[Happening], people: Iterable[Person], *, actor: str) -> list[Telling]:
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
            or person.department in happening.departments.get(audience.party, ())
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
