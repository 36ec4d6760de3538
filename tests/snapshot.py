"""All that a workspace holds, as values: nothing was lost or added where two are equal."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from catalog.lake import Lake


@dataclass(frozen=True)
class Snapshot:
    """`tables` are the rows of the registry and the ledger, `lake` the content of every file.

    `readable` is the part of the lake that readers can reach: the files of recorded versions.
    """

    tables: dict[str, list[str]]
    lake: dict[str, str]
    readable: dict[str, str]


def snapshot(home: Path) -> Snapshot:
    root = home / "lake"
    with closing(sqlite3.connect(home / "bureau.db")) as database:
        tables = {
            name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        versions = database.execute(
            "SELECT lake_table, lake_version FROM delivery WHERE lake_version IS NOT NULL"
        ).fetchall()
    lake = {str(p.relative_to(root)): _hash(p) for p in root.rglob("*") if p.is_file()}
    files = {Path(file) for version in versions for file in Lake(root).files(*version)}
    readable = {str(file.relative_to(root)): _hash(file) for file in files}
    return Snapshot(tables, lake, readable)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
