"""docs/law.md: each rule, the code that keeps it, the tests that show it, its ledger entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sharing.law.model import Rule

HEAD = """\
# The law and what keeps it

The rules of the Regulations on Government Data Sharing (政务数据共享条例, State Council Decree 809) and
of the standards beside it that the program keeps. This page is made from the code and the tests by
`make law`; a test compares the two.
"""


def page(rules: Sequence[Rule], tests: Mapping[int, Sequence[str]]) -> str:
    """The page as Markdown; `tests` are names of tests as file::function, by number of the rule."""
    parts = [HEAD, *(_section(rule, tests.get(rule.number, ())) for rule in rules if rule.code)]
    if open_rules := [rule for rule in rules if not rule.code]:
        parts.append("## Not kept by the program yet\n\n" + "\n".join(_items(open_rules)) + "\n")
    return "\n".join(parts)


def _section(rule: Rule, tests: Sequence[str]) -> str:
    lines = [f"## {rule.number}. {rule.title_zh}", "", f"{rule.title_en} ({rule.articles}).", ""]
    for word, names in (("code", rule.code), ("tests", tests), ("ledger", rule.entries)):
        if names:
            lines.append(f"- {word}: {', '.join(f'`{name}`' for name in names)}")
    return "\n".join(lines) + "\n"


def _items(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        yield f"- {rule.number}. {rule.title_zh} / {rule.title_en} ({rule.articles})"
