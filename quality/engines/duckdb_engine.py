"""Checks run by DuckDB over the Parquet files of a scan, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from sqlglot import exp

from catalog.plan import Scan
from core.errors import EngineFailed, InvalidInput, StorageUnavailable
from quality import plan
from quality.engines import relations
from quality.engines.base import Measured
from quality.engines.sandbox import Sandbox
from quality.model import CheckKind, CheckSpec, Count, Repeats
from quality.values import SQL_TYPES
from quality.verdicts import has_faulty_rows

_NO_CHECKS_FAULT = (duckdb.OutOfMemoryException, duckdb.IOException)


class DuckDBEngine:
    @property
    def version(self) -> str:
        return f"duckdb {duckdb.__version__}"

    def run(
        self,
        specs: Sequence[CheckSpec],
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],
        *,
        failing: Path,
        memory_mb: int,
    ) -> Measured:
        with _database(failing.parent, memory_mb) as database:
            run = _Run(database, scan, references)
            planned = plan.make_plan(specs, scan.columns, run.unread)
            counts = planned.broken | run.count(planned.steps)
            failed = [
                step for step in planned.steps if has_faulty_rows(step.spec, counts[step.spec.id])
            ]
            rows = run.write_failing(failed, failing)
            counts |= run.ask(planned.steps)
        known = [counts[spec.id] for spec in specs if spec.id in counts]
        return Measured(tuple(known), rows)


@contextmanager
def _database(folder: Path, memory_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that spills beside the result and never loads an extension."""
    with TemporaryDirectory(dir=folder, prefix=".check-") as spill:
        config: dict[str, Any] = {
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        try:
            with duckdb.connect(":memory:", config=config) as database:
                database.execute("SET TimeZone = 'UTC'")
                yield database
        except duckdb.OutOfMemoryException as error:
            message = f"the checks do not fit into {memory_mb} MB of memory"
            raise EngineFailed(message, hint="allow the check engine more memory") from error
        except duckdb.IOException as error:
            message = f"the data to check cannot be read: {_line(error)}"
            raise StorageUnavailable(message) from error
        except duckdb.Error as error:
            raise EngineFailed(f"the check engine stopped: {_line(error)}") from error


class _Run:
    """One run of checks in one database. `unread` counts unread cells by column position."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        scan: Scan,
        references: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._database = database
        self._references = references
        self._scan = scan
        self._rows = [self._number(relations.row_count(file)) for file in scan.files]
        self._view("delivery", relations.delivery(scan.columns, scan.files, self._rows))
        self._view("unread", relations.unread(scan.columns, scan.unread))
        self.unread: dict[int, int] = dict(self._query(plan.unread_counts()))

    def count(self, steps: Sequence[plan.Step]) -> dict[str, Count]:
        """Count every step: all that single rows show in one pass, then each key and reference."""
        counts = self._wide(steps) if steps else {}
        for step in steps:
            seen = counts[step.spec.id]
            if step.condition is None and not seen.broken:
                counts[step.spec.id] = self._guarded(step, partial(self._narrow, step, seen))
        return counts

    def write_failing(self, failed: Sequence[plan.Step], path: Path) -> int:
        """Write every row that fails; say how many fail a check of error severity."""
        steps = sorted(failed, key=lambda step: step.spec.id)
        self._database.execute("CREATE TEMP TABLE checks (number INTEGER, id TEXT, severity TEXT)")
        for number, step in enumerate(steps):
            named = [number, step.spec.id, step.spec.severity.value]
            self._database.execute("INSERT INTO checks VALUES (?, ?, ?)", named)
        rows = plan.failing_rows(steps).sql("duckdb")
        target = exp.convert(str(path)).sql("duckdb")
        self._database.execute(f"COPY ({rows}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
        return self._number(relations.rows_in_error(str(path)))

    def ask(self, steps: Sequence[plan.Step]) -> dict[str, Count]:
        """Ask the rules written in SQL: last, because nothing else can be read afterwards."""
        queries = [step for step in steps if step.spec.kind is CheckKind.SQL]
        if not queries:
            return {}
        sandbox = Sandbox(self._database, self._scan, self._rows)
        return {
            step.spec.id: self._guarded(step, partial(sandbox.ask, step.spec)) for step in queries
        }

    def _wide(self, steps: Sequence[plan.Step]) -> dict[str, Count]:
        """Count in one pass; if a check breaks it, halve until that check stands alone."""
        try:
            numbers = iter(self._query(plan.wide_counts(steps))[0])
        except _NO_CHECKS_FAULT:
            raise
        except duckdb.Error as error:
            if len(steps) == 1:
                return {steps[0].spec.id: _broken(steps[0], error)}
            middle = len(steps) // 2
            return self._wide(steps[:middle]) | self._wide(steps[middle:])
        evaluated = [next(numbers) for _ in steps]
        failed = [0 if step.condition is None else next(numbers) for step in steps]
        return {
            step.spec.id: Count(check=step.spec.id, n_evaluated=scope, n_failed=bad)
            for step, scope, bad in zip(steps, evaluated, failed, strict=True)
        }

    def _guarded(self, step: plan.Step, count: Callable[[], Count]) -> Count:
        try:
            return count()
        except _NO_CHECKS_FAULT:
            raise
        except (duckdb.Error, InvalidInput) as error:
            return _broken(step, error)

    def _narrow(self, step: plan.Step, seen: Count) -> Count:
        """Count what no single row shows; `seen` has the rows in scope."""
        evaluated = seen.n_evaluated
        match step.spec.kind:
            case CheckKind.TYPE:
                failed = self.unread.get(step.places[0], 0)
                evaluated += failed
            case CheckKind.UNIQUE:
                failed = evaluated - self._number(plan.distinct_keys(step))
            case CheckKind.REPEATED:
                return self._repeated(step, evaluated)
            case CheckKind.ROW_COUNT:
                return replace(seen, n_evaluated=1, measured={"value": str(evaluated)})
            case CheckKind.SQL:
                return seen
            case _:
                self._refer(step)
                failed = self._number(plan.count_rows(plan.orphans(step)))
        return Count(check=step.spec.id, n_evaluated=evaluated, n_failed=failed)

    def _repeated(self, step: plan.Step, evaluated: int) -> Count:
        """Count keys, rows and rows beyond the first; those that the rule means are the failing."""
        keys, rows = (int(number) for number in self._query(plan.repeated_keys(step))[0])
        found = {Repeats.KEYS: keys, Repeats.ROWS: rows, Repeats.SURPLUS: rows - keys}
        return Count(
            check=step.spec.id,
            n_evaluated=evaluated,
            n_failed=found[step.spec.repeats],
            measured={name.value: str(number) for name, number in found.items()},
        )

    def _refer(self, step: plan.Step) -> None:
        """Make the relation that a reference check looks in; its types must be comparable."""
        spec, dataset = step.spec, step.spec.reference_dataset
        if dataset not in self._references:
            raise InvalidInput(f"there is no data of '{dataset}' to look in")
        files = self._references[dataset]
        own = [SQL_TYPES[self._scan.columns[place].type] for place in step.places]
        held = self._types(files) if files else dict(zip(spec.reference_columns, own, strict=True))
        for column, kind, target in zip(spec.columns, own, spec.reference_columns, strict=True):
            if target not in held:
                raise InvalidInput(f"'{dataset}' has no column '{target}'")
            if relations.family(kind) != relations.family(held[target]):
                raise InvalidInput(
                    f"'{column}' is {kind} and '{target}' of '{dataset}' is {held[target]}"
                )
        kinds = [held[target] for target in spec.reference_columns]
        self._view(step.relation, relations.reference(spec.reference_columns, kinds, files))

    def _types(self, files: Sequence[str]) -> dict[str, str]:
        described = self._database.execute(f"DESCRIBE {relations.as_is(files).sql('duckdb')}")
        return {name: kind for name, kind, *_ in described.fetchall()}

    def _view(self, name: str, select: exp.Select) -> None:
        self._database.execute(f"CREATE TEMP VIEW {name} AS {select.sql('duckdb')}")

    def _query(self, select: exp.Select) -> list[tuple[Any, ...]]:
        return self._database.execute(select.sql("duckdb")).fetchall()

    def _number(self, select: exp.Select) -> int:
        return int(self._query(select)[0][0])


def _broken(step: plan.Step, error: Exception) -> Count:
    return Count(check=step.spec.id, n_evaluated=0, n_failed=0, broken=_line(error))


def _line(error: Exception) -> str:
    """The first line of DuckDB's message; the rest repeats the query."""
    return str(error).partition("\n")[0]
