"""The lake: each delivery one version, old versions as they were, nothing half-published."""

import datetime as dt
import json
import multiprocessing
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.lake import Lake, drop_rows
from catalog.plan import Column, ColumnType
from catalog.source.casts import SQL_TYPES
from catalog.source.connection import connect, identifier, literal
from core.errors import BureauError, Conflict, EngineFailed, StorageUnavailable

T = ColumnType
COLUMNS = tuple(Column(kind.value, kind, (kind.value,)) for kind in ColumnType)
NOON = dt.datetime.combine(dt.date(2020, 1, 2), dt.time(12, 0, 0, 123_456))
ROW = {
    "string": "深圳",
    "integer": -(2**63),
    "number": Decimal("1.5"),
    "double": float("inf"),
    "boolean": True,
    "date": dt.date(2020, 1, 2),
    "time": "08:30:00",
    "timestamp": NOON,
}
EMPTY = dict.fromkeys(ROW)


@pytest.fixture
def lake(tmp_path):
    root = tmp_path / "湖 lake"
    root.mkdir()
    return Lake(root)


def write(path, rows, columns=COLUMNS):
    """A staged file as the program writes it, through DuckDB."""
    arrow = pa.Table.from_pylist(
        rows, schema=pa.schema([(c.name, _arrow(c.type)) for c in columns])
    )
    with connect(path.parent, 512) as connection:
        connection.register("data", arrow)
        cells = ", ".join(
            f"CAST({identifier(c.name)} AS {SQL_TYPES[c.type]}) AS {identifier(c.name)}"
            for c in columns
        )
        connection.execute(f"COPY (SELECT {cells} FROM data) TO {literal(str(path))}").fetchall()
    return path


def _arrow(kind):
    return {
        T.INTEGER: pa.int64(),
        T.NUMBER: pa.decimal128(38, 9),
        T.DOUBLE: pa.float64(),
        T.BOOLEAN: pa.bool_(),
        T.DATE: pa.date32(),
        T.TIMESTAMP: pa.timestamp("us"),
    }.get(kind, pa.string())


def publish(lake, rows, delivery, columns=COLUMNS):
    staged = write(lake.staging_path("t1", delivery), rows, columns)
    return lake.publish("t1", staged, columns, delivery_id=delivery, sha256="ab" * 32)


def table_folder(lake):
    return lake.staging_path("t1", "x").parents[1]


def test_every_version_stays_what_it_was(lake):
    small = (Column("id", T.INTEGER, ("id",)), Column("说明", T.STRING, ("说明",)))
    deliveries = [
        ("d1", [{"id": 1, "说明": None}], small),
        ("d2", [ROW, EMPTY], COLUMNS),
        ("d3", [], COLUMNS),
        ("d4", [{"id": 2, "说明": "x"}, {"id": 3, "说明": "y"}], small),
    ]
    versions = [publish(lake, rows, name, columns) for name, rows, columns in deliveries]
    assert versions == [0, 2, 3, 4]  # version 1 only allows times without a zone
    for version, (name, rows, _) in zip(versions, deliveries, strict=True):
        table = DeltaTable(table_folder(lake), version=version)
        assert table.to_pyarrow_table().to_pylist() == rows
        assert [Path(file).name for file in lake.files("t1", version)] == [f"{name}.parquet"]
        assert all(Path(file).exists() for file in lake.files("t1", version))
        log = table_folder(lake) / "_delta_log" / f"{version:020}.json"
        info = json.loads(log.read_text(encoding="utf-8").splitlines()[0])["commitInfo"]
        assert (info["delivery"], info["sha256"]) == (name, "ab" * 32)


