"""From the submission of a request to the reply: receipt, one list, more time, and their clocks."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bureau import Bureau, DeliveryOrder
from core.clock import end_of_day, local_day
from core.errors import Conflict, Denied, InvalidInput
from sharing.clocks.model import ClockState
from sharing.liability.model import Code
from sharing.model import RefusalGround, RequestState
from sharing.profiles.model import LimitName
from tests.bureau.test_sharing import asked, sent
from tests.town import FILES

ZONE = ZoneInfo("Asia/Shanghai")
POLICY = """\
profile = "town"
extends = "cn-national-809"
title_zh = "本市"
title_en = "This town"

[settings.unconditional_agreed_at_once]
value = true
"""


@pytest.fixture
def water(town: Bureau):
    return town.acting_as("approver.water")


@pytest.fixture
def parks(town: Bureau):
    return town.acting_as("requester.parks")


@pytest.fixture
def authority(town: Bureau):
    return town.acting_as("authority.data")


@pytest.fixture
def submitted(town: Bureau, clock):
    """REQ-0001, submitted on Monday, 2 March 2026."""
    return sent(town, asked(clock)).ref


def clocks(town: Bureau, subject):
    return {clock.limit: clock for clock in town.clocks(subject)}


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def unconditional(town: Bureau, tmp_path, grade="general"):
    path = tmp_path / "datasets.yaml"
    text = FILES["datasets.yaml"].replace("share_type: conditional", "share_type: unconditional")
    path.write_text(text.replace("grade: general", f"grade: {grade}"), "utf-8")
    town.acting_as("operator.data").apply(path)


def test_submission_starts_the_time_to_sign_and_receipt_the_time_to_reply(
    town, submitted, water, clock
):
    sign = clocks(town, f"request:{submitted}")[LimitName.RECEIPT]
    assert (sign.debtor, sign.due_on) == ("water", date(2026, 3, 3))
    clock.advance(days=1)
    received, _ = water.receive_request(submitted)
    assert received.received_by == "approver.water"
    found = clocks(town, f"request:{submitted}")
    assert found[LimitName.RECEIPT].ended_on == date(2026, 3, 3)
    reply = found[LimitName.REPLY_CONDITIONAL]
    assert (reply.started_on, reply.due_on) == (date(2026, 3, 3), date(2026, 3, 17))
    assert facts(town, "request.received")["due_on"] == "2026-03-17"
    with pytest.raises(Conflict, match="signed for already"):
        water.receive_request(submitted)


def test_rule_9_the_reply_to_an_unconditional_request_is_due_in_one_working_day(
    town, tmp_path, water, clock
):
    unconditional(town, tmp_path)
    request = sent(town, asked(clock))
    water.receive_request(request.ref)
    reply = clocks(town, f"request:{request.ref}")[LimitName.REPLY_UNCONDITIONAL]
    assert reply.due_on == date(2026, 3, 3)


def test_rule_10_papers_are_handed_back_once_with_everything_that_is_missing(
    town, submitted, water, parks, clock
):
    water.receive_request(submitted)
    clock.advance(days=4)  # Friday, 6 March: six working days are left
    with pytest.raises(InvalidInput, match="not said what is missing"):
        water.return_request(submitted, [" "])
    returned, _ = water.return_request(submitted, ["批准文件", "系统备案号"])
    assert (returned.state, returned.returned.missing) == (
        RequestState.RETURNED,
        ("批准文件", "系统备案号"),
    )
    found = clocks(town, f"request:{submitted}")
    assert found[LimitName.REPLY_CONDITIONAL].paused
    assert found[LimitName.SUPPLEMENT].debtor == "parks"
    with pytest.raises(Conflict, match="is returned: it cannot be approved"):
        water.approve_request(submitted)
    clock.advance(days=10)  # Monday, 16 March
    with pytest.raises(InvalidInput, match="not said what was added"):
        parks.supplement_request(submitted, answer="")
    with pytest.raises(Denied):  # other terms than were endorsed are endorsed anew (Art. 20)
        parks.supplement_request(submitted, answer="已补齐", legal_basis="条例第二条")
    office = town.acting_as("both.parks")
    again, _ = office.supplement_request(submitted, answer="已补齐", legal_basis="条例第二条")
    assert (again.state, again.terms.legal_basis) == (RequestState.SUBMITTED, "条例第二条")
    assert again.endorsed_by == "both.parks"
    reply = clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL]
    assert (reply.paused, reply.due_on) == (False, date(2026, 3, 24))
    with pytest.raises(Conflict, match="handed back already"):
        water.return_request(submitted, ["再补一份"])
    grant, _ = water.approve_request(submitted)
    assert grant.terms.legal_basis == "条例第二条"
    assert facts(town, "request.agreed")["late"] is False


def test_what_is_missing_may_stay_away_until_its_day_and_then_the_request_lapses(
    town, submitted, water, clock
):
    water.return_request(submitted, ["批准文件"])
    with pytest.raises(Conflict, match="parks has time until 2026-03-16"):
        water.lapse_request(submitted)
    clock.advance(days=15)
    assert [task.subject for task in town.tasks(overdue=True)] == [f"request:{submitted}"]
    lapsed, _ = water.lapse_request(submitted)
    assert lapsed.state is RequestState.LAPSED
    assert town.tasks(overdue=True) == []


def test_the_provider_is_not_late_for_papers_that_never_came(town, submitted, water, clock):
    water.receive_request(submitted)
    water.return_request(submitted, ["批准文件"])
    clock.advance(days=60)
    water.lapse_request(submitted)
    reply = clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL]
    assert reply.state_on(date(2030, 1, 1)) is ClockState.ENDED


def test_what_was_asked_for_in_time_may_be_consented_to_later(
    town, submitted, water, authority, clock
):
    water.receive_request(submitted)
    clock.advance(days=14)  # Monday, 16 March: the day it is due
    water.ask_extension(submitted, days=5, reason="核对数据")
    clock.advance(days=2)
    authority.consent_extension(submitted)
    reply = clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL]
    assert reply.due_on == date(2026, 3, 23)


def test_what_would_be_no_right_is_not_agreed_to(town, tmp_path, submitted, water, clock):
    clock.advance(days=31)
    with pytest.raises(Conflict, match="is over"):
        water.approve_request(submitted)
    own = sent(town, asked(clock))
    path = tmp_path / "moved.yaml"
    path.write_text(FILES["datasets.yaml"].replace("provider: water", "provider: parks"), "utf-8")
    town.acting_as("operator.data").apply(path)
    another = "  - {code: head.parks, name: 子, department: parks, roles: [approver]}\n"
    (tmp_path / "people.yaml").write_text(FILES["people.yaml"] + another, "utf-8")
    town.acting_as("operator.data").apply(tmp_path / "people.yaml")
    with pytest.raises(Conflict, match="has become parks's own data"):
        town.acting_as("head.parks").approve_request(own.ref)
    assert town.list_grants() == []


def test_terms_are_not_longer_than_the_ledger_holds(town, submitted, water):
    water.return_request(submitted, ["场景"])
    with pytest.raises(InvalidInput, match="2001 characters is too long"):
        town.acting_as("both.parks").supplement_request(submitted, answer="a", scenario="长" * 2001)


def test_rule_9_more_time_needs_consent_and_is_given_once(town, submitted, water, parks, authority):
    water.receive_request(submitted)
    with pytest.raises(Conflict, match="allows 1 to 10"):
        water.ask_extension(submitted, days=11, reason="核对数据")
    with pytest.raises(Conflict, match="no more time was asked"):
        authority.consent_extension(submitted)
    asking, _ = water.ask_extension(submitted, days=10, reason="核对数据")
    assert clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL].extended_by == 0
    assert [task.todo for task in authority.inbox()] == [f"bureau request consent {submitted}"]
    for nobody in (water, parks, town.acting_as("operator.data")):
        with pytest.raises(Denied):
            nobody.consent_extension(submitted)
    authority.consent_extension(submitted)
    reply = clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL]
    assert (reply.extended_by, reply.due_on) == (10, date(2026, 3, 30))
    assert facts(town, "request.extended")["due_on"] == "2026-03-30"
    assert authority.inbox() == []
    with pytest.raises(Conflict, match="REQ-0001 is submitted: more time was asked for it already"):
        water.ask_extension(submitted, days=1, reason="还要")
    assert asking.extension.consented_at is None


def test_a_late_reply_is_late_for_ever(town, submitted, water, clock):
    water.receive_request(submitted)
    clock.advance(days=15)
    assert [task.state for task in water.inbox()] == [ClockState.OVERDUE]
    water.approve_request(submitted)
    assert facts(town, "request.agreed")["late"] is True
    reply = clocks(town, f"request:{submitted}")[LimitName.REPLY_CONDITIONAL]
    assert reply.state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE


def days(first, last):
    """The moments between which both days and all between them lie, in the city's zone."""
    begins = datetime.combine(first, time.min, ZONE)
    return {"not_before": begins, "not_after": end_of_day(last, ZONE).astimezone(ZONE)}


