"""Which words of the catalogue say what somebody asks for: the same words, or like ones. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.model import Dataset, DatasetStatus, Duty
from catalog.naming import fold
from catalog.search import grams
from contracts.model import DataContract

LIKE = 50
"""Percent of likeness from which words of an entry are worth a look."""
LIKE_A_DUTY = 25
"""A duty is named more broadly than the data that somebody needs of it."""
_NEARLY = 99
"""What is not the same is never wholly like: grams forget the order of words."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`owner` says `words`; `score` is 100 for the same words, and below it the percent of
    grams that both have (Dice's coefficient).
    """

    owner: str
    words: str
    same: bool
    score: int


class Vocabulary:
    """Words by what they say: pairs of an owner's code and one of its names."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._named: list[tuple[str, str]] = []
        self._sizes: list[int] = []
        self._same: defaultdict[str, list[int]] = defaultdict(list)
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for owner, text in dict.fromkeys(named):
            folded = fold(text)
            if not folded:
                continue
            place, held = len(self._named), _grams(text)
            self._named.append((owner, text))
            self._sizes.append(len(held))
            self._same[folded].append(place)
            for gram in held:
                self._holding[gram].append(place)

    def like(self, text: str, *, least: int = LIKE) -> list[Likeness]:
        """Each owner of words that are at least so like `text`, with the likest; best first."""
        asked = _grams(text)
        common = Counter(place for gram in asked for place in self._holding.get(gram, ()))
        found = {
            place: score
            for place, shared in common.items()
            if (score := self._score(place, shared, len(asked))) >= least
        }
        same = self._same.get(fold(text), ())
        found.update(dict.fromkeys(same, 100))
        best: dict[str, Likeness] = {}
        for place in sorted(found, key=lambda place: (-found[place], self._named[place])):
            owner, words = self._named[place]
            best.setdefault(owner, Likeness(owner, words, place in same, found[place]))
        return list(best.values())

    def _score(self, place: int, shared: int, asked: int) -> int:
        return min(200 * shared // (asked + self._sizes[place]), _NEARLY)


def _grams(text: str) -> frozenset[str]:
    """Pairs and words; the last character alone, which search has too, would count endings twice."""
    every = grams(text)
    return frozenset(gram for gram in every if len(gram) > 1) or every


@dataclass(frozen=True, slots=True)
class Entry:
    """A catalogue entry and the columns of its contract, each as (name, business name)."""

    dataset: Dataset
    columns: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, dataset: Dataset, contract: DataContract | None) -> Entry:
        table = contract.table.properties if contract else ()
        return cls(dataset, tuple((one.name, one.business_name) for one in table))

    @property
    def published(self) -> bool:
        return self.dataset.status is DatasetStatus.PUBLISHED

    @property
    def shared(self) -> bool:
        """Whether other departments may have it (Decree 809 Art. 14)."""
        share_type = self.dataset.share_type
        return self.published and share_type is not None and share_type.shareable

    def names(self) -> Iterator[tuple[str, str]]:
        """Its code with each name that it, its data items and its columns go by."""
        dataset = self.dataset
        columns = (name for column in self.columns for name in column)
        for name in (dataset.title_zh, dataset.title_en, *dataset.items, *columns):
            yield dataset.code, name

    def lacking(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Those of `columns` that it does not have; without a contract, its data items count."""
        known = {name for name, _ in self.columns} or set(self.dataset.items)
        return tuple(column for column in columns if column not in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that says what one item of a need asks for, or something like it."""

    item: str
    dataset: str
    provider: str
    shared: bool
    words: str
    same: bool
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A department whose duty (责任清单) sounds like what is needed."""

    department: str
    duty: str
    title_zh: str
    legal_ground: str
    score: int


def find(items: Sequence[str], entries: Sequence[Entry]) -> list[Found]:
    """What published entries say of each item, in the order of the items, best first."""
    published = {entry.dataset.code: entry for entry in entries if entry.published}
    vocabulary = Vocabulary(name for entry in published.values() for name in entry.names())
    return [
        Found(
            item=item,
            dataset=one.owner,
            provider=published[one.owner].dataset.provider,
            shared=published[one.owner].shared,
            words=one.words,
            same=one.same,
            score=one.score,
        )
        for item in items
        for one in vocabulary.like(item)
    ]


def covered(items: Sequence[str], found: Sequence[Found]) -> bool:
    """Whether the catalogue has every item in the very words."""
    return set(items) <= {one.item for one in found if one.same}


def propose(texts: Sequence[str], duties: Iterable[Duty], *, asker: str) -> list[Proposal]:
    """Departments whose duties sound like one of the texts, each by its likest duty, best first."""
    due = {duty.code: duty for duty in duties if not duty.exempt and duty.department != asker}
    named = ((duty.code, name) for duty in due.values() for name in (duty.title_zh, duty.title_en))
    vocabulary = Vocabulary(named)
    likest = sorted(
        (one for text in texts for one in vocabulary.like(text, least=LIKE_A_DUTY)),
        key=lambda one: (-one.score, one.owner),
    )
    proposals: dict[str, Proposal] = {}
    for one in likest:
        duty = due[one.owner]
        proposals.setdefault(
            duty.department,
            Proposal(
                department=duty.department,
                duty=duty.code,
                title_zh=duty.title_zh,
                legal_ground=duty.legal_ground,
                score=one.score,
            ),
        )
    return list(proposals.values())
