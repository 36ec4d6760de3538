"""The known word that is nearest to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_FEW = 30
"""So many words are listed at most."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that offers the nearest known word, or lists them when few."""
    found = nearest(word, known)
    return f"; {found}" if found else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The same as a sentence of its own; empty where none is near and they are not few."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known are {', '.join(words)}" if 0 < len(words) <= _FEW else ""
