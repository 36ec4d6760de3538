"""One plain sentence for each check, for the people who mend the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contracts.formats import get_format
from contracts.model import LogicalType
from quality.model import CheckKind, CheckSpec, Repeats

_SHOWN_VALUES = 8

_TYPE_WORDS = {
    LogicalType.INTEGER: "a whole number",
    LogicalType.NUMBER: "a number",
    LogicalType.BOOLEAN: "true or false",
    LogicalType.DATE: "a date",
    LogicalType.TIME: "a time",
    LogicalType.TIMESTAMP: "a date and time",
}


def type_sentence(column: str, kind: LogicalType, written: str) -> str:
    """Say what the cells of `column` can be read as; `written` is the date format, or empty."""
    form = f" written as {written}" if written else ""
    return f"{column} is {_TYPE_WORDS[kind]}{form}"


def sentence(spec: CheckSpec) -> str:
    """Say what holds when `spec` holds. TYPE, SQL and UNSUPPORTED have sentences of their own."""
    return _SENTENCES[spec.kind](_listed(spec.columns, "and"), spec)


def _listed(words: Sequence[str], last: str) -> str:
    if len(words) > _SHOWN_VALUES:
        more = f"{len(words) - _SHOWN_VALUES} others"
        return f"{', '.join(words[:_SHOWN_VALUES])} {last} {more}"
    *head, tail = words or ("",)
    return f"{', '.join(head)} {last} {tail}" if head else tail


def _range(spec: CheckSpec) -> str:
    low, high = spec.minimum, spec.maximum
    if low is not None and high is not None:
        if not (spec.exclusive_minimum or spec.exclusive_maximum):
            return f"between {low} and {high}"
        return f"{_low(spec)} and {_high(spec)}"
    return _high(spec) if low is None else _low(spec)


def _low(spec: CheckSpec) -> str:
    return f"{'more than' if spec.exclusive_minimum else 'at least'} {spec.minimum}"


def _high(spec: CheckSpec) -> str:
    return f"{'less than' if spec.exclusive_maximum else 'at most'} {spec.maximum}"


def _length(spec: CheckSpec) -> str:
    low, high = spec.min_length, spec.max_length
    if low == high:
        return f"exactly {_characters(low)}"
    if low is None:
        return f"at most {_characters(high)}"
    return f"at least {_characters(low)}" if high is None else f"{low} to {_characters(high)}"


def _characters(number: int | None) -> str:
    return "1 character" if number == 1 else f"{number} characters"


def _format(subject: str, spec: CheckSpec) -> str:
    named = f"valid {get_format(spec.format).title_en} ({spec.format})"
    if spec.threshold is None:
        return f"{subject} is a {named}"
    return f"rows with a {subject} that is no {named}: {_allowed(spec)}"


def _reference(subject: str, spec: CheckSpec) -> str:
    target = _listed(spec.reference_columns, "and")
    return f"{subject} is found in {spec.reference_dataset} as {target}"


def _allowed(spec: CheckSpec) -> str:
    """What may be found; nothing, where the rule states no threshold."""
    return spec.threshold.words if spec.threshold else "0"


def _missing(subject: str, spec: CheckSpec) -> str:
    words = ["an empty cell"] if spec.empty_is_missing else []
    counted = _listed([*words, *spec.values], "or")
    return f"rows with {counted} as {subject}: {_allowed(spec)}"


def _invalid(subject: str, spec: CheckSpec) -> str:
    faults = [f"that is not {_listed(spec.values, 'or')}"] if spec.values else []
    faults += [f"that does not match {spec.pattern}"] if spec.pattern else []
    return f"rows with a {subject} {' or '.join(faults)}: {_allowed(spec)}"


def _repeated(subject: str, spec: CheckSpec) -> str:
    counted = {
        Repeats.ROWS: f"rows whose {subject} another row has too",
        Repeats.KEYS: f"values of {subject} that several rows have",
        Repeats.SURPLUS: f"rows beyond the first with the same {subject}",
    }
    return f"{counted[spec.repeats]}: {_allowed(spec)}"


_SENTENCES: dict[CheckKind, Callable[[str, CheckSpec], str]] = {
    CheckKind.REQUIRED: lambda subject, _: f"{subject} is never missing",
    CheckKind.UNIQUE: lambda subject, _: f"no two rows have the same {subject}",
    CheckKind.ENUM: lambda subject, spec: f"{subject} is one of {_listed(spec.values, 'or')}",
    CheckKind.BOUNDS: lambda subject, spec: f"{subject} is {_range(spec)}",
    CheckKind.LENGTH: lambda subject, spec: f"{subject} has {_length(spec)}",
    CheckKind.PATTERN: lambda subject, spec: f"{subject} matches {spec.pattern}",
    CheckKind.MULTIPLE_OF: lambda subject, spec: f"{subject} is a multiple of {spec.multiple_of}",
    CheckKind.FORMAT: _format,
    CheckKind.REFERENCE: _reference,
    CheckKind.MISSING: _missing,
    CheckKind.INVALID: _invalid,
    CheckKind.REPEATED: _repeated,
    CheckKind.ROW_COUNT: lambda _, spec: f"number of rows: {_allowed(spec)}",
}
