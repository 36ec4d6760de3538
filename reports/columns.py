"""How wide the columns of a printed table are, by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.words import LOOSE, width

UPRIGHT, FLIPPED = 504.0, 750.0
"""Points across a page of A4 between its margins, upright and on its side."""
SIZES = (8.0, 7.0, 6.0, 5.0)
"""Of letters, in points: a smaller one is for what does not fit a page on its side."""
PADDING = 8.0
"""Points beside the text of a cell, on both sides together."""
LOOSELY = 1.5
"""So much wider than its text a column may be, in letters of one em, where there is room."""
MOST_AT_ONCE = 40.0
"""A text that is longer wants no more on a line than this; it is read on several."""
SLACK = 0.3
"""Beside the widest word, because widths are a guess."""
TOGETHER = 4.0
"""So many Chinese letters at least stay on a line, although one may be broken after any."""
HEADING_LINES = 3
SOFT_BREAK = "\u200b"
_LONG = re.compile(r"[!-~]{20,}")
_AFTER = re.compile(r"(?<=[-._/:@,;=&?])(?=[^-._/:@,;=&?])")
_RUN = re.compile(rf"([^{SOFT_BREAK}]{{20}})(?=[^{SOFT_BREAK}])")
_WORDS = re.compile(rf"[\n {SOFT_BREAK}]+(?!/)|(?<=-)(?=[A-Za-z])")
"""Between words; a stroke stays with the word before it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The columns in points, the size of their letters, and whether the page lies on its side."""

    widths: tuple[float, ...]
    size: float
    flipped: bool


def fitted(
    headings: Sequence[str], rows: Sequence[Sequence[str]], rights: Sequence[bool]
) -> Fitted:
    """The widths in which no word is broken: upright where that goes, else on the side, else smaller.

    A column on the right holds numbers, which stay on their lines.
    """
    spans = [
        _span(heading, {row[place] for row in rows}, number=right)
        for place, (heading, right) in enumerate(zip(headings, rights, strict=True))
    ]
    padding = PADDING * len(spans)
    least = sum(low for low, _ in spans)
    pages = [(UPRIGHT, SIZES[0]), *((FLIPPED, size) for size in SIZES)]
    room, size = next(
        ((room, size) for room, size in pages if least * size + padding <= room), pages[-1]
    )
    widths = _shared([(low * size, high * size) for low, high in spans], room - padding, size)
    return Fitted(tuple(round(one + PADDING, 1) for one in widths), size, room == FLIPPED)


def breakable(text: str) -> str:
    """The text with places at which a long code or address may go on on the next line."""
    return _LONG.sub(lambda found: _RUN.sub(rf"\1{SOFT_BREAK}", _at_signs(found[0])), text)


def _at_signs(word: str) -> str:
    return _AFTER.sub(SOFT_BREAK, word)


def _shared(spans: Sequence[tuple[float, float]], room: float, size: float) -> list[float]:
    """What each column gets: all that it wants, or its least and a share of the rest."""
    least, most = sum(low for low, _ in spans), sum(high for _, high in spans)
    if most <= room:
        more = min((room - most) / max(len(spans), 1), LOOSELY * size)
        return [high + more for _, high in spans]
    if least >= room:
        return [low * room / least for low, _ in spans]
    part = (room - least) / (most - least)
    return [low + (high - low) * part for low, high in spans]


def _span(heading: str, cells: set[str], *, number: bool) -> tuple[float, float]:
    """The least and the most that a column needs, in letters of one em."""
    words = _least(heading)
    if number:
        needed = max((_line(cell) for cell in cells), default=0.0)
        return max(needed, words), max(needed, words, _line(heading) / HEADING_LINES)
    needed = max((_least(cell) for cell in cells), default=0.0)
    wanted = max((_line(cell) for cell in {heading, *cells}), default=0.0)
    low = max(needed, words)
    return low, max(low, min(wanted, MOST_AT_ONCE))


def _line(text: str) -> float:
    return max(width(line) for line in text.split("\n"))


def _least(text: str) -> float:
    """The widest part of a text that stays on one line."""
    return max((_unbroken(word) for word in _WORDS.split(text)), default=0.0) + SLACK


def _unbroken(word: str) -> float:
    whole = width(word)
    return min(whole, TOGETHER) if any(ord(letter) >= LOOSE for letter in word) else whole
