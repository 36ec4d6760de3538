"""A city of twelve datasets counted by hand: filters, groups, funnel, and what is refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.expand import rule_set_hash
from catalog.model import Grade, ProvisionRule
from core.errors import InvalidInput, NotFound
from rates.definitions import find_rate, list_rates
from rates.model import FunnelCount, GroupBy, Grouping, RateCount, RateQuery
from tests.rates.city import DAY, FIRST, QUERY, at, noon

RATES = ["COL-1", "SHA-2", "USE-1", "CAT-7", "COL-6"]
TOLD_APART = (
    GroupBy.DEPARTMENT,
    GroupBy.DIVISION,
    GroupBy.THEME,
    GroupBy.GRADE,
    GroupBy.SHARE_TYPE,
)


@pytest.mark.parametrize(
    ("rate", "n", "base", "excluded"),
    [
        ("COL-1", 5, 8, {"exempt": 1}),  # 1 2 3 5 6 of r1..r7 and r13
        ("SHA-2", 4, 11, {"not_shared": 1}),  # 1 2 4 9; 6 is granted to its own department
        ("USE-1", 2, 6, {"not_shared": 1, "not_mounted": 5}),  # 1 9 of 1 2 3 6 9 10
        ("CAT-7", 6, 11, {"not_shared": 1}),
        ("COL-6", 7, 11, {"no_cycle": 1}),
    ],
)
def test_the_numbers_are_those_counted_by_hand(twelve, rate, n, base, excluded):
    assert twelve.count(rate, QUERY) == [RateCount(group="", n=n, base=base, excluded=excluded)]


def test_the_funnel_narrows_from_due_to_used(twelve):
    # 1 2 3 5 6 are mounted, 1 and 2 granted, 1 used; 8 answers an exempt duty, 9 to 12 answer none
    assert twelve.funnel(QUERY) == FunnelCount(reached=(8, 7, 5, 2, 1), outside=5)


def test_a_stage_is_passed_only_by_a_dataset_that_passed_those_before(twelve):
    """One dataset of the duty is delivered, the other one granted and used."""
    twelve.dataset("d03-bis", noon(DAY), "env", fulfils="item-3")
    twelve.use(twelve.grant("d03-bis", "edu", noon(DAY)), noon(DAY))
    assert twelve.funnel(QUERY).reached == (8, 7, 5, 2, 1)


def test_the_funnel_takes_the_filters_of_a_rate(twelve):
    assert twelve.funnel(replace(QUERY, department="env")).reached == (5, 5, 4, 2, 1)
    assert twelve.funnel(replace(QUERY, division="440305")) == FunnelCount(
        reached=(3, 2, 1, 0, 0), outside=5
    )
    assert twelve.funnel(replace(QUERY, theme="theme-1")).reached[0] == 1


def test_rows_are_listed_by_department_and_id(twelve):
    keys = [(m.department, m.id) for m in twelve.members("CAT-7", QUERY)]
    assert keys == sorted(keys)
    assert len(keys) == 12


@pytest.mark.parametrize(("division", "base"), [("4403", 11), ("440305", 7), ("440305001", 3)])
def test_a_division_is_itself_and_all_below_it(twelve, division, base):
    (count,) = twelve.count("CAT-7", replace(QUERY, division=division))
    assert count.base == base


def test_the_tree_of_divisions_is_that_of_the_day(twelve):
    twelve.division("440305001", noon(DAY), "4403")
    district = replace(QUERY, division="440305")
    (today,) = twelve.count("CAT-7", district)
    (before,) = twelve.count("CAT-7", replace(district, as_of=DAY - timedelta(days=1)))
    assert (today.base, before.base) == (4, 7)


def test_a_loop_of_divisions_ends(twelve):
    twelve.division("4403", noon(DAY), "440305001")
    (count,) = twelve.count("CAT-7", replace(QUERY, division="440305"))
    assert count.base == 11


def test_groups_are_named_and_the_unknown_one_is_kept(twelve):
    by_theme = twelve.count("CAT-7", QUERY, GroupBy.THEME)
    assert [(c.group, c.n, c.base) for c in by_theme] == [
        ("", 0, 3),
        ("theme-0", 3, 3),
        ("theme-1", 3, 5),
    ]
    by_department = twelve.count("COL-1", QUERY, GroupBy.DEPARTMENT)
    assert [(c.group, c.n, c.base, c.excluded) for c in by_department] == [
        ("edu", 1, 2, {"exempt": 1}),
        ("env", 4, 5, {}),
        ("yard", 0, 1, {}),
    ]
    by_division = twelve.count("CAT-7", QUERY, GroupBy.DIVISION)
    assert [(c.group, c.base) for c in by_division] == [
        ("4403", 11),
        ("440305", 7),
        ("440305001", 3),
    ]


def test_datasets_are_told_apart_by_facet_grade_and_sharing_type(city):
    city.division("4403", at(FIRST))
    city.department("env", at(FIRST))
    city.dataset("a", at(FIRST), "env", facets={"业务": ("水", "air")}, grade=Grade.CORE)
    city.dataset("b", at(FIRST), "env", facets={"业务": ("水",)}, share_type=None)
    city.dataset("c", at(FIRST), "env")

    def groups(by, facet=""):
        return [(count.group, count.base) for count in city.count("CAT-7", QUERY, by, facet)]

    assert groups(GroupBy.FACET, "业务") == [("", 1), ("air", 1), ("水", 2)]
    assert groups(GroupBy.GRADE) == [("", 2), ("core", 1)]
    assert groups(GroupBy.SHARE_TYPE) == [("", 1), ("unconditional", 2)]

    def listed(**asked):
        return [member.id for member in city.members("CAT-7", replace(QUERY, **asked))]

    assert listed(facet="业务:水") == ["a", "b"]
    assert listed(facet="业务:air", share_type="unconditional") == ["a"]
    assert listed(facet="业务:火") == []
    assert listed(grade="core") == ["a"]


def test_members_without_an_application_are_not_told_apart_by_it(city):
    with pytest.raises(InvalidInput, match="CAT-7 are not told apart by application") as refused:
        city.count("CAT-7", QUERY, GroupBy.APPLICATION)
    assert "department, division, theme, facet, grade, share_type" in refused.value.hint


def test_a_department_that_nobody_registered_has_no_division(twelve):
    twelve.dataset("stray", noon(DAY), "ghost")
    assert twelve.count("CAT-7", QUERY, GroupBy.DIVISION)[0] == RateCount(
        group="", n=0, base=1, excluded={}
    )


def test_nothing_at_all_is_one_empty_count_and_no_group(city):
    for rate in RATES:
        assert city.count(rate, QUERY) == [RateCount(group="", n=0, base=0, excluded={})]
        assert city.count(rate, QUERY, GroupBy.THEME) == []
        assert city.members(rate, QUERY) == []
    assert city.funnel(QUERY) == FunnelCount(reached=(0, 0, 0, 0, 0), outside=0)


def test_the_rule_set_is_the_one_of_the_day(city):
    city.rule("r", noon(FIRST), departments=("env",))
    before = city.rates.rule_set_hash(QUERY)
    city.rule("r", noon(DAY), departments=("env", "edu"))
    assert city.rates.rule_set_hash(replace(QUERY, as_of=DAY - timedelta(days=1))) == before
    assert city.rates.rule_set_hash(QUERY) != before
    given = {"item": "air", "title_zh": "r", "legal_ground": "x", "start": date(2026, 1, 1)}
    assert before == rule_set_hash([ProvisionRule(code="r", departments=("env",), **given)])


def test_today_can_be_asked_for_and_tomorrow_cannot(city):
    city.now = at(DAY, 23)
    assert city.members("COL-1", QUERY) == []
    with pytest.raises(InvalidInput, match="2026-03-11 has not begun: today is 2026-03-10 in Asia"):
        city.members("COL-1", replace(QUERY, as_of=DAY + timedelta(days=1)))


def test_the_day_is_that_of_the_city(city):
    city.now = at(DAY)
    assert city.members("COL-1", QUERY) == []
    city.now -= timedelta(microseconds=1)
    with pytest.raises(InvalidInput):
        city.members("COL-1", QUERY)


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_an_impossible_window_is_refused(city, days):
    with pytest.raises(InvalidInput, match="window"):
        city.count("SHA-2", replace(QUERY, window_days=days))


def test_the_longest_window_reaches_the_first_day_there_is(city):
    query = RateQuery(as_of=date(2, 1, 1), window_days=365)
    assert city.members("USE-1", query) == []
    with pytest.raises(InvalidInput, match="window"):
        city.members("USE-1", replace(query, window_days=366))


def test_what_was_never_known_by_the_day_is_an_error_with_the_nearest_name(twelve):
    twelve.department("late", at(DAY))
    twelve.dataset("d13", at(DAY), "env", facets={"业务": ("water",)})
    twelve.grant("d13", "edu", at(DAY))

    def ask(day=DAY, by=None, **asked):
        twelve.rates.require_named(replace(QUERY, as_of=day, **asked), by)

    for known in (
        {"department": "late"},
        {"division": "440305"},
        {"theme": "theme-1"},
        {"application": "app"},
        {"facet": "业务:water"},
        {"grade": "core"},
        {"by": Grouping(GroupBy.FACET, "业务")},
        {"by": Grouping(GroupBy.THEME)},
    ):
        ask(**known)
    for unknown, said, hint in (
        ({"department": "envv"}, "department 'envv'", "did you mean 'env'?"),
        ({"department": "late", "day": DAY - timedelta(days=1)}, "department 'late'", "known are"),
        ({"division": "440306"}, "division '440306'", "did you mean '440305'?"),
        ({"theme": "theme1"}, "theme 'theme1'", "did you mean 'theme-1'?"),
        ({"application": "ap"}, "application 'ap'", "did you mean 'app'?"),
        ({"facet": "colour:water"}, "facet 'colour'", "known are 业务"),
        ({"facet": "业务:watr"}, "value of the facet 业务 'watr'", "did you mean 'water'?"),
        ({"facet": "业务:water", "day": DAY - timedelta(days=1)}, "facet '业务'", ""),
        ({"grade": "cor"}, "grade 'cor'", "did you mean 'core'?"),
        ({"share_type": "x"}, "share type 'x'", "known are conditional"),
        ({"by": Grouping(GroupBy.FACET, "业")}, "facet '业'", "业务"),
    ):
        with pytest.raises(NotFound, match=said) as refused:
            ask(**unknown)
        assert hint in (refused.value.hint or "")
    with pytest.raises(InvalidInput, match="is no facet with a value"):
        ask(facet="业务")


def test_what_is_gone_may_be_asked_for_and_has_no_rows(twelve):
    twelve.retire("yard", noon(DAY))
    asked = replace(QUERY, department="yard", as_of=DAY + timedelta(days=1))
    twelve.rates.require_named(asked)
    assert twelve.count("COL-1", asked)[0].base == 1  # its duty is still in force
    assert twelve.count("CAT-8", asked) == [RateCount(group="", n=0, base=0, excluded={})]


def test_the_rows_of_groups_are_what_their_numbers_count(twelve):
    twelve.dataset("d13", at(FIRST), "env", facets={"业务": ("水", "air")})
    for by in (*(Grouping(one) for one in TOLD_APART), Grouping(GroupBy.FACET, "业务")):
        rows = twelve.rates.members_by(find_rate("CAT-7").definition, QUERY, by)
        assert rows == sorted(rows, key=lambda one: (one[0], one[1].department, one[1].id))
        counted = Counter(group for group, member in rows if not member.excluded)
        shown = twelve.count("CAT-7", QUERY, by.by, by.facet)
        assert {count.group: count.base for count in shown if count.base} == counted


def test_the_rates_find_themselves_headlines_first():
    definitions = [rate.definition for rate in list_rates()]
    ids = [d.id for d in definitions]
    assert ids[:3] == ["COL-1", "SHA-2", "USE-1"]
    places = [re.fullmatch(r"([A-Z]+)-([0-9]+)([A-Z]?)", one).groups() for one in ids[3:]]
    assert places == sorted(places, key=lambda place: (place[0], int(place[1]), place[2]))
    assert set(RATES) < set(ids)
    assert find_rate(" col-1 ").definition is definitions[0]
    with pytest.raises(NotFound, match="rate 'coll-1'") as refused:
        find_rate("coll-1")
    assert refused.value.hint.startswith("did you mean COL-1? the rates are COL-1, ")
    with pytest.raises(NotFound, match="rate 'x'"):
        find_rate("x")


def test_every_exclusion_found_is_one_that_the_definition_announces(twelve):
    for rate in list_rates():
        (count,) = twelve.count(rate.definition.id, QUERY)
        assert set(count.excluded) <= {reason.code for reason in rate.definition.reasons}
        assert all(reason.title_zh and reason.title_en for reason in rate.definition.reasons)
