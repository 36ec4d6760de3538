"""Requests and what is owed for them: the rates over clocks and entries, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.model import DatasetStatus, ShareType
from rates.model import GroupBy, RateQuery, Spread
from sharing.clocks.model import Pause
from sharing.model import RequestState
from sharing.profiles.model import LimitName
from sharing.returnflow.model import PURPOSE
from tests.rates.city import DAY, FIRST, QUERY, at, noon
from tests.rates.shared import ONE, SharedCity

START = DAY - 20 * ONE
REPLY = LimitName.REPLY_CONDITIONAL
ASKED = ("SHA-6", "SHA-7A", "SHA-7B")


@pytest.fixture
def air(shared: SharedCity) -> SharedCity:
    """Who provides (env), who asks (edu), and two datasets of the first."""
    shared.division("4403", at(FIRST))
    for department in ("env", "edu"):
        shared.department(department, at(FIRST))
    shared.dataset("air", at(FIRST), "env", share_type=ShareType.CONDITIONAL, theme="sky")
    shared.dataset("open", at(FIRST), "env", share_type=ShareType.UNCONDITIONAL)
    return shared


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


class TestReplies:
    def test_a_reply_on_its_day_is_in_time(self, air):
        ref = air.ask("air", "edu", noon(START))
        clock = air.runs(f"request:{ref}", REPLY, "env", START, DAY)
        assert number(air, "SHA-4", DAY - ONE) == (0, 0), "it has time left"
        air.done(clock, noon(DAY))
        assert number(air, "SHA-4") == (1, 1)
        member = only(air, "SHA-4")
        assert (member.id, member.department, member.theme) == ("REQ-0001", "env", "sky")
        assert member.evidence == "due 2026-03-10, done 2026-03-10"
        assert member.evidence_zh == "应于 2026-03-10 前办结，2026-03-10 办结"

    def test_a_late_reply_and_one_that_never_came_are_late(self, air):
        for _ in range(2):
            ref = air.ask("air", "edu", noon(START))
            clock = air.runs(f"request:{ref}", REPLY, "env", START, DAY - ONE)
        air.done(clock, noon(DAY))
        assert number(air, "SHA-4") == (0, 2)
        assert [one.evidence for one in air.members("SHA-4", QUERY)] == [
            "due 2026-03-09, open",
            "due 2026-03-09, done 2026-03-10",
        ]

    def test_what_was_withdrawn_in_time_is_left_out_and_what_was_late_by_then_is_not(self, air):
        for due in (DAY, DAY - 3 * ONE):
            ref = air.ask("air", "edu", noon(START))
            clock = air.runs(f"request:{ref}", REPLY, "env", START, due)
            air.done(clock, noon(DAY - ONE))
            air.close(ref, "withdrawn", noon(DAY - ONE))
        assert number(air, "SHA-4") == (0, 1)
        assert excluded(air, "SHA-4") == {"fell_away": 1}
        assert number(air, "SHA-4", DAY - 2 * ONE) == (0, 1), "withdrawn later"
        assert excluded(air, "SHA-4", DAY - 2 * ONE) == {}

    def test_replies_are_told_apart_by_sharing_type_and_application(self, air):
        for dataset in ("air", "open", "open"):
            ref = air.ask(dataset, "edu", noon(START))
            air.runs(f"request:{ref}", REPLY, "env", START, DAY)
        counts = air.count("SHA-4", QUERY, GroupBy.SHARE_TYPE)
        assert [(one.group, one.base) for one in counts] == [
            ("conditional", 1),
            ("unconditional", 2),
        ]
        [app] = air.count("SHA-4", QUERY, GroupBy.APPLICATION)
        assert (app.group, app.base) == ("app", 3)

    def test_working_days_count_from_receipt_and_open_ones_up_to_the_day(self, air):
        first = date(2026, 3, 2)  # a Monday
        for days in (1, 4):
            ref = air.ask("air", "edu", noon(first))
            clock = air.runs(f"request:{ref}", REPLY, "env", first, DAY + 9 * ONE)
            air.done(clock, noon(first + days * ONE))
        ref = air.ask("air", "edu", noon(first))
        air.runs(f"request:{ref}", REPLY, "env", first, DAY + 9 * ONE)
        [count] = air.count("SHA-8", QUERY)
        assert (count.n, count.base) == (2, 3)
        assert count.spread == Spread(median="4", p90=6, maximum=6), "one, four, and six open"
        assert air.members("SHA-8", QUERY)[0].evidence.startswith("1 working days; due")

    def test_days_on_which_it_waited_for_papers_do_not_count(self, air):
        first = date(2026, 3, 2)
        ref = air.ask("air", "edu", noon(first))
        clock = air.runs(f"request:{ref}", REPLY, "env", first, DAY + ONE)
        pause = Pause(since=date(2026, 3, 3), until=None, left=5)
        air.pause(clock, pause, noon(date(2026, 3, 3)))
        assert only(air, "SHA-8").value == 1

    def test_past_the_calendar_nothing_is_known(self, air):
        first, last = date(2098, 1, 1), date(2098, 1, 30)
        ref = air.ask("air", "edu", noon(first))
        air.runs(f"request:{ref}", REPLY, "env", first, last)
        assert excluded(air, "SHA-8", last) == {"calendar_unknown": 1}
        assert only(air, "SHA-8", last).value is None


class TestDeliveries:
    def test_what_was_provided_on_its_day_is_in_time(self, air):
        grant = air.grant("air", "edu", noon(START))
        clock = air.runs(f"grant:{grant}", LimitName.DELIVER, "env", START, DAY)
        air.done(clock, noon(DAY))
        air.change(grant, delivered_at=noon(DAY))
        assert number(air, "SHA-5") == (1, 1)
        member = only(air, "SHA-5")
        assert (member.id, member.department) == (grant, "env")

    def test_what_is_still_missing_is_late(self, air):
        grant = air.grant("air", "edu", noon(START))
        air.runs(f"grant:{grant}", LimitName.DELIVER, "env", START, DAY - ONE)
        assert number(air, "SHA-5", DAY - 2 * ONE) == (0, 0)
        assert number(air, "SHA-5") == (0, 1)

    @pytest.mark.parametrize(("due", "expected"), [(0, {"fell_away": 1}), (-2, {})])
    def test_a_grant_that_ended_before_is_left_out(self, air, due, expected):
        grant = air.grant("air", "edu", noon(START))
        clock = air.runs(f"grant:{grant}", LimitName.DELIVER, "env", START, DAY + due * ONE)
        air.done(clock, noon(DAY - ONE))
        assert excluded(air, "SHA-5") == expected
        assert number(air, "SHA-5") == ((0, 0) if expected else (0, 1))


class TestDecisions:
    def test_refusals_among_decisions(self, air):
        agreed, refused, waiting, old = (air.ask("air", "edu", noon(START)) for _ in range(4))
        air.agree(agreed, noon(DAY))
        air.close(refused, "refused", noon(DAY))
        air.close(old, "refused", noon(DAY - 30 * ONE))
        assert number(air, "SHA-7A") == (1, 2), f"{waiting} waits, {old} is of before"
        assert number(air, "SHA-7A", DAY - ONE) == (1, 1), f"only {old}"
        told = {one.id.partition("#")[0]: one.evidence for one in air.members("SHA-7A", QUERY)}
        assert told == {
            agreed: "agreed on 2026-03-10 (ledger entry 0)",
            refused: "refused on 2026-03-10 (ledger entry 1)",
        }

    def test_a_refusal_that_was_reopened_stays_a_decision_of_its_day(self, air):
        ref = air.ask("air", "edu", noon(START))
        air.close(ref, "refused", noon(DAY - 9 * ONE))
        air.close(ref, "disputed", noon(DAY - 8 * ONE))
        air.close(ref, "reopened", noon(DAY - 7 * ONE), decided_at=None)
        air.agree(ref, noon(DAY))
        assert number(air, "SHA-7A", DAY - 7 * ONE) == (1, 1)
        assert number(air, "SHA-7A") == (1, 2)

    def test_what_a_dispute_granted_and_what_returns_is_no_decision_of_the_provider(self, air):
        ref = air.ask("air", "edu", noon(START))
        air.close(ref, "agreed", noon(DAY), state="overturned")
        returned = air.ask("air", "edu", noon(START), scenario=PURPOSE)
        air.close(returned, "agreed", noon(DAY), decided_by="policy")
        assert number(air, "SHA-7A") == (0, 0)
        assert excluded(air, "SHA-7A") == {"return_flow": 1, "ruled": 1}

    def test_refusals_have_a_ground_and_a_reason(self, air):
        for dataset, said in (("air", {}), ("open", {}), ("air", {"ground": ""})):
            ref = air.ask(dataset, "edu", noon(START))
            air.close(ref, "refused", noon(DAY), **said)
        assert number(air, "SHA-7B") == (2, 3)
        told = [one.evidence for one in air.members("SHA-7B", QUERY)]
        assert told[0] == "refused on 2026-03-10: exceeds_need (ledger entry 0)"
        assert "of data shared unconditionally" in told[1]

    def test_each_refusal_has_the_ground_of_its_own(self, air):
        ref = air.ask("air", "edu", noon(START))
        air.close(ref, "refused", noon(DAY - 3 * ONE), ground="outside_duties")
        before = [air.members(rate, replace(QUERY, as_of=DAY - 3 * ONE)) for rate in ASKED]
        air.close(ref, "disputed", noon(DAY - 2 * ONE))
        air.close(ref, "reopened", noon(DAY - 2 * ONE))
        air.close(ref, "refused", noon(DAY), ground="not_held")
        told = [one.evidence for one in air.members("SHA-7B", QUERY)]
        assert [said.split()[3] for said in told] == ["outside_duties", "not_held"]
        assert before == [air.members(rate, replace(QUERY, as_of=DAY - 3 * ONE)) for rate in ASKED]
        assert number(air, "SHA-6") == (0, 1)

    def test_how_the_data_was_shared_is_asked_of_the_day_of_the_refusal(self, air):
        ref = air.ask("open", "edu", noon(START))
        air.close(ref, "refused", noon(DAY - ONE))
        air.dataset("open", noon(DAY), "env", share_type=ShareType.CONDITIONAL)
        assert "unconditionally" in only(air, "SHA-7B").evidence


class TestSatisfied:
    def test_a_request_is_satisfied_when_its_data_was_accepted(self, air):
        ref = air.ask("air", "edu", noon(START))
        grant = air.agree(ref, noon(DAY - 5 * ONE))
        air.change(grant, accepted_at=noon(DAY))
        assert number(air, "SHA-6", DAY - ONE) == (0, 1)
        assert number(air, "SHA-6") == (1, 1)
        assert (
            only(air, "SHA-6").evidence == f"agreed to on 2026-03-05, {grant} accepted 2026-03-10"
        )

    def test_a_refusal_counts_until_it_is_disputed_and_again_when_it_is_upheld(self, air):
        ref = air.ask("air", "edu", noon(START))
        air.close(ref, "refused", noon(DAY - 5 * ONE))
        air.close(ref, "disputed", noon(DAY - 3 * ONE))
        air.close(ref, "upheld", noon(DAY))
        assert number(air, "SHA-6", DAY - 4 * ONE) == (0, 1)
        assert number(air, "SHA-6", DAY - 3 * ONE) == (0, 0)
        assert number(air, "SHA-6") == (0, 1)

    def test_the_backlog_is_listed_beside(self, air):
        ref = air.ask("air", "edu", noon(START))
        air.ask("air", "edu", noon(START), state=RequestState.DRAFT, submitted_at=None)
        air.close(ref, "refused", noon(DAY - 5 * ONE))
        air.close(ref, "disputed", noon(DAY - 3 * ONE))
        air.close(ref, "reopened", noon(DAY - 2 * ONE))
        for back, backlog in ((6, 1), (5, 0), (3, 1), (2, 1), (0, 1)):
            found = excluded(air, "SHA-6", DAY - back * ONE)
            assert found == ({"open": 1} if backlog else {})
        assert air.members("SHA-6", QUERY)[0].evidence == f"open, submitted on {START}"
        air.close(ref, "agreed", noon(DAY))
        assert excluded(air, "SHA-6") == {}
        assert excluded(air, "SHA-6", DAY - ONE) == {"open": 1}

    def test_invalid_requests_are_left_out_each_for_its_reason(self, air):
        withdrawn, lapsed, outside, twice, returned = (
            air.ask("air", "edu", noon(START), **more)
            for more in ({}, {}, {}, {}, {"scenario": PURPOSE})
        )
        air.close(withdrawn, "withdrawn", noon(DAY))
        air.close(lapsed, "lapsed", noon(DAY))
        air.close(outside, "refused", noon(DAY - ONE), ground="outside_duties")
        air.grant("air", "edu", noon(DAY - ONE) + timedelta(hours=1))
        air.close(twice, "refused", noon(DAY))
        air.close(returned, "agreed", noon(DAY), decided_by="policy")
        assert number(air, "SHA-6") == (0, 0)
        assert excluded(air, "SHA-6") == dict.fromkeys(
            ("duplicate", "lapsed", "not_for_duty", "return_flow", "withdrawn"), 1
        )


class TestCatalogue:
    def test_what_may_be_shared_of_what_is_published(self, air):
        air.dataset("own", at(FIRST), "env", share_type=ShareType.NOT_SHARED)
        air.dataset("what", at(FIRST), "env", share_type=None)
        assert number(air, "SHA-1") == (2, 3)
        assert excluded(air, "SHA-1") == {"share_type_unknown": 1}
        told = {one.id: one.evidence for one in air.members("SHA-1", QUERY)}
        assert told["own"] == "not shared"

    def test_what_is_published_of_the_catalogue(self, air):
        air.dataset("draft", at(FIRST), "env", status=DatasetStatus.DRAFT)
        air.withdraw("open", noon(DAY))
        assert number(air, "SHA-3", DAY - ONE) == (2, 3)
        assert number(air, "SHA-3") == (1, 2)
        assert excluded(air, "SHA-3") == {"withdrawn": 1}
