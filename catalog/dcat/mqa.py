"""The EU's points for the metadata of a catalogue: data.europa.eu's MQA, 405 in five dimensions.

An indicator's points are its weight times the share of the datasets (or distributions) that fulfil it,
as data.europa.eu counts a catalogue. Whether an address answers takes the network, which the program
does not reach: these indicators are neither fulfilled nor missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from catalog.dcat.vocabularies import AUTHORITY, IANA, MACHINE_READABLE, NON_PROPRIETARY

FULL = 405


class Dimension(StrEnum):
    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


class Rating(StrEnum):
    EXCELLENT = "excellent"
    GOOD = "good"
    SUFFICIENT = "sufficient"
    BAD = "bad"


Part = Mapping[str, Any]
Test = Callable[[Part], bool]


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    dimension: Dimension
    title: str
    weight: int
    mend: str
    """Where the value comes from."""
    tests: tuple[Test, ...] = ()
    """What each dataset, or each distribution, is asked; nothing where it takes the network."""
    of_distributions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many of how many fulfil an indicator. `count` is None where nothing was assessed."""

    indicator: Indicator
    count: int | None
    population: int
    missing: tuple[str, ...] = ()
    """The codes of the datasets that miss it, themselves or in a distribution."""

    @property
    def points(self) -> Fraction | None:
        """None where it takes the network, and where there is nothing to count."""
        if self.count is None or not self.population:
            return None
        return Fraction(self.indicator.weight * self.count, self.population)


@dataclass(frozen=True, slots=True)
class Score:
    outcomes: Sequence[Outcome]
    datasets: int = 0
    without_distribution: int = 0
    """They have no part in what is counted over distributions."""

    @property
    def points(self) -> Fraction:
        """What is sure: an indicator that was not assessed gives nothing."""
        return sum((o.points for o in self.outcomes if o.points is not None), Fraction(0))

    @property
    def assessable(self) -> int:
        """The most that there could have been of what was assessed."""
        return sum(o.indicator.weight for o in self.outcomes if o.points is not None)

    @property
    def share(self) -> Fraction | None:
        """Of what could be assessed; None where nothing could."""
        return self.points / self.assessable if self.assessable else None

    @property
    def rating(self) -> Rating | None:
        """Of the points that are sure; None where there is nothing to rate."""
        return rated(self.points) if self.datasets else None


_LEAST = {Rating.EXCELLENT: 351, Rating.GOOD: 221, Rating.SUFFICIENT: 121, Rating.BAD: 0}
"""The EU's bounds, in points, best first."""


def rated(points: Fraction) -> Rating:
    return next(rating for rating, least in _LEAST.items() if points >= least)


def score(document: Part) -> Score:
    """Assess a document of `catalog.dcat.ap`."""
    datasets = [node for node in document["@graph"] if node["@type"] == "dcat:Dataset"]
    return Score(
        [_outcome(indicator, datasets) for indicator in INDICATORS],
        datasets=len(datasets),
        without_distribution=sum(not dataset.get("dcat:distribution") for dataset in datasets),
    )


def _outcome(indicator: Indicator, datasets: Iterable[Part]) -> Outcome:
    count = population = 0
    missing: dict[str, None] = {}
    for dataset in datasets:
        parts = dataset.get("dcat:distribution", ()) if indicator.of_distributions else (dataset,)
        for part in parts:
            kept = [test(part) for test in indicator.tests]
            population += len(kept) or 1
            count += sum(kept)
            if not all(kept):
                missing[dataset["dct:identifier"]] = None
    assessed = count if indicator.tests else None
    return Outcome(
        indicator=indicator, count=assessed, population=population, missing=tuple(missing)
    )


def _has(name: str) -> Test:
    return lambda part: bool(part.get(name))


def _within(name: str, scheme: str) -> Test:
    return lambda part: _address(part, name).startswith(scheme)


def _among(name: str, known: frozenset[str]) -> Test:
    return lambda part: _address(part, name) in known


def _address(part: Part, name: str) -> str:
    return str(part.get(name, {}).get("@id", ""))


