"""What a quality rule allows: ODCS operators over one number, all of which must hold.

ODCS has one operator in a rule; several are taken together, and none at all is `mustBe: 0`. The
bounds of `mustBeBetween` belong to it, as the standard's table of operators has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.errors import InvalidInput


class Unit(StrEnum):
    ROWS = "rows"
    PERCENT = "percent"
    """Of the rows that were evaluated, 0 to 100."""


class Operator(StrEnum):
    BE = "mustBe"
    NOT_BE = "mustNotBe"
    GREATER = "mustBeGreaterThan"
    GREATER_OR_EQUAL = "mustBeGreaterOrEqualTo"
    LESS = "mustBeLessThan"
    LESS_OR_EQUAL = "mustBeLessOrEqualTo"
    BETWEEN = "mustBeBetween"
    NOT_BETWEEN = "mustNotBeBetween"


_TWO = (Operator.BETWEEN, Operator.NOT_BETWEEN)


@dataclass(frozen=True, slots=True)
class Limit:
    """One operator and its number as written; two numbers, the smaller first, for the ranges."""

    operator: Operator
    values: tuple[str, ...]

    @property
    def numbers(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Threshold:
    limits: tuple[Limit, ...]
    unit: Unit = Unit.ROWS

    def holds(self, value: Fraction) -> bool:
        return all(_HOLDS[limit.operator](value, *limit.numbers) for limit in self.limits)

    def exceeded(self, value: Fraction) -> bool:
        """Whether `value` lies above what is allowed, so that the units it counts are the fault."""
        most = self.most
        return most is not None and not self.holds(value) and value >= most

    @property
    def most(self) -> Fraction | None:
        """The number that may not be passed; None where the rule has no upper end."""
        ends = [limit.numbers[-1] for limit in self.limits if limit.operator in _UPPER]
        return min(ends, default=None)

    @property
    def allows_nothing(self) -> bool:
        """Whether it holds when nothing is found, and not when anything is."""
        return self.most == 0 and self.holds(Fraction(0))

    @property
    def words(self) -> str:
        """`at most 5 %`, `0`, `more than 10 and less than 20`."""
        return " and ".join(_said(limit, self.unit) for limit in self.limits)


ZERO = Limit(Operator.BE, ("0",))

_HOLDS: dict[Operator, Callable[..., bool]] = {
    Operator.BE: lambda value, bound: value == bound,
    Operator.NOT_BE: lambda value, bound: value != bound,
    Operator.GREATER: lambda value, bound: value > bound,
    Operator.GREATER_OR_EQUAL: lambda value, bound: value >= bound,
    Operator.LESS: lambda value, bound: value < bound,
    Operator.LESS_OR_EQUAL: lambda value, bound: value <= bound,
    Operator.BETWEEN: lambda value, low, high: low <= value <= high,
    Operator.NOT_BETWEEN: lambda value, low, high: not low <= value <= high,
}
_UPPER = (Operator.BE, Operator.LESS, Operator.LESS_OR_EQUAL, Operator.BETWEEN)
_WORDS = {
    Operator.BE: "{}",
    Operator.NOT_BE: "not {}",
    Operator.GREATER: "more than {}",
    Operator.GREATER_OR_EQUAL: "at least {}",
    Operator.LESS: "less than {}",
    Operator.LESS_OR_EQUAL: "at most {}",
    Operator.BETWEEN: "{} to {}",
    Operator.NOT_BETWEEN: "not {} to {}",
}


def read_threshold(body: Mapping[str, Any]) -> Threshold:
    """Read the operators and the unit of an ODCS rule. Raises InvalidInput, which says what is wrong."""
    limits = tuple(_limit(word, body[word]) for word in Operator if word in body)
    unit = str(body.get("unit") or Unit.ROWS).strip().lower()
    if unit not in Unit.__members__.values():
        raise InvalidInput(f"the unit '{unit}' is not known; ODCS has rows and percent")
    return Threshold(limits or (ZERO,), Unit(unit))


def _limit(operator: Operator, written: Any) -> Limit:
    values = written if isinstance(written, list) else [written]
    if len(values) != (2 if operator in _TWO else 1):
        raise InvalidInput(f"'{operator}' takes {'two numbers' if operator in _TWO else 'one'}")
    numbers = tuple(_number(operator, value) for value in values)
    if operator in _TWO and Fraction(numbers[0]) > Fraction(numbers[1]):
        raise InvalidInput(f"the bounds of '{operator}' are in the wrong order")
    return Limit(operator, numbers)


def _number(operator: Operator, value: Any) -> str:
    """The number as text that keeps every digit; true and false, of SQL rules, are 1 and 0."""
    if not isinstance(value, bool | int | float | Decimal):
        raise InvalidInput(f"'{operator}' takes a number, not '{value}'")
    number = Decimal(str(int(value) if isinstance(value, bool) else value))
    if not number.is_finite():
        raise InvalidInput(f"'{operator}' takes a number, not '{value}'")
    return f"{number:f}"


def _said(limit: Limit, unit: Unit) -> str:
    words = _WORDS[limit.operator].format(*limit.values)
    return f"{words} %" if unit is Unit.PERCENT else words
