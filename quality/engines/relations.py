"""The relations that a check plan speaks of, as DuckDB reads them from Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from sqlglot import exp

from catalog.plan import Column
from core.errors import EngineFailed
from quality.model import Severity
from quality.values import SQL_TYPES

_POSITIONS = ("file_row_number", "file_index")
"""DuckDB's virtual columns; a real column of that name would hide them."""


def delivery(columns: Sequence[Column], files: Sequence[str], rows: Sequence[int]) -> exp.Select:
    """`k0`, `k1` ... and `n`; `rows` says how many rows each of `files` has."""
    hidden = [column.name for column in columns if column.name.lower() in _POSITIONS]
    if hidden:
        raise EngineFailed(
            f"a column cannot be checked under the name '{hidden[0]}'",
            hint="give it another `name` in the contract and keep this one as `physicalName`",
        )
    kinds = [SQL_TYPES[column.type] for column in columns]
    cells = [
        _held(_cast(exp.column(column.name, quoted=True) if files else exp.null(), kind), kind)
        for column, kind in zip(columns, kinds, strict=True)
    ]
    named = [cell.as_(f"k{place}") for place, cell in enumerate(cells)]
    number = _row_number(rows) if files else exp.null()
    return _read(files, [*named, _cast(number, "BIGINT").as_("n")])


def named(columns: Sequence[Column], held: exp.Select) -> exp.Select:
    """The columns of `held`, a delivery, under the names of the contract."""
    cells = [
        exp.column(f"k{place}").as_(column.name, quoted=True)
        for place, column in enumerate(columns)
    ]
    return exp.select(*cells).from_(held.subquery("held"))


def as_is(files: Sequence[str]) -> exp.Select:
    return _read(files, [exp.Star()])


def reference(columns: Sequence[str], kinds: Sequence[str], files: Sequence[str]) -> exp.Select:
    """`t0`, `t1` ...: the target columns, which have the types `kinds`; no rows without files."""
    cells = [
        _held(exp.column(column, quoted=True) if files else _cast(exp.null(), kind), kind)
        for column, kind in zip(columns, kinds, strict=True)
    ]
    return _read(files, [cell.as_(f"t{place}") for place, cell in enumerate(cells)])


def unread(columns: Sequence[Column], file: str) -> exp.Select:
    """`col`, the position of a column in the scan, `n`, and `cell`, the text; other columns are left out."""
    place: exp.Expr = exp.null()
    if file:
        name = exp.column("column", quoted=True)
        whens = [
            exp.If(this=exp.EQ(this=name.copy(), expression=exp.convert(column.name)), true=number)
            for number, column in ((exp.convert(at), column) for at, column in enumerate(columns))
        ]
        place = exp.Case(ifs=whens)
    number = exp.column("row", quoted=True) if file else exp.null()
    text = exp.column("text", quoted=True) if file else exp.null()
    cells = [
        _cast(place, "INTEGER").as_("col"),
        _cast(number, "BIGINT").as_("n"),
        _cast(text, "VARCHAR").as_("cell"),
    ]
    return _read([file] if file else [], cells)


def row_count(file: str) -> exp.Select:
    return _read([file], [exp.Count(this=exp.Star())])


def rows_in_error(file: str) -> exp.Select:
    """How many distinct rows of a file of failing rows fail a check of error severity."""
    severity = exp.EQ(this=exp.column("severity"), expression=exp.convert(Severity.ERROR.value))
    rows = _read([file], [exp.column("row", quoted=True)]).distinct().where(severity)
    return exp.select(exp.Count(this=exp.Star())).from_(rows.subquery("rows"))


def family(kind: str) -> str:
    """What a DuckDB type can be compared with: text, numbers, or values of its own kind."""
    name = kind.partition("(")[0]
    if name in ("VARCHAR", "BOOLEAN", "DATE", "TIME") or name.startswith("TIMESTAMP"):
        return name.partition("_")[0].partition(" ")[0]
    return "number"


def _read(files: Sequence[str], cells: Sequence[exp.Expr]) -> exp.Select:
    if not files:
        return exp.select(*cells).where(exp.false())
    paths = exp.array(*[exp.convert(file) for file in files])
    return exp.select(*cells).from_(exp.Anonymous(this="read_parquet", expressions=[paths]))


def _row_number(rows: Sequence[int]) -> exp.Expr:
    """The row number from 1 over all files together, which are numbered from 0 and so are rows."""
    before = exp.array(*[exp.convert(total) for total in accumulate(rows, initial=0)])
    file = exp.Add(this=exp.column("file_index"), expression=exp.convert(1))
    first = exp.Anonymous(this="list_extract", expressions=[before, _cast(file, "BIGINT")])
    in_file = exp.Add(this=exp.column("file_row_number"), expression=exp.convert(1))
    return exp.Add(this=first, expression=in_file)


def _held(cell: exp.Expr, kind: str) -> exp.Expr:
    """Keep DuckDB from concluding anything about NaN from a file's smallest and largest value.

    Writers leave NaN out of those, as Parquet tells them to, and DuckDB takes them at their word.
    """
    if kind not in ("DOUBLE", "FLOAT"):
        return cell
    nan = _cast(exp.convert("nan"), kind)
    return exp.Case(ifs=[exp.If(this=exp.IsNan(this=cell.copy()), true=nan)], default=cell)


def _cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.cast(value, kind, dialect="duckdb")
