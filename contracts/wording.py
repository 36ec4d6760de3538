"""What a jsonschema error means, in words that say what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from catalog.naming import visible
from contracts.findings import Path, Severity
from contracts.standard import keys_of

MAX_KEYS = 200
"""More keys than any part of ODCS has: with more, some of the first ones are strange."""

UNKNOWN_KEYS = ("additionalProperties", "unevaluatedProperties")

_KINDS = {
    "string": ("text", "put quotes around it"),
    "integer": ("a whole number", "write digits without quotes"),
    "number": ("a number", "write digits without quotes"),
    "boolean": ("true or false", "write true or false without quotes"),
    "array": ("a list", "begin each item with '- '"),
    "object": ("a group of keys", "write `key: value` lines below it"),
    "null": ("empty", "delete the value"),
}
_RETIRED_KEYS = {
    "clusterStatus": "partitioned",
    "columns": "properties",
    "column": "name",
    "dataset": "schema",
    "datasetDomain": "domain",
    "isNullable": "required, with the opposite value",
    "isPrimary": "primaryKey",
    "isUnique": "unique",
    "quantumName": "name",
    "stakeholders": "team",
    "table": "name",
    "uuid": "id",
}
"""Keys of ODCS 2 and what ODCS 3 calls them."""

_RULES = {
    "pattern": (
        "{value} is not a name that ODCS allows here",
        "use letters A-Z, digits, '-' and '_'",
    ),
    "minimum": ("{value} is too small", "write at least {wanted}"),
    "exclusiveMinimum": ("{value} is too small", "write more than {wanted}"),
    "minItems": ("the list has fewer items than {wanted}", "add the missing ones"),
    "maxItems": ("the list has more items than {wanted}", "delete the others"),
    "uniqueItems": ("the list has an item twice", "keep one of them"),
}
_OTHER_RULE = ("the value breaks the rule '{rule}' of ODCS", "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a part of a document; `path` starts at the part."""

    path: Path
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


RELATIONSHIP_FAULT = Fault(
    (),
    "this is not a relationship that ODCS can express",
    "write `to: dataset_code.column`; a code with '-' or '.' needs `apiVersion: v3.2.0`; names"
    " begin with a letter A-Z and have no Chinese characters; a list in `to` needs one in `from`",
)


def unknown_keys(error: Any, version: str) -> tuple[list[Fault], list[Fault]]:
    """Explain the keys that `error` does not accept: first the strange, then the misplaced ones.

    A strange key has no meaning in this place; a misplaced one needs other keys beside it.
    """
    known = keys_of(version, error.schema)
    strange, misplaced = [], []
    for key in islice(error.instance, MAX_KEYS):
        if repr(key) not in error.message:
            continue
        path = (*error.absolute_path, key)
        if key in known:
            message = f"'{visible(key)}' does not go with the other keys here"
            misplaced.append(Fault(path, message, _companion(key)))
        else:
            message = f"'{visible(key)}' is not an ODCS {version} key in this place"
            strange.append(Fault(path, message, _suggestion(key, known)))
    return strange, misplaced


def explain(error: Any) -> Iterator[Fault]:
    """Say what any other error than one about unknown keys means."""
    path = tuple(error.absolute_path)
    if error.validator in ("oneOf", "anyOf"):
        yield from _explain_choice(error, path)
    else:
        yield _explain_rule(error, path)


def _explain_rule(error: Any, path: Path) -> Fault:
    wanted = error.validator_value
    if error.validator == "required":
        missing = next(key for key in wanted if error.message.startswith(repr(key)))
        return Fault((*path, missing), f"'{missing}' is missing", f"add `{missing}: ...`")
    if error.validator == "type":
        return _explain_type(error, path)
    if error.validator in ("enum", "const"):
        allowed = wanted if isinstance(wanted, list) else [wanted]
        message = f"{_shown(error.instance)} is not one of the words allowed here"
        return Fault(path, message, _words(error.instance, allowed))
    message, hint = _RULES.get(error.validator, _OTHER_RULE)
    words = {"value": _shown(error.instance), "wanted": wanted, "rule": error.validator}
    return Fault(path, message.format_map(words), hint.format_map(words))


