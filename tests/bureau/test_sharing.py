from datetime import timedelta

import pytest

from bureau import NewRequest, ReadOrder
from catalog.predicate import All, Comparison, Not, Operator
from core.errors import Conflict, Denied, InvalidInput, NotFound
from rates.model import RateQuery
from sharing.model import GrantState, RefusalGround, RequestState
from tests.town import FILES

PURPOSE = "Watering plan of the city's lawns"


def asked(clock, **changes):
    values = {
        "dataset": "meters",
        "application": "lawns",
        "legal_basis": "深圳经济特区绿化条例第一条",
        "scenario": PURPOSE,
        "columns": ("meter", "day", "litres"),
        "rows": None,
        "not_before": clock.now(),
        "not_after": clock.now() + timedelta(days=30),
    }
    return NewRequest(**(values | changes))


def sent(town, new, *, by="requester.parks", endorser="both.parks"):
    """A request that its own sharing office endorsed, so that the provider can decide."""
    request, _ = town.acting_as(by).create_request(new, submitted=True)
    return town.acting_as(endorser).endorse_request(request.ref)[0]


def granted(town, clock, **changes):
    request = sent(town, asked(clock, **changes))
    grant, _ = town.acting_as("approver.water").approve_request(request.ref)
    return grant


def read(town, tmp_path, actor="requester.parks", **changes):
    values = {
        "dataset": "meters",
        "application": "lawns",
        "purpose": PURPOSE,
        "target": tmp_path / "out.csv",
        "format": "csv",
    }
    return town.acting_as(actor).read(ReadOrder(**(values | changes)))


def test_a_granted_read_gives_exactly_the_granted_columns_and_rows(delivered, clock, tmp_path):
    rows = Comparison("meter", Operator.EQ, ("M001",))
    grant = granted(delivered, clock, columns=("litres", "meter"), rows=rows)
    result = read(delivered, tmp_path)
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == [
        "meter,litres",
        "M001,120",
        "M001,130",
    ]
    assert (result.use.rows, result.use.grant) == (2, grant.ref)
    kinds = [entry.kind for entry in delivered.ledger_log(limit=2)]
    assert kinds == ["read.authorised", "read.completed"]
    kept, uses = delivered.get_grant(grant.ref)
    assert kept.first_used_at == clock.now()
    assert [(use.status, use.rows) for use in uses] == [("completed", 2)]


def test_the_terms_hash_walks_from_request_to_use_and_ledger(delivered, clock, tmp_path):
    grant = granted(delivered, clock)
    result = read(delivered, tmp_path)
    request = delivered.get_request(grant.request)
    assert request.terms.hash == grant.terms_hash == result.use.terms_hash
    for entry in delivered.ledger_log(limit=5):
        _, body, _ = delivered.ledger_entry(entry.index)
        assert body.facts["terms_hash"] == grant.terms_hash


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"application": "ponds"}, "is for the application lawns, not ponds"),
        ({"purpose": "Selling water"}, "is for the purpose"),
        ({"grant": "GRT-0099"}, "has no grant GRT-0099"),
        ({"actor": "steward.parks"}, "not a requester"),
        ({"actor": "both.water"}, "water has no grant on meters"),
    ],
)
def test_a_read_that_no_grant_covers_is_denied_and_recorded(
    delivered, clock, tmp_path, changes, reason
):
    granted(delivered, clock)
    size = delivered.ledger_head().size
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path, **changes)
    assert reason in " ".join(caught.value.reasons)
    assert not (tmp_path / "out.csv").exists()
    assert delivered.ledger_head().size == size + 1
    assert delivered.ledger_log(limit=1)[0].kind == "read.denied"


def test_a_read_without_any_grant_is_denied(delivered, tmp_path):
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "parks has no grant on meters" in caught.value.reasons
    assert caught.value.hint == "ask for it: bureau request new meters"


def test_an_expired_grant_ends_at_the_instant_its_period_does(delivered, clock, tmp_path):
    granted(delivered, clock)
    clock.advance(days=30, microseconds=-1)
    read(delivered, tmp_path)
    clock.advance(microseconds=1)
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "ended with 2026-04-01" in caught.value.reasons[0]


def test_a_grant_that_has_not_begun_gives_nothing(delivered, clock, tmp_path):
    granted(delivered, clock, not_before=clock.now() + timedelta(days=1))
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "begins on" in caught.value.reasons[0]


