"""Sending over real sockets: down, hanging, dying, refusing, killed; nothing is lost or sent twice."""

import base64
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bureau import Bureau
from core.errors import InvalidInput
from sharing.notices.message import sign
from tests.bureau.test_sharing import asked, sent
from tests.servers import CERTIFICATE, mail_server, webhook_receiver

TOP = Path(__file__).parents[2]
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
MAIL = "yi@example.org"


def mail_section(port, **more):
    values = {"host": "localhost", "port": port, "security": "none", "from": "data@example.org"}
    return "[notices.mail]\n" + lines(values | more)


def lines(values):
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


@pytest.fixture
def configure(town, clock, monkeypatch):
    """Open the town with notices configured; each call makes the settings anew."""
    monkeypatch.setenv("BUREAU_WEBHOOK_SECRET", SECRET)
    path = town.settings.home / "bureau.toml"
    plain = path.read_text("utf-8")
    opened = []

    def open_with(text, timeout_s=10):
        path.write_text(f"{plain}\n[notices]\ntimeout_s = {timeout_s}\n{text}", "utf-8")
        opened.append(Bureau.open(town.settings.home, clock=clock))
        return opened[-1]

    town.acting_as("operator.data").notices.set_address("approver.water", MAIL)
    yield open_with
    for bureau in opened:
        bureau.close()


def submit(city, clock):
    """One request: a mail for approver.water, who has an address, and webhooks for all three."""
    return sent(city, asked(clock)).ref


def sending(city, channel="mail"):
    [notice] = city.acting_as("approver.water").notices.list()
    [found] = [one for one in notice.sendings if one.channel == channel]
    return found


def errors(attempts):
    return [attempt.error for attempt in attempts]


def test_a_mail_is_sent_once_to_who_has_an_address(configure, clock):
    with mail_server() as box:
        city = configure(mail_section(box.port))
        submit(city, clock)
        assert box.seen == [], "no act opens a connection"
        [attempt] = city.notices.send()
        assert (attempt.notice, attempt.channel, attempt.error) == ("NTC-0002", "mail", "")
        assert city.notices.send() == ()
    [mail] = box.taken
    assert (mail["To"], mail["From"]) == (MAIL, "深圳市 <data@example.org>")
    assert mail["Subject"] == "REQ-0001 共享申请待签收 A request waits for receipt"
    assert "到期日 Due: 2026-03-03" in mail.get_content()
    assert box.said[:2] == ["ehlo example.org", "mail FROM:<data@example.org>"]
    assert sending(city).sent_at == clock.now()


def test_a_server_that_is_down_delays_no_act_and_loses_nothing(configure, clock):
    with mail_server() as box:
        port = box.port
    city = configure(mail_section(port))
    ref = submit(city, clock)
    assert city.get_request(ref).state == "submitted"
    [attempt] = city.notices.send()
    assert attempt.error == "nothing listens there: the connection was refused"
    assert attempt.next_try_at == clock.now() + timedelta(seconds=30)
    assert city.notices.send() == (), "it is not due before"
    city.acting_as("approver.water").receive_request(ref)
    clock.advance(seconds=30)
    with mail_server(port=port) as box:
        assert errors(city.notices.send()) == [""]
    assert len(box.taken) == 1
    found = sending(city)
    assert (found.attempts, found.last_error) == (2, "")


def test_of_a_server_that_is_down_only_one_notice_is_tried_at_a_time(configure, clock):
    with mail_server() as box:
        port = box.port
    city = configure(mail_section(port))
    for _ in range(3):
        submit(city, clock)
    assert len(city.notices.send()) == 1
    with mail_server(port=port) as box:
        assert len(city.notices.send()) == 2
        clock.advance(seconds=30)
        assert len(city.notices.send()) == 1
    assert len({mail["Message-ID"] for mail in box.taken}) == 3


