"""The arbiter: what each check means, said again over plain Python values, row by row.

Nothing here is shared with the engines but the model. `evaluate` gives for each check the rows that
it looks at and the rows that fail, numbered from 1.
"""

import math
from datetime import UTC, date, datetime, time
from fractions import Fraction

from catalog.plan import ColumnType
from contracts.formats import is_valid
from quality.model import CheckKind
from tests.quality import ecma


def evaluate(spec, table, references=None):
    """(rows evaluated, rows that fail), both sets of row numbers."""
    cells = list(zip(*(table.values[name] for name in spec.columns), strict=True))
    unread = [
        any((name, row) in table.unread for name in spec.columns)
        for row in range(1, len(cells) + 1)
    ]
    rows = range(1, len(cells) + 1)
    if spec.kind is CheckKind.TYPE:
        scope = {n for n in rows if cells[n - 1][0] is not None or unread[n - 1]}
        return scope, {n for n in rows if unread[n - 1]}
    if spec.kind is CheckKind.REQUIRED:
        return set(rows), {n for n in rows if cells[n - 1][0] is None and not unread[n - 1]}
    scope = {n for n in rows if all(cell is not None for cell in cells[n - 1])}
    if spec.kind is CheckKind.UNIQUE:
        seen = set()
        failing = set()
        for n in sorted(scope):
            key = tuple(same(cell) for cell in cells[n - 1])
            if key in seen:
                failing.add(n)
            seen.add(key)
        return scope, failing
    if spec.kind is CheckKind.REFERENCE:
        known = {tuple(same(cell) for cell in key) for key in references[spec.reference_dataset]}
        return scope, {n for n in scope if tuple(same(c) for c in cells[n - 1]) not in known}
    kind = table.types[spec.columns[0]]
    return scope, {n for n in scope if not HOLDS[spec.kind](spec, cells[n - 1][0], kind)}


def same(value):
    """A key part: NaN equals itself, minus zero equals zero."""
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def read(text, kind):
    if kind in (ColumnType.INTEGER, ColumnType.NUMBER):
        return Fraction(text)
    if kind is ColumnType.DOUBLE:
        return float(text)
    if kind is ColumnType.BOOLEAN:
        return text == "true"
    if kind is ColumnType.DATE:
        return date.fromisoformat(text)
    if kind is ColumnType.TIME:
        return time.fromisoformat(text)
    if kind is ColumnType.TIMESTAMP:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return text


def enum_holds(spec, value, kind):
    return same(value) in {same(read(text, kind)) for text in spec.values}


def bounds_hold(spec, value, kind):
    if isinstance(value, float) and math.isnan(value):
        return False
    holds = True
    if spec.minimum is not None:
        low = read(spec.minimum, kind)
        holds &= value > low if spec.exclusive_minimum else value >= low
    if spec.maximum is not None:
        high = read(spec.maximum, kind)
        holds &= value < high if spec.exclusive_maximum else value <= high
    return holds


def length_holds(spec, value, _):
    low = spec.min_length or 0
    high = len(value) if spec.max_length is None else spec.max_length
    return low <= len(value) <= high


def pattern_holds(spec, value, _):
    return ecma.search(spec.pattern, value)


def multiple_holds(spec, value, _):
    return Fraction(value) % Fraction(spec.multiple_of) == 0


def format_holds(spec, value, _):
    return is_valid(spec.format, value)


HOLDS = {
    CheckKind.ENUM: enum_holds,
    CheckKind.BOUNDS: bounds_hold,
    CheckKind.LENGTH: length_holds,
    CheckKind.PATTERN: pattern_holds,
    CheckKind.MULTIPLE_OF: multiple_holds,
    CheckKind.FORMAT: format_holds,
}