def test_statistics_are_real_and_never_too_narrow(lake):
    later = ROW | {"timestamp": NOON + dt.timedelta(days=1), "number": Decimal(2), "double": 1.0}
    publish(lake, [ROW, later, EMPTY], "d1")
    [add] = pa.table(DeltaTable(table_folder(lake)).get_add_actions(flatten=True)).to_pylist()
    assert add["num_records"] == 3
    assert {add[f"null_count.{column.name}"] for column in COLUMNS} == {1}
    assert (add["min.number"], add["max.number"]) == (Decimal("1.5"), Decimal(2))
    assert add["min.timestamp"] == NOON.replace(microsecond=123_000)
    assert add["max.timestamp"] == (NOON + dt.timedelta(days=1)).replace(microsecond=124_000)
    assert add["min.date"] == add["max.date"] == dt.date(2020, 1, 2)
    assert (add["min.string"], add["min.integer"]) == ("深圳", -(2**63))
    assert add["min.double"] is None


def test_nothing_is_visible_before_the_commit(lake):
    publish(lake, [ROW], "d1")
    write(lake.staging_path("t1", "d2"), [ROW, ROW])
    assert DeltaTable(table_folder(lake)).to_pyarrow_table().num_rows == 1
    with pytest.raises(StorageUnavailable, match="version 1 of the lake's table t1 is gone"):
        lake.files("t1", 1)
    with pytest.raises(StorageUnavailable):
        lake.files("t2", 0)


def test_a_delivery_cut_off_after_the_rename_is_finished(lake):
    staged = write(lake.staging_path("t1", "d1"), [ROW])
    staged.rename(table_folder(lake) / "d1.parquet")
    assert lake.publish("t1", staged, COLUMNS, delivery_id="d1", sha256="") == 0


def test_a_delivery_cut_off_after_the_commit_is_found_done(lake):
    assert publish(lake, [ROW], "d1") == 0
    publish(lake, [EMPTY], "d2")
    staged = lake.staging_path("t1", "d1")
    assert lake.publish("t1", staged, COLUMNS, delivery_id="d1", sha256="") == 0
    assert DeltaTable(table_folder(lake)).version() == 1


def test_a_file_of_other_columns_is_not_published(lake):
    staged = write(lake.staging_path("t1", "d1"), [ROW])
    with pytest.raises(EngineFailed, match="does not hold the columns"):
        lake.publish("t1", staged, COLUMNS[1:], delivery_id="d1", sha256="")
    assert not (table_folder(lake) / "_delta_log").exists()


def test_a_lake_that_cannot_be_written(tmp_path):
    (tmp_path / "lake").write_text("a file")
    with pytest.raises(StorageUnavailable, match="the lake is not at"):
        Lake(tmp_path / "lake").staging_path("t1", "d1")
    (tmp_path / "t1").write_text("a file")
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        Lake(tmp_path).staging_path("t1", "d1")


def _race(root, name, start, results):
    lake = Lake(root)
    staged = lake.staging_path("t1", name)
    start.wait()
    try:
        results.put((name, lake.publish("t1", staged, COLUMNS, delivery_id=name, sha256="")))
    except BureauError as error:
        results.put((name, type(error).__name__))


def test_of_two_at_the_same_moment_one_wins_or_both_in_turn(tmp_path):
    """Versions are never shared: whoever published has a version of their own."""
    spawn = multiprocessing.get_context("spawn")
    root = tmp_path / "lake"
    root.mkdir()
    names = [f"d{number}" for number in range(4)]
    for name in names:
        write(Lake(root).staging_path("t1", name), [ROW])
    start, results = spawn.Event(), spawn.Queue()
    racers = [spawn.Process(target=_race, args=(root, name, start, results)) for name in names]
    for racer in racers:
        racer.start()
    start.set()
    outcomes = dict(results.get(timeout=120) for _ in racers)
    for racer in racers:
        racer.join()
    published = {name: version for name, version in outcomes.items() if version != "Conflict"}
    assert sorted(published.values()) == list(range(len(published)))
    assert published
    for name, version in published.items():
        assert Path(Lake(root).files("t1", version)[0]).stem == name


def test_a_stale_commit_is_a_conflict(lake, monkeypatch):
    publish(lake, [ROW], "d1")
    stale = lake._open("t1")
    publish(lake, [EMPTY], "d2")
    staged = write(lake.staging_path("t1", "d3"), [ROW])
    monkeypatch.setattr(lake, "_open", lambda *_: stale)
    with pytest.raises(Conflict, match="published at the same moment"):
        lake.publish("t1", staged, COLUMNS, delivery_id="d3", sha256="")
    monkeypatch.undo()
    assert lake.publish("t1", staged, COLUMNS, delivery_id="d3", sha256="") == 2


