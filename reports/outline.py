"""The blocks of a report as tables, for the formats that draw nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reports import words
from reports.compose import change, ranks
from reports.data import Sealed
from reports.model import (
    Bars,
    Block,
    Card,
    Cards,
    Cell,
    Figure,
    Grid,
    Heading,
    League,
    Notes,
    Stages,
    Table,
    Text,
    Trend,
)
from reports.words import Language, counted, percentage, points, said_cell


@dataclass(frozen=True, slots=True)
class Column:
    """`figure`: its cells are figures; `bare`: of which none has a base. `number`: other numbers."""

    title: Text
    figure: bool = False
    bare: bool = False
    number: bool = False


Row: TypeAlias = "tuple[Cell, ...]"
SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A block as a table. `compact`: of a figure the percentage alone is shown.

    `changes`: behind the two figures of a row stands their difference.
    """

    title: Text
    reading: Text
    headings: tuple[Column, ...]
    rows: tuple[Row, ...]
    compact: bool = False
    changes: bool = False

    @property
    def stacked(self) -> bool:
        """Whether its figures are too many for the percentage and the counts side by side."""
        shares = sum(heading.figure and not heading.bare for heading in self.headings)
        return not self.compact and shares > SIDE_BY_SIDE


def outline(sealed: Sealed) -> list[Part]:
    return [_part(block) for block in sealed.report.blocks]


_SHARE = Column(Text.same(""), figure=True)
_COUNT = Column(words.NUMBER, figure=True, bare=True)


def headings(
    part: Part, said: Callable[[Text], str], *, stacked: bool = False, between: str = " "
) -> list[tuple[str, bool]]:
    """What stands over each column, and whether numbers stand in it.

    `between` a title and what is said of it in this column.
    """
    found: list[tuple[str, bool]] = []
    for one in part.headings:
        title = said(one.title)
        if not one.figure or one.bare or part.compact or stacked:
            found.append((title, one.figure or one.number))
        else:
            share = (words.PERCENT, words.COUNTS)
            found += [(f"{title}{between}{said(more)}".strip(), True) for more in share]
    return found


def cells(part: Part, row: Row, language: Language, *, stacked: bool = False) -> list[str]:
    """The texts of a row under `headings`; where stacked, the counts are beneath the percentage."""
    found: list[str] = []
    for heading, cell in zip(part.headings, row, strict=False):
        if not isinstance(cell, Figure):
            found.append(said_cell(cell, language))
        elif heading.bare:
            found.append(counted(cell))
        elif part.compact:
            found.append(percentage(cell))
        elif stacked:
            found.append(f"{percentage(cell)}\n{counted(cell)}".strip())
        else:
            found += [percentage(cell), counted(cell)]
    if part.changes:
        now, then = (cell for cell in row if isinstance(cell, Figure))
        found.append(points(change(now, then)))
    return found


def _part(block: Block) -> Part:
    compact = changes = False
    headings: tuple[Column, ...]
    rows: tuple[Row, ...]
    match block:
        case Cards():
            headings, rows = _cards(block)
        case Bars() | Stages():
            first = words.STAGE if isinstance(block, Stages) else words.DEPARTMENT
            headings = (Column(first), _SHARE)
            rows = tuple((bar.label, bar.figure) for bar in block.bars)
        case Trend():
            headings = (Column(words.MONTH), _SHARE)
            rows = tuple((point.label, point.figure) for point in block.points)
        case Grid():
            compact = True
            days = (Column(Text.same(day), figure=True) for day in block.columns)
            headings = (Column(words.DEPARTMENT), *days)
            rows = tuple((row.label, *row.figures) for row in block.rows)
        case League():
            changes = True
            before = Column(Text.same(block.before), figure=True)
            department, rank = Column(words.DEPARTMENT), Column(words.RANK, number=True)
            headings = (department, rank, _SHARE, before, Column(words.CHANGE, number=True))
            rows = tuple(
                (row.label, place or words.NO_NUMBER, *row.figures)
                for row, place in zip(block.rows, ranks(block.rows), strict=True)
            )
        case Table():
            headings = tuple(
                _column(one, [row[place] for row in block.rows])
                for place, one in enumerate(block.headings)
            )
            rows = block.rows
        case Notes():
            headings = ()
            rows = tuple((paragraph,) for paragraph in block.paragraphs)
    return Part(
        title=block.title,
        reading=block.reading,
        headings=headings,
        rows=rows,
        compact=compact,
        changes=changes,
    )


def _cards(block: Cards) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    bare = all(card.figure.base is None for card in block.cards)
    target = (Column(words.TARGET, number=True),) if any(c.target for c in block.cards) else ()
    headings = (Column(words.TITLE), _COUNT if bare else _SHARE, *target, Column(words.READING))
    rows: tuple[Row, ...] = tuple(
        (card.title, card.figure, *((_target(card),) if target else ()), card.reading)
        for card in block.cards
    )
    return headings, rows


def _target(card: Card) -> str:
    return f"{card.target} %" if card.target else words.NO_NUMBER


def _column(heading: Heading, cells: Sequence[Cell]) -> Column:
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    return Column(
        heading.title,
        figure=bool(figures),
        bare=all(figure.base is None for figure in figures),
        number=heading.number,
    )
