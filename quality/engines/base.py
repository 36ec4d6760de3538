"""What every check engine does: it counts and lists; verdicts are made elsewhere, for all alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from catalog.plan import Scan
from quality.model import CheckSpec, Count


@dataclass(frozen=True, slots=True)
class Measured:
    """One count for each check but the UNSUPPORTED, in the order of the checks.

    `failing_rows` counts the distinct rows in which at least one error-severity check fails.
    """

    counts: tuple[Count, ...]
    failing_rows: int


class Engine(Protocol):
    @property
    def version(self) -> str:
        """Name and version of what counted, for the report: `duckdb 2.0.0`."""
        ...

    def run(
        self,
        specs: Sequence[CheckSpec],
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],
        *,
        failing: Path,
        memory_mb: int,
    ) -> Measured:
        """Run `specs` over one snapshot.

        `references` gives for each dataset code the Parquet files of its current version; for a
        table that refers to itself, those of the delivery. All failing rows of all failed checks are
        written to the Parquet file `failing` as (check VARCHAR, row BIGINT, severity VARCHAR),
        ordered by check and row; the file is written even when it has no rows.

        A check that cannot run has a count that says why in `broken`, and the others still run.
        Raises EngineFailed or StorageUnavailable when nothing can be measured.
        """
        ...
