"""What was used under a grant, and a department's own log held against it."""

import csv
import json
from datetime import date, timedelta

import pytest

from bureau import Bureau
from core.errors import Denied, InvalidInput, LedgerCorrupt, NotFound
from sharing.metering.journal import Journal
from sharing.metering.model import Looked
from sharing.model import FinishCause
from sharing.records.model import RecordKind
from sharing.usage.model import Door, Period
from tests.bureau.test_sharing import granted, read

ALWAYS = Period()
DAY = date(2026, 3, 2)


@pytest.fixture
def parks(delivered: Bureau):
    return delivered.acting_as("requester.parks")


@pytest.fixture
def used(delivered, clock, tmp_path):
    """Two reads, five hours apart."""
    grant = granted(delivered, clock)
    read(delivered, tmp_path)
    clock.advance(hours=5)
    read(delivered, tmp_path)
    return grant.ref


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "own.log"
    path.write_bytes(text.encode(encoding))
    return path


def own(uses, **changes):
    """The log of somebody who logged just what was measured."""
    lines = [{"at": use.at.isoformat(), "id": use.id, "rows": use.rows} | changes for use in uses]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def entries(town, kind="usage.reconciled"):
    found = town.ledger_log(limit=100, kind=kind)
    return [town.ledger_entry(entry.index)[1].facts for entry in found]


def test_rule_21_both_parties_authority_and_auditor_see_the_same_uses(delivered, used):
    seen = [
        delivered.acting_as(person).usage.show(used, ALWAYS)
        for person in ("requester.parks", "steward.water", "authority.data", "auditor.audit")
    ]
    assert all(page == seen[0] for page in seen)
    [day] = seen[0].days
    assert (day.day, day.counted.uses, day.counted.rows, day.waiting) == (DAY, 2, 8, 0)
    assert dict(day.by_door) == {Door.FILE: 2, Door.QUERY: 0, Door.LOOKUP: 0}
    newest, first = seen[0].newest
    assert newest.at - first.at == timedelta(hours=5)
    assert (newest.rows, newest.version, newest.terms_hash) == (4, 0, seen[0].grant.terms_hash)
    assert delivered.ledger_entry(newest.entry)[1].facts["use"] == newest.id


@pytest.mark.parametrize("act", ["show", "list_uses"])
def test_rule_21_uses_are_shown_to_nobody_else_and_the_ledger_keeps_that(delivered, used, act):
    stranger = delivered.acting_as("operator.data").usage
    with pytest.raises(Denied, match="the records of grant GRT-0001 may not be read") as caught:
        getattr(stranger, act)(used, ALWAYS)
    assert caught.value.hint
    [denied] = entries(delivered, "record.denied")
    assert (denied["department"], denied["provider"]) == ("data", "water")


def test_the_log_of_a_strangers_is_not_looked_at(delivered, used, tmp_path):
    with pytest.raises(Denied):
        delivered.acting_as("operator.data").usage.reconcile(used, tmp_path / "none", ALWAYS)
    assert entries(delivered) == []


def test_the_uses_of_a_dataset_are_those_of_the_grants_that_one_may_look_at(delivered, used, clock):
    both = [used, granted(delivered, clock, application="ponds").ref]
    for person in ("requester.parks", "steward.water", "auditor.audit"):
        pages = delivered.acting_as(person).usage.show_dataset("meters", ALWAYS)
        assert [page.grant.ref for page in pages] == both
    with pytest.raises(Denied, match="dataset meters"):
        delivered.acting_as("operator.data").usage.show_dataset("meters", ALWAYS)
    with pytest.raises(NotFound):
        delivered.acting_as("auditor.audit").usage.show_dataset("nothing", ALWAYS)