def test_a_suspended_grant_is_denied_until_it_is_resumed(delivered, clock, tmp_path):
    grant = granted(delivered, clock)
    approver = delivered.acting_as("approver.water")
    suspended, _ = approver.suspend_grant(grant.ref, reason="incident 7")
    assert suspended.state_at(clock.now()) is GrantState.SUSPENDED
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "is suspended" in caught.value.reasons[0]
    with pytest.raises(Conflict, match="suspended already"):
        approver.suspend_grant(grant.ref, reason="again")
    clock.advance(hours=1)
    with pytest.raises(Conflict, match="is not rectified yet: incident 7"):
        approver.resume_grant(grant.ref, reason="settled")
    delivered.acting_as("requester.parks").rectify_grant(grant.ref, report="access narrowed")
    with pytest.raises(Denied):
        read(delivered, tmp_path)
    approver.resume_grant(grant.ref, reason="settled")
    read(delivered, tmp_path)


def test_rule_18_suspended_rectified_resumed_or_ended(delivered, clock):
    grant = granted(delivered, clock)
    approver, parks = (delivered.acting_as(p) for p in ("approver.water", "requester.parks"))
    with pytest.raises(Conflict, match="only what was suspended is rectified"):
        parks.rectify_grant(grant.ref, report="nothing")
    approver.suspend_grant(grant.ref, reason="used for other ends")
    [task] = [task for task in parks.inbox() if task.limit == "rectification"]
    assert task.todo == f"bureau grant rectify {grant.ref} --report TEXT"
    with pytest.raises(InvalidInput, match="what was rectified"):
        parks.rectify_grant(grant.ref, report=" ")
    with pytest.raises(Denied, match="may not report"):
        delivered.acting_as("steward.parks").rectify_grant(grant.ref, report="done")
    parks.rectify_grant(grant.ref, report="done")
    with pytest.raises(Conflict, match="reported as rectified already"):
        parks.rectify_grant(grant.ref, report="again")
    assert parks.inbox() == []
    delivered.acting_as("authority.data").resume_grant(grant.ref, reason="seen")
    clock.advance(days=1)
    approver.suspend_grant(grant.ref, reason="again")
    clock.advance(days=15)
    assert [task.state for task in parks.inbox()] == ["overdue"]
    ended, _ = approver.revoke_grant(grant.ref, reason="not rectified")
    first, second = ended.suspensions
    assert (first.rectified_by, first.suspended_by) == ("requester.parks", "approver.water")
    assert (second.rectified_at, parks.inbox()) == (None, [])
    assert delivered.verify_ledger().faults == ()


PEOPLE = ("requester.parks", "both.parks", "approver.water", "both.water", "authority.data")
LIFTING = [
    ("approver.water", {"approver.water", "both.water", "authority.data"}),
    ("authority.data", {"authority.data"}),
]
"""Who lifts what each suspended, once the using department has reported."""


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("by", "lifting"), LIFTING, ids=["provider", "authority"])
def test_rule_18_one_side_reports_and_the_other_checks(delivered, clock, by, lifting, person):
    grant = granted(delivered, clock)
    delivered.acting_as(by).suspend_grant(grant.ref, reason="used for other ends")
    who = delivered.acting_as(person)
    if person.endswith(".parks"):
        who.rectify_grant(grant.ref, report="done")
    else:
        with pytest.raises(Denied, match="may not report") as caught:
            who.rectify_grant(grant.ref, report="done")
        assert "only a requester of parks may" in caught.value.reasons[0]
        delivered.acting_as("requester.parks").rectify_grant(grant.ref, report="done")
    if person in lifting:
        assert who.resume_grant(grant.ref, reason="seen")[0].state_at(clock.now()).value == "active"
    else:
        with pytest.raises(Denied):
            who.resume_grant(grant.ref, reason="seen")


def test_rule_18_nobody_checks_their_own_report_in_another_place(delivered, clock):
    grant = granted(delivered, clock)
    water = delivered.acting_as("approver.water")
    water.suspend_grant(grant.ref, reason="used for other ends")
    delivered.acting_as("both.parks").rectify_grant(grant.ref, report="done")
    water.delegations.make("both.parks", until=delivered.today() + timedelta(days=5), reason="休假")
    deputy = delivered.acting_as("both.parks", behalf="approver.water")
    with pytest.raises(Denied) as caught:
        deputy.resume_grant(grant.ref, reason="seen")
    assert caught.value.reasons == (
        "parks uses the data, and does not check its own report",
        "nobody checks what they reported themselves",
    )


@pytest.mark.parametrize("act", ["suspend_grant", "revoke_grant"])
def test_who_uses_the_data_ends_nothing_of_it_in_another_place(delivered, clock, act):
    grant = granted(delivered, clock)
    water = delivered.acting_as("approver.water")
    water.delegations.make("both.parks", until=delivered.today() + timedelta(days=5), reason="休假")
    with pytest.raises(Denied, match="which is active") as caught:
        getattr(delivered.acting_as("both.parks", behalf="approver.water"), act)(
            grant.ref, reason="试一试"
        )
    assert caught.value.reasons == ("parks uses the data, and decides on it in nobody's place",)


