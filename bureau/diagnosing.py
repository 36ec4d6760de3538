"""Is this installation and workspace sound? Each finding says what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bureau import auditing
from bureau.policies import profile
from bureau.settings import FILE, load_settings
from bureau.workspace import Workspace
from catalog.model import Dataset
from core.errors import BureauError
from sharing.profiles.model import datasets_together

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
STUCK = timedelta(hours=1)
"""How long a notice may wait to be sent."""

_ALL_BUT_OWNER, _EVERYBODY = 0o077, 0o007
_PRIVATE = (FILE, "bureau.db", "bureau.db-wal", "bureau.db-shm", "lake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; `fix` is empty when it is well."""

    subject: str
    state: str
    fix: str = ""

    @property
    def well(self) -> bool:
        return not self.fix


def examine(home: Path) -> list[Finding]:
    """Look at the installation and at all of a workspace, be it fit to be opened or not."""
    findings = [*_installation(), *_disk(home)]
    try:
        settings = load_settings(home)
    except BureauError as error:
        return [*findings, _wrong(FILE, error)]
    findings.append(Finding(subject=FILE, state=settings.city or "a city without a name"))
    try:
        workspace = Workspace.open(home, require_current=False)
    except BureauError as error:
        return [*findings, _wrong("database", error)]
    try:
        return [*findings, *_database(workspace)]
    finally:
        workspace.database.close()


def diagnose(workspace: Workspace) -> list[Finding]:
    """Look at an open workspace."""
    return examine(workspace.settings.home)


def _installation() -> Iterator[Finding]:
    yield Finding(subject="python", state=sys.version.split()[0])
    for package in NEEDED:
        try:
            yield Finding(subject=package, state=version(package))
        except PackageNotFoundError:
            yield Finding(subject=package, state="missing", fix=f"pip install {package}")


def _disk(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    fix = "make room: deliveries are staged beside the lake" if free < MIN_FREE_BYTES else ""
    yield Finding(subject="free disk", state=f"{free // (1 << 20)} MiB", fix=fix)
    keys = home / "keys"
    if keys.is_dir() and _mode(keys) & _ALL_BUT_OWNER:
        yield Finding(subject="keys", state="readable by others", fix=f"chmod 700 {keys}")
    else:
        yield Finding(subject="keys", state="private")
    yield _privacy(home)


def _privacy(home: Path) -> Finding:
    """Whether anybody on this computer may look in; a group is its owner's choice."""
    parts = [path for path in map(home.joinpath, _PRIVATE) if path.exists()]
    shown = [str(path) for path in parts if _mode(path) & _EVERYBODY]
    if not shown or not _mode(home) & _EVERYBODY:
        return Finding(subject="workspace", state="private")
    return Finding(
        subject="workspace", state="readable by everybody", fix=f"chmod o-rwx {' '.join(shown)}"
    )


def _database(workspace: Workspace) -> Iterator[Finding]:
    kind = "SQLite" if workspace.settings.embedded else "PostgreSQL"
    try:
        current, newest = workspace.database.revision()
    except BureauError as error:
        yield _wrong("database", error)
        return
    behind = "" if current == newest else "make a copy, then run: bureau db upgrade"
    yield Finding(subject="database", state=f"{kind}, migration {current or 'none'}", fix=behind)
    if behind:
        return
    looks = [("policy", _policy), ("ledger", _ledger), ("lake", _lake)]
    if workspace.settings.notices.channels:
        looks.append(("notices", _notices))
    for subject, look in looks:
        try:
            yield look(workspace)
        except BureauError as error:
            yield _wrong(subject, error)


def _policy(workspace: Workspace) -> Finding:
    """Whether the profile can be used, and names datasets that there are."""
    found = profile(workspace.settings)
    with workspace.reading() as unit:
        known = {dataset.code for dataset in unit.registry.list_all(Dataset)}
    named = {code for one in found.words("sensitive_together") for code in datasets_together(one)}
    state, fix = found.name, ""
    if unknown := sorted(named - known):
        state = f"{found.name}: sensitive_together names unknown datasets: {', '.join(unknown)}"
        fix = f"mend profiles/{found.name}.toml, or register them: bureau apply FOLDER"
    return Finding(subject="policy", state=state, fix=fix)


def _ledger(workspace: Workspace) -> Finding:
    verified = auditing.check(workspace)
    state = f"{verified.size} entries, {len(verified.faults)} faults"
    fix = "bureau ledger verify names them" if verified.faults else ""
    return Finding(subject="ledger", state=state, fix=fix)


def _lake(workspace: Workspace) -> Finding:
    """Whether the version that readers see of each dataset is still there."""
    with workspace.reading() as unit:
        seen = {
            dataset: (folder, delivery.lake_version)
            for dataset, folder in unit.deliveries.folders().items()
            if (delivery := unit.deliveries.find_published(dataset)) is not None
        }
    lost = sorted(d for d, (folder, version) in seen.items() if _gone(workspace, folder, version))
    fix = f"put lake/ back from a copy; lost: {', '.join(lost)}" if lost else ""
    return Finding(subject="lake", state=f"{len(seen) - len(lost)} of {len(seen)} tables", fix=fix)


def _notices(workspace: Workspace) -> Finding:
    """Whether what was to be sent by mail or webhook goes out."""
    with workspace.reading() as unit:
        unsent = unit.notices.unsent(workspace.settings.notices.channels)
        stuck = unsent.since is not None and unit.now - unsent.since > STUCK
    if unsent.since is None:
        return Finding(subject="notices", state="0 unsent")
    since = unsent.since.astimezone(workspace.settings.zone).isoformat(" ", "minutes")
    state = f"{unsent.count} unsent, the oldest since {since}"
    fix = f"{unsent.last_error or 'nothing sends them'}; see to it that bureau notice send runs"
    return Finding(subject="notices", state=state, fix=fix if stuck else "")


def _gone(workspace: Workspace, folder: str, version: int | None) -> bool:
    try:
        files = workspace.lake.files(folder, version if version is not None else 0)
    except BureauError:
        return True
    return not all(Path(file).is_file() for file in files)


def _wrong(subject: str, error: BureauError) -> Finding:
    return Finding(subject=subject, state=str(error), fix=error.hint or "see docs/errors.md")


def _mode(path: Path) -> int:
    return path.stat().st_mode
