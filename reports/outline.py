"""The blocks of a report as tables, for the formats that draw nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from reports import words
from reports.data import Sealed
from reports.model import (
    Bars,
    Block,
    Cards,
    Cell,
    Figure,
    Grid,
    League,
    Notes,
    Stages,
    Table,
    Text,
    Trend,
)


@dataclass(frozen=True, slots=True)
class Column:
    title: Text
    figure: bool = False


Row: TypeAlias = "tuple[Cell, ...]"


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


def outline(sealed: Sealed) -> list[Part]:
    return [_part(block) for block in sealed.report.blocks]


_SHARE = Column(Text.same(""), figure=True)


def _part(block: Block) -> Part:
    compact = changes = False
    headings: tuple[Column, ...]
    rows: tuple[Row, ...]
    match block:
        case Cards():
            headings = (Column(words.TITLE), _SHARE)
            rows = tuple((card.title, card.figure) for card in block.cards)
        case Bars() | Stages():
            first = words.STAGE if isinstance(block, Stages) else words.DEPARTMENT
            headings = (Column(first), _SHARE)
            rows = tuple((bar.label, bar.figure) for bar in block.bars)
        case Trend():
            headings = (Column(words.DAY), _SHARE)
            rows = tuple((point.label, point.figure) for point in block.points)
        case Grid():
            compact = True
            days = (Column(Text.same(day), figure=True) for day in block.columns)
            headings = (Column(words.DEPARTMENT), *days)
            rows = tuple((row.label, *row.figures) for row in block.rows)
        case League():
            changes = True
            before = Column(Text.same(block.before.isoformat()), figure=True)
            headings = (Column(words.DEPARTMENT), _SHARE, before, Column(words.CHANGE))
            rows = tuple((row.label, *row.figures) for row in block.rows)
        case Table():
            headings = tuple(
                Column(one.title, figure=_has_figure(block, place))
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


def _has_figure(block: Table, place: int) -> bool:
    return any(isinstance(row[place], Figure) for row in block.rows)
