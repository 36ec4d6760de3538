"""`bureau notice ...`, and what `bureau inbox` and `bureau doctor` say of notices."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from sharing.notices.routing import ROUTES
from sharing.notices.telling import todo
from tests.bureau.test_sending import SECRET, hook_section, mail_section
from tests.cli.test_help import NAMES, documented_keys
from tests.cli.test_sharing import REQUEST
from tests.servers import mail_server, webhook_receiver

TOP = Path(__file__).parents[2]


def submit(program, ref="REQ-0001"):
    """A request at its provider. Its own office was told of it first."""
    program.ok(*REQUEST, "--submit", person="requester.parks")
    program.ok("request", "endorse", ref, person="both.parks")


@pytest.fixture
def asked(delivered):
    submit(delivered)
    return delivered


def configure(program, text):
    path = program.home / "bureau.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")


@pytest.mark.parametrize("kind", ROUTES)
def test_a_notice_names_a_command_that_there_is(kind):
    words = todo(kind, "x:REF-0001").split()[1:]
    assert any(words[: len(path.split())] == path.split() for path in NAMES), words


def test_notices_are_listed_and_read(asked):
    listed = asked.ok("notice", "list", person="approver.water").stdout
    assert "NTC-0002" in listed
    assert "共享申请待签收" in listed
    assert "bureau request receive REQ-0001" in listed
    [notice] = asked.json("notice", "list", "--unread", person="approver.water")
    assert set(notice) == documented_keys("notice list")
    assert notice["title_en"] == "A request waits for receipt"
    read = asked.ok("notice", "read", "NTC-0002", person="approver.water")
    assert read.stderr == "read NTC-0002; 0 unread\n"
    assert asked.json("notice", "list", "--unread", person="approver.water") == []
    again = asked.json("notice", "read", "NTC-0002", person="approver.water")
    assert again == {"read": ["NTC-0002"], "unread": 0}
    assert set(again) == documented_keys("notice read")


def test_anothers_notice_is_none_and_nobody_has_none(asked):
    result = asked("notice", "read", "NTC-0001", person="requester.parks")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "there is no notice 'NTC-0001'" in result.stderr
    assert asked("notice", "list").exit_code == 5
    empty = asked.ok("notice", "list", person="auditor.audit")
    assert (empty.stdout, empty.stderr) == ("", "there is no such notice\n")


def test_the_inbox_says_how_much_is_unread_beside_its_data(asked):
    result = asked.ok("inbox", "--json", person="approver.water")
    assert len(json.loads(result.stdout)) == 1
    assert result.stderr.endswith("1 unread notice: bureau notice list --unread\n")
    assert asked.ok("inbox", "--quiet", person="approver.water").stderr == ""
    assert "unread" not in asked.ok("inbox", "--all", person="approver.water").stderr
    asked.ok("notice", "read", "NTC-0002", person="approver.water")
    assert "unread" not in asked.ok("inbox", person="approver.water").stderr


def test_an_address_is_set_and_erased(bureau):
    done = bureau.ok("notice", "address", "both.water", "ji@example.org", person="operator.data")
    assert done.stderr == "set the address of both.water\n"
    said = bureau.json("notice", "address", "both.water", "--erase", person="both.water")
    assert said == {"person": "both.water", "erased": True}
    assert set(said) == documented_keys("notice address")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("both.water",), 2, "either given or erased"),
        (("both.water", "a@example.org", "--erase"), 2, "either given or erased"),
        (("both.water", "nonsense"), 2, "is no address for mail"),
        (("both.water", "a@example.org\nBcc: b@example.org"), 2, "is no address for mail"),
        (("nobody", "a@example.org"), 3, "there is no person 'nobody'"),
    ],
)
def test_a_bad_address_is_refused(bureau, arguments, exit_code, said):
    result = bureau("notice", "address", *arguments, person="operator.data")
    assert result.exit_code == exit_code
    assert said in result.stderr
    other = bureau("notice", "address", "both.water", "a@example.org", person="steward.water")
    assert other.exit_code == 5


def test_what_is_due_is_sent_and_what_failed_is_said(delivered):
    with mail_server() as box:
        configure(delivered, mail_section(box.port))
        for person in ("approver.water", "both.water"):
            delivered.ok(
                "notice", "address", person, f"{person}@example.org", person="operator.data"
            )
        box.answers["RCPT"] = "550 no"
        submit(delivered)
        failed = delivered("notice", "send", "--once")
        assert (failed.exit_code, failed.stdout) == (1, "")
        assert failed.stderr.splitlines() == [
            "NTC-0002 not sent by mail: the mail server answered 550 to the address",
            "NTC-0003 not sent by mail: the mail server answered 550 to the address",
            "0 sent, 2 not sent",
            "next: bureau doctor",
        ]
        box.answers.clear()
        submit(delivered, "REQ-0002")
        sent = delivered.json("notice", "send")
    assert set(sent) == documented_keys("notice send")
    assert [(one["notice"], one["error"]) for one in sent["attempts"]] == [
        ("NTC-0005", ""),
        ("NTC-0006", ""),
    ]
    assert len(box.taken) == 2


def test_without_a_channel_or_with_a_contradiction_nothing_is_sent(bureau):
    assert bureau("notice", "send").exit_code == 4
    assert bureau("notice", "send", "--once", "--watch", "5").exit_code == 2
    assert bureau("notice", "send", "--watch", "0").exit_code == 2
    configure(bureau, '[notices.webhook]\nurl = "http://example.org/"\n')
    result = bureau("inbox", person="approver.water")
    assert result.exit_code == 2
    assert "notices.webhook.url" in result.stderr


def test_a_sender_that_watches_sends_what_comes_until_it_is_stopped(bureau, monkeypatch):
    monkeypatch.setenv("BUREAU_WEBHOOK_SECRET", SECRET)
    with webhook_receiver() as hook:
        configure(bureau, hook_section(hook))
        watching = subprocess.Popen(
            [sys.executable, "-m", "cli", "notice", "send", "--watch", "1"],
            cwd=TOP,
            env={**os.environ, "BUREAU_HOME": str(bureau.home)},
            stderr=subprocess.PIPE,
            text=True,
        )
        with watching:
            submit(bureau)
            deadline = time.monotonic() + 60
            while len(hook.posts) < 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            watching.send_signal(signal.SIGINT)
            _, said = watching.communicate(timeout=30)
    assert watching.returncode == 130, said
    assert len(hook.posts) == 3


def finding(program):
    found = json.loads(program("doctor", "--json").stdout)
    return next((one for one in found if one["subject"] == "notices"), None)


def test_the_doctor_says_what_is_stuck_and_why(asked):
    assert finding(asked) is None, "nothing is configured"
    with mail_server() as box:
        port = box.port
    configure(asked, mail_section(port))
    assert finding(asked) == {"subject": "notices", "state": "0 unsent", "fix": "", "well": True}
    asked.ok("notice", "address", "approver.water", "yi@example.org", person="operator.data")
    submit(asked, "REQ-0002")
    assert asked("notice", "send").exit_code == 1
    waiting = finding(asked)
    assert waiting["well"], "it is not old yet"
    assert waiting["state"].startswith("1 unsent, the oldest since ")
    with closing(sqlite3.connect(asked.home / "bureau.db")) as database, database:
        database.execute("UPDATE notice SET created_at = created_at - 3601 * 1000000")
    stuck = finding(asked)
    assert not stuck["well"]
    assert stuck["fix"].startswith("nothing listens there: the connection was refused; ")
