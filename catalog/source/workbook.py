"""An Excel sheet as records of text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from catalog.source.delimited import write_records
from core.errors import InvalidInput, NotFound

MAX_CELLS = 20_000_000
MAX_UNPACKED = 1 << 30
"""Bytes that the parts of a workbook may unpack to."""


def sheet_names(path: Path) -> list[str]:
    """The sheets in the order of their tabs; raises InvalidInput as `tabulate` does."""
    with _opened(path) as workbook:
        return workbook.sheet_names


def tabulate(path: Path, sheet: str, target: Path) -> None:
    """Write the rows of a sheet that hold anything as CSV to `target`; '' names the first sheet.

    Dates become ISO 8601 text, whole numbers lose their `.0`; formulas count as their last result.
    Raises InvalidInput for a damaged, locked or monstrous workbook, NotFound for another sheet.
    """
    with _opened(path) as workbook:
        names = workbook.sheet_names
        if sheet and sheet not in names:
            raise NotFound("sheet", sheet, hint=f"{path.name} has the sheets {', '.join(names)}")
        page = workbook.get_sheet_by_name(sheet or names[0])
        if page.total_height * page.total_width > MAX_CELLS:
            raise InvalidInput(
                f"{path.name}: the sheet has more than {MAX_CELLS:,} cells",
                hint="hand a table of this size in as CSV or Parquet",
            )
        rows = page.to_python()
    write_records(target, path.name, _texts(rows))


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    _refuse_bomb(path)
    try:
        yield CalamineWorkbook.from_path(path)
    except (CalamineError, IndexError) as error:
        raise InvalidInput(
            f"{path.name}: the workbook cannot be read: {str(error).splitlines()[0]}",
            hint="save it again without a password, as .xlsx",
        ) from error


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):  # an .xls file is not packed
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise InvalidInput(
            f"{path.name}: the workbook unpacks to more than {MAX_UNPACKED >> 30} GB",
            hint="hand a table of this size in as CSV or Parquet",
        )


def _texts(rows: list[list[Any]]) -> Iterator[list[str]]:
    for row in rows:
        texts = [_text(cell) for cell in row]
        if any(texts):
            yield texts


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
        case dt.datetime():
            return str(cell.date()) if cell.time() == dt.time() else cell.isoformat(" ")
        case dt.timedelta():
            return str(cell)
        case _:
            return str(cell)
