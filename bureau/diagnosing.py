"""Is this installation and workspace sound? Each finding says what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bureau import auditing
from bureau.workspace import Workspace
from core.errors import BureauError

NEEDED = (
    "alembic",
    "deltalake",
    "duckdb",
    "jsonschema",
    "open-data-contract-standard",
    "pyarrow",
    "rfc8785",
    "sqlalchemy",
    "sqlglot",
    "typer",
)
MIN_FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; `fix` is empty when it is well."""

    subject: str
    state: str
    fix: str = ""

    @property
    def well(self) -> bool:
        return not self.fix


def diagnose(workspace: Workspace) -> list[Finding]:
    """Look at the installation, the disk, the database, the ledger's head and the lake."""
    return [*_installation(), *_disk(workspace), *_database(workspace)]


def _installation() -> Iterator[Finding]:
    yield Finding(subject="python", state=sys.version.split()[0])
    for package in NEEDED:
        try:
            yield Finding(subject=package, state=version(package))
        except PackageNotFoundError:
            yield Finding(subject=package, state="missing", fix=f"pip install {package}")


def _disk(workspace: Workspace) -> Iterator[Finding]:
    home = workspace.settings.home
    free = shutil.disk_usage(home).free
    fix = "make room: deliveries are staged beside the lake" if free < MIN_FREE_BYTES else ""
    yield Finding(subject="free disk", state=f"{free // (1 << 20)} MiB", fix=fix)
    keys = home / "keys"
    if keys.is_dir() and _open_to_others(keys):
        yield Finding(subject="keys", state="readable by others", fix=f"chmod 700 {keys}")
    else:
        yield Finding(subject="keys", state="private")


def _database(workspace: Workspace) -> Iterator[Finding]:
    kind = "SQLite" if workspace.settings.embedded else "PostgreSQL"
    try:
        current, newest = workspace.database.revision()
    except BureauError as error:
        yield Finding(subject="database", state=str(error), fix=error.hint or "check its address")
        return
    behind = "" if current == newest else "make a copy, then run: bureau db upgrade"
    yield Finding(subject="database", state=f"{kind}, migration {current or 'none'}", fix=behind)
    if behind:
        return
    try:
        verified = auditing.check(workspace)
        state = f"{verified.size} entries, {len(verified.faults)} faults"
        fix = "bureau ledger verify names them" if verified.faults else ""
        yield Finding(subject="ledger", state=state, fix=fix)
    except BureauError as error:
        yield Finding(subject="ledger", state=str(error), fix="bureau ledger verify")
        return
    yield from _lake(workspace)


def _lake(workspace: Workspace) -> Iterator[Finding]:
    """Whether the version that readers see of each dataset is still there."""
    with workspace.reading() as unit:
        seen = {
            dataset: (folder, delivery.lake_version)
            for dataset, folder in unit.deliveries.folders().items()
            if (delivery := unit.deliveries.find_published(dataset)) is not None
        }
    lost = sorted(d for d, (folder, version) in seen.items() if _gone(workspace, folder, version))
    fix = f"put lake/ back from a copy; lost: {', '.join(lost)}" if lost else ""
    yield Finding(subject="lake", state=f"{len(seen) - len(lost)} of {len(seen)} tables", fix=fix)


def _gone(workspace: Workspace, folder: str, version: int | None) -> bool:
    try:
        files = workspace.lake.files(folder, version if version is not None else 0)
    except BureauError:
        return True
    return not all(Path(file).is_file() for file in files)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)
