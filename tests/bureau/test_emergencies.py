"""Data is opened in an emergency by who was authorised before, and two people look at it after."""

from datetime import date, timedelta

import pytest

from bureau import Bureau
from bureau.emergencies import EmergencyOrder
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.emergencies.model import AuthorisationState, EmergencyState, Finding, Side
from sharing.model import GrantState, RequestState
from tests.bureau.test_sharing import read
from tests.town import FILES

REASON = "爆管抢修，查找受影响水表"
POLICY = """\
profile = "town"
extends = "cn-national-809"
title_zh = "本市"
title_en = "This town"

[limits.emergency_grant]
amount = 8
"""


@pytest.fixture
def authority(delivered: Bureau):
    return delivered.acting_as("authority.data")


@pytest.fixture
def water(delivered: Bureau):
    return delivered.acting_as("approver.water")


@pytest.fixture
def parks(delivered: Bureau, authority):
    """A requester who may open data in emergencies until 30 June 2026."""
    authority.emergencies.authorise("requester.parks", until=date(2026, 6, 30), reason="防汛值守")
    return delivered.acting_as("requester.parks")


def order(**changes):
    values = {
        "dataset": "meters",
        "application": "lawns",
        "columns": ("meter", "litres"),
        "case": "2026-应急-17",
        "reason": REASON,
    }
    return EmergencyOrder(**(values | changes))


@pytest.fixture
def opened(parks):
    return parks.emergencies.open(order())[0]


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def test_an_emergency_opens_the_named_columns_at_once_for_a_day(delivered, opened, clock, tmp_path):
    assert opened.emergency
    assert opened.state_at(clock.now()) is GrantState.ACTIVE
    assert (opened.granted_by, opened.review_due) == ("emergency", None)
    result = read(delivered, tmp_path, purpose=REASON)
    assert result.columns == ("meter", "litres")
    request = delivered.get_request(opened.request)
    assert (request.state, request.decided_by) == (RequestState.AGREED, "emergency")
    clock.advance(hours=24)
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose=REASON)
    found, _ = delivered.get_grant(opened.ref)
    assert found.state_at(clock.now()) is GrantState.ENDED
    assert delivered.verify_ledger().faults == ()


def test_the_ledger_has_it_before_any_data_leaves(delivered, opened, tmp_path):
    read(delivered, tmp_path, purpose=REASON)
    kinds = [entry.kind for entry in delivered.ledger_log(limit=6)]
    assert kinds == [
        "request.created",
        "emergency.opened",
        "emergency.granted",
        "grant.issued",
        "read.authorised",
        "read.completed",
    ]
    told = facts(delivered, "emergency.opened")
    assert (told["hours"], told["due_on"], told["provider"]) == (24, "2026-03-04", "water")
    assert "爆管" not in str(told)
    assert "17" not in told["case"][:0] + told["department"]
    assert opened.terms.legal_basis == "应急处置，案件编号 2026-应急-17"


def test_nobody_agreed_to_what_an_emergency_opened(delivered, opened):
    assert delivered.ledger_log(limit=1, kind="request.agreed") == []
    told = facts(delivered, "emergency.granted")
    assert (told["grant"], told["department"]) == (opened.ref, "parks")
    assert delivered.liability.report().events == []
    assert delivered.verify_ledger().faults == ()


def test_provider_and_authority_see_it_at_once(delivered, opened, water, authority):
    for side in (water, authority):
        [task] = side.inbox()
        assert (task.limit, task.due_on, task.days_left) == (
            "emergency_review",
            date(2026, 3, 4),
            2,
        )
        assert task.todo == f"bureau emergency show {opened.ref}"
    assert delivered.acting_as("requester.parks").inbox() == []


def test_two_people_find_it_justified(delivered, opened, water, authority, clock):
    first, _ = water.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    assert (first.finding, first.waiting) == (None, (Side.AUTHORITY,))
    assert water.inbox() == []
    assert len(authority.inbox()) == 1
    second, _ = authority.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    assert (second.finding, second.waiting) == (Finding.JUSTIFIED, ())
    assert authority.inbox() == []
    found, _ = delivered.get_grant(opened.ref)
    assert found.state_at(clock.now()) is GrantState.ACTIVE
    told = facts(delivered, "emergency.reviewed")
    assert (told["finding"], told["side"], told["late"]) == ("justified", "authority", False)
    for again in (water, authority, delivered.acting_as("both.water")):
        with pytest.raises((Conflict, Denied)):
            again.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="再看")


