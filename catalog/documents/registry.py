"""A registry folder in memory: what was read, and where each thing stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from catalog.documents.fields import Item
from catalog.model import (
    Application,
    Dataset,
    Department,
    Division,
    Person,
    ProvisionRule,
    ServiceItem,
)

T_co = TypeVar("T_co", bound=Item, covariant=True)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """An item, the file it is in, its line there, and the lines of the fields it names.

    Fields that are `faulty` could not be read, or not as a whole.
    """

    item: T_co
    source: str
    line: int | None
    lines: Mapping[str, int] = field(default_factory=dict)
    faulty: frozenset[str] = frozenset()

    def line_of(self, name: str) -> int | None:
        """The line of a field, or that of the item where the field is not written."""
        return self.lines.get(name, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The items of a folder by kind, each in reading order; codes are unique within a kind.

    `contracts` are (file name, document) pairs of ODCS contracts, as they came.
    """

    divisions: tuple[Placed[Division], ...] = ()
    departments: tuple[Placed[Department], ...] = ()
    people: tuple[Placed[Person], ...] = ()
    applications: tuple[Placed[Application], ...] = ()
    rules: tuple[Placed[ProvisionRule], ...] = ()
    datasets: tuple[Placed[Dataset], ...] = ()
    services: tuple[Placed[ServiceItem], ...] = ()
    contracts: tuple[tuple[str, bytes], ...] = ()

    def placed(self) -> Iterator[Placed[Item]]:
        """Every item, in an order in which each kind comes after the kinds it refers to."""
        yield from self.divisions
        yield from self.departments
        yield from self.people
        yield from self.applications
        yield from self.rules
        yield from self.datasets
        yield from self.services


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is registered already: codes per kind, roles that departments carry, parents."""

    divisions: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    applications: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    parents: Mapping[str, str | None] = field(default_factory=dict)
    """The parent of each registered division."""
