"""The rates of collection beside the headline, on facts that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from catalog.model import DatasetStatus, DeliveryStatus, UpdateCycle
from rates.cut import cut_for
from rates.model import RateQuery
from rates.queries.slots import SLOT_AGES, Slots
from rates.queries.source import DATASET, DELIVERY
from tests.rates.city import DAY, FIRST, QUERY, City, at, noon

ONE = timedelta(days=1)
BEFORE = replace(QUERY, as_of=DAY - ONE)
WEEK = RateQuery(as_of=DAY, window_days=7)


@pytest.fixture
def air(city: City) -> City:
    """A department with one dataset of three data items, which fulfils its duty; all since January."""
    city.division("4403", at(FIRST))
    city.department("env", at(FIRST))
    city.duty("r", at(FIRST), "env", "air")
    city.dataset("air", at(FIRST), "env", fulfils="air", items=("a", "b", "c"))
    return city


def number(city: City, rate: str, query: RateQuery = QUERY) -> tuple[int, int]:
    (count,) = city.count(rate, query)
    return count.n, count.base


def told(city: City, rate: str, query: RateQuery = QUERY) -> dict[str, tuple[str, str]]:
    return {one.id: (one.excluded, one.evidence) for one in city.members(rate, query)}


class TestItems:
    def test_the_items_of_a_dataset_are_collected_with_its_first_delivery(self, air):
        air.deliver("air", at(DAY))
        assert (number(air, "COL-2", BEFORE), number(air, "COL-2")) == ((0, 3), (3, 3))
        assert told(air, "COL-2") == {"r": ("", "3 data items, air #1 of 2026-03-10")}

    def test_of_several_answers_the_one_delivered_last_counts(self, air):
        air.dataset("wide", at(FIRST), "env", fulfils="air", items=tuple("abcdefg"))
        air.deliver("wide", noon(DAY))
        assert number(air, "COL-2") == (7, 7)

    def test_items_that_nobody_listed_are_not_known(self, air):
        air.duty("s", at(FIRST), "env", "beds")
        air.duty("t", at(FIRST), "env", "roads")
        air.dataset("roads", at(FIRST), "env", fulfils="roads")
        air.duty("u", at(FIRST), "env", "air", exempt=True)
        assert number(air, "COL-2") == (0, 3)
        assert {name: excluded for name, (excluded, _) in told(air, "COL-2").items()} == {
            "r": "",
            "s": "items_unknown",
            "t": "items_unknown",
            "u": "exempt",
        }
        assert told(air, "COL-2")["s"][1] == "no published dataset answers it"


class TestRows:
    def test_rows_are_held_against_what_the_source_declared_for_them(self, air):
        air.deliver("air", noon(DAY), rows=95, declared=100)
        assert number(air, "COL-3") == (95, 100)
        evidence = "air #1 of 2026-03-10, 95 rows published, 100 declared"
        assert told(air, "COL-3") == {"air": ("", evidence)}

    def test_more_rows_than_declared_do_not_hide_what_others_lack(self, air):
        air.deliver("air", noon(DAY), rows=120, declared=100)
        assert number(air, "COL-3") == (100, 100)

    def test_the_newest_delivery_counts_and_a_refused_one_brought_nothing(self, air):
        air.deliver("air", noon(DAY - ONE), rows=100, declared=100)
        air.deliver("air", noon(DAY), DeliveryStatus.REFUSED, rows=80, declared=80)
        assert (number(air, "COL-3", BEFORE), number(air, "COL-3")) == ((100, 100), (0, 80))

    def test_what_is_not_declared_and_what_never_came_are_told_apart(self, air):
        assert told(air, "COL-3") == {"air": ("never_delivered", "air was never delivered")}
        air.deliver("air", noon(DAY))
        assert told(air, "COL-3")["air"][0] == "not_declared"
        assert number(air, "COL-3") == (0, 0)

    def test_a_declaration_of_no_rows_is_no_base(self, air):
        air.deliver("air", noon(DAY), rows=0, declared=0)
        assert number(air, "COL-3") == (0, 0)
        assert told(air, "COL-3")["air"][0] == ""


class TestRefreshes:
    """The week that ends with Tuesday the 10th of March, and what is delivered in it."""

    def dataset(self, city: City, cycle: UpdateCycle | None) -> None:
        city.dataset("air", at(FIRST), "env", update_cycle=cycle)

    def test_each_day_after_the_first_delivery_asks_for_one(self, air):
        air.deliver("air", noon(FIRST))
        for ago in (6, 5, 3, 3):
            air.deliver("air", noon(DAY - ago * ONE))
        air.deliver("air", noon(DAY - 2 * ONE), DeliveryStatus.REFUSED)
        assert number(air, "COL-4", WEEK) == (3, 7)
        assert told(air, "COL-4", WEEK) == {"air": ("", "daily, 3 of 7 came")}
        assert number(air, "COL-5", WEEK) == (0, 1)

    def test_midnight_parts_the_days_of_the_city(self, air):
        air.deliver("air", noon(FIRST))
        air.deliver("air", at(DAY))
        air.deliver("air", at(DAY + ONE) - timedelta(microseconds=1))
        one_day = replace(WEEK, window_days=1)
        assert number(air, "COL-4", one_day) == (1, 1)
        assert number(air, "COL-5", one_day) == (1, 1)
        assert number(air, "COL-4", replace(one_day, as_of=DAY - ONE)) == (0, 1)

    def test_the_day_of_the_first_delivery_asks_for_none(self, air):
        air.deliver("air", noon(DAY - 2 * ONE))
        air.deliver("air", noon(DAY - 2 * ONE))
        assert number(air, "COL-4", WEEK) == (0, 2)
        assert number(air, "COL-4", replace(WEEK, as_of=DAY - 2 * ONE)) == (0, 0)
        assert told(air, "COL-4", replace(WEEK, as_of=DAY - 2 * ONE))["air"][0] == "nothing_due"

    def test_a_day_that_is_not_over_is_not_due(self, air):
        air.deliver("air", noon(FIRST))
        air.now = noon(DAY)
        assert number(air, "COL-4", WEEK) == (0, 6)

    @pytest.mark.parametrize(
        ("cycle", "window", "due"),
        [
            (UpdateCycle.REALTIME, 1, 24),
            (UpdateCycle.HOURLY, 2, 48),
            (UpdateCycle.WEEKLY, 7, 1),  # ends on Sunday the 8th
            (UpdateCycle.WEEKLY, 2, 0),
            (UpdateCycle.WEEKLY, 3, 1),
            (UpdateCycle.MONTHLY, 30, 1),  # February
            (UpdateCycle.MONTHLY, 10, 0),
            (UpdateCycle.MONTHLY, 11, 1),
            (UpdateCycle.QUARTERLY, 30, 0),
            (UpdateCycle.QUARTERLY, 365, 3),  # from the second of 2025 on
            (UpdateCycle.SEMIANNUAL, 365, 1),
            (UpdateCycle.ANNUAL, 68, 0),
            (UpdateCycle.ANNUAL, 70, 1),
        ],
    )
    def test_what_ends_in_the_window_is_due(self, city, cycle, window, due):
        early = date(2024, 12, 31)
        city.dataset("air", at(early), "env", update_cycle=cycle)
        city.deliver("air", noon(date(2025, 3, 10)) if window == 365 else noon(early))
        query = RateQuery(as_of=DAY, window_days=window)
        (member,) = city.members("COL-4", query)
        assert (member.base, member.excluded) == (due, "" if due else "nothing_due")
        assert number(city, "COL-5", query) == (0, 1 if due else 0)

    def test_a_slot_that_began_before_the_window_counts_with_what_came_then(self, air):
        self.dataset(air, UpdateCycle.MONTHLY)
        air.deliver("air", noon(FIRST))
        air.deliver("air", at(date(2026, 2, 1)))
        assert number(air, "COL-5", replace(QUERY, window_days=11)) == (1, 1)

    @pytest.mark.parametrize(
        ("cycle", "delivered", "why"),
        [
            (None, True, "cycle_unknown"),
            (UpdateCycle.ON_DEMAND, True, "no_fixed_cycle"),
            (UpdateCycle.IRREGULAR, True, "no_fixed_cycle"),
            (UpdateCycle.DAILY, False, "never_delivered"),
            (UpdateCycle.ANNUAL, True, "nothing_due"),
        ],
    )
    def test_what_has_nothing_due_is_never_on_time(self, air, cycle, delivered, why):
        self.dataset(air, cycle)
        if delivered:
            air.deliver("air", noon(FIRST))
        else:
            air.deliver("air", noon(FIRST), DeliveryStatus.REFUSED)
        for rate in ("COL-4", "COL-5"):
            assert number(air, rate) == (0, 0)
            assert told(air, rate)["air"][0] == why
        assert not air.members("COL-5", QUERY)[0].in_numerator

    def test_an_entry_that_is_no_longer_published_is_not_asked_about(self, air):
        air.deliver("air", noon(FIRST))
        air.dataset("air", at(DAY), "env", status=DatasetStatus.WITHDRAWN)
        assert air.members("COL-4", WEEK) == []


@pytest.mark.parametrize("cycle", SLOT_AGES)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
def test_slots_are_those_of_the_calendar_of_the_city(city, cycle, zone):
    """Counted by the calendar of Python, over two years and both changes of the clocks."""
    there = ZoneInfo(zone)
    city.dataset("air", at(FIRST), "env", update_cycle=cycle)
    cut = cut_for(RateQuery(as_of=date(2024, 12, 31), window_days=700), zone=there, now=city.now)
    start = datetime(2023, 2, 5, 17, 30, tzinfo=UTC)
    moments = [start + n * timedelta(hours=257, minutes=31) for n in range(60)]
    for moment in moments:
        city.deliver("air", moment)
    number = Slots(cut).number_of(DELIVERY.c.delivered_at)
    numbered = select(DELIVERY.c.delivered_at, number).join(DATASET, DATASET.c.code == "air")
    pairs = {
        (slot, _named(cycle, moment.astimezone(there), moment))
        for moment, slot in city.session.execute(numbered)
    }
    assert len(pairs) == len({slot for slot, _ in pairs}) == len({name for _, name in pairs})


def _named(cycle: UpdateCycle, local: datetime, moment: datetime) -> tuple[int, ...]:
    match cycle:
        case UpdateCycle.REALTIME | UpdateCycle.HOURLY:
            return (moment.toordinal(), moment.hour)
        case UpdateCycle.DAILY:
            return (local.toordinal(),)
        case UpdateCycle.WEEKLY:
            return tuple(local.isocalendar()[:2])
    months = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}[cycle]
    return (local.year, (local.month - 1) // months)
