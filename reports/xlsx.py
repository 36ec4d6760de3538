"""A report as a workbook in which each number is counted by a formula over the rows beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from catalog.naming import FORMULA_STARTS
from core.errors import InvalidInput
from reports import words
from reports.compose import change
from reports.data import Sealed
from reports.differences import Told, of_cells
from reports.model import Figure, Members, Report, Standing
from reports.outline import Part, outline
from reports.packing import Cells, Rows, with_rows
from reports.sheets import cells, parts
from reports.words import Language, say

MOST_ROWS = 1_048_575
MOST_LETTERS = 32_767
CHUNK = 30_000
"""Letters of the embedded data in one cell."""
SUMMARY, NUMERATOR, DENOMINATOR, EXCLUDED = "Summary", "Numerator", "Denominator", "Excluded"
METHOD, PROVENANCE, DATA = "Method", "Provenance", "Data"
LIST, WHOSE, CODE, ADDS, OF = "A", "B", "F", "H", "I"
"""Columns that the formulas count by."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (a workbook's times have no zone; this one says nothing)


def renderer() -> str:
    """What decides the content beside this program."""
    return f"xlsxwriter {version('xlsxwriter')}"


def render(sealed: Sealed) -> bytes:
    """Raises InvalidInput for more rows than a sheet has."""
    rows = sum(len(members.rows) for members in sealed.report.members)
    if rows > MOST_ROWS:
        raise InvalidInput(
            f"{rows} rows are more than a sheet of a workbook has",
            hint="write the report as .json, or of one department: --department CODE",
        )
    content = BytesIO()
    with Workbook(content, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE})
        _write(book, sealed)
        sheets = enumerate(book.worksheets(), 1)
        names = {sheet.name: f"xl/worksheets/sheet{number}.xml" for number, sheet in sheets}
    language, report = Language(sealed.language), sealed.report
    filled = {
        names[name]: Rows(_count(report.members, standings), _listing(report, standings, language))
        for name, standings in _SHEETS.items()
    }
    return with_rows(content.getvalue(), filled)


