"""What `bureau grant` and the approval say of the next day and the next act."""

import pytest

from tests.cli.test_sharing import granted, send

__all__ = ["granted"]


def test_a_suspension_says_by_when_it_is_rectified_and_who_goes_on(granted):
    suspended = granted.ok(
        "grant", "suspend", "GRT-0001", "--reason", "核查", person="authority.data"
    ).stderr
    assert "suspended GRT-0001, due on " in suspended
    assert "next: bureau grant rectify GRT-0001 --report TEXT (by parks)" in suspended
    rectified = granted.ok(
        "grant", "rectify", "GRT-0001", "--report", "已停用", person="requester.parks"
    ).stderr
    assert "reported the rectification of GRT-0001 (ledger entry" in rectified
    assert "next: bureau grant resume GRT-0001 --reason TEXT (by the data authority)" in rectified
    granted.ok("grant", "resume", "GRT-0001", "--reason", "已核实", person="authority.data")
    granted.ok("grant", "suspend", "GRT-0001", "--reason", "再查", person="approver.water")
    again = granted.ok(
        "grant", "rectify", "GRT-0001", "--report", "无误", person="requester.parks"
    ).stderr
    assert "next: bureau grant resume GRT-0001 --reason TEXT (by water)" in again


def test_an_approval_says_by_when_the_data_is_shared(bureau):
    send(bureau)
    agreed = bureau.ok("request", "approve", "REQ-0001", person="approver.water").stderr
    assert "agreed to REQ-0001: grant GRT-0001 for parks, due on " in agreed
    assert "next: bureau dataset deliver meters FILE" in agreed


@pytest.mark.parametrize("text", ["\u200b", "字" * 2001], ids=["invisible", "too long"])
def test_reasons_and_reports_are_words(granted, text):
    for verb, option, person in (
        ("suspend", "--reason", "approver.water"),
        ("rectify", "--report", "requester.parks"),
        ("resume", "--reason", "approver.water"),
    ):
        refused = granted("grant", verb, "GRT-0001", option, text, person=person)
        assert refused.exit_code == 2
        granted.ok("grant", verb, "GRT-0001", option, "检查", person=person)
    assert (
        granted("grant", "revoke", "GRT-0001", "--reason", text, person="approver.water").exit_code
        == 2
    )
