"""What is wrong with one column of a contract whose form is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from catalog.naming import visible
from catalog.secrecy import OUT_OF_SCOPE, is_secret, may_be_secret
from contracts.columns import is_floating
from contracts.date_formats import to_strptime
from contracts.findings import Finding, Path, Severity, find
from contracts.formats import FORMATS
from contracts.patterns import portability_faults
from core.errors import InvalidInput
from core.strict_yaml import Document

_TOLD = ("name", "businessName", "description", "classification")
_NESTED = ("object", "array", "map", "vector")
_NUMERIC = ("integer", "number")
_FROM_ISO: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
_EXAMPLES = {"date": "2026-01-31", "time": "08:30:00", "timestamp": "2026-01-31 08:30:00"}


def column_findings(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    """Judge the column `body` at `path`, with the fields inside it."""
    logical = body.get("logicalType")
    options = body.get("logicalTypeOptions", {})
    place = (*path, "logicalTypeOptions")
    if body.get("primaryKey") and not body.get("required"):
        message = "a column of the primary key may be empty here"
        hint = "write `required: true`"
        yield find(document, path, message, hint, Severity.WARNING)
    if logical is None:
        message = "the column has no 'logicalType' and is read as text"
        hint = "add `logicalType: string`, or another type"
        yield find(document, path, message, hint, Severity.WARNING)
    yield from _secret_findings(document, path, body)
    yield from _enum_findings(document, path, body)
    yield from _size_findings(document, place, options)
    if logical == "string":
        yield from _string_findings(document, place, options)
    elif logical in _NUMERIC:
        yield from _number_findings(document, place, body)
    elif logical in _FROM_ISO:
        yield from _temporal_findings(document, place, logical, options)
    elif logical in _NESTED:
        message = f"a column of type {logical} is kept, but not checked in tabular files"
        yield find(document, path, message, "make its fields columns", Severity.INFO)
    yield from _inner_findings(document, path, body)


def _secret_findings(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    """A column that is marked as a secret, and words that may mark it as one."""
    for key in _TOLD:
        if is_secret(body.get(key, "")):
            message = f"the column marks a secret; {OUT_OF_SCOPE}"
            yield find(document, (*path, key), message, "leave the column out")
        elif may_be_secret(body.get(key, "")):
            message = f"a word may mark the column as a secret; {OUT_OF_SCOPE}"
            hint = "leave the column out if it is one; whoever reviews the entry is told"
            yield find(document, (*path, key), message, hint, Severity.WARNING)


def _inner_findings(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    for index, field in enumerate(body.get("properties", ())):
        yield from column_findings(document, (*path, "properties", index), field)
    if "items" in body:
        yield from column_findings(document, (*path, "items"), body["items"])
    for side in ("key", "value"):
        if side in body.get("map", {}):
            yield from column_findings(document, (*path, "map", side), body["map"][side])


def _enum_findings(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    logical = body.get("logicalType", "string")
    seen: set[str] = set()
    for index, entry in enumerate(body.get("enum", ())):
        value, place = entry["value"], (*path, "enum", index)
        if not _fits(value, logical):
            shown = "an empty value" if value is None else f"the value {visible(repr(value))}"
            hint = 'put text in quotes, as in "01"' if logical == "string" else "mend the value"
            yield find(document, place, f"{shown} is not of type {logical}", hint)
        elif str(value) in seen:
            message = f"the value {visible(repr(value))} is listed twice"
            yield find(document, place, message, "delete one", Severity.WARNING)
        seen.add(str(value))


def _fits(value: Any, logical: str) -> bool:
    match logical:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date" | "time" | "timestamp":
            return isinstance(value, str)
        case _:
            return value is not None


def _size_findings(document: Document, path: Path, options: Any) -> Iterator[Finding]:
    for low, high in (
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ):
        if low in options and high in options and options[low] > options[high]:
            message = f"{low} {options[low]} is more than {high} {options[high]}"
            yield find(document, (*path, low), message, "write the smaller number as the minimum")


def _string_findings(document: Document, path: Path, options: Any) -> Iterator[Finding]:
    if "pattern" in options:
        for fault in portability_faults(options["pattern"]):
            hint = "write the pattern without it, or as several rules under `quality`"
            yield find(document, (*path, "pattern"), f"the pattern is not portable: {fault}", hint)
    named = options.get("format")
    if named is not None and named not in FORMATS:
        close = get_close_matches(named, FORMATS, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(FORMATS)}"
        message = f"the format '{visible(named)}' is unknown and will not be checked"
        yield find(document, (*path, "format"), message, hint, Severity.WARNING)


def _number_findings(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    options = body.get("logicalTypeOptions", {})
    yield from _bound_findings(document, path, options)
    floating = body["logicalType"] == "number" and is_floating(
        body.get("physicalType", ""), options
    )
    if "multipleOf" in options and floating:
        message = "multiples cannot be decided on binary floating point"
        hint = "use a decimal `physicalType`"
        yield find(document, (*path, "multipleOf"), message, hint, Severity.WARNING)


def _temporal_findings(
    document: Document, path: Path, logical: str, options: Any
) -> Iterator[Finding]:
    try:
        pattern = to_strptime(options.get("format", ""))
    except InvalidInput as error:
        yield find(document, (*path, "format"), str(error), error.hint or "")
        return
    read: dict[str, Any] = {}
    for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if key not in options:
            continue
        if isinstance(options[key], bool):
            read[key] = options[key]
        elif (moment := _moment(options[key], logical, pattern)) is None:
            message = f"'{visible(options[key])}' is not a {logical}"
            hint = f'write it as in "{_EXAMPLES[logical]}"'
            yield find(document, (*path, key), message, hint)
        else:
            read[key] = moment
    yield from _bound_findings(document, path, read)


def _moment(text: str, logical: str, pattern: str) -> Any:
    """The date or time that `text` states, in ISO 8601 or the column's own format; else None."""
    try:
        return _FROM_ISO[logical](text)
    except ValueError:
        pass
    try:
        moment = datetime.strptime(text, pattern) if pattern else None  # noqa: DTZ007  # compared only
    except ValueError:
        return None
    if moment is None or logical == "timestamp":
        return moment
    return moment.date() if logical == "date" else moment.time()


def _bound_findings(document: Document, path: Path, options: Any) -> Iterator[Finding]:
    """Bounds between which nothing can lie. A flag, as in ODCS 3.0, makes the bound exclusive."""
    lows = {key: options[key] for key in ("minimum", "exclusiveMinimum") if key in options}
    highs = {key: options[key] for key in ("maximum", "exclusiveMaximum") if key in options}
    open_ended = lows.get("exclusiveMinimum") is True or highs.get("exclusiveMaximum") is True
    for low, lowest in lows.items():
        for high, highest in highs.items():
            if isinstance(lowest, bool) or isinstance(highest, bool):
                continue
            exclusive = open_ended or low != "minimum" or high != "maximum"
            try:
                empty = lowest > highest or (exclusive and lowest == highest)
            except TypeError:
                message = f"{low} and {high} cannot be compared: one has a time zone"
                yield find(document, (*path, low), message, "write both with or without one")
                continue
            if empty:
                message = f"no value lies between {low} {lowest} and {high} {highest}"
                yield find(document, (*path, low), message, "write the smaller one as the minimum")
