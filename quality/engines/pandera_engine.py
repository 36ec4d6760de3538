"""Checks run by Pandera over a frame in memory: the exported schema itself, executed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from catalog.plan import Column
from core.errors import EngineFailed
from quality.engines.frames import Found, FrameEngine
from quality.exports.pandera_source import pandera_source
from quality.model import CheckSpec

if TYPE_CHECKING:
    from pandas import DataFrame


class PanderaEngine(FrameEngine):
    @property
    def version(self) -> str:
        import pandera

        return f"pandera {pandera.__version__}"

    def find(
        self, specs: Sequence[CheckSpec], columns: Sequence[Column], frame: DataFrame
    ) -> Found:
        made = pandera_source(specs, columns, "a check run")
        names: dict[str, Any] = {}
        # The source is written by us, with every value of a contract as its repr.
        exec(compile(made.source, "schema.py", "exec"), names)  # noqa: S102
        return Found(_failing(names["schema"], frame), made.left)


def _failing(schema: Any, frame: DataFrame) -> dict[str, set[int]]:
    """The rows that fail, by check id; a check that raised is not taken for one that holds."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        found: dict[str, set[int]] = {}
        for check, row, case in zip(
            cases["check"], cases["index"], cases["failure_case"], strict=True
        ):
            if row is None:
                raise EngineFailed(f"pandera could not run '{check}': {case}") from errors
            found.setdefault(check, set()).add(row)
        return found
    return {}
