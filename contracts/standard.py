"""The published versions of ODCS and a validator for each part of a document.

The schemas are used as published but for two repairs. In v3.2.0 the branches for `map` and
`vector` also bind a property that states no logicalType, although the standard's text leaves it
optional; they are bound to the type here. And `uniqueItems` is decided in linear time: a long list
would otherwise be compared pair by pair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
"""Versions that a contract may declare, oldest first."""

ROOT = ""
"""The part that is the whole document."""


@cache
def json_schema(version: str) -> dict[str, Any]:
    """The JSON Schema of an ODCS version, repaired as said above."""
    if version == VERSIONS[-1]:
        source = files("open_data_contract_standard") / "schema.json"
    else:
        source = files("contracts") / "schemas" / f"odcs-json-schema-{version}.json"
    schema: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    for branch in schema["$defs"]["SchemaBaseProperty"]["allOf"]:
        condition = branch.get("if", {})
        named = condition.get("properties", {}).get("logicalType", {}).get("const")
        if named in ("map", "vector"):
            condition["required"] = ["logicalType"]
    return schema


@cache
def validator(version: str, part: str) -> Any:
    """A jsonschema validator for `part`, a name under `$defs` or ROOT. Never uses the network."""
    from referencing import Registry

    schema = json_schema(version)
    if part != ROOT:
        schema = {
            "$schema": schema["$schema"],
            "$defs": schema["$defs"],
            "$ref": f"#/$defs/{part}",
        }
    return _validator_class()(schema, registry=Registry())


@cache
def parts_of(version: str) -> frozenset[str]:
    """ROOT and every name under `$defs`."""
    return frozenset([ROOT, *json_schema(version)["$defs"]])


def keys_of(version: str, node: dict[str, Any]) -> frozenset[str]:
    """Every key that an object under `node` of the version's schema can have in some form."""
    return frozenset(_keys(node, json_schema(version)))


def _keys(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    yield from node.get("properties", {})
    if "$ref" in node:
        yield from _keys(_referred(node["$ref"], schema), schema)
    for word in ("allOf", "anyOf", "oneOf"):
        for branch in node.get(word, ()):
            yield from _keys(branch, schema)
    if "then" in node:
        yield from _keys(node["then"], schema)


def _referred(pointer: str, schema: dict[str, Any]) -> dict[str, Any]:
    node = schema
    for step in pointer.removeprefix("#/").split("/"):
        node = node[step]
    return node


@cache
def _validator_class() -> Any:
    from jsonschema import Draft201909Validator, ValidationError, validators

    def unique_items(check: Any, unique: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if unique and check.is_type(instance, "array"):
            seen = {json.dumps(item, sort_keys=True) for item in instance}
            if len(seen) < len(instance):
                yield ValidationError("has items that repeat")

    return validators.extend(Draft201909Validator, {"uniqueItems": unique_items})
