"""Look up one record by its key, and verify what somebody claims of it (接口共享)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bureau.admitting import Admitted
from bureau.metering import Meter
from bureau.offering import Snapshot
from bureau.workspace import Workspace
from catalog.extract import extract
from catalog.keyfile import key_text, write_keys
from catalog.plan import Column
from catalog.source.constants import Constant, read_constant
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
) -> bytes:
    """The granted records of a key as one JSON document, which is a use; b"" where there is none.

    Raises InvalidInput for what is not just the key, or where the grant does not give the key: whoever
    may not see a column may not search by it either.
    """
    records = _find(workspace, views, found, key)
    if not records:
        return b""
    answer = b'{"records":[%s]}\n' % b",".join(records)
    _used(workspace, meter, admitted, len(records), answer)
    return answer


def verify(
    workspace: Workspace,
    views: Views,
    meter: Meter,
    admitted: Admitted,
    found: Snapshot,
    key: Mapping[str, Json],
    claims: Mapping[str, Json],
) -> bytes:
    """Whether there is a record of the key that has all the claimed values; why not is not said.

    One JSON document, which is a use where there is a record. Raises InvalidInput for a claim that no
    cell of its column could hold.
    """
    known = {column.name: column for column in found.columns}
    if not claims or not known.keys() >= claims.keys():
        raise InvalidInput(
            "the claims are of columns that are not granted, or there are none",
            hint=f"claim some of {', '.join(sorted(known))}",
        )
    claimed = {name: _cell(known[name], value) for name, value in claims.items()}
    records = [json.loads(one) for one in _find(workspace, views, found, key)]
    matches = any(
        all(_cell(known[name], record[name]) == value for name, value in claimed.items())
        for record in records
    )
    answer = b'{"matches":%s}\n' % (b"true" if matches else b"false")
    if records:
        _used(workspace, meter, admitted, len(records), answer)
    return answer


def _cell(column: Column, value: Json) -> Constant | None:
    """A value as a cell of the column holds it, however it is written."""
    if value is None:
        return None
    if not isinstance(value, str | int | float):
        raise InvalidInput(f"a list or an object is no value of column '{column.name}'")
    return read_constant(column, str(value) if isinstance(value, float) else value)


def _used(workspace: Workspace, meter: Meter, admitted: Admitted, rows: int, answer: bytes) -> None:
    grant, credential = admitted.grant.ref, admitted.credential.ref
    meter.looked(Looked(grant, credential, rows, len(answer), workspace.clock.now()))


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

    return views.records(keys_name(found, columns), key_text(key, columns), make)


def keys_name(found: Snapshot, columns: Sequence[str]) -> str:
    """Under what the records of a snapshot are kept by these columns."""
    return content_hash([found.name, *columns])
