"""Requests and grants as a state machine: nothing is granted that nobody entitled agreed to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from catalog.model import ShareMode
from core.actor import Actor, Role
from core.errors import BureauError, Conflict
from sharing import workflow
from sharing.model import (
    AccessRequest,
    Grant,
    GrantState,
    RefusalGround,
    RequestState,
    Suspension,
    Terms,
)
from sharing.policy import Asked, decide_read
from sharing.requests import procedure

START = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE = [
    Actor(
        person=f"{role}.{department}",
        department=department,
        roles=frozenset(Role(word) for word in role.split("+")),
        commitment="",
        os_user="",
    )
    for department in ("water", "parks", "data")
    for role in ("requester", "approver", "requester+approver", "steward", "authority")
]
people = st.sampled_from(PEOPLE)


def terms(purpose="plan"):
    return Terms(
        dataset="meters",
        contract_version="1.0.0",
        application="lawns",
        legal_basis="law",
        scenario=purpose,
        columns=("meter",),
        rows=None,
        mode=ShareMode.FILE,
        not_before=START + timedelta(days=2),
        not_after=START + timedelta(days=20),
    )


class Sharing(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.now = START
        self.grant = None
        self.request = AccessRequest(
            ref="REQ-0001",
            state=RequestState.DRAFT,
            department="parks",
            terms=terms(),
            created_by="requester.parks",
            created_at=START,
        )

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(who=people, act=st.sampled_from(["submit", "endorse", "withdraw", "refuse"]))
    def move(self, who, act):
        before = self.request
        try:
            if act == "submit":
                self.request = workflow.submit(before, who, self.now)
            elif act == "endorse":
                self.request = workflow.endorse(before, who, self.now, provider="water")
            elif act == "withdraw":
                self.request = workflow.withdraw(before, who)
            else:
                self.request = procedure.refuse(
                    before,
                    who,
                    provider="water",
                    ground=RefusalGround.EXCEEDS_NEED,
                    reason="why",
                    grantable=True,
                    now=self.now,
                )
        except BureauError:
            assert self.request is before
            return
        if act == "refuse":
            assert who.department == "water"
            assert who.has(Role.APPROVER)
        else:
            assert who.department == "parks"
        if act == "endorse":
            assert who.has(Role.APPROVER)
            assert who.person != before.created_by

    @rule(who=people)
    def approve(self, who):
        before = self.request
        try:
            self.request, self.grant = procedure.approve(
                before, who, provider="water", grant="GRT-0001", now=self.now
            )
        except BureauError:
            assert self.request is before
            return
        assert before.state is RequestState.SUBMITTED
        assert who.person != before.created_by
        assert (who.department, who.has(Role.APPROVER)) == ("water", True)

    @precondition(lambda self: self.grant is not None)
    @rule(who=people, act=st.sampled_from(["revoke", "suspend", "resume"]))
    def steer(self, who, act):
        grant = self.grant
        guards = {
            "revoke": partial(workflow.check_can_revoke, overdue=False, filed=False),
            "suspend": workflow.check_can_suspend,
            "resume": workflow.check_can_resume,
        }
        try:
            guards[act](grant, who, provider="water", now=self.now)
        except BureauError:
            return
        assert who.has(Role.AUTHORITY) or (who.has(Role.APPROVER) and who.department == "water")
        if act == "revoke" and not who.has(Role.AUTHORITY):
            assert grant.suspension_at(self.now).rectified_at is not None
        if act == "revoke":
            self.grant = replace(grant, revoked_at=self.now, revoke_reason="why")
        elif act == "suspend":
            pause = Suspension(since=self.now, until=None, reason="why", rectified_at=self.now)
            self.grant = replace(grant, suspensions=(*grant.suspensions, pause))
        else:
            ended = tuple(
                replace(s, until=self.now) if s.until is None else s for s in grant.suspensions
            )
            self.grant = replace(grant, suspensions=ended)

    @invariant()
    def a_grant_exists_only_for_an_agreed_request_and_binds_to_its_terms(self):
        assert (self.grant is not None) == (self.request.state is RequestState.AGREED)
        if self.grant is not None:
            assert self.grant.terms == self.request.terms
            assert self.grant.terms_hash == self.request.terms.hash

    @rule(
        who=people,
        application=st.sampled_from(["lawns", "ponds"]),
        purpose=st.sampled_from(["plan", "ＰＬＡＮ ", "sale"]),
    )
    def read(self, who, application, purpose):
        grants = [self.grant] if self.grant is not None else []
        decision = decide_read(
            who,
            [g for g in grants if g.department == who.department],
            Asked(dataset="meters", application=application, purpose=purpose),
            now=self.now,
        )
        entitled = (
            self.grant is not None
            and self.grant.state_at(self.now) is GrantState.ACTIVE
            and who.department == "parks"
            and who.has(Role.REQUESTER)
            and application == "lawns"
            and purpose != "sale"
        )
        assert decision.allow == entitled
        assert decision.allow or decision.reasons


TestSharing = Sharing.TestCase
TestSharing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


LIVE = Grant(
    ref="GRT-0001",
    request="REQ-0001",
    provider="water",
    department="parks",
    terms=terms(),
    terms_hash=terms().hash,
    granted_at=START,
    granted_by="approver.water",
)
PAUSED = replace(LIVE, suspensions=(Suspension(since=START, until=None, reason="why"),))
REPORTED = replace(
    LIVE, suspensions=(Suspension(since=START, until=None, reason="why", rectified_at=START),)
)


@pytest.mark.parametrize(
    ("grant", "overdue", "filed", "ends"),
    [
        (LIVE, False, False, False),
        (PAUSED, False, False, False),
        (PAUSED, True, False, True),
        (REPORTED, False, False, True),
        (LIVE, False, True, True),
    ],
)
def test_rule_18_a_provider_ends_only_what_was_not_rectified_or_what_was_filed(
    grant, overdue, filed, ends
):
    by = {one.person: one for one in PEOPLE}
    given = {
        "provider": "water",
        "now": START + timedelta(days=3),
        "overdue": overdue,
        "filed": filed,
    }
    workflow.check_can_revoke(grant, by["authority.data"], **given)
    if ends:
        workflow.check_can_revoke(grant, by["approver.water"], **given)
        return
    with pytest.raises(Conflict, match=r"does not end a service on its own \(Art. 27\)") as caught:
        workflow.check_can_revoke(grant, by["approver.water"], **given)
    assert "bureau grant suspend GRT-0001" in caught.value.hint
    assert "bureau change new meters" in caught.value.hint


def test_a_tampered_grant_gives_nothing():
    request = AccessRequest(
        ref="REQ-0001",
        state=RequestState.SUBMITTED,
        department="parks",
        terms=terms(),
        created_by="requester.parks",
        created_at=START,
        submitted_at=START,
    )
    approver = next(p for p in PEOPLE if p.person == "approver.water")
    _, grant = procedure.approve(request, approver, provider="water", grant="GRT-0001", now=START)
    wider = replace(grant, terms=replace(grant.terms, columns=("meter", "keeper")))
    reader = next(p for p in PEOPLE if p.person == "requester.parks")
    decision = decide_read(
        reader,
        [wider],
        Asked(dataset="meters", application="lawns", purpose="plan"),
        now=START + timedelta(days=3),
    )
    assert not decision.allow
    assert "do not match the hash" in decision.reasons[0]
