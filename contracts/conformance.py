"""Whether a document has the form that its ODCS version prescribes.

The document is validated part by part, each without what nests in it: the published schemas
validate a nested property several times over at each level, so that depth would cost
exponentially.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

from catalog.naming import visible
from contracts.findings import Finding, Path, Severity, find
from contracts.standard import ROOT, VERSIONS, parts_of, validator
from contracts.wording import RELATIONSHIP_FAULT, UNKNOWN_KEYS, Fault, explain, unknown_keys
from core.strict_yaml import Document

MAX_PARTS = 3000
MAX_FAULTS = 200

RELATIONSHIPS = ("RelationshipSchemaLevel", "RelationshipPropertyLevel")
PROPERTIES = ("SchemaProperty", "SchemaItemProperty")

_OPTIONS_ALONE = Fault(
    ("logicalTypeOptions",),
    "the options mean nothing without a 'logicalType'",
    "add `logicalType: string`, or the type that they belong to",
)

Part: TypeAlias = tuple[str, Path, Any]
"""A definition of the JSON Schema, where its instance is, and the instance without what nests."""


def check_form(document: Document) -> list[Finding]:
    """Everything in which the document is not what its declared version prescribes."""
    return [
        find(document, fault.path, fault.message, fault.hint, fault.severity)
        for fault in form_faults(document)
    ]


def form_faults(document: Document) -> list[Fault]:
    """The same with the paths as they are in the document.

    A fault that a newer version would not find says so in its hint.
    """
    if not isinstance(document.value, dict):
        return [Fault((), "a contract is a group of keys", "begin with `apiVersion: v3.2.0`")]
    version = document.value.get("apiVersion")
    if version not in VERSIONS:
        return [_version_fault(version)]
    parts = list(islice(_parts(document.value), MAX_PARTS + 1))
    if len(parts) > MAX_PARTS:
        message = f"the contract has more than {MAX_PARTS} tables, columns, relationships and rules"
        return [Fault(("schema",), message, "write several contracts")]
    faults = list(islice((f for part in parts for f in _faults(version, part)), MAX_FAULTS + 1))
    if len(faults) > MAX_FAULTS:
        hint = "mend the others first"
        faults[-1] = replace(faults[-1], message="there are more faults from here on", hint=hint)
    return faults


def is_sound(faults: Sequence[Fault], path: Path) -> bool:
    """Whether the form of what is at `path`, and of all that holds it, is right."""
    wrong = [fault.path for fault in faults if fault.severity is Severity.ERROR]
    return not any(bad[: len(path)] == path or path[: len(bad)] == bad for bad in wrong)


def _version_fault(version: Any) -> Fault:
    hint = f"write one of {', '.join(VERSIONS)}"
    if version is None:
        return Fault(("apiVersion",), "'apiVersion' is missing", hint)
    message = f"the ODCS version '{visible(str(version))}' is not supported"
    return Fault(("apiVersion",), message, hint)


def _parts(contract: dict[str, Any]) -> Iterator[Part]:
    yield ROOT, (), _without(contract, "schema")
    for index, table in enumerate(_items(contract, "schema")):
        path: Path = ("schema", index)
        yield "SchemaObject", path, _without(table, "properties", "relationships", "quality")
        yield from _links("RelationshipSchemaLevel", table, path)
        yield from _nested(table, path)


def _nested(owner: Any, path: Path) -> Iterator[Part]:
    """Every property and rule below `owner`, at any depth (the document's own is bounded)."""
    for index, rule in enumerate(_items(owner, "quality")):
        yield "DataQuality", (*path, "quality", index), rule
    for index, body in enumerate(_items(owner, "properties")):
        yield from _property("SchemaProperty", body, (*path, "properties", index))
    if not isinstance(owner, dict):
        return
    if isinstance(owner.get("items"), dict):
        yield from _property("SchemaItemProperty", owner["items"], (*path, "items"))
    if isinstance(pair := owner.get("map"), dict):
        for side in ("key", "value"):
            if isinstance(pair.get(side), dict):
                yield from _property("SchemaItemProperty", pair[side], (*path, "map", side))


def _property(part: str, body: Any, path: Path) -> Iterator[Part]:
    yield part, path, _without(body, "properties", "items", "map", "relationships", "quality")
    yield from _links("RelationshipPropertyLevel", body, path)
    yield from _nested(body, path)


def _links(part: str, owner: Any, path: Path) -> Iterator[Part]:
    for index, link in enumerate(_items(owner, "relationships")):
        yield part, (*path, "relationships", index), link


def _items(owner: Any, key: str) -> list[Any]:
    found = owner.get(key) if isinstance(owner, dict) else None
    return found if isinstance(found, list) else []


def _without(body: Any, *keys: str) -> Any:
    """`body` with the lists and groups under `keys` emptied; anything malformed stays."""
    if not isinstance(body, dict):
        return body
    return {key: _emptied(key, value) if key in keys else value for key, value in body.items()}


def _emptied(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return []
    if isinstance(value, dict) and key == "map":
        return {side: {} if isinstance(part, dict) else part for side, part in value.items()}
    return {} if isinstance(value, dict) else value


def _faults(version: str, part: Part) -> list[Fault]:
    """The faults of one part, with their place in the document and the version that allows them."""
    kind, path, body = part
    found = _part_faults(version, kind, body)
    later = VERSIONS[VERSIONS.index(version) + 1 :] if 0 < len(found) <= MAX_FAULTS else ()
    advice: dict[Path, str] = {}
    for newer in reversed(later):
        still = {fault.path for fault in _part_faults(newer, kind, body)}
        advice |= {
            fault.path: f"ODCS {newer} allows it: write `apiVersion: {newer}`"
            for fault in found
            if fault.path not in still
        }
    return [
        replace(fault, path=(*path, *fault.path), hint=advice.get(fault.path, fault.hint))
        for fault in found
    ]


def _part_faults(version: str, part: str, body: Any) -> list[Fault]:
    """The faults of one part, each place once; the search stops after MAX_FAULTS.

    A key counts as unevaluated also when the branch that knows it fails for another reason, so
    keys that are only misplaced are reported when nothing else is wrong.
    """
    if part not in parts_of(version):
        return []  # the list that holds it is already a strange key
    faults: list[Fault] = []
    misplaced: list[Fault] = []
    for error in islice(validator(version, part).iter_errors(body), MAX_FAULTS + 1):
        if error.validator in UNKNOWN_KEYS:
            strange, other = unknown_keys(error, version)
            faults += strange
            misplaced += other
        elif part in RELATIONSHIPS:
            faults.append(RELATIONSHIP_FAULT)
        else:
            faults += explain(error)
    if part in PROPERTIES and isinstance(body, dict) and "logicalType" not in body:
        faults = [fault for fault in faults if fault.path[:1] != ("logicalTypeOptions",)]
        if "logicalTypeOptions" in body:
            faults.append(_OPTIONS_ALONE)
    return list({fault.path: fault for fault in faults or misplaced}.values())
