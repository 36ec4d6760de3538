"""What only the whole folder, together with what is registered, can tell."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from catalog.documents.decree import lacks
from catalog.documents.fields import Item
from catalog.documents.registry import Known, Registry
from catalog.model import (
    Application,
    Dataset,
    DatasetStatus,
    Department,
    Division,
    Person,
    ProvisionRule,
    ServiceItem,
)
from catalog.naming import fold, visible
from catalog.nearest import did_you_mean
from core.errors import Problem

_MAX_SUGGESTIONS = 50
"""Looking for the nearest word is slow; nobody reads more than these."""


def check_registry(registry: Registry, known: Known) -> list[Problem]:
    """Every problem that the items of `registry` have with each other, with `known` and the law.

    Problems come kind by kind, within a kind in reading order.
    """
    checking = _Checking(
        divisions=known.divisions | {placed.item.code for placed in registry.divisions},
        departments=known.departments | {placed.item.code for placed in registry.departments},
        datasets=known.datasets | {placed.item.code for placed in registry.datasets},
        roles=known.roles | {role for placed in registry.departments for role in placed.item.roles},
    )
    problems = [
        Problem(f"{_label(placed.item)} {message}", placed.source, placed.line_of(name))
        for placed in registry.placed()
        for name, message in checking.faults(placed.item, placed.faulty)
    ]
    return [*problems, *_cycles(registry, known)]


@dataclass(slots=True)
class _Checking:
    divisions: frozenset[str]
    departments: frozenset[str]
    datasets: frozenset[str]
    roles: frozenset[str]
    suggested: dict[tuple[str, str], str] = field(default_factory=dict)

    def faults(self, item: Item, faulty: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        """(field, what is wrong) of one item, beside what is known of its `faulty` fields."""
        match item:
            case Division():
                yield from self._known("division", "parent", item.parent or "")
            case Department():
                yield from self._known("division", "division", item.division)
                if item.uscc and (fault := uscc_fault(item.uscc)):
                    yield (
                        "uscc",
                        f"has a bad uscc '{visible(item.uscc)}' (统一社会信用代码): {fault}",
                    )
            case Person() | Application():
                yield from self._known("department", "department", item.department)
            case ProvisionRule():
                yield from self._rule(item, faulty)
            case Dataset():
                yield from self._dataset(item, faulty)
            case ServiceItem():
                yield from self._service(item)

    def _rule(self, rule: ProvisionRule, faulty: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        yield from self._known("department", "departments", *rule.departments)
        yield from self._known("department", "exempt", *rule.exempt)
        for role in rule.roles:
            if role and role not in self.roles:
                hint = self._nearest(role, "role")
                yield "roles", f"names the role '{role}', which no department has{hint}"
        named = rule.departments or rule.roles or rule.kind
        if not named and not faulty & {"departments", "roles", "kind"}:
            yield "departments", "names no provider; give departments, roles or kind"
        if rule.end is not None and rule.end < rule.start:
            yield "end", f"ends on {rule.end} before it starts on {rule.start}"

    def _dataset(self, dataset: Dataset, faulty: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        yield from self._known("department", "provider", dataset.provider)
        for part in ("source", "provider", "authority"):
            code = getattr(dataset.responsibility, part)
            for _, fault in self._known("department", f"responsibility.{part}", code):
                yield "responsibility", fault
        if dataset.status is DatasetStatus.PUBLISHED:
            yield from (
                (lack.field, lack.message) for lack in lacks(dataset) if lack.field not in faulty
            )

    def _service(self, service: ServiceItem) -> Iterator[tuple[str, str]]:
        yield from self._known("department", "department", service.department)
        fields = [fold(one.item) for one in service.data_items]
        for one in service.data_items:
            if one.item and fields.count(fold(one.item)) > 1:
                yield "data_items", f"asks for '{visible(one.item)}' twice"
            if one.columns and not one.dataset:
                yield "data_items", f"names columns of '{visible(one.item)}' without a dataset"
            for _, fault in self._known("dataset", "dataset", one.dataset):
                yield "data_items", fault

    def _known(self, kind: str, name: str, *codes: str) -> Iterator[tuple[str, str]]:
        known = self._words(kind)
        part = "" if name.startswith(kind) else f" as {name}"
        for code in codes:
            if code and code not in known:
                yield name, f"names the unknown {kind} '{code}'{part}{self._nearest(code, kind)}"

    def _nearest(self, code: str, kind: str) -> str:
        key = (kind, code)
        if key not in self.suggested and len(self.suggested) < _MAX_SUGGESTIONS:
            self.suggested[key] = did_you_mean(code, sorted(self._words(kind)))
        return self.suggested.get(key, "")

    def _words(self, kind: str) -> frozenset[str]:
        return {
            "division": self.divisions,
            "department": self.departments,
            "dataset": self.datasets,
            "role": self.roles,
        }[kind]


def uscc_fault(text: str) -> str:
    """What is wrong with a unified social credit code (GB 32100-2015); empty for a valid one."""
    try:
        valid: str = uscc.validate(text)
    except InvalidLength:
        return "it has 18 characters"
    except InvalidChecksum:
        return "its check digit does not fit the rest"
    except ValidationError:
        return "it has a character that does not belong at its place"
    return "" if valid == text else f"write it '{valid}'"


def _cycles(registry: Registry, known: Known) -> Iterator[Problem]:
    """One problem for each ring of divisions that each lie in the next."""
    parents = dict(known.parents) | {
        placed.item.code: placed.item.parent for placed in registry.divisions
    }
    settled: set[str] = set()
    for placed in registry.divisions:
        path: dict[str, None] = {}
        code: str | None = placed.item.code
        while code is not None and code not in settled and code not in path:
            path[code] = None
            code = parents.get(code)
        if code is not None and code in path:
            ring = [*path][[*path].index(code) :]
            shown = " → ".join(f"'{part}'" for part in (*ring, code))
            yield Problem(
                f"{_label(placed.item)} lies in itself: {shown}",
                placed.source,
                placed.line_of("parent"),
            )
        settled.update(path)


def _label(item: Item) -> str:
    kind = type(item).__name__
    return f"{kind} '{item.code}'" if item.code else kind
