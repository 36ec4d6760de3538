"""Workbooks as LibreOffice counts them: `make office` runs this with Debian's LibreOffice."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from reports import sheets, xlsx
from tests.reports.sample import HOSTILE, sample


def without_values(content: bytes, path: Path) -> None:
    """The workbook with every formula, and nothing of what it came to."""
    with zipfile.ZipFile(path, "w") as book:
        for name, part in sheets.parts(content).items():
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)  # noqa: PLW2901
            book.writestr(name, part)


@pytest.fixture(scope="module", params=["zh", "en", "both"])
def counted(request, tmp_path_factory):
    """Our own workbook, and the values that LibreOffice finds by the same formulas."""
    folder = tmp_path_factory.mktemp("office")
    ours = xlsx.render(sample(request.param, 8, 11))
    without_values(ours, folder / "report.xlsx")
    made = subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "ods", "--outdir", str(folder), str(folder / "report.xlsx")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "report.ods").is_file(), made.stdout + made.stderr
    return ours, CalamineWorkbook.from_path(folder / "report.ods")


def place_of(name: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", name).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def test_every_formula_comes_to_our_number(counted):
    ours, theirs = counted
    rows = theirs.get_sheet_by_name("Summary").to_python(skip_empty_area=False)
    formulas = 0
    for place, told in xlsx.told(ours):
        sheet, cell = place.split("!")
        if sheet != "Summary" or "→" not in told:
            continue
        row, column = place_of(cell)
        value, stated = rows[row][column], told.split("→ ")[1]
        formulas += 1
        assert str(value) == stated if stated == "n/a" else float(value) == float(stated), place
    assert formulas > 100


def test_nothing_of_the_data_became_a_formula(counted):
    _, theirs = counted
    titles = {
        str(row[3]).removeprefix("'").strip("\t")
        for sheet in ("Denominator", "Excluded")
        for row in theirs.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    }
    assert {text.strip("\t") for text in HOSTILE} <= titles
