"""How many entries a second the ledger takes and verifies.

    python -m benchmarks.ledger --entries 10000

Through the same door as every act: a unit of work on SQLite with `synchronous=FULL`, so that a
commit waits for the disk. Beside it, in the same run: plain sqlite3 with the same settings that
inserts the same bodies without hash, tree or head, and SHA-256 over the bodies alone. Prints one
JSON document.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import counted, machine
from bureau.app import Bureau
from bureau.workspace import Workspace
from sharing.ledger.entry import Event


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=10_000, help="in one unit of work")
    options.add_argument("--commits", type=int, default=1_000, help="units of one entry each")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), given.entries, given.commits)
    print(json.dumps({"machine": machine(), **result}, indent=2))


def measure(folder: Path, entries: int, commits: int) -> dict[str, Any]:
    workspace = Workspace.create(folder / "workspace")
    total = commits + entries
    result: dict[str, Any] = {
        "append, a commit for each": counted(
            commits, lambda: append_one_by_one(workspace, commits)
        ),
        "append, one commit": counted(entries, lambda: append_together(workspace, entries)),
        "verify": counted(total, Bureau(workspace).verify_ledger),
    }
    with workspace.reading() as unit:
        bodies = [entry.body for entry in unit.ledger.list_entries(limit=total)]
    workspace.database.close()
    return result | {
        "bytes of a body": sum(map(len, bodies)) // len(bodies),
        "compared with": compare(folder / "plain.db", bodies, commits),
    }


def append_one_by_one(workspace: Workspace, count: int) -> None:
    for number in range(count):
        with workspace.writing(None) as unit:
            unit.record(_event(number))


def append_together(workspace: Workspace, count: int) -> None:
    with workspace.writing(None) as unit:
        for number in range(count):
            unit.record(_event(number))


def _event(number: int) -> Event:
    """What registering a dataset notes."""
    facts = {
        "content": f"{number:064x}",
        "provider": f"department-{number % 60}",
        "share_type": "conditional",
        "status": "published",
    }
    return Event("dataset.registered", f"dataset:dataset-{number}", facts)


def compare(path: Path, bodies: Sequence[bytes], commits: int) -> dict[str, Any]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY, body BLOB)")
    rows = list(enumerate(bodies))

    def insert(chosen: Sequence[tuple[int, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entry VALUES (?, ?)", chosen)
        connection.execute("COMMIT")

    def insert_one_by_one() -> None:
        for row in rows[:commits]:
            insert([row])

    try:
        return {
            "sqlite3, a commit for each": counted(commits, insert_one_by_one),
            "sqlite3, one commit": counted(len(rows) - commits, lambda: insert(rows[commits:])),
            "sha256 alone": counted(
                len(bodies), lambda: [hashlib.sha256(body).digest() for body in bodies]
            ),
        }
    finally:
        connection.close()


if __name__ == "__main__":
    main()
