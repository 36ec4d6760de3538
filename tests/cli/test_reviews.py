"""Reviews, renewals and emergencies as somebody at the command line meets them."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from tests.cli.test_help import documented_keys
from tests.cli.test_sharing import PURPOSE, REQUEST

FOLLOWING = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 (the program's own day)
OPEN = (
    "emergency", "open", "meters", "--application", "lawns", "--columns", "meter, litres",
    "--columns", "day", "--case", "2026-17", "--reason", "爆管抢修",
)  # fmt: skip


@pytest.fixture
def granted(delivered):
    delivered.ok(*REQUEST, "--submit", person="requester.parks")
    delivered.ok("request", "endorse", "REQ-0001", person="both.parks")
    delivered.ok("request", "approve", "REQ-0001", person="approver.water")
    return delivered


@pytest.fixture
def authorised(delivered):
    delivered.ok(
        "emergency", "authorise", "requester.parks", "--until", FOLLOWING, "--reason", "防汛",
        person="authority.data",
    )  # fmt: skip
    return delivered


def miss(program):
    """Let the review of every grant be overdue."""
    with closing(sqlite3.connect(program.home / "bureau.db")) as connection, connection:
        connection.execute("UPDATE access_grant SET review_due = granted_at")


def idle(program, ref):
    """Let nobody have used a grant for a hundred days."""
    past = 100 * 24 * 3600 * 1_000_000
    with closing(sqlite3.connect(program.home / "bureau.db")) as connection, connection:
        connection.execute(
            "UPDATE access_grant SET granted_at = granted_at - ?, delivered_at = delivered_at - ?,"
            " terms = json_set(terms, '$.not_before', '2026-01-01T00:00:00.000000Z')"
            " WHERE number = ?",
            (past, past, int(ref[4:])),
        )


def test_grants_to_be_reviewed_are_listed_with_their_use(granted):
    none = granted.ok("review", "list", person="approver.water")
    assert "no grant is to be reviewed" in none.stderr
    [case] = granted.json("review", "list", "--all", person="approver.water")
    assert set(case) == documented_keys("review list")
    assert (case["state"], case["grant_state"], case["proposal"]) == ("not_due", "active", "")
    assert case["evidence"] == {"uses": 0, "rows": 0, "last_use": None}
    miss(granted)
    [case] = granted.json("review", "list", person="approver.water")
    assert (case["state"], case["grant_state"]) == ("overdue", "suspended")
    table = granted.ok("review", "list", "--format", "csv", person="authority.data").stdout
    assert table.splitlines()[1].startswith("GRT-0001,overdue,")
    assert granted.json("review", "list", person="requester.parks") == []
    assert granted("review", "list").exit_code == 5


def test_the_two_kinds_of_suspension_are_told_apart(granted):
    shown = granted.json("grant", "show", "GRT-0001")
    assert set(shown) == documented_keys("grant show")
    assert (shown["grant"]["suspended_for"], shown["reviews"]) == (None, [])
    miss(granted)
    assert granted.json("grant", "show", "GRT-0001")["grant"]["suspended_for"] == "review_overdue"
    text = granted.ok("grant", "show", "GRT-0001").stdout
    assert "review_overdue" in text
    denied = granted(
        "read", "meters", "--application", "lawns", "--purpose", PURPOSE, "--to", "no.csv",
        person="requester.parks",
    )  # fmt: skip
    assert denied.exit_code == 5
    assert "is suspended: its review was due on" in denied.stderr
    kept = granted.ok("review", "keep", "GRT-0001", "--reason", "仍需要", person="approver.water")
    assert "kept GRT-0001, to be reviewed again before 20" in kept.stderr
    granted.ok("grant", "suspend", "GRT-0001", "--reason", "事件", person="approver.water")
    shown = granted.json("grant", "show", "GRT-0001")
    assert shown["grant"]["suspended_for"] == "cause"
    [review] = shown["reviews"]
    assert (review["outcome"], review["reason"]) == ("kept", "仍需要")
    assert "Reviews 复核" in granted.ok("grant", "show", "GRT-0001").stdout


def test_a_revocation_says_what_may_be_read_all_the_same(granted):
    granted.ok(*REQUEST, "--submit", person="requester.parks")
    granted.ok("request", "endorse", "REQ-0002", person="both.parks")
    granted.ok("request", "approve", "REQ-0002", person="approver.water")
    used = granted("review", "revoke", "GRT-0001", "--reason", "停用", person="approver.water")
    assert (used.exit_code, "bureau change new meters" in used.stderr) == (4, True)
    idle(granted, "GRT-0001")
    done = granted.ok("review", "revoke", "GRT-0001", "--reason", "停用", person="approver.water")
    assert "GRT-0002 (active, for lawns) still gives parks meter, day, litres of meters" in (
        done.stderr
    )
    revoked = granted.json(
        "grant", "revoke", "GRT-0002", "--reason", "停用", person="authority.data"
    )
    assert set(revoked) == documented_keys("grant revoke")
    assert revoked["still_given_by"] == []


def test_a_renewal_is_a_request_and_shown_from_both_ends(granted):
    made = granted.json("grant", "renew", "GRT-0001", person="requester.parks")
    assert set(made) == documented_keys("grant renew")
    assert made["request"]["state"] == "proposed"
    assert granted.json("grant", "show", "GRT-0001")["renewed_by"] == ["REQ-0002"]
    granted.ok("request", "endorse", "REQ-0002", person="both.parks")
    granted.ok("request", "approve", "REQ-0002", person="approver.water")
    assert granted.json("grant", "show", "GRT-0002")["renews"] == "GRT-0001"
    twice = granted("grant", "renew", "GRT-0001", person="requester.parks")
    assert twice.exit_code == 4
    assert "renewed by REQ-0002 already, which is agreed" in twice.stderr


def test_an_emergency_from_the_authorisation_to_both_reviews(authorised):
    [given] = authorised.json("emergency", "authorised")
    assert set(given) == documented_keys("emergency authorised")
    assert given["state"] == "active"
    opened = authorised.json(*OPEN, "--hours", "6", person="requester.parks")
    assert set(opened) == documented_keys("emergency open")
    assert opened["grant"]["emergency"] is True
    assert opened["grant"]["terms"]["columns"] == ["meter", "litres", "day"]
    authorised.ok(
        "read", "meters", "--application", "lawns", "--purpose", "爆管抢修",
        "--to", authorised.home.parent / "out.csv", person="requester.parks",
    )  # fmt: skip
    review = ("emergency", "review", "GRT-0001", "--reason", "已核实", "--finding")
    first = authorised.json(*review, "justified", person="approver.water")
    assert set(first) == documented_keys("emergency review")
    assert (first["emergency"]["waiting"], first["emergency"]["finding"]) == (["authority"], None)
    authorised.ok(*review, "unjustified", person="authority.data")
    [listed] = authorised.json("emergency", "list")
    assert set(listed) == documented_keys("emergency list")
    assert (listed["state"], listed["finding"]) == ("reviewed", "unjustified")
    shown = authorised.json("emergency", "show", "GRT-0001")
    assert set(shown) == documented_keys("emergency show")
    assert shown["grant"]["state"] == "revoked"
    assert "2026-17" in authorised.ok("emergency", "show", "GRT-0001").stdout
    withdrawn = authorised.json(
        "emergency", "withdraw", "requester.parks", "--reason", "汛期已过", person="authority.data"
    )
    assert withdrawn["authorisation"]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("arguments", "person", "code", "said"),
    [
        ((*OPEN, "--hours", "25"), "requester.parks", 4, "25 hours is not possible"),
        ((*OPEN, "--hours", "x"), "requester.parks", 2, "--hours"),
        (OPEN[:-4], "requester.parks", 2, "needs a case number"),
        (OPEN[:-2], "requester.parks", 2, "needs a reason"),
        ((*OPEN[:5], *OPEN[9:]), "requester.parks", 2, "--columns"),
        ((*OPEN, "--all-columns"), "requester.parks", 2, "--all-columns"),
        ((*OPEN[:6], ",", *OPEN[9:]), "requester.parks", 2, "names no columns"),
        (OPEN, "both.parks", 5, "has not authorised them before"),
        (("emergency", "review", "GRT-0001", "--finding", "maybe"), "approver.water", 2, "maybe"),
        (("emergency", "show", "GRT-0001"), None, 3, "no emergency grant"),
        (("emergency", "authorise", "requester.parks"), "authority.data", 2, "--until"),
        (("review", "keep", "GRT-0001"), "approver.water", 2, "needs a reason"),
        (("review", "keep", "GRT-9", "--reason", "已核实"), "approver.water", 3, "GRT-9"),
    ],
)
def test_what_cannot_be_is_said_with_its_exit_code(authorised, arguments, person, code, said):
    result = authorised(*arguments, person=person)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_empty_lists_are_said_to_be_empty(delivered):
    for command, said in (("list", "nothing was opened"), ("authorised", "nobody is authorised")):
        assert delivered.json("emergency", command) == []
        assert said in delivered.ok("emergency", command).stderr