class TestPeriod:
    """A provider that lets the period of a request run out does not cost the requester its use."""

    @pytest.fixture
    def ref(self, town, clock):
        """To be used from 2 to 31 March; if signed for in time, the reply is due on 17 March."""
        return sent(town, asked(clock, **days(date(2026, 3, 2), date(2026, 3, 31)))).ref

    def test_rule_9_a_late_reply_moves_the_period_on_and_stays_late(
        self, town, ref, water, parks, clock
    ):
        clock.advance(days=1)
        water.receive_request(ref)
        with pytest.raises(Conflict, match="is not late"):
            parks.periods.prolong(ref)
        clock.advance(days=34)  # Monday, 6 April: the period is over, the reply 20 days late
        with pytest.raises(Conflict, match="is over") as caught:
            water.approve_request(ref)
        assert f"bureau request prolong {ref}" in caught.value.hint
        before = clocks(town, f"request:{ref}")
        moved, _ = parks.periods.prolong(ref)
        assert local_day(moved.terms.not_after - timedelta(seconds=1), ZONE) == date(2026, 4, 20)
        assert moved.endorsed_by == "both.parks"
        assert clocks(town, f"request:{ref}") == before
        told = facts(town, "request.prolonged")
        assert (told["days"], told["until"][:10]) == (20, "2026-04-21")
        with pytest.raises(Conflict, match="was moved on by the 20 days already"):
            parks.periods.prolong(ref)
        clock.advance(days=1)
        again, _ = parks.periods.prolong(ref)
        assert again.terms.not_after - moved.terms.not_after == timedelta(days=1)
        assert again.endorsed_until == days(date(2026, 3, 2), date(2026, 3, 31))["not_after"]
        grant, _ = water.approve_request(ref)
        assert grant.terms.not_after == again.terms.not_after
        late = facts(town, "request.agreed")
        assert (late["late"], late["due_on"]) == (True, "2026-03-17")
        events = town.liability.report(department="water").events
        assert [event.code for event in events] == [Code.P4]
        assert town.verify_ledger().faults == ()

    def test_not_signing_is_late_too_and_both_add_up(self, town, ref, water, parks, clock):
        clock.advance(days=34)  # Sunday, 5 April: to be signed for by 3 March
        water.receive_request(ref)
        clock.advance(days=30)
        reply = clocks(town, f"request:{ref}")[LimitName.REPLY_CONDITIONAL]
        late = (date(2026, 4, 5) - date(2026, 3, 3)) + (date(2026, 5, 5) - reply.due_on)
        moved, _ = parks.periods.prolong(ref)
        assert facts(town, "request.prolonged")["days"] == late.days
        assert moved.terms.not_after - moved.endorsed_until == late

    def test_what_was_over_before_the_reply_was_due_is_not_moved_on(
        self, town, water, parks, clock
    ):
        short = sent(town, asked(clock, **days(date(2026, 3, 2), date(2026, 3, 3)))).ref
        water.receive_request(short)
        clock.advance(days=40)
        with pytest.raises(Conflict, match="was over before the reply was due"):
            parks.periods.prolong(short)

    @pytest.mark.parametrize("person", ["approver.water", "steward.parks", "authority.data"])
    def test_only_the_requester_moves_it(self, town, ref, clock, person):
        clock.advance(days=35)
        with pytest.raises(Denied):
            town.acting_as(person).periods.prolong(ref)