def test_a_period_has_its_own_days_records_and_what_is_missing_of_them(
    delivered, used, parks, clock, tmp_path
):
    parks.records.add(used, kind=RecordKind.SCENARIO, text="灌溉")
    clock.advance(days=1)
    read(delivered, tmp_path)
    parks.records.add(used, kind=RecordKind.PROCESS, text="每日两次")
    later = parks.usage.show(used, Period(first=DAY + timedelta(days=1)))
    assert [day.counted.uses for day in later.days] == [1]
    assert [record.kind for record in later.records] == [RecordKind.PROCESS]
    assert RecordKind.SCENARIO in later.missing
    before = parks.usage.show(used, Period(last=DAY))
    assert [day.counted.uses for day in before.days] == [2]
    assert before.missing == (RecordKind.PROCESS, RecordKind.EFFECT, RecordKind.STORAGE)
    none = parks.usage.show(used, Period(first=DAY + timedelta(days=9)))
    assert (none.days, none.newest, none.missing) == ((), (), ())
    whole = parks.usage.show(used, ALWAYS)
    assert whole.missing == (RecordKind.EFFECT, RecordKind.STORAGE)
    parks.disposals.finish(used, cause=FinishCause.MET, reason="done")
    assert RecordKind.DESTRUCTION in parks.usage.show(used, ALWAYS).missing
    assert RecordKind.DESTRUCTION not in parks.usage.show(used, Period(last=DAY)).missing


@pytest.mark.parametrize(
    "days", [(DAY, DAY - timedelta(days=1)), (date(1, 1, 1), None), (None, date.max)]
)
def test_a_period_that_is_none_is_refused(days):
    with pytest.raises(InvalidInput) as caught:
        Period(*days)
    assert caught.value.hint


def test_rule_21_a_log_that_says_the_same_agrees_and_the_ledger_keeps_it(
    delivered, used, parks, tmp_path
):
    path = written(tmp_path, own(parks.usage.list_uses(used, ALWAYS)))
    found, receipt = parks.usage.reconcile(used, path, ALWAYS)
    assert found.agrees
    assert (found.skew.least, found.skew.most) == (0, 0)
    [facts] = entries(delivered)
    assert (facts["logged"], facts["measured"], facts["paired"]) == (2, 2, 2)
    assert (facts["disagrees"], facts["log_sha256"]) == (False, found.sha256)
    [kept] = delivered.acting_as("auditor.audit").usage.show(used, ALWAYS).reconciled
    assert (kept.entry, kept.by) == (receipt.entries[0], "parks")
    assert delivered.verify_ledger().ok
    told = [notice.kind for notice in delivered.acting_as("approver.water").notices.list()]
    assert "usage.reconciled" not in told, "what agrees is no news"


def test_what_is_in_one_log_alone_is_listed_and_the_other_side_is_told(
    delivered, used, parks, tmp_path
):
    first, second = parks.usage.list_uses(used, ALWAYS)
    text = own([first], rows=5) + own([second], id="job-9", at="2026-03-02T10:00:00", rows=4)
    found, _ = parks.usage.reconcile(used, written(tmp_path, text), ALWAYS)
    assert not found.agrees
    [pair] = found.differing
    assert (pair.measured, pair.differs) == (first, ("rows",))
    assert [one.line for one in found.matched.logged] == [2]
    assert found.matched.measured == (second,)
    assert entries(delivered)[0]["disagrees"] is True
    [notice] = [
        one
        for one in delivered.acting_as("approver.water").notices.list()
        if one.kind == "usage.reconciled"
    ]
    assert notice.subject == f"grant:{used}"


def test_a_dry_run_leaves_nothing(delivered, used, parks, tmp_path):
    size = delivered.ledger_head().size
    path = written(tmp_path, "at,rows\n")
    found, receipt = parks.usage.reconcile(used, path, ALWAYS, dry_run=True)
    assert (receipt, found.counts["measured_only"]) == (None, 2)
    assert delivered.ledger_head().size == size


def test_a_record_from_outside_the_grants_time_has_nothing_beside_it(used, parks, tmp_path):
    uses = own(parks.usage.list_uses(used, ALWAYS))
    path = written(tmp_path, uses + '{"at": "2031-01-01", "rows": 4}\n')
    found, _ = parks.usage.reconcile(used, path, ALWAYS)
    assert [one.day.year for one in found.matched.logged] == [2031]


def test_what_is_not_of_the_period_is_left_out_and_counted(used, parks, clock, tmp_path, delivered):
    clock.advance(days=1)
    read(delivered, tmp_path)
    uses = parks.usage.list_uses(used, ALWAYS)
    path = written(tmp_path, own(uses) + '{"at": "2026-03-02", "rows": 0}\n')
    found, _ = parks.usage.reconcile(used, path, Period(DAY, DAY))
    assert found.agrees
    assert (found.counts["logged"], found.outside, found.without_rows) == (2, 1, 1)


