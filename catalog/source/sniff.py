"""What a file is, judged by its content: format, encoding, delimiter, hash."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import stat
import zipfile
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from catalog.source.text import read_text
from core.errors import InvalidInput, NotFound

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 64 << 10
_SAMPLE_RECORDS = 50
_HEAD = 4096
_JSON_START = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[{\]])")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TABLES = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"<!": "a web page or an XML document",
    b"<html": "a web page",
    b"<?xml": "an XML document",
}


class SourceFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    EXCEL = "excel"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was handed in.

    `sha256` and `size` (bytes) are of the file itself. `text` is its UTF-8 form where one was
    written, the file itself where it is UTF-8 already, and None for formats that are not text.
    `delimiter` is empty outside CSV, `sheet` outside Excel (there, empty means the first one).
    """

    path: Path
    format: SourceFormat
    sha256: str
    size: int
    encoding: str = ""
    delimiter: str = ""
    text: Path | None = None
    sheet: str = ""


def identify(
    path: Path, *, encoding: str | None = None, text: Path | None = None, sheet: str = ""
) -> SourceFile:
    """Look at the whole of `path` once or twice.

    `encoding` overrules what would be found. A text file that is not UTF-8 is written to `text` as
    UTF-8 in the same pass; without `text` it is only checked. Raises NotFound, or InvalidInput for
    an empty or undecodable file, a NUL byte, an endless line, what is not a table at all, and a
    `sheet` of what is no workbook.
    """
    size = _size_of(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = _format_of(path, head)
    if sheet and kind is not SourceFormat.EXCEL:
        raise InvalidInput(
            f"{path.name} is no Excel file, so it has no sheet '{sheet}'", hint="leave --sheet out"
        )
    if kind in (SourceFormat.PARQUET, SourceFormat.EXCEL):
        return SourceFile(path, kind, _hash(path), size, sheet=sheet)
    is_csv = kind is SourceFormat.CSV
    sha256, found, utf8 = read_text(path, head, encoding, text, has_lines=is_csv)
    delimiter = _delimiter(path, found) if is_csv else ""
    return SourceFile(path, kind, sha256, size, found, delimiter, utf8)


def _size_of(path: Path) -> int:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound("file", str(path)) from error
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInput(f"{path.name} is not a file", hint="name one file of data")
    if not status.st_size:
        raise InvalidInput(f"{path.name} is empty", hint="export it again; it has 0 bytes")
    return status.st_size


def _format_of(path: Path, head: bytes) -> SourceFormat:
    if head.startswith(b"PAR1"):
        return SourceFormat.PARQUET
    if head.startswith(_OLE) or (head.startswith(_ZIP) and _is_workbook(path)):
        return SourceFormat.EXCEL
    for magic, name in {**_NOT_TABLES, _ZIP: "a zip archive"}.items():
        if head[: len(magic)].lower() == magic.lower():
            raise InvalidInput(
                f"{path.name} is {name}, not a table",
                hint="hand in CSV, Parquet, JSON or Excel; unpack archives first",
            )
    bare = head.removeprefix(codecs.BOM_UTF8)
    return SourceFormat.JSON if _JSON_START.match(bare) else SourceFormat.CSV


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/workbook.") for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise InvalidInput(
            f"{path.name} is a damaged zip archive or workbook",
            hint="save it again, or check that the copy is complete",
        ) from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter under which the first records agree best on a number of fields above one."""
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE)
    if not sample.strip():
        raise InvalidInput(
            f"{path.name} holds nothing but blanks", hint="export it again; it has no records"
        )
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    records = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(record) for record, _ in zip(records, range(_SAMPLE_RECORDS), strict=False)]
    except csv.Error:
        return (0.0, 0)
    if len(widths) > 1 and len(widths) < _SAMPLE_RECORDS:
        widths.pop()  # the sample may end within it
    width, times = Counter(widths).most_common(1)[0]
    return (times / len(widths), width) if width > 1 else (0.0, 1)
