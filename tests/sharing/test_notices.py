"""Who is told of what, in which words, and what leaves the house: pure functions."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from catalog.model import Person
from core.actor import Actor, Role
from core.errors import Denied, InvalidInput
from sharing.delegations.model import Delegation
from sharing.ledger.entry import Event
from sharing.notices.address import check_mail, check_may_address
from sharing.notices.audiences import Party
from sharing.notices.message import mail_of, read_secret, sign, webhook_body, webhook_headers
from sharing.notices.model import Notice, next_try
from sharing.notices.routing import ROUTES, SILENT
from sharing.notices.telling import Happening, named_in, tells, titles, todo, told

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SIDES = {Party.ASKING: ("parks",), Party.PROVIDER: ("water",)}
PEOPLE = [
    Person(code=code, name="某", department=code.partition(".")[2], roles=roles)
    for code, roles in (
        ("requester.parks", (Role.REQUESTER,)),
        ("steward.parks", (Role.STEWARD,)),
        ("approver.parks", (Role.APPROVER,)),
        ("approver.water", (Role.APPROVER,)),
        ("both.water", (Role.REQUESTER, Role.APPROVER)),
        ("steward.water", (Role.STEWARD,)),
        ("authority.data", (Role.AUTHORITY,)),
        ("auditor.audit", (Role.AUDITOR,)),
    )
]
NOTICE = Notice(
    ref="NTC-0001",
    id="019cacd4d9c0aabbccddeeff00",
    person="approver.water",
    kind="request.submitted",
    subject="request:REQ-0001",
    entry=29,
    due_on=date(2026, 3, 3),
    created_at=NOW,
    read_at=None,
)


def happened(kind, subject="request:REQ-0001", entry=1, **facts):
    return Happening(entry=entry, event=Event(kind, subject, facts), departments=SIDES)


def told_of(kind, actor="", **facts):
    return [one.person for one in told([happened(kind, **facts)], PEOPLE, actor=actor)]


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        ("request.submitted", ["approver.water", "both.water"]),
        ("request.received", ["requester.parks"]),
        ("request.returned", ["requester.parks"]),
        ("request.supplemented", ["approver.water", "both.water"]),
        ("request.extension_asked", ["authority.data"]),
        ("request.extended", ["approver.water", "both.water", "requester.parks"]),
        ("request.agreed", ["approver.water", "both.water", "requester.parks"]),
        ("request.refused", ["requester.parks"]),
        ("request.withdrawn", ["approver.water", "both.water"]),
        ("request.lapsed", ["requester.parks"]),
        ("grant.issued", ["steward.water"]),
        ("grant.delivered", ["approver.parks", "requester.parks"]),
        ("grant.accepted", ["approver.water", "both.water"]),
        ("grant.revoked", ["approver.parks", "approver.water", "both.water", "requester.parks"]),
        ("grant.suspended", ["approver.parks", "approver.water", "both.water", "requester.parks"]),
        (
            "grant.rectified",
            ["approver.parks", "approver.water", "authority.data", "both.water", "requester.parks"],
        ),
        ("grant.resumed", ["approver.parks", "approver.water", "both.water", "requester.parks"]),
    ],
)
def test_each_kind_is_told_to_those_whom_it_concerns(kind, people):
    assert told_of(kind) == people


def test_an_entry_names_departments_one_by_one_or_as_a_list():
    facts = {"department": "parks", "provider": "", "departments": ["audit", "parks"], "n": 1}
    event = Event("change.begun", "change:CHG-0001", facts)
    named = {Party.ASKING: ("parks",), Party.RELYING: ("audit", "parks")}
    assert named_in(event) == named
    happening = Happening(entry=1, event=event, departments=named)
    people = [one.person for one in told([happening], PEOPLE, actor="")]
    assert people == ["approver.parks", "requester.parks"]


def test_whoever_acted_is_not_told_of_it():
    assert told_of("request.submitted", actor="both.water") == ["approver.water"]


def delegation(delegator, delegate, *roles):
    return Delegation(
        ref="DLG-0001",
        delegator=delegator,
        delegate=delegate,
        department="water",
        roles=roles,
        since=NOW,
        until=NOW + timedelta(days=7),
        reason="休假",
        made_at=NOW,
    )


def deputies_told_of(*kinds, delegations, actor=""):
    happenings = [happened(kind, entry=n) for n, kind in enumerate(kinds, 1)]
    tellings = told(happenings, PEOPLE, actor=actor, delegations=delegations)
    return [(one.person, one.behalf, one.kind) for one in tellings if one.behalf]


def test_a_deputy_is_told_on_whose_behalf():
    made = [delegation("approver.water", "auditor.audit", Role.APPROVER)]
    assert deputies_told_of("request.submitted", delegations=made) == [
        ("auditor.audit", "approver.water", "request.submitted")
    ]
    assert deputies_told_of("grant.issued", delegations=made) == [], "it is told to stewards"
    twice = [*made, delegation("both.water", "auditor.audit", Role.APPROVER)]
    told_for = [behalf for _, behalf, _ in deputies_told_of("request.submitted", delegations=twice)]
    assert told_for == ["approver.water", "both.water"]


@pytest.mark.parametrize(
    ("delegator", "delegate", "role", "actor", "why"),
    [
        ("approver.water", "steward.water", Role.AUTHORITY, "", "a role that was lost"),
        ("both.water", "steward.water", Role.APPROVER, "both.water", "the delegator did it"),
        ("both.water", "steward.water", Role.APPROVER, "steward.water", "the deputy did it"),
        ("approver.water", "both.water", Role.APPROVER, "", "told in their own right"),
        ("approver.parks", "steward.parks", Role.APPROVER, "", "it does not concern them"),
    ],
)
def test_a_deputy_is_not_told(delegator, delegate, role, actor, why):
    made = [delegation(delegator, delegate, role)]
    assert deputies_told_of("request.submitted", delegations=made, actor=actor) == [], why


def test_a_deputy_is_told_what_came_after_what_they_know():
    made = [delegation("approver.water", "requester.parks", Role.APPROVER)]
    kinds = ("request.received", "request.supplemented")
    assert deputies_told_of(*kinds, delegations=made) == [
        ("requester.parks", "approver.water", "request.supplemented")
    ]


def test_a_deputy_acts_for_whoever_delegated():
    assert todo("request.submitted", "request:REQ-0001", "approver.water") == (
        "bureau --for approver.water request receive REQ-0001"
    )
    assert todo("old.kind", "request:REQ-0001", "approver.water") == ""


def test_a_draft_that_is_withdrawn_was_never_the_providers_business():
    assert tells(Event("request.withdrawn", "request:REQ-0001", {"submitted": True}))
    assert not tells(Event("request.withdrawn", "request:REQ-0001", {"submitted": False}))
    assert not tells(Event("request.created", "request:REQ-0001", {}))
    assert not tells(Event("no.such_kind", "request:REQ-0001", {}))


def test_nobody_is_told_where_an_entry_names_no_department():
    nameless = Happening(
        entry=1, event=Event("request.submitted", "request:REQ-0001", {}), departments={}
    )
    assert told([nameless], PEOPLE, actor="") == []


def test_of_what_happened_to_one_thing_at_once_each_is_told_the_last():
    tellings = told(
        [
            happened("request.submitted", entry=5),
            happened("request.agreed", entry=6),
            happened("grant.issued", "grant:GRT-0001", entry=7),
        ],
        PEOPLE,
        actor="requester.parks",
    )
    assert [(one.person, one.kind, one.entry) for one in tellings] == [
        ("approver.water", "request.agreed", 6),
        ("both.water", "request.agreed", 6),
        ("steward.water", "grant.issued", 7),
    ]


def clock(due_on, *, ended_on=None, pauses=()):
    return {
        "due_on": due_on,
        "ended_on": ended_on,
        "pauses": [list(one) for one in pauses],
        "subject": "request:REQ-0001",
        "limit": due_on,
    }


@pytest.mark.parametrize(
    ("clocks", "due_on"),
    [
        ([], None),
        ([clock("2026-03-09"), clock("2026-03-04")], date(2026, 3, 4)),
        ([clock("2026-03-03", ended_on="2026-03-02"), clock("2026-03-16")], date(2026, 3, 16)),
        ([clock("2026-03-03", ended_on="2026-03-02")], None),
        ([clock("2026-03-16", pauses=[("2026-03-03", None, 9)])], None),
        ([clock("2026-03-16", pauses=[("2026-03-03", "2026-03-04", 9)])], date(2026, 3, 16)),
    ],
)
def test_the_day_is_that_of_the_clock_that_runs(clocks, due_on):
    [telling] = told([happened("request.returned", clocks=clocks)], PEOPLE, actor="")
    assert telling.due_on == due_on


@pytest.mark.parametrize("kind", ROUTES)
def test_every_kind_that_is_told_has_words_in_both_languages_and_a_command(kind):
    title_zh, title_en = titles(kind)
    assert any("\u4e00" <= character <= "\u9fff" for character in title_zh)
    assert title_en.isascii()
    assert title_en[0].isupper()
    assert not title_en.endswith(".")
    assert todo(kind, "x:REF-0001").startswith("bureau ")
    assert "{" not in todo(kind, "x:REF-0001")


def test_no_kind_is_told_and_silent():
    assert not SILENT & set(ROUTES)


def test_a_kind_that_tells_nobody_any_more_is_its_name():
    assert titles("old.kind") == ("old.kind", "old.kind")
    assert todo("old.kind", "request:REQ-0001") == ""


def test_what_fails_is_tried_again_later_and_later_and_never_given_up():
    minutes = [(next_try(n, NOW) - NOW) / timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 6, 1000)]
    assert minutes == [0.5, 2, 8, 32, 128, 360, 360]


def test_the_signature_is_that_of_the_published_test_vector():
    """github.com/standard-webhooks/standard-webhooks, libraries/*/webhook tests (Apache-2.0)."""
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_has_one_id_and_the_time_of_its_attempt():
    body = webhook_body(NOTICE)
    first = webhook_headers(NOTICE, body, secret=b"k" * 32, at=NOW)
    second = webhook_headers(NOTICE, body, secret=b"k" * 32, at=NOW + timedelta(hours=1))
    assert first["webhook-id"] == second["webhook-id"] == f"msg_{NOTICE.id}"
    assert "." not in first["webhook-id"]
    assert first["webhook-timestamp"] == "1772413200"
    assert first["webhook-signature"] != second["webhook-signature"]
    assert json.loads(body) == {
        "type": "request.submitted",
        "timestamp": "2026-03-02T01:00:00Z",
        "data": {
            "notice": "NTC-0001",
            "person": "approver.water",
            "behalf": "",
            "subject": "request:REQ-0001",
            "title_zh": "共享申请待签收",
            "title_en": "A request waits for receipt",
            "due_on": "2026-03-03",
            "todo": "bureau request receive REQ-0001",
            "entry": 29,
        },
    }


def secret_of(length):
    return "whsec_" + base64.b64encode(bytes(length)).decode()


@pytest.mark.parametrize(
    "text", ["", "nonsense", secret_of(23), secret_of(65), secret_of(32)[6:], "whsec_%%"]
)
def test_a_bad_secret_is_refused_and_not_repeated(text):
    with pytest.raises(InvalidInput, match="24 to 64 bytes") as caught:
        read_secret(text)
    assert not text or text not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("length", [24, 64])
def test_a_secret_of_a_length_that_the_standard_allows_is_taken(length):
    assert read_secret(secret_of(length)) == bytes(length)


def written(notice=NOTICE, *, city="深圳市"):
    mail = mail_of(notice, city=city, sender="data@example.org", to="li@example.org", at=NOW)
    return mail.as_bytes()


def test_a_mail_to_a_deputy_says_on_whose_behalf():
    mail = message_from_bytes(written(replace(NOTICE, behalf="both.water")), policy=SMTP)
    lines = mail.get_content().splitlines()
    assert "代理 On behalf of: both.water" in lines
    assert "操作 To do: bureau --for both.water request receive REQ-0001" in lines


def test_a_mail_says_what_happened_in_both_languages_and_what_to_do():
    raw = written()
    assert raw.isascii()
    mail = message_from_bytes(raw, policy=SMTP)
    assert mail["From"] == "深圳市 <data@example.org>"
    assert mail["To"] == "li@example.org"
    assert mail["Subject"] == "REQ-0001 共享申请待签收 A request waits for receipt"
    assert mail["Message-ID"] == f"<{NOTICE.id}@notices.databureau>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == [
        "共享申请待签收：REQ-0001",
        "A request waits for receipt: REQ-0001",
        "",
        "到期日 Due: 2026-03-03",
        "操作 To do: bureau request receive REQ-0001",
        "通知 Notice: NTC-0001; bureau notice read NTC-0001",
    ]


HOSTILE = "X\r\nBcc: spy@example.org\r\n\r\nbody\x00\u2028\x85\x1b"


@pytest.mark.parametrize("field", ["city", "subject", "kind"])
def test_no_text_makes_a_header_of_a_mail(field):
    if field == "city":
        raw = written(city=HOSTILE)
    elif field == "subject":
        raw = written(Notice(**fields(subject=f"request:{HOSTILE}")))
    else:
        raw = written(Notice(**fields(kind="no.such_kind", subject=f"request:{HOSTILE}")))
    mail = message_from_bytes(raw, policy=SMTP)
    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted(message_from_bytes(written(), policy=SMTP).keys())
    assert "\nBcc" not in mail.get_content()


def fields(**changes):
    return {name: getattr(NOTICE, name) for name in Notice.__slots__} | changes


@pytest.mark.parametrize(
    "text",
    [
        "li@example.org",
        "a.b+c@x-y.example",
        "o'hara@localhost",
        " li@example.org\n",
        "1@xn--fiqs8s",
    ],
)
def test_an_address_is_taken(text):
    assert check_mail(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "li",
        "li@",
        "@example.org",
        "li@@example.org",
        "li li@example.org",
        "li@example.org\r\nBcc: spy@example.org",
        "li@exam\nple.org",
        "li@example.org, spy@example.org",
        "<li@example.org>",
        '"li"@example.org',
        "li@[127.0.0.1]",
        "li@-example.org",
        "li@example..org",
        ".li@example.org",
        "李@example.org",
        "li@例子.org",
        "li@example.org\u202e",
        "l" * 65 + "@example.org",
        "li@" + "a." * 130 + "org",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidInput, match="is no address") as caught:
        check_mail(text)
    assert str(caught.value).isprintable()


def actor(person, *roles):
    return Actor(
        person=person,
        department="water",
        roles=frozenset(roles),
        commitment="0" * 64,
        os_user="u",
    )


def test_an_address_is_set_by_its_owner_or_an_operator():
    check_may_address(actor("steward.water"), "steward.water")
    check_may_address(actor("operator.data", Role.OPERATOR), "steward.water")
    with pytest.raises(Denied, match="may not set the address") as caught:
        check_may_address(actor("approver.water", Role.APPROVER, Role.AUTHORITY), "steward.water")
    assert caught.value.reasons