def _explain_type(error: Any, path: Path) -> Fault:
    wanted = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    meant = " or ".join(_KINDS[kind][0] for kind in wanted)
    hint = "write `- value: ...`" if path[-2:-1] == ("enum",) else _KINDS[wanted[0]][1]
    if error.instance is None:
        return Fault(
            path, f"the value is empty and must be {meant}", "write a value, or delete the key"
        )
    if wanted[0] == "string" and isinstance(error.instance, int | float):
        hint = f'put it in quotes, as in "{str(error.instance).lower()}"'
    return Fault(path, f"{_shown(error.instance)} is not {meant}", hint)


def _explain_choice(error: Any, path: Path) -> Iterator[Fault]:
    """Explain a value that fits none of several forms, or fits two of them."""
    operators = [branch["required"][0] for branch in error.validator_value if "required" in branch]
    if operators and all(word.startswith("must") for word in operators):
        if isinstance(error.instance, dict):  # else the wrong type is reported by itself
            yield from _explain_operators(error, path, operators)
        return
    branches: dict[int, list[Any]] = {}
    for cause in error.context:
        branches.setdefault(cause.schema_path[0], []).append(cause)
    likely = [
        causes
        for causes in branches.values()
        if not any(cause.validator == "type" and not cause.path for cause in causes)
    ]
    if len(likely) == 1:
        for cause in likely[0]:
            yield Fault(tuple(cause.absolute_path), _choice_message(cause))
    else:
        yield Fault(path, "the value has none of the forms that ODCS allows here")


def _explain_operators(error: Any, path: Path, operators: Sequence[str]) -> Iterator[Fault]:
    """A rule without a threshold, or with several, is ambiguous but can still be understood."""
    present = [word for word in operators if word in error.instance]
    if len(present) > 1:
        yield Fault(
            path,
            f"the rule states {' and '.join(present)}; all of them must hold",
            "write one rule for each, as ODCS wants",
            Severity.WARNING,
        )
    elif present:
        yield Fault(
            (*path, present[0]),
            f"'{present[0]}' needs a number, or two in a list",
            f"write `{present[0]}: 0`",
        )
    else:
        yield Fault(
            path,
            "the rule states no threshold and is taken as `mustBe: 0`",
            "add `mustBe: 0`",
            Severity.WARNING,
        )


def _choice_message(cause: Any) -> str:
    if cause.validator in UNKNOWN_KEYS:
        first = islice(cause.instance, MAX_KEYS)
        keys = [visible(key) for key in first if repr(key) in cause.message]
        return f"'{', '.join(keys)}' is not an ODCS key in this place"
    if cause.validator in ("oneOf", "anyOf"):
        return "the value has none of the forms that ODCS allows here"
    return _explain_rule(cause, ()).message


def _companion(key: str) -> str:
    owner = {"items": "array", "properties": "object", "map": "map"}.get(key)
    if owner:
        return f"write `logicalType: {owner}`, or delete it"
    if key == "logicalTypeOptions":
        return "write the `logicalType` that the options belong to"
    return "delete it, or change the `type` beside it"


def _suggestion(key: str, known: frozenset[str]) -> str:
    if key in _RETIRED_KEYS:
        return f"that was ODCS 2; write {_RETIRED_KEYS[key]}"
    if close := get_close_matches(key, sorted(known), n=1):
        return f"did you mean '{close[0]}'?"
    return "delete it, or keep it under `customProperties` as `- property: ...` with a `value`"


def _words(value: Any, allowed: Sequence[Any]) -> str:
    listed = ", ".join(str(word) for word in allowed)
    close = get_close_matches(str(value), [str(word) for word in allowed], n=1)
    return f"did you mean '{close[0]}'? Allowed: {listed}" if close else f"write one of: {listed}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{visible(value)}'" if isinstance(value, str) else visible(str(value))