@pytest.mark.parametrize("step", ["", "EHLO", "MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("way", ["die", "hang", "drip"])
def test_a_server_that_dies_hangs_or_drips_is_left_and_tried_again(configure, clock, step, way):
    with mail_server(answers={step: way}) as box:
        city = configure(mail_section(box.port), timeout_s=1)
        submit(city, clock)
        [attempt] = city.notices.send()
        assert attempt.error
        assert attempt.next_try_at is not None
        box.answers.clear()
        clock.advance(seconds=30)
        assert errors(city.notices.send()) == [""]
    ids = {mail["Message-ID"] for mail in box.seen}
    assert len(ids) == 1, "what was sent twice has one id"
    assert len(box.seen) == (2 if step == "." else 1)


@pytest.mark.parametrize("answer", ["250 taken", "die", "hang", "421 no"])
def test_how_the_talk_ends_after_a_mail_was_taken_changes_nothing(configure, clock, answer):
    with mail_server(answers={"QUIT": answer}) as box:
        city = configure(mail_section(box.port), timeout_s=1)
        submit(city, clock)
        assert errors(city.notices.send()) == [""]
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    ("answers", "said", "others"),
    [
        ({"RCPT": "550 no such user yi@example.org"}, "answered 550 to the address", True),
        ({"RCPT": "451 later"}, "answered 451 to the address", True),
        ({".": "554 spam of yi@example.org"}, "answered 554 to the mail", True),
        ({"MAIL": "530 who are you"}, "answered 530 to the sender", False),
        ({"": "554 go away"}, "answered 554", False),
        ({"EHLO": "500 no", "HELO": "500 no"}, "answered 500", False),
    ],
)
def test_what_a_server_refuses_is_said_by_its_number_alone(configure, clock, answers, said, others):
    with mail_server(answers=answers) as box:
        city = configure(mail_section(box.port))
        submit(city, clock)
        submit(city, clock)
        attempts = city.notices.send()
    assert len(attempts) == (2 if others else 1), "one bad address holds nothing else back"
    for attempt in attempts:
        assert attempt.error.endswith(said)
    everything = (city.settings.home / "bureau.db").read_bytes()
    assert b"no such user" not in everything
    assert b"spam of" not in everything


def test_a_password_comes_from_the_environment_and_goes_out_in_secret(
    configure, clock, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for security in ("starttls", "tls"):
        server = {"tls": security == "tls", "starttls": True, "login": ("data", "s3cret")}
        with mail_server(**server) as box:
            city = configure(mail_section(box.port, security=security, user="data"))
            submit(city, clock)
            monkeypatch.delenv("BUREAU_MAIL_PASSWORD", raising=False)
            with pytest.raises(InvalidInput, match="BUREAU_MAIL_PASSWORD is not set"):
                city.notices.send()
            monkeypatch.setenv("BUREAU_MAIL_PASSWORD", "wr0ng")
            [attempt] = city.notices.send()
            assert attempt.error == "the mail server answered 535 to the password"
            assert box.taken == []
            clock.advance(seconds=30)
            monkeypatch.setenv("BUREAU_MAIL_PASSWORD", "s3cret")
            assert errors(city.notices.send()) == [""]
            assert len(box.taken) == 1
            clear = [line for line in box.said if not line.startswith("(tls)")]
            assert not [line for line in clear if not line.lower().startswith(("ehlo", "starttls"))]
        assert "s3cret" not in repr(city.settings)


@pytest.mark.parametrize(
    ("security", "server", "said"),
    [
        ("starttls", {}, "does not know STARTTLS"),
        ("starttls", {"starttls": True}, "certificate is not trusted"),
        ("tls", {"tls": True}, "certificate is not trusted"),
        ("tls", {}, "the connection broke off"),
    ],
)
def test_nothing_is_said_to_a_server_that_is_not_secret_or_not_the_one(
    configure, clock, monkeypatch, security, server, said
):
    monkeypatch.setenv("BUREAU_MAIL_PASSWORD", "s3cret")
    with mail_server(login=("data", "s3cret"), **server) as box:
        city = configure(mail_section(box.port, security=security, user="data"), timeout_s=2)
        submit(city, clock)
        [attempt] = city.notices.send()
        assert said in attempt.error
    assert not [line for line in box.said if "AUTH" in line or "MAIL" in line]


def hook_section(hook):
    return "[notices.webhook]\n" + lines({"url": hook.url})


def test_a_webhook_is_signed_as_the_standard_says(configure, clock):
    with webhook_receiver() as hook:
        city = configure(hook_section(hook))
        submit(city, clock)
        attempts = city.notices.send()
    assert [(one.channel, one.error) for one in attempts] == [("webhook", "")] * 3
    people = set()
    for headers, body in hook.posts:
        signature = sign(KEY, headers["webhook-id"], headers["webhook-timestamp"], body)
        assert headers["webhook-signature"] == signature
        assert headers["content-type"] == "application/json"
        assert int(headers["webhook-timestamp"]) == int(clock.now().timestamp())
        document = json.loads(body)
        assert document["type"] in {"request.proposed", "request.submitted"}
        assert document["data"]["subject"] == "request:REQ-0001"
        people.add(document["data"]["person"])
    assert people == {"approver.water", "both.water", "both.parks"}
    assert set(hook.paths) == {"/notices?city=1"}
    assert city.settings.home.joinpath("bureau.db").read_bytes().count(SECRET.encode()) == 0


def test_a_webhook_over_tls_needs_a_trusted_certificate(configure, clock, monkeypatch):
    with webhook_receiver(tls=True) as hook:
        city = configure(hook_section(hook))
        submit(city, clock)
        [attempt] = city.notices.send()
        assert "certificate is not trusted" in attempt.error
        assert hook.posts == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        clock.advance(seconds=30)
        assert errors(city.notices.send()) == ["", "", ""]
    assert len(hook.posts) == 3


@pytest.mark.parametrize("answer", [302, 400, 404, 410, 429, 500, 503])
def test_any_answer_but_2xx_has_failed_and_is_tried_again_under_one_id(configure, clock, answer):
    with webhook_receiver(answers=[answer] * 3) as hook:
        city = configure(hook_section(hook))
        submit(city, clock)
        assert errors(city.notices.send()) == [f"the webhook answered {answer}"] * 3
        clock.advance(seconds=30)
        assert errors(city.notices.send()) == ["", "", ""]
    assert "/elsewhere" not in hook.paths, "no redirection is followed"
    ids = [headers["webhook-id"] for headers, _ in hook.posts]
    assert sorted(ids) == sorted([*set(ids), *set(ids)])
    bodies = {headers["webhook-id"]: set() for headers, _ in hook.posts}
    for headers, body in hook.posts:
        bodies[headers["webhook-id"]].add(body)
    assert all(len(one) == 1 for one in bodies.values())


@pytest.mark.parametrize("way", ["die", "hang"])
def test_a_receiver_that_dies_or_hangs_is_tried_again_under_one_id(configure, clock, way):
    with webhook_receiver(answers=[way]) as hook:
        city = configure(hook_section(hook), timeout_s=1)
        submit(city, clock)
        assert len(city.notices.send()) == 1
        clock.advance(seconds=30)
        assert errors(city.notices.send()) == ["", "", ""]
    assert len(hook.posts) == 4
    assert len({headers["webhook-id"] for headers, _ in hook.posts}) == 3


def test_one_channel_that_is_down_holds_the_other_not_back(configure, clock):
    with mail_server() as gone:
        port = gone.port
    with webhook_receiver() as hook:
        city = configure(mail_section(port) + hook_section(hook))
        submit(city, clock)
        attempts = city.notices.send()
    assert sorted((one.channel, bool(one.error)) for one in attempts) == [
        ("mail", True),
        *[("webhook", False)] * 3,
    ]
    assert len(hook.posts) == 3


def test_a_webhook_without_its_secret_is_said_before_anything_is_sent(
    configure, clock, monkeypatch
):
    with webhook_receiver() as hook:
        city = configure(hook_section(hook))
        submit(city, clock)
        for secret, said in (("", "is not set"), ("whsec_c2hvcnQ=", "24 to 64 bytes")):
            monkeypatch.setenv("BUREAU_WEBHOOK_SECRET", secret)
            with pytest.raises(InvalidInput, match=said):
                city.notices.send()
        assert hook.posts == []
    assert sending(city, "webhook").attempts == 0


SEND = """
import sys
from pathlib import Path
from bureau import Bureau

city = Bureau.open(Path(sys.argv[1]))
print(len([one for one in city.notices.send() if not one.error]))
city.close()
"""


def sender(city):
    return subprocess.Popen(
        [sys.executable, "-c", SEND, str(city.settings.home)],
        cwd=TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_sender_killed_before_it_noted_a_mail_sends_it_again_under_the_same_id(configure, clock):
    clock.moment = datetime.now(UTC)  # the killed one has the computer's clock
    pids = []
    with mail_server(on_mail=lambda _: os.kill(pids[0], signal.SIGKILL)) as box:
        city = configure(mail_section(box.port))
        submit(city, clock)
        with sender(city) as killed:
            pids.append(killed.pid)
            killed.communicate(timeout=60)
        assert killed.returncode == -signal.SIGKILL
        assert len(box.seen) == 1
        assert sending(city).sent_at is None
        box.on_mail = lambda _: None
        clock.moment = datetime.now(UTC)
        assert city.notices.send() == (), "it may still be on its way"
        clock.advance(minutes=3)
        assert errors(city.notices.send()) == [""]
    assert [mail["Message-ID"] for mail in box.seen] == [box.taken[0]["Message-ID"]] * 2


def test_a_notice_of_a_channel_that_is_configured_no_more_waits_for_it(configure, clock):
    with mail_server() as box:
        city = configure(mail_section(box.port))
        submit(city, clock)
        with webhook_receiver() as hook:
            assert configure(hook_section(hook)).notices.send() == ()
        assert errors(configure(mail_section(box.port)).notices.send()) == [""]
    assert len(box.taken) == 1
