"""The fields of each kind of document, read off the dataclasses of `catalog.model`.

A reader turns the value found in a document into the value of a field. It tells every fault to
`Report` with the path inside the item, and goes on with an empty text or None, so that one reading
finds all faults and what was read well can be judged further.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, cast, get_args, get_origin, get_type_hints

from catalog.documents.decree import article_13
from catalog.model import (
    Application,
    DataItem,
    Dataset,
    Department,
    Division,
    Person,
    ProvisionRule,
    ServiceItem,
)
from catalog.naming import MAX_ADDRESS, MAX_TITLE, check_code, check_text, check_title, visible
from catalog.nearest import did_you_mean
from core.errors import InvalidInput

Item: TypeAlias = (
    Division | Department | Person | Application | ProvisionRule | Dataset | ServiceItem
)
Path: TypeAlias = tuple[str | int, ...]
Report: TypeAlias = Callable[[Path, str], None]
Reader: TypeAlias = Callable[[object, Path, Report], Any]

KINDS: dict[str, type[Item]] = {
    kind.__name__: kind
    for kind in (
        Division,
        Department,
        Person,
        Application,
        ProvisionRule,
        Dataset,
        ServiceItem,
    )
}

_CODES = {
    "parent": "division",
    "division": "division",
    "department": "department",
    "departments": "department",
    "exempt": "department",
    "provider": "department",
    "source": "department",
    "authority": "department",
    "dataset": "dataset",
    "roles": "role",
    "item": "item",
    "fulfils": "item",
}
"""Fields that hold the code of something, and of what."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXTS = {"summary", "use_conditions", "legal_basis", "legal_ground"}
"""Fields that hold running text; every other text is one line."""


def read_fields(owner: type, values: Mapping[Any, object], at: Path, report: Report) -> Any:
    """Build an `owner` from a mapping; what is missing or at fault is reported and left empty."""
    known = _readers(owner)
    for name in values:
        if name not in known:
            report(
                (*at, name),
                f"has an unknown field '{visible(str(name))}'{did_you_mean(str(name), known)}",
            )
    found: dict[str, Any] = {}
    for name, (required, reader) in known.items():
        value = values.get(name)
        if value is not None:
            found[name] = reader(value, (*at, name), report)
        elif required:
            reason = article_13(name) if owner is Dataset else ""
            report((*at, name), f"lacks {name}{reason}")
    return owner(**_empty(owner) | {name: one for name, one in found.items() if one is not None})


@cache
def _empty(owner: type) -> dict[str, Any]:
    """What stands in the fields that must be given and were not, or not well."""
    blank: dict[Any, Any] = {str: "", tuple: (), date: date.min}
    hints = get_type_hints(owner)
    names = [field.name for field in fields(owner) if _is_required(field)]
    return {name: blank[get_origin(hints[name]) or hints[name]] for name in names}


@cache
def _readers(owner: type) -> dict[str, tuple[bool, Reader]]:
    hints = get_type_hints(owner)
    return {
        field.name: (_is_required(field), _reader(owner, field.name, hints[field.name]))
        for field in fields(owner)
    }


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _reader(owner: type, name: str, hint: Any) -> Reader:
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not types.NoneType)
    if get_origin(hint) is tuple:
        return _list_of(_reader(owner, name, get_args(hint)[0]))
    if get_origin(hint) is dict:
        return _read_facets
    if is_dataclass(hint):
        return _nested(cast("type", hint))
    if issubclass(hint, StrEnum):
        return _one_of(hint)
    if issubclass(hint, date):
        return _read_date
    return _text_reader(owner, name)


def _text_reader(owner: type, name: str) -> Reader:
    if name == "code":
        kind = "rule" if owner is ProvisionRule else owner.__name__.lower()
        return _checked(lambda text: check_code(text, kind))
    if name in _CODES and (owner, name) != (DataItem, "item"):  # the words of a form, no code
        return _checked(lambda text: check_code(text, _CODES[name]) if text else text)
    if name in _TEXTS:
        return _checked(lambda text: check_text(text, name))
    limit = MAX_ADDRESS if name == "access_url" else MAX_TITLE
    return _checked(lambda text: check_title(text, name, limit) if text else text)


def _checked(check: Callable[[str], str]) -> Reader:
    def read(value: object, path: Path, report: Report) -> str:
        if not isinstance(value, str):
            report(path, f"has {_named(path)} that is {_kind_of(value)}, not text{_quote(value)}")
            return ""
        try:
            return check(value)
        except InvalidInput as error:
            advice = f"; {error.hint}" if error.hint else ""
            report(path, f"has a bad {_named(path)}: {error}{advice}")
            return ""

    return read


def _list_of(reader: Reader) -> Reader:
    def read(value: object, path: Path, report: Report) -> tuple[Any, ...]:
        if not isinstance(value, list):
            report(
                path, f"has {_named(path)} that is {_kind_of(value)}, not a list; write [one, two]"
            )
            return ()
        read = [reader(entry, (*path, place), report) for place, entry in enumerate(value)]
        return tuple(entry for entry in read if entry is not None)

    return read


def _one_of(options: type[StrEnum]) -> Reader:
    allowed = {option.value: option for option in options}

    def read(value: object, path: Path, report: Report) -> StrEnum | None:
        if isinstance(value, str) and value in allowed:
            return allowed[value]
        report(path, f"has {_named(path)} {_shown(value)}; it may be {', '.join(allowed)}")
        return None

    return read


def _read_date(value: object, path: Path, report: Report) -> date | None:
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    report(path, f"has {_named(path)} {_shown(value)}, not a date like 2026-01-31")
    return None


def _read_facets(value: object, path: Path, report: Report) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        report(
            path,
            f"has {_named(path)} that is {_kind_of(value)}, not a mapping; write {{name: value}}",
        )
        return {}
    one_line = _checked(lambda text: check_title(text, "facet"))
    facets: dict[str, tuple[str, ...]] = {}
    for name, values in value.items():
        place = (*path, name)
        key = one_line(name, place, report)
        listed = values if isinstance(values, list) else [values]
        facets[key] = tuple(one_line(entry, place, report) for entry in listed)
    return facets


def _nested(owner: type) -> Reader:
    def read(value: object, path: Path, report: Report) -> Any:
        if isinstance(value, dict):
            return read_fields(owner, value, path, report)
        report(path, f"has {_named(path)} that is {_kind_of(value)}, not a mapping")
        return None

    return read


_KINDS_OF_VALUE: dict[type, str] = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
"""Everything that a loaded document can hold, in a reader's words."""


def _named(path: Path) -> str:
    """The path inside an item as a person writes it: distributions[1].access_url."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{visible(str(part))}"
    return text.removeprefix(".")


def _shown(value: object) -> str:
    return f"'{visible(value)}'" if isinstance(value, str) else _kind_of(value)


def _quote(value: object) -> str:
    return "; put it in quotes" if isinstance(value, int | float) else ""


def _kind_of(value: object) -> str:
    return _KINDS_OF_VALUE[type(value)]
