"""What is handed back, supplemented and asked more time for: what is refused says what to do."""

import pytest

from bureau import Bureau
from core.errors import Conflict, Denied
from sharing.model import RequestState
from tests.bureau.test_sharing import asked, sent


@pytest.fixture
def water(town: Bureau):
    return town.acting_as("approver.water")


@pytest.fixture
def submitted(town: Bureau, clock):
    """REQ-0001, submitted on Monday, 2 March 2026, for 30 days."""
    return sent(town, asked(clock)).ref


def test_what_is_missing_is_listed_once_each(submitted, water):
    returned, _ = water.return_request(submitted, ["批准文件", "系统备案号", " 批准文件"])
    assert returned.returned.missing == ("批准文件", "系统备案号")


def test_who_supplements_is_told_who_changes_terms_and_what_they_can_do(town, submitted, water):
    water.return_request(submitted, ["使用场景"])
    parks = town.acting_as("requester.parks")
    may_not = "REQ-0001, which is returned, in supplementing it"
    with pytest.raises(Denied, match=may_not) as caught:
        parks.supplement_request(submitted, answer="已补齐", scenario="浇水")
    assert caught.value.reasons[0] == (
        "changed terms are endorsed anew (Art. 20), by an approver of parks who did not ask for"
        " them: they give this command"
    )
    assert caught.value.hint.startswith("leave --basis and --scenario out: a requester of parks")
    again, _ = parks.supplement_request(submitted, answer="已补齐")
    assert again.state is RequestState.SUBMITTED


def test_what_has_no_time_of_use_left_is_not_handed_back(submitted, water, clock):
    clock.advance(days=31)
    with pytest.raises(Conflict, match="is over: what is missing would come too late") as caught:
        water.return_request(submitted, ["批准文件"])
    for verb in ("prolong", "refuse", "withdraw"):
        assert f"bureau request {verb} {submitted}" in caught.value.hint