def test_a_revoked_grant_gives_nothing_from_that_moment_on(delivered, clock, tmp_path):
    grant = granted(delivered, clock)
    read(delivered, tmp_path)
    clock.advance(seconds=1)
    delivered.acting_as("authority.data").revoke_grant(grant.ref, reason="misuse")
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert "was revoked on 2026-03-02: misuse" in caught.value.reasons[0]
    with pytest.raises(Conflict, match="revoked already"):
        delivered.acting_as("approver.water").revoke_grant(grant.ref, reason="again")


@pytest.mark.parametrize("actor", ["requester.parks", "steward.water", "auditor.audit"])
def test_only_the_providers_approver_or_the_authority_ends_a_grant(delivered, clock, actor):
    grant = granted(delivered, clock)
    with pytest.raises(Denied, match="may not change grant"):
        delivered.acting_as(actor).revoke_grant(grant.ref, reason="no")


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ("steward.water", "is not an approver"),
        ("both.parks", "the data belongs to water"),
        ("authority.data", "the data belongs to water"),
    ],
)
def test_only_an_approver_of_the_provider_decides(delivered, clock, actor, reason):
    request = sent(delivered, asked(clock))
    with pytest.raises(Denied) as caught:
        delivered.acting_as(actor).approve_request(request.ref)
    assert reason in " ".join(caught.value.reasons)


def test_nobody_decides_their_own_request(delivered, clock):
    # The requester of one department later becomes the approver of the other.
    both = delivered.acting_as("both.parks")
    request, _ = both.create_request(asked(clock), submitted=True)
    with pytest.raises(Denied) as caught:
        both.endorse_request(request.ref)
    assert caught.value.reasons == ("nobody decides their own request",)


def test_a_refusal_needs_a_reason_and_ends_the_request(delivered, clock):
    request = sent(delivered, asked(clock))
    approver = delivered.acting_as("approver.water")
    with pytest.raises(InvalidInput, match="needs a ground and a reason"):
        approver.refuse_request(request.ref, ground=RefusalGround.EXCEEDS_NEED, reason=" ")
    refused, _ = approver.refuse_request(
        request.ref, ground=RefusalGround.EXCEEDS_NEED, reason="not necessary"
    )
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "not necessary")
    with pytest.raises(Conflict, match="it cannot be approved"):
        approver.approve_request(request.ref)


def test_approval_binds_to_the_terms_that_were_shown(delivered, clock):
    request = sent(delivered, asked(clock))
    approver = delivered.acting_as("approver.water")
    with pytest.raises(Conflict, match="are not those with hash"):
        approver.approve_request(request.ref, terms_hash="0" * 64)
    grant, _ = approver.approve_request(request.ref, terms_hash=request.terms.hash)
    assert grant.terms == request.terms


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"legal_basis": " "}, "legal basis"),
        ({"legal_basis": "无"}, "'无' cites no law with its article"),
        ({"legal_basis": "工作需要"}, "'工作需要' cites no law with its article"),
        ({"scenario": "TODO"}, "'TODO' does not say what the data is for"),
        ({"scenario": ""}, "scenario"),
        ({"columns": ()}, "columns"),
        ({"columns": ("meter", "meter")}, "twice"),
        ({"columns": ("meter", "secret")}, "no column secret"),
        ({"rows": Comparison("secret", Operator.IS_NULL)}, "no column secret"),
    ],
)
def test_rule_8_each_of_the_five_things_of_article_20_is_needed(delivered, clock, changes, message):
    with pytest.raises(InvalidInput, match=message):
        delivered.acting_as("requester.parks").create_request(asked(clock, **changes))


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (
            Comparison("meter", Operator.EQ, (5,)),
            "5 is not a valid string for column 'meter'",
            '"5"',
        ),
        (Comparison("meter", Operator.IN, ("M001", True)), "true is not a valid string", '"true"'),
        (Comparison("litres", Operator.GT, ("many",)), "'many' is not a valid integer", "42"),
        (Comparison("litres", Operator.EQ, (True,)), "'true' is not a valid integer", "42"),
        (
            Comparison("day", Operator.GE, ("1 March",)),
            "'1 March' is not a valid date",
            "2026-01-31",
        ),
        (
            Comparison("day", Operator.GE, (20260301,)),
            "'20260301' is not a valid date",
            "2026-01-31",
        ),
        (
            All((Not(Comparison("day", Operator.IN, ("2026-02-30",))),)),
            "not a valid date",
            "2026-01-31",
        ),
    ],
)
def test_rows_are_asked_for_by_values_that_their_column_can_hold(
    delivered, clock, rows, message, hint
):
    with pytest.raises(InvalidInput, match=message) as caught:
        delivered.acting_as("requester.parks").create_request(asked(clock, rows=rows))
    assert hint in caught.value.hint