class _Sheet:
    """A sheet that is written downwards, a row at a time."""

    def __init__(self, book: Workbook, name: str, widths: Sequence[int]) -> None:
        self._sheet = book.add_worksheet(name)
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._title = book.add_format({"bold": True, "font_size": 13})
        self._rate = book.add_format({"num_format": "0.00"})
        self._row = 0
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def headings(self, titles: Sequence[str]) -> None:
        for column, title in enumerate(titles):
            self._sheet.write_string(self._row, column, _inert(title), self._bold)
        self._row += 1

    def title(self, said: str) -> None:
        self._sheet.write_string(self._row, 0, _inert(said), self._title)
        self._row += 1

    def line(self, values: Sequence[str | int]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, int):
                self._sheet.write_number(self._row, column, value)
            elif value:
                self._sheet.write_string(self._row, column, _inert(value))
        self._row += 1

    def skip(self) -> None:
        self._row += 1

    def part(self, part: Part, language: Language, formula: Any) -> None:
        """The rows of a block: each figure takes three cells, and a change one more."""
        for row in part.rows:
            column = 0
            figures = [cell for cell in row if isinstance(cell, Figure)]
            for heading, cell in zip(part.headings, row, strict=False):
                if isinstance(cell, Figure) and heading.bare:
                    self._number(column, formula(cell, base=False), cell.n)
                    column += 1
                elif isinstance(cell, Figure) and part.compact:
                    self._number(column, None, _share(cell))
                    column += 1
                elif isinstance(cell, Figure):
                    self._figure(column, cell, formula)
                    column += 3
                else:
                    self._plain(column, cell if isinstance(cell, int) else _said(cell, language))
                    column += 1
            if part.changes:
                self._change(column, change(*figures))
            self._row += 1

    def finish(self, columns: int, rows: int) -> None:
        """Keep the headings in sight, and let the rows be filtered that come under them."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, rows, columns - 1)

    def hide(self) -> None:
        self._sheet.very_hidden()

    def _plain(self, column: int, value: str | int) -> None:
        if isinstance(value, int):
            self._sheet.write_number(self._row, column, value)
        else:
            self._sheet.write_string(self._row, column, _inert(value))

    def _figure(self, column: int, figure: Figure, formula: Any) -> None:
        self._number(column, formula(figure, base=False), figure.n)
        if figure.base is None:
            return
        self._number(column + 1, formula(figure, base=True), figure.base)
        n, base = (xl_rowcol_to_cell(self._row, column + more) for more in (0, 1))
        part = f'=IF({base}=0,"n/a",INT(({n}*20000+{base})/(2*{base}))/100)'
        self._number(column + 2, part, _share(figure))

    def _change(self, column: int, moved: int | None) -> None:
        now, then = (xl_rowcol_to_cell(self._row, column - back) for back in (4, 1))
        text = f'=IF(OR(ISTEXT({now}),ISTEXT({then})),"n/a",ROUND({now}-{then},2))'
        self._number(column, text, "n/a" if moved is None else moved / 100)

    def _number(self, column: int, formula: str | None, value: float | str) -> None:
        style = self._rate if isinstance(value, float) else None
        if formula is not None:
            self._sheet.write_formula(self._row, column, formula, style, value)
        elif isinstance(value, str):
            self._sheet.write_string(self._row, column, value)
        else:
            self._sheet.write_number(self._row, column, value, style)


def _write(book: Workbook, sealed: Sealed) -> None:
    language, report = Language(sealed.language), sealed.report
    parts = outline(sealed)
    summary = _Sheet(book, SUMMARY, [44, *[12] * 15])
    formula = _Formulas(report.members)
    for part in parts:
        summary.title(say(part.title, language))
        summary.line([say(part.reading, language)])
        summary.headings(_headings(part, language))
        summary.part(part, language, formula)
        summary.skip()
    _lists(book, report.members, language)
    method = _Sheet(book, METHOD, [12, 24, 16, 60, 60, 60, 60, 40])
    named = "CODE TITLE METHOD NUMERATOR DENOMINATOR EXCLUSIONS BASIS LISTED"
    method.headings(_titles(language, named))
    for one in report.members:
        said = one.method
        counted = words.listed(one)
        texts = (said.numerator, said.denominator, said.exclusions, said.basis, counted)
        method.line(
            [one.id, say(one.title, language), said.name, *(say(t, language) for t in texts)]
        )
    _provenance(book, sealed, language)


def _lists(book: Workbook, lists: Sequence[Members], language: Language) -> None:
    """The sheets of rows with their headings; the rows come when the book is whole."""
    widths = [12, 20, 36, 44, 12, 16, 60, 8, 8, 32]
    named = _titles(language, "ROWS DEPARTMENT CODE TITLE COUNTS_AS CODE EVIDENCE")
    named += ["n", "N", *_titles(language, "DEPARTMENT_NAME")]
    for name, standings in _SHEETS.items():
        sheet = _Sheet(book, name, widths)
        sheet.headings(named)
        sheet.finish(len(widths), _count(lists, standings))


def _count(lists: Sequence[Members], standings: AbstractSet[Standing]) -> int:
    return sum(row.standing in standings for members in lists for row in members.rows)


def _listing(
    report: Report, standings: AbstractSet[Standing], language: Language
) -> Iterator[Cells]:
    called = {code: _inert(say(name, language)) for code, name in report.names.items()}
    for members in report.members:
        whose = _inert(members.id)
        for row in members.rows:
            if row.standing in standings:
                stands = say(words.stands(row, members.codes), language)
                texts = (row.department, row.id, row.title, stands, row.code)
                evidence = _inert(say(row.evidence, language))
                name = called.get(row.department, "")
                yield (whose, *map(_inert, texts), evidence, *row.adds, name)


_SHEETS: Mapping[str, AbstractSet[Standing]] = {
    NUMERATOR: {Standing.IN},
    DENOMINATOR: {Standing.IN, Standing.OUT},
    EXCLUDED: {Standing.EXCLUDED},
}


def _provenance(book: Workbook, sealed: Sealed, language: Language) -> None:
    from reports.facts import stated

    provenance = _Sheet(book, PROVENANCE, [24, 90])
    for title, value, _ in stated(sealed):
        provenance.line([say(title, language), value])
    provenance.line([say(words.VERIFY, language), "bureau report verify FILE"])
    data = _Sheet(book, DATA, [20])
    text = json.dumps(sealed.envelope(), ensure_ascii=True, separators=(",", ":"))
    for start in range(0, len(text), CHUNK):
        # A letter before each part keeps a part from being taken for a formula or a number.
        data.line([f"#{text[start : start + CHUNK]}"])
    data.hide()


class _Formulas:
    """The formula that counts a figure anew; none for a figure whose rows are not in the book."""

    def __init__(self, lists: Sequence[Members]) -> None:
        standings = [row.standing for members in lists for row in members.rows]
        self._in_parts = {members.id for members in lists if members.in_parts}
        self._ends = {
            NUMERATOR: standings.count(Standing.IN) + 1,
            DENOMINATOR: len(standings) - standings.count(Standing.EXCLUDED) + 1,
        }

    def __call__(self, figure: Figure, *, base: bool) -> str | None:
        if not figure.rows:
            return None
        if figure.rows in self._in_parts and not figure.stages:
            return "=" + "+".join(self._counts(DENOMINATOR, figure, (), OF if base else ADDS))
        if base or figure.stages:
            codes = () if base else figure.stages
            return "=" + "+".join(self._counts(DENOMINATOR, figure, codes))
        return "=" + "+".join(self._counts(NUMERATOR, figure, ()))

    def _counts(
        self, sheet: str, figure: Figure, codes: Sequence[str], adding: str = ""
    ) -> Iterator[str]:
        """Rows counted, or where a column is named, what stands in it added."""
        last = max(self._ends[sheet], 2)
        begin = f"SUMIFS({sheet}!${adding}$2:${adding}${last}," if adding else "COUNTIFS("
        criteria = [(LIST, figure.rows)]
        if figure.department:
            criteria.append((WHOSE, figure.department))
        for more in [[(CODE, code)] for code in codes] or [[]]:
            pairs = (
                f'{sheet}!${column}$2:${column}${last},"{value}"'
                for column, value in (*criteria, *more)
            )
            yield f"{begin}{','.join(pairs)})"


def _headings(part: Part, language: Language) -> list[str]:
    named: list[str] = []
    for heading in part.headings:
        title = say(heading.title, language)
        if heading.figure and not heading.bare and not part.compact:
            named += [f"{title} n".strip(), "N", "%"]
        else:
            named.append(title)
    return named


def _titles(language: Language, names: str) -> list[str]:
    return [say(getattr(words, name), language) for name in names.split()]


def _said(cell: Any, language: Language) -> str:
    return words.said_cell(cell, language)


def _share(figure: Figure) -> float | str:
    return "n/a" if figure.hundredths is None else figure.hundredths / 100


def _inert(text: str) -> str:
    """Text that stays text in whatever program the workbook or a copy of it is opened with."""
    safe = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return safe if len(safe) <= MOST_LETTERS else f"{safe[: MOST_LETTERS - 1]}…"


def embedded(content: bytes) -> Any:
    """The envelope that stands in a workbook; None where there is none."""
    held = [text for place, text in cells(content) if place.startswith(f"{DATA}!")]
    return json.loads("".join(part[1:] for part in held)) if held else None


def told(content: bytes) -> Told:
    """Every cell but those of the data for programs."""
    return [(place, text) for place, text in cells(content) if not place.startswith(f"{DATA}!")]


def same(one: bytes, other: bytes) -> bool:
    """Whether two workbooks have the same parts, however they were packed."""
    return parts(one) == parts(other)


differences = of_cells
