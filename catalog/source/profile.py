"""What a file holds, column by column: the facts from which a contract is drafted."""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from math import prod
from pathlib import Path

import duckdb

from catalog.plan import Column, ColumnProfile, ColumnType, TableProfile
from catalog.source.casts import value_sql
from catalog.source.connection import connect, literal
from catalog.source.identifiers import IDENTIFIERS
from catalog.source.sniff import SourceFile, identify
from catalog.source.staging import write_texts
from catalog.source.table import open_whole

MAX_VALUES = 50
MAX_SAMPLE = 10_000
"""Distinct texts on which identifiers are tried; beyond it their count is an estimate."""
_MAX_KEY_COLUMNS = 10
_MAX_KEY_TRIALS = 60
_KEY_SAMPLE = 10_000
_MIN_ROWS = 4
"""Among fewer records no cell is rare."""
_MIN_DAYS = 5
"""So many different whole numbers are not all dates by chance."""

_NARROWEST_FIRST = (
    ColumnType.INTEGER,
    ColumnType.NUMBER,
    ColumnType.DOUBLE,
    ColumnType.BOOLEAN,
    ColumnType.DATE,
    ColumnType.TIMESTAMP,
    ColumnType.TIME,
)
_PATTERNS = {
    ColumnType.DATE: (
        *("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"),
        *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y"),
    ),
    ColumnType.TIMESTAMP: (
        *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S"),
        *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"),
        *("%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M"),
    ),
}
_LENGTHS_OF_DATES = (6, 26)
_DIGITS_OF_DATES = (8, 14)
_PLAUSIBLE_YEARS = (1900, 2100)
_VALUE_LIKE = re.compile(r"[+-]?[0-9][0-9.,:/ -]*|true|false|nan|null", re.IGNORECASE)
_YEAR = re.compile("(19|20)[0-9]{2}")


def profile(
    path: Path,
    *,
    encoding: str | None = None,
    header: bool | None = None,
    sheet: str = "",
    memory_mb: int = 1024,
) -> tuple[SourceFile, TableProfile]:
    """Count what `path` holds; `header=None` finds out whether its first record is a heading.

    The names are those of `distinct_names`. Raises InvalidInput for a file that is no table.
    """
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        source = identify(path, encoding=encoding, text=scratch / "utf8", sheet=sheet)
        with connect(scratch, memory_mb) as connection:
            heading, table = open_whole(connection, source, scratch, header, has_heading)
            texts = scratch / "texts.parquet"
            write_texts(connection, table, source, texts, scratch)
            connection.execute(f"CREATE VIEW texts AS FROM read_parquet({literal(str(texts))})")
            [(rows,)] = connection.execute("SELECT count(*) FROM texts").fetchall()
            columns = tuple(
                _profile_column(connection, column.name, cell, rows)
                for column, cell in zip(table.columns, table.cells, strict=True)
            )
            keys = _keys(connection, columns, rows)
            second = _second_heading(connection, columns, rows) if heading else ()
    return source, TableProfile(
        rows=rows, columns=columns, keys=keys, headed=bool(heading), second_heading=second
    )


def has_heading(record: Sequence[str], below: Sequence[Sequence[str]] = ()) -> bool:
    """Whether a first record reads as names: no values except years, or words above values only."""
    words = [
        position
        for position, cell in enumerate(record)
        if cell.strip() and (not _is_value(cell) or _YEAR.fullmatch(cell.strip()))
    ]
    if len(words) == sum(bool(cell.strip()) for cell in record):
        return bool(words)
    columns = [
        [cell for other in below for cell in other[p : p + 1] if cell.strip()] for p in words
    ]
    return any(len(cells) > 1 and all(map(_is_value, cells)) for cells in columns)


def _is_value(cell: str) -> bool:
    return _VALUE_LIKE.fullmatch(cell.strip()) is not None


