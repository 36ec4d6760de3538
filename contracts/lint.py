"""Everything that can be said about a contract before any data is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.naming import visible
from contracts.column_rules import column_findings
from contracts.conformance import form_faults, is_sound
from contracts.findings import Finding, Path, Severity, as_problem, errors, find
from contracts.model import DataContract
from contracts.odcs import MAX_TEXT, check_contract, read_contract
from contracts.standard import VERSIONS
from contracts.wording import Fault
from core.errors import DocumentInvalid
from core.strict_yaml import Document, load_yaml

__all__ = ["Finding", "Severity", "lint", "sound_contract"]

MAX_VERSION = 100

_SEMVER = re.compile(
    r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_RETIRED_IN = "v3.1.0"


def lint(text: bytes, name: str) -> list[Finding]:
    """Judge a contract document, in reading order; `name` stands for it in messages.

    A document that cannot be read is judged on that alone, and so are the parts of one that do not
    have the form of its version.
    """
    try:
        document = load_yaml(text, name, max_bytes=MAX_TEXT)
    except DocumentInvalid as error:
        return [
            Finding(Severity.ERROR, problem.line, "", problem.message, error.hint or "")
            for problem in error.problems
        ]
    findings = check_contract(document)
    faults = form_faults(document) if errors(findings) else []
    return sorted([*findings, *_meaning(document, faults)], key=lambda finding: finding.line or 0)


def _meaning(document: Document, faults: Sequence[Fault]) -> Iterator[Finding]:
    """What is wrong with the parts of the document whose form is right."""
    if not is_sound(faults, ("apiVersion",)):
        return
    if all(is_sound(faults, (key,)) for key in ("version", "description", "team")):
        yield from _contract_findings(document)
    tables = document.value.get("schema")
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        path: Path = ("schema", index)
        if is_sound(faults, path):
            yield from _table_findings(document, path, table)
        elif isinstance(table, dict) and isinstance(table.get("properties"), list):
            yield from _columns(document, path, table["properties"], faults)


def _contract_findings(document: Document) -> Iterator[Finding]:
    contract = document.value
    version = contract["version"]
    if not _SEMVER.fullmatch(version) or len(version) > MAX_VERSION:
        message = f"the version '{visible(version)}' is not a semantic version"
        yield find(document, ("version",), message, "write three numbers, as in 1.0.0")
    if not contract.get("description"):
        hint = "add `description:` with a `purpose`"
        yield find(
            document,
            ("description",),
            "the contract does not say what it is for",
            hint,
            Severity.WARNING,
        )
    if VERSIONS.index(contract["apiVersion"]) >= VERSIONS.index(_RETIRED_IN):
        yield from _retired(document)
    tables = contract.get("schema")
    if isinstance(tables, list) and len(tables) > 1 and isinstance(tables[0], dict):
        first = visible(str(tables[0].get("name")))
        message = f"the contract has several tables; deliveries are checked against '{first}' only"
        hint = "write one contract for each table that is delivered"
        yield find(document, ("schema", 1), message, hint, Severity.INFO)


def _retired(document: Document) -> Iterator[Finding]:
    for key, instead in (
        ("dataProduct", "name the data product in a tag or a custom property"),
        ("slaDefaultElement", "write `element` in each of `slaProperties`"),
    ):
        if key in document.value:
            yield _retired_key(document, (key,), key, instead)
    if isinstance(document.value.get("team"), list):
        hint = "write `team:` with `members:` below it"
        message = f"a list of team members is retired since {_RETIRED_IN}"
        yield find(document, ("team",), message, hint, Severity.WARNING)


def _retired_key(document: Document, path: Path, key: str, instead: str) -> Finding:
    message = f"'{key}' is retired since {_RETIRED_IN}"
    return find(document, path, message, instead, Severity.WARNING)


def _table_findings(document: Document, path: Path, table: Any) -> Iterator[Finding]:
    bodies = table.get("properties", ())
    if bodies and not any(body.get("primaryKey") for body in bodies):
        message = "the table has no primary key, so repeated rows cannot be found"
        hint = "write `primaryKey: true` at the columns that together name a row"
        yield find(document, path, message, hint, Severity.WARNING)
    silent = [visible(body["name"]) for body in bodies if not body.get("description")]
    if silent:
        shown = ", ".join(silent[:3]) + (", ..." if len(silent) > 3 else "")  # noqa: PLR2004
        message = f"{len(silent)} of {len(bodies)} columns have no description: {shown}"
        yield find(document, path, message, "add a `description` to each", Severity.INFO)
    yield from _heading_findings(document, path, bodies)
    yield from _rules_of(document, path, table)
    yield from _columns(document, path, bodies)


def _columns(
    document: Document, path: Path, bodies: Any, faults: Sequence[Fault] = ()
) -> Iterator[Finding]:
    for index, body in enumerate(bodies):
        place = (*path, "properties", index)
        if not is_sound(faults, place):
            continue
        yield from column_findings(document, place, body)
        yield from _rules_of(document, place, body)


def _heading_findings(document: Document, path: Path, bodies: Any) -> Iterator[Finding]:
    """Headings under which a reader could find two columns."""
    taken: dict[str, str] = {}
    for index, body in enumerate(bodies):
        for key in ("name", "physicalName", "businessName"):
            heading = body.get(key)
            if not heading:
                continue
            owner = taken.setdefault(heading, body["name"])
            if owner != body["name"]:
                message = f"the heading '{visible(heading)}' also belongs to '{visible(owner)}'"
                place = (*path, "properties", index, key)
                grave = Severity.WARNING if key == "businessName" else Severity.ERROR
                yield find(document, place, message, "name each heading at one column", grave)


def _rules_of(document: Document, path: Path, body: Any) -> Iterator[Finding]:
    for index, rule in enumerate(body.get("quality", ())):
        place = (*path, "quality", index)
        for word in ("mustBeBetween", "mustNotBeBetween"):
            if word in rule and rule[word][0] > rule[word][1]:
                message = "the bounds are in the wrong order, so no value lies between them"
                yield find(document, (*place, word), message, "write the smaller number first")
        if "rule" in rule and VERSIONS.index(document.value["apiVersion"]) >= VERSIONS.index(
            _RETIRED_IN
        ):
            yield _retired_key(document, (*place, "rule"), "rule", "write `metric`")


def sound_contract(text: bytes, name: str) -> DataContract:
    """Parse a contract that may be published; raises DocumentInvalid with every error of lint."""
    wrong = errors(lint(text, name))
    if wrong:
        raise DocumentInvalid(
            f"{name} has {len(wrong)} error{'s' if len(wrong) > 1 else ''}: it is not published",
            [as_problem(finding, name) for finding in wrong],
            hint=f"look at all findings: bureau contract lint {name}",
        )
    return read_contract(text, name)
