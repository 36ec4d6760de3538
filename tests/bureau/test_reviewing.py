"""Periodic review, what is left when a grant ends, and renewal, through the front door."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from bureau import Bureau
from core.errors import Conflict, Denied, InvalidInput, NotFound
from rates.model import RateQuery
from sharing.clocks.model import ClockState
from sharing.model import GrantState, RefusalGround, RequestState
from sharing.reviews.model import Evidence, Outcome, ReviewState
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.town import FILES

SHORTER = """\
profile = "town"
extends = "cn-national-809"
title_zh = "本市"
title_en = "This town"

[settings.grant_review_months]
value = 1

[settings.renewal_ends_on]
value = "month"
"""


@pytest.fixture
def water(delivered: Bureau):
    return delivered.acting_as("approver.water")


@pytest.fixture
def grant(delivered, clock):
    """GRT-0001 of a year, from Monday, 2 March 2026; to be reviewed by Wednesday, 2 September."""
    return granted(delivered, clock, not_after=clock.now() + timedelta(days=365))


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def live(town, ref, clock):
    found, _ = town.get_grant(ref)
    return found.state_at(clock.now())


def test_a_missed_review_suspends_and_an_attestation_resumes_at_once(
    delivered, water, grant, clock, tmp_path
):
    clock.advance(days=184, hours=14, minutes=59)  # 2 September, one minute to midnight
    read(delivered, tmp_path)
    clock.advance(minutes=1)
    assert live(delivered, grant.ref, clock) is GrantState.SUSPENDED
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "its review was due on 2026-09-02, and water made none" in caught.value.reasons[0]
    with pytest.raises(Conflict, match="nothing to rectify"):
        water.resume_grant(grant.ref, reason="已核实")
    kept, _ = water.reviews.keep(grant.ref, reason="浇水计划仍在执行")
    assert kept.state_at(clock.now()) is GrantState.ACTIVE
    assert kept.review_due.isoformat() == "2027-03-03T16:00:00+00:00"
    assert kept.suspensions == ()
    read(delivered, tmp_path)
    told = facts(delivered, "grant.reviewed")
    assert (told["outcome"], told["late"], told["uses"]) == ("kept", True, 1)
    assert told["review_due"] == kept.review_due.isoformat()
    assert "浇水" not in str(told)
    assert delivered.verify_ledger().faults == ()


def test_the_day_of_the_first_review_stands_in_the_entry_of_the_grant(delivered, grant):
    assert grant.review_due.isoformat() == "2026-09-02T16:00:00+00:00"
    assert facts(delivered, "grant.issued")["review_due"] == "2026-09-02T16:00:00+00:00"


def test_a_review_in_time_is_not_late_and_moves_the_day(delivered, water, grant, clock):
    clock.advance(days=100)
    kept, _ = water.reviews.keep(grant.ref, reason="仍需要")
    assert kept.review_due.isoformat() == "2026-12-10T16:00:00+00:00"
    assert facts(delivered, "grant.reviewed")["late"] is False
    [review] = water.reviews.history(grant.ref)
    assert (review.outcome, review.reason, review.due_at) == (
        Outcome.KEPT,
        "仍需要",
        grant.review_due,
    )


def test_a_city_reviews_more_often(delivered, clock):
    home = delivered.settings.home
    (home / "profiles").mkdir()
    (home / "profiles" / "town.toml").write_text(SHORTER, "utf-8")
    settings = (home / "bureau.toml").read_text("utf-8").replace("cn-national-809", "town")
    (home / "bureau.toml").write_text(settings, "utf-8")
    city = Bureau.open(home, clock=clock)
    made = granted(city, clock)
    assert made.review_due.isoformat() == "2026-04-02T16:00:00+00:00"
    request, _ = city.acting_as("requester.parks").reviews.renew(made.ref)
    assert request.terms.not_after.isoformat() == "2026-05-01T00:00:00+08:00"
    city.close()


def test_a_review_is_in_the_inbox_a_month_before_and_until_it_is_made(
    delivered, water, grant, clock
):
    clock.advance(days=154)
    assert water.inbox() == []
    clock.advance(days=1)
    [task] = water.inbox()
    assert (task.subject, task.state, task.due_on) == (
        "grant:GRT-0001",
        ClockState.RUNNING,
        date(2026, 9, 2),
    )
    assert (task.days_left, task.todo) == (21, "bureau review keep GRT-0001 --reason TEXT")
    assert delivered.acting_as("requester.parks").inbox() == []
    assert delivered.tasks(overdue=True) == []
    clock.advance(days=30)
    [late] = water.inbox(overdue=True)
    assert (late.state, late.days_left) == (ClockState.OVERDUE, -1)
    water.reviews.keep(grant.ref, reason="仍需要")
    assert water.inbox() == []


@pytest.mark.usefixtures("grant")
def test_what_nobody_uses_is_proposed_for_revocation(delivered, water, clock, tmp_path):
    assert water.reviews.cases() == []
    [case] = water.reviews.cases(every=True)
    assert (case.state, case.unused_days, case.dormant) == (ReviewState.NOT_DUE, 0, False)
    clock.advance(days=50)
    read(delivered, tmp_path)
    clock.advance(days=90)
    [case] = water.reviews.cases()
    assert (case.dormant, case.unused_days) == (True, 90)
    assert case.evidence == Evidence(uses=1, rows=4, last_use=date(2026, 4, 21))
    assert delivered.acting_as("both.parks").reviews.cases() == []
    for overseer in ("authority.data", "auditor.audit"):
        assert delivered.acting_as(overseer).reviews.cases() == [case]
    with pytest.raises(Denied, match="nobody is named"):
        delivered.reviews.cases()


def test_what_is_no_longer_needed_ends_and_what_is_left_is_told(
    delivered, water, grant, clock, tmp_path
):
    with pytest.raises(Conflict, match="does not end a service on its own") as caught:
        water.reviews.revoke(grant.ref, reason="计划已停")
    assert "bureau change new meters" in caught.value.hint
    clock.advance(days=90)
    other = granted(delivered, clock, application="ponds", columns=("day", "litres"))
    revoked, receipt = water.reviews.revoke(grant.ref, reason="计划已停")
    assert (revoked.state_at(clock.now()), revoked.revoke_reason) == (
        GrantState.REVOKED,
        "计划已停",
    )
    assert [entry.kind for entry in delivered.ledger_log(limit=2)] == [
        "grant.reviewed",
        "grant.revoked",
    ]
    assert len(receipt.entries) == 2
    assert facts(delivered, "grant.revoked")["still_given_by"] == [other.ref]
    [left] = water.reviews.remaining(grant.ref)
    assert (left.grant, left.columns, left.application) == (
        other.ref,
        ("day", "litres"),
        "ponds",
    )
    with pytest.raises(Denied):
        read(delivered, tmp_path)
    read(delivered, tmp_path, application="ponds")
    with pytest.raises(Conflict, match="is revoked: there is nothing to review"):
        water.reviews.keep(grant.ref, reason="doch")
    assert delivered.verify_ledger().faults == ()


def test_a_plain_revocation_tells_what_is_left_too(delivered, grant, clock):
    other = granted(delivered, clock, application="ponds")
    delivered.acting_as("authority.data").revoke_grant(grant.ref, reason="已核实")
    assert facts(delivered, "grant.revoked")["still_given_by"] == [other.ref]
    delivered.acting_as("authority.data").revoke_grant(other.ref, reason="已核实")
    assert facts(delivered, "grant.revoked")["still_given_by"] == []


@pytest.mark.parametrize(
    ("actor", "error", "said"),
    [
        ("requester.parks", Denied, "only an approver of water may"),
        ("both.parks", Denied, "parks uses the data"),
        ("authority.data", Denied, "only an approver of water may"),
        ("steward.water", Denied, "only an approver of water may"),
        ("operator.data", Denied, "only an approver of water may"),
        ("nobody", NotFound, "nobody"),
    ],
)
def test_only_the_provider_reviews(delivered, grant, actor, error, said):
    size = delivered.ledger_head().size
    for act in ("keep", "revoke"):
        with pytest.raises(error) as caught:
            getattr(delivered.acting_as(actor).reviews, act)(grant.ref, reason="已核实")
        assert said in f"{caught.value} {getattr(caught.value, 'reasons', '')}"
    assert delivered.ledger_head().size == size


def test_a_review_of_nothing_or_without_a_reason_is_refused(water, grant):
    for reason in ("", "  ", "\u200b"):
        with pytest.raises(InvalidInput, match="needs a reason"):
            water.reviews.keep(grant.ref, reason=reason)
        with pytest.raises(InvalidInput, match="needs a reason"):
            water.reviews.revoke(grant.ref, reason=reason)
    for ref in ("GRT-0099", "REQ-0001", "x"):
        with pytest.raises(NotFound):
            water.reviews.keep(ref, reason="已核实")


def test_a_suspension_for_a_cause_outlasts_a_review(delivered, water, grant, clock):
    clock.advance(days=200)
    water.suspend_grant(grant.ref, reason="泄露事件")
    kept, _ = water.reviews.keep(grant.ref, reason="仍需要")
    assert kept.state_at(clock.now()) is GrantState.SUSPENDED
    delivered.acting_as("requester.parks").rectify_grant(grant.ref, report="已整改")
    resumed, _ = water.resume_grant(grant.ref, reason="已核实")
    assert resumed.state_at(clock.now()) is GrantState.ACTIVE


def test_a_suspended_grant_is_live_again_for_the_rate_when_it_is_reviewed(
    delivered, water, grant, clock
):
    def shared(as_of):
        query = RateQuery(as_of=as_of, window_days=1)
        [rate] = delivered.rates(query, rate_ids=["SHA-2"])
        return rate.n

    days = [date(2026, 9, 2), date(2026, 9, 3), date(2026, 9, 30)]
    clock.advance(days=212)
    assert [shared(day) for day in days] == [1, 0, 0]
    clock.advance(days=1)
    water.reviews.keep(grant.ref, reason="仍需要")
    days.append(delivered.today())
    assert [shared(day) for day in days] == [1, 0, 0, 1]
    clock.advance(days=1)
    assert [shared(day) for day in [*days, delivered.today()]] == [1, 0, 0, 1, 1]


def test_a_grant_is_renewed_by_a_request_that_is_decided_like_any(delivered, water, grant, clock):
    parks = delivered.acting_as("requester.parks")
    clock.advance(days=300)
    request, _ = parks.reviews.renew(grant.ref)
    assert request.terms.columns == grant.terms.columns
    assert (request.terms.application, request.terms.scenario) == (
        grant.terms.application,
        grant.terms.scenario,
    )
    assert request.terms.not_before == grant.terms.not_after
    assert request.terms.not_after.isoformat() == "2028-04-01T00:00:00+08:00"
    assert facts(delivered, "grant.renewal_asked")["request"] == request.ref
    assert delivered.reviews.renewals(grant.ref) == ("", [request.ref])
    with pytest.raises(Conflict, match=f"renewed by {request.ref} already"):
        parks.reviews.renew(grant.ref)
    delivered.acting_as("both.parks").endorse_request(request.ref)
    renewed, _ = water.approve_request(request.ref)
    assert delivered.reviews.renewals(renewed.ref) == (grant.ref, [])
    assert renewed.state_at(clock.now()) is GrantState.SCHEDULED
    assert live(delivered, grant.ref, clock) is GrantState.SUSPENDED, "nobody reviewed it"


def test_a_refused_renewal_may_be_asked_for_again(delivered, water, grant):
    parks = delivered.acting_as("requester.parks")
    request, _ = parks.reviews.renew(grant.ref)
    delivered.acting_as("both.parks").endorse_request(request.ref)
    water.refuse_request(request.ref, ground=RefusalGround.EXCEEDS_NEED, reason="到期再议")
    again, _ = parks.reviews.renew(grant.ref)
    assert again.state is not RequestState.DRAFT
    assert delivered.reviews.renewals(grant.ref) == ("", [request.ref, again.ref])


def test_a_grant_that_ended_is_renewed_from_today(delivered, clock):
    made = granted(delivered, clock)
    clock.advance(days=40)
    request, _ = delivered.acting_as("requester.parks").reviews.renew(made.ref)
    assert request.terms.not_before.isoformat() == "2026-04-11T00:00:00+08:00"
    assert request.terms.not_after.isoformat() == "2026-07-01T00:00:00+08:00"


def test_only_the_department_that_uses_the_data_renews(delivered, grant):
    for actor in ("approver.water", "both.water", "authority.data", "steward.parks"):
        with pytest.raises(Denied, match="may not renew"):
            delivered.acting_as(actor).reviews.renew(grant.ref)
    with pytest.raises(NotFound):
        delivered.acting_as("requester.parks").reviews.renew("GRT-0009")


def test_a_renewal_that_cannot_be_asked_for_changes_nothing(delivered, grant, clock, tmp_path):
    clock.advance(days=365)
    path = tmp_path / "moved.yaml"
    path.write_text(
        FILES["datasets.yaml"].replace("share_type: conditional", "status: withdrawn"), "utf-8"
    )
    delivered.acting_as("operator.data").apply(path)
    size = delivered.ledger_head().size
    with pytest.raises(Conflict):
        delivered.acting_as("requester.parks").reviews.renew(grant.ref)
    assert delivered.ledger_head().size == size
    assert delivered.reviews.renewals(grant.ref) == ("", [])


@pytest.mark.usefixtures("grant")
def test_an_edited_day_of_a_review_is_found(delivered):
    database = delivered.settings.home / "bureau.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE access_grant SET review_due = review_due + 1")
    [fault] = delivered.verify_ledger().faults
    assert "review_due of GRT-0001 is not what the ledger says" in str(fault.message)


def test_whoever_asked_does_not_review_after_moving_to_the_provider(delivered, clock, tmp_path):
    """The requester of one department later becomes the approver of the other."""
    request = sent(delivered, asked(clock))
    made, _ = delivered.acting_as("approver.water").approve_request(request.ref)
    path = tmp_path / "people.yaml"
    path.write_text(
        FILES["people.yaml"].replace(
            "requester.parks, name: 丁, department: parks, roles: [requester]",
            "requester.parks, name: 丁, department: water, roles: [approver]",
        ),
        "utf-8",
    )
    delivered.acting_as("operator.data").apply(path)
    with pytest.raises(Denied) as caught:
        delivered.acting_as("requester.parks").reviews.keep(made.ref, reason="已核实")
    assert caught.value.reasons == ("nobody reviews what they asked for",)
