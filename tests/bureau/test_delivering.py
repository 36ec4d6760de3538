import json
import shutil
import sqlite3
from pathlib import Path

import pytest
import xlsxwriter

from bureau import DeliveryOrder
from catalog.model import DeliveryStatus
from core.errors import (
    Conflict,
    Denied,
    DocumentInvalid,
    InvalidInput,
    NotFound,
    StorageUnavailable,
)
from quality.model import Outcome
from tests.town import BAD, FILES, GOOD


def deliver(town, path, actor="steward.water", **changes):
    order = DeliveryOrder(dataset="meters", path=path, **changes)
    return town.acting_as(actor).deliver(order)


def with_policy(town, tmp_path, policy):
    path = tmp_path / "policy.yaml"
    path.write_text(FILES["datasets.yaml"].rstrip() + f"\n    policy: {policy}\n", "utf-8")
    town.acting_as("operator.data").apply(path)


def outcomes(report):
    return {r.spec.id: (r.outcome, r.n_evaluated, r.n_failed) for r in report.results}


def test_a_clean_delivery_is_published_as_one_version(town, good):
    delivered = deliver(town, good)
    delivery = delivered.delivery
    assert (delivery.number, delivery.status) == (1, DeliveryStatus.ACCEPTED)
    assert (delivery.rows_read, delivery.rows_published) == (4, 4)
    assert delivered.report.passed
    assert delivered.report.score == 100
    assert delivery.source_sha256
    assert town.ledger_log(limit=1)[0].kind == "delivery.published"
    assert list(town.settings.lake.rglob("*.parquet"))


def test_the_rows_that_the_source_declared_are_kept_and_told(town, good):
    assert deliver(town, good, declared_rows=5).delivery.declared_rows == 5
    assert b'"rows_declared":5' in town.ledger_log(limit=1)[0].body
    assert deliver(town, good).repeated
    assert deliver(town, good, declared_rows=5).repeated
    corrected = deliver(town, good, declared_rows=4)
    assert (corrected.repeated, corrected.delivery.declared_rows) == (False, 4)
    kept = town.dataset_page("meters").deliveries
    assert {d.number: d.declared_rows for d in kept} == {1: 5, 2: 4}


def test_what_the_source_did_not_declare_is_not_told(town, good):
    assert deliver(town, good).delivery.declared_rows is None
    assert b"rows_declared" not in town.ledger_log(limit=1)[0].body


def test_rule_25_nothing_is_delivered_into_a_column_named_as_a_secret(
    town, good, tmp_path, monkeypatch
):
    older = tmp_path / "contract.yaml"
    marked = FILES["contract.yaml"].replace("businessName: 负责人", "businessName: 机密★10年")
    older.write_text(marked.replace("version: 1.0.0", "version: 1.1.0"), "utf-8")
    with monkeypatch.context() as before:
        before.setattr("contracts.column_rules.is_secret", lambda _: False)
        town.acting_as("steward.water").publish_contract(older)
    with pytest.raises(
        Conflict, match="name of column 4 of contract meters marks a secret"
    ) as caught:
        deliver(town, good)
    assert "机密" not in str(caught.value)
    assert "bureau contract publish" in caught.value.hint
    entry = tmp_path / "entry.yaml"
    entry.write_text(FILES["datasets.yaml"], "utf-8")
    with pytest.raises(DocumentInvalid) as found:
        town.acting_as("operator.data").apply(entry)
    assert "marks a secret in items" in str(found.value.problems[0])


def test_what_fails_is_found_kept_and_never_published(town, bad):
    delivered = deliver(town, bad)
    assert delivered.delivery.status is DeliveryStatus.REFUSED
    assert delivered.delivery.lake_version is None
    found = outcomes(delivered.report)
    failed = {check: counts for check, counts in found.items() if counts[0] is Outcome.FAILED}
    assert failed == {
        "litres.type": (Outcome.FAILED, 5, 1),
        "litres.bounds": (Outcome.FAILED, 4, 1),
        "meter.pattern": (Outcome.FAILED, 5, 1),
        "meter+day.unique": (Outcome.FAILED, 5, 1),
    }
    rows = town.acting_as("steward.water").failing_rows("meters", limit=100)
    kept = {(cell.check, cell.row, cell.column, cell.text) for cell in rows.cells}
    assert ("litres.type", 3, "litres", "NaN") in kept
    assert ("litres.bounds", 4, "litres", "-5") in kept
    assert ("meter.pattern", 3, "meter", "X2") in kept
    assert ("meter+day.unique", 2, "day", "2026-03-01") in kept
    assert rows.hidden == {"keeper"}
    assert town.dataset_page("meters").deliveries[0].status is DeliveryStatus.REFUSED
    assert not list(town.settings.lake.rglob("_delta_log"))