def test_a_draft_is_judged_again_when_it_is_submitted(delivered, clock, tmp_path):
    parks = delivered.acting_as("requester.parks")
    request, _ = parks.create_request(asked(clock))
    path = tmp_path / "contract.yaml"
    changed = FILES["contract.yaml"].replace("name: litres", "name: volume")
    path.write_text(changed.replace("version: 1.0.0", "version: 2.0.0"), "utf-8")
    delivered.acting_as("steward.water").publish_contract(path)
    with pytest.raises(Conflict, match=r"is draft, and .* meters has no column litres"):
        parks.submit_request(request.ref)


def test_a_request_and_its_proposal_are_one_change(delivered, clock):
    parks = delivered.acting_as("requester.parks")
    request, receipt = parks.create_request(asked(clock), submitted=True)
    assert request.state is RequestState.PROPOSED
    assert parks.get_request(request.ref) == request
    kinds = [entry.kind for entry in delivered.ledger_log(limit=2)]
    assert (kinds, len(receipt.entries)) == (["request.created", "request.proposed"], 2)


def test_rule_8_a_request_is_approved_by_the_requesters_own_sharing_office(delivered, clock):
    parks = delivered.acting_as("requester.parks")
    request, _ = parks.create_request(asked(clock), submitted=True)
    with pytest.raises(Conflict, match="is proposed: it cannot be approved") as caught:
        delivered.acting_as("approver.water").approve_request(request.ref)
    assert "endorse" in caught.value.hint
    for actor, reason in (
        ("requester.parks", "nobody decides their own request"),
        ("approver.water", "the request belongs to parks"),
    ):
        with pytest.raises(Denied) as refused:
            delivered.acting_as(actor).endorse_request(request.ref)
        assert reason in " ".join(refused.value.reasons)
    endorsed, _ = delivered.acting_as("both.parks").endorse_request(request.ref)
    assert (endorsed.state, endorsed.endorsed_by) == (RequestState.SUBMITTED, "both.parks")
    [entry] = delivered.ledger_log(limit=1, kind="request.submitted")
    assert delivered.ledger_entry(entry.index)[2] == "both.parks"


def test_a_period_must_go_forward(delivered, clock):
    with pytest.raises(InvalidInput, match="ends before it begins"):
        delivered.acting_as("requester.parks").create_request(
            asked(clock, not_after=clock.now() - timedelta(days=1))
        )


def test_an_application_of_another_department_cannot_be_named(delivered, clock):
    with pytest.raises(Conflict, match="water's own data"):
        delivered.acting_as("both.water").create_request(asked(clock))
    with pytest.raises(NotFound, match="application"):
        delivered.acting_as("requester.parks").create_request(asked(clock, application="none"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("\n    status: withdrawn\n", "meters is withdrawn"),
        ("\n    legal_basis: 法律《某某法》第一条：涉及个人\n", "not shared"),
    ],
)
def test_a_dataset_that_is_closed_is_not_read_under_an_old_grant(
    delivered, clock, tmp_path, change, reason
):
    granted(delivered, clock)
    text = FILES["datasets.yaml"].rstrip() + change
    if "not shared" in reason:
        text = text.replace("share_type: conditional", "share_type: not_shared")
    path = tmp_path / "closed.yaml"
    path.write_text(text, "utf-8")
    change, _ = delivered.acting_as("steward.water").changes.begin("meters", reason="closed")
    authority = delivered.acting_as("authority.data")
    authority.changes.file(change.ref, number="1", reason="the law leaves no time")
    delivered.acting_as("operator.data").apply(path)
    with pytest.raises(Denied) as caught:
        read(delivered, tmp_path)
    assert reason in caught.value.reasons[0]


def test_rows_are_not_chosen_by_what_the_contract_classifies(delivered, clock):
    """Whoever gets a row would know whose it is, and the terms would keep the name."""
    keeper = Comparison("keeper", Operator.EQ, ("王芳",))
    with pytest.raises(InvalidInput, match="cannot be chosen by keeper"):
        delivered.acting_as("requester.parks").create_request(asked(clock, rows=keeper))


def test_a_read_that_brings_no_row_uses_nothing(delivered, clock, tmp_path):
    grant = granted(delivered, clock, rows=Comparison("meter", Operator.EQ, ("M999",)))
    assert read(delivered, tmp_path).use.rows == 0
    assert delivered.get_grant(grant.ref)[0].first_used_at is None
    query = RateQuery(as_of=delivered.today())
    assert [rate.n for rate in delivered.rates(query, rate_ids=["USE-1"])] == [0]


def test_reading_what_was_never_delivered_says_so(town, clock, tmp_path):
    granted(town, clock)
    with pytest.raises(Conflict, match="nothing of meters is published"):
        read(town, tmp_path)
    assert town.verify_ledger().faults == ()
