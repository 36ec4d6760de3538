"""From the files of a folder to a `Registry`, with every problem found on the way.

A file is one YAML mapping with `kind` and either the fields of one item or `items`, a list of
such mappings. A file of the kind DataContract is an ODCS contract and kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.documents.checking import check_registry
from catalog.documents.fields import KINDS, Item, Path, read_fields
from catalog.documents.registry import Known, Placed, Registry
from catalog.model import Dataset
from catalog.naming import visible
from catalog.nearest import did_you_mean
from catalog.secrecy import OUT_OF_SCOPE, secret_fields
from core.errors import DocumentInvalid, Problem
from core.strict_yaml import Document, load_yaml

CONTRACT = "DataContract"
_SHELVES = {
    "Division": "divisions",
    "Department": "departments",
    "Person": "people",
    "Application": "applications",
    "ProvisionRule": "rules",
    "Dataset": "datasets",
    "ServiceItem": "services",
}
"""The part of a Registry that holds each kind."""


def read_registry(files: Iterable[tuple[str, bytes]]) -> Registry:
    """Read (name, content) pairs; raises one DocumentInvalid with the problems of all files.

    Only what can be seen inside the files is judged; `check_registry` does the rest.
    """
    reading = _Reading()
    for name, data in files:
        reading.take(name, data)
    _raise_if_any(reading.problems)
    return reading.registry()


def load_registry(files: Iterable[tuple[str, bytes]], known: Known) -> Registry:
    """Read and check in one go, so that the one DocumentInvalid raised holds every problem."""
    registry, problems = examine_registry(files, known)
    _raise_if_any(problems)
    return registry


def examine_registry(
    files: Iterable[tuple[str, bytes]], known: Known
) -> tuple[Registry, list[Problem]]:
    """What could be read of the files, contracts included, and every problem with the rest.

    An item of which a part could not be read is there with what could be: it counts as present,
    and the rest of it is judged too.
    """
    reading = _Reading()
    for name, data in files:
        reading.take(name, data)
    registry = reading.registry()
    return registry, [*reading.problems, *check_registry(registry, reading.widen(known))]


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        ordered = sorted(problems, key=lambda problem: (problem.path, problem.line or 0))
        count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
        first = ordered[0]
        raise DocumentInvalid(
            f"the registry folder has {count}; the first: {first}",
            ordered,
            hint="mend the files and apply the folder again; nothing was changed",
        )


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    items: dict[str, list[Placed[Any]]] = field(
        default_factory=lambda: {shelf: [] for shelf in _SHELVES.values()}
    )
    contracts: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where each (kind, code) stands, read well or not."""

    def registry(self) -> Registry:
        shelves: dict[str, Any] = {shelf: tuple(items) for shelf, items in self.items.items()}
        return Registry(**shelves, contracts=tuple(self.contracts))

    def widen(self, known: Known) -> Known:
        codes = {
            shelf: getattr(known, shelf) | {code for k, code in self.seen if k == kind}
            for kind, shelf in _SHELVES.items()
        }
        return Known(**codes, roles=known.roles, parents=known.parents)

    def take(self, name: str, data: bytes) -> None:
        try:
            document = load_yaml(data, name)
        except DocumentInvalid as error:
            self.problems.extend(
                replace(problem, message=f"{problem.message}; {error.hint}")
                for problem in error.problems
            )
            return
        value = document.value
        if not isinstance(value, dict):
            self._fault(document, (), "a registry file is a mapping that begins with 'kind:'")
            return
        kind = value.get("kind")
        if kind == CONTRACT:
            self.contracts.append((name, data))
        elif isinstance(kind, str) and kind in KINDS:
            self._take_items(document, kind, {k: v for k, v in value.items() if k != "kind"})
        else:
            said = f"unknown kind '{visible(kind)}'" if isinstance(kind, str) else "no 'kind'"
            word = kind if isinstance(kind, str) else ""
            self._fault(document, ("kind",), said + did_you_mean(word, (*KINDS, CONTRACT)))

    def _take_items(self, document: Document, kind: str, fields: Mapping[str, Any]) -> None:
        if "code" in fields or "items" not in fields:
            self._take_item(document, kind, (), fields)
            return
        if len(fields) > 1:
            others = ", ".join(f"'{visible(name)}'" for name in fields if name != "items")
            self._fault(
                document, (), f"beside 'items' stands {others}; a file has one or the other"
            )
        items = fields["items"]
        if not isinstance(items, list):
            self._fault(document, ("items",), f"'items' is not a list of {kind} mappings")
            return
        for position, item in enumerate(items):
            if isinstance(item, dict):
                self._take_item(document, kind, ("items", position), item)
            else:
                self._fault(document, ("items", position), f"this is not a {kind} mapping")

    def _take_item(
        self, document: Document, kind: str, at: Path, fields: Mapping[str, Any]
    ) -> None:
        code = fields.get("code")
        label = f"{kind} '{visible(code)}'" if isinstance(code, str) else kind
        if kind == Dataset.__name__ and self._refuse_secrets(document, label, at, fields):
            return
        faulty: set[str] = set()

        def report(path: Path, message: str) -> None:
            faulty.update(str(step) for step in path[:1])
            self._fault(document, (*at, *path), f"{label} {message}")

        item: Item = read_fields(KINDS[kind], fields, (), report)
        line = document.line((*at, "code")) or document.line(at)
        if isinstance(code, str):
            place = str(Problem("", document.name, line)).removesuffix(": ")
            first = self.seen.setdefault((kind, code), place)
            if first is not place:
                report(("code",), f"is defined twice; it is already at {first}")
                return
            item = replace(item, code=item.code or visible(code))
        lines = {name: document.line((*at, name)) or 0 for name in fields}
        placed = Placed(item, document.name, line, lines, frozenset(faulty))
        self.items[_SHELVES[kind]].append(placed)

    def _refuse_secrets(
        self, document: Document, label: str, at: Path, fields: Mapping[str, Any]
    ) -> bool:
        """Whether an entry is marked as a secret: then nothing but names of its fields is told."""
        marked = list(secret_fields(fields))
        shown = "Dataset" if {"code", ""} & set(marked) else label
        for name in marked:
            where = f"in {visible(name)}" if name else "in the name of a field"
            self._fault(document, (*at, name), f"{shown} marks a secret {where}; {OUT_OF_SCOPE}")
        return bool(marked)

    def _fault(self, document: Document, path: Path, message: str) -> None:
        while (line := document.line(path)) is None:
            path = path[:-1]
        self.problems.append(Problem(message, document.name, line))