def test_quarantine_publishes_the_rest_and_keeps_the_failing_rows(town, tmp_path, bad):
    with_policy(town, tmp_path, "quarantine_rows")
    delivery = deliver(town, bad).delivery
    assert delivery.status is DeliveryStatus.QUARANTINED
    assert (delivery.rows_read, delivery.rows_published) == (5, 2)
    quarantined = list(town.settings.lake.rglob("quarantined.parquet"))
    assert len(quarantined) == 1
    report, receipt = town.acting_as("steward.water").run_checks("meters")
    assert report.passed
    assert report.rows == 2
    assert receipt.reason.startswith("not recorded: 3 of 5 rows of delivery #1 are set aside")
    assert town.check_report("meters").id == delivery.check_run, "the rest does not hide the faults"


def test_a_refused_delivery_is_not_hidden_by_a_run_over_the_one_before(town, good, bad, clock):
    deliver(town, good)
    clock.advance(minutes=1)
    refused = deliver(town, bad).delivery
    _, receipt = town.acting_as("steward.water").run_checks("meters")
    assert receipt.reason == "not recorded: delivery #2 was refused, and its run stands"
    assert town.check_report("meters").id == refused.check_run


def test_publish_and_flag_publishes_all_and_a_later_check_still_sees_the_faults(
    town, tmp_path, bad
):
    with_policy(town, tmp_path, "publish_and_flag")
    delivered = deliver(town, bad)
    assert delivered.delivery.status is DeliveryStatus.FLAGGED
    assert delivered.delivery.rows_published == 5
    again, receipt = town.acting_as("auditor.audit").run_checks("meters")
    assert outcomes(again) == outcomes(delivered.report)
    assert receipt.changed
    assert len(town.check_history("meters")) == 2
    cells = town.acting_as("steward.water").failing_rows("meters", check="litres.type").cells
    assert [(cell.row, cell.text) for cell in cells] == [(3, "NaN")]


@pytest.mark.parametrize("engine", ["gx", "pandera"])
def test_a_run_of_another_engine_is_compared_and_not_recorded(town, tmp_path, bad, engine):
    with_policy(town, tmp_path, "publish_and_flag")
    delivered = deliver(town, bad)
    before = town.ledger_head().size
    found, receipt = town.acting_as("steward.water").run_checks("meters", engine=engine)
    assert found.engine.startswith({"gx": "great-expectations", "pandera": "pandera"}[engine])
    ours, theirs = (
        {one.spec.id: (one.outcome, one.n_evaluated, one.n_failed) for one in report.results}
        for report in (delivered.report, found)
    )
    left = {one.spec.id for one in found.results if one.outcome is Outcome.SKIPPED}
    assert {name: theirs[name] for name in theirs if name not in left} == {
        name: ours[name] for name in ours if name not in left
    }
    assert left <= {"meter.reference", "litres.bounds"}
    assert not receipt.changed
    assert town.ledger_head().size == before
    assert len(town.check_history("meters")) == 1


def test_the_same_content_again_is_the_same_delivery(town, good, tmp_path):
    first = deliver(town, good)
    size = town.ledger_head().size
    copy = tmp_path / "another name.csv"
    copy.write_bytes(good.read_bytes())
    second = deliver(town, copy)
    assert second.repeated
    assert second.delivery == first.delivery
    assert town.ledger_head().size == size


