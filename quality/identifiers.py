"""Named string formats as conditions: the pattern, the check character, the date inside."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from contracts.formats import Checksum, NamedFormat
from quality.patterns import to_re2


def has_format(cell: exp.Expr, named: NamedFormat) -> exp.Expr:
    """Make the condition that a text has the format: true or false, whatever the text; of a null
    it says nothing that can be relied on.
    """
    conditions: list[exp.Expr] = [
        exp.RegexpLike(this=cell, expression=exp.convert(to_re2(named.pattern)))
    ]
    if named.checksum:
        conditions.append(_sum_is_right(cell, named.checksum))
    if named.date_start:
        conditions += _is_date(cell, named.date_start)
    return exp.and_(*conditions)


def _sum_is_right(cell: exp.Expr, checksum: Checksum) -> exp.Expr:
    """Places count from 1 in SQL, so the sum is too large by the sum of the weights."""
    alphabet = exp.convert(checksum.alphabet)
    terms: list[exp.Expr] = [
        exp.Mul(
            this=exp.StrPosition(this=alphabet, substr=_part(cell, place, 1)),
            expression=exp.convert(weight),
        )
        for place, weight in enumerate(checksum.weights, start=1)
    ]
    total = reduce(lambda left, right: exp.Add(this=left, expression=right), terms)
    rest = exp.Mod(this=exp.paren(total), expression=exp.convert(checksum.modulus))
    wanted = (checksum.remainder + sum(checksum.weights)) % checksum.modulus
    return exp.EQ(this=rest, expression=exp.convert(wanted))


def _is_date(cell: exp.Expr, start: int) -> list[exp.Expr]:
    """The calendar begins with the year 1; engines that know a year 0 would take it."""
    year = _part(cell, start, 4)
    parts = (year, _part(cell, start + 4, 2), _part(cell, start + 6, 2))
    hyphen = exp.convert("-")
    written = exp.Concat(expressions=[parts[0], hyphen, parts[1], hyphen, parts[2]])
    date = exp.TryCast(this=written, to=exp.DataType.build("DATE"))
    return [
        exp.not_(exp.Is(this=date, expression=exp.null())),
        exp.NEQ(this=year, expression=exp.convert("0000")),
    ]


def _part(cell: exp.Expr, start: int, length: int) -> exp.Expr:
    return exp.Substring(this=cell, start=exp.convert(start), length=exp.convert(length))
