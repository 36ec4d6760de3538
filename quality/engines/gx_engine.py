"""Checks run by Great Expectations over a frame in memory: the exported suite itself, validated."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from catalog.plan import Column
from core.errors import EngineFailed
from quality.engines.frames import Found, FrameEngine, beyond_first
from quality.exports.gx_suite import gx_suite
from quality.model import CheckKind, CheckSpec, Repeats

if TYPE_CHECKING:
    from pandas import DataFrame


class GXEngine(FrameEngine):
    @property
    def version(self) -> str:
        return f"great-expectations {_library().__version__}"

    def find(
        self, specs: Sequence[CheckSpec], columns: Sequence[Column], frame: DataFrame
    ) -> Found:
        made = gx_suite(specs, columns, "a check run")
        rows = _failing(made.document, frame) if made.document["expectations"] else {}
        for spec in specs:
            # GX names every row of a repeated key, and a check may mean those beyond the first.
            if _is_of_surplus(spec) and spec.id in rows:
                rows[spec.id] &= beyond_first(frame, spec.columns)
        return Found(rows, made.left)


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
