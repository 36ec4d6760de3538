"""Rules written in SQL, asked of DuckDB where nothing but the delivered table can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite
from threading import Timer
from typing import Any

import duckdb
from sqlglot import exp

from catalog.plan import Scan
from core.errors import InvalidInput
from quality.engines import relations
from quality.model import CheckSpec, Count

SECONDS = 60.0
"""How long one rule may take."""


class Sandbox:
    """A connection of its own to the engine's database.

    Making it shuts the whole database: files other than those of the scan can no longer be read,
    none can be written, and no setting can be changed.
    """

    def __init__(
        self, database: duckdb.DuckDBPyConnection, scan: Scan, rows: Sequence[int]
    ) -> None:
        self._connection = database.cursor()
        self._scan = scan
        self._rows = rows
        files = exp.array(*[exp.convert(file) for file in scan.files]).sql("duckdb")
        for statement in (
            "SET TimeZone = 'UTC'",
            f"SET allowed_paths = {files}",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ):
            self._connection.execute(statement)

    def ask(self, spec: CheckSpec) -> Count:
        """Give the one number that the rule asks for; it counts as a single unit.

        Raises InvalidInput or duckdb.Error, which say why there is none.
        """
        for name in spec.tables:
            self._name(name)
        timer = Timer(SECONDS, self._connection.interrupt)
        timer.start()
        try:
            rows = self._connection.execute(spec.query).fetchmany(2)
        except duckdb.InterruptException as error:
            raise InvalidInput(f"the query took longer than {SECONDS:g} seconds") from error
        except duckdb.OutOfMemoryException as error:
            raise InvalidInput("the query needs more memory than checks are given") from error
        finally:
            timer.cancel()
        value = _scalar(rows)
        return Count(check=spec.id, n_evaluated=1, n_failed=0, measured={"value": value})

    def _name(self, name: str) -> None:
        """Make the view again for each rule that uses it; an earlier one may have the same name."""
        view = exp.to_identifier(name, quoted=True).sql("duckdb")
        held = relations.delivery(self._scan.columns, self._scan.files, self._rows)
        named = relations.named(self._scan.columns, held).sql("duckdb")
        self._connection.execute(f"CREATE OR REPLACE VIEW {view} AS {named}")


def _scalar(rows: Sequence[Sequence[Any]]) -> str:
    """The number as text; true is 1. Raises InvalidInput for all that is not one number."""
    if len(rows) != 1 or len(rows[0]) != 1:
        columns = len(rows[0]) if rows else 0
        found = "no row" if not rows else f"{len(rows)} rows or more of {columns} columns"
        raise InvalidInput(f"the query must give one number, and gives {found}")
    value = rows[0][0]
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int | float | Decimal) or not isfinite(value):
        shown = "nothing (NULL)" if value is None else f"'{value}'"
        raise InvalidInput(f"the query must give a number, and gives {shown}")
    return f"{Decimal(str(value)):f}"
