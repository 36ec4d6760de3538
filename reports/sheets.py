"""The cells of a workbook as any program shows them: values, and the formulas that give them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from core.errors import InvalidInput
from reports.differences import Told

MOST_BYTES = 1 << 30
"""So much may come out of a workbook."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def parts(content: bytes) -> dict[str, bytes]:
    """The files of a workbook by their names. Raises InvalidInput where it is none."""
    try:
        with ZipFile(BytesIO(content)) as book:
            if sum(entry.file_size for entry in book.infolist()) > MOST_BYTES:
                raise InvalidInput(
                    f"the workbook unpacks to more than {MOST_BYTES >> 20} MB",
                    hint="it is none that `bureau report build` wrote",
                )
            return {entry.filename: book.read(entry) for entry in book.infolist()}
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise InvalidInput(f"this is no workbook: {error}") from error


def cells(content: bytes) -> Told:
    """Sheet and place of each cell that holds something, with what it holds."""
    files = parts(content)
    try:
        strings = [_text(item) for item in _elements(files.get("xl/sharedStrings.xml", b""), "si")]
        return [
            (f"{name}!{place}", value)
            for name, path in _sheets(files)
            for place, value in _cells(files[path], strings)
        ]
    except (KeyError, ParseError, ValueError, IndexError) as error:
        raise InvalidInput(f"the workbook cannot be read: {error}") from error


def _sheets(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    links = iterparse(BytesIO(files["xl/_rels/workbook.xml.rels"]))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for _, link in links}
    for sheet in _elements(files["xl/workbook.xml"], "sheet"):
        yield sheet.attrib["name"], f"xl/{targets[sheet.attrib[_LINK]].removeprefix('/xl/')}"


def _cells(sheet: bytes, strings: list[str]) -> Iterator[tuple[str, str]]:
    for cell in _elements(sheet, "c"):
        formula, value = cell.find(f"{_MAIN}f"), cell.findtext(f"{_MAIN}v", "")
        match cell.get("t"):
            case "s":
                value = strings[int(value)]
            case "inlineStr":
                value = _text(cell)
            case _:
                pass
        shown = value if formula is None else f"={formula.text} → {value}"
        if shown:
            yield cell.attrib["r"], shown


def _text(element: Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_MAIN}t"))


def _elements(content: bytes, tag: str) -> Iterator[Element]:
    if not content:
        return
    for _, element in iterparse(BytesIO(content)):  # noqa: S314
        if element.tag == f"{_MAIN}{tag}":
            yield element
            element.clear()
