"""A rule of the law, and what in the program keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`number` names its tests: test_rule_16_... for rule 16.

    `code` are the functions that keep it, as module.name; `entries` the kinds of ledger entry that
    prove it. A rule without code is not enforced yet.
    """

    number: int
    articles: str
    title_zh: str
    title_en: str
    code: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
