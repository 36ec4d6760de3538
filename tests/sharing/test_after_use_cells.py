"""Every state of a disposal, a transfer and a change, with every act on it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.model import Dataset, ShareMode
from core.actor import Actor, Role
from core.errors import Conflict, Denied
from sharing.changes import procedure as changing
from sharing.changes.model import ChangeState, Consultation, ServiceChange
from sharing.disposal import procedure as disposing
from sharing.disposal.model import DisposalState, Method, Proof, Verdict
from sharing.disposal.owing import state_of
from sharing.model import FinishCause, Grant, Suspension, Terms
from sharing.onward import procedure as passing_on
from sharing.onward.model import Answer, OnwardTransfer

T0 = datetime(2026, 3, 2, 1, tzinfo=UTC)
NOW = T0 + timedelta(days=10)
TERMS = Terms(
    dataset="meters",
    contract_version="1.0.0",
    application="lawns",
    legal_basis="条例",
    scenario="plan",
    columns=("litres", "meter"),
    rows=None,
    mode=ShareMode.FILE,
    not_before=T0,
    not_after=T0 + timedelta(days=90),
)
GRANT = Grant(
    ref="GRT-0001",
    request="REQ-0001",
    provider="water",
    department="parks",
    terms=TERMS,
    terms_hash=TERMS.hash,
    granted_at=T0,
    granted_by="approver.water",
    first_used_at=T0,
)
ENDED = replace(GRANT, finished_at=T0 + timedelta(days=5), finish_cause=FinishCause.MET)
OTHER = replace(GRANT, ref="GRT-0002")
PROOF = Proof(number=1, how=Method.DELETED, text="日志", given_at=T0, given_by="requester.parks")
CONFIRMED = replace(PROOF, verdict=Verdict.CONFIRMED)


def person(name, *roles):
    return Actor(name, name.partition(".")[2], frozenset(roles), "0" * 64, "test")


PARKS = person("requester.parks", Role.REQUESTER)
WATER = person("approver.water", Role.APPROVER, Role.STEWARD)
AUTHORITY = person("authority.data", Role.AUTHORITY)

DISPOSALS = {
    DisposalState.GRANTED: (GRANT, (), ()),
    DisposalState.NOTHING: (replace(ENDED, first_used_at=None), (), ()),
    DisposalState.COVERED: (ENDED, (OTHER,), ()),
    DisposalState.OWED: (ENDED, (), (replace(PROOF, verdict=Verdict.REJECTED),)),
    DisposalState.PROVED: (ENDED, (), (PROOF,)),
    DisposalState.DISPOSED: (replace(ENDED, disposed_at=NOW), (), (CONFIRMED,)),
}
POSSIBLE = {
    "finish": {DisposalState.GRANTED},
    "require": set(DisposalState) - {DisposalState.PROVED, DisposalState.DISPOSED},
    "prove": {DisposalState.OWED},
    "confirm": {DisposalState.PROVED},
    "reject": {DisposalState.PROVED},
}


def test_every_state_of_a_disposal_is_looked_at():
    for state, (grant, others, proofs) in DISPOSALS.items():
        proved = bool(proofs) and proofs[-1].verdict is None
        assert state_of(grant, others, proved=proved, now=NOW) is state
    assert set(DISPOSALS) == set(DisposalState)


@pytest.mark.parametrize("state", list(DisposalState))
@pytest.mark.parametrize("act", list(POSSIBLE))
def test_a_disposal_allows_in_each_state_what_the_table_says(state, act):
    grant, others, proofs = DISPOSALS[state]

    def do():
        match act:
            case "finish":
                disposing.finish(grant, PARKS, cause=FinishCause.MET, reason="好", now=NOW)
            case "require":
                disposing.require(
                    grant,
                    WATER,
                    provider="water",
                    state=state,
                    how=Method.DELETED,
                    text="",
                    now=NOW,
                )
            case "prove":
                disposing.prove(
                    grant,
                    PARKS,
                    others=others,
                    earlier=proofs,
                    requirement=None,
                    how=Method.DELETED,
                    text="日志",
                    now=NOW,
                )
            case verdict:
                disposing.judge(
                    grant,
                    WATER,
                    provider="water",
                    proofs=proofs,
                    verdict=Verdict.CONFIRMED if verdict == "confirm" else Verdict.REJECTED,
                    reason="不全",
                    now=NOW,
                )

    if state in POSSIBLE[act]:
        do()
    else:
        with pytest.raises(Conflict):
            do()


def test_a_proof_is_not_judged_by_the_department_that_gave_it():
    both = person("both.parks", Role.APPROVER, Role.REQUESTER)
    with pytest.raises(Denied) as caught:
        disposing.judge(
            ENDED,
            both,
            provider="parks",  # the dataset moved to it since
            proofs=[PROOF],
            verdict=Verdict.CONFIRMED,
            reason="",
            now=NOW,
        )
    assert caught.value.reasons == ("nobody judges a proof of their own department",)


@pytest.mark.parametrize(
    ("other", "covers"),
    [
        (OTHER, True),
        (replace(OTHER, suspensions=(Suspension(since=T0, until=None, reason="查"),)), True),
        (replace(OTHER, department="roads"), False),
        (replace(OTHER, terms=replace(TERMS, dataset="pipes")), False),
        (replace(OTHER, terms=replace(TERMS, columns=("meter", "day", "litres"))), True),
        (replace(OTHER, terms=replace(TERMS, columns=("meter",))), False),
        (replace(OTHER, terms=replace(TERMS, application="ponds")), True),
        (replace(OTHER, terms=replace(TERMS, not_before=NOW + timedelta(days=1))), False),
        (replace(OTHER, revoked_at=NOW), False),
        (ENDED, False),
    ],
)
def test_what_covers_the_data_of_an_ended_grant(other, covers):
    state = state_of(ENDED, [ENDED, other], proved=False, now=NOW)
    assert (state is DisposalState.COVERED) == covers


TRANSFER = OnwardTransfer(
    number=1, recipient="某公司", purpose="外包", asked_at=T0, asked_by="requester.parks"
)
CONSENTED = replace(TRANSFER, answer=Answer.CONSENTED)
TRANSFERS = {
    "asked": TRANSFER,
    "consented": CONSENTED,
    "declined": replace(TRANSFER, answer=Answer.DECLINED),
    "made": replace(CONSENTED, passed_on_at=NOW),
}


@pytest.mark.parametrize("state", list(TRANSFERS))
def test_a_transfer_is_answered_once_and_made_once_with_consent(state):
    transfer = TRANSFERS[state]

    def answer(given):
        passing_on.answer(
            GRANT, transfer, WATER, provider="water", given=given, reason="不必要", now=NOW
        )

    for given in Answer:
        if state == "asked":
            answer(given)
        else:
            with pytest.raises(Conflict):
                answer(given)
    if state == "consented":
        assert passing_on.pass_on(GRANT, transfer, PARKS, now=NOW).passed_on_at == NOW
    else:
        with pytest.raises(Conflict if state == "made" else Denied):
            passing_on.pass_on(GRANT, transfer, PARKS, now=NOW)


CHANGE = ServiceChange(
    ref="CHG-0001",
    dataset="meters",
    provider="water",
    reason="改名",
    begun_at=T0,
    begun_by="approver.water",
    consulted=(Consultation(department="parks"),),
)
HEARD = replace(CHANGE, consulted=(Consultation(department="parks", text="好", answered_at=T0),))
CHANGES = {
    ChangeState.CONSULTING: CHANGE,
    ChangeState.ANSWERED: HEARD,
    ChangeState.FILED: replace(HEARD, filed_at=T0),
    ChangeState.MADE: replace(HEARD, filed_at=T0, made_at=T0),
    ChangeState.DROPPED: replace(CHANGE, dropped_at=T0),
}
CHANGEABLE = {
    "answer": {ChangeState.CONSULTING},
    "file": {ChangeState.ANSWERED},
    "file with a reason": {ChangeState.CONSULTING, ChangeState.ANSWERED},
    "drop": {ChangeState.CONSULTING, ChangeState.ANSWERED, ChangeState.FILED},
    "begin another": {ChangeState.MADE, ChangeState.DROPPED},
}


@pytest.mark.parametrize("state", list(ChangeState))
@pytest.mark.parametrize("act", list(CHANGEABLE))
def test_a_change_allows_in_each_state_what_the_table_says(state, act):
    change = CHANGES[state]
    assert change.state is state

    def do():
        match act:
            case "answer":
                changing.answer(change, PARKS, text="好", now=NOW)
            case "drop":
                changing.drop(change, WATER, now=NOW)
            case "begin another":
                changing.begin(
                    Dataset(code="meters", title_zh="水表", provider="water"),
                    WATER,
                    ref="CHG-0002",
                    departments={"parks"},
                    earlier=[change],
                    reason="又改",
                    now=NOW,
                )
            case filing:
                reason = "等不及" if filing == "file with a reason" else ""
                changing.file(
                    change, AUTHORITY, number="3", reason=reason, relying={"parks"}, now=NOW
                )

    if state in CHANGEABLE[act]:
        do()
    else:
        with pytest.raises(Conflict):
            do()


@pytest.mark.parametrize("state", list(ChangeState))
def test_only_a_filed_change_covers_and_only_those_it_asked(state):
    change = CHANGES[state]
    assert changing.covers(change, {"parks"}, NOW) == (state is ChangeState.FILED)
    assert not changing.covers(change, {"parks", "roads"}, NOW)
    made_now = replace(CHANGES[ChangeState.MADE], made_at=NOW)
    assert changing.covers(made_now, {"parks"}, NOW), "the same act, at the same moment"
