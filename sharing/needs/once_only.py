"""What forms ask of citizens or firms although it is shared already (Decree 809 Art. 19). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.model import AskedOf, DataItem, ServiceItem
from catalog.naming import fold
from core.actor import Actor, Role
from core.errors import Conflict, Denied
from sharing.authority import Ruling, decides, own_case
from sharing.needs.matching import Entry, Vocabulary


class Ground(StrEnum):
    """Why a form's item is held to be what an entry has, from certain to possible."""

    DECLARED = "declared"
    SAME_WORDS = "same_words"
    LIKE_WORDS = "like_words"


class RepeatKind(StrEnum):
    FINDING = "finding"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A form asks people for an item that another department's entry has, or may have."""

    kind: RepeatKind
    service: str
    department: str
    item: str
    asked_of: AskedOf
    dataset: str
    provider: str
    words: str
    """What the entry calls it."""
    ground: Ground
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why an item of a form is not what an entry has, although the words are the same or alike."""

    service: str
    item: str
    dataset: str
    reason: str
    answered_by: str
    answered_at: datetime


def repeats(
    services: Iterable[ServiceItem], entries: Sequence[Entry], answers: Iterable[Answer] = ()
) -> list[Repeat]:
    """Findings before suggestions, by department and service; what was answered is left out.

    Only what other departments share counts: nobody could have it from an entry that is not shared.
    """
    shared = {entry.dataset.code: entry for entry in entries if entry.shared}
    vocabulary = Vocabulary(name for entry in shared.values() for name in entry.names())
    answered = {(one.service, fold(one.item), one.dataset) for one in answers}
    found = [
        repeat
        for service in services
        for one in service.data_items
        if one.asked_of is not AskedOf.NOBODY
        for repeat in _of_item(service, one, shared, vocabulary, answered)
    ]
    # The order of the form stays within a service, and the best suggestion of an item is first.
    return sorted(found, key=lambda repeat: (repeat.kind, repeat.department, repeat.service))


def check_answer(repeat: Repeat, actor: Actor) -> None:
    """Who may say that the two are not the same.

    A suggestion is the asking department's steward's to answer; where the words are the very same,
    only the data authority takes the finding back. What the form itself declares is no question.
    """
    if repeat.ground is Ground.DECLARED:
        raise Conflict(
            f"the form of {repeat.service} itself names {repeat.dataset} for '{repeat.item}'",
            hint="ask nobody for it: write asked_of: nobody, and use a grant",
        )
    parties = (repeat.department, repeat.provider)
    if decides(actor, Ruling.FORM, *parties):
        return
    steward = actor.has(Role.STEWARD) and actor.department == repeat.department
    if steward and repeat.kind is RepeatKind.SUGGESTION:
        return
    own = f"a steward of {repeat.department} or "
    needed = f"{own if repeat.kind is RepeatKind.SUGGESTION else ''}the data authority"
    raise Denied(
        f"{actor.person} may not answer what was found about {repeat.service} (Art. 19)",
        reasons=own_case(actor, Ruling.FORM, *parties)
        or (f"it takes {needed}: the ground is {repeat.ground}",),
        hint=f"ask {needed}: bureau person list shows who that is",
    )


def _of_item(
    service: ServiceItem,
    asked: DataItem,
    shared: Mapping[str, Entry],
    vocabulary: Vocabulary,
    answered: AbstractSet[tuple[str, str, str]],
) -> Iterator[Repeat]:
    def repeat(dataset: str, words: str, ground: Ground, score: int) -> Repeat:
        possible = ground is Ground.LIKE_WORDS
        return Repeat(
            kind=RepeatKind.SUGGESTION if possible else RepeatKind.FINDING,
            service=service.code,
            department=service.department,
            item=asked.item,
            asked_of=asked.asked_of,
            dataset=dataset,
            provider=shared[dataset].dataset.provider,
            words=words,
            ground=ground,
            score=score,
        )

    declared = shared.get(asked.dataset)
    if declared is not None and declared.dataset.provider != service.department:
        lacking = declared.lacking(asked.columns)
        if not asked.columns or len(lacking) < len(asked.columns):
            had = [column for column in asked.columns if column not in lacking]
            words = ", ".join(had) or declared.dataset.title_zh
            yield repeat(asked.dataset, words, Ground.DECLARED, 100)
            return
    for one in vocabulary.like(asked.item):
        own = shared[one.owner].dataset.provider == service.department
        if not own and (service.code, fold(asked.item), one.owner) not in answered:
            ground = Ground.SAME_WORDS if one.same else Ground.LIKE_WORDS
            yield repeat(one.owner, one.words, ground, one.score)
