"""A report as Markdown: tables that read well as plain text too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from reports import words
from reports.data import Sealed, compact
from reports.differences import Told, of_texts
from reports.facts import stated
from reports.model import Members, Text
from reports.outline import Part, cells, headings, outline
from reports.words import Language, said_cell, say

MOST_ROWS = 5_000
DATA = re.compile(r"^<!-- data (.*) -->$", re.MULTILINE)


def render(sealed: Sealed) -> bytes:
    language = Language(sealed.language)
    report = sealed.report
    lines = [f"# {say(report.identity.title, language)}", ""]
    lines += [f"- {say(title, language)}: {_plain(value)}" for title, value, _ in stated(sealed)]
    for part in outline(sealed):
        lines += ["", f"## {say(part.title, language)}", "", say(part.reading, language), ""]
        lines += _part(part, language)
    for members in report.members:
        lines += _members(members, report.names, language)
    lines += ["", f"<!-- data {compact(sealed.envelope())} -->", ""]
    return "\n".join(lines).encode()


def embedded(content: bytes) -> Any:
    """The envelope that stands in a file; None where there is none."""
    found = DATA.search(content.decode("utf-8", "replace"))
    return json.loads(found[1]) if found else None


def told(content: bytes) -> Told:
    """Each line under its heading, and where it is of a table under its first cell."""
    heading, lines = "", []
    for line in content.decode("utf-8", "replace").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        cell = line.split("|")[1].strip() if line.startswith("| ") else ""
        if line and not DATA.match(line):
            lines.append((" > ".join(filter(None, (heading, cell))), line))
    return lines


def same(one: bytes, other: bytes) -> bool:
    return one == other


differences = of_texts


def renderer() -> str:
    """Nothing but this program decides the bytes."""
    return ""


def _part(part: Part, language: Language) -> Iterator[str]:
    if not part.headings:
        return (said_cell(cell, language) for row in part.rows for cell in row)
    if not part.rows:
        return iter([say(words.NOTHING, language)])
    titles = [title for title, _ in headings(part, lambda text: say(text, language))]
    return _table(titles, [cells(part, row, language) for row in part.rows])


def _members(members: Members, names: Mapping[str, Text], language: Language) -> Iterator[str]:
    titles = (words.DEPARTMENT, words.CODE, words.TITLE, words.COUNTS_AS, words.EVIDENCE)
    rows = [
        (
            say(words.whose(row.department, names), language),
            row.id,
            row.title,
            say(words.stands(row, members.codes), language),
            say(row.evidence, language),
        )
        for row in islice(members.rows, MOST_ROWS)
    ]
    yield from (
        "",
        f"## {say(words.ROWS, language)} {members.id} {say(members.title, language)}",
        "",
    )
    method = members.method
    for title, said in (
        (words.METHOD, Text.same(method.name)),
        (words.NUMERATOR, method.numerator),
        (words.DENOMINATOR, method.denominator),
        (words.EXCLUSIONS, method.exclusions),
        (words.BASIS, method.basis),
        (words.LISTED, words.listed(members)),
    ):
        yield f"- {say(title, language)}: {_plain(say(said, language))}"
    yield ""
    if not rows:
        yield say(words.NOTHING, language)
        return
    yield from _table([say(title, language) for title in titles], rows)
    if len(members.rows) > MOST_ROWS:
        yield from ("", f"{MOST_ROWS} / {len(members.rows)}: .xlsx, .json")


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(_plain, titles))} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(map(_plain, row))} |"


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", one_line)
