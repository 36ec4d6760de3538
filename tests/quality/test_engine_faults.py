"""What a check does when it cannot run, and what an engine does when nothing can."""

from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.plan import Column, ColumnType, Scan
from core.errors import EngineFailed, InvalidInput, StorageUnavailable
from quality.engines import engine
from quality.model import CheckKind
from tests.quality.tables import Table, run, spec

TEXT = Table({"v": ColumnType.STRING}, {"v": ["a", "b", "b", None]})


def broken(specs, table, tmp_path, references=None):
    counts, failing, _ = run(specs, table.scan(tmp_path), tmp_path, references)
    return {check: count.broken for check, count in counts.items() if count.broken}, failing


def test_a_broken_check_says_why_and_the_others_still_run(tmp_path):
    nested = "(?:" * 4 + "x" + "{1000})" * 4
    specs = [
        spec(CheckKind.PATTERN, "v", pattern=nested, id="too-large"),
        spec(CheckKind.PATTERN, "v", pattern="(?=a)", id="look-ahead"),
        spec(CheckKind.PATTERN, "missing", pattern="a", id="no-column"),
        spec(CheckKind.REFERENCE, "v", reference_dataset="gone", reference_columns=("v",)),
        spec(CheckKind.BOUNDS, "v", minimum="1"),
        spec(CheckKind.FORMAT, "v", format="cn-uscc"),
        spec(CheckKind.UNIQUE, "v"),
    ]
    reasons, failing = broken(specs, TEXT, tmp_path)
    assert set(reasons) == {"too-large", "look-ahead", "no-column", "v.reference", "v.bounds"}
    assert "has a look-around at character 3" in reasons["look-ahead"]
    assert reasons["no-column"] == "the data has no column 'missing'"
    assert reasons["v.reference"] == "there is no data of 'gone' to look in"
    assert "\n" not in reasons["too-large"]
    assert failing == {"v.format": [1, 2, 3], "v.unique": [3]}


def test_a_reference_to_another_type_is_broken_not_guessed(tmp_path):
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"code": [1, 2]}), path)
    check = spec(CheckKind.REFERENCE, "v", reference_dataset="other", reference_columns=("code",))
    reasons, _ = broken([check], TEXT, tmp_path, {"other": (str(path),)})
    assert reasons == {check.id: "'v' is VARCHAR and 'code' of 'other' is BIGINT"}


def test_a_reference_to_a_column_that_is_not_there_is_broken(tmp_path):
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"code": ["a"]}), path)
    check = spec(CheckKind.REFERENCE, "v", reference_dataset="other", reference_columns=("Code",))
    reasons, _ = broken([check], TEXT, tmp_path, {"other": (str(path),)})
    assert reasons == {check.id: "'other' has no column 'Code'"}


def test_numbers_refer_to_numbers_whatever_their_width(tmp_path):
    path = tmp_path / "other.parquet"
    codes = pa.array([Decimal("1.00"), Decimal("2.50")], pa.decimal128(9, 2))
    pq.write_table(pa.table({"code": codes}), path)
    table = Table({"v": ColumnType.INTEGER}, {"v": [1, 2, None]})
    check = spec(CheckKind.REFERENCE, "v", reference_dataset="other", reference_columns=("code",))
    _, failing, _ = run([check], table.scan(tmp_path), tmp_path, {"other": (str(path),)})
    assert failing == {check.id: [2]}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ColumnType.INTEGER, {"minimum": "many"}),
        (ColumnType.INTEGER, {"minimum": "NaN"}),
        (ColumnType.DOUBLE, {"maximum": "nan"}),
        (ColumnType.DATE, {"minimum": "2020-02-30"}),
        (ColumnType.DATE, {"minimum": "2020-02-29T12:00:00"}),
        (ColumnType.TIME, {"minimum": "25:00"}),
        (ColumnType.BOOLEAN, {"minimum": "true"}),
    ],
)
def test_a_bound_that_is_no_value_of_the_column_breaks_the_check(tmp_path, kind, fields):
    table = Table({"v": kind}, {"v": [None]})
    reasons, _ = broken([spec(CheckKind.BOUNDS, "v", **fields)], table, tmp_path)
    assert "'v'" in reasons["v.bounds"]


@pytest.mark.parametrize("step", ["0", "1e-10", "some"])
def test_a_multiple_of_what_the_column_cannot_hold_breaks_the_check(tmp_path, step):
    table = Table({"v": ColumnType.NUMBER}, {"v": [Decimal(1)]})
    reasons, _ = broken([spec(CheckKind.MULTIPLE_OF, "v", multiple_of=step)], table, tmp_path)
    assert list(reasons) == ["v.multiple_of"]


def test_a_bound_may_be_written_as_the_cells_are(tmp_path):
    day = datetime(2020, 1, 5).date()  # noqa: DTZ001  a day without a zone
    scan = Table({"v": ColumnType.DATE}, {"v": [day]}).scan(tmp_path)
    column = Column("v", ColumnType.DATE, ("v",), "%d/%m/%Y")
    check = spec(CheckKind.BOUNDS, "v", minimum="06/01/2020")
    _, failing, _ = run([check], Scan(scan.files, 1, (column,)), tmp_path)
    assert failing == {check.id: [1]}