def test_one_unjustified_finding_ends_it_at_once_and_the_other_still_reviews(
    delivered, opened, water, authority, clock, tmp_path
):
    water.emergencies.review(opened.ref, finding=Finding.UNJUSTIFIED, reason="无此案件")
    found, _ = delivered.get_grant(opened.ref)
    assert found.state_at(clock.now()) is GrantState.REVOKED
    assert (found.revoked_by, found.revoke_reason) == ("approver.water", "无此案件")
    assert [entry.kind for entry in delivered.ledger_log(limit=2)] == [
        "emergency.reviewed",
        "grant.revoked",
    ]
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose=REASON)
    second, _ = authority.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="尚可")
    assert (second.finding, second.waiting) == (Finding.UNJUSTIFIED, ())
    assert delivered.ledger_log(limit=1)[0].kind == "emergency.reviewed"
    found, _ = delivered.get_grant(opened.ref)
    assert found.state_at(clock.now()) is GrantState.REVOKED
    assert delivered.verify_ledger().faults == ()


def test_a_grant_that_is_over_is_found_unjustified_without_being_revoked(
    delivered, opened, authority, clock
):
    clock.advance(days=1)
    authority.emergencies.review(opened.ref, finding=Finding.UNJUSTIFIED, reason="无此案件")
    assert facts(delivered, "emergency.reviewed")["finding"] == "unjustified"
    found, _ = delivered.get_grant(opened.ref)
    assert found.revoked_at is None


def test_a_review_that_is_missing_is_overdue_and_a_late_one_stays_late(
    delivered, opened, water, authority, clock
):
    clock.advance(days=2)
    assert delivered.emergencies.opened()[0].state_on(delivered.today()) is (
        EmergencyState.UNREVIEWED
    )
    clock.advance(days=1)
    assert len(delivered.tasks(overdue=True)) == 2
    water.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    assert facts(delivered, "emergency.reviewed")["late"] is True
    [found] = delivered.emergencies.opened()
    assert found.state_on(delivered.today()) is EmergencyState.OVERDUE
    authority.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    found, grant = delivered.emergencies.get(opened.ref)
    assert found.state_on(delivered.today()) is EmergencyState.REVIEWED
    assert (found.case, found.reason, grant.ref) == ("2026-应急-17", REASON, opened.ref)


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ("requester.parks", "nobody reviews what they opened"),
        ("both.parks", "parks opened it"),
        ("steward.water", "only an approver of water and the data authority may"),
        ("operator.data", "only an approver of water and the data authority may"),
        ("auditor.audit", "only an approver of water and the data authority may"),
    ],
)
def test_nobody_else_reviews(delivered, opened, actor, reason):
    size = delivered.ledger_head().size
    with pytest.raises(Denied) as caught:
        delivered.acting_as(actor).emergencies.review(
            opened.ref, finding=Finding.JUSTIFIED, reason="已核实"
        )
    assert reason in " ".join(caught.value.reasons)
    assert delivered.ledger_head().size == size


def test_the_same_person_is_not_two_people_by_changing_sides(delivered, opened, water, tmp_path):
    water.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    path = tmp_path / "people.yaml"
    path.write_text(
        FILES["people.yaml"].replace(
            "approver.water, name: 乙, department: water, roles: [approver]",
            "approver.water, name: 乙, department: data, roles: [authority]",
        ),
        "utf-8",
    )
    delivered.acting_as("operator.data").apply(path)
    with pytest.raises(Denied, match="may not review") as caught:
        water.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    assert caught.value.reasons == ("they have reviewed it already, and it takes two people",)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"hours": 25}, Conflict, "25 hours is not possible: the policy allows 1 to 24"),
        ({"hours": 0}, InvalidInput, "0 hours are no time"),
        ({"case": " "}, InvalidInput, "needs a case number"),
        ({"reason": "\u3000"}, InvalidInput, "needs a reason"),
        ({"columns": ()}, InvalidInput, "names no columns"),
        ({"columns": ("meter", "meter")}, InvalidInput, "twice"),
        ({"columns": ("none",)}, InvalidInput, "has no column none"),
        ({"dataset": "none"}, NotFound, "none"),
        ({"application": "none"}, NotFound, "none"),
    ],
)
def test_an_emergency_that_cannot_be_opened_changes_nothing(delivered, parks, changes, error, said):
    size = delivered.ledger_head().size
    with pytest.raises(error, match=said):
        parks.emergencies.open(order(**changes))
    assert delivered.ledger_head().size == size
    assert (delivered.emergencies.opened(), delivered.list_grants()) == ([], [])
    assert delivered.list_requests() == []


