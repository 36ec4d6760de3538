"""What no other tool can express, whichever it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.errors import InvalidInput
from quality.model import CheckKind, CheckSpec


def require_expressible(
    spec: CheckSpec, columns: Collection[str], without: Mapping[CheckKind, str]
) -> None:
    """Raise InvalidInput, which says why, where a check is none of a frame with these columns.

    `without` are the kinds that the tool does not have, with the reason.
    """
    if spec.reason:
        raise InvalidInput(spec.reason)
    if spec.threshold is not None and not spec.threshold.allows_nothing:
        raise InvalidInput(
            f"a check of single rows has no threshold such as {spec.threshold.words}"
        )
    if spec.kind in without:
        raise InvalidInput(without[spec.kind])
    missing = [name for name in spec.columns if name not in columns]
    if missing:
        raise InvalidInput(f"the data has no column '{missing[0]}'")
