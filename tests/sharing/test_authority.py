"""Who stands in for the data authority decides no case of the department of their own: every act of it.

The parties of each case are parks, which asks for data or uses it, and water, which provides it.
"""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bureau import permissions
from catalog.model import AskedOf, Dataset, ShareType
from core.actor import Actor, Role
from core.errors import Denied
from sharing import workflow
from sharing.authority import OWN_CASE, PARTIES, Ruling
from sharing.changes import procedure as changing
from sharing.changes.model import Consultation, ServiceChange
from sharing.corrections import procedure as correcting
from sharing.corrections.model import CorrectionState
from sharing.delegations import model as delegating
from sharing.disputes import procedure as disputing
from sharing.disputes.model import DisputeState, Outcome
from sharing.emergencies import procedure as emergencies
from sharing.model import Extension, Suspension
from sharing.moves import Act, RequestState
from sharing.needs import procedure as needing
from sharing.needs.model import Need, NeedState
from sharing.needs.once_only import Ground, Repeat, RepeatKind, check_answer
from sharing.returnflow import procedure as returning
from sharing.returnflow.model import ReturnState
from sharing.submissions import procedure as submitting
from sharing.submissions.model import (
    Cause,
    ChangeEvent,
    Papers,
    Proposal,
    Submission,
    SubmissionState,
)
from tests.sharing.test_after_use_cells import GRANT, NOW
from tests.sharing.test_correction_cells import correction
from tests.sharing.test_dispute_cells import dispute
from tests.sharing.test_emergencies import AUTHORISED, OPENED, ZHANG
from tests.sharing.test_emergencies import NOW as EARLIER
from tests.sharing.test_request_cells import PERFORM, request
from tests.sharing.test_returnflow import flow

TOP = Path(__file__).parents[2]
BY = {"provider": "water", "now": NOW}
SUSPENDED = replace(
    GRANT,
    suspensions=(
        Suspension(
            since=NOW - timedelta(days=2),
            until=None,
            reason="misuse",
            by_authority=True,
            rectified_at=NOW - timedelta(days=1),
            rectified_by="requester.parks",
        ),
    ),
)
SUBMISSION = Submission(
    ref="SUB-0001",
    provider="water",
    state=SubmissionState.SUBMITTED,
    proposals=(Proposal(document={"code": "meters"}, before=""),),
    papers=Papers(secrecy="s", personal="p", head="head.water", signed_on=date(2026, 3, 2)),
    submitted_by="steward.water",
    submitted_at=NOW,
)
EVENT = ChangeEvent(
    ref="CHG-0001",
    cause=Cause.LAW,
    changed_on=date(2026, 3, 2),
    reason="r",
    recorded_by="authority.data",
    recorded_at=NOW,
    extension=Extension(days=3, reason="r", asked_at=NOW, asked_by="steward.water"),
)
CHANGE = ServiceChange(
    ref="SVC-0001",
    dataset="meters",
    provider="water",
    reason="r",
    begun_at=NOW,
    begun_by="approver.water",
    consulted=(Consultation(department="parks", text="好", answered_at=NOW),),
)
NEED = Need(
    ref="NED-0001",
    state=NeedState.ASSIGNED,
    department="parks",
    application="lawns",
    title="漏水",
    items=("漏点",),
    legal_basis="law",
    scenario="s",
    created_by="somebody",
    created_at=NOW,
    assigned_to="water",
)
METERS = Dataset(code="meters", title_zh="水表", provider="water", share_type=ShareType.CONDITIONAL)
REPEAT = Repeat(
    kind=RepeatKind.FINDING,
    service="permit",
    department="parks",
    item="姓名",
    asked_of=AskedOf.CITIZEN,
    dataset="meters",
    provider="water",
    words="姓名",
    ground=Ground.SAME_WORDS,
    score=100,
)
DELEGATION = delegating.Delegation(
    ref="DLG-0001",
    delegator="head.water",
    delegate="both.water",
    department="water",
    roles=(Role.APPROVER,),
    since=NOW,
    until=NOW + timedelta(days=5),
    reason="r",
    made_at=NOW,
)


def steer(check, grant=GRANT, **more):
    return lambda who: check(grant, who, **BY, **more)


def of_request(act):
    state = RequestState.SECONDING if act is Act.SECOND else RequestState.SUBMITTED
    return lambda who: PERFORM[act](request(state, act), who)


def of_need(act, **more):
    return lambda who: act(NEED, who, now=NOW, **more)


def permitted(act):
    return lambda who: permissions.require(who, act, "water")


def returns(act, state):
    return lambda who: returning.check_act(flow(state), act, who, provider="water", grant=None)


