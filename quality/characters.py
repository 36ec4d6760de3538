"""Sets of characters as ranges of code points, named and negated as ECMA-262 does, in RE2's words."""

from __future__ import annotations

from typing import TypeAlias

Ranges: TypeAlias = "tuple[tuple[int, int], ...]"

LAST = 0x10FFFF
_DIGIT: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
LINE_END: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_SPACE: Ranges = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)


def complement(ranges: Ranges) -> Ranges:
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


CLASS_ESCAPES: dict[str, Ranges] = {
    "d": _DIGIT,
    "w": _WORD,
    "s": _SPACE,
    "D": complement(_DIGIT),
    "W": complement(_WORD),
    "S": complement(_SPACE),
}


def as_set(ranges: Ranges) -> str:
    if not ranges:
        return rf"[^\x{{0}}-\x{{{LAST:X}}}]"
    parts = (
        as_character(low) if low == high else f"{as_character(low)}-{as_character(high)}"
        for low, high in ranges
    )
    return f"[{''.join(parts)}]"


def as_character(point: int) -> str:
    """Write one code point so that it stands for itself inside and outside of a class."""
    character = chr(point)
    if character.isascii() and (character.isalnum() or character == "_"):
        return character
    return rf"\x{{{point:X}}}"
