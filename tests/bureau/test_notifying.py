"""Acts tell people in their own transaction; nobody's act opens a connection."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from bureau import DeliveryOrder
from bureau.unit_of_work import WriteUnit
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.ledger.repository import LedgerRepository
from sharing.model import RefusalGround
from sharing.notices.routing import ROUTES, SILENT
from tests.bureau.test_sharing import asked, granted, sent

TOP = Path(__file__).parents[2]
MAIL = """
[notices.mail]
host = "localhost"
from = "data@example.org"
"""


def kinds(town, person, **more):
    return [notice.kind for notice in town.acting_as(person).notices.list(**more)]


@pytest.fixture
def submitted(town, clock):
    return sent(town, asked(clock)).ref


def test_those_whom_it_concerns_are_told_and_whoever_acted_is_not(town, submitted):
    [notice] = town.acting_as("approver.water").notices.list()
    assert (notice.ref, notice.kind, notice.subject) == (
        "NTC-0002",
        "request.submitted",
        f"request:{submitted}",
    )
    assert str(notice.due_on) == "2026-03-03"
    assert notice.read_at is None
    entry, body, _ = town.ledger_entry(notice.entry)
    assert (entry.kind, body.facts["dataset"]) == ("request.submitted", "meters")
    assert kinds(town, "both.water") == ["request.submitted"]
    assert kinds(town, "both.parks") == ["request.proposed"], "and the head of the own office"
    for person in ("requester.parks", "steward.water", "authority.data", "auditor.audit"):
        assert kinds(town, person) == []


def test_a_notice_is_no_entry_of_the_ledger(town, clock):
    before = town.ledger_head().size
    sent(town, asked(clock))
    assert town.ledger_head().size == before + 3
    assert town.verify_ledger().faults == ()


def test_an_act_that_fails_tells_nobody(town, submitted, monkeypatch):
    told = kinds(town, "requester.parks")
    with pytest.raises(Conflict):
        town.acting_as("approver.water").approve_request(submitted, terms_hash="0" * 64)
    with pytest.raises(Denied):
        town.acting_as("requester.parks").approve_request(submitted)

    def broken(*_arguments, **_more):
        raise Conflict("the notices could not be written")

    monkeypatch.setattr("sharing.notices.repository.NoticeRepository.add", broken)
    head = town.ledger_head()
    with pytest.raises(Conflict, match="could not be written"):
        town.acting_as("approver.water").receive_request(submitted)
    assert kinds(town, "requester.parks") == told == []
    assert town.ledger_head() == head, "without its notices an act does not happen"
    assert town.get_request(submitted).received_at is None


def test_a_ledger_that_refuses_an_act_keeps_its_notices_back(town, submitted, monkeypatch):
    def broken(*_arguments, **_more):
        raise Conflict("no entry")

    monkeypatch.setattr(LedgerRepository, "append", broken)
    with pytest.raises(Conflict, match="no entry"):
        town.acting_as("approver.water").receive_request(submitted)
    assert kinds(town, "requester.parks") == []


def test_the_whole_way_of_a_request_is_told_to_the_other_side(town, submitted):
    water, parks = town.acting_as("approver.water"), town.acting_as("requester.parks")
    water.return_request(submitted, ["批准文件"])
    assert kinds(town, "requester.parks") == ["request.returned"]
    parks.supplement_request(submitted, answer="已补")
    water.ask_extension(submitted, days=3, reason="核对")
    assert kinds(town, "authority.data") == ["request.extension_asked"]
    town.acting_as("authority.data").consent_extension(submitted)
    water.approve_request(submitted)
    assert kinds(town, "requester.parks") == [
        "request.agreed",
        "request.extended",
        "request.returned",
    ]
    assert kinds(town, "approver.water") == [
        "request.extended",
        "request.supplemented",
        "request.submitted",
    ]
    [issued] = town.acting_as("steward.water").notices.list()
    assert (issued.kind, str(issued.due_on)) == ("grant.issued", "2026-03-30")
    refs = [n.ref for n in parks.notices.list()]
    assert refs == sorted(refs, reverse=True)


def test_rule_9_the_requester_is_told_of_an_extension_with_its_new_day(town, submitted):
    """An extension is told to whoever asked (Decree 809 Art. 21)."""
    water = town.acting_as("approver.water")
    water.receive_request(submitted)
    water.ask_extension(submitted, days=5, reason="核对")
    town.acting_as("authority.data").consent_extension(submitted)
    newest = town.acting_as("requester.parks").notices.list()[0]
    assert (newest.kind, str(newest.due_on)) == ("request.extended", "2026-03-23")


def test_a_refusal_is_told_without_its_reason(town, submitted):
    town.acting_as("approver.water").refuse_request(
        submitted, ground=RefusalGround.EXCEEDS_NEED, reason="与职责无关的理由"
    )
    [notice] = town.acting_as("requester.parks").notices.list()
    assert notice.kind == "request.refused"
    assert notice.due_on is None, "nothing is due any more"
    assert "理由" not in str(notice)


def test_a_draft_that_is_withdrawn_is_told_to_nobody_and_a_request_to_its_provider(town, clock):
    parks = town.acting_as("requester.parks")
    draft, _ = parks.create_request(asked(clock))
    parks.withdraw_request(draft.ref)
    assert kinds(town, "approver.water") == []
    proposed, _ = parks.create_request(asked(clock), submitted=True)
    parks.withdraw_request(proposed.ref)
    assert kinds(town, "approver.water") == [], "it never left its own office"
    parks.withdraw_request(sent(town, asked(clock)).ref)
    assert kinds(town, "approver.water") == ["request.withdrawn", "request.submitted"]


def test_what_becomes_of_a_grant_is_told_to_whoever_uses_it(town, clock, good):
    grant = granted(town, clock)
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    water = town.acting_as("approver.water")
    water.suspend_grant(grant.ref, reason="核查")
    assert kinds(town, "requester.parks")[:2] == ["grant.suspended", "grant.delivered"]
    assert kinds(town, "both.parks")[:2] == ["grant.suspended", "grant.delivered"]
    suspended = town.acting_as("both.parks").notices.list()[0]
    assert suspended.due_on is not None
    town.acting_as("requester.parks").rectify_grant(grant.ref, report="已改")
    assert kinds(town, "approver.water")[0] == "grant.rectified"
    water.resume_grant(grant.ref, reason="已核实")
    town.acting_as("authority.data").revoke_grant(grant.ref, reason="到期")
    assert kinds(town, "requester.parks")[:2] == ["grant.revoked", "grant.resumed"]


class TestDeputies:
    """Whoever stands in for somebody is told what they would be told (授权代理)."""

    @pytest.fixture
    def delegated(self, town):
        return town.acting_as("approver.water").delegations.make(
            "operator.data", until=date(2026, 3, 8), reason="休假"
        )[0]

    @pytest.mark.usefixtures("delegated")
    def test_a_deputy_is_told_for_whom_and_acts_on_it(self, town, submitted):
        [notice] = town.acting_as("operator.data").notices.list()
        assert (notice.kind, notice.behalf) == ("request.submitted", "approver.water")
        assert notice.subject == f"request:{submitted}"
        deputy = town.acting_as("operator.data", behalf=notice.behalf)
        deputy.receive_request(submitted)
        deputy.notices.read([notice.ref])
        assert town.acting_as("operator.data").notices.list(unread=True) == ()
        for person in ("approver.water", "both.water"):
            own = town.acting_as(person).notices.list()
            assert {one.behalf for one in own} == {""}, "and nobody is told less for it"

    def test_a_delegation_that_is_over_or_withdrawn_tells_nobody(self, town, clock, delegated):
        town.acting_as("approver.water").delegations.withdraw(delegated.ref)
        sent(town, asked(clock))
        assert kinds(town, "operator.data") == []
        town.acting_as("approver.water").delegations.make(
            "operator.data", first=date(2026, 3, 4), until=date(2026, 3, 5), reason="出差"
        )
        sent(town, asked(clock))
        assert kinds(town, "operator.data") == [], "it has not begun"
        clock.advance(days=2)
        sent(town, asked(clock))
        assert kinds(town, "operator.data") == ["request.submitted"]
        clock.advance(days=2)
        sent(town, asked(clock))
        assert kinds(town, "operator.data") == ["request.submitted"], "it has ended"


@pytest.mark.usefixtures("submitted")
def test_a_notice_is_read_once_by_whom_it_is_for(town, clock):
    water = town.acting_as("approver.water")
    assert water.notices.count_unread() == 1
    water.notices.read(["NTC-0002", "ntc-0002"])
    [read] = water.notices.list()
    assert (read.read_at, water.notices.count_unread()) == (clock.now(), 0)
    assert water.notices.list(unread=True) == ()
    clock.advance(days=1)
    water.notices.read(["NTC-0002"])
    assert water.notices.list()[0].read_at == read.read_at


@pytest.mark.parametrize("ref", ["NTC-0001", "NTC-0009", "REQ-0001", "nonsense", ""])
@pytest.mark.usefixtures("submitted")
def test_anothers_notice_is_none_and_then_none_of_them_is_read(town, ref):
    water = town.acting_as("approver.water")
    with pytest.raises(NotFound, match="there is no notice"):
        water.notices.read(["NTC-0002", ref])
    assert water.notices.count_unread() == 1


def test_addresses_are_set_by_their_owner_or_an_operator_and_stand_in_no_entry(town):
    head = town.ledger_head()
    town.acting_as("operator.data").notices.set_address("approver.water", "yi@example.org")
    town.acting_as("both.water").notices.set_address("both.water", "ji@example.org")
    assert town.ledger_head() == head
    with pytest.raises(Denied, match="may not set the address"):
        town.acting_as("approver.water").notices.set_address("both.water", "spy@example.org")
    with pytest.raises(Denied):
        town.acting_as("approver.water").notices.erase_address("both.water")
    with pytest.raises(NotFound, match="there is no person"):
        town.acting_as("operator.data").notices.set_address("nobody", "a@example.org")
    with pytest.raises(InvalidInput, match="is no address"):
        town.acting_as("operator.data").notices.set_address("both.water", "a@b\nBcc: c@d")


def configured(town, text):
    path = town.settings.home / "bureau.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    return type(town).open(town.settings.home, clock=town._workspace.clock)


def test_an_erased_address_takes_its_unsent_mail_along(town, clock):
    city = configured(town, MAIL)
    city.acting_as("both.water").notices.set_address("both.water", "ji@example.org")
    sent(city, asked(clock))
    both = city.acting_as("both.water").notices
    assert [sending.channel for sending in both.list()[0].sendings] == ["mail"]
    unreached = city.acting_as("approver.water").notices.list()[0]
    assert unreached.sendings == (), "who has no address has the notice in the list"
    both.erase_address("both.water")
    assert both.list()[0].sendings == ()
    assert b"ji@example.org" not in (city.settings.home / "bureau.db").read_bytes()
    city.close()


@pytest.mark.usefixtures("submitted")
def test_without_a_channel_nothing_waits_to_be_sent(town):
    assert town.acting_as("approver.water").notices.list()[0].sendings == ()
    with pytest.raises(Conflict, match="no channel is configured"):
        town.notices.send()


KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
SUFFIXES = {"csv", "db", "jsonl", "parquet", "toml", "txt", "yaml"}
NO_KINDS = {"__init__", "demo", "notice_settings"}
"""Modules that record nothing, and whose texts look like kinds."""
REGISTERED = {"{}.{}"}
"""Kinds made of two words: what is registered or changed, each of which is in SILENT."""


def texts(path):
    """Every text of a module, with {} for what is put into it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def kinds_written():
    """The texts in bureau/ that are kinds of entries, and those that become kinds."""
    found = {
        text
        for path in sorted((TOP / "bureau").rglob("*.py"))
        if path.stem not in NO_KINDS
        for text in texts(path)
        if KIND.fullmatch(text.replace("{}", "x")) and text.rpartition(".")[2] not in SUFFIXES
    }
    shapes = {text for text in found if "{}" in text}
    return found - shapes, shapes


