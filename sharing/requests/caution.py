"""What asks for more care: two approvals, and data that together reveals more than each alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from catalog.model import Grade
from sharing.profiles.model import PERSONAL, datasets_together


def asks_for_two(
    grade: Grade | None,
    columns: Sequence[str],
    personal: Collection[str],
    kinds: Collection[str],
) -> tuple[str, ...]:
    """Why two persons have to agree, out of the profile's `kinds`; () where one is enough.

    `kinds` are grades (GB/T 43697-2024) and "personal": `columns` agreed to that are `personal`.
    """
    why = [f"{grade} data"] if grade is not None and grade.value in kinds else []
    found = [name for name in columns if name in personal]
    if PERSONAL in kinds and found:
        why.append(f"personal columns {', '.join(found)}")
    return tuple(why)


def together(dataset: str, held: Collection[str], sets: Sequence[str]) -> list[str]:
    """The sets, written as "a + b", that `dataset` completes beside what is `held` (Art. 25)."""
    complete = []
    for one in sets:
        parts = set(datasets_together(one))
        if dataset in parts and parts <= {*held, dataset}:
            complete.append(one)
    return complete