def complies(dataset: Part) -> bool:
    """Whether it has what DCAT-AP makes mandatory; the rest of the shapes the export keeps by its making."""
    parts = dataset.get("dcat:distribution", ())
    named = dataset.get("dct:title") and dataset.get("dct:description")
    return bool(named) and all(part.get("dcat:accessURL") for part in parts)


_FILE_TYPE, _LICENCE = f"{AUTHORITY}file-type/", f"{AUTHORITY}licence/"
_RIGHT = f"{AUTHORITY}access-right/"
_NETWORK = "not assessed: the program reaches no network"
_TYPED = "distributions[].media_type, or format where it names one format"

_Line = tuple[str, str, int, str, tuple[Test, ...], bool]
_LINES: Mapping[Dimension, Sequence[_Line]] = {
    Dimension.FINDABILITY: (
        ("keyword", "dcat:keyword", 30, "keywords", (_has("dcat:keyword"),), False),
        ("theme", "dcat:theme", 30, "theme", (_has("dcat:theme"),), False),
        ("spatial", "dct:spatial", 20, "facet spatial", (_has("dct:spatial"),), False),
        ("temporal", "dct:temporal", 20, "facet temporal", (_has("dct:temporal"),), False),
    ),
    Dimension.ACCESSIBILITY: (
        ("access-url-answers", "dcat:accessURL answers", 50, _NETWORK, (), True),
        (
            "download-url",
            "dcat:downloadURL",
            20,
            "none: no address is known to be the file itself",
            (_has("dcat:downloadURL"),),
            True,
        ),
        ("download-url-answers", "dcat:downloadURL answers", 30, _NETWORK, (), True),
    ),
    Dimension.INTEROPERABILITY: (
        ("format", "dct:format", 20, _TYPED, (_has("dct:format"),), True),
        (
            "media-type",
            "dcat:mediaType",
            10,
            "distributions[].media_type",
            (_has("dcat:mediaType"),),
            True,
        ),
        (
            "format-vocabulary",
            "dct:format and dcat:mediaType of the vocabularies",
            10,
            _TYPED,
            (_within("dct:format", _FILE_TYPE), _within("dcat:mediaType", IANA)),
            True,
        ),
        (
            "non-proprietary",
            "dct:format that is not proprietary",
            20,
            _TYPED,
            (_among("dct:format", NON_PROPRIETARY),),
            True,
        ),
        (
            "machine-readable",
            "dct:format that machines read",
            20,
            _TYPED,
            (_among("dct:format", MACHINE_READABLE),),
            True,
        ),
        ("dcat-ap", "mandatory in DCAT-AP", 30, "title, summary", (complies,), False),
    ),
    Dimension.REUSABILITY: (
        ("licence", "dct:license", 20, "facet licence", (_has("dct:license"),), True),
        (
            "licence-vocabulary",
            "dct:license of the vocabulary",
            10,
            "facet licence, as the address of the licence",
            (_within("dct:license", _LICENCE),),
            True,
        ),
        ("access-rights", "dct:accessRights", 10, "share_type", (_has("dct:accessRights"),), False),
        (
            "access-rights-vocabulary",
            "dct:accessRights of the vocabulary",
            5,
            "share_type",
            (_within("dct:accessRights", _RIGHT),),
            False,
        ),
        (
            "contact",
            "dcat:contactPoint",
            20,
            "catalogue.contact in bureau.toml",
            (_has("dcat:contactPoint"),),
            False,
        ),
        ("publisher", "dct:publisher", 10, "provider", (_has("dct:publisher"),), False),
    ),
    Dimension.CONTEXTUALITY: (
        ("rights", "dct:rights", 5, "use_conditions", (_has("dct:rights"),), True),
        ("byte-size", "dcat:byteSize", 5, "a delivery", (_has("dcat:byteSize"),), True),
        ("issued", "dct:issued", 5, "the first publication", (_has("dct:issued"),), False),
        (
            "modified",
            "dct:modified",
            5,
            "a delivery, or facet modified",
            (_has("dct:modified"),),
            False,
        ),
    ),
}
INDICATORS = tuple(
    Indicator(id_, dimension, title, weight, mend, tests, of_distributions=parts)
    for dimension, lines in _LINES.items()
    for id_, title, weight, mend, tests, parts in lines
)
