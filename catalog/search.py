"""Chinese-first search, the part without a database: what to index and what to look for.

Text is cut into grams. A run of Chinese, Japanese or Korean characters gives every pair of
neighbours and its last character alone; any other word stays whole. A table of (gram, dataset,
weight) then answers a query with equality and prefix comparisons only, which mean the same on
every database: two or more characters are their pairs, one character is a prefix of a pair or
the last character itself, a word is a prefix. Grams hold letters and digits only, so a LIKE
pattern made of one needs no escaping.

Pairs of different words can join into a false hit, so a candidate is confirmed with `matches`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.model import Dataset

MAX_GRAM = 64
"""Longer words are found by their first 64 characters."""

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # iteration marks, kana
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"  # ideographs, hangul syllables
    "\U00020000-\U0003ffff"  # ideographs of the later extensions
)
_PIECE = re.compile(rf"([{_CJK}]+)|([^\W_{_CJK}]+)")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What a query asks of the index: all of `exact` and, for each prefix, some gram with it."""

    exact: tuple[str, ...]
    prefixes: tuple[str, ...]


def grams(text: str) -> frozenset[str]:
    """Every gram under which `text` is found."""
    found: set[str] = set()
    for run, word in _pieces(text):
        if word:
            found.add(word[:MAX_GRAM])
        else:
            found.update(_pairs(run))
            found.add(run[-1])
    return frozenset(found)


def search_terms(query: str) -> SearchTerms:
    """What to look up for `query`; no terms at all when it holds neither a letter nor a digit."""
    exact: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    for run, word in _pieces(query):
        if word:
            prefixes[word[:MAX_GRAM]] = None
        elif len(run) == 1:
            prefixes[run] = None
        else:
            exact.update(dict.fromkeys(_pairs(run)))
    return SearchTerms(tuple(exact), tuple(prefixes))


def weighted_grams(
    dataset: Dataset, department_names: Iterable[str] = (), item_names: Iterable[str] = ()
) -> dict[str, int]:
    """The index rows of a dataset: each gram with the sum of the weights of the fields it is in.

    `department_names` are the provider's names, `item_names` the columns of its contract.
    """
    weights: dict[str, int] = {}
    for weight, text in _fields(dataset, department_names, item_names):
        for gram in grams(text):
            weights[gram] = weights.get(gram, 0) + weight
    return weights


def searchable_text(
    dataset: Dataset, department_names: Iterable[str] = (), item_names: Iterable[str] = ()
) -> str:
    """The text that `weighted_grams` indexes, for `matches` to confirm a candidate against."""
    return "\n".join(text for _, text in _fields(dataset, department_names, item_names))


def matches(query: str, haystack: str) -> bool:
    """Whether every run of `query` stands in `haystack` as it is and every word begins one there.

    A query without a letter or a digit matches nothing.
    """
    asked = list(_pieces(query))
    runs: list[str] = []
    words: list[str] = []
    for run, word in _pieces(haystack):
        (words if word else runs).append(word or run)
    return bool(asked) and all(
        any(own.startswith(word) for own in words) if word else any(run in own for own in runs)
        for run, word in asked
    )


def _fields(
    dataset: Dataset, department_names: Iterable[str], item_names: Iterable[str]
) -> Iterator[tuple[int, str]]:
    yield 8, f"{dataset.title_zh}\n{dataset.title_en}"
    yield 4, "\n".join((dataset.code, dataset.theme, *dataset.keywords))
    yield 3, "\n".join((*dataset.items, *item_names))
    yield 2, "\n".join(department_names)
    yield 1, dataset.summary


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each (run, "") of CJK characters and each ("", word) of others, in order."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for piece in _PIECE.finditer(folded):
        yield piece[1] or "", piece[2] or ""


def _pairs(run: str) -> Iterator[str]:
    return (run[start : start + 2] for start in range(len(run) - 1))
