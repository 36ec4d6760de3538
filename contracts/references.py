"""Foreign keys of a table: how a contract names the rows of another dataset.

`to: dataset-code.column` is split at the last dot, because a dataset code may hold dots and a
column may not. `/schema/ID/properties/ID` names a table of the same contract by the ids of its
parts. A target in another file cannot be looked up and is reported, not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from contracts.findings import Finding, Path, Severity, find
from contracts.model import Reference
from core.strict_yaml import Document

Place: TypeAlias = tuple[str, str]
"""A table or dataset code, and a column of it."""


@dataclass(frozen=True, slots=True)
class _Relationship:
    path: Path
    columns: tuple[Place, ...]
    targets: tuple[str, ...]


def read_references(document: Document, path: Path) -> tuple[list[Reference], list[Finding]]:
    """The references of the table at `path`, and what keeps others from being understood."""
    table = _at(document.value, path)
    names = {body["name"] for body in table.get("properties", ())}
    references: list[Reference] = []
    findings: list[Finding] = []
    for relationship in _relationships(document.value, table, path):
        problem = _own_columns_problem(relationship, table["name"], names)
        targets = [_resolve(document.value, text) for text in relationship.targets]
        if problem:
            findings.append(find(document, relationship.path, *problem))
        elif None in targets:
            findings.append(_unresolved(document, relationship))
        else:
            reference = _reference(relationship, [target for target in targets if target])
            if isinstance(reference, Reference):
                references.append(reference)
            else:
                findings.append(find(document, relationship.path, *reference))
    return references, findings


def _relationships(contract: Any, table: Any, path: Path) -> Iterator[_Relationship]:
    for position, body in enumerate(table.get("properties", ())):
        for index, link in enumerate(body.get("relationships", ())):
            place = (*path, "properties", position, "relationships", index)
            yield _Relationship(place, ((table["name"], body["name"]),), _texts(link["to"]))
    for index, link in enumerate(table.get("relationships", ())):
        sources = [_resolve(contract, text) or ("", text) for text in _texts(link["from"])]
        place = (*path, "relationships", index)
        yield _Relationship(place, tuple(sources), _texts(link["to"]))


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _own_columns_problem(
    relationship: _Relationship, table: str, names: set[str]
) -> tuple[str, str] | None:
    for owner, column in relationship.columns:
        if owner != table:
            return f"'from' names the table '{owner}', not '{table}'", f"write `{table}.column`"
        if column not in names:
            return f"the table '{table}' has no column '{column}'", "write the `name` of a property"
    return None


def _reference(relationship: _Relationship, targets: list[Place]) -> Reference | tuple[str, str]:
    if len(relationship.columns) != len(targets):
        return (
            f"{len(relationship.columns)} columns cannot refer to {len(targets)}",
            "write as many columns under `to` as under `from`, in the same order",
        )
    datasets = {dataset for dataset, _ in targets}
    if len(datasets) > 1:
        named = ", ".join(sorted(datasets))
        return f"one relationship names several datasets: {named}", "write one for each dataset"
    return Reference(
        columns=tuple(column for _, column in relationship.columns),
        dataset=targets[0][0],
        target_columns=tuple(column for _, column in targets),
    )


def _unresolved(document: Document, relationship: _Relationship) -> Finding:
    text = next(t for t in relationship.targets if _resolve(document.value, t) is None)
    if "#" in text:
        return find(
            document,
            relationship.path,
            f"the reference to another file, '{text}', is not checked",
            "write `to: dataset-code.column`",
            Severity.WARNING,
        )
    message = f"'{text}' names no table and column of this contract by their ids"
    return find(document, relationship.path, message, "write `to: dataset-code.column`")


def _resolve(contract: Any, text: str) -> Place | None:
    """The place that `text` names; None when it lies in another file or does not exist."""
    if "/" not in text:
        dataset, _, column = text.rpartition(".")
        return dataset, column
    match text.removeprefix("/").split("/"):
        case ["schema", table_id, "properties", column_id] if "#" not in text:
            table = _with_id(contract["schema"], table_id) or {}
            column = _with_id(table.get("properties", ()), column_id)
            return (table["name"], column["name"]) if column else None
    return None


def _with_id(items: Any, wanted: str) -> Any:
    return next((item for item in items if item.get("id") == wanted), None)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
