"""What changed from one view to the next: rows that came and rows that went, each as it is given."""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog.extract import write_parts
from catalog.selecting import files_sql
from catalog.source.connection import identifier, literal

CHANGE = "_change_type"
"""The column of the Delta protocol that says what became of a row: insert or delete."""


def write_changes(
    before: Sequence[Path] | None, after: Sequence[Path], columns: Sequence[str], folder: Path
) -> None:
    """Write the rows of `after` that `before` has not, and the other way round, to a new folder.

    Both are views of the same `columns`; a row that is there twice, and once before, came once. A
    row that is changed went and came. The first version has nothing before it.
    """
    names = ", ".join(map(identifier, columns))
    new = f"SELECT {names} FROM {files_sql([str(path) for path in after])}"
    parts = [_as(names, new, "insert")]
    if before is not None:
        old = f"SELECT {names} FROM {files_sql([str(path) for path in before])}"
        parts = [
            _as(names, f"{old} EXCEPT ALL {new}", "delete"),
            _as(names, f"{new} EXCEPT ALL {old}", "insert"),
        ]
    write_parts(f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL", folder)


def _as(names: str, rows: str, change: str) -> str:
    return f"SELECT {names}, {literal(change)} AS {identifier(CHANGE)} FROM ({rows})"
