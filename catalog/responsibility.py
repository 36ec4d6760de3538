"""Who answers for each dataset, and for which nobody or several do (Decree 809 Art. 19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from catalog.gaps import Gap, GapKind
from catalog.model import Dataset, DatasetStatus, Duty, Responsibility


class Standing(StrEnum):
    """From clear to worst; the worst that holds is named."""

    CLEAR = "clear"
    INCOMPLETE = "incomplete"
    ORPHAN = "orphan"
    """Neither source nor authority nor operator is named."""
    CONTESTED = "contested"
    """Others claim the same item, or the authority named another source of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityLine:
    dataset: str
    title_zh: str
    title_en: str
    item: str
    responsibility: Responsibility
    """The provider is that of the entry where none is named beside it."""
    missing: tuple[str, ...]
    standing: Standing
    duties: tuple[str, ...]
    """The duties of its provider that it fulfils."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibilities:
    """Published datasets, and what stands beside them as gaps."""

    lines: tuple[ResponsibilityLine, ...]
    contested: tuple[Gap, ...]
    """Items with more than one claim, and claims on what the authority named another source of."""
    duties_without_dataset: tuple[Gap, ...]
    datasets_without_duty: tuple[Gap, ...]

    def count(self, standing: Standing) -> int:
        return sum(line.standing is standing for line in self.lines)


def responsibilities(
    datasets: Iterable[Dataset],
    duties: Sequence[Duty],
    gaps: Sequence[Gap],
    *,
    department: str = "",
) -> Responsibilities:
    """Of what one department provides, if given.

    `gaps` are those that `find_gaps` finds of these datasets and of the duties in force: of the
    whole city, for who else claims an item is no gap of the department's own.
    """
    mine = [
        one
        for one in datasets
        if one.status is DatasetStatus.PUBLISHED and department in ("", one.provider)
    ]
    claimed = {one.fulfils for one in mine} | {one.code for one in mine}

    def of(*kinds: GapKind) -> tuple[Gap, ...]:
        return tuple(gap for gap in gaps if gap.kind in kinds)

    def own(kind: GapKind) -> tuple[Gap, ...]:
        return tuple(gap for gap in of(kind) if department in ("", gap.department))

    contested = of(GapKind.SOURCE_CONTESTED, GapKind.SOURCE_ELSEWHERE)
    subjects = {(gap.kind, gap.subject) for gap in contested}
    return Responsibilities(
        lines=tuple(_line(one, duties, subjects) for one in mine),
        contested=tuple(gap for gap in contested if gap.subject in claimed),
        duties_without_dataset=own(GapKind.DUTY_WITHOUT_DATASET),
        datasets_without_duty=own(GapKind.DATASET_WITHOUT_DUTY),
    )


def _line(
    dataset: Dataset, duties: Sequence[Duty], contested: set[tuple[GapKind, str]]
) -> ResponsibilityLine:
    named = dataset.responsibility
    missing = tuple(
        field.name
        for field in fields(named)
        if field.name != "provider" and not getattr(named, field.name)
    )
    standing = Standing.INCOMPLETE if missing else Standing.CLEAR
    if len(missing) == len(fields(named)) - 1:
        standing = Standing.ORPHAN
    if {
        (GapKind.SOURCE_CONTESTED, dataset.fulfils),
        (GapKind.SOURCE_ELSEWHERE, dataset.code),
    } & contested:
        standing = Standing.CONTESTED
    return ResponsibilityLine(
        dataset=dataset.code,
        title_zh=dataset.title_zh,
        title_en=dataset.title_en,
        item=dataset.fulfils,
        responsibility=Responsibility(
            source=named.source,
            provider=named.provider or dataset.provider,
            authority=named.authority,
            operator=named.operator,
        ),
        missing=missing,
        standing=standing,
        duties=tuple(
            duty.code
            for duty in duties
            if (duty.item, duty.department) == (dataset.fulfils, dataset.provider)
        ),
    )
