"""The lake: one folder per table, one Delta table in it, one version per published delivery.

A data file is written once, into a folder that Delta does not look at, and published by a rename
and one commit that names it with its statistics: nothing is encoded twice. Until the commit the
file belongs to nobody; a version that no registry row names is seen by no reader. Both are
reclaimed later, so a program that is killed at any point leaves nothing that matters.
"""

# ruff: noqa: S608  # names and texts enter SQL through identifier() and literal() only
from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Schema,
    TableFeatures,
)
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, create_table_with_add_actions

from catalog.plan import Column
from catalog.source.connection import connect, identifier, literal
from catalog.source.footer import delta_stats
from core.errors import Conflict, EngineFailed, StorageUnavailable, unusable

_STAGING = "_staging"
_FEATURE = "timestampNtz"
_LOCAL_TIME = PrimitiveType("timestamp_ntz")
_RECENT = 20
"""Versions looked at for a delivery that was cut off between its commit and its record."""

_KEEP_EVERYTHING = {
    # Old versions are read for as long as the registry names them; only `reclaim` deletes.
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}


class Lake:
    """Tables under one root; a table's id is made by the program, never a user's words."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def staging_path(self, table_id: str, delivery_id: str) -> Path:
        """Where a delivery is written before it is published: on the same disk, unseen by Delta."""
        if not self._root.is_dir():
            raise StorageUnavailable(
                f"the lake is not at {self._root}",
                hint="mount its disk, or put the folder back from a copy",
            )
        folder = self._root / table_id / _STAGING
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unusable(folder, error) from error
        return folder / f"{delivery_id}.parquet"

    def publish(
        self,
        table_id: str,
        staged: Path,
        columns: Sequence[Column],
        *,
        delivery_id: str,
        sha256: str,
    ) -> int:
        """Make `staged` the whole content of the table in one commit; gives back its version.

        Publishing a delivery again that was cut off finishes it, or finds it done. Raises Conflict
        when another delivery was published at the same moment: nothing of this one is visible then.
        """
        folder = self._root / table_id
        done = _version_of(folder, delivery_id)
        if done is not None:
            return done
        current = self._open(table_id)
        final = folder / f"{delivery_id}.parquet"
        try:
            if staged.exists() or not final.exists():
                _sync(staged)
                staged.rename(final)
            _sync(folder)
            _commit(folder, current, final, columns, {"delivery": delivery_id, "sha256": sha256})
            _sync(folder / "_delta_log")
        except OSError as error:
            raise unusable(folder, error) from error
        version = _version_of(folder, delivery_id)
        if version is None:
            raise EngineFailed(f"the commit of delivery {delivery_id} cannot be found again")
        return version

    def files(self, table_id: str, version: int) -> tuple[str, ...]:
        """The data files of a version; raises StorageUnavailable when they are gone."""
        table = self._open(table_id, version)
        found: list[Path] = []
        if table is not None:
            names = table.get_add_actions(flatten=True)["path"].to_pylist()
            found = sorted(self._root / table_id / name for name in names)
        if not found or not all(file.is_file() for file in found):
            raise StorageUnavailable(
                f"version {version} of the lake's table {table_id} is gone",
                hint="put the folder lake/ back from a copy, or deliver the data again;"
                " bureau doctor says what else is lost",
            )
        return tuple(str(file) for file in found)

    def size(self, table_id: str, version: int) -> int | None:
        """The bytes of a version's data files as its log names them; None where it is gone."""
        table = self._open(table_id, version)
        if table is None:
            return None
        return sum(
            int(size) for size in table.get_add_actions(flatten=True)["size_bytes"].to_pylist()
        )

    def holds(self, table_id: str, version: int) -> bool:
        """Whether the data files of a version are all there."""
        try:
            return bool(self.files(table_id, version))
        except StorageUnavailable:
            return False

    def reclaim(
        self, table_id: str, keep_versions: Collection[int], older_than: datetime
    ) -> list[str]:
        """Delete data files, staged ones included, that belong to no kept version.

        Only files last written before `older_than` go, so that a delivery under way keeps its own.
        Gives back their names.
        """
        held = [version for version in keep_versions if self.holds(table_id, version)]
        kept = {file for version in held for file in self.files(table_id, version)}
        folder = self._root / table_id
        gone = []
        for path in sorted([*folder.glob("*.parquet"), *(folder / _STAGING).glob("*")]):
            if str(path) not in kept and path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                gone.append(str(path.relative_to(folder)))
        return gone

    def _open(self, table_id: str, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(str(self._root / table_id), version=version)
        except TableNotFoundError:
            return None
        except DeltaError as error:
            if version is not None:
                return None
            raise EngineFailed(f"table {table_id} of the lake cannot be opened") from error


def drop_rows(
    staged: Path, rows: Path, target: Path, removed: Path, scratch: Path, *, memory_mb: int = 1024
) -> int:
    """Copy `staged` without the row numbers (from 1, column `row`) of the Parquet file `rows`.

    Order is kept. The rows left out go to `removed`, with their number in a first column
    `delivery_row`; gives back how many there are.
    """
    names = pq.read_schema(staged).names
    cells = [f"c{position}" for position in range(len(names))]
    source = f"(FROM read_parquet({literal(str(staged))})) AS data({', '.join(cells)})"
    numbered = f"(SELECT row_number() OVER () AS number, * FROM {source})"
    last = max(pq.read_metadata(staged).num_rows, 1)
    # A bit a row, because a join would not keep the order.
    bits = (
        f"SELECT bitstring_agg(row, 1, {last}) FROM read_parquet({literal(str(rows))})"
        f" WHERE row BETWEEN 1 AND {last}"
    )
    listed = "coalesce(get_bit(getvariable('listed'), CAST(number - 1 AS INTEGER)), 0)"
    kept = ", ".join(
        f"{cell} AS {identifier(name)}" for cell, name in zip(cells, names, strict=True)
    )
    with connect(scratch, memory_mb) as connection:
        connection.execute(f"SET VARIABLE listed = ({bits})")
        for path, columns, bit in (
            (target, kept, 0),
            (removed, f"number AS delivery_row, {kept}", 1),
        ):
            connection.execute(
                f"COPY (SELECT {columns} FROM {numbered} WHERE {listed} = {bit})"
                f" TO {literal(str(path))} (FORMAT parquet)"
            ).fetchall()
    return int(pq.read_metadata(removed).num_rows)


def _commit(
    folder: Path,
    current: DeltaTable | None,
    file: Path,
    columns: Sequence[Column],
    metadata: dict[str, str],
) -> None:
    footer = pq.ParquetFile(file)
    with footer:
        schema = Schema.from_arrow(footer.schema_arrow)
        stats = delta_stats(footer.metadata)
    if footer.schema_arrow.names != [column.name for column in columns]:
        raise EngineFailed("the staged file does not hold the columns of the contract")
    status = file.stat()
    add = AddAction(file.name, status.st_size, {}, int(status.st_mtime * 1000), True, stats)  # noqa: FBT003
    once = CommitProperties(custom_metadata=metadata, max_commit_retries=0)
    hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
    try:
        if current is None:
            create_table_with_add_actions(
                str(folder),
                schema,
                [add],
                mode="error",
                configuration=_KEEP_EVERYTHING,
                commit_properties=once,
            )
        else:
            _allow_times(current, schema)
            current.create_write_transaction(
                [add],
                mode="overwrite",
                schema=schema,
                commit_properties=once,
                post_commithook_properties=hooks,
            )
    except (CommitFailedError, DeltaError) as error:
        if isinstance(error, CommitFailedError) or "already exists" in str(error):
            raise Conflict(
                "another delivery of this dataset was published at the same moment",
                hint="deliver again to publish on top of it",
            ) from error
        raise EngineFailed(f"the lake refused the commit: {_sentence(error)}") from error


def _allow_times(table: DeltaTable, schema: Schema) -> None:
    """Times without a zone are a feature that a table made without them has to be given first."""
    needed = any(field.type == _LOCAL_TIME for field in schema.fields)
    if needed and _FEATURE not in (table.protocol().writer_features or ()):
        feature = TableFeatures.TimestampWithoutTimezone
        table.alter.add_feature(feature, allow_protocol_versions_increase=True)


def _version_of(folder: Path, delivery_id: str) -> int | None:
    """The version that a delivery made, if it is among the newest ones.

    Read from the log itself: a table's history counts back from the version that was newest when
    the table was opened.
    """
    commits = sorted((folder / "_delta_log").glob("[0-9]*.json"), reverse=True)
    for commit in commits[:_RECENT]:
        with commit.open(encoding="utf-8") as lines:
            made = [json.loads(line).get("commitInfo", {}).get("delivery") for line in lines]
        if delivery_id in made:
            return int(commit.stem)
    return None


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _sentence(error: Exception) -> str:
    return str(error).splitlines()[0]
