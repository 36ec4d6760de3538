"""Where the evidence of a check run lies: failing rows and cells, and rows set aside."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_FOLDER = "_checks"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Files of one run inside the dataset's lake folder; the underscore hides them from Delta."""

    table: Path
    run: str

    @property
    def folder(self) -> Path:
        return self.table / _FOLDER / self.run

    @property
    def failing(self) -> Path:
        """(check, row, severity) of every failing row."""
        return self.folder / "failing.parquet"

    @property
    def cells(self) -> Path:
        """Failing cells with their original text, the first of each check."""
        return self.folder / "cells.parquet"

    @property
    def unread(self) -> Path:
        """Cells that could not be read as their type."""
        return self.folder / "unread.parquet"

    @property
    def quarantined(self) -> Path:
        """Whole rows set aside under the policy quarantine_rows."""
        return self.folder / "quarantined.parquet"

    def paths(self) -> dict[str, str]:
        return {
            "failing": str(self.failing),
            "cells": str(self.cells),
            "unread": str(self.unread),
            "quarantined": str(self.quarantined),
        }

    @contextmanager
    def making(self) -> Iterator[None]:
        """A folder for what the block finds out; it goes again when the block fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def unowned(table: Path, runs: Collection[str], before: datetime) -> list[Evidence]:
    """What lies there of none of `runs`, and got its last file before that moment."""
    folders = sorted((table / _FOLDER).glob("*"))
    return [
        Evidence(table, folder.name)
        for folder in folders
        if folder.name not in runs and folder.stat().st_mtime < before.timestamp()
    ]