BOTH = ("parks", "water")
CASES = [
    (Ruling.GRANT, BOTH, steer(workflow.check_can_suspend)),
    (Ruling.GRANT, BOTH, steer(workflow.check_can_resume, SUSPENDED)),
    (Ruling.GRANT, BOTH, steer(workflow.check_can_revoke, overdue=False, filed=False)),
    (Ruling.MORE_TIME, BOTH, of_request(Act.CONSENT)),
    (Ruling.MORE_TIME, BOTH, of_request(Act.DECLINE)),
    (Ruling.SECOND, BOTH, of_request(Act.SECOND)),
    (Ruling.REVIEW, ("water",), lambda who: submitting.publish(SUBMISSION, who, now=NOW)),
    (
        Ruling.REVIEW,
        ("water",),
        lambda who: submitting.hand_back(SUBMISSION, who, reason="r", now=NOW),
    ),
    (
        Ruling.CATALOGUE_TIME,
        ("water",),
        lambda who: submitting.consent(EVENT, who, debtor="water", now=NOW),
    ),
    (
        Ruling.CATALOGUE_TIME,
        ("water",),
        lambda who: submitting.decline(EVENT, who, debtor="water", reason="r", now=NOW),
    ),
    (Ruling.CATALOGUE_CHANGE, ("water",), permitted(permissions.Act.RECORD_CHANGE)),
    (Ruling.ENTRY, ("water",), permitted(permissions.Act.REGISTER_DATASET)),
    (Ruling.CONTRACT, ("water",), permitted(permissions.Act.PUBLISH_CONTRACT)),
    (Ruling.PEOPLE, ("water",), permitted(permissions.Act.REGISTER_PEOPLE)),
    (Ruling.SOURCE, ("water",), permitted(permissions.Act.NAME_SOURCE)),
    (
        Ruling.AUTHORISATION,
        ("parks",),
        lambda who: emergencies.authorise(
            who, ZHANG, until=NOW + timedelta(days=9), reason="r", standing=None, now=NOW
        ),
    ),
    (
        Ruling.AUTHORISATION,
        ("parks",),
        lambda who: emergencies.withdraw(who, "zhang", AUTHORISED, reason="r", now=EARLIER),
    ),
    (
        Ruling.EMERGENCY,
        BOTH,
        lambda who: emergencies.review(
            OPENED, who, finding=emergencies.Finding.JUSTIFIED, reason="r", **BY
        ),
    ),
    (
        Ruling.NEED,
        ("parks", "water", "police"),
        of_need(needing.assign, department="police", reason="r"),
    ),
    (Ruling.NEED, BOTH, of_need(needing.decline, reason="r")),
    (Ruling.NEED, BOTH, of_need(needing.meet, dataset=METERS)),
    (Ruling.FORM, BOTH, lambda who: check_answer(REPEAT, who)),
    (
        Ruling.FILING,
        BOTH,
        lambda who: changing.file(CHANGE, who, number="1", reason="", relying=["parks"], now=NOW),
    ),
    (Ruling.RETURN, BOTH, returns(returning.Act.CONFIRM, ReturnState.ASKED)),
    (
        Ruling.RETURN,
        BOTH,
        lambda who: returning.check_can_enter(who, provider="water", department="parks"),
    ),
    (
        Ruling.DISPUTE,
        BOTH,
        lambda who: disputing.decide(
            dispute(DisputeState.AT_AUTHORITY), who, outcome=Outcome.UPHELD, reason="r", now=NOW
        ),
    ),
    (
        Ruling.CORRECTION,
        ("water",),
        lambda who: correcting.check_may_ask(
            who, dataset="meters", provider="water", granted=False
        ),
    ),
    (
        Ruling.CORRECTION,
        ("water",),
        lambda who: correcting.withdraw(
            replace(correction(CorrectionState.OPEN), department="data"), who, **BY
        ),
    ),
    (Ruling.DELEGATION, ("water",), lambda who: delegating.withdraw(DELEGATION, who, NOW)),
]
"""Each act that the role of the authority gives, with the departments whose case it is."""
IDS = [f"{number}-{ruling.name.lower()}" for number, (ruling, _, _) in enumerate(CASES, 1)]


def deputy(home: str) -> Actor:
    """Somebody of `home` who stands in for the authority."""
    return Actor(
        person=f"approver.{home}",
        department="data",
        roles=frozenset({Role.AUTHORITY}),
        commitment="",
        os_user="",
        acting_for="authority.data",
        home=home,
    )


