"""Where a file says something else than the facts give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Told: TypeAlias = "list[tuple[str, str]]"
"""What a file says, in order: the place, and the text or the number that stands there."""

NOTHING = "–"
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """`shown` stands in the file at `place`; the facts give `given`."""

    place: str
    shown: str
    given: str


def of_data(shown: Any, given: Any, place: str = "data") -> Iterator[Difference]:
    """The values of two JSON documents that differ, by their paths."""
    if isinstance(shown, Mapping) and isinstance(given, Mapping):
        for key in sorted({*shown, *given}, key=str):
            yield from of_data(shown.get(key, NOTHING), given.get(key, NOTHING), f"{place}.{key}")
    elif _is_list(shown) and _is_list(given) and len(shown) == len(given):
        for index, (one, other) in enumerate(zip(shown, given, strict=True)):
            yield from of_data(one, other, f"{place}[{_name(other, index)}]")
    elif shown != given or type(shown) is not type(given):
        yield Difference(place, _short(shown), _short(given))


def of_texts(shown: Told, given: Told) -> Iterator[Difference]:
    """What differs between two files that are read from top to bottom."""
    start = _common(shown, given)
    shown, given = shown[start:], given[start:]
    end = _common(shown[::-1], given[::-1])
    shown, given = shown[: len(shown) - end], given[: len(given) - end]
    if len(shown) != len(given):
        place = (given or shown)[0][0]
        yield Difference(place, _joined(shown), _joined(given))
        return
    for (_, one), (place, other) in zip(shown, given, strict=True):
        if one != other:
            yield Difference(place, _short(one), _short(other))


def of_cells(shown: Told, given: Told) -> Iterator[Difference]:
    """What differs between cells that have names."""
    ours, theirs = dict(given), dict(shown)
    for place in {**ours, **theirs}:
        one, other = theirs.get(place, NOTHING), ours.get(place, NOTHING)
        if one != other:
            yield Difference(place, _short(one), _short(other))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _name(item: Any, index: int) -> str:
    return str(item["id"]) if isinstance(item, Mapping) and "id" in item else str(index)


def _common(one: Told, other: Told) -> int:
    """How many items two lists begin with together."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a[1] != b[1]), min(len(one), len(other)))


def _joined(told: Told) -> str:
    return _short(" ".join(text for _, text in told)) if told else NOTHING


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"
