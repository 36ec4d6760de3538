"""CSV that a spreadsheet opens without running what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

import typer

from catalog.naming import FORMULA_STARTS
from commands._page import Column

SpreadsheetSafe: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--spreadsheet-safe", help="Keep spreadsheets from running CSV cells as formulas."
    ),
]


def defused(columns: Sequence[Column], *, safe: bool) -> list[Column]:
    """The columns, where `safe` with an apostrophe before what a spreadsheet would run."""
    return [_defused(column) for column in columns] if safe else [*columns]


def _defused(column: Column) -> Column:
    def value(row: Any) -> Any:
        found = column.value(row)
        first, *rest = found if isinstance(found, tuple) and found else (found,)
        if isinstance(first, str) and first.startswith(FORMULA_STARTS):
            return (f"'{first}", *rest)
        return found

    return replace(column, value=value)