def test_nan_is_seen_though_the_statistics_of_the_file_leave_it_out(tmp_path):
    nan = float("nan")
    table = Table({"v": ColumnType.DOUBLE}, {"v": [0.0, nan, nan]})
    scan = table.scan(tmp_path)
    statistics = pq.read_metadata(scan.files[0]).row_group(0).column(0).statistics
    assert (statistics.min, statistics.max) == (0.0, 0.0)
    target = {"reference_dataset": "self", "reference_columns": ("v",)}
    specs = [
        spec(CheckKind.ENUM, "v", values=("0",)),
        spec(CheckKind.BOUNDS, "v", maximum="1"),
        spec(CheckKind.UNIQUE, "v"),
        spec(CheckKind.REFERENCE, "v", **target),
    ]
    _, failing, _ = run(specs, scan, tmp_path, {"self": scan.files})
    assert failing == {"v.enum": [2, 3], "v.bounds": [2, 3], "v.unique": [3]}


def test_a_time_kept_as_text_is_compared_as_a_time(tmp_path):
    pq.write_table(pa.table({"v": ["08:30:00", "23:00:00"]}), tmp_path / "part.parquet")
    scan = Scan((str(tmp_path / "part.parquet"),), 2, (Column("v", ColumnType.TIME, ("v",)),))
    check = spec(CheckKind.BOUNDS, "v", maximum="9:00".zfill(5))
    _, failing, _ = run([check], scan, tmp_path)
    assert failing == {check.id: [2]}


def test_names_of_columns_are_never_sql(tmp_path):
    names = ['a"b', "x'; --", "n", "k0", "delivery", "row", "select", "数据"]
    types = dict.fromkeys(names, ColumnType.STRING)
    table = Table(types, {name: [name, None, name] for name in names})
    specs = [spec(CheckKind.REQUIRED, name) for name in names]
    specs += [spec(CheckKind.UNIQUE, *names), spec(CheckKind.ENUM, names[1], values=(names[1],))]
    _, failing, in_error = run(specs, table.scan(tmp_path), tmp_path)
    assert failing == {
        **{f"{name}.required": [2] for name in names},
        "+".join(names) + ".unique": [3],
    }
    assert in_error == 2


def test_the_name_that_the_engine_numbers_rows_by_is_refused(tmp_path):
    table = Table({"file_row_number": ColumnType.STRING}, {"file_row_number": ["a"]})
    with pytest.raises(EngineFailed, match="file_row_number"):
        run([], table.scan(tmp_path), tmp_path)


def test_a_scan_without_files_has_nothing_to_evaluate(tmp_path):
    scan = Scan((), 0, (Column("v", ColumnType.STRING, ("v",)),))
    counts, failing, in_error = run([spec(CheckKind.UNIQUE, "v")], scan, tmp_path)
    assert counts["v.unique"].n_evaluated == 0
    assert (failing, in_error) == ({}, 0)


def test_files_that_are_gone_are_a_fault_of_storage(tmp_path):
    scan = Scan((str(tmp_path / "gone.parquet"),), 1, (Column("v", ColumnType.STRING, ("v",)),))
    with pytest.raises(StorageUnavailable):
        run([spec(CheckKind.UNIQUE, "v")], scan, tmp_path)


def test_too_little_memory_fails_the_engine_and_blames_no_check(tmp_path):
    values = [f"{n:040}" for n in range(300_000)]
    scan = Table({"v": ColumnType.STRING}, {"v": values}).scan(tmp_path)
    with pytest.raises(EngineFailed, match="1 MB of memory"):
        engine("duckdb").run(
            [spec(CheckKind.UNIQUE, "v")], scan, {}, failing=tmp_path / "f.parquet", memory_mb=1
        )


def test_a_run_leaves_nothing_but_its_result(tmp_path):
    scan = TEXT.scan(tmp_path)
    result = tmp_path / "result"
    result.mkdir()
    engine("duckdb").run(
        [spec(CheckKind.UNIQUE, "v")], scan, {}, failing=result / "f.parquet", memory_mb=100
    )
    assert list(result.iterdir()) == [result / "f.parquet"]


def test_folders_may_be_named_like_file_patterns(tmp_path):
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    (tmp_path / "a1").mkdir()
    TEXT.scan(tmp_path / "a1")
    _, failing, _ = run([spec(CheckKind.UNIQUE, "v")], TEXT.scan(folder), folder)
    assert failing == {"v.unique": [3]}


def test_an_unknown_engine_is_named():
    with pytest.raises(InvalidInput, match="no check engine 'sparkle'"):
        engine("sparkle")


def test_the_engine_names_its_version():
    name, _, version = engine("duckdb").version.partition(" ")
    assert name == "duckdb"
    assert version[0].isdigit()
