"""A report as one HTML file: no script runs in it, and nothing outside of it is needed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from reports import charts, words
from reports.columns import fitted
from reports.compose import change, ranks
from reports.data import Sealed, compact
from reports.differences import Told, of_texts
from reports.facts import stated
from reports.model import Bars, Block, Figure, Grid, Members, Row, Stages, Text, Trend
from reports.outline import Part, cells, headings, outline
from reports.words import Language, counted, is_chinese, percentage, points, say

MOST_ROWS = 5_000
"""A table shows so many rows; all of them are in the other formats."""
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Listed:
    members: Members
    caption: Text
    groups: list[tuple[str, list[Row]]]


def renderer() -> str:
    """What decides the bytes beside this program."""
    return f"jinja2 {version('jinja2')}"


def render(sealed: Sealed) -> bytes:
    report, language = sealed.report, Language(sealed.language)
    lists = [_listed(members) for members in report.members]
    anchors = {
        (listed.members.id, department) for listed in lists for department, _ in listed.groups
    }
    told = list(zip(report.blocks, outline(sealed), strict=True))

    def link(figure: Figure) -> str:
        if not figure.rows:
            return ""
        whose = (figure.rows, figure.department)
        part = f"-{_anchor(figure.department)}" if figure.department and whose in anchors else ""
        return f"#rows-{_anchor(figure.rows)}{part}"

    page = (
        _environment()
        .get_template("report.html")
        .render(
            html_lang={"zh": "zh-CN", "en": "en"}[language.main.value],
            words=words,
            identity=report.identity,
            facts=stated(sealed),
            blocks=report.blocks,
            empty={block.id for block, part in told if part.headings and not part.rows},
            wide={block.id for block, part in told if _wide(part, language)},
            lists=lists,
            css=Markup(_resource("report.css")),  # noqa: S704 (our own file)
            embedded=Markup(compact(sealed.envelope())),  # noqa: S704 (it has no "<")
            plain=lambda text: say(text, language),
            t=lambda text: _said(text, language),
            d=lambda value: _data(value, language),
            chart=lambda block: _chart(block, language, link),
            sparkline=charts.sparkline,
            link=link,
            name=lambda code: words.whose(code, report.names),
            kind=lambda value: type(value).__name__,
            stands=words.stands,
            anchor=_anchor,
            counted=counted,
            percentage=percentage,
            points=points,
            change=change,
            ranks=ranks,
            cut=_cut,
            most=MOST_ROWS,
        )
    )
    return page.encode()


def _wide(part: Part, language: Language) -> bool:
    """Whether its table needs a page on its side when it is printed."""
    over = headings(part, lambda text: say(text, language), stacked=True)
    rows = [cells(part, row, language, stacked=True) for row in part.rows[:MOST_ROWS]]
    return fitted([title for title, _ in over], rows, [right for _, right in over]).flipped


def _listed(members: Members) -> _Listed:
    n, shown = len(members.rows), members.rows[:MOST_ROWS]
    groups = [
        (department, list(rows)) for department, rows in groupby(shown, lambda row: row.department)
    ]
    caption = _cut(MOST_ROWS, n) if n > MOST_ROWS else words.listed(members)
    return _Listed(members, caption, groups)


def _cut(shown: int, n: int) -> Text:
    return Text(
        f"此处列前 {shown} 行，共 {n} 行；全部明细见 .xlsx 或 .json 格式的同一报告。",
        f"The first {shown} of {n} rows; all of them are in this report as .xlsx or .json.",
    )


def _chart(block: Block, language: Language, link: charts.Link) -> Markup:
    table = f"#table-{_anchor(block.id)}"

    def somewhere(figure: Figure) -> str:
        return link(figure) or table

    match block:
        case Bars():
            return charts.bars(block, language, somewhere)
        case Stages():
            return charts.stages(block, language, somewhere)
        case Trend():
            return charts.trend(block, language, somewhere)
        case Grid():
            return charts.grid(block, language, somewhere)
        case _:
            raise TypeError(f"{type(block).__name__} has no chart")


def _said(text: Text, language: Language) -> Markup:
    if language is Language.BOTH and text.zh != text.en:
        return Markup('<span>{}</span> <span class="two" lang="en">{}</span>').format(
            text.zh, text.en
        )
    chosen = text.en if language is Language.EN else text.zh
    return _data(chosen, language) if text.zh == text.en else escape(chosen)


def _data(value: object, language: Language) -> Markup:
    """What somebody else wrote: Chinese on an English page is marked as such."""
    if language is Language.EN and is_chinese(str(value)):
        return Markup('<span lang="zh-CN">{}</span>').format(value)
    return escape(value)


def _anchor(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)


def _resource(name: str) -> str:
    return (files("reports") / "templates" / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import FunctionLoader

    return Environment(
        autoescape=True,
        loader=FunctionLoader(_resource),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def embedded(content: bytes) -> Any:
    """The envelope that stands in a file; None where there is none."""
    found = DATA.search(content.decode("utf-8", "replace"))
    return json.loads(found[1]) if found else None


class _Reader(HTMLParser):
    """Collects the texts of a page, each under its headings and the first cell of its row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: Told = []
        self._open: list[str] = []
        self._headings = ["", "", ""]
        self._row = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (the parser's signature)
        self._open.append(tag)
        if tag in _HEADINGS:
            level = _HEADINGS.index(tag)
            self._headings[level:] = [""] * (len(_HEADINGS) - level)
        if tag in {"tr", *_HEADINGS}:
            self._row = ""

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or {"script", "style"} & set(self._open[-1:]):
            return
        heading = next((tag for tag in _HEADINGS if tag in self._open), None)
        if heading:
            place = _HEADINGS.index(heading)
            self._headings[place] = f"{self._headings[place]} {text}".strip()
        if "tr" in self._open and not self._row:
            self._row = text
        parts = [*self._headings[1:], self._row]
        self.told.append((" > ".join(filter(None, parts)) or self._headings[0], text))


_HEADINGS = ("h1", "h2", "h3")


def told(content: bytes) -> Told:
    reader = _Reader()
    reader.feed(content.decode("utf-8", "replace"))
    reader.close()
    return reader.told


def same(one: bytes, other: bytes) -> bool:
    return one == other


differences = of_texts
