"""The EU's points: the weights, a published worked example, and what is honest where nothing is known."""

import copy
from fractions import Fraction

import pytest

from catalog.dcat import ap, mqa
from catalog.dcat.mqa import INDICATORS, Dimension, Outcome, Rating, Score, rated
from tests.catalog.test_dcat import BARE, FULL, METERS, listed
from tests.dcat import shacl_faults

EXAMPLE = {
    "keyword": (46, 46),
    "theme": (46, 46),
    "spatial": (42, 46),
    "temporal": (0, 46),
    "access-url-answers": (255, 255),
    "download-url": (0, 255),
    "download-url-answers": (0, 255),
    "format": (255, 255),
    "media-type": (255, 255),
    "format-vocabulary": (378, 510),
    "non-proprietary": (131, 255),
    "machine-readable": (252, 255),
    "dcat-ap": (0, 46),
    "licence": (255, 255),
    "licence-vocabulary": (245, 255),
    "access-rights": (46, 46),
    "access-rights-vocabulary": (0, 46),
    "contact": (46, 46),
    "publisher": (46, 46),
    "rights": (255, 255),
    "byte-size": (0, 255),
    "issued": (46, 46),
    "modified": (46, 46),
}
"""A catalogue of 46 datasets with 255 distributions: README of github.com/mjanez/ckan-mqa at 468010f."""


def outcome(score, indicator):
    (found,) = [one for one in score.outcomes if one.indicator.id == indicator]
    return found


def test_the_worked_example_has_280_points_and_is_good():
    score = Score(
        [
            Outcome(indicator=one, count=EXAMPLE[one.id][0], population=EXAMPLE[one.id][1])
            for one in INDICATORS
        ],
        datasets=46,
    )
    assert round(float(score.points), 1) == 280.3
    shown = sum(round(float(one.points), 2) for one in score.outcomes)
    assert round(shown, 2) == 280.31  # the example adds what it shows
    assert score.rating is Rating.GOOD
    assert (score.assessable, round(float(score.share), 2)) == (405, 0.69)
    assert round(float(outcome(score, "format-vocabulary").points), 2) == 7.41


def test_the_weights_are_those_of_the_method():
    assert {
        dimension: sum(one.weight for one in INDICATORS if one.dimension is dimension)
        for dimension in Dimension
    } == {
        Dimension.FINDABILITY: 100,
        Dimension.ACCESSIBILITY: 100,
        Dimension.INTEROPERABILITY: 110,
        Dimension.REUSABILITY: 75,
        Dimension.CONTEXTUALITY: 20,
    }
    assert len({one.id for one in INDICATORS}) == len(INDICATORS)


@pytest.mark.parametrize(
    ("points", "rating"),
    [
        (405, Rating.EXCELLENT),
        (351, Rating.EXCELLENT),
        (Fraction(3509, 10), Rating.GOOD),
        (221, Rating.GOOD),
        (220, Rating.SUFFICIENT),
        (121, Rating.SUFFICIENT),
        (120, Rating.BAD),
        (0, Rating.BAD),
    ],
)
def test_the_ratings(points, rating):
    assert rated(Fraction(points)) is rating


def test_each_indicator_counts_what_fulfils_it_and_names_what_does_not():
    score = mqa.score(ap.document(FULL))
    half = ("keyword", "theme", "spatial", "temporal", "access-rights", "modified")
    for indicator in half:
        found = outcome(score, indicator)
        assert (found.count, found.population, found.missing) == (1, 2, ("bare",)), indicator
    for indicator in ("contact", "publisher", "issued", "dcat-ap"):
        assert (outcome(score, indicator).count, outcome(score, indicator).missing) == (2, ())
    assert (outcome(score, "format").count, outcome(score, "format").population) == (2, 2)
    assert outcome(score, "format-vocabulary").population == 4
    assert outcome(score, "byte-size").missing == ("meters",)  # of its two distributions one has it
    assert outcome(score, "non-proprietary").count == 1  # Parquet is not in the EU's list
    assert (score.datasets, score.without_distribution) == (2, 1)


def test_what_takes_the_network_is_neither_fulfilled_nor_missed():
    score = mqa.score(ap.document(FULL))
    for indicator in ("access-url-answers", "download-url-answers"):
        found = outcome(score, indicator)
        assert (found.count, found.points, found.missing) == (None, None, ())
    assert score.assessable == 405 - 80
    assert score.share == score.points / 325


def test_nothing_to_count_is_no_number():
    score = mqa.score(ap.document(listed()))
    assert (score.points, score.assessable, score.share) == (0, 0, None)
    score = mqa.score(ap.document(listed(BARE)))
    assert outcome(score, "licence").points is None
    assert outcome(score, "keyword").points == 0


@pytest.mark.parametrize("name", ["dct:title", "dct:description", "dcat:accessURL", "dcat:keyword"])
def test_what_counts_as_compliant_is_what_the_shapes_say(name):
    made = copy.deepcopy(ap.document(FULL))
    dataset = next(one for one in made["@graph"] if one["@id"].endswith("dataset/meters"))
    for part in (dataset, *dataset["dcat:distribution"]):
        if part is not dataset or name != "dct:title":
            part.pop(name, None)
    if name == "dct:title":
        del dataset[name]
    held = outcome(mqa.score(made), "dcat-ap").missing == ()
    assert held is (shacl_faults(made) == [])


def test_no_summary_is_still_described_by_the_items_or_the_title():
    assert mqa.complies({"dct:title": ["a"], "dct:description": ["b"]})
    items = next(one for one in ap.document(listed(BARE, METERS))["@graph"] if "bare" in one["@id"])
    assert items["dct:description"] == [{"@value": "只有名称", "@language": "zh"}]
