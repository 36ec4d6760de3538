"""Return lists and their checks on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.clock import FixedClock
from core.errors import NotFound
from sharing.repository import GrantRepository
from sharing.returnflow.model import Match, ReturnCheck, ReturnFlow
from sharing.returnflow.repository import ReturnRepository
from tests.storage.test_repositories import a_grant, session

__all__ = ["session"]

T0 = FixedClock().now()
FLOW = ReturnFlow(
    ref="RET-0001",
    dataset="d",
    division="440305",
    department="parks",
    column="",
    match=Match.PREFIX,
    start=date(2026, 3, 2),
    entered_at=T0,
    entered_by="li",
)
CHECK = ReturnCheck(
    flow="RET-0001",
    number=1,
    checked_at=T0,
    checked_by="li",
    delivery=None,
    held=2**40,
    given=1,
    expected=None,
    nobodys=0,
    missing=("a", "b"),
    on_time=None,
)


def test_a_return_comes_back_as_it_went_in_and_is_changed(session):
    returns = ReturnRepository(session)
    assert returns.next_ref() == "RET-0001"
    returns.add(FLOW)
    assert (returns.get("ret-0001"), returns.next_ref()) == (FLOW, "RET-0002")
    assert returns.list_unaccepted() == [FLOW]
    grant = a_grant(session)
    changed = replace(
        FLOW,
        column="district",
        confirmed_at=T0,
        confirmed_by="wang",
        application="lawns",
        accepted_at=T0,
        accepted_by="li",
        grant=grant.ref,
    )
    returns.update(changed)
    session.expire_all()
    assert returns.find("d", "parks") == changed
    assert returns.list_unaccepted() == []
    ends = grant.terms.not_after
    assert returns.list_ending(ends) == []
    assert returns.list_ending(ends + timedelta(microseconds=1)) == [changed]
    GrantRepository(session).revoke(grant.ref, at=T0, by="li", reason="r")
    session.flush()
    assert returns.list_ending(ends + timedelta(days=1)) == []


def test_a_dataset_is_on_the_list_of_a_department_once(session):
    returns = ReturnRepository(session)
    withdrawn = replace(FLOW, withdrawn_at=T0)
    again = replace(FLOW, ref="RET-0002")
    other = replace(FLOW, ref="RET-0003", department="futian", division="440304")
    for flow in (withdrawn, again, other):
        returns.add(flow)
    assert returns.find("d", "parks") == again
    assert returns.find("e", "parks") is None
    assert returns.list_all() == [withdrawn, again, other]
    assert returns.list_all(division="440304") == [other]
    assert returns.list_all(dataset="d", department="parks") == [withdrawn, again]
    with pytest.raises(IntegrityError):
        returns.add(replace(FLOW, ref="RET-0004"))


def test_checks_are_numbered_and_kept(session):
    returns = ReturnRepository(session)
    returns.add(FLOW)
    assert returns.next_check("RET-0001") == 1
    second = replace(CHECK, number=2, delivery=3, expected=2, missing=(), on_time=False)
    returns.add_check(CHECK)
    returns.add_check(second)
    session.expire_all()
    assert returns.checks("RET-0001") == [CHECK, second]
    assert returns.next_check("RET-0001") == 3
    with pytest.raises(NotFound):
        returns.get("RET-0002")