def test_the_same_content_on_a_later_day_is_a_delivery_that_keeps_the_dataset_fresh(
    town, good, clock
):
    first = deliver(town, good).delivery
    clock.advance(hours=14)  # still the same day in Shenzhen
    assert deliver(town, good).repeated
    clock.advance(hours=2)
    again = deliver(town, good)
    assert not again.repeated
    assert (again.delivery.number, again.delivery.status) == (2, DeliveryStatus.ACCEPTED)
    assert again.delivery.source_sha256 == first.source_sha256
    assert town.ledger_log(limit=1)[0].kind == "delivery.published"


def test_another_sheet_of_the_same_workbook_is_another_delivery(town, tmp_path):
    path = tmp_path / "months.xlsx"
    names, *rows = [line.split(",") for line in GOOD.splitlines()]
    with xlsxwriter.Workbook(path) as book:
        for sheet, body in (("一月", rows), ("二月", rows[:2])):
            page = book.add_worksheet(sheet)
            for number, row in enumerate([names, *body]):
                page.write_row(number, 0, row)
    with pytest.raises(InvalidInput, match="has 2 sheets: 一月, 二月"):
        deliver(town, path)
    first = deliver(town, path, sheet="一月")
    assert (first.delivery.rows_read, first.read_as) == (4, "excel, sheet 一月")
    second = deliver(town, path, sheet="二月")
    assert (second.repeated, second.delivery.rows_read) == (False, 2)
    assert second.read_as == "excel, sheet 二月"
    assert deliver(town, path, sheet="二月").repeated


def test_a_lost_lake_is_filled_again_by_delivering_the_same_content(town, tmp_path, good):
    more = tmp_path / "more.csv"
    more.write_text(GOOD + "M009,2026-03-05,1,王芳\n", "utf-8")
    for path in (good, more):
        lost = deliver(town, path).delivery
    shutil.rmtree(town.settings.lake / lost.lake_table)
    with pytest.raises(StorageUnavailable, match=r"version 1 of the lake.s table .* is gone"):
        town.acting_as("steward.water").run_checks("meters")
    found = deliver(town, more).delivery
    assert (found.number, found.lake_version) == (3, 0)
    assert found.lake_table != lost.lake_table
    assert town.acting_as("steward.water").run_checks("meters")[0].rows == 5
    assert town.reclaim() == []


def test_a_lake_that_is_not_mounted_takes_nothing(town, good):
    deliver(town, good)
    town.settings.lake.rename(town.settings.home / "elsewhere")
    with pytest.raises(StorageUnavailable, match="the lake is not at"):
        deliver(town, good)
    assert not town.settings.lake.exists()


def test_overseers_who_look_at_failing_rows_leave_an_entry_and_their_owners_do_not(town, bad):
    deliver(town, bad)
    size = town.ledger_head().size
    town.acting_as("steward.water").failing_rows("meters")
    assert town.ledger_head().size == size
    rows = town.acting_as("auditor.audit").failing_rows("meters", check="litres.type")
    entry, body, _ = town.ledger_entry(size)
    assert (entry.kind, body.facts["cells"]) == ("check.rows_shown", len(rows.cells))
    with pytest.raises(Denied, match="may not see failing rows"):
        town.acting_as("steward.parks").failing_rows("meters")


def test_new_content_is_the_next_delivery_and_readers_move_to_it(town, good, tmp_path):
    deliver(town, good)
    more = tmp_path / "more.csv"
    more.write_text(GOOD + "M009,2026-03-05,1,王芳\n", "utf-8")
    delivery = deliver(town, more).delivery
    assert (delivery.number, delivery.lake_version, delivery.rows_published) == (2, 1, 5)


