"""What a contract states about its table, as checks: pure, complete and in reading order.

Nothing is dropped: what no engine can execute becomes an UNSUPPORTED check with its reason, and is
reported as skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, count

from contracts.model import DataContract, LogicalType, Property, Reference, Schema
from quality.describe import sentence, type_sentence
from quality.model import CheckKind, CheckSpec, Dimension
from quality.options import NESTED, TEMPORAL, as_text, make, option_checks, unsupported
from quality.rules import rule_checks


def compile_contract(contract: DataContract) -> tuple[CheckSpec, ...]:
    """Make the checks of `contract.table`: property by property, then keys, references and rules.

    Ids are stable as long as the names in the contract are. Every check is of error severity unless
    its rule says otherwise: ODCS has no severity for what a schema states.
    """
    return tuple(_distinct(_table_checks(contract.table)))


def _table_checks(table: Schema) -> Iterator[CheckSpec]:
    key = table.primary_key
    tables = tuple(dict.fromkeys(filter(None, (table.name, table.physical_name))))
    for column in table.properties:
        yield from _column_checks(_in_key(column, key), tables)
    if key:
        yield _key(key)
    for reference in table.references:
        yield _reference(reference, table)
    yield from rule_checks(table.quality, table.name, (), tables=tables)


def _in_key(column: Property, key: tuple[str, ...]) -> Property:
    """A part of the primary key is required; alone it is unique, which the key's own check says."""
    if column.name not in key:
        return column
    return replace(column, required=True, unique=column.unique and key != (column.name,))


def _column_checks(column: Property, tables: tuple[str, ...]) -> Iterator[CheckSpec]:
    yield from _type(column)
    if column.required:
        yield make(column, CheckKind.REQUIRED, Dimension.COMPLETENESS)
    if column.unique:
        yield make(column, CheckKind.UNIQUE, Dimension.UNIQUENESS)
    if column.enum:
        yield make(column, CheckKind.ENUM, Dimension.CONFORMITY, values=column.enum)
    yield from option_checks(column)
    yield from rule_checks(
        column.quality, column.name, (column.name,), tables=tables, critical=column.critical
    )
    for field in column.properties:
        yield from _nested_checks(column, field, tables)


def _nested_checks(
    column: Property, field: Property, tables: tuple[str, ...]
) -> Iterator[CheckSpec]:
    """All that is stated about a value inside of another, as far down as it goes."""
    inner = replace(field, name=f"{column.name}.{field.name or 'items'}")
    for spec in _column_checks(inner, tables):
        reason = spec.reason or f"what is inside of '{column.name}' is not checked"
        yield replace(spec, kind=CheckKind.UNSUPPORTED, columns=(column.name,), reason=reason)


def _type(column: Property) -> Iterator[CheckSpec]:
    kind = column.logical_type
    if kind in NESTED:
        reason = "it is taken as text; what is inside of it is not checked"
        spec = unsupported(column, "type", reason)
        yield replace(spec, description=f"{column.name} is of type {kind}")
    elif kind not in (LogicalType.STRING, None):
        written = as_text(column.options.get("format", "")) if kind in TEMPORAL else ""
        yield CheckSpec(
            id=f"{column.name}.type",
            kind=CheckKind.TYPE,
            columns=(column.name,),
            dimension=Dimension.CONFORMITY,
            critical=column.critical,
            description=type_sentence(column.name, kind, written),
        )


def _key(columns: tuple[str, ...]) -> CheckSpec:
    """The primary key is critical whether or not its properties say so: it names the rows."""
    spec = CheckSpec(
        id=f"{'+'.join(columns)}.unique",
        kind=CheckKind.UNIQUE,
        columns=columns,
        dimension=Dimension.UNIQUENESS,
        critical=True,
        description="",
    )
    return replace(spec, description=sentence(spec))


def _reference(reference: Reference, table: Schema) -> CheckSpec:
    critical = {column.name for column in table.properties if column.critical}
    spec = CheckSpec(
        id=f"{'+'.join(reference.columns)}.reference",
        kind=CheckKind.REFERENCE,
        columns=reference.columns,
        dimension=Dimension.CONSISTENCY,
        critical=bool(critical.intersection(reference.columns)),
        reference_dataset=reference.dataset,
        reference_columns=reference.target_columns,
        description="",
    )
    return replace(spec, description=sentence(spec))


def _distinct(specs: Iterable[CheckSpec]) -> Iterator[CheckSpec]:
    """Number the second and later checks that would have the same id."""
    taken: set[str] = set()
    for spec in specs:
        others = (f"{spec.id}.{number}" for number in count(2))
        free = next(name for name in chain([spec.id], others) if name not in taken)
        taken.add(free)
        yield replace(spec, id=free)
