"""Whoever acts is told what the act did besides, and whose step comes next."""

from tests.cli.test_catalogue import PAPERS, gauges
from tests.cli.test_sharing import REQUEST, send

__all__ = ["gauges"]

PERSONAL = [*REQUEST[:9], "--columns", "meter,keeper", "--days", "30"]
EXTEND = ("request", "extend", "REQ-0001", "--days", "5", "--reason", "核对")


def test_who_approved_first_is_told_whose_approval_comes_next(delivered):
    delivered.ok(*PERSONAL, "--submit", person="requester.parks")
    delivered.ok("request", "endorse", "REQ-0001", person="both.parks")
    first = delivered.ok("request", "approve", "REQ-0001", person="approver.water")
    assert (
        "next: bureau request approve REQ-0001 (by another approver of water than approver.water, or"
        " by the data authority)"
    ) in first.stderr
    [task] = delivered.json("inbox", person="both.water")
    assert task["title_en"].startswith("Approve as the second person (another approver of water")


def test_who_asks_for_more_time_without_having_signed_is_told_that_this_signs(delivered):
    send(delivered)
    asked = delivered.ok(*EXTEND, person="approver.water")
    [reply] = delivered.json("request", "show", "REQ-0001")["clocks"][-1:]
    until = f"due on {reply['due_on']} until the data authority consents"
    assert f"signed for REQ-0001 and asked for 5 working days more for REQ-0001, {until}" in (
        asked.stderr
    )


def test_who_signed_before_is_not_told_so_again(delivered):
    send(delivered)
    delivered.ok("request", "receive", "REQ-0001", person="approver.water")
    asked = delivered.ok(*EXTEND, person="approver.water")
    assert asked.stderr.startswith("asked for 5 working days more for REQ-0001, due on ")


def test_a_submission_is_looked_at_before_it_is_published(bureau, gauges):
    made = bureau.ok("catalog", "submit", gauges, *PAPERS, person="steward.water")
    assert "next: bureau catalog show SUB-0001 (by the data authority" in made.stderr
    shown = bureau.ok("catalog", "show", "SUB-0001")
    decide = "next: bureau catalog review SUB-0001 --publish, or --hand-back --reason TEXT"
    assert decide in shown.stderr
    bureau.ok("catalog", "review", "SUB-0001", "--publish", person="authority.data")
    assert bureau.ok("catalog", "show", "SUB-0001").stderr == ""
