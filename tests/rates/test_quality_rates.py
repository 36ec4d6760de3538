"""The rates of quality and correction, on facts that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.model import DeliveryStatus
from quality.score import default_policy
from rates.model import GroupBy, RateQuery
from sharing.clocks.model import Clock
from sharing.corrections.model import Finding
from sharing.profiles.model import LimitName
from tests.rates.city import DAY, FIRST, QUERY, City, at, noon

ONE = timedelta(days=1)
BEFORE = replace(QUERY, as_of=DAY - ONE)


@pytest.fixture
def air(city: City) -> City:
    city.division("4403", at(FIRST))
    for department in ("env", "health"):
        city.department(department, at(FIRST))
    city.dataset("air", at(FIRST), "env", theme="sky")
    return city


def number(city: City, rate: str, query: RateQuery = QUERY) -> tuple[int, int]:
    (count,) = city.count(rate, query)
    return count.n, count.base


def told(city: City, rate: str, query: RateQuery = QUERY) -> dict[str, tuple[str, str]]:
    return {one.id: (one.excluded, one.evidence) for one in city.members(rate, query)}


class TestChecks:
    def test_the_newest_run_of_the_day_gives_a_and_b_by_dimension(self, air):
        air.check("air", noon(DAY - ONE), 90, completeness=(8, 10), uniqueness=(10, 10))
        air.check("air", noon(DAY), 50, completeness=(3, 10))
        assert (number(air, "QUA-1", BEFORE), number(air, "QUA-1")) == ((18, 20), (3, 10))
        assert told(air, "QUA-1") == {
            "air/completeness": ("", "completeness: 3 of 10"),
            "air/uniqueness": ("not_assessable", "uniqueness: not measured"),
        }
        (group,) = air.count("QUA-1", QUERY, GroupBy.DEPARTMENT)
        assert (group.group, group.n, group.base, group.excluded) == (
            "env",
            3,
            10,
            {"not_assessable": 1},
        )

    def test_what_was_never_checked_is_no_number(self, air):
        for rate in ("QUA-1", "QUA-2"):
            assert number(air, rate) == (0, 0)
            assert told(air, rate) == {"air": ("unchecked", "never checked")}

    def test_the_pass_mark_is_the_one_of_the_policy(self, air):
        assert default_policy().pass_mark == 60
        air.check("air", noon(DAY - ONE), 59)
        air.check("air", noon(DAY), 60)
        assert (number(air, "QUA-2", BEFORE), number(air, "QUA-2")) == ((0, 1), (1, 1))
        assert told(air, "QUA-2") == {"air": ("", "checked 2026-03-10, score 60, pass mark 60")}

    def test_a_run_that_measured_nothing_neither_passes_nor_fails(self, air):
        air.check("air", noon(DAY - ONE), 90)
        air.check("air", noon(DAY), None)
        assert number(air, "QUA-2") == (0, 0)
        evidence = "checked 2026-03-10, nothing was measured"
        assert told(air, "QUA-2") == {"air": ("not_measured", evidence)}

    @pytest.mark.parametrize(("ago", "n"), [(29, 1), (30, 0)])
    def test_a_check_covers_the_window_it_was_made_in(self, air, ago, n):
        air.deliver("air", noon(FIRST))
        air.check("air", at(DAY - ago * ONE), 90)
        assert number(air, "QUA-3") == (n, 1)

    def test_a_run_in_which_nothing_could_be_carried_out_covers_nothing(self, air):
        air.deliver("air", noon(FIRST))
        air.check("air", noon(DAY), None, executed=0)
        assert number(air, "QUA-3") == (0, 1)
        assert told(air, "QUA-3") == {"air": ("", "not checked in the window")}
        air.check("air", noon(DAY), 90)
        assert told(air, "QUA-3") == {"air": ("", "checked 2026-03-10, 2 of 3 checks carried out")}

    def test_what_never_came_cannot_be_checked(self, air):
        assert told(air, "QUA-3")["air"][0] == "nothing_to_check"
        air.deliver("air", noon(DAY), DeliveryStatus.REFUSED)
        assert number(air, "QUA-3") == (0, 1)


class TestCorrections:
    def clock(self, ref: str) -> Clock:
        return Clock(
            subject=f"correction:{ref}",
            limit=LimitName.CORRECTION,
            debtor="env",
            days=10,
            article="26",
            profile="0" * 64,
            started_on=DAY - 14 * ONE,
            due_on=DAY,
        )

    @pytest.mark.parametrize(("after", "n"), [(0, 1), (1, 0)])
    def test_one_that_is_closed_on_its_day_is_in_time(self, air, after, n):
        grant = air.grant("air", "health", noon(FIRST))
        clock = self.clock(air.correction("air", noon(FIRST), grant))
        air.clock(clock, noon(FIRST))
        closed = DAY + after * ONE
        air.clock(replace(clock, ended_on=closed), noon(closed))
        later = replace(QUERY, as_of=DAY + 2 * ONE)
        assert number(air, "QUA-4", later) == (n, 1)
        (member,) = air.members("QUA-4", later)
        assert (member.id, member.department, member.theme) == ("COR-0001", "env", "sky")
        (group,) = air.count("QUA-4", later, GroupBy.APPLICATION)
        assert group.group == "app"

    def test_one_that_is_open_when_its_day_is_over_is_late(self, air):
        air.clock(self.clock(air.correction("air", noon(FIRST))), noon(FIRST))
        assert (number(air, "QUA-4", BEFORE), number(air, "QUA-4")) == ((0, 0), (0, 1))

    def test_one_that_was_withdrawn_is_told_apart(self, air):
        ref = air.correction("air", noon(FIRST))
        clock = self.clock(ref)
        air.clock(clock, noon(FIRST))
        air.withdraw_correction(ref, noon(DAY))
        air.clock(replace(clock, ended_on=DAY), noon(DAY))
        assert number(air, "QUA-4") == (0, 0)
        assert told(air, "QUA-4")[ref][0] == "withdrawn"

    def test_what_was_closed_in_the_window_was_upheld_or_not(self, air):
        for moment, finding in (
            (at(DAY - 29 * ONE), Finding.CONFIRMED),
            (noon(DAY), Finding.UNFOUNDED),
            (at(DAY - 29 * ONE) - timedelta(microseconds=1), Finding.CONFIRMED),
            (at(DAY + ONE), Finding.CONFIRMED),
        ):
            air.close_correction(air.correction("air", noon(FIRST)), moment, finding)
        air.correction("air", noon(FIRST))
        air.withdraw_correction(air.correction("air", noon(FIRST)), noon(DAY))
        assert number(air, "QUA-5") == (1, 2)
        assert told(air, "QUA-5") == {
            "COR-0001": ("", "confirmed 2026-02-09"),
            "COR-0002": ("", "found unfounded 2026-03-10"),
        }

    def test_a_correction_belongs_to_who_provides_the_data_on_the_day(self, air):
        air.close_correction(air.correction("air", noon(FIRST)), noon(FIRST))
        air.dataset("air", at(DAY), "health")
        year = replace(QUERY, window_days=365)
        assert [m.department for m in air.members("QUA-5", year)] == ["health"]
        before = replace(year, as_of=DAY - ONE)
        assert [m.department for m in air.members("QUA-5", before)] == ["env"]


class TestRectifications:
    def suspended(self, city: City, times: int = 1) -> tuple[str, list[Clock]]:
        """A grant of health that was suspended so often, a day apart, each time for ten days."""
        grant = city.grant("air", "health", noon(FIRST))
        clocks = []
        for place in range(1, times + 1):
            moment = noon(DAY - (20 - 2 * place) * ONE)
            city.suspend(grant, moment)
            clock = Clock(
                subject=f"grant:{grant}#{place}",
                limit=LimitName.RECTIFICATION,
                debtor="health",
                days=10,
                article="27",
                profile="0" * 64,
                started_on=moment.date(),
                due_on=DAY,
            )
            clocks.append(city.clock(clock, moment))
            if place < times:
                city.rectify(grant, moment + ONE)
                city.clock(replace(clock, ended_on=(moment + ONE).date()), moment + ONE)
                city.resume(grant, moment + ONE)
        return grant, clocks

    def test_what_is_rectified_on_its_day_is_in_time_for_who_uses_the_data(self, air):
        grant, (clock,) = self.suspended(air)
        air.rectify(grant, noon(DAY))
        air.clock(replace(clock, ended_on=DAY), noon(DAY))
        assert number(air, "QUA-6") == (1, 1)
        (member,) = air.members("QUA-6", QUERY)
        assert (member.id, member.title, member.department) == ("GRT-0001#1", "air", "health")
        assert member.evidence == "due 2026-03-10, done 2026-03-10"

    def test_what_is_not_rectified_when_its_day_is_over_is_late(self, air):
        self.suspended(air)
        assert (number(air, "QUA-6", BEFORE), number(air, "QUA-6")) == ((0, 0), (0, 1))

    def test_what_fell_away_with_the_grant_is_told_apart_by_its_suspension(self, air):
        grant, clocks = self.suspended(air, times=2)
        air.revoke(grant, noon(DAY))
        air.clock(replace(clocks[1], ended_on=DAY), noon(DAY))
        assert number(air, "QUA-6") == (1, 1)
        assert {one: why for one, (why, _) in told(air, "QUA-6").items()} == {
            "GRT-0001#1": "",
            "GRT-0001#2": "fell_away",
        }