def test_a_dry_run_checks_and_leaves_nothing(town, bad):
    before = town.ledger_head()
    delivered = deliver(town, bad, dry_run=True)
    assert delivered.delivery is None
    assert not delivered.report.passed
    assert town.dataset_page("meters").deliveries == ()
    assert town.ledger_head() == before
    assert not list(town.settings.lake.rglob("*.parquet"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_encoding_is_found(town, tmp_path, encoding):
    path = tmp_path / "encoded.csv"
    path.write_bytes(GOOD.encode(encoding))
    delivery = deliver(town, path).delivery
    assert delivery.status is DeliveryStatus.ACCEPTED
    assert delivery.encoding.replace("_", "-") in (encoding, "utf-8-sig", "utf-8")


def test_the_chinese_names_of_the_contract_are_headings_too(town, tmp_path):
    path = tmp_path / "chinese.csv"
    path.write_text(GOOD.replace("meter,day,litres,keeper", "水表,日期,升,负责人"), "utf-8")
    assert deliver(town, path).delivery.rows_published == 4


def test_json_and_parquet_and_excel_hold_the_same_rows(town, tmp_path, good):
    import duckdb
    import xlsxwriter

    lines = [line.split(",") for line in GOOD.splitlines()]
    records = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    as_json = tmp_path / "rows.json"
    as_json.write_text(json.dumps({"total": 4, "data": records}), "utf-8")
    as_parquet = tmp_path / "rows.parquet"
    duckdb.sql("SELECT * FROM read_csv($file)", params={"file": str(good)}).write_parquet(
        str(as_parquet)
    )
    as_excel = tmp_path / "rows.xlsx"
    with xlsxwriter.Workbook(as_excel) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    for path in (as_json, as_parquet, as_excel):
        delivered = deliver(town, path, dry_run=True)
        assert delivered.report.passed, path
        assert delivered.report.rows == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("meter,day,litres,keeper\nM001,2026-03-01\n", "line 2"),
        ("M001,2026-03-01,120,王芳\n", "--no-header"),
        ("meter,day,litres\nM001,2026-03-01,1\n", "keeper"),
        ("meter,day,litres,keeper,extra\nM001,2026-03-01,1,a,b\n", "extra"),
        ("meter,day,litres,keeper\n水表,日期,升,负责人\nM001,2026-03-01,1,a\n", "line 2"),
        ("meter,day,litres,keeper\nM001,2026-03-01,1,a\0b\n", "line 2"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(town, tmp_path, content, said):
    path = tmp_path / "wrong.csv"
    path.write_text(content, "utf-8")
    before = town.ledger_head()
    with pytest.raises(InvalidInput) as caught:
        deliver(town, path)
    problems = getattr(caught.value, "problems", ())
    text = f"{caught.value} {caught.value.hint} {' '.join(map(str, problems))}"
    assert said in text
    assert town.ledger_head() == before
    assert town.dataset_page("meters").deliveries == ()
    assert not list(town.settings.lake.rglob("*.parquet"))


def test_a_missing_file_and_an_unknown_dataset_are_named(town, tmp_path, good):
    with pytest.raises(NotFound, match=r"nowhere\.csv"):
        deliver(town, tmp_path / "nowhere.csv")
    with pytest.raises(NotFound, match="dataset 'metres'"):
        town.acting_as("steward.water").deliver(DeliveryOrder(dataset="metres", path=good))


def test_only_the_providers_steward_or_an_operator_delivers(town, good):
    with pytest.raises(Denied, match="may not deliver data"):
        deliver(town, good, actor="steward.parks")
    assert deliver(town, good, actor="operator.data").delivery.number == 1


def test_a_draft_takes_no_delivery(town, tmp_path, good):
    path = tmp_path / "draft.yaml"
    path.write_text(FILES["datasets.yaml"].rstrip() + "\n    status: draft\n", "utf-8")
    town.acting_as("operator.data").apply(path)
    with pytest.raises(Conflict, match="is draft"):
        deliver(town, good)


def test_names_on_disk_are_the_programs_own(town, good):
    deliver(town, good)
    for path in town.settings.lake.rglob("*"):
        assert "meters" not in str(path.relative_to(town.settings.lake))


def test_failing_rows_of_an_unknown_check_are_not_found(town, bad: Path):
    deliver(town, bad)
    with pytest.raises(NotFound, match="check 'nothing'"):
        town.acting_as("steward.water").failing_rows("meters", check="nothing")
    other = bad.with_name("other.yaml")
    other.write_text(FILES["datasets.yaml"].replace("code: meters", "code: gauges"), "utf-8")
    town.acting_as("operator.data").apply(other)
    with pytest.raises(Conflict, match="has never been checked"):
        town.check_report("gauges")


def test_bad_rows_are_what_the_test_file_says(bad):
    assert bad.read_text("utf-8") == BAD


def test_a_dataset_that_changes_while_its_file_is_checked_takes_nothing(town, tmp_path, good):
    changed = tmp_path / "changed.yaml"
    changed.write_text(FILES["datasets.yaml"].replace("每日水表读数", "每日读数"), "utf-8")
    operator = town.acting_as("operator.data")

    def change(stage, _part):
        if stage == "record":
            operator.apply(changed)

    order = DeliveryOrder(dataset="meters", path=good)
    with pytest.raises(Conflict, match="was changed while the file was being checked"):
        town.acting_as("steward.water").deliver(order, on_progress=change)
    assert town.dataset_page("meters").deliveries == ()
    assert town.acting_as("steward.water").deliver(order).delivery.number == 1


def test_a_file_that_changes_while_it_is_read_is_not_taken(town, good):
    def change(stage, _part):
        if stage == "check":
            good.write_text(good.read_text("utf-8").replace("2026-03-01", "2026-03-09"), "utf-8")

    order = DeliveryOrder(dataset="meters", path=good)
    with pytest.raises(Conflict, match="changed while it was being read"):
        town.acting_as("steward.water").deliver(order, on_progress=change)
    assert town.dataset_page("meters").deliveries == ()


def test_another_file_of_the_same_size_is_another_delivery(town, good):
    first = deliver(town, good)
    good.write_text(good.read_text("utf-8").replace("2026-03-01", "2026-03-09"), "utf-8")
    second = deliver(town, good)
    assert second.delivery.source_bytes == first.delivery.source_bytes
    assert (second.repeated, second.delivery.number) == (False, 2)


def test_a_table_without_rows_replaces_nothing(town, tmp_path, good):
    deliver(town, good)
    empty = tmp_path / "empty.csv"
    empty.write_text(GOOD.splitlines()[0] + "\n", "utf-8")
    with pytest.raises(InvalidInput, match="no rows below its heading"):
        deliver(town, empty)
    assert [d.number for d in town.dataset_page("meters").deliveries] == [1]


def test_a_monstrous_cell_is_kept_to_its_beginning(town, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(f"meter,day,litres,keeper\nX{'9' * 50_000},2026-03-01,1,王芳\n", "utf-8")
    deliver(town, path)
    [cell] = town.acting_as("steward.water").failing_rows("meters", check="meter.pattern").cells
    assert cell.text is not None
    assert cell.text.startswith("X999")
    assert len(cell.text) == 1_001


def test_a_quarantine_that_leaves_no_row_is_no_publication(town, tmp_path):
    with_policy(town, tmp_path, "quarantine_rows")
    path = tmp_path / "all_bad.csv"
    path.write_text("meter,day,litres,keeper\nX1,2026-03-01,1,王芳\n", "utf-8")
    delivery = deliver(town, path).delivery
    assert (delivery.status, delivery.rows_published) == (DeliveryStatus.REFUSED, 0)


def test_the_same_bytes_are_read_again_when_another_encoding_is_named(town, good):
    deliver(town, good)
    assert deliver(town, good, encoding="utf8").repeated
    with pytest.raises(InvalidInput):
        deliver(town, good, encoding="klingon")
    assert not deliver(town, good, encoding="gb18030", dry_run=True).repeated


def test_evidence_that_is_gone_is_not_called_clean(town, bad):
    deliver(town, bad)
    for cells in town.settings.lake.rglob("cells.parquet"):
        cells.unlink()
    with pytest.raises(StorageUnavailable, match="are gone from the lake"):
        town.acting_as("steward.water").failing_rows("meters")


def test_doctor_sees_a_lost_lake_and_a_broken_ledger(town, good):
    deliver(town, good)
    assert [f.subject for f in town.diagnose() if f.subject in ("ledger", "lake") and f.fix] == []
    for path in town.settings.lake.glob("*/*.parquet"):
        path.unlink()
    with sqlite3.connect(town.settings.home / "bureau.db") as connection:
        for name in ("refuse_update", "refuse_delete", "next_index"):
            connection.execute(f"DROP TRIGGER ledger_entry_{name}")
        connection.execute("DELETE FROM ledger_entry")
        connection.execute("DELETE FROM ledger_head")
    connection.close()
    assert [f.subject for f in town.diagnose() if f.fix] == ["ledger", "lake"]
    assert [fault.kind for fault in town.verify_ledger().faults] == ["emptied"]
