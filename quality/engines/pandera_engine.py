"""Checks run by Pandera over a frame in memory: the exported schema itself, executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.plan import Scan
from core.errors import EngineFailed
from quality.engines.base import Measured
from quality.engines.frames import COUNTED_HERE, measured, read_frame
from quality.exports.pandera_source import pandera_source
from quality.model import CheckSpec

if TYPE_CHECKING:
    from pandas import DataFrame


class PanderaEngine:
    @property
    def version(self) -> str:
        import pandera

        return f"pandera {pandera.__version__}"

    def run(
        self,
        specs: Sequence[CheckSpec],
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],  # noqa: ARG002 (no schema knows another frame)
        *,
        failing: Path,
        memory_mb: int,  # noqa: ARG002 (the child process is limited as a whole)
    ) -> Measured:
        frame = read_frame(scan)
        # Thresholds are judged where all verdicts are; here every failing row counts.
        asked = [replace(one, threshold=None) for one in specs if one.kind not in COUNTED_HERE]
        made = pandera_source(asked, scan.columns, "a check run")
        names: dict[str, Any] = {}
        exec(compile(made.source, "schema.py", "exec"), names)  # noqa: S102 (written by us, values by repr)
        rows = _failing(names["schema"], frame)
        return measured(specs, scan, frame, rows, made.left, failing)


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