def test_rule_11_a_refusal_has_a_ground_and_a_reason(town, submitted, water):
    for ground, reason in ((None, "超出"), (RefusalGround.EXCEEDS_NEED, " ")):
        with pytest.raises(InvalidInput, match="needs a ground and a reason"):
            water.refuse_request(submitted, ground=ground, reason=reason)
    refused, _ = water.refuse_request(submitted, ground=RefusalGround.EXCEEDS_NEED, reason="超出")
    assert (refused.state, refused.ground) == (RequestState.REFUSED, RefusalGround.EXCEEDS_NEED)
    assert facts(town, "request.refused")["unconditional"] is False
    assert water.inbox() == []


def test_rule_11_the_refusal_of_unconditional_data_is_flagged(town, tmp_path, water, clock):
    unconditional(town, tmp_path)
    request = sent(town, asked(clock))
    water.refuse_request(request.ref, ground=RefusalGround.NOT_HELD, reason="本局没有这项数据")
    assert facts(town, "request.refused")["unconditional"] is True


def test_the_flag_follows_the_time_that_ran(town, tmp_path, water, clock):
    unconditional(town, tmp_path)
    request = sent(town, asked(clock))
    water.receive_request(request.ref)
    path = tmp_path / "datasets.yaml"
    path.write_text(FILES["datasets.yaml"], "utf-8")
    town.acting_as("operator.data").apply(path)
    water.refuse_request(request.ref, ground=RefusalGround.NOT_HELD, reason="本局没有这项数据")
    assert facts(town, "request.refused")["unconditional"] is True


