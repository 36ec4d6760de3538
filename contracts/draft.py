"""A first contract from what one file holds.

What was seen is not what is promised: each column lists under the custom property `observed` the
keys that only repeat what the file showed. A steward keeps, changes or deletes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Any

import yaml

from catalog.naming import MAX_TITLE, collision_key
from catalog.plan import ColumnProfile, ColumnType, TableProfile
from catalog.source.heading import normalised
from contracts.date_formats import to_jdk
from contracts.formats import FORMATS
from contracts.names import check_name
from core.errors import InvalidInput
from core.strict_yaml import can_hold, plain_is_text

API_VERSION = "v3.2.0"
"""The first version of ODCS with `enum`, and with hyphens in the names of other datasets."""

MAX_ENUM = 50
MIN_SEEN = 20
"""How often each value must occur before the values look like a closed list."""
MIN_DIVISION_DIGITS = 6
"""Shorter numbers are division codes only by chance."""

_LOGICAL = {ColumnType.DOUBLE: "number"}
_MEASURES = (ColumnType.NUMBER, ColumnType.DOUBLE)
_TEMPORAL = (ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.TIME)


def draft_contract(profile: TableProfile, *, name: str, contract_id: str, description: str) -> str:
    """Write a contract in YAML for the table that `profile` describes.

    The same profile gives the same text, and the text parses and lints without errors. Headings
    become names as they are; one that cannot be a name is kept as `physicalName`.
    Raises InvalidInput for a heading that no YAML document can hold, and for a bad `name` or id.
    """
    types = {column.name: _type_of(column) for column in profile.columns}
    key = _primary_key(profile, types)
    names = _names([column.name for column in profile.columns])
    contract = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": check_name(contract_id, "contract id"),
        "name": name,
        "version": "0.1.0",
        "status": "draft",
        **({"description": {"purpose": description}} if description else {}),
        "schema": [
            {
                "name": check_name(name, "name of the table"),
                "physicalType": "table",
                "properties": [
                    _property(column, label, types[column.name], key)
                    for column, label in zip(profile.columns, names, strict=True)
                ],
            }
        ],
    }
    body = yaml.dump(contract, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return f"{_preface(profile)}{body}"


def _preface(profile: TableProfile) -> str:
    text = (
        f"# Drafted from a file of {profile.rows} rows. What a column lists under `observed` was seen\n"
        "# in that file and is promised by nobody yet: keep it, change it, or delete it.\n"
    )
    if not profile.headed:
        text += "# The file has no heading: it is delivered with --no-header, in the order given here.\n"
    if profile.second_heading:
        text += (
            "# The first record of the file reads as a second line of headings, and was taken as data:\n"
            "# delete it in the file, then draft again.\n"
        )
    return text


def _property(
    column: ColumnProfile, label: str, kind: ColumnType, key: tuple[str, ...]
) -> dict[str, Any]:
    seen = _constraints(column, kind, key)
    options = dict(_options(column, kind, enumerated="enum" in seen))
    body: dict[str, Any] = {"name": label}
    if label != column.name:
        body["physicalName"] = column.name
    body["logicalType"] = _LOGICAL.get(kind, kind.value)
    if kind is ColumnType.DOUBLE:
        body["physicalType"] = "double"
    if (named := _format_of(column)) and FORMATS[named].personal:
        body["classification"] = "restricted"
    body |= seen
    if options:
        body["logicalTypeOptions"] = options
    observed = [word for word in (*seen, *options) if word != "primaryKeyPosition"]
    if observed:
        body["customProperties"] = [{"property": "observed", "value": observed}]
    return body


def _constraints(column: ColumnProfile, kind: ColumnType, key: tuple[str, ...]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    if column.name in key:
        seen |= {"primaryKey": True, "primaryKeyPosition": key.index(column.name) + 1}
    if column.rows and not column.nulls:
        seen["required"] = True
    if kind is ColumnType.STRING and _is_closed_list(column) and _format_of(column) is None:
        seen["enum"] = [{"value": text} for text in sorted(text for text, _ in column.values)]
    return seen


def _is_closed_list(column: ColumnProfile) -> bool:
    return (
        0 < len(column.values) <= MAX_ENUM
        and min(count for _, count in column.values) >= MIN_SEEN
        and all(can_hold(text) for text, _ in column.values)
    )


def _options(
    column: ColumnProfile, kind: ColumnType, *, enumerated: bool
) -> Iterator[tuple[str, Any]]:
    if column.rows == column.nulls:
        return
    if kind is ColumnType.STRING:
        if named := _format_of(column):
            yield "format", named
        elif not enumerated:
            yield "minLength", column.min_length
            yield "maxLength", column.max_length
    elif kind in _TEMPORAL:
        if column.date_format:
            yield "format", to_jdk(column.date_format)
        yield "minimum", column.minimum
        yield "maximum", column.maximum
    elif kind is not ColumnType.BOOLEAN:
        for key, text in (("minimum", column.minimum), ("maximum", column.maximum)):
            if (number := _number(text)) is not None:
                yield key, number


def _number(text: str) -> int | float | None:
    """The number that YAML can hold for `text`; None where it would be another one."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if not exact.is_finite():
        return None
    if exact == exact.to_integral_value():
        return int(exact)
    return float(exact) if Decimal(repr(float(exact))) == exact else None


