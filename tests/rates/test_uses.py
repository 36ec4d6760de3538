"""What departments return, dispute, need, use and record: counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.model import AskedOf, DataItem, ShareType
from rates.model import RateQuery, Spread
from sharing.needs.model import NeedState
from sharing.records.model import RecordKind
from tests.rates.city import DAY, FIRST, QUERY, at, noon
from tests.rates.shared import ONE, SharedCity, field

BEFORE = DAY - ONE
KINDS = (RecordKind.SCENARIO, RecordKind.PROCESS, RecordKind.EFFECT, RecordKind.STORAGE)


@pytest.fixture
def air(shared: SharedCity) -> SharedCity:
    shared.division("4403", at(FIRST))
    for department in ("env", "edu", "yard"):
        shared.department(department, at(FIRST))
    shared.dataset("air", at(FIRST), "env", share_type=ShareType.CONDITIONAL, items=("空气质量",))
    return shared


@pytest.fixture
def grant(air: SharedCity) -> str:
    """A grant to edu on air, with data to be read."""
    grant = air.grant("air", "edu", noon(FIRST))
    air.change(grant, delivered_at=noon(FIRST))
    return grant


def on(day: date) -> RateQuery:
    return RateQuery(as_of=day, window_days=30)


def number(city: SharedCity, rate: str, day: date = DAY) -> tuple[int, int]:
    [count] = city.count(rate, on(day))
    return count.n, count.base


def excluded(city: SharedCity, rate: str, day: date = DAY) -> dict[str, int]:
    [count] = city.count(rate, on(day))
    return count.excluded


def only(city: SharedCity, rate: str, day: date = DAY):
    [member] = city.members(rate, on(day))
    return member


class TestReturns:
    def test_whole_and_on_time_is_what_the_last_check_says(self, air):
        flow = air.listed(
            "air", "edu", noon(FIRST), confirmed_at=noon(FIRST), accepted_at=noon(FIRST)
        )
        assert excluded(air, "SHA-9") == {"unchecked": 1}
        air.check(flow, noon(BEFORE))
        air.check(flow, noon(DAY), given=4)
        assert number(air, "SHA-9", BEFORE) == (1, 1)
        assert number(air, "SHA-9") == (0, 1)
        member = only(air, "SHA-9")
        assert (member.id, member.department) == (flow, "env")
        assert member.evidence == "to edu, checked 2026-03-10: 4 of 5 rows, on time"

    @pytest.mark.parametrize(
        ("check", "well"),
        [
            ({"missing": ("b",)}, 0),
            ({"delivery": None}, 0),
            ({"expected": 6}, 0),
            ({"on_time": False}, 0),
            ({"expected": 5}, 1),
        ],
    )
    def test_each_thing_that_is_amiss_counts(self, air, check, well):
        flow = air.listed(
            "air", "edu", noon(FIRST), confirmed_at=noon(FIRST), accepted_at=noon(FIRST)
        )
        air.check(flow, noon(DAY), **check)
        assert number(air, "SHA-9") == (well, 1)

    @pytest.mark.parametrize("check", [{"held": 0, "given": 0}, {"on_time": None}])
    def test_what_a_check_could_not_decide_is_unknown(self, air, check):
        flow = air.listed(
            "air", "edu", noon(FIRST), confirmed_at=noon(FIRST), accepted_at=noon(FIRST)
        )
        air.check(flow, noon(DAY), **check)
        assert excluded(air, "SHA-9") == {"undecided": 1}

    def test_what_the_provider_did_not_confirm_is_not_returned(self, air):
        air.listed("air", "edu", noon(FIRST), accepted_at=noon(FIRST))
        assert number(air, "SHA-9") == (0, 1)
        assert only(air, "SHA-9").evidence == "to edu, not confirmed by the provider"

    def test_what_waits_for_others_or_begins_later_is_left_out(self, air):
        air.listed("air", "edu", noon(FIRST), confirmed_at=noon(FIRST))
        air.listed("air", "yard", noon(FIRST), start=DAY + ONE)
        gone = air.listed("air", "env", noon(FIRST), withdrawn_at=noon(DAY))
        assert excluded(air, "SHA-9") == {"not_accepted": 1, "not_begun": 1}
        assert gone in [one.id for one in air.members("SHA-9", on(BEFORE))]


class TestDisputes:
    def test_one_that_was_settled_and_one_that_is_open(self, air):
        settled = air.dispute("air", "edu", "env", noon(DAY - 9 * ONE))
        air.dispute("air", "edu", "env", noon(DAY - 4 * ONE))
        air.entry("dispute.settled", f"dispute:{settled}", noon(DAY - 2 * ONE))
        assert number(air, "SHA-10", DAY - 3 * ONE) == (0, 2)
        [count] = air.count("SHA-10", QUERY)
        assert (count.n, count.base) == (1, 2)
        assert count.spread == Spread(median="5.5", p90=7, maximum=7)
        told = [one.evidence for one in air.members("SHA-10", QUERY)]
        assert told == [
            "raised 2026-03-01, tier 1 (negotiation), ended, 7 d",
            "raised 2026-03-06, tier 1 (negotiation), open, 4 d",
        ]

    def test_one_that_went_on_to_the_next_tier_is_open_again(self, air):
        ref = air.dispute("air", "edu", "env", noon(DAY - 9 * ONE))
        air.entry("dispute.confirmed", f"dispute:{ref}", noon(BEFORE))
        air.entry("dispute.escalated", f"dispute:{ref}", noon(DAY))
        assert number(air, "SHA-10", BEFORE) == (1, 1)
        assert number(air, "SHA-10") == (0, 1)

    def test_one_that_was_withdrawn_or_ended_before_the_window_is_not_in_it(self, air):
        for kind, moment in (("withdrawn", noon(DAY)), ("settled", noon(DAY - 31 * ONE))):
            ref = air.dispute("air", "edu", "env", noon(DAY - 40 * ONE))
            air.entry(f"dispute.{kind}", f"dispute:{ref}", moment)
        assert number(air, "SHA-10") == (0, 0)
        assert excluded(air, "SHA-10") == {"withdrawn": 1}


class TestNeeds:
    def test_a_need_is_covered_from_the_day_that_an_entry_meets_it(self, air):
        air.need(
            "edu",
            noon(FIRST),
            state=NeedState.MET,
            dataset="air",
            closed_at=noon(DAY),
            assigned_to="env",
            assigned_at=noon(BEFORE),
        )
        assert number(air, "SHA-11", BEFORE) == (0, 1)
        assert number(air, "SHA-11") == (1, 1)
        assert only(air, "SHA-11", BEFORE - ONE).department == "edu"
        assert only(air, "SHA-11").department == "env"
        assert only(air, "SHA-11").evidence == (
            "stated by edu on 2026-01-01, met by air on 2026-03-10"
        )

    def test_declined_stays_in_and_withdrawn_is_left_out(self, air):
        for state in (NeedState.DECLINED, NeedState.WITHDRAWN):
            air.need("edu", noon(FIRST), state=state, closed_at=noon(DAY))
        assert number(air, "SHA-11") == (0, 1)
        assert excluded(air, "SHA-11") == {"withdrawn": 1}
        assert number(air, "SHA-11", DAY + 40 * ONE) == (0, 0)


class TestGrants:
    def test_a_live_grant_is_in_use_or_not(self, air, grant):
        idle = air.grant("air", "yard", noon(FIRST))
        air.change(idle, delivered_at=noon(DAY))
        air.use(grant, noon(DAY))
        assert number(air, "USE-2", BEFORE) == (0, 1)
        assert excluded(air, "USE-2", BEFORE) == {"not_delivered": 1}
        assert number(air, "USE-2") == (1, 2)
        told = [(one.id, one.department, one.evidence) for one in air.members("USE-2", QUERY)]
        assert told == [
            (grant, "edu", "last used 2026-03-10"),
            (idle, "yard", "no completed use in the window"),
        ]

    def test_all_kinds_of_records_that_are_due(self, air, grant):
        assert number(air, "USE-5") == (0, 0), "never used"
        air.first_use(grant, noon(DAY - 9 * ONE))
        for place, kind in enumerate(KINDS, 1):
            air.record(grant, place, kind, noon(DAY if kind is KINDS[-1] else BEFORE))
        assert number(air, "USE-5", BEFORE) == (0, 1)
        assert only(air, "USE-5", BEFORE).evidence == "3 of 4 kinds recorded"
        assert number(air, "USE-5") == (1, 1)
        air.revoke(grant, noon(DAY + ONE))
        assert number(air, "USE-5", DAY + ONE) == (0, 0)
        assert number(air, "USE-5") == (1, 1)

    def test_an_ended_grant_is_disposed_of_or_not(self, air, grant):
        air.first_use(grant, noon(FIRST))
        assert number(air, "USE-6") == (0, 0), "not ended"
        air.revoke(grant, noon(DAY - 40 * ONE))
        assert number(air, "USE-6") == (0, 1), "late and open stays in"
        air.change(grant, disposed_at=noon(DAY))
        assert number(air, "USE-6", BEFORE) == (0, 1)
        assert number(air, "USE-6") == (1, 1)
        assert only(air, "USE-6").evidence == "ended 2026-01-29, disposed of 2026-03-10"
        assert number(air, "USE-6", DAY + 31 * ONE) == (0, 0)

    def test_nothing_is_disposed_of_while_another_grant_gives_the_same(self, air, grant):
        air.first_use(grant, noon(FIRST))
        other = air.grant("air", "edu", noon(FIRST))
        air.grant("air", "yard", noon(FIRST))
        air.revoke(grant, noon(BEFORE))
        assert excluded(air, "USE-6") == {"covered": 1}
        air.revoke(other, noon(DAY + ONE))
        assert number(air, "USE-6", DAY + ONE) == (0, 1)
        assert excluded(air, "USE-6") == {"covered": 1}

    def test_effects_are_reported_after_ninety_days(self, air, grant):
        air.first_use(grant, at(DAY + ONE) - 90 * ONE)
        assert number(air, "USE-8") == (0, 0)
        assert number(air, "USE-8", DAY + ONE) == (0, 1)
        air.record(grant, 1, RecordKind.EFFECT, noon(DAY + 2 * ONE))
        assert number(air, "USE-8", DAY + ONE) == (0, 1)
        assert number(air, "USE-8", DAY + 2 * ONE) == (1, 1)
        assert only(air, "USE-8", DAY + 2 * ONE).evidence == (
            "first used 2025-12-11, effect recorded 2026-03-12"
        )


class TestCalls:
    def test_calls_are_counted_with_those_that_failed_or_were_refused(self, air, grant):
        for _ in range(3):
            air.use(grant, noon(DAY))
        air.failed_read(grant, "air", noon(DAY))
        for _ in range(2):
            air.entry("read.denied", "dataset:air", noon(DAY))
        air.dataset("quiet", at(FIRST), "env")
        assert number(air, "USE-3") == (3, 6)
        assert excluded(air, "USE-3") == {"no_call": 1}
        assert air.members("USE-3", QUERY)[0].evidence == "3 completed, 1 failed, 2 refused"
        assert number(air, "USE-3", BEFORE) == (0, 0)

    def test_departments_that_use_a_dataset_are_counted_once_each(self, air, grant):
        for department in ("edu", "yard"):
            other = air.grant("air", department, noon(FIRST))
            air.use(other, noon(DAY))
        air.use(grant, noon(DAY))
        air.dataset("one", at(FIRST), "env")
        air.use(air.grant("one", "edu", noon(FIRST)), noon(DAY))
        air.dataset("quiet", at(FIRST), "env")
        [count] = air.count("USE-4", QUERY)
        assert (count.n, count.base, count.excluded) == (1, 2, {"not_used": 1})
        assert count.spread == Spread(median="1.5", p90=2, maximum=2)
        assert air.members("USE-4", QUERY)[0].evidence == "used by 2 other departments"


class TestServices:
    def test_a_field_that_another_department_shares_is_collected_again(self, air):
        air.dataset("secret", at(FIRST), "env", share_type=ShareType.NOT_SHARED, items=("密",))
        air.dataset("mine", at(FIRST), "edu", items=("本部门",))
        asked = (field("空气质量"), field("姓名"), field("密"), field("本部门"))
        nobody = DataItem(item="air", asked_of=AskedOf.NOBODY)
        named = field("站点", dataset="air", asked_of=AskedOf.FIRM)
        air.service("svc", "edu", noon(BEFORE), *asked, named, nobody)
        assert number(air, "USE-7", BEFORE - ONE) == (0, 0)
        assert number(air, "USE-7") == (2, 5)
        told = {one.title: one.evidence for one in air.members("USE-7", QUERY)}
        assert told["空气质量"] == "asked of citizens, shared in air"
        assert told["站点"] == "asked of firms, shared in air"
        assert told["姓名"] == "asked of citizens"
        air.answer("svc", "空气质量", "air", noon(DAY))
        assert excluded(air, "USE-7") == {"answered": 1}
        assert excluded(air, "USE-7", BEFORE) == {}

    def test_a_service_is_supported_when_all_that_it_needs_is_covered(self, air, grant):
        air.dataset("mine", at(FIRST), "edu")
        air.dataset("other", at(FIRST), "env")
        given = field("空气质量", dataset="air", columns=("a",))
        own = field("学籍", dataset="mine", columns=("x",))
        air.service("whole", "edu", at(FIRST), given, own)
        air.service("column", "edu", at(FIRST), field("b", dataset="air", columns=("a", "b")))
        air.service("grant", "edu", at(FIRST), field("o", dataset="other"))
        air.service("elsewhere", "yard", at(FIRST), given)
        air.service("unnamed", "edu", at(FIRST), field("姓名"))
        air.service("nothing", "edu", at(FIRST))
        assert number(air, "USE-9") == (1, 5)
        assert excluded(air, "USE-9") == {"no_data": 1}
        told = {one.id: one.evidence for one in air.members("USE-9", QUERY)}
        assert told["whole"] == "2 of 2 data items covered"
        assert told["column"] == "0 of 1 data items covered"
        air.revoke(grant, noon(DAY))
        assert number(air, "USE-9", BEFORE) == (1, 5)
        assert number(air, "USE-9") == (0, 5)
