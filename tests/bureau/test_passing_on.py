"""Granted data goes to a third party with the provider's consent alone (Art. 25)."""

from datetime import date

import pytest

from bureau import Bureau
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.model import FinishCause
from tests.bureau.test_disposing import facts
from tests.bureau.test_sharing import granted


@pytest.fixture
def water(delivered: Bureau):
    return delivered.acting_as("approver.water").onward


@pytest.fixture
def parks(delivered: Bureau):
    return delivered.acting_as("requester.parks").onward


@pytest.fixture
def ref(delivered, clock):
    return granted(delivered, clock).ref


def test_rule_14_data_is_passed_on_with_consent_alone(delivered, ref, water, parks):
    asked, _ = parks.ask(ref, to="灌溉公司", purpose="外包浇灌")
    told = facts(delivered, "transfer.asked")
    assert (told["department"], told["provider"], told["number"]) == ("parks", "water", 1)
    assert "灌溉公司" not in str(told)
    with pytest.raises(Denied, match="may not be passed on to 灌溉公司") as caught:
        parks.declare(ref, asked.number)
    assert caught.value.reasons == ("transfer 1 has no consent yet (Art. 25)",)
    assert facts(delivered, "transfer.denied")["rules"] == ["consent"]
    [task] = delivered.acting_as("approver.water").inbox()
    assert task.todo == f"bureau grant onward-consent {ref} 1"
    water.consent(ref, 1)
    assert delivered.acting_as("approver.water").inbox() == []
    made, _ = parks.declare(ref, 1)
    assert (made.passed_on_by, made.answered_by) == ("requester.parks", "approver.water")
    assert delivered.ledger_log(limit=1)[0].kind == "transfer.made"
    assert parks.list_by_grant(ref) == [made]
    with pytest.raises(Conflict, match="declared already"):
        parks.declare(ref, 1)


def test_rule_14_what_was_declined_is_not_passed_on(ref, water, parks):
    parks.ask(ref, to="某公司", purpose="营销")
    with pytest.raises(InvalidInput, match="to decline needs a reason"):
        water.decline(ref, 1, reason="")
    water.decline(ref, 1, reason="超出目的")
    with pytest.raises(Denied) as caught:
        parks.declare(ref, 1)
    assert "was declined" in caught.value.reasons[0]
    with pytest.raises(Conflict, match="is declined already"):
        water.consent(ref, 1)
    with pytest.raises(NotFound, match="2 of GRT-0001"):
        parks.declare(ref, 2)


def test_rule_14_nobody_consents_to_their_own_transfer(delivered, ref, parks):
    parks.ask(ref, to="某公司", purpose="外包")
    for person in ("both.parks", "steward.water", "authority.data"):
        with pytest.raises(Denied, match="may not answer"):
            delivered.acting_as(person).onward.consent(ref, 1)
    for person in ("steward.parks", "approver.water"):
        with pytest.raises(Denied, match="may not pass on"):
            delivered.acting_as(person).onward.ask(ref, to="a", purpose="b")
        with pytest.raises(Denied, match="may not pass on"):
            delivered.acting_as(person).onward.declare(ref, 1)


def test_nothing_is_passed_on_of_a_grant_that_is_over(delivered, ref, water, parks):
    parks.ask(ref, to="某公司", purpose="外包")
    user = delivered.acting_as("requester.parks")
    user.disposals.finish(ref, cause=FinishCause.MET, reason="done")
    with pytest.raises(Denied, match="which is ended, may not be passed on"):
        parks.declare(ref, 1)
    for act in (
        lambda: water.consent(ref, 1),
        lambda: parks.ask(ref, to="a", purpose="b"),
    ):
        with pytest.raises(Conflict, match="is ended: nothing of it is passed on"):
            act()
    assert delivered.acting_as("approver.water").inbox() == []


def test_rule_14_nothing_is_passed_on_while_the_grant_is_suspended(delivered, ref, water, parks):
    parks.ask(ref, to="某公司", purpose="外包")
    water.consent(ref, 1)
    delivered.acting_as("approver.water").suspend_grant(ref, reason="超范围使用")
    with pytest.raises(Denied, match=rf"grant {ref}, which is suspended, may not") as caught:
        parks.declare(ref, 1)
    assert caught.value.reasons == (
        "the grant is suspended, and data is passed on under an active one (Art. 25, 27)",
    )
    assert caught.value.hint.endswith(f"bureau grant rectify {ref} --report TEXT")
    assert facts(delivered, "transfer.denied")["rules"] == ["suspended"]
    [attempt] = [one for one in delivered.liability.report().events if one.code == "R3"]
    assert attempt.because == "to pass data on was denied: the grant is suspended"
    assert parks.list_by_grant(ref)[0].passed_on_at is None


def test_a_deputy_of_the_provider_consents_to_nothing_their_own_department_asks(
    delivered, ref, parks
):
    parks.ask(ref, to="某公司", purpose="外包")
    delivered.acting_as("approver.water").delegations.make(
        "both.parks", until=date(2026, 3, 8), reason="休假"
    )
    deputy = delivered.acting_as("both.parks", behalf="approver.water")
    with pytest.raises(Denied, match="may not answer") as caught:
        deputy.onward.consent(ref, 1)
    assert caught.value.reasons == ("nobody consents to what their own department asked for",)


@pytest.mark.parametrize(("to", "purpose"), [("", "a"), ("a", " ")])
def test_a_transfer_says_to_whom_and_what_for(ref, parks, to, purpose):
    with pytest.raises(InvalidInput, match="not said"):
        parks.ask(ref, to=to, purpose=purpose)
