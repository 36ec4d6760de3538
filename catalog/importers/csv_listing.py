"""A listing of datasets as a CSV file: title, description, path and the like."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from catalog.importers.assembling import Assembler, Record
from catalog.importers.records import ImportDefaults, ImportResult
from catalog.model import Distribution
from catalog.naming import MAX_ADDRESS, visible
from core.errors import InvalidInput

COLUMNS = ("title", "description", "path", "keywords", "theme", "format")
"""What a column may hold; `path` is where the portal shows the dataset, and identifies it."""

HEADINGS = {
    "title": ("标题", "標題", "目录名称", "数据目录名称", "数据集名称", "資料集名稱"),
    "description": ("summary", "描述", "摘要", "说明", "說明", "简介"),
    "path": ("url", "link", "地址", "链接", "网址", "網址"),
    "keywords": ("keyword", "tags", "关键词", "关键字", "标签"),
    "theme": ("category", "主题", "领域", "分类"),
    "format": ("formats", "格式", "数据格式"),
}
"""What else a heading may call a column. `name` is no title: too many tables of data have one."""

MAX_CELL = 131_072
_SHOWN = 12
"""Headings that a message shows."""
_CKAN = "/dataset/"
"""Where CKAN portals show datasets; what follows is the dataset's name there."""


def read_csv_listing(
    data: bytes,
    defaults: ImportDefaults,
    columns: Sequence[str] = (),
    encoding: str = "utf-8",
) -> ImportResult:
    """Read one draft from each row.

    `columns` says what the cells are, in order, where no row of headings does. Raises InvalidInput
    for a file that is not CSV in `encoding`, has no heading for a title, or for an unknown column.
    """
    if columns:
        _check_columns(columns)
    assembler = Assembler(defaults)
    rows = _rows(data, encoding)
    if rows and not columns:
        columns = _columns(rows.pop(0))
    for position, cells in enumerate(rows, 1):
        _take(assembler, Record(position), columns, cells)
    return assembler.result()


def _columns(headings: Sequence[str]) -> list[str]:
    """What each column is; one with an unknown heading keeps it, and a repeated one its place too."""
    known = {other: name for name, others in HEADINGS.items() for other in (name, *others)}
    columns: list[str] = []
    for number, heading in enumerate(headings, 1):
        name = known.get(heading.strip().casefold(), heading)
        columns.append(f"{heading} (column {number})" if name in columns else name)
    if "title" not in columns:
        found = ", ".join(f"'{visible(heading)}'" for heading in headings[:_SHOWN])
        more = ", ..." if len(headings) > _SHOWN else ""
        titles = ", ".join(("title", *HEADINGS["title"]))
        raise InvalidInput(
            f"this is not a listing: none of its headings ({found}{more}) is one for titles",
            hint=f"call the column of titles one of {titles} (others: {', '.join(COLUMNS[1:])}); or,"
            " where the file has no headings, add --columns title,description,path",
        )
    return columns


def _check_columns(columns: Sequence[str]) -> None:
    for name in columns:
        if name not in COLUMNS or columns.count(name) > 1:
            fault = "is named twice" if name in COLUMNS else "is not a column of a listing"
            raise InvalidInput(
                f"'{visible(name)}' {fault}",
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
    if _is_json(text):
        raise InvalidInput("the listing is JSON, not CSV", hint="read a data.json: --from dcat-us")
    # The limit is one for the whole process, so every reader sets its own.
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [cells for cells in reader if cells]
    except csv.Error as error:
        raise InvalidInput(f"the listing is not CSV in line {reader.line_num}: {error}") from error


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _take(assembler: Assembler, record: Record, columns: Sequence[str], cells: list[str]) -> None:
    row = dict(zip(columns, cells, strict=False))
    if assembler.refuse_secret(record, row):
        return
    for number in range(len(columns) + 1, len(cells) + 1):
        record.note(f"column {number}", "stands beyond the columns of the listing")
    for name in columns[len(cells) :]:
        record.note(name, "the row ends before this column")
    for name in row.keys() - set(COLUMNS):
        if row[name]:
            record.note(name, "a catalogue entry has no such field")
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
