"""The rates of the catalogue, on facts that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.model import (
    DatasetStatus,
    Grade,
    ResourceClass,
    Responsibility,
    ShareMode,
    ShareType,
)
from rates.model import GroupBy, RateQuery
from sharing.clocks.model import Clock
from sharing.profiles.model import LimitName
from tests.rates.city import DAY, FIRST, QUERY, City, at, noon

ONE = timedelta(days=1)
BEFORE = replace(QUERY, as_of=DAY - ONE)
LAWFUL = "行政法规《全国人口普查条例》第三十三条：普查资料不得用作他用"
COMPLETE = {
    "summary": "Hourly values",
    "items": ("date", "value"),
    "format": "csv",
    "share_mode": ShareMode.FILE,
    "resource_class": ResourceClass.BASIC,
    "grade": Grade.GENERAL,
}


@pytest.fixture
def three(city: City) -> City:
    """Three departments and nothing else."""
    city.division("4403", at(FIRST))
    for department in ("env", "health", "data"):
        city.department(department, at(FIRST))
    return city


def number(city: City, rate: str, query: RateQuery = QUERY) -> tuple[int, int]:
    (count,) = city.count(rate, query)
    return count.n, count.base


def told(city: City, rate: str, query: RateQuery = QUERY) -> dict[str, tuple[str, str]]:
    """Why each row is left out, and what decided it."""
    return {one.id: (one.excluded, one.evidence) for one in city.members(rate, query)}


class TestDutiesInTheCatalogue:
    def test_a_duty_is_catalogued_before_anything_is_delivered(self, three):
        three.duty("r", at(FIRST), "env", "air")
        three.dataset("air", at(DAY), "env", fulfils="air")
        assert (number(three, "CAT-1", BEFORE), number(three, "CAT-1")) == ((0, 1), (1, 1))
        assert told(three, "CAT-1") == {"r": ("", "catalogued as air")}
        assert told(three, "CAT-1", BEFORE) == {"r": ("", "no published dataset answers it")}

    def test_only_what_the_department_published_itself_answers_it(self, three):
        three.duty("r", at(FIRST), "env", "air")
        three.dataset("other", at(FIRST), "health", fulfils="air")
        three.dataset("draft", at(FIRST), "env", fulfils="air", status=DatasetStatus.DRAFT)
        assert number(three, "CAT-1") == (0, 1)

    def test_several_datasets_count_once_and_exempt_duties_do_not(self, three):
        three.duty("r", at(FIRST), "env", "air")
        three.duty("s", at(FIRST), "health", "air", exempt=True)
        three.dataset("b", at(FIRST), "env", fulfils="air")
        three.dataset("a", at(FIRST), "env", fulfils="air")
        assert number(three, "CAT-1") == (1, 1)
        assert told(three, "CAT-1")["r"] == ("", "catalogued as a")
        assert told(three, "CAT-1")["s"][0] == "exempt"

    def test_withdrawn_on_the_day_it_answers_no_more(self, three):
        three.duty("r", at(FIRST), "env", "air")
        three.dataset("air", at(FIRST), "env", fulfils="air")
        three.withdraw("air", at(DAY))
        assert (number(three, "CAT-1", BEFORE), number(three, "CAT-1")) == ((1, 1), (0, 1))


class TestFields:
    @pytest.mark.parametrize(
        ("share_type", "more", "base"),
        [
            (ShareType.UNCONDITIONAL, {}, 10),
            (ShareType.CONDITIONAL, {"use_conditions": "共享范围：全市；使用用途：应急"}, 11),
            (ShareType.NOT_SHARED, {"legal_basis": LAWFUL, "share_mode": None}, 10),
        ],
    )
    def test_a_complete_entry_fills_what_its_type_asks_for(self, three, share_type, more, base):
        three.dataset("air", at(FIRST), "env", **COMPLETE | {"share_type": share_type} | more)
        assert number(three, "CAT-2") == (base, base)
        assert told(three, "CAT-2") == {"air": ("", "nothing is missing")}

    @pytest.mark.parametrize(
        ("field", "empty"),
        [
            ("title_zh", " "),
            ("summary", ""),
            ("summary", "TBD"),
            ("items", ()),
            ("provider", ""),
            ("format", "待定"),
            ("update_cycle", None),
            ("share_mode", None),
            ("resource_class", None),
            ("grade", None),
        ],
    )
    def test_each_field_that_is_not_filled_is_missing_and_named(self, three, field, empty):
        three.dataset("air", at(FIRST), **{"provider": "env"} | COMPLETE | {field: empty})
        assert number(three, "CAT-2") == (9, 10)
        assert told(three, "CAT-2") == {"air": ("", f"lacks {field}")}

    @pytest.mark.parametrize(
        ("share_type", "lacking", "counted"),
        [
            (None, "share_type", (9, 10)),
            (ShareType.CONDITIONAL, "use_conditions", (10, 11)),
            (ShareType.NOT_SHARED, "legal_basis", (9, 10)),
        ],
    )
    def test_what_a_type_asks_for_is_missing_where_it_is_not_said(
        self, three, share_type, lacking, counted
    ):
        three.dataset("air", at(FIRST), "env", **COMPLETE | {"share_type": share_type})
        assert number(three, "CAT-2") == counted
        assert told(three, "CAT-2") == {"air": ("", f"lacks {lacking}")}

    def test_items_come_from_the_contract_too(self, three):
        three.dataset("air", at(FIRST), "env", **COMPLETE | {"items": (), "contract": "air"})
        assert number(three, "CAT-2") == (10, 10)

    def test_drafts_are_in_the_base_and_withdrawn_entries_are_not(self, three):
        three.dataset("air", at(FIRST), "env", **COMPLETE)
        three.dataset("draft", at(FIRST), "env", status=DatasetStatus.DRAFT)
        assert number(three, "CAT-2") == (14, 20)
        three.withdraw("air", at(DAY))
        assert number(three, "CAT-2") == (4, 10)
        assert number(three, "CAT-2", BEFORE) == (14, 20)


class TestTypes:
    def test_each_type_is_a_share_of_those_that_are_stated(self, three):
        for code, share_type in enumerate([*ShareType, ShareType.NOT_SHARED, None]):
            three.dataset(f"d{code}", at(FIRST), "env", share_type=share_type)
        assert (number(three, "CAT-6A"), number(three, "CAT-6B")) == ((2, 4), (1, 4))
        (count,) = three.count("CAT-6A", QUERY)
        assert count.excluded == {"share_type_unknown": 1}
        assert [evidence for _, evidence in told(three, "CAT-6B").values()] == [
            "unconditional",
            "conditional",
            "not shared",
            "not shared",
            "its sharing type is not stated",
        ]

    @pytest.mark.parametrize(
        ("basis", "n", "evidence"),
        [
            (LAWFUL, 1, LAWFUL),
            ("", 0, "no legal basis is stated"),
            ("暂无", 0, "no legal basis is stated"),
            ("本局内部规定", 0, "'本局内部规定' rests on a rule of an office or a place"),
        ],
    )
    def test_what_is_not_shared_rests_on_a_law(self, three, basis, n, evidence):
        three.dataset("air", at(FIRST), "env", share_type=ShareType.NOT_SHARED, legal_basis=basis)
        assert number(three, "CAT-5") == (n, 1)
        (member,) = three.members("CAT-5", QUERY)
        assert member.evidence.startswith(evidence)
        assert three.count("CAT-5", QUERY, GroupBy.DEPARTMENT)[0].n == n

    def test_the_ground_is_asked_of_what_is_not_shared_alone(self, three):
        three.dataset("open", at(FIRST), "env")
        three.dataset("unclear", at(FIRST), "env", share_type=None)
        assert number(three, "CAT-5") == (0, 0)
        assert told(three, "CAT-5") == {
            "unclear": ("share_type_unknown", "its sharing type is not stated")
        }


class TestSources:
    def held(self, city: City, *sources: str, offered: int = 1) -> None:
        """By env and health, with the source that each names; the first few offer it."""
        for place, (department, source) in enumerate(zip(("env", "health"), sources, strict=True)):
            shared = ShareType.UNCONDITIONAL if place < offered else ShareType.NOT_SHARED
            responsible = Responsibility(source=source)
            fields = {"fulfils": "air", "share_type": shared, "responsibility": responsible}
            city.dataset(f"air-{department}", at(FIRST), department, **fields)

    def test_an_item_of_one_department_is_not_asked_about(self, three):
        three.dataset("air", at(FIRST), "env", fulfils="air")
        three.dataset("air-2", at(FIRST), "env", fulfils="air")
        three.dataset("rest", at(FIRST), "health")
        assert three.members("CAT-8", QUERY) == []

    @pytest.mark.parametrize(
        ("sources", "offered", "n", "evidence"),
        [
            (("env", "env"), 1, 1, "2 departments hold it, the source is env"),
            (("", "env"), 0, 1, "2 departments hold it, the source is env"),
            (("", ""), 1, 0, "2 departments hold it, no source is named"),
            (("env", "health"), 1, 0, "2 departments hold it, 2 sources are named"),
            (("env", "env"), 2, 0, "2 departments hold it, 2 offer it"),
        ],
    )
    def test_one_source_and_no_second_offer(self, three, sources, offered, n, evidence):
        self.held(three, *sources, offered=offered)
        assert number(three, "CAT-8") == (n, 1)
        assert told(three, "CAT-8") == {"air": ("", evidence)}
        (group,) = three.count("CAT-8", QUERY, GroupBy.DEPARTMENT)
        assert group.group == ("env" if n else "")

    def test_what_the_authority_named_holds_from_that_day_on(self, three):
        self.held(three, "env", "health", offered=2)
        three.name_source("air", "env", at(DAY))
        three.name_source("air", "health", at(DAY + ONE))
        assert (number(three, "CAT-8", BEFORE), number(three, "CAT-8")) == ((0, 1), (1, 1))
        assert told(three, "CAT-8") == {"air": ("", "the authority named env")}


class TestClocks:
    def clock(self, limit: LimitName, subject: str, debtor: str) -> Clock:
        return Clock(
            subject=subject,
            limit=limit,
            debtor=debtor,
            days=10,
            article="17",
            profile="0" * 64,
            started_on=DAY - 14 * ONE,
            due_on=DAY,
        )

    def test_a_change_that_is_answered_on_its_day_is_in_time(self, three):
        three.dataset("air", at(FIRST), "env", theme="sky")
        changed = noon(DAY - 14 * ONE)
        ref = three.change(changed, dataset="air")
        clock = self.clock(LimitName.CATALOGUE_UPDATE, f"catalogue_event:{ref}", "env")
        three.clock(clock, changed)
        assert three.members("CAT-3", BEFORE) == []
        three.clock(replace(clock, ended_on=DAY), noon(DAY))
        (member,) = three.members("CAT-3", QUERY)
        assert (member.id, member.title, member.department) == ("EVT-0001", "air", "env")
        assert (member.theme, member.in_numerator) == ("sky", True)
        assert member.evidence == "due 2026-03-10, done 2026-03-10"

    def test_a_change_that_is_open_when_its_day_is_over_is_late(self, three):
        ref = three.change(noon(DAY - 14 * ONE), item="beds")
        clock = self.clock(LimitName.CATALOGUE_UPDATE, f"catalogue_event:{ref}", "health")
        three.clock(clock, noon(DAY - 14 * ONE))
        assert number(three, "CAT-3") == (0, 1)
        (member,) = three.members("CAT-3", QUERY)
        assert (member.title, member.evidence) == ("beds", "due 2026-03-10, open")

    def test_more_time_by_consent_is_time(self, three):
        ref = three.change(noon(DAY - 14 * ONE), item="beds")
        clock = self.clock(LimitName.CATALOGUE_UPDATE, f"catalogue_event:{ref}", "health")
        three.clock(clock, noon(DAY - 14 * ONE))
        longer = replace(clock, due_on=DAY + 7 * ONE, extended_by=5)
        three.clock(longer, noon(DAY))
        assert number(three, "CAT-3") == (0, 0)
        three.clock(replace(longer, ended_on=DAY + 6 * ONE), noon(DAY + 6 * ONE))
        week = replace(QUERY, as_of=DAY + 7 * ONE)
        assert number(three, "CAT-3", week) == (1, 1)
        assert "extended by 5 working days" in told(three, "CAT-3", week)["EVT-0001"][1]

    @pytest.mark.parametrize(("after", "n"), [(0, 1), (1, 0)])
    def test_a_review_counts_for_the_authority(self, three, after, n):
        clock = self.clock(LimitName.CATALOGUE_REVIEW, "submission:SUB-0003", "data")
        three.clock(clock, noon(DAY - ONE))
        done = DAY + after * ONE
        three.clock(replace(clock, ended_on=done), noon(done))
        later = replace(QUERY, as_of=DAY + 3 * ONE)
        assert number(three, "CAT-4", later) == (n, 1)
        (member,) = three.members("CAT-4", later)
        assert (member.id, member.department) == ("SUB-0003", "data")
