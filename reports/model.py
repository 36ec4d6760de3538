"""A report as a pure document: who it is, its blocks, and the rows behind every number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; where the two are the same it is a name or a number."""

    zh: str
    en: str

    @classmethod
    def same(cls, text: str) -> Text:
        return cls(text, text)


class Standing(StrEnum):
    """Whether a row counts: in the numerator, in the base alone, or in neither."""

    IN = "in"
    OUT = "out"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Row:
    """A member behind a number.

    `code` is why the row is left out, or in a list of stages where it stands. `parts` is what it adds
    to n and N where the list counts parts of rows.
    """

    id: str
    title: str
    department: str
    standing: Standing
    code: str
    evidence: Text
    parts: tuple[int, int] | None = None

    @property
    def adds(self) -> tuple[int, int]:
        """What it adds to n and N."""
        if self.standing is Standing.EXCLUDED:
            return 0, 0
        return self.parts or (int(self.standing is Standing.IN), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number: `n`, or `n` of `base`.

    `rows` is the list of this report that it was counted from. A figure of another day has none
    here; `day` says which day it is of.
    """

    n: int
    base: int | None = None
    rows: str = ""
    department: str = ""
    stages: tuple[str, ...] = ()
    """Where given, `n` counts the rows that stand at one of these, and not those that are `IN`."""
    day: date | None = None

    @property
    def hundredths(self) -> int | None:
        """Hundredths of a percent, rounded half up; None without a base."""
        if not self.base:
            return None
        return (self.n * 20_000 + self.base) // (2 * self.base)

    @property
    def percent(self) -> str | None:
        part = self.hundredths
        return None if part is None else f"{part // 100}.{part % 100:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What a list counts, in words."""

    name: str
    numerator: Text
    denominator: Text
    exclusions: Text
    basis: Text


@dataclass(frozen=True, kw_only=True)
class Members:
    """The rows that the figures of one rate are counts of; by department, then by id."""

    id: str
    title: Text
    method: Method
    codes: Mapping[str, Text]
    """What the codes of the rows mean."""
    rows: Sequence[Row]
    unknown: frozenset[str] = frozenset()
    """The codes of rows that are left out because what they add is not known."""
    spread: str = ""
    """Median, 90th percentile and maximum of what the rows have, where they have it."""
    mean: bool = False
    """The figure is the mean of the scores of its rows, and no share of them."""

    @property
    def in_parts(self) -> bool:
        """Whether rows add more, or less, than one."""
        return any(row.parts is not None for row in self.rows)

    def tally(self) -> Tally:
        return self._tally

    @cached_property
    def _tally(self) -> Tally:
        return Tally.of(self)

    def left_out(self) -> tuple[int, int]:
        """How many rows are left out, and of how many of those what they add is not known."""
        tally = self.tally()
        return sum(tally.excluded().values()), tally.unknown(self.unknown)

    def figure(self, stages: tuple[str, ...] = ()) -> Figure:
        """The count of all rows; of those that stand at one of `stages` where these are given."""
        return self.tally().figure(stages=stages)


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of one list counted once, by department, standing and code.

    Each count is of rows, and of what they add to n and N.
    """

    rows: str
    counts: Mapping[tuple[str, Standing, str], tuple[int, int, int]]

    @classmethod
    def of(cls, members: Members) -> Tally:
        counts: dict[tuple[str, Standing, str], tuple[int, int, int]] = {}
        for row in members.rows:
            place = row.department, row.standing, row.code
            rows, n, base = counts.get(place, (0, 0, 0))
            more, of = row.adds
            counts[place] = rows + 1, n + more, base + of
        return cls(members.id, counts)

    def figure(self, department: str = "", stages: tuple[str, ...] = ()) -> Figure:
        base = n = 0
        for (whose, standing, code), (rows, more, of) in self.counts.items():
            if standing is Standing.EXCLUDED or department not in {"", whose}:
                continue
            base += of
            n += rows * (code in stages) if stages else more
        return Figure(n=n, base=base, rows=self.rows, department=department, stages=stages)

    def departments(self) -> list[str]:
        return sorted({department for department, _, _ in self.counts})

    def unknown(self, codes: Iterable[str]) -> int:
        """How many rows are left out for one of these reasons."""
        left_out = self.excluded()
        return sum(left_out.get(code, 0) for code in codes)

    def excluded(self) -> dict[str, int]:
        """How many rows are left out for each reason."""
        found: Counter[str] = Counter()
        for (_, standing, code), (rows, _, _) in self.counts.items():
            if standing is Standing.EXCLUDED:
                found[code] += rows
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """`id` names the block in links and in what differs; `reading` is what it says, in a sentence."""

    id: str
    title: Text
    reading: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    title: Text
    figure: Figure
    reading: Text
    target: str | None = None
    """A percentage, as "80.00"."""
    history: tuple[Figure, ...] = ()
    """The same rate in the months before, oldest first, and in the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards(_Block):
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: Text
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(_Block):
    bars: tuple[Bar, ...]
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages(_Block):
    """A funnel: each bar is part of the one before, and of the first."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(_Block):
    """A line over months, each point the figure of its month."""

    points: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Figures side by side, one for each column of the block."""

    label: Text
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid(_Block):
    columns: tuple[str, ...]
    rows: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class League(_Block):
    """Who leads now, and the change since `before`, a period or a day: each row has two figures."""

    before: str
    rows: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    title: Text
    number: bool = False


Cell: TypeAlias = "Text | Figure | int | str"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(_Block):
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes(_Block):
    paragraphs: tuple[Text, ...]


Block: TypeAlias = Cards | Bars | Stages | Trend | Grid | League | Table | Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a report is of, and all that is needed to make it again.

    `until` is the moment before which facts counted: the end of the day, or earlier where the day
    was not over.
    """

    kind: str
    title: Text
    city: str
    as_of: date
    window_days: int
    since: date
    until: datetime
    period: str = ""
    """The name of the stretch of time, where it has one."""
    department: str = ""
    division: str = ""
    theme: str = ""
    definitions: tuple[str, ...] = ()
    rule_set: str = ""
    ledger_size: int
    ledger_root: str
    generator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    identity: Identity
    blocks: tuple[Block, ...]
    members: tuple[Members, ...]
    names: Mapping[str, Text] = field(default_factory=dict)
    """What the departments of the rows are called, by code; a row of none has no code."""

    def __post_init__(self) -> None:
        """Refuse a number that its rows do not give."""
        tallies = {found.id: found.tally() for found in self.members}
        for figure in figures(self.blocks):
            if not figure.rows:
                continue
            if figure.rows not in tallies:
                raise InvalidInput(f"a number names the rows {figure.rows}, which are not there")
            found = tallies[figure.rows].figure(figure.department, figure.stages)
            if figure != (found if figure.base is not None else replace(found, base=None)):
                raise InvalidInput(f"the rows of {figure.rows} give {found}, and not {figure}")


def figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    """Every number of these blocks that is a count of rows."""
    for block in blocks:
        match block:
            case Cards():
                yield from (card.figure for card in block.cards)
            case Bars() | Stages():
                yield from (bar.figure for bar in block.bars)
            case Trend():
                yield from (point.figure for point in block.points)
            case Grid() | League():
                yield from (figure for row in block.rows for figure in row.figures)
            case Table():
                cells = (cell for row in block.rows for cell in row)
                yield from (cell for cell in cells if isinstance(cell, Figure))
            case Notes():
                pass