def test_hours_may_be_fewer(parks):
    grant, _ = parks.emergencies.open(order(hours=2))
    assert grant.terms.not_after - grant.terms.not_before == timedelta(hours=2)


@pytest.mark.usefixtures("parks")
def test_a_city_may_allow_fewer_hours(delivered, clock):
    home = delivered.settings.home
    (home / "profiles").mkdir()
    (home / "profiles" / "town.toml").write_text(POLICY, "utf-8")
    settings = (home / "bureau.toml").read_text("utf-8").replace("cn-national-809", "town")
    (home / "bureau.toml").write_text(settings, "utf-8")
    city = Bureau.open(home, actor="requester.parks", clock=clock)
    with pytest.raises(Conflict, match="allows 1 to 8"):
        city.emergencies.open(order(hours=9))
    shorter, _ = city.emergencies.open(order())
    assert shorter.terms.not_after - shorter.terms.not_before == timedelta(hours=8)
    city.close()


@pytest.mark.parametrize("case", ["2026-应急-17", "２０２６-应急-17 "])
def test_a_case_opens_a_dataset_for_an_application_once(
    delivered, parks, opened, water, authority, clock, case
):
    for side in (water, authority):
        side.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    clock.advance(days=40)
    size = delivered.ledger_head().size
    with pytest.raises(Conflict, match="a case opens it once, for 24 hours at most") as caught:
        parks.emergencies.open(order(case=case))
    assert "GRT-0001 (ended, case 2026-应急-17)" in str(caught.value)
    assert "policy: emergency_grant" in str(caught.value)
    assert caught.value.hint == "who needs it longer asks for it: bureau request new meters"
    assert delivered.ledger_head().size == size
    assert len(delivered.list_requests()) == 1


def test_another_case_opens_it_when_nothing_is_live_and_both_reviews_are_made(
    parks, opened, water, authority, clock
):
    another = order(case="2026-应急-18")
    with pytest.raises(Conflict, match=r"by GRT-0001 \(active, .*not opened twice at a time"):
        parks.emergencies.open(another)
    clock.advance(hours=24)
    waits = "the provider and the authority did not review that yet, due on 2026-03-04"
    with pytest.raises(Conflict, match=waits) as caught:
        parks.emergencies.open(another)
    assert "bureau emergency review GRT-0001" in caught.value.hint
    water.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    clock.advance(days=30)
    with pytest.raises(Conflict, match="the authority did not review that yet"):
        parks.emergencies.open(another)
    authority.emergencies.review(opened.ref, finding=Finding.JUSTIFIED, reason="属实")
    again, _ = parks.emergencies.open(another)
    assert again.state_at(clock.now()) is GrantState.ACTIVE


@pytest.mark.parametrize("actor", ["both.parks", "both.water", "steward.parks", "authority.data"])
def test_nobody_opens_data_who_was_not_authorised_before(delivered, actor):
    with pytest.raises(Denied, match="may not open data in an emergency") as caught:
        delivered.acting_as(actor).emergencies.open(order())
    assert caught.value.reasons == ("the data authority has not authorised them before",)


def test_an_authorisation_ends_with_its_last_day(delivered, parks, clock):
    clock.advance(days=120, hours=14, minutes=59)  # 30 June, one minute to midnight
    parks.emergencies.open(order())
    clock.advance(minutes=1)
    with pytest.raises(Denied) as caught:
        parks.emergencies.open(order())
    assert caught.value.reasons == ("the authorisation is expired",)
    [given] = delivered.emergencies.authorisations()
    assert given.state_at(clock.now()) is AuthorisationState.EXPIRED


def test_an_authorisation_is_withdrawn_and_what_was_opened_goes_on(
    delivered, parks, opened, authority, clock, tmp_path
):
    authority.emergencies.withdraw("requester.parks", reason="调离值守岗位")
    with pytest.raises(Denied) as caught:
        parks.emergencies.open(order())
    assert caught.value.reasons == ("the authorisation is withdrawn",)
    read(delivered, tmp_path, purpose=REASON)
    assert opened.state_at(clock.now()) is GrantState.ACTIVE
    with pytest.raises(Conflict, match="it is withdrawn"):
        authority.emergencies.withdraw("requester.parks", reason="已核实")
    clock.advance(minutes=1)
    again, _ = authority.emergencies.authorise(
        "requester.parks", until=date(2026, 4, 1), reason="回岗"
    )
    assert again.state_at(clock.now()) is AuthorisationState.ACTIVE


