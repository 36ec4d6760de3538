"""Grades of data: the highest counts (就高从严, GB/T 43697-2024)."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.model import Grade

_ORDER = {grade: place for place, grade in enumerate(Grade)}


def highest(grades: Iterable[Grade]) -> Grade:
    """The grade of what is made of parts with these grades: of a dataset out of its fields, of a
    set derived from others. What has no graded part is general.
    """
    return max(grades, key=_ORDER.__getitem__, default=Grade.GENERAL)
