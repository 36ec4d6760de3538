"""An ODCS document as a model. The text stays the truth: what is not understood is kept in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalog.naming import collision_key, visible
from contracts.anonymity import anonymity_findings, read_anonymity
from contracts.conformance import check_form
from contracts.findings import Finding, Path, as_problem, errors, find
from contracts.model import DataContract, LogicalType, Property, QualityRule, Reference, Schema
from contracts.names import check_name
from contracts.references import read_references
from contracts.standard import VERSIONS
from core.errors import DocumentInvalid, InvalidInput
from core.strict_yaml import Document, load_yaml

MAX_TEXT = 1 << 20


def parse_contract(text: bytes, name: str) -> DataContract:
    """Read a contract of ODCS 3.0 to 3.2; `name` stands for the document in messages.

    Raises DocumentInvalid with every problem when the document does not keep to the version that
    it declares, or when its tables and columns cannot be told apart by their names.
    """
    document = load_yaml(text, name, max_bytes=MAX_TEXT)
    if found := errors(check_contract(document)):
        problems = [as_problem(finding, name) for finding in found]
        message = f"{problems[0]}"
        if len(problems) > 1:
            message = f"{name} has {len(problems)} faults; the first: {problems[0]}"
        raise DocumentInvalid(message, problems, hint="mend the contract and lint it again")
    return _contract(document, text)


def read_contract(text: bytes, name: str) -> DataContract:
    """Read a contract that was judged before, as every published one was; it is not judged anew."""
    return _contract(load_yaml(text, name, max_bytes=MAX_TEXT), text)


def check_contract(document: Document) -> list[Finding]:
    """What keeps `document` from being understood, and doubts on the way, in reading order.

    Names are looked at wherever there are any, what refers to them only once the form is right.
    """
    findings = check_form(document)
    formed = not errors(findings)
    if isinstance(document.value, dict) and document.value.get("apiVersion") in VERSIONS:
        findings += _name_findings(document)
    if formed:
        for index, table in enumerate(document.value.get("schema", ())):
            findings += read_references(document, ("schema", index))[1]
            findings += anonymity_findings(document, ("schema", index), table)
    return sorted(findings, key=lambda finding: finding.line or 0)


def _name_findings(document: Document) -> Iterator[Finding]:
    contract = document.value
    for key in ("id", "version"):
        yield from _name_fault(document, (key,), contract.get(key))
    tables = contract.get("schema")
    first = tables[0] if isinstance(tables, list) and tables else tables
    if not first or (isinstance(first, dict) and not first.get("properties")):
        hint = "add `schema:` with one item that has a `name` and `properties`"
        yield find(document, ("schema",), "the contract describes no table with columns", hint)
    yield from _names(document, ("schema",), tables)


def _names(document: Document, path: Path, items: Any) -> Iterator[Finding]:
    """Faults in the names of tables or columns side by side, and of all that is inside them."""
    seen: dict[str, str] = {}
    for index, body in enumerate(items if isinstance(items, list) else ()):
        yield from _inner_names(document, (*path, index), body)
        name, place = body.get("name") if isinstance(body, dict) else None, (*path, index, "name")
        if not isinstance(name, str):
            continue
        yield from _name_fault(document, place, name)
        key = collision_key(name)
        if key in seen:
            message = f"the name '{visible(name)}' is taken by '{visible(seen[key])}' above"
            hint = "names must differ in more than case and width of letters"
            yield find(document, place, message, hint)
        seen.setdefault(key, name)


def _inner_names(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    if not isinstance(body, dict):
        return
    yield from _names(document, (*path, "properties"), body.get("properties"))
    for step, inner in _inner(body):
        yield from _inner_names(document, (*path, *step), inner)


def _inner(body: Any) -> Iterator[tuple[Path, Any]]:
    if "items" in body:
        yield ("items",), body["items"]
    pair = body.get("map")
    for side in ("key", "value"):
        if isinstance(pair, dict) and side in pair:
            yield ("map", side), pair[side]


def _name_fault(document: Document, path: Path, name: object) -> Iterator[Finding]:
    if not isinstance(name, str):
        return
    try:
        check_name(name, str(path[-1]))
    except InvalidInput as error:
        yield find(document, path, str(error), error.hint or "write a shorter name")


def _contract(document: Document, text: bytes) -> DataContract:
    body = document.value
    return DataContract(
        id=body["id"],
        version=body["version"],
        api_version=body["apiVersion"],
        name=body.get("name") or body["id"],
        status=body.get("status", ""),
        schemas=tuple(
            _schema(document, ("schema", index), table)
            for index, table in enumerate(body["schema"])
        ),
        text=text,
    )


def _schema(document: Document, path: Path, body: Any) -> Schema:
    references: list[Reference] = read_references(document, path)[0]
    return Schema(
        name=body["name"],
        physical_name=body.get("physicalName", ""),
        business_name=body.get("businessName", ""),
        description=body.get("description", ""),
        properties=_properties(document, (*path, "properties"), body.get("properties", ())),
        references=tuple(references),
        quality=_quality(document, path, body),
        anonymity=read_anonymity(body),
    )


def _properties(document: Document, path: Path, bodies: Sequence[Any]) -> tuple[Property, ...]:
    positions = _key_positions(bodies)
    return tuple(
        _property(document, (*path, index), body, positions.get(index))
        for index, body in enumerate(bodies)
    )


def _property(document: Document, path: Path, body: Any, position: int | None) -> Property:
    logical = body.get("logicalType")
    return Property(
        name=body.get("name", ""),
        physical_name=body.get("physicalName", ""),
        business_name=body.get("businessName", ""),
        description=body.get("description", ""),
        logical_type=LogicalType(logical) if logical else None,
        physical_type=body.get("physicalType", ""),
        required=body.get("required", False),
        unique=body.get("unique", False),
        primary_key_position=position,
        critical=body.get("criticalDataElement", False),
        classification=body.get("classification", ""),
        enum=_enum(body.get("enum", ())),
        options=_options(body.get("logicalTypeOptions", {})),
        quality=_quality(document, path, body),
        properties=_fields(document, path, body),
        line=document.line(path),
    )


def _fields(document: Document, path: Path, body: Any) -> tuple[Property, ...]:
    fields = _properties(document, (*path, "properties"), body.get("properties", ()))
    inner = [_property(document, (*path, *step), part, None) for step, part in _inner(body)]
    return (*fields, *inner)


def _key_positions(bodies: Sequence[Any]) -> dict[int, int]:
    """Positions in the primary key from 1; columns that state none come last, in their order."""
    keyed = [index for index, body in enumerate(bodies) if body.get("primaryKey")]

    def stated(index: int) -> float:
        position: int = bodies[index].get("primaryKeyPosition", -1)
        return position if position > 0 else float("inf")

    return {index: rank for rank, index in enumerate(sorted(keyed, key=stated), 1)}


def _enum(entries: Sequence[Any]) -> tuple[str, ...]:
    """The allowed values as a cell of text would hold them."""
    values = [entry["value"] for entry in entries if entry["value"] is not None]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _options(options: dict[str, Any]) -> dict[str, Any]:
    """The options with the exclusive flags of ODCS 3.0 turned into bounds."""
    read = dict(options)
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(read.get(flag), bool) and read.pop(flag) and bound in read:
            read[flag] = read.pop(bound)
    return read


def _quality(document: Document, path: Path, body: Any) -> tuple[QualityRule, ...]:
    return tuple(
        QualityRule(body=dict(rule), line=document.line((*path, "quality", index)))
        for index, rule in enumerate(body.get("quality", ()))
    )
