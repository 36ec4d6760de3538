"""What is refused, and how: the exit code, the state, the rule, a way out, and nothing recorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bureau import Bureau
from core.clock import FixedClock
from tests.areas import write_areas
from tests.cli.program import Program
from tests.cli.test_sharing import REQUEST, send
from tests.town import FILES

REQ = "REQ-0001"
PERSONAL = (*REQUEST[:9], "--columns", "meter,keeper", "--days", "30")
RETURN = ("request", "return", REQ, "--missing", "批准文件")
EXTEND = ("request", "extend", REQ, "--reason", "核对数据", "--days")
RETURN_FLOW = ("return", "new", "shops", "--to", "parks", "--column", "district")
AUDITOR = ("delegation", "make", "auditor.audit", "--until", "2999-01-01", "--reason", "休假")
PAST = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
SECRET = FILES["datasets.yaml"].replace("code: meters", "code: pipes")
CLOSED = SECRET.replace("share_type: conditional", "share_type: not_shared").replace(
    "use_conditions: 共享范围：全市各部门；使用用途：履行职责",
    "legal_basis: 法律《统计法》第二十五条：个人资料",
)

Scene = Callable[[Program, Path], Mapping[str, str]]
"""Brings a town to where something is refused; gives what the command names."""


def nothing(_: Program, __: Path) -> Mapping[str, str]:
    return {}


def own_request(town: Program, _: Path) -> Mapping[str, str]:
    town.ok(*REQUEST, "--submit", person="both.parks")
    return {}


def submitted(town: Program, _: Path) -> Mapping[str, str]:
    send(town)
    return {}


def deputy_of_the_asking_department(town: Program, folder: Path) -> Mapping[str, str]:
    soon = (datetime.now(UTC) + timedelta(days=9)).date()
    make = ("delegation", "make", "steward.parks", "--until", soon, "--reason", "休假")
    town.ok(*make, person="approver.water")
    return submitted(town, folder)


def expired_delegation(town: Program, folder: Path) -> Mapping[str, str]:
    earlier = Bureau.open(town.home, actor="approver.water", clock=FixedClock())
    earlier.delegations.make("steward.water", until=date(2026, 3, 8), reason="休假")
    earlier.close()
    return submitted(town, folder)


def edited(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    read = town.json("request", "show", REQ)["terms"]["hash"]
    town.ok(*RETURN, person="approver.water")
    answer = ("--answer", "已补齐", "--scenario", "草坪养护监督")
    town.ok("request", "supplement", REQ, *answer, person="both.parks")
    return {"hash": read}


def agreed(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    town.ok("request", "approve", REQ, person="approver.water")
    return {}


def half_agreed(town: Program, _: Path) -> Mapping[str, str]:
    town.ok(*PERSONAL, "--submit", person="requester.parks")
    town.ok("request", "endorse", REQ, person="both.parks")
    town.ok("request", "approve", REQ, person="approver.water")
    return {}


def withdrawn(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    town.ok("request", "withdraw", REQ, person="requester.parks")
    return {}


def keyed(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    town.ok("request", "receive", REQ, "--key", "k-1", person="approver.water")
    return {}


def received(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    town.ok("request", "receive", REQ, person="approver.water")
    return {}


def supplemented(town: Program, folder: Path) -> Mapping[str, str]:
    submitted(town, folder)
    town.ok(*RETURN, person="approver.water")
    town.ok("request", "supplement", REQ, "--answer", "已补齐", person="requester.parks")
    return {}


def returned(town: Program, folder: Path) -> Mapping[str, str]:
    town.ok("apply", write_areas(folder / "areas"), person="operator.data")
    town.ok("return", "ask", "shops", "--application", "lawns", person="requester.parks")
    return {}


def secret(_: Program, folder: Path) -> Mapping[str, str]:
    path = folder / "pipes.yaml"
    path.write_text(SECRET.replace("公共水表读数", "输水管线图（机密★）"), "utf-8")
    return {"path": str(path)}


def closed(town: Program, folder: Path) -> Mapping[str, str]:
    path = folder / "pipes.yaml"
    path.write_text(CLOSED, "utf-8")
    town.ok("apply", path, person="operator.data")
    return {}


def vocabulary(town: Program, _: Path) -> Mapping[str, str]:
    town.ok(*REQUEST, person="requester.parks")
    policy(town, '[settings.purposes]\nvalue = ["绿化灌溉"]\n')
    return {}


def endless(town: Program, _: Path) -> Mapping[str, str]:
    """Nothing but the calendar that came with the program, and years to sign for a request."""
    town.ok(*REQUEST, "--submit", person="requester.parks")
    with closing(sqlite3.connect(town.home / "bureau.db")) as database, database:
        database.execute("DELETE FROM calendar_announcement")
    policy(town, '[limits.receipt]\namount = 1000\nlaw = "某市数据条例第九条"\n')
    return {}


def policy(town: Program, text: str) -> None:
    head = 'profile = "town"\nextends = "cn-national-809"\ntitle_zh = "本市"\ntitle_en = "Town"\n'
    (town.home / "profiles").mkdir()
    (town.home / "profiles" / "town.toml").write_text(head + text, "utf-8")
    settings = town.home / "bureau.toml"
    settings.write_text(settings.read_text("utf-8").replace("cn-national-809", "town"), "utf-8")


@dataclass(frozen=True)
class Refused:
    scene: Scene
    person: str
    command: tuple[str, ...]
    code: int
    state: str
    rule: str


CASES = {
    "self-approval": Refused(
        own_request, "both.parks", ("request", "endorse", REQ), 5, "is proposed", "(Art. 20)"
    ),
    "a delegate of the department that asks": Refused(
        deputy_of_the_asking_department,
        "steward.parks",
        ("--for", "approver.water", "request", "approve", REQ),
        5,
        "is submitted",
        "(Art. 20, 21)",
    ),
    "an expired delegation": Refused(
        expired_delegation,
        "steward.water",
        ("--for", "approver.water", "request", "approve", REQ),
        5,
        "DLG-0001 is ended",
        "(policy: delegation_days)",
    ),
    "an auditor as a deputy": Refused(
        nothing, "approver.water", AUDITOR, 5, "is an auditor", "(GB/T 39477-2020)"
    ),
    "terms edited meanwhile": Refused(
        edited,
        "approver.water",
        ("request", "approve", REQ, "--terms", "{hash}"),
        4,
        "is submitted",
        "(Art. 20)",
    ),
    "two approvers at once": Refused(
        agreed, "both.water", ("request", "approve", REQ), 4, "is agreed", "(Art. 21)"
    ),
    "one approver twice": Refused(
        half_agreed,
        "approver.water",
        ("request", "approve", REQ),
        5,
        "is seconding",
        "(policy: second_approver_for)",
    ),
    "withdraw against approve": Refused(
        agreed, "requester.parks", ("request", "withdraw", REQ), 4, "is agreed", "(Art. 21)"
    ),
    "approve against withdraw": Refused(
        withdrawn, "approver.water", ("request", "approve", REQ), 4, "is withdrawn", "(Art. 21)"
    ),
    "a key for another act": Refused(
        keyed,
        "approver.water",
        ("request", "approve", REQ, "--key", "k-1"),
        4,
        "was used for another act, on request:REQ-0001",
        "for one act alone",
    ),
    "an extension of 11 days": Refused(
        received, "approver.water", (*EXTEND, "11"), 4, "is running", "Art. 21 allows 1 to 10"
    ),
    "consent to what nobody asked for": Refused(
        received, "authority.data", ("request", "consent", REQ), 4, "is submitted", "(Art. 21)"
    ),
    "a second supplement list": Refused(
        supplemented, "approver.water", RETURN, 4, "is submitted", "(Art. 21)"
    ),
    "a refusal without a reason": Refused(
        submitted, "approver.water", ("request", "refuse", REQ), 2, "is submitted", "(Art. 21)"
    ),
    "a condition on a new return": Refused(
        returned,
        "approver.water",
        (*RETURN_FLOW, "--condition", "只能用于统计"),
        4,
        "shops is put on the list as a whole",
        "Art. 24",
    ),
    "a condition on a return that was asked for": Refused(
        returned,
        "approver.water",
        ("return", "confirm", "RET-0001", "--column", "district", "--condition", "只能用于统计"),
        4,
        "RET-0001 is asked",
        "Art. 24",
    ),
    "a secret dataset is registered": Refused(
        secret,
        "steward.water",
        ("dataset", "register", "{path}"),
        2,
        "pipes.yaml:5",
        "Decree 809 Art. 3",
    ),
    "a closed dataset is asked for": Refused(
        closed,
        "requester.parks",
        ("request", "new", "pipes", *REQUEST[3:]),
        4,
        "pipes is not shared (不予共享)",
        "法律《统计法》第二十五条",
    ),
    "a purpose outside the vocabulary": Refused(
        vocabulary, "requester.parks", REQUEST, 2, "is none of the purposes", "(Art. 20; policy"
    ),
    "a purpose that is outside by now": Refused(
        vocabulary, "requester.parks", ("request", "submit", REQ), 4, "is draft", "(Art. 20)"
    ),
    "a period without end": Refused(
        nothing, "requester.parks", REQUEST[:-2], 2, "has no end", "Art. 20"
    ),
    "a period that began in the past": Refused(
        nothing, "requester.parks", (*REQUEST, "--from", PAST), 2, "before today", "Art. 20"
    ),
    "a period of the past": Refused(
        nothing,
        "requester.parks",
        (*REQUEST[:-2], "--from", PAST, "--until", PAST),
        2,
        "is already over",
        "Art. 20",
    ),
    "a calendar that ends before the due date": Refused(
        endless,
        "both.parks",
        ("request", "endorse", REQ),
        4,
        "it covers 2001 to 20",
        "(Art. 17, 21, 22, 26)",
    ),
}


def ledger_size(town: Program) -> int:
    bureau = Bureau.open(town.home)
    size = bureau.ledger_head().size
    bureau.close()
    return size


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_refused_says_how_it_stands_by_which_rule_and_what_else(bureau, tmp_path, case):
    named = case.scene(bureau, tmp_path)
    before = ledger_size(bureau)
    command = (part.format(**named) for part in case.command)
    refused = bureau(*command, person=case.person)
    assert (refused.exit_code, refused.stdout) == (case.code, ""), refused.output
    for said in (case.state, case.rule, "fix: "):
        assert said in refused.stderr
    assert refused.stderr.splitlines()[-1].startswith("fix: ")
    assert ledger_size(bureau) == before


def test_the_same_call_under_the_same_key_is_done_already(bureau, tmp_path):
    keyed(bureau, tmp_path)
    before = ledger_size(bureau)
    again = bureau.ok("request", "receive", REQ, "--key", "k-1", person="approver.water")
    assert "this was done before, under the same key: request:REQ-0001" in again.stderr
    assert ledger_size(bureau) == before


def test_whoever_may_not_is_told_who_may(bureau, tmp_path):
    submitted(bureau, tmp_path)
    refused = bureau("request", "approve", REQ, person="both.parks").stderr
    said, *reasons, fix = refused.splitlines()
    assert said.endswith(
        "both.parks may not approve request REQ-0001, which is submitted: the head of the provider's"
        " sharing office answers it (Art. 20, 21)"
    )
    assert reasons == [
        "  nobody decides what they endorsed for the department that asks",
        "  the data belongs to water, both.parks acts for parks",
    ]
    assert fix.startswith(
        "fix: it takes an approver of water who neither asked for it nor endorsed it; possible now:"
        " receive, return, extend, approve, refuse (an approver of the provider); "
    )
