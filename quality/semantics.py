"""What each check of single cells means: a condition that is true exactly on the rows that fail.

A null is never a fault of validity: every condition but those of REQUIRED and MISSING is unknown or
false on it. NaN is a
value: it is present, and lies inside no bounds. Texts are measured in code points.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

from sqlglot import exp

from catalog.plan import Column, ColumnType
from contracts.formats import get_format
from core.errors import InvalidInput
from quality.identifiers import has_format
from quality.model import CheckKind, CheckSpec
from quality.patterns import to_re2
from quality.values import fits, holdable, literal, read_value, to_grid


def failing(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    """Make the condition under which `cell`, a value of `column`, fails `spec`.

    Raises InvalidInput where the check cannot be decided for such a column: the sentence says why.
    """
    return CONDITIONS[spec.kind](spec, cell, column).copy()


def _required(_: CheckSpec, cell: exp.Expr, __: Column) -> exp.Expr:
    return exp.Is(this=cell, expression=exp.null())


def _enum(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    allowed = [fits(read_value(text, column), column.type) for text in spec.values]
    literals = [literal(value, column.type) for value in allowed if value is not None]
    if not literals:
        return _present(cell)
    return exp.not_(exp.In(this=cell, expressions=literals))


def _bounds(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    if column.type in (ColumnType.STRING, ColumnType.BOOLEAN):
        raise InvalidInput(
            f"'{column.name}' is a {column.type}, which has no order to be bounded by"
        )
    conditions: list[exp.Expr] = []
    if column.type is ColumnType.DOUBLE:
        conditions.append(exp.IsNan(this=cell))
    if spec.minimum is not None:
        bound = _bound(spec.minimum, column, up=not spec.exclusive_minimum)
        below = exp.LTE if spec.exclusive_minimum else exp.LT
        conditions.append(below(this=cell, expression=bound))
    if spec.maximum is not None:
        bound = _bound(spec.maximum, column, up=spec.exclusive_maximum)
        above = exp.GTE if spec.exclusive_maximum else exp.GT
        conditions.append(above(this=cell, expression=bound))
    return exp.or_(*conditions)


def _bound(text: str, column: Column, *, up: bool) -> exp.Expr:
    value = read_value(text, column)
    if isinstance(value, float) and isnan(value):
        raise InvalidInput(f"'{column.name}' is bounded by NaN, which nothing is above or below")
    return literal(to_grid(value, column.type, up=up), column.type)


def _length(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    _must_be_text(column)
    length = exp.Length(this=cell)
    conditions: list[exp.Expr] = []
    if spec.min_length is not None:
        conditions.append(exp.LT(this=length, expression=exp.convert(spec.min_length)))
    if spec.max_length is not None:
        conditions.append(exp.GT(this=length, expression=exp.convert(spec.max_length)))
    return exp.or_(*conditions)


def _pattern(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    _must_be_text(column)
    return exp.not_(exp.RegexpLike(this=cell, expression=exp.convert(to_re2(spec.pattern))))


def _multiple_of(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    if column.type not in (ColumnType.INTEGER, ColumnType.NUMBER):
        raise InvalidInput(f"'{column.name}' is a {column.type}, which has no exact multiples")
    step = read_value(spec.multiple_of, column)
    held = fits(step, ColumnType.NUMBER)
    if held is None or not held:
        raise InvalidInput(f"'{column.name}' cannot be a multiple of {spec.multiple_of} exactly")
    rest = exp.Mod(this=cell, expression=literal(held, ColumnType.NUMBER))
    return exp.NEQ(this=rest, expression=exp.convert(0))


def _format(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    _must_be_text(column)
    return exp.and_(_present(cell), exp.not_(has_format(cell, get_format(spec.format))))


def _missing(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    """The listed texts that the column can hold; plan.py adds those of cells that were not read."""
    listed = [literal(value, column.type) for value in holdable(spec.values, column)]
    conditions: list[exp.Expr] = []
    if listed:
        conditions.append(exp.and_(_present(cell), exp.In(this=cell, expressions=listed)))
    if spec.empty_is_missing:
        conditions.append(exp.Is(this=cell, expression=exp.null()))
    return exp.or_(*conditions) if conditions else exp.false()


def _invalid(spec: CheckSpec, cell: exp.Expr, column: Column) -> exp.Expr:
    """Both must hold where both are stated."""
    faults = [_enum(spec, cell, column)] if spec.values else []
    faults += [_pattern(spec, cell, column)] if spec.pattern else []
    return exp.or_(*faults) if faults else exp.false()


def _present(cell: exp.Expr) -> exp.Expr:
    return exp.not_(exp.Is(this=cell, expression=exp.null()))


def _must_be_text(column: Column) -> None:
    if column.type is not ColumnType.STRING:
        raise InvalidInput(f"'{column.name}' is a {column.type} and not text")


CONDITIONS: dict[CheckKind, Callable[[CheckSpec, exp.Expr, Column], exp.Expr]] = {
    CheckKind.REQUIRED: _required,
    CheckKind.ENUM: _enum,
    CheckKind.BOUNDS: _bounds,
    CheckKind.LENGTH: _length,
    CheckKind.PATTERN: _pattern,
    CheckKind.MULTIPLE_OF: _multiple_of,
    CheckKind.FORMAT: _format,
    CheckKind.MISSING: _missing,
    CheckKind.INVALID: _invalid,
}
"""The kinds that are decided row by row; keys, references and types are planned apart."""
