"""The arbiter: what each check means, said again over plain Python values, row by row.

Nothing here is shared with the engines but the model. `evaluate` gives for each check the rows that
it looks at and the rows that fail, numbered from 1.
"""

import math
from datetime import UTC, date, datetime, time
from fractions import Fraction

from catalog.plan import ColumnType
from contracts.formats import is_valid
from quality.model import CheckKind, Repeats
from tests.quality import ecma


def evaluate(spec, table, references=None):
    """(rows evaluated, rows that fail), both sets of row numbers."""
    keys = dict(enumerate(zip(*(table.values[name] for name in spec.columns), strict=True), 1))
    present = {row for row, key in keys.items() if all(cell is not None for cell in key)}
    unread = {row for row in keys if (spec.columns[0], row) in table.unread}
    match spec.kind:
        case CheckKind.TYPE:
            return present | unread, unread
        case CheckKind.REQUIRED | CheckKind.MISSING:
            return set(keys), missing(spec, table, keys, unread)
        case CheckKind.UNIQUE | CheckKind.REPEATED:
            if spec.kind is CheckKind.UNIQUE or spec.repeats is Repeats.SURPLUS:
                return present, repeats({row: keys[row] for row in sorted(present)})
            return present, {row for row in present if others(row, present, keys)}
        case CheckKind.REFERENCE:
            known = {as_key(key) for key in references[spec.reference_dataset]}
            return present, {row for row in present if as_key(keys[row]) not in known}
    holds, kind = HOLDS[spec.kind], table.types[spec.columns[0]]
    return present, {row for row in present if not holds(spec, keys[row][0], kind)}


def missing(spec, table, keys, unread):
    """Empty cells where they count; listed values, compared as values or as the text handed in."""
    kind = table.types[spec.columns[0]]
    listed = {same(value) for value in map(lenient(kind), spec.values) if value is not None}
    found = {row for row, (cell,) in keys.items() if cell is not None and same(cell) in listed}
    found |= {row for row in unread if table.unread[spec.columns[0], row] in spec.values}
    if spec.kind is CheckKind.REQUIRED or spec.empty_is_missing:
        found |= {row for row, (cell,) in keys.items() if cell is None} - unread
    return found


def lenient(kind):
    def value(text):
        try:
            return read(text, kind)
        except (ValueError, KeyError):
            return None

    return value


def others(row, present, keys):
    return any(one != row and as_key(keys[one]) == as_key(keys[row]) for one in present)


def allows(threshold, found, evaluated):
    """Whether a number of rows is allowed, and whether there are too many of them."""
    value = Fraction(found) if threshold.unit == "rows" else Fraction(100 * found, evaluated)
    verdicts = []
    for limit in threshold.limits:
        low, high = Fraction(limit.values[0]), Fraction(limit.values[-1])
        verdicts.append(
            {
                "mustBe": (value == low, value > low),
                "mustNotBe": (value != low, False),
                "mustBeGreaterThan": (value > low, False),
                "mustBeGreaterOrEqualTo": (value >= low, False),
                "mustBeLessThan": (value < low, value >= low),
                "mustBeLessOrEqualTo": (value <= low, value > low),
                "mustBeBetween": (low <= value <= high, value > high),
                "mustNotBeBetween": (value < low or value > high, False),
            }[limit.operator]
        )
    return all(holds for holds, _ in verdicts), any(too_many for _, too_many in verdicts)


def repeats(keys):
    seen = set()
    failing = set()
    for row, key in keys.items():
        failing |= {row} if as_key(key) in seen else set()
        seen.add(as_key(key))
    return failing


def as_key(values):
    return tuple(same(value) for value in values)


def same(value):
    """A key part: NaN equals itself, minus zero equals zero."""
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def read(text, kind):
    return READERS.get(kind, str)(text)


def read_moment(text):
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


READERS = {
    ColumnType.INTEGER: Fraction,
    ColumnType.NUMBER: Fraction,
    ColumnType.DOUBLE: float,
    ColumnType.BOOLEAN: {"true": True, "false": False}.__getitem__,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIME: time.fromisoformat,
    ColumnType.TIMESTAMP: read_moment,
}


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


def invalid_holds(spec, value, kind):
    listed = not spec.values or enum_holds(spec, value, kind)
    return listed and (not spec.pattern or pattern_holds(spec, value, kind))


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
    CheckKind.INVALID: invalid_holds,
}
