"""Every cell of role, department and act, against the rule in words."""

import itertools

import pytest

from bureau.identity import founder
from bureau.permissions import EVERYWHERE, OWN_DEPARTMENT, Act, require
from core.actor import Actor, Role
from core.errors import Denied

ALLOWED = {
    # act: (roles that suffice in the own department, roles that suffice anywhere)
    Act.REGISTER_PEOPLE: (set(), {"operator", "authority"}),
    Act.REGISTER_DATASET: ({"steward"}, {"operator", "authority"}),
    Act.SUBMIT_DATASET: ({"steward"}, set()),
    Act.RECORD_CHANGE: ({"steward", "approver"}, {"authority"}),
    Act.NAME_SOURCE: (set(), {"authority"}),
    Act.PUBLISH_CONTRACT: ({"steward"}, {"operator", "authority"}),
    Act.DELIVER: ({"steward"}, {"operator"}),
    Act.CHECK: ({"steward"}, {"operator", "authority", "auditor"}),
    Act.SEE_FAILING_ROWS: ({"steward", "approver"}, {"operator", "authority", "auditor"}),
    Act.REQUEST: ({"requester"}, set()),
    Act.IMPORT_CALENDAR: (set(), {"operator", "authority"}),
    Act.FREEZE_RATES: (set(), {"operator", "authority", "auditor"}),
}


@pytest.mark.parametrize(
    ("role", "act", "own"), list(itertools.product(Role, Act, [True, False])), ids=str
)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role, act, own):
    actor = Actor(
        person="p", department="water", roles=frozenset({role}), commitment="", os_user=""
    )
    here, anywhere = ALLOWED[act]
    if role.value in anywhere or (own and role.value in here):
        require(actor, act, "water" if own else "parks")
    else:
        with pytest.raises(Denied):
            require(actor, act, "water" if own else "parks")


def test_every_act_is_in_both_tables():
    assert set(OWN_DEPARTMENT) == set(EVERYWHERE) == set(Act)


def test_an_operator_cannot_decide_requests_and_an_auditor_changes_nothing():
    looking = {Act.CHECK, Act.SEE_FAILING_ROWS, Act.FREEZE_RATES}
    assert {act for act in Act if Role.AUDITOR in EVERYWHERE[act]} == looking
    assert not any(Role.AUDITOR in OWN_DEPARTMENT[act] for act in Act)


def test_the_founder_may_do_all_before_there_are_people():
    for act in Act:
        require(founder(), act, "water")
