"""Each rule and each exclusion of each rate, on facts that can be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from catalog.model import DeliveryStatus, Distribution, ShareType, UpdateCycle
from rates.model import RateQuery
from tests.rates.city import DAY, FIRST, QUERY, City, at, noon

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def air(city: City) -> City:
    """Two departments, and one dataset that fulfils the duty of the first."""
    city.division("4403", at(FIRST))
    for department in ("env", "health"):
        city.department(department, at(FIRST))
    city.duty("r.env", at(FIRST), "env", "air")
    city.dataset("air", at(FIRST), "env", fulfils="air")
    return city


def number(city: City, rate: str, query: RateQuery = QUERY) -> tuple[int, int]:
    (count,) = city.count(rate, query)
    return count.n, count.base


def excluded(city: City, rate: str) -> dict[str, int]:
    (count,) = city.count(rate, QUERY)
    return count.excluded


def evidence(city: City, rate: str) -> str:
    (member,) = city.members(rate, QUERY)
    return member.evidence


def on(day: date) -> RateQuery:
    return RateQuery(as_of=day, window_days=30)


class TestCollection:
    def test_a_duty_is_met_on_the_day_of_the_first_published_delivery(self, air):
        air.deliver("air", at(DAY))
        assert number(air, "COL-1", on(BEFORE)) == (0, 1)
        assert number(air, "COL-1", on(DAY)) == (1, 1)
        assert evidence(air, "COL-1") == "air #1 of 2026-03-10"

    def test_the_last_delivery_of_the_day_still_belongs_to_it(self, air):
        air.deliver("air", at(DAY + timedelta(days=1)) - timedelta(microseconds=1))
        assert number(air, "COL-1") == (1, 1)

    def test_a_refused_delivery_does_not_collect(self, air):
        air.deliver("air", noon(DAY), DeliveryStatus.REFUSED)
        assert number(air, "COL-1") == (0, 1)
        assert evidence(air, "COL-1") == "air has no published delivery"

    @pytest.mark.parametrize("status", [DeliveryStatus.FLAGGED, DeliveryStatus.QUARANTINED])
    def test_flagged_and_quarantined_deliveries_are_published(self, air, status):
        air.deliver("air", noon(DAY), status)
        assert number(air, "COL-1") == (1, 1)

    def test_a_withdrawn_dataset_answers_nothing_from_that_day_on(self, air):
        air.deliver("air", noon(FIRST))
        air.withdraw("air", noon(DAY))
        assert number(air, "COL-1", on(BEFORE)) == (1, 1)
        assert number(air, "COL-1", on(DAY)) == (0, 1)
        assert evidence(air, "COL-1") == "no published dataset answers it"

    def test_what_happens_at_midnight_belongs_to_the_new_day(self, air):
        air.deliver("air", noon(FIRST))
        air.withdraw("air", at(DAY))
        assert number(air, "COL-1", on(BEFORE)) == (1, 1)
        assert number(air, "COL-1", on(DAY)) == (0, 1)

    def test_a_dataset_of_another_department_does_not_answer(self, air):
        air.withdraw("air", at(FIRST, 1))
        air.dataset("copy", at(FIRST, 1), "health", fulfils="air")
        air.deliver("copy", noon(FIRST))
        assert number(air, "COL-1") == (0, 1)

    def test_two_datasets_count_once_and_the_one_delivered_last_is_named(self, air):
        air.dataset("air-2", at(FIRST), "env", fulfils="air")
        air.dataset("air-3", at(FIRST), "env", fulfils="air")
        air.deliver("air-2", noon(FIRST))
        air.deliver("air-2", noon(BEFORE))
        air.deliver("air", noon(FIRST))
        assert number(air, "COL-1") == (1, 1)
        assert evidence(air, "COL-1") == "air-2 #2 of 2026-03-09"

    def test_a_duty_counts_from_its_first_day_to_its_last(self, air):
        air.duty("r.health", at(FIRST), "health", "beds", start=BEFORE, end=DAY)
        bases = [
            number(air, "COL-1", on(BEFORE + timedelta(days=offset)))[1] for offset in (-1, 0, 1, 2)
        ]
        assert bases == [1, 2, 2, 1]

    def test_a_duty_counts_from_the_day_it_was_recorded(self, air):
        air.duty("r.health", noon(DAY), "health", "beds", start=FIRST)
        assert number(air, "COL-1", on(BEFORE)) == (0, 1)
        assert number(air, "COL-1", on(DAY)) == (0, 2)

    def test_a_closed_duty_leaves_the_base_and_its_past_stays(self, air):
        air.end_duty("r.env", noon(DAY))
        assert number(air, "COL-1", on(BEFORE)) == (0, 1)
        assert number(air, "COL-1", on(DAY)) == (0, 0)

    def test_an_exempt_duty_is_listed_but_not_counted(self, air):
        air.duty("r.env", noon(DAY), "env", "air", exempt=True)
        air.deliver("air", noon(DAY))
        assert number(air, "COL-1") == (0, 0)
        assert excluded(air, "COL-1") == {"exempt": 1}
        (member,) = air.members("COL-1", QUERY)
        assert (member.in_numerator, member.excluded) == (False, "exempt")


class TestSharing:
    def test_a_grant_to_another_department_shares(self, air):
        air.grant("air", "health", noon(DAY))
        assert number(air, "SHA-2", on(BEFORE)) == (0, 1)
        assert number(air, "SHA-2", on(DAY)) == (1, 1)
        assert evidence(air, "SHA-2") == "GRT-0001 to health"

    def test_a_grant_to_the_own_department_does_not(self, air):
        air.grant("air", "env", noon(DAY))
        assert number(air, "SHA-2") == (0, 1)
        assert evidence(air, "SHA-2") == "no live grant to another department in the window"

    def test_an_agreed_grant_counts_from_the_first_day_of_its_period(self, air):
        air.grant("air", "health", noon(FIRST), begins=at(DAY))
        assert number(air, "SHA-2", on(BEFORE)) == (0, 1)
        assert number(air, "SHA-2", on(DAY)) == (1, 1)

    @pytest.mark.parametrize(("day", "n"), [(DAY, 1), (DAY + timedelta(days=1), 0)])
    def test_an_ended_grant_counts_while_the_window_touches_it(self, air, day, n):
        first_of_window = at(DAY - timedelta(days=29))
        end = first_of_window + timedelta(microseconds=1)
        air.grant("air", "health", noon(FIRST), ends=end)
        assert number(air, "SHA-2", on(day)) == (n, 1)

    @pytest.mark.parametrize(("day", "n"), [(DAY, 1), (DAY + timedelta(days=1), 0)])
    def test_a_revoked_grant_counts_while_the_window_touches_it(self, air, day, n):
        grant = air.grant("air", "health", noon(FIRST))
        air.revoke(grant, at(DAY - timedelta(days=29), 1))
        assert number(air, "SHA-2", on(day)) == (n, 1)

    def test_a_grant_revoked_before_its_period_was_never_live(self, air):
        grant = air.grant("air", "health", noon(FIRST), begins=noon(BEFORE))
        air.revoke(grant, at(BEFORE))
        assert number(air, "SHA-2") == (0, 1)

    def test_a_grant_suspended_throughout_the_window_is_not_live(self, air):
        grant = air.grant("air", "health", at(FIRST))
        air.suspend(grant, noon(FIRST))
        air.resume(grant, noon(BEFORE))
        assert number(air, "SHA-2", on(BEFORE - timedelta(days=1))) == (0, 1)
        assert number(air, "SHA-2", on(BEFORE)) == (1, 1)

    def test_a_grant_suspended_in_the_window_was_live_before_that(self, air):
        air.suspend(air.grant("air", "health", at(FIRST)), noon(BEFORE))
        assert number(air, "SHA-2") == (1, 1)

    def test_a_suspension_that_ended_before_the_window_does_not_bring_back_an_ended_grant(
        self, air
    ):
        grant = air.grant("air", "health", at(FIRST), ends=at(FIRST + timedelta(days=9)))
        air.suspend(grant, noon(FIRST))
        air.resume(grant, noon(FIRST + timedelta(days=5)))
        assert number(air, "SHA-2") == (0, 1)

    def test_a_grant_suspended_again_at_once_stays_not_live(self, air):
        grant = air.grant("air", "health", at(FIRST))
        air.suspend(grant, noon(FIRST))
        air.resume(grant, noon(BEFORE))
        air.suspend(grant, noon(BEFORE))
        assert number(air, "SHA-2") == (0, 1)

    def test_what_is_not_shared_or_not_stated_is_left_out_by_name(self, air):
        air.dataset("secret", at(FIRST), "env", share_type=ShareType.NOT_SHARED)
        air.dataset("unclear", at(FIRST), "env", share_type=None)
        air.dataset("asked", at(FIRST), "env", share_type=ShareType.CONDITIONAL)
        assert number(air, "SHA-2") == (0, 2)
        assert excluded(air, "SHA-2") == {"not_shared": 1, "share_type_unknown": 1}

    def test_a_dataset_moved_to_the_receiver_is_no_longer_shared_with_it(self, air):
        air.grant("air", "health", noon(FIRST))
        air.dataset("air", noon(DAY), "health")
        assert number(air, "SHA-2", on(BEFORE)) == (1, 1)
        assert number(air, "SHA-2", on(DAY)) == (0, 1)


class TestUtilization:
    def test_a_use_counts_on_its_day_and_while_the_window_holds_it(self, air):
        air.deliver("air", at(FIRST))
        air.use(air.grant("air", "health", noon(FIRST)), noon(DAY))
        last = DAY + timedelta(days=29)
        numbers = [
            number(air, "USE-1", on(day)) for day in (BEFORE, DAY, last, last + timedelta(days=1))
        ]
        assert numbers == [(0, 1), (1, 1), (1, 1), (0, 1)]
        assert evidence(air, "USE-1") == "GRT-0001 to health, last used 2026-03-10"

    def test_a_use_by_the_own_department_does_not_count(self, air):
        air.deliver("air", at(FIRST))
        air.use(air.grant("air", "env", noon(FIRST)), noon(DAY))
        assert number(air, "USE-1") == (0, 1)
        assert evidence(air, "USE-1") == "no completed use by another department in the window"

    def test_what_was_never_delivered_cannot_be_used_and_is_left_out(self, air):
        air.dataset("secret", at(FIRST), "env", share_type=ShareType.NOT_SHARED)
        air.dataset("unclear", at(FIRST), "env", share_type=None)
        assert number(air, "USE-1") == (0, 0)
        assert excluded(air, "USE-1") == {
            "not_mounted": 1,
            "not_shared": 1,
            "share_type_unknown": 1,
        }


class TestMounting:
    def test_a_published_delivery_mounts(self, air):
        air.deliver("air", noon(DAY))
        assert number(air, "CAT-7", on(BEFORE)) == (0, 1)
        assert number(air, "CAT-7", on(DAY)) == (1, 1)
        assert evidence(air, "CAT-7") == "air #1 of 2026-03-10"

    def test_a_declared_address_is_not_verified_and_does_not_mount(self, air):
        link = Distribution(access_url="https://example.org/air.csv")
        air.dataset("air", noon(DAY), "env", distributions=(link,))
        assert number(air, "CAT-7") == (0, 1)
        assert evidence(air, "CAT-7") == "declared, not verified"

    def test_only_what_is_not_shared_is_left_out(self, air):
        air.dataset("secret", at(FIRST), "env", share_type=ShareType.NOT_SHARED)
        air.dataset("unclear", at(FIRST), "env", share_type=None)
        assert number(air, "CAT-7") == (0, 2)
        assert excluded(air, "CAT-7") == {"not_shared": 1}


class TestFreshness:
    def test_the_newest_delivery_is_fresh_until_its_cycle_and_grace_are_over(self, air):
        end_of_day = at(DAY + timedelta(days=1))
        last_moment = end_of_day - timedelta(microseconds=1)
        air.deliver("air", last_moment - timedelta(days=2))
        assert number(air, "COL-6", on(DAY)) == (1, 1)
        assert evidence(air, "COL-6") == ("air #1 of 2026-03-08, 2 d 0 h old, daily allows 2 d 0 h")
        assert number(air, "COL-6", on(DAY + timedelta(days=1))) == (0, 1)

    def test_a_refused_delivery_does_not_refresh(self, air):
        air.deliver("air", noon(DAY - timedelta(days=5)))
        air.deliver("air", noon(DAY), DeliveryStatus.REFUSED)
        assert number(air, "COL-6") == (0, 1)

    def test_the_age_is_that_of_the_newest_delivery_by_time(self, air):
        air.deliver("air", noon(DAY))
        air.deliver("air", noon(DAY - timedelta(days=5)))
        assert number(air, "COL-6") == (1, 1)

    def test_never_delivered_is_in_the_base(self, air):
        assert number(air, "COL-6") == (0, 1)
        assert evidence(air, "COL-6") == "air has no published delivery"

    def test_without_a_promised_cycle_lateness_cannot_be_judged(self, air):
        for cycle in (None, UpdateCycle.ON_DEMAND, UpdateCycle.IRREGULAR):
            air.dataset(f"free-{cycle}", at(FIRST), "env", update_cycle=cycle)
        air.deliver("free-None", noon(DAY))
        assert number(air, "COL-6") == (0, 1)
        assert excluded(air, "COL-6") == {"no_cycle": 3}

    def test_a_day_that_is_not_over_is_judged_by_the_present_moment(self, air):
        air.dataset("hours", at(FIRST), "env", update_cycle=UpdateCycle.HOURLY)
        air.withdraw("air", at(FIRST, 1))
        air.deliver("hours", at(DAY, 10))
        air.now = at(DAY, 12)
        assert number(air, "COL-6") == (1, 1)
        air.now += timedelta(microseconds=1)
        assert number(air, "COL-6") == (0, 1)
