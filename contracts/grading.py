"""How sensitive the fields of a contract are, as grades of GB/T 43697-2024.

The standard's own words raise the grade. `personal`, `confidential`, `restricted` and the like say
who may see a field; harm to persons and organisations alone is general data (一般数据) there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.grading import highest
from catalog.model import Dataset, Grade
from catalog.naming import fold, visible
from contracts.model import DataContract, Property

_WORDS = {
    "核心": Grade.CORE,
    "核心数据": Grade.CORE,
    "core": Grade.CORE,
    "coredata": Grade.CORE,
    "重要": Grade.IMPORTANT,
    "重要数据": Grade.IMPORTANT,
    "important": Grade.IMPORTANT,
    "importantdata": Grade.IMPORTANT,
}


def grade_of(classification: str) -> Grade:
    """The grade that a field's ODCS classification means."""
    return _WORDS.get(fold(classification), Grade.GENERAL)


def fields_above(contract: DataContract, grade: Grade) -> dict[str, Grade]:
    """The fields that are graded higher than `grade`, by name, those inside others too."""
    graded = {
        name: grade_of(field.classification)
        for schema in contract.schemas
        for name, field in _named(schema.properties)
    }
    return {name: own for name, own in graded.items() if highest((own, grade)) is not grade}


def grade_fault(dataset: Dataset, contract: DataContract) -> str:
    """What is wrong with the grade of a dataset that has this contract; empty for a right one."""
    above = fields_above(contract, dataset.grade) if dataset.grade else {}
    if not above:
        return ""
    fields = ", ".join(f"{visible(name)} ({own})" for name, own in sorted(above.items()))
    return (
        f"dataset {dataset.code} is graded {dataset.grade}, and contract {contract.id}"
        f" {contract.version} grades higher {fields}: the highest grade of a field is that of the"
        f" dataset (就高从严, GB/T 43697-2024), so it is {highest(above.values())}"
    )


def _named(properties: Sequence[Property], prefix: str = "") -> Iterator[tuple[str, Property]]:
    for field in properties:
        yield prefix + field.name, field
        yield from _named(field.properties, f"{prefix}{field.name}.")
