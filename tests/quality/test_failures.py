import pyarrow as pa
import pyarrow.parquet as pq

from quality.failures import failing_pairs, read_cells, write_cells
from quality.model import FailingCell


def cells(number):
    for row in range(1, number + 1):
        text = None if row % 3 == 0 else f"值 {row}"
        yield FailingCell(check=f"check-{row % 2}", row=row, column="v", text=text)


def test_cells_come_back_page_by_page_in_their_order(tmp_path):
    path = tmp_path / "cells.parquet"
    written = list(cells(45_000))
    write_cells(path, iter(written))
    assert read_cells(path, "", 45_000, 0) == written
    of_one = [cell for cell in written if cell.check == "check-1"]
    assert read_cells(path, "check-1", 10, 0) == of_one[:10]
    assert read_cells(path, "check-1", 10, 22_495) == of_one[22_495:]
    assert read_cells(path, "check-1", 10, 30_000) == []
    assert read_cells(path, "no-such-check", 10, 0) == []


def test_no_cells_are_an_empty_file(tmp_path):
    write_cells(tmp_path / "cells.parquet", ())
    assert read_cells(tmp_path / "cells.parquet", "", 10, 0) == []


def test_the_first_rows_of_every_check(tmp_path):
    path = tmp_path / "failing.parquet"
    lines = [("a", row) for row in range(1, 50_001)] + [("b", 7), ("c", 1), ("c", 2)]
    checks, rows = zip(*lines, strict=True)
    table = {"check": checks, "row": rows, "severity": ["error"] * len(lines)}
    pq.write_table(pa.table({k: list(v) for k, v in table.items()}), path, row_group_size=1000)
    assert failing_pairs(path, per_check=2) == [("a", 1), ("a", 2), ("b", 7), ("c", 1), ("c", 2)]
    assert failing_pairs(path, per_check=10**6) == lines