@pytest.fixture
def city_parks(town: Bureau, clock):
    """The requester of parks, in a city whose policy agrees to unconditional data at once."""
    home = town.settings.home
    (home / "profiles").mkdir()
    (home / "profiles" / "town.toml").write_text(POLICY, "utf-8")
    settings = (home / "bureau.toml").read_text("utf-8").replace("cn-national-809", "town")
    (home / "bureau.toml").write_text(settings, "utf-8")
    parks = Bureau.open(home, actor="requester.parks", clock=clock)
    yield parks
    parks.close()


def test_unconditional_data_is_agreed_at_once_where_the_policy_says_so(
    town, tmp_path, clock, city_parks
):
    conditional = sent(city_parks, asked(clock))
    assert conditional.state is RequestState.SUBMITTED
    unconditional(town, tmp_path)
    request = sent(city_parks, asked(clock))
    assert (request.state, request.decided_by) == (RequestState.AGREED, "policy")
    [grant] = city_parks.list_grants()
    assert grant.ref == request.grant
    assert facts(town, "request.agreed")["policy"] == "town"


@pytest.mark.parametrize(
    ("grade", "columns", "because"),
    [
        ("general", ("meter", "keeper"), "personal columns keeper"),
        ("important", ("meter", "litres"), "important data"),
        ("core", ("meter", "litres"), "core data"),
    ],
)
def test_what_takes_two_persons_is_not_agreed_to_by_the_policy(
    town, tmp_path, clock, city_parks, grade, columns, because
):
    unconditional(town, tmp_path, grade=grade)
    request = sent(city_parks, asked(clock, columns=columns))
    assert request.state is RequestState.SUBMITTED
    assert city_parks.two_approvals(request.ref) == (because,)
    [task] = town.acting_as("approver.water").inbox()
    assert (task.subject, task.due_on) == (f"request:{request.ref}", date(2026, 3, 3))
    assert city_parks.acting_as("approver.water").approve_request(request.ref)[0] is None
    grant, _ = city_parks.acting_as("authority.data").approve_request(request.ref)
    assert grant.terms.columns == columns


def test_the_policy_opens_nothing_again_that_is_suspended_until_it_is_rectified(
    town, tmp_path, clock, city_parks
):
    unconditional(town, tmp_path)
    grant = sent(city_parks, asked(clock)).grant
    town.acting_as("approver.water").suspend_grant(grant, reason="超范围使用")
    again = sent(city_parks, asked(clock, scenario="另一用途"))
    assert again.state is RequestState.SUBMITTED
    city_parks.rectify_grant(grant, report="已停用越权查询")
    town.acting_as("approver.water").resume_grant(grant, reason="整改属实")
    assert sent(city_parks, asked(clock, scenario="再一用途")).state is RequestState.AGREED


