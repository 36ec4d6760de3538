"""A report as PDF, with its data attached; detail is capped, and the whole list is beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from core.child import Limits, run_child
from core.errors import InvalidInput, MissingExtra
from reports import charts, words
from reports.columns import breakable, fitted
from reports.data import Sealed, compact
from reports.differences import Told, of_texts
from reports.facts import stated
from reports.model import Bars, Block, Figure, Grid, Members, Notes, Report, Stages, Text, Trend
from reports.outline import Part, cells, headings, outline
from reports.words import Language, said_cell, say

MOST_ROWS = 2_000
"""Rows of all lists together; typesetting takes 0.1 MB of memory for each."""
MOST_OF_A_BLOCK = 200
"""Rows of one block: what it says in short is said, and the lists have the rest."""
MEMORY_MB = 4096
FONT, FONT_PACKAGE = "Noto Sans CJK TC", "cvttf_NotoSansCJK_Regular"
"""One font file has the letters of all of China; the language says which shapes are meant."""
_UNBROKEN = "\u00a0"
"""A space at which no line ends."""
_HINT = "install it: pip install 'databureau[pdf]', or write the report as .html"


def renderer() -> str:
    """What decides the bytes beside this program."""
    try:
        return f"typst {version('typst')}, {FONT_PACKAGE} {version(FONT_PACKAGE)}"
    except PackageNotFoundError as error:
        raise MissingExtra("the extra 'pdf' is not installed", hint=_HINT) from error


def render(sealed: Sealed) -> bytes:
    """Raises MissingExtra without typst and its font, EngineFailed where memory does not suffice."""
    payload = {
        "template": (files("reports") / "templates" / "report.typ").read_text("utf-8"),
        "fonts": str(_fonts()),
        "data": _data(sealed),
    }
    made = run_child("reports.typesetting:compile_pdf", payload, Limits(memory_mb=MEMORY_MB))
    return base64.b64decode(made["pdf"])


def capped(sealed: Sealed) -> bool:
    """Whether not all rows are in the PDF."""
    lists = sum(len(members.rows) for members in sealed.report.members)
    blocks = max((len(part.rows) for part in outline(sealed)), default=0)
    return lists > MOST_ROWS or blocks > MOST_OF_A_BLOCK


def _fonts() -> Path:
    found = find_spec(FONT_PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtra("the font of the extra 'pdf' is not installed", hint=_HINT)
    return Path(found.origin).parent


def _data(sealed: Sealed) -> dict[str, Any]:
    language, report = Language(sealed.language), sealed.report
    identity = report.identity
    blocks = zip(report.blocks, outline(sealed), strict=True)
    return {
        "title": say(identity.title, language),
        "subtitle": f"{identity.city} {say(words.AS_OF, language)} {identity.as_of}".strip(),
        "short": f"{say(identity.title, language)} {identity.as_of} · {sealed.id[:16]}",
        "lang": language.main.value,
        "region": "cn" if language.main is Language.ZH else "gb",
        "font": FONT,
        "facts": [[say(title, language), value, code] for title, value, code in stated(sealed)],
        "parts": [_part(block, part, language) for block, part in blocks],
        "lists": _lists(report, language),
        "envelope": compact(sealed.envelope()),
    }


def _part(block: Block, part: Part, language: Language) -> dict[str, Any]:
    notes = isinstance(block, Notes)
    drawn = _drawn(block, language) if part.rows else ""
    tabled = part.rows if not notes and (not drawn or isinstance(block, Trend)) else ()
    reading, n = say(part.reading, language), len(tabled)
    if n > MOST_OF_A_BLOCK:
        cut = Text(f"此处列前 {MOST_OF_A_BLOCK} 行。", f"The first {MOST_OF_A_BLOCK} rows.")
        reading = f"{reading} {say(cut, language)}"
    over = headings(part, lambda text: _over(text, language), stacked=part.stacked, between="\n")
    paragraphs = [said_cell(row[0], language) for row in part.rows] if notes else []
    if not part.rows and not notes:
        paragraphs = [say(words.NOTHING, language)]
    shown = tabled[:MOST_OF_A_BLOCK]
    return {
        "title": say(part.title, language),
        "reading": reading,
        "paragraphs": paragraphs,
        "svg": drawn,
        "table": _table(
            [title for title, _ in over],
            [cells(part, row, language, stacked=part.stacked) for row in shown],
            [right for _, right in over],
        ),
    }


def _table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], rights: Sequence[bool]
) -> dict[str, Any]:
    """A table with its columns as wide as what stands in them needs."""
    held = [
        [
            cell.replace(" ", _UNBROKEN) if right else breakable(cell)
            for cell, right in zip(row, rights, strict=True)
        ]
        for row in rows
    ]
    return {
        "headings": list(titles),
        "rows": held,
        "rights": list(rights),
        **asdict(fitted(titles, held, rights)),
    }


def _drawn(block: Block, language: Language) -> str:
    """The chart; nothing where there is none, or where it would not show everything."""
    drawing: Any = None
    match block:
        case Bars() if len(block.bars) <= charts.MOST_ROWS:
            drawing = charts.bars(block, language, _nowhere)
        case Stages():
            drawing = charts.stages(block, language, _nowhere)
        case Trend():
            drawing = charts.trend(block, language, _nowhere)
        case Grid() if len(block.rows) <= charts.MOST_ROWS:
            drawing = charts.grid(block, language, _nowhere)
        case _:
            return ""
    return charts.alone(drawing, FONT)


def _nowhere(_figure: Figure) -> str:
    return ""


def _over(text: Text, language: Language) -> str:
    """A heading that stays narrow: in both languages one stands over the other."""
    if language is Language.BOTH and text.zh != text.en:
        return f"{text.zh}\n{text.en}"
    return say(text, language)


def _lists(report: Report, language: Language) -> list[dict[str, Any]]:
    left = MOST_ROWS
    found = []
    for members in report.members:
        shown = list(islice(members.rows, left))
        left -= len(shown)
        found.append(_listed(members, report.names, shown, language))
    return found


def _listed(
    members: Members, names: Mapping[str, Text], shown: list[Any], language: Language
) -> dict[str, Any]:
    method, n = members.method, len(members.rows)
    caption = (
        words.listed(members)
        if len(shown) == n
        else Text(
            f"此处列 {len(shown)} 行，共 {n} 行；全部明细在同名的 .xlsx 文件中。",
            f"{len(shown)} of {n} rows; all of them are in the .xlsx of the same name beside this.",
        )
    )
    said = (
        (words.METHOD, Text.same(method.name)),
        (words.NUMERATOR, method.numerator),
        (words.DENOMINATOR, method.denominator),
        (words.EXCLUSIONS, method.exclusions),
        (words.BASIS, method.basis),
        (words.LISTED, words.listed(members)),
    )
    titles = (words.DEPARTMENT, words.CODE, words.TITLE, words.COUNTS_AS, words.EVIDENCE)
    rows = [
        [
            say(words.whose(row.department, names), language),
            row.id,
            row.title,
            say(words.stands(row, members.codes), language),
            say(row.evidence, language),
        ]
        for row in shown
    ]
    return {
        "title": f"{say(words.ROWS, language)} {members.id} {say(members.title, language)}",
        "method": [[say(title, language), say(text, language)] for title, text in said],
        "caption": say(caption, language),
        "table": _table([say(title, language) for title in titles], rows, [False] * len(titles)),
    }


def embedded(content: bytes) -> Any:
    """The envelope that is attached to a file; None where there is none."""
    with _opened(content) as document:
        held = document.attachments.get("report.json")
    return json.loads(held[0]) if held else None


def told(content: bytes) -> Told:
    """Each line of each page."""
    with _opened(content) as document:
        return [
            (f"page {number}", line)
            for number, page in enumerate(document.pages, 1)
            for line in page.extract_text().splitlines()
        ]


def same(one: bytes, other: bytes) -> bool:
    return one == other


differences = of_texts


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise MissingExtra("the extra 'pdf' is not installed", hint=_HINT) from error
    try:
        yield PdfReader(BytesIO(content))
    except Exception as error:  # a damaged file breaks the reader in many ways
        raise InvalidInput(f"this is no PDF that can be read: {error}") from error