def test_a_pair_across_the_end_of_a_period_is_one(used, parks, clock, tmp_path, delivered):
    clock.advance(hours=9, minutes=59)  # one minute before midnight in the city
    read(delivered, tmp_path)
    *_, late = parks.usage.list_uses(used, ALWAYS)
    text = own([late], at="2026-03-03T00:01:00+08:00", id="x1")
    path = written(tmp_path, text)
    for day in (DAY, DAY + timedelta(days=1)):
        found, _ = parks.usage.reconcile(used, path, Period(day, day))
        assert [pair.measured for pair in found.matched.pairs] == [late]
    found, _ = parks.usage.reconcile(used, path, ALWAYS, window=timedelta(seconds=119))
    assert len(found.matched.measured) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_log_in_another_encoding_is_read(used, parks, tmp_path, encoding):
    rows = "".join(f"{use.at.isoformat()},4,草坪养护系统自动读取\r\n" for use in
                   parks.usage.list_uses(used, ALWAYS))  # fmt: skip
    path = written(tmp_path, f"使用时间,行数,说明：由养护系统记录\r\n{rows}", encoding)
    assert parks.usage.reconcile(used, path, ALWAYS)[0].agrees


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "empty"),
        (b"at,rows\n\x00", "NUL"),
        (b"at,rows\n\x81\xff\xff\n", "encoding cannot be told|not .* text"),
        (b"PK\x03\x04", "no heading"),
    ],
)
def test_what_is_no_log_is_refused_in_a_sentence(used, parks, tmp_path, data, said, delivered):
    path = tmp_path / "own.log"
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match=said) as caught:
        parks.usage.reconcile(used, path, ALWAYS)
    assert caught.value.hint
    assert entries(delivered) == []


def test_a_log_that_is_not_there_or_no_file(used, parks, tmp_path):
    with pytest.raises(NotFound):
        parks.usage.reconcile(used, tmp_path / "none", ALWAYS)
    with pytest.raises(InvalidInput, match="not a file"):
        parks.usage.reconcile(used, tmp_path, ALWAYS)
    with pytest.raises(InvalidInput, match="window"):
        parks.usage.reconcile(
            used, written(tmp_path, "at,rows\n"), ALWAYS, window=timedelta(days=2)
        )


def test_a_long_log_is_read_whole(used, parks, tmp_path):
    path = tmp_path / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["at", "rows"])
        writer.writerows([f"2026-03-02 {n % 24:02}:00:00", 4] for n in range(100_000))
    found, _ = parks.usage.reconcile(used, path, ALWAYS)
    assert (len(found.matched.pairs), len(found.matched.logged)) == (2, 99_998)


def machine(town, *events):
    """Lines in the journal, as a server that was killed leaves them."""
    journal = Journal(town.settings.home / "journal")
    for event in events:
        journal.looked(event)
    journal.close()


def test_machine_uses_that_are_not_counted_yet_are_there_and_wait(used, parks, delivered, clock):
    machine(
        delivered,
        Looked("GRT-0001", "CRD-0001", 1, 40, clock.now()),
        Looked("GRT-0002", "CRD-0002", 1, 40, clock.now()),
    )
    [day] = parks.usage.show(used, ALWAYS).days
    assert (day.counted.uses, day.by_door[Door.LOOKUP], day.waiting) == (2, 1, 1)
    *_, newest = sorted(parks.usage.list_uses(used, ALWAYS), key=lambda use: use.door)
    assert (newest.door, newest.credential, newest.entry) == (Door.LOOKUP, "CRD-0001", None)


def test_a_journal_that_is_no_journal_is_said(used, parks, delivered):
    folder = delivered.settings.home / "journal"
    folder.mkdir()
    (folder / "00000001.jsonl").write_text("nonsense\n", "utf-8")
    with pytest.raises(LedgerCorrupt, match="segment 1 of the journal cannot be read"):
        parks.usage.show(used, ALWAYS)