@pytest.mark.parametrize("reason", ["无", ".", "-", "TODO", "/"])
def test_a_reason_that_says_nothing_is_none(submitted, water, reason):
    with pytest.raises(InvalidInput, match="says nothing"):
        water.refuse_request(submitted, ground=RefusalGround.EXCEEDS_NEED, reason=reason)
    with pytest.raises(InvalidInput, match="says nothing"):
        water.return_request(submitted, missing=[reason])


def test_who_drafts_is_told_of_the_two_persons_and_not_of_the_policy(
    town, tmp_path, clock, city_parks
):
    unconditional(town, tmp_path)
    draft, _ = city_parks.create_request(asked(clock, columns=("meter", "keeper")))
    assert city_parks.two_approvals(draft.ref) == ("personal columns keeper",)
    assert city_parks.dataset_page("meters").two_approvals == ("personal columns keeper",)


def test_fewer_columns_may_be_agreed_to_and_never_more(submitted, water):
    with pytest.raises(InvalidInput, match="does not ask for keeper"):
        water.approve_request(submitted, columns=["meter", "keeper"])
    grant, _ = water.approve_request(submitted, columns=["litres", "meter"])
    assert grant.terms.columns == ("meter", "litres")
    assert grant.terms_hash == grant.terms.hash


def test_rule_12_what_was_agreed_is_shared_in_time_or_late(town, submitted, water, good, clock):
    grant, _ = water.approve_request(submitted)
    due = clocks(town, f"grant:{grant.ref}")[LimitName.DELIVER]
    assert (grant.delivered_at, due.due_on) == (None, date(2026, 3, 30))
    parks = town.acting_as("requester.parks")
    with pytest.raises(Conflict, match="nothing was shared"):
        parks.accept_grant(grant.ref)
    clock.advance(days=29)
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    shared, _ = town.get_grant(grant.ref)
    assert shared.delivered_at == clock.now()
    assert facts(town, "grant.delivered")["late"] is True
    with pytest.raises(Denied, match="may not accept"):
        water.accept_grant(grant.ref)
    accepted, _ = parks.accept_grant(grant.ref)
    assert (accepted.accepted_at, accepted.first_used_at) == (clock.now(), None)
    with pytest.raises(Conflict, match="accepted already"):
        parks.accept_grant(grant.ref)


def test_what_is_published_already_is_shared_with_the_grant(town, submitted, water, good):
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    grant, _ = water.approve_request(submitted)
    assert grant.delivered_at == grant.granted_at
    assert clocks(town, f"grant:{grant.ref}") == {}


def test_a_withdrawn_request_waits_for_nobody(submitted, water, parks):
    water.receive_request(submitted)
    assert len(water.inbox()) == 1
    parks.withdraw_request(submitted)
    assert water.inbox() == []


def test_no_reply_is_promised_past_the_end_of_the_calendar(town, water, clock):
    clock.advance(days=4 * 365 + 300)  # Friday, 27 December 2030
    request = sent(town, asked(clock))
    size = town.ledger_head().size
    with pytest.raises(Conflict, match="says nothing of 2031"):
        water.receive_request(request.ref)
    assert town.get_request(request.ref).received_at is None
    assert town.ledger_head().size == size


def test_the_new_provider_has_what_the_former_one_had_to_do(town, submitted, tmp_path):
    path = tmp_path / "datasets.yaml"
    path.write_text(
        FILES["datasets.yaml"]
        .replace("provider: water", "provider: audit")
        .replace("source: water", "source: audit"),
        "utf-8",
    )
    town.acting_as("operator.data").apply(path)
    assert clocks(town, f"request:{submitted}")[LimitName.RECEIPT].debtor == "audit"
    assert town.acting_as("approver.water").inbox() == []
    assert town.acting_as("auditor.audit").inbox()[0].subject == f"request:{submitted}"
    assert town.verify_ledger().faults == ()
