"""Checks run by Great Expectations over a frame in memory: the exported suite itself, validated."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.plan import Scan
from core.errors import EngineFailed
from quality.engines.base import Measured
from quality.engines.frames import COUNTED_HERE, beyond_first, measured, read_frame
from quality.exports.gx_suite import gx_suite
from quality.model import CheckKind, CheckSpec, Repeats

if TYPE_CHECKING:
    from pandas import DataFrame


class GXEngine:
    @property
    def version(self) -> str:
        return f"great-expectations {_library().__version__}"

    def run(
        self,
        specs: Sequence[CheckSpec],
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],  # noqa: ARG002 (no suite knows another table)
        *,
        failing: Path,
        memory_mb: int,  # noqa: ARG002 (the child process is limited as a whole)
    ) -> Measured:
        frame = read_frame(scan)
        # Thresholds are judged where all verdicts are; here every failing row counts.
        asked = [replace(one, threshold=None) for one in specs if one.kind not in COUNTED_HERE]
        made = gx_suite(asked, scan.columns, "a check run")
        rows = _failing(made.document, frame) if made.document["expectations"] else {}
        for spec in specs:
            # GX names every row of a repeated key, and a check may mean those beyond the first.
            if _is_of_surplus(spec) and spec.id in rows:
                rows[spec.id] &= beyond_first(frame, spec.columns)
        return measured(specs, scan, frame, rows, made.left, failing)


def _is_of_surplus(spec: CheckSpec) -> bool:
    repeated = spec.kind is CheckKind.REPEATED and spec.repeats is Repeats.SURPLUS
    return repeated or spec.kind is CheckKind.UNIQUE


def _library() -> Any:
    """GX, which is told to send no usage statistics before it is loaded."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations

    return great_expectations


def _failing(document: Mapping[str, Any], frame: DataFrame) -> dict[str, set[int]]:
    """The rows that fail, by check id; an expectation that raised is not taken for one that holds."""
    library = _library()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = library.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        asset = context.data_sources.add_pandas("memory").add_dataframe_asset("delivery")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        suite = library.ExpectationSuite(**document)
        found = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    failing: dict[str, set[int]] = {}
    for one in found.results:
        check = one.expectation_config.meta["check"]
        if one.exception_info and one.exception_info.get("raised_exception"):
            message = one.exception_info.get("exception_message")
            raise EngineFailed(f"great-expectations could not run '{check}': {message}")
        failing.setdefault(check, set()).update(one.result.get("unexpected_index_list") or ())
    return failing
