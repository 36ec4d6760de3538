from __future__ import annotations

import secrets
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.differences import write_changes

SCHEMA = pa.schema([("k", pa.string()), ("n", pa.int64())])
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1, 2, None])), max_size=12
)


def write(path, rows):
    records = [{"k": k, "n": n} for k, n in rows]
    pq.write_table(pa.Table.from_pylist(records, schema=SCHEMA), path)
    return path


def changed(tmp_path, before, after):
    old = None if before is None else [write(tmp_path / "old", before)]
    folder = tmp_path / secrets.token_hex(8)
    write_changes(old, [write(tmp_path / "new", after)], ["k", "n"], folder)
    found = [row for path in folder.iterdir() for row in pq.read_table(path).to_pylist()]
    return {
        kind: Counter((row["k"], row["n"]) for row in found if row["_change_type"] == kind)
        for kind in ("delete", "insert")
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=ROWS, after=ROWS)
def test_what_went_and_what_came_make_one_version_of_the_other(tmp_path, before, after):
    found = changed(tmp_path, before, after)
    assert not found["delete"] & found["insert"]
    assert Counter(before) - found["delete"] + found["insert"] == Counter(after)


def test_with_the_first_version_all_rows_come(tmp_path):
    found = changed(tmp_path, None, [("a", 1), ("a", 1)])
    assert found == {"delete": Counter(), "insert": Counter({("a", 1): 2})}