@pytest.mark.parametrize(("ruling", "parties", "act"), CASES, ids=IDS)
def test_a_deputy_of_the_authority_decides_no_case_of_their_own_department(ruling, parties, act):
    for party in parties:
        who = deputy(party)
        with pytest.raises(Denied) as caught:
            act(who)
        said = " ".join((str(caught.value), *caught.value.reasons))
        assert f"is of {party}, which {PARTIES[ruling]}" in said
        assert OWN_CASE in said
        assert caught.value.hint
    act(deputy("audit"))
    act(deputy("data"))
    act(replace(deputy(""), person="authority.data", acting_for=""))


def test_every_decision_has_its_parties_and_is_tried():
    assert set(PARTIES) == set(Ruling) == {ruling for ruling, _, _ in CASES}


GUARDS = {"own_case", "objections", "decides"}
OTHERWISE = {
    "bureau/changing.py:consultations": "an inbox",
    "bureau/correcting.py:_grant": "which grants may be named; the guard comes with it",
    "bureau/department_tasks.py:_gaps": "a list",
    "bureau/granting.py:suspend": "a mark of who suspended, after the guard",
    "bureau/issuing.py:_require_concerned": "takes access away, as either party may by itself",
    "bureau/permissions.py:": "the table of roles, of which RULINGS says what is decided",
    "bureau/planning.py:_lock_out": "whether anybody is left",
    "bureau/report_tasks.py:_task": "what it is called in a report",
    "bureau/request_tasks.py:consents": "an inbox",
    "bureau/request_tasks.py:resumptions": "an inbox",
    "bureau/request_tasks.py:second_approvals": "an inbox",
    "bureau/reviewing.py:cases": "a list",
    "bureau/sourcing.py:contests": "an inbox",
    "bureau/submitting.py:_reviewing": "whether anybody could review",
    "bureau/unit_of_work.py:_tell": "notices",
    "bureau/updating.py:consents": "an inbox",
    "sharing/corrections/procedure.py:": "a table of roles, of which a guard makes use",
    "sharing/delegations/model.py:": "what may be delegated",
    "sharing/disputes/procedure.py:": "a table of roles, of which a guard makes use",
    "sharing/needs/procedure.py:meet": "whose entry it may be, after the guard",
    "sharing/notices/audiences.py:": "notices",
    "sharing/records/keeping.py:may_read": "who may look",
}
"""Where the role is asked for and nothing is decided by that, and why."""


def test_no_act_of_the_authority_is_decided_beside_the_rule():
    found = set()
    for package in ("bureau", "sharing", "commands"):
        for path in sorted((TOP / package).rglob("*.py")):
            name = str(path.relative_to(TOP))
            if name != "sharing/authority.py":
                found |= {f"{name}:{place}" for place in unguarded(path)}
    assert found <= set(OTHERWISE), "decide through sharing.authority, with the parties of the case"


def unguarded(path: Path) -> set[str]:
    """Functions that ask for the role of the authority and not for the rule; '' is the module."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(inner) for one in functions for inner in ast.walk(one)}
    found = {one.name for one in functions if asks(one) and not guards(one)}
    return found | {"" for node in ast.walk(tree) if is_role(node) and id(node) not in inside}


def is_role(node: ast.AST) -> bool:
    named = isinstance(node, ast.Attribute) and node.attr == "AUTHORITY"
    return named and isinstance(node.value, ast.Name) and node.value.id == "Role"


def asks(function: ast.FunctionDef) -> bool:
    return any(is_role(node) for node in ast.walk(function))


def guards(function: ast.FunctionDef) -> bool:
    names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return bool(names & GUARDS)


LOOKING = {
    permissions.Act.CHECK,
    permissions.Act.SEE_FAILING_ROWS,
    permissions.Act.IMPORT_CALENDAR,
    permissions.Act.FREEZE_RATES,
}
"""Acts of the authority that decide nothing about a department."""


def test_what_a_role_permits_everywhere_is_decided_by_the_rule():
    everywhere = permissions.EVERYWHERE
    given = {act for act in permissions.Act if Role.AUTHORITY in everywhere[act]}
    ruled = {act for act, ruling in permissions.RULINGS.items() if ruling is not None}
    assert set(permissions.RULINGS) == set(permissions.Act)
    assert ruled == given - LOOKING


def test_whoever_signed_a_submission_does_not_review_it():
    signer = replace(deputy(""), person="head.water", acting_for="authority.data", home="data")
    with pytest.raises(Denied) as caught:
        submitting.publish(SUBMISSION, signer, now=NOW)
    assert caught.value.reasons == ("head.water signed it for water (负责人审签, Art. 13)",)