def _type_of(column: ColumnProfile) -> ColumnType:
    filled = column.rows - column.nulls
    if not filled or _format_of(column) or _has_leading_zeros(column):
        return ColumnType.STRING
    return column.narrowest


def _has_leading_zeros(column: ColumnProfile) -> bool:
    """Whether whole numbers are written longer than they need be, as codes are."""
    if column.narrowest is not ColumnType.INTEGER:
        return False
    number = _number(column.minimum)
    return isinstance(number, int) and number >= 0 and len(str(number)) < column.min_length


def _format_of(column: ColumnProfile) -> str | None:
    """The identifier format that every filled cell has."""
    filled = column.rows - column.nulls
    for named in FORMATS:
        if filled and column.identifiers.get(named, 0) == filled:
            by_chance = named == "cn-division-code" and column.min_length < MIN_DIVISION_DIGITS
            return None if by_chance else named
    return None


def _primary_key(profile: TableProfile, types: dict[str, ColumnType]) -> tuple[str, ...]:
    """The smallest key that is not made of measurements, which are unique only by chance."""
    for key in profile.keys:
        if profile.rows > 1 and not any(types[column] in _MEASURES for column in key):
            return key
    return ()


def _names(headings: Sequence[str]) -> list[str]:
    """A name for each heading: the heading itself wherever it can be a name of its own.

    A name that is made up is nobody's heading, so that no column is found under two of them.
    """
    names: list[str] = []
    taken = {normalised(heading) for heading in headings}
    keys: set[str] = set()
    for number, heading in enumerate(headings, 1):
        if not can_hold(heading):
            raise InvalidInput(
                f"the heading of column {number} has a control character",
                hint="rename the column in the file",
            )
        name = heading
        if not _can_be_name(heading) or collision_key(heading) in keys:
            stem = heading[: MAX_TITLE - 10] if _can_be_name(heading) else "column"
            numbered = (f"{stem}_{free}" for free in count(number))
            name = next(
                one
                for one in numbered
                if normalised(one) not in taken and collision_key(one) not in keys
            )
        taken.add(normalised(name))
        keys.add(collision_key(name))
        names.append(name)
    return names


def _can_be_name(heading: str) -> bool:
    try:
        check_name(heading, "heading")
    except InvalidInput:
        return False
    return True


class _Dumper(yaml.SafeDumper):
    """Quotes whatever the strict reader would not give back as the same text."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if plain_is_text(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
