"""Who says to be where an item is shared from: one source each (一数一源, Decree 809 Art. 19)."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.model import Dataset, DatasetStatus


def is_claim(dataset: Dataset) -> bool:
    """Whether a published entry offers an item of a provision rule to others."""
    return bool(
        dataset.fulfils
        and dataset.status is DatasetStatus.PUBLISHED
        and dataset.share_type
        and dataset.share_type.shareable
    )


def is_new_claim(before: Dataset | None, after: Dataset) -> bool:
    """Whether an entry claims what it did not claim before."""
    if not is_claim(after):
        return False
    if before is None or not is_claim(before):
        return True
    return (before.fulfils, before.provider) != (after.fulfils, after.provider)


def departments_of(claims: Iterable[Dataset]) -> list[str]:
    """Who makes these claims, by code."""
    return sorted({dataset.provider for dataset in claims})
