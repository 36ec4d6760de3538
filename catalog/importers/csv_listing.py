"""A listing of datasets as a CSV file without a header: title, description, path and the like."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from catalog.importers.assembling import Assembler, Record
from catalog.importers.records import ImportDefaults, ImportResult
from catalog.model import Distribution
from catalog.naming import MAX_ADDRESS
from core.errors import InvalidInput

COLUMNS = ("title", "description", "path", "keywords", "theme", "format")
"""What a column may hold; `path` is where the portal shows the dataset, and identifies it."""

MAX_CELL = 131_072
_CKAN = "/dataset/"
"""Where CKAN portals show datasets; what follows is the dataset's name there."""


def read_csv_listing(
    data: bytes,
    defaults: ImportDefaults,
    columns: Sequence[str] = ("title", "description", "path"),
    encoding: str = "utf-8",
) -> ImportResult:
    """Read one draft from each row; `columns` says what the cells of a row are, in order.

    Raises InvalidInput for a file that is not CSV in `encoding`, or an unknown column.
    """
    _check_columns(columns)
    assembler = Assembler(defaults)
    for position, cells in enumerate(_rows(data, encoding), 1):
        _take(assembler, Record(position), columns, cells)
    return assembler.result()


def _check_columns(columns: Sequence[str]) -> None:
    for name in columns:
        if name not in COLUMNS or columns.count(name) > 1:
            raise InvalidInput(
                f"a listing has no column '{name}', or not twice",
                hint=f"name each column once, out of: {' '.join(COLUMNS)}",
            )
    if "title" not in columns:
        raise InvalidInput("a listing needs a column 'title'")


def _rows(data: bytes, encoding: str) -> list[list[str]]:
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise InvalidInput(f"there is no encoding '{encoding}'") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"the listing is not {encoding} in line {line}",
            hint="name the encoding, such as gb18030 or big5",
        ) from error
    # The limit is one for the whole process, so every reader sets its own.
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [cells for cells in reader if cells]
    except csv.Error as error:
        raise InvalidInput(f"the listing is not CSV in line {reader.line_num}: {error}") from error


def _take(assembler: Assembler, record: Record, columns: Sequence[str], cells: list[str]) -> None:
    row = dict(zip(columns, cells, strict=False))
    for number in range(len(columns) + 1, len(cells) + 1):
        record.note(f"column {number}", "stands beyond the columns of the listing")
    for name in columns[len(cells) :]:
        record.note(name, "the row ends before this column")
    path = record.line("path", row.get("path"), MAX_ADDRESS)
    keywords = record.line("keywords", row.get("keywords"), MAX_ADDRESS)
    fields: dict[str, Any] = {
        "summary": record.text("description", row.get("description")),
        "format": record.line("format", row.get("format")),
        "keywords": tuple(word.strip() for word in keywords.split(",") if word.strip()),
        "distributions": (Distribution(access_url=path),) if path else (),
    }
    if theme := record.line("theme", row.get("theme")):
        fields["theme"] = theme
    assembler.take(record, path.removeprefix(_CKAN), row.get("title"), fields)
