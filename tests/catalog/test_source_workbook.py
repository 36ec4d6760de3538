"""Workbooks that mean harm: entities, parts that unpack to more than they say, endless sheets."""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from catalog.source import workbook
from catalog.source.workbook import tabulate
from core.errors import InvalidInput

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "laugh">' for n in range(10)
)
OF_THE_MACHINE = "what a file of the machine holds"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("数据")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, ["one", "two"])
    return path


def rewritten(path, target, edit):
    """The workbook with one of its parts edited."""
    part = "xl/sharedStrings.xml"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, edit(data) if name == part else data)
    return target


def read(path, tmp_path):
    target = tmp_path / "out.csv"
    tabulate(path, "", target)
    return target.read_text("utf-8")


def test_a_workbook_is_read(book, tmp_path):
    assert read(book, tmp_path).splitlines() == ["a,b", "one,two"]


@pytest.mark.parametrize("used", ["l9", "outside"])
def test_entities_are_neither_expanded_nor_fetched(book, tmp_path, used):
    """Row 6 of the list of attacks."""
    secret = tmp_path / "secret"
    secret.write_text(OF_THE_MACHINE, "utf-8")
    declared = f'{LAUGHS}<!ENTITY outside SYSTEM "{secret.as_uri()}">'

    def edit(data):
        head, _, rest = data.partition(b"<sst")
        document = head + b"<!DOCTYPE sst [" + declared.encode() + b"]><sst" + rest
        return document.replace(b"<t>one</t>", f"<t>&{used};</t>".encode())

    path = rewritten(book, tmp_path / "bomb.xlsx", edit)
    try:
        text = read(path, tmp_path)
    except InvalidInput as error:
        text = str(error)
    assert "laughlaugh" not in text
    assert OF_THE_MACHINE not in text
    assert len(text) < 1000


def test_a_workbook_that_unpacks_to_too_much_is_refused(book, tmp_path, monkeypatch):
    """Row 8 of the list of attacks: what its parts say they unpack to is added up first."""
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 20)
    path = rewritten(book, tmp_path / "bomb.xlsx", lambda data: data + b" " * (2 << 20))
    assert path.stat().st_size < 1 << 16
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        read(path, tmp_path)


def test_a_part_that_unpacks_to_more_than_it_says_is_damaged(book, tmp_path):
    path = rewritten(book, tmp_path / "bomb.xlsx", lambda data: data + b" " * (2 << 20))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    said = size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(said, (100).to_bytes(4, "little")))
    with pytest.raises(InvalidInput):
        read(path, tmp_path)
