"""Small tables for tests: written as the Parquet files of a scan, and checked by the engine."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.plan import Column, ColumnType, Scan
from quality.engines import engine
from quality.model import CheckKind, CheckSpec, Dimension

ARROW = {
    ColumnType.STRING: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.decimal128(38, 9),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIME: pa.time64("us"),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
}


@dataclass
class Table:
    """`types` and `values` by column name; `unread` maps (column, row) to the text of the cell."""

    types: dict
    values: dict
    unread: dict = field(default_factory=dict)

    @property
    def rows(self):
        return len(next(iter(self.values.values())))

    def part(self, start, stop):
        arrays = {
            name: pa.array(cells[start:stop], ARROW[self.types[name]])
            for name, cells in self.values.items()
        }
        return pa.table(arrays)

    def scan(self, folder: Path, *, cuts=()) -> Scan:
        """Write the table as one file, or as several cut before the rows `cuts` (from 0)."""
        edges = [0, *cuts, self.rows]
        files = []
        for number, (start, stop) in enumerate(pairwise(edges)):
            files.append(str(folder / f"part-{number}.parquet"))
            pq.write_table(self.part(start, stop), files[-1])
        columns = tuple(Column(name, kind, (name,)) for name, kind in self.types.items())
        return Scan(tuple(files), self.rows, columns, self._write_unread(folder))

    def _write_unread(self, folder: Path) -> str:
        if not self.unread:
            return ""
        cells = [(column, row, text) for (column, row), text in self.unread.items()]
        columns = [list(part) for part in zip(*cells, strict=True)]
        path = folder / "unread.parquet"
        pq.write_table(pa.table(columns, names=["column", "row", "text"]), path)
        return str(path)


def spec(kind: CheckKind, *columns: str, **fields) -> CheckSpec:
    """A check with an id of its own, unless one is given."""
    fields.setdefault("id", f"{'+'.join(columns)}.{kind}")
    fields.setdefault("dimension", Dimension.CONFORMITY)
    return CheckSpec(kind=kind, columns=columns, description="", **fields)


def run(specs, scan: Scan, folder: Path, references=None, *, by="duckdb"):
    """Counts by check, failing rows by check, and the number of rows in error."""
    failing = folder / "failing.parquet"
    measured = engine(by).run(specs, scan, references or {}, failing=failing, memory_mb=512)
    found = {}
    listed = pq.read_table(failing).to_pylist()
    assert listed == sorted(listed, key=lambda line: (line["check"], line["row"]))
    for line in listed:
        found.setdefault(line["check"], []).append(line["row"])
    return {count.check: count for count in measured.counts}, found, measured.failing_rows
