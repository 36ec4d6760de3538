"""A contract in the words of other tools: what they check of it, and what they cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass

from contracts.columns import columns_of
from contracts.odcs import read_contract
from quality.compile import compile_contract
from quality.exports.gx_suite import gx_suite
from quality.exports.pandera_source import pandera_source


@dataclass(frozen=True, slots=True)
class Exported:
    """`left` says by check id what the other tool cannot express, and why."""

    text: str
    checks: int
    left: dict[str, str]


def export_checks(document: bytes, name: str, form: str) -> Exported:
    """The checks of a published contract as a Pandera schema in Python, or as a GX suite in JSON.

    `form` is `pandera` or `gx`.
    """
    contract = read_contract(document, name)
    specs, columns = compile_contract(contract), columns_of(contract.table)
    title = f"{contract.table.name}, contract {contract.id} {contract.version}"
    if form == "pandera":
        schema = pandera_source(specs, columns, title)
        return Exported(schema.source, len(specs), schema.left)
    suite = gx_suite(specs, columns, title)
    text = json.dumps(suite.document, ensure_ascii=False, indent=2)
    return Exported(f"{text}\n", len(specs), suite.left)
