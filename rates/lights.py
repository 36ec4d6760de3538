"""Traffic lights and targets: a view over rates, by the thresholds of the policy profile.

Red goes before yellow, and yellow before green. A rate that is n/a decides nothing: where it could
turn the light, the light is unknown, which is a colour of its own.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from rates.model import RateResult
from sharing.profiles.thresholds import Condition, Conditions, Light, Match, Target

_HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Colour(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    UNKNOWN = "unknown"


COLOURS: dict[Colour, str] = {
    Colour.RED: "红",
    Colour.YELLOW: "黄",
    Colour.GREEN: "绿",
    Colour.UNKNOWN: "未知",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """A light with its colour and what gave it."""

    light: Light
    group: str
    colour: Colour
    because: tuple[str, ...]
    """The conditions that held or could not be judged, each with the number; those that do not hold where it is green."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A rate held against its target; `met` is None where the rate is n/a."""

    target: Target
    result: RateResult
    met: bool | None


class Measured(Protocol):
    """A number of a rate: n of N, and the percentage where there is one."""

    @property
    def n(self) -> int: ...
    @property
    def base(self) -> int | None: ...
    @property
    def percent(self) -> str | None: ...


def light_up(light: Light, group: str, results: Mapping[str, Measured]) -> Lit:
    """The colour of a light from the results of its rates, by their ids."""
    judged = (*light.red.each, *light.yellow.each)
    colour, because = (
        Colour.GREEN,
        [f"not {_said(each, results)}" for each in judged if _is_so(each, results) is False],
    )
    for one, conditions in ((Colour.RED, light.red), (Colour.YELLOW, light.yellow)):
        holds = _holds(conditions, results)
        if holds is not False:
            colour = one if holds else Colour.UNKNOWN
            because = [
                _said(each, results)
                for each in conditions.each
                if _is_so(each, results) is (True if holds else None)
            ]
            break
    return Lit(light=light, group=group, colour=colour, because=tuple(because))


def aim(target: Target, result: RateResult) -> Aim:
    percent = result.percent
    met = None if percent is None else Decimal(percent) >= target.percent
    return Aim(target=target, result=result, met=met)


def _holds(conditions: Conditions, results: Mapping[str, Measured]) -> bool | None:
    """Whether they hold; None where that depends on a rate that is n/a."""
    found = [_is_so(each, results) for each in conditions.each]
    decides = conditions.match is Match.ANY
    if decides in found:
        return decides
    return None if None in found else not decides


def _is_so(condition: Condition, results: Mapping[str, Measured]) -> bool | None:
    result = results.get(condition.rate)
    if result is None or result.percent is None:
        return None
    return bool(_HOLDS[condition.sign](Decimal(result.percent), condition.percent))


def _said(condition: Condition, results: Mapping[str, Measured]) -> str:
    result = results.get(condition.rate)
    if result is None:
        return f"{condition}: not measured"
    if result.percent is None:
        return f"{condition}: not known, for the base is zero"
    return f"{condition}: {result.percent} ({result.n} / {result.base})"
