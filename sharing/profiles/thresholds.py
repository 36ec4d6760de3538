"""What a profile says of rates: targets, and traffic lights with their thresholds.

They are a view over rates: no duty, no decision and no due day follows from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sharing.profiles.toml_table import Table

_RATE = r"[A-Z]+-[0-9]+[A-Z]?"
_CONDITION = re.compile(rf"({_RATE}) *(<=|>=|<|>) *([0-9]{{1,3}}(?:\.[0-9]{{1,2}})?) *%?")
_ALL = 100


class Match(StrEnum):
    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a rate's percentage is on one side of a threshold."""

    rate: str
    sign: str
    percent: Decimal

    def __str__(self) -> str:
        return f"{self.rate} {self.sign} {self.percent}"


@dataclass(frozen=True, slots=True)
class Conditions:
    """It is so where `match` of them hold."""

    match: Match
    each: tuple[Condition, ...]

    def __str__(self) -> str:
        return f" {'or' if self.match is Match.ANY else 'and'} ".join(map(str, self.each))


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Red goes before yellow, and yellow before green, which is what is neither."""

    name: str
    title_zh: str
    title_en: str
    red: Conditions
    yellow: Conditions
    profile: str
    why: str

    @property
    def rates(self) -> tuple[str, ...]:
        """The rates that it looks at, each once."""
        return tuple(dict.fromkeys(one.rate for one in (*self.red.each, *self.yellow.each)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The percentage that a rate should reach."""

    rate: str
    percent: int
    profile: str
    why: str


def read_lights(
    top: Table, profile: str, below: Mapping[str, Light] | None = None
) -> dict[str, Light]:
    """The lights of a profile over those of the profile below it; one of the same name replaces."""
    lights = dict(below or {})
    for name, table in top.tables("lights"):
        light = Light(
            name=name,
            title_zh=table.text("title_zh"),
            title_en=table.text("title_en"),
            red=_conditions(table, "red"),
            yellow=_conditions(table, "yellow"),
            profile=profile,
            why=table.text("why"),
        )
        table.close("title_zh", "title_en", "red", "yellow", "why")
        lights[name] = light
    return lights


def read_targets(
    top: Table, profile: str, below: Mapping[str, Target] | None = None
) -> dict[str, Target]:
    targets = dict(below or {})
    for rate, table in top.tables("targets"):
        percent, why = table.amount("percent", 1), table.text("why")
        table.close("percent", "why")
        if not re.fullmatch(_RATE, rate):
            top.note(f"targets.{rate}", "is no id of a rate, such as COL-1")
        if percent is not None and percent > _ALL:
            table.note("percent", f"is {percent}: write 1 to {_ALL}")
        targets[rate] = Target(rate=rate, percent=percent or 0, profile=profile, why=why)
    return targets


def _conditions(light: Table, colour: str) -> Conditions:
    table = light.table(colour)
    if table is None:
        light.note(colour, 'is missing: write any = ["COL-1 < 60"], or all = [...]')
        return Conditions(Match.ANY, ())
    lists = {match: table.take(match.value, list, required=False) for match in Match}
    table.close(*Match)
    given = {match: texts for match, texts in lists.items() if texts}
    if len(given) != 1:
        table.note("", "holds neither or both of any and all: write one of them")
        return Conditions(Match.ANY, ())
    [(match, texts)] = given.items()
    read = [_condition(table, match, text) for text in texts]
    return Conditions(match, tuple(one for one in read if one is not None))


def _condition(table: Table, match: Match, text: Any) -> Condition | None:
    found = _CONDITION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or Decimal(found[3]) > _ALL:
        table.note(match.value, f'has {text!r}: write a rate and a percentage, as "COL-1 < 60"')
        return None
    return Condition(found[1], found[2], Decimal(found[3]))