def test_reclaim_deletes_what_no_kept_version_needs(lake):
    for number in range(4):
        publish(lake, [ROW], f"d{number}")
    write(lake.staging_path("t1", "half"), [ROW])
    future = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    assert lake.reclaim("t1", [1, 3], past) == []
    gone = lake.reclaim("t1", [1, 3], future)
    assert sorted(gone) == ["_staging/half.parquet", "d0.parquet", "d2.parquet"]
    for version in (1, 3):
        assert DeltaTable(table_folder(lake), version=version).to_pyarrow_table().num_rows == 1
    assert lake.reclaim("none", [], future) == []


KILLED = """
import os, sys
from pathlib import Path
from catalog.lake import Lake
import catalog.lake as module
from tests.catalog.test_lake import COLUMNS
lake, stage = Lake(Path(sys.argv[1])), sys.argv[2]
def die(*_): os.kill(os.getpid(), 9)
if stage == "before-rename": module._sync = die
if stage == "before-commit": module._commit = die
if stage == "after-commit":
    commit = module._commit
    module._commit = lambda *given: (commit(*given), die())
lake.publish("t1", lake.staging_path("t1", "d2"), COLUMNS, delivery_id="d2", sha256="")
"""


@pytest.mark.parametrize("stage", ["before-rename", "before-commit", "after-commit"])
def test_killed_anywhere_it_is_completed_by_trying_again(stage, lake):
    publish(lake, [ROW], "d1")
    staged = write(lake.staging_path("t1", "d2"), [ROW, EMPTY])
    root = str(table_folder(lake).parent)
    run = subprocess.run([sys.executable, "-c", KILLED, root, stage], cwd=Path.cwd(), check=False)
    assert run.returncode == -9
    assert pq.read_table(lake.files("t1", 0)[0]).num_rows == 1
    assert lake.publish("t1", staged, COLUMNS, delivery_id="d2", sha256="") == 1
    assert DeltaTable(table_folder(lake)).to_pyarrow_table().num_rows == 2


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.sets(st.integers(1, 40)))
def test_dropped_and_kept_rows_are_the_whole(tmp_path_factory, count, numbers):
    folder = tmp_path_factory.mktemp("drop")
    columns = (Column("row", T.INTEGER, ()), Column("number", T.STRING, ()))
    rows = [{"row": n * 10, "number": str(n)} for n in range(1, count + 1)]
    staged = write(folder / "staged.parquet", rows, columns)
    listed = [n for n in numbers for _ in range(2)]
    pq.write_table(pa.table({"row": pa.array(listed, pa.int64())}), folder / "rows.parquet")
    kept, removed = folder / "kept.parquet", folder / "removed.parquet"
    dropped = drop_rows(staged, folder / "rows.parquet", kept, removed, folder)
    gone = [n for n in sorted(numbers) if n <= count]
    assert dropped == len(gone)
    assert pq.read_table(removed).to_pylist() == [{"delivery_row": n, **rows[n - 1]} for n in gone]
    assert pq.read_table(kept).to_pylist() == [
        row for n, row in enumerate(rows, start=1) if n not in numbers
    ]


def test_order_holds_over_many_row_groups(tmp_path):
    column = (Column("n", T.INTEGER, ()),)
    staged = write(tmp_path / "staged.parquet", [{"n": n} for n in range(500_000)], column)
    pq.write_table(pa.table({"row": pa.array(range(1, 500_001, 7), pa.int64())}), tmp_path / "r")
    kept, removed = tmp_path / "kept", tmp_path / "removed"
    drop_rows(staged, tmp_path / "r", kept, removed, tmp_path)
    assert pq.read_table(kept)["n"].to_pylist() == [n for n in range(500_000) if n % 7]
    assert pq.read_table(removed)["n"].to_pylist() == list(range(0, 500_000, 7))