@pytest.mark.usefixtures("parks")
def test_the_ledger_names_nobody(delivered, authority):
    authority.emergencies.withdraw("requester.parks", reason="调离")
    for kind in ("emergency.authorised", "emergency.withdrawn"):
        [entry] = delivered.ledger_log(limit=1, kind=kind)
        assert entry.subject.startswith("person:")
        _, body, _ = delivered.ledger_entry(entry.index)
        assert "requester.parks" not in f"{entry.subject} {body.facts}"
        assert body.facts["department"] == "parks"


@pytest.mark.parametrize(
    ("actor", "person", "until", "error"),
    [
        ("operator.data", "requester.parks", date(2026, 6, 30), Denied),
        ("approver.water", "requester.parks", date(2026, 6, 30), Denied),
        ("authority.data", "authority.data", date(2026, 6, 30), Denied),
        ("authority.data", "steward.parks", date(2026, 6, 30), Conflict),
        ("authority.data", "nobody", date(2026, 6, 30), NotFound),
        ("authority.data", "requester.parks", date(2026, 3, 1), InvalidInput),
        ("authority.data", "requester.parks", date(2027, 3, 4), InvalidInput),
        ("authority.data", "requester.parks", date.max, InvalidInput),
    ],
)
def test_an_authorisation_that_cannot_be_is_refused(delivered, actor, person, until, error):
    with pytest.raises(error):
        delivered.acting_as(actor).emergencies.authorise(person, until=until, reason="已核实")
    assert delivered.emergencies.authorisations() == []


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("status: withdrawn", "is withdrawn"),
        (
            "share_type: not_shared\n    legal_basis: 法律《统计法》第九条：个体资料保密",
            "is not shared",
        ),
    ],
)
def test_nothing_is_opened_that_is_not_shared(delivered, parks, tmp_path, instead, said):
    path = tmp_path / "datasets.yaml"
    path.write_text(FILES["datasets.yaml"].replace("share_type: conditional", instead), "utf-8")
    delivered.acting_as("operator.data").apply(path)
    with pytest.raises(Conflict, match=said):
        parks.emergencies.open(order())
    assert delivered.list_grants() == []


def test_nothing_is_opened_of_which_nothing_is_published(town):
    town.acting_as("authority.data").emergencies.authorise(
        "requester.parks", until=date(2026, 6, 30), reason="防汛"
    )
    with pytest.raises(Conflict, match="nothing of meters is published"):
        town.acting_as("requester.parks").emergencies.open(order())
    assert town.list_requests() == []


def test_own_data_needs_no_emergency(delivered, authority):
    authority.emergencies.authorise("both.water", until=date(2026, 6, 30), reason="防汛")
    with pytest.raises(Conflict, match="is water's own data"):
        delivered.acting_as("both.water").emergencies.open(order())


def test_another_departments_application_is_refused(delivered, parks, tmp_path):
    path = tmp_path / "applications.yaml"
    path.write_text(
        "kind: Application\nitems:\n  - {code: pipes, name_zh: 管网, department: water}\n", "utf-8"
    )
    delivered.acting_as("operator.data").apply(path)
    with pytest.raises(Denied, match="belongs to water"):
        parks.emergencies.open(order(application="pipes"))


def test_an_emergency_grant_is_neither_reviewed_periodically_nor_renewed(opened, water, parks):
    assert water.reviews.cases(every=True) == []
    with pytest.raises(Conflict, match="given in an emergency"):
        water.reviews.keep(opened.ref, reason="已核实")
    with pytest.raises(Conflict, match="is not renewed"):
        parks.reviews.renew(opened.ref)


def test_a_grant_that_no_emergency_gave_has_no_such_review(delivered, water):
    for ref in ("GRT-0001", "REQ-0001", "x"):
        with pytest.raises(NotFound, match="no emergency grant"):
            water.emergencies.review(ref, finding=Finding.JUSTIFIED, reason="已核实")
        with pytest.raises(NotFound, match="no emergency grant"):
            delivered.emergencies.get(ref)


def test_the_duty_to_review_goes_with_the_dataset(delivered, opened, tmp_path):
    path = tmp_path / "datasets.yaml"
    moved = FILES["datasets.yaml"].replace("provider: water\n", "provider: audit\n")
    path.write_text(moved, "utf-8")
    delivered.acting_as("operator.data").apply(path)
    [clock] = delivered.clocks(f"emergency:{opened.ref}#provider")
    assert clock.debtor == "audit"
    with pytest.raises(Denied):
        delivered.acting_as("approver.water").emergencies.review(
            opened.ref, finding=Finding.JUSTIFIED, reason="已核实"
        )
