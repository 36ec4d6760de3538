"""The lines of an answer: protocol, table and files, in the two forms that readers know."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum

from bureau.offering import Snapshot
from catalog.plan import Column, ColumnType
from core.canonical import Json
from sharing.metering.model import File
from web.delta_sharing.names import SharedTable

_SPARK = {
    ColumnType.STRING: "string",
    ColumnType.INTEGER: "long",
    ColumnType.NUMBER: "decimal(38,9)",
    ColumnType.DOUBLE: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIME: "string",
    ColumnType.TIMESTAMP: "timestamp_ntz",
}
_LOCAL_TIMES = "timestampNtz"
_FEED = "delta.enableChangeDataFeed"


class Form(StrEnum):
    """How an answer is written; `parquet` is what every reader knows."""

    PARQUET = "parquet"
    DELTA = "delta"


def form_of(capabilities: str) -> Form:
    """The form for a reader of these `delta-sharing-capabilities`: the plain one if it takes it."""
    stated = (one.partition("=") for one in capabilities.lower().split(";"))
    known = {name.strip(): {v.strip() for v in values.split(",")} for name, _, values in stated}
    formats = known.get("responseformat", {Form.PARQUET.value})
    return Form.DELTA if Form.DELTA in formats and Form.PARQUET not in formats else Form.PARQUET


def schema_string(columns: Iterable[Column], form: Form) -> str:
    """The columns as Spark writes a struct; their types are exactly those of the file.

    But for times without a zone, a word that readers of the plain form do not know; they take what
    the file says.
    """
    words = _SPARK if form is Form.DELTA else _SPARK | {ColumnType.TIMESTAMP: "timestamp"}
    fields = [
        {"name": column.name, "type": words[column.type], "nullable": True, "metadata": {}}
        for column in columns
    ]
    return json.dumps({"type": "struct", "fields": fields}, ensure_ascii=False)


def table_lines(
    table: SharedTable, snapshot: Snapshot, form: Form, *, changes: bool = False
) -> list[Json]:
    """The two lines that say what the table is, or that its `changes` follow."""
    configuration: dict[str, Json] = {_FEED: "true"} if changes else {}
    schema = schema_string(snapshot.columns, form)
    if form is Form.PARQUET:
        described: Json = {
            "id": table.id,
            "name": table.name,
            "format": {"provider": "parquet"},
            "schemaString": schema,
            "partitionColumns": [],
            "configuration": configuration,
            "version": snapshot.version,
        }
        return [{"protocol": {"minReaderVersion": 1}}, {"metaData": described}]
    delta: Json = {
        "id": table.id,
        "name": table.name,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema,
        "partitionColumns": [],
        "configuration": configuration,
        "createdTime": _millis(snapshot),
    }
    return [
        {"protocol": {"deltaProtocol": _protocol(snapshot.columns, changes=changes)}},
        {"metaData": {"version": snapshot.version, "deltaMetadata": delta}},
    ]


def file_line(snapshot: Snapshot, file: File, form: Form, *, url: str, expires: int) -> Json:
    """A file that may be read at `url` until `expires` (milliseconds since 1970).

    Of its statistics only the number of rows is told: a smallest value may be one that is masked.
    """
    about: dict[str, Json] = {
        "id": file.id,
        "version": snapshot.version,
        "timestamp": _millis(snapshot),
        "expirationTimestamp": expires,
    }
    content: dict[str, Json] = {
        "partitionValues": {},
        "size": file.size,
        "stats": json.dumps({"numRecords": file.rows}),
    }
    if form is Form.PARQUET:
        return {"file": {**about, **content, "url": url}}
    changed: dict[str, Json] = {"modificationTime": _millis(snapshot), "dataChange": True}
    return {"file": {**about, "deltaSingleAction": {"add": {**content, **changed, "path": url}}}}


def change_line(snapshot: Snapshot, file: File, form: Form, *, url: str, expires: int) -> Json:
    """A file of rows that came and went with the version of a snapshot."""
    about: dict[str, Json] = {
        "id": file.id,
        "version": snapshot.version,
        "timestamp": _millis(snapshot),
        "expirationTimestamp": expires,
    }
    content: dict[str, Json] = {"partitionValues": {}, "size": file.size}
    if form is Form.PARQUET:
        return {"cdf": {**about, **content, "url": url}}
    cdc: dict[str, Json] = {**content, "dataChange": False, "path": url}
    return {"file": {**about, "deltaSingleAction": {"cdc": cdc}}}


def ndjson(lines: Sequence[Json]) -> bytes:
    return b"".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for line in lines
    )


def _protocol(columns: Iterable[Column], *, changes: bool) -> Json:
    if any(column.type is ColumnType.TIMESTAMP for column in columns):
        writer: Json = [_LOCAL_TIMES, "changeDataFeed"] if changes else [_LOCAL_TIMES]
        return {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": [_LOCAL_TIMES],
            "writerFeatures": writer,
        }
    return {"minReaderVersion": 1, "minWriterVersion": 4 if changes else 2}


def _millis(snapshot: Snapshot) -> int:
    return int(snapshot.delivered_at.timestamp() * 1000)
