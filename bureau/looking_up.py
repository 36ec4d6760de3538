"""Look up one record by its key, and verify what somebody claims of it (接口共享)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bureau.admitting import Admitted
from bureau.metering import Meter
from bureau.offering import Snapshot
from bureau.workspace import Workspace
from catalog.extract import extract
from catalog.keyfile import find_records, key_text, text_of, write_keys
from catalog.views import Views
from core.canonical import Json, content_hash
from core.errors import InvalidInput
from sharing.metering.model import Looked


def look_up(
    workspace: Workspace,
    views: Views,
    meter: Meter,
    admitted: Admitted,
    found: Snapshot,
    key: Mapping[str, Json],
) -> list[bytes]:
    """The granted records of a key, as JSON; each answer with one is a use.

    Raises InvalidInput for what is not just the key, or where the grant does not give the key: whoever
    may not see a column may not search by it either.
    """
    records = _find(workspace, views, found, key)
    if records:
        size = sum(map(len, records))
        grant, credential = admitted.grant.ref, admitted.credential.ref
        meter.looked(Looked(grant, credential, len(records), size, workspace.clock.now()))
    return records


def verify(
    workspace: Workspace,
    views: Views,
    meter: Meter,
    admitted: Admitted,
    found: Snapshot,
    key: Mapping[str, Json],
    claims: Mapping[str, Json],
) -> bool:
    """Whether there is a record of the key that has all the claimed values; why not is not said."""
    given = {column.name for column in found.columns}
    if not claims or not given >= claims.keys():
        raise InvalidInput(
            "the claims are of columns that are not granted, or there are none",
            hint=f"claim some of {', '.join(sorted(given))}",
        )
    records = [json.loads(one) for one in look_up(workspace, views, meter, admitted, found, key)]
    return any(
        all(text_of(record[name]) == text_of(value) for name, value in claims.items())
        for record in records
    )


def _find(
    workspace: Workspace, views: Views, found: Snapshot, key: Mapping[str, Json]
) -> list[bytes]:
    if not found.keys:
        raise InvalidInput(
            "records of this grant cannot be looked up: it does not give the key of the table",
            hint="ask for the columns of the key too",
        )
    plain = all(isinstance(value, str | int | float) for value in key.values())
    columns = next((names for names in found.keys if key.keys() == set(names)), ())
    if not columns or not plain:
        sets = ", or just ".join(" and ".join(names) for names in found.keys)
        raise InvalidInput(
            "the key is not a value for each column of the key", hint=f"state just {sets}"
        )

    def make(target: Path) -> None:
        files = workspace.lake.files(found.table, found.version)
        with TemporaryDirectory(dir=target.parent, prefix=".keys-") as folder:
            lines = Path(folder) / "records.jsonl"
            extract(files, found.plan, found.source, lines, fmt="jsonl")
            write_keys(lines, columns, target)

    name = content_hash([found.name, *columns])
    return find_records(views.keys(name, make), key_text(key, columns))