def pattern(shape):
    return re.compile(re.escape(shape).replace(r"\{\}", "[a-z_]+"))


def test_every_kind_of_entry_is_told_to_somebody_or_to_nobody_on_purpose():
    whole, shapes = kinds_written()
    known = set(ROUTES) | SILENT
    forgotten = whole - known
    assert forgotten == set(), "add a line in sharing/notices/routes, or to SILENT in routing.py"
    for shape in shapes:
        assert any(pattern(shape).fullmatch(kind) for kind in known), shape


def test_every_line_of_the_tables_is_of_a_kind_that_is_written():
    whole, shapes = kinds_written()
    assert shapes >= REGISTERED
    unwritten = {
        kind
        for kind in {*ROUTES, *SILENT} - whole
        if not any(pattern(shape).fullmatch(kind) for shape in shapes - REGISTERED)
        and kind.rpartition(".")[2] not in {"registered", "changed"}
    }
    assert not unwritten


def test_the_network_is_reached_from_one_place():
    reaching = {
        f"{path.parent.name}/{path.name}"
        for package in (
            "bureau",
            "catalog",
            "commands",
            "contracts",
            "core",
            "quality",
            "rates",
            "sharing",
        )
        for path in (TOP / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name
        in {"smtplib", "socket", "ssl", "urllib.request", "http.client", "requests", "httpx"}
    }
    assert reaching == {"bureau/posting.py"}


def test_the_unit_of_work_alone_puts_notices_into_the_outbox():
    calling = {
        path.name
        for path in (TOP / "bureau").rglob("*.py")
        if "notices.add(" in path.read_text("utf-8")
    }
    assert calling == {"unit_of_work.py"}
    assert hasattr(WriteUnit, "commit")