def _second_heading(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], rows: int
) -> tuple[str, ...]:
    """The first record where it reads as words about its columns, like none of the records below.

    Each of its cells stands once in its column, and one of them alone keeps its column from being
    read as numbers or dates, or two of them stand above values that repeat.
    """
    if rows < _MIN_ROWS:
        return ()
    cells = ", ".join(f"c{position}" for position in range(len(columns)))
    [record] = connection.execute(f"SELECT {cells} FROM texts LIMIT 1").fetchall()
    texts = [text or "" for text in record]
    named = [(p, text) for p, text in enumerate(texts) if text.strip()]
    if not has_heading(texts) or 2 * len(named) <= len(columns):
        return ()
    counts = ", ".join(f"count(*) FILTER (c{position} = ?)" for position, _ in named)
    [times] = connection.execute(
        f"SELECT {counts} FROM texts", [text for _, text in named]
    ).fetchall()
    if any(count > 1 for count in times):
        return ()
    above = [columns[position] for position, _ in named]
    alone = [c for c in above if max(c.readable.values()) == c.rows - c.nulls - 1 >= _MIN_ROWS]
    repeating = [c for c in above if 2 * c.distinct <= c.rows - c.nulls]
    return tuple(texts) if alone or len(repeating) > 1 else ()


def _profile_column(
    connection: duckdb.DuckDBPyConnection, name: str, cell: str, rows: int
) -> ColumnProfile:
    """Everything about one column, from its distinct texts and how often each occurs."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {cell} AS text, count(*) AS times"
        f" FROM texts WHERE {cell} IS NOT NULL GROUP BY ALL"
    ).fetchall()
    [(distinct, filled, shortest, longest, low, high)] = connection.execute(
        "SELECT count(*), coalesce(sum(times), 0), coalesce(min(length(text)), 0),"
        " coalesce(max(length(text)), 0), coalesce(min(text), ''), coalesce(max(text), '')"
        " FROM seen"
    ).fetchall()
    readable = _count_readable(connection, [Column("", kind, ()) for kind in _NARROWEST_FIRST])
    all_numbers = readable[ColumnType.NUMBER] == filled
    lengths = _DIGITS_OF_DATES if all_numbers else _LENGTHS_OF_DATES
    is_candidate = filled and shortest <= max(lengths) and longest >= min(lengths)
    date_format = _find_pattern(connection, readable) if is_candidate else ""
    fitting = [k for k in _NARROWEST_FIRST if filled and readable[k] == filled]
    narrowest = fitting[0] if fitting else ColumnType.STRING
    if ColumnType.DATE in fitting and _are_days(low, high, distinct, int(filled), shortest):
        narrowest = ColumnType.DATE
    if narrowest is not ColumnType.STRING:
        low, high = _bounds(connection, Column("", narrowest, (), date_format))
    values = connection.execute(
        "SELECT text, times FROM seen ORDER BY times DESC, text LIMIT ?", [MAX_VALUES + 1]
    ).fetchall()
    return ColumnProfile(
        name=name,
        rows=rows,
        nulls=rows - int(filled),
        distinct=distinct,
        values=tuple(values) if distinct <= MAX_VALUES else (),
        readable=readable,
        narrowest=narrowest,
        date_format=date_format,
        minimum=low,
        maximum=high,
        min_length=shortest,
        max_length=longest,
        identifiers=_count_identifiers(connection, int(filled)),
    )


def _are_days(low: str, high: str, distinct: int, filled: int, shortest: int) -> bool:
    """Whether whole numbers that can all be read as days, such as 20200402, are meant as days.

    Ids given one after the other can be so within a month, never over its end.
    """
    in_one_month = low[:6] == high[:6]
    return (
        shortest == len(low) == len(high) == len("yyyymmdd")
        and distinct >= _MIN_DAYS
        and (distinct < filled or not in_one_month)
    )


def _count_readable(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]
) -> dict[ColumnType, int]:
    return dict(zip((c.type for c in columns), _count(connection, columns), strict=True))


def _count(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> list[int]:
    """How many cells can be read as each column; with a pattern only dates of our time count."""
    low, high = _PLAUSIBLE_YEARS
    tests = []
    for column in columns:
        value = value_sql(column, "text")
        year = f" AND year({value}) BETWEEN {low} AND {high}" if column.format else ""
        tests.append(f"coalesce(sum(CASE WHEN {value} IS NOT NULL{year} THEN times END), 0)")
    [counts] = connection.execute(f"SELECT {', '.join(tests)} FROM seen").fetchall()
    return [int(count) for count in counts]


def _find_pattern(connection: duckdb.DuckDBPyConnection, readable: dict[ColumnType, int]) -> str:
    """The pattern that reads more cells than ISO 8601 does, if any; its count goes to `readable`."""
    columns = [
        Column("", kind, (), pattern)
        for kind, patterns in _PATTERNS.items()
        for pattern in patterns
    ]
    counts = _count(connection, columns)
    best = max(range(len(columns)), key=counts.__getitem__)
    kind = columns[best].type
    if counts[best] <= max(readable[ColumnType.DATE], readable[ColumnType.TIMESTAMP]):
        return ""
    readable[kind] = counts[best]
    return columns[best].format


def _bounds(connection: duckdb.DuckDBPyConnection, column: Column) -> tuple[str, str]:
    value = value_sql(column, "text")
    if column.type is ColumnType.DOUBLE:
        [(finite,)] = connection.execute(f"SELECT bool_and(isfinite({value})) FROM seen").fetchall()
        if not finite:
            return "", ""
    [(low, high)] = connection.execute(
        f"SELECT coalesce(CAST(min({value}) AS VARCHAR), ''),"
        f" coalesce(CAST(max({value}) AS VARCHAR), '') FROM seen"
    ).fetchall()
    if column.type is ColumnType.NUMBER:
        return low.rstrip("0").rstrip("."), high.rstrip("0").rstrip(".")
    return low, high


def _count_identifiers(connection: duckdb.DuckDBPyConnection, filled: int) -> dict[str, int]:
    sample = connection.execute(
        "SELECT text, times FROM seen ORDER BY hash(text) LIMIT ?", [MAX_SAMPLE]
    ).fetchall()
    looked_at = sum(times for _, times in sample)
    counts = {}
    for name, is_valid in IDENTIFIERS.items():
        valid = sum(times for text, times in sample if is_valid(text))
        counts[name] = valid * filled // looked_at if looked_at else 0
    return counts


def _keys(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], rows: int
) -> tuple[tuple[str, ...], ...]:
    """Column sets of the smallest size that tell all rows apart; at most three columns."""
    if not rows:
        return ()
    whole = [(position, c) for position, c in enumerate(columns) if not c.nulls]
    single = tuple(
        (pair[1].name,)
        for pair in whole
        if pair[1].distinct == rows
        and (pair[1].narrowest is ColumnType.STRING or _is_key(connection, [pair], rows))
    )
    if single:
        return single
    many = sorted((pair for pair in whole if pair[1].distinct > 1), key=lambda p: -p[1].distinct)
    candidates = sorted(many[:_MAX_KEY_COLUMNS], key=lambda pair: pair[0])
    for size in (2, 3):
        found = tuple(
            tuple(c.name for _, c in chosen)
            for chosen in _plausible(candidates, size, rows)
            if _is_key(connection, chosen, rows)
        )
        if found:
            return found
    return ()


def _plausible(
    candidates: Sequence[tuple[int, ColumnProfile]], size: int, rows: int
) -> Iterator[tuple[tuple[int, ColumnProfile], ...]]:
    enough = (
        chosen
        for chosen in combinations(candidates, size)
        if prod(c.distinct for _, c in chosen) >= rows
    )
    return islice(enough, _MAX_KEY_TRIALS)


def _is_key(
    connection: duckdb.DuckDBPyConnection, chosen: Sequence[tuple[int, ColumnProfile]], rows: int
) -> bool:
    values = ", ".join(
        value_sql(Column("", column.narrowest, (), column.date_format), f"c{position}")
        for position, column in chosen
    )
    for source, total in (
        (f"(FROM texts LIMIT {_KEY_SAMPLE})", min(rows, _KEY_SAMPLE)),
        ("texts", rows),
    ):
        [(distinct,)] = connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {values} FROM {source})"
        ).fetchall()
        if distinct != total:
            return False
    return True
