"""Write docs/definitions.md from the definitions in the code."""

import re
from collections.abc import Iterator
from pathlib import Path

from rates.definitions import list_rates
from rates.model import RateDefinition, Words

PAGE = Path(__file__).parents[2] / "docs" / "definitions.md"
HEAD = """\
# The definitions of the rates

What each rate counts, in English and Chinese, in the order of their ids. This page is made from the
code by `make definitions`; a test compares the two. [Rates, for an auditor](rates.md) has the words
that are used here, the rules that hold for all rates, and how to compute a number again.

The first reason in the list under "left out" that applies to a row is the one that it is listed with.
"""


def definitions_page() -> str:
    """The page as Markdown: every version of every rate, the newest first."""
    definitions = [rate.definition for rate in list_rates(every_version=True)]
    sections = map(_section, sorted(definitions, key=_place))
    return "\n".join([HEAD, *("\n".join(lines) + "\n" for lines in sections)])


def _place(definition: RateDefinition) -> tuple[str, int, str, int]:
    family, number, letter = re.findall(r"[A-Z]+|\d+|$", definition.id)[:3]
    return family, int(number), letter, -definition.version


def _section(said: RateDefinition) -> Iterator[str]:
    yield f"## {said.id} {said.title_zh} {said.title_en}, version {said.version}"
    yield ""
    if said.headline:
        yield f"Headline of {said.family.value}."
        yield ""
    yield "| | English | 中文 |"
    yield "|---|---|---|"
    yield f"| n | {said.numerator} | {said.numerator_zh} |"
    yield f"| N | {said.denominator} | {said.denominator_zh} |"
    yield f"| left out | {said.exclusions} | {said.exclusions_zh} |"
    for reason in said.reasons:
        en, zh = (", shown as unknown", "，列为未知") if reason.unknown else ("", "")
        yield f"| `{reason.code}` | {reason.title_en}{en} | {reason.title_zh}{zh} |"
    yield _row("counted", said.counts)
    if said.spread is not None:
        yield _row("median, 90th percentile, maximum of", said.spread)
    yield _row("looks at", _looks_at(said))
    yield _row("more is better", Words("是", "yes") if said.more_is_better else Words("否", "no"))
    yield f"| basis | {said.basis} | {said.basis_zh} |"


def _looks_at(said: RateDefinition) -> Words:
    if said.windowed:
        return Words("统计期", "the window that ends with the day")
    return Words("当日", "the day")


def _row(name: str, words: Words) -> str:
    return f"| {name} | {words.en} | {words.zh} |"


if __name__ == "__main__":
    PAGE.write_text(definitions_page(), "utf-8")
