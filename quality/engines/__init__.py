"""The engines by name; each is imported when it is asked for, with the library it needs."""

from __future__ import annotations

from importlib import import_module

from core.errors import InvalidInput
from quality.engines.base import Engine

DEFAULT_ENGINE = "duckdb"
ENGINES = {
    "duckdb": "quality.engines.duckdb_engine:DuckDBEngine",
    "gx": "quality.engines.gx_engine:GXEngine",
    "pandera": "quality.engines.pandera_engine:PanderaEngine",
}


def engine(name: str) -> Engine:
    if name not in ENGINES:
        raise InvalidInput(
            f"there is no check engine '{name}'", hint=f"use one of: {', '.join(ENGINES)}"
        )
    module, _, attribute = ENGINES[name].partition(":")
    made: Engine = getattr(import_module(module), attribute)()
    return made
