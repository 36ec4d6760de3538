"""Who may authorise, open and review in an emergency, and what of it is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from core.actor import Actor, Role
from core.errors import Conflict, Denied, InvalidInput
from sharing.emergencies import procedure
from sharing.emergencies.model import (
    Authorisation,
    AuthorisationState,
    Emergency,
    EmergencyReview,
    EmergencyState,
    Finding,
    Side,
)
from sharing.profiles.model import LimitName
from sharing.profiles.national import national

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LIMIT = national().limit(LimitName.EMERGENCY_GRANT)


def actor(person, department, *roles, **more):
    return Actor(
        person=person,
        department=department,
        roles=frozenset(roles),
        commitment="",
        os_user="",
        **more,
    )


ZHANG = actor("zhang", "parks", Role.REQUESTER)
APPROVER = actor("approver", "water", Role.APPROVER)
AUTHORITY = actor("xin", "data", Role.AUTHORITY)
AUTHORISED = Authorisation(
    person="zhang",
    department="parks",
    until=NOW + 30 * DAY,
    reason="flood season",
    authority="data",
    authorised_at=NOW,
    authorised_by="xin",
)
OPENED = Emergency(
    grant="GRT-0001",
    department="parks",
    provider="water",
    authority="data",
    dataset="meters",
    case="2026-17",
    reason="burst pipe",
    opened_at=NOW,
    opened_by="zhang",
    due_on=date(2026, 3, 4),
)


def authorise(who=AUTHORITY, person=ZHANG, **changes):
    values = {"until": NOW + DAY, "reason": "flood season", "standing": None, "now": NOW}
    return procedure.authorise(who, person, **(values | changes))


def test_the_authority_authorises_a_requester_for_a_time():
    given = authorise()
    assert (given.person, given.department, given.authority) == ("zhang", "parks", "data")
    assert given.state_at(NOW) is AuthorisationState.ACTIVE
    assert given.state_at(NOW + DAY) is AuthorisationState.EXPIRED


@pytest.mark.parametrize("role", [*[r for r in Role if r is not Role.AUTHORITY], None], ids=str)
def test_nobody_else_authorises_or_withdraws(role):
    other = actor("li", "data", *([role] if role else []))
    with pytest.raises(Denied, match="may not decide on what zhang may open"):
        authorise(other)
    with pytest.raises(Denied, match="which is authorised, active"):
        procedure.withdraw(other, "zhang", AUTHORISED, reason="no", now=NOW)


def test_nobody_authorises_themself():
    both = actor("xin", "data", Role.AUTHORITY, Role.REQUESTER)
    delegate = actor("li", "data", Role.AUTHORITY, acting_for="xin")
    for who in (both, delegate):
        with pytest.raises(Denied) as caught:
            authorise(who, both)
        assert caught.value.reasons == ("nobody authorises themself",)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"person": replace(ZHANG, roles=frozenset())}, Conflict, "is no requester of parks"),
        ({"standing": AUTHORISED}, Conflict, "is authorised already, for parks"),
        ({"until": NOW}, InvalidInput, "is over"),
        ({"until": NOW + 367 * DAY}, InvalidInput, "366 days at most"),
        ({"reason": " \u200b "}, InvalidInput, "needs a reason"),
        ({"reason": "长" * 2001}, InvalidInput, "too long"),
    ],
)
def test_an_authorisation_that_cannot_be_is_refused(changes, error, said):
    with pytest.raises(error, match=said):
        authorise(**changes)


def test_whoever_was_authorised_once_may_be_again():
    gone = replace(AUTHORISED, withdrawn_at=NOW)
    for standing in (replace(AUTHORISED, until=NOW), gone):
        assert authorise(standing=standing).state_at(NOW) is AuthorisationState.ACTIVE


def test_an_authorisation_is_withdrawn_once():
    withdrawn = procedure.withdraw(AUTHORITY, "zhang", AUTHORISED, reason="moved", now=NOW)
    assert withdrawn.state_at(NOW) is AuthorisationState.WITHDRAWN
    assert withdrawn.state_at(NOW - DAY) is AuthorisationState.ACTIVE
    for standing, said in (
        (None, "zhang has no authorisation for emergencies$"),
        (withdrawn, "it is withdrawn"),
        (replace(AUTHORISED, until=NOW), "it is expired"),
    ):
        with pytest.raises(Conflict, match=said):
            procedure.withdraw(AUTHORITY, "zhang", standing, reason="again", now=NOW)
    with pytest.raises(InvalidInput, match="needs a reason"):
        procedure.withdraw(AUTHORITY, "zhang", AUTHORISED, reason="", now=NOW)


@pytest.mark.parametrize(
    ("standing", "who", "reason"),
    [
        (None, ZHANG, "has not authorised them before"),
        (replace(AUTHORISED, until=NOW), ZHANG, "the authorisation is expired"),
        (replace(AUTHORISED, withdrawn_at=NOW), ZHANG, "the authorisation is withdrawn"),
        (AUTHORISED, replace(ZHANG, department="roads"), "was given for parks, not for roads"),
    ],
)
def test_only_who_was_authorised_before_opens_data(standing, who, reason):
    with pytest.raises(Denied, match="may not open data") as caught:
        procedure.require_authorised(who, standing, NOW)
    assert reason in caught.value.reasons[0]
    assert procedure.require_authorised(ZHANG, AUTHORISED, NOW) == AUTHORISED


@pytest.mark.parametrize("case", ["", "  ", "\u200b", "\u3000"])
def test_there_is_no_emergency_without_a_case(case):
    with pytest.raises(InvalidInput, match="needs a case number"):
        procedure.require_case(case)


@pytest.mark.parametrize("case", ["2026\n17", "7" * 101, "a\u202eb"])
def test_a_case_number_is_one_short_line(case):
    with pytest.raises(InvalidInput):
        procedure.require_case(case)
    assert procedure.require_case(" 2026-17 ") == "2026-17"


@pytest.mark.parametrize("hours", [25, 10**9])
def test_an_emergency_lasts_as_long_as_the_policy_allows(hours):
    with pytest.raises(Conflict, match=f"of {hours} hours is not possible: .* 1 to 24"):
        procedure.require_hours(hours, LIMIT)
    for none in (0, -1):
        with pytest.raises(InvalidInput, match=f"{none} hours are no time"):
            procedure.require_hours(none, LIMIT)
    assert [procedure.require_hours(n, LIMIT) for n in (None, 1, 24)] == [24, 1, 24]
    assert procedure.require_hours(None, replace(LIMIT, amount=8)) == 8


def judge(emergency=OPENED, who=APPROVER, finding=Finding.JUSTIFIED, reason="seen"):
    return procedure.review(
        emergency, who, provider="water", finding=finding, reason=reason, now=NOW
    )


def reviewed(*reviews):
    return replace(OPENED, reviews=tuple(reviews))


def test_two_people_review_each_for_a_side():
    first = judge()
    assert (first.side, first.reviewed_by) == (Side.PROVIDER, "approver")
    second = judge(reviewed(first), AUTHORITY)
    assert second.side is Side.AUTHORITY
    done = reviewed(first, second)
    assert (done.waiting, done.finding) == ((), Finding.JUSTIFIED)


def test_one_person_is_not_two():
    both = actor("both", "water", Role.APPROVER, Role.AUTHORITY)
    first = judge(who=both)
    assert first.side is Side.PROVIDER
    for again in (both, replace(AUTHORITY, acting_for="both")):
        with pytest.raises(Denied) as caught:
            judge(reviewed(first), again)
        assert caught.value.reasons == ("they have reviewed it already, and it takes two people",)
    other = judge(reviewed(judge(who=APPROVER)), both)
    assert other.side is Side.AUTHORITY


def test_a_side_reviews_once():
    first = judge()
    with pytest.raises(Conflict, match="reviewed by the provider already") as caught:
        judge(reviewed(first), replace(APPROVER, person="another"))
    assert caught.value.hint == "it waits for the authority"
    done = reviewed(first, judge(who=AUTHORITY))
    with pytest.raises(Conflict) as caught:
        judge(done, replace(AUTHORITY, person="another"))
    assert caught.value.hint == "both reviews are done"


@pytest.mark.parametrize("person", ["zhang", "other"])
def test_every_role_that_reviews(person):
    for role, department in product([*Role, None], ("water", "parks", "data")):
        who = actor(person, department, *([role] if role else []))
        may = person == "other" and (
            (role is Role.APPROVER and department == "water")
            or (role is Role.AUTHORITY and department != "parks")
        )
        if may:
            assert judge(who=who).reviewed_by == "other"
        else:
            with pytest.raises(Denied, match="may not review emergency grant GRT-0001"):
                judge(who=who)


def test_neither_opener_nor_their_department_reviews_in_another_name():
    for who, reason in (
        (replace(APPROVER, acting_for="zhang"), "nobody reviews what they opened"),
        (replace(APPROVER, home="parks"), "parks opened it and does not review it"),
    ):
        with pytest.raises(Denied) as caught:
            judge(who=who)
        assert caught.value.reasons == (reason,)


def test_a_review_says_why():
    with pytest.raises(InvalidInput, match="needs a reason"):
        judge(reason=" ")


@pytest.mark.parametrize(
    ("findings", "finding", "waiting"),
    [
        ((), None, 2),
        ((Finding.JUSTIFIED,), None, 1),
        ((Finding.UNJUSTIFIED,), Finding.UNJUSTIFIED, 1),
        ((Finding.JUSTIFIED, Finding.JUSTIFIED), Finding.JUSTIFIED, 0),
        ((Finding.JUSTIFIED, Finding.UNJUSTIFIED), Finding.UNJUSTIFIED, 0),
        ((Finding.UNJUSTIFIED, Finding.JUSTIFIED), Finding.UNJUSTIFIED, 0),
    ],
)
def test_one_finding_against_is_enough(findings, finding, waiting):
    sides = list(Side)
    made = reviewed(
        *(
            EmergencyReview(
                side=sides[n], finding=found, reason="r", reviewed_at=NOW, reviewed_by=str(n)
            )
            for n, found in enumerate(findings)
        )
    )
    assert (made.finding, len(made.waiting)) == (finding, waiting)
    late = made.due_on + DAY
    assert made.state_on(late) is (EmergencyState.OVERDUE if waiting else EmergencyState.REVIEWED)
    assert made.state_on(made.due_on) is (
        EmergencyState.UNREVIEWED if waiting else EmergencyState.REVIEWED
    )
