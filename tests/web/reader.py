"""What a department runs: the public Python reader, on a profile, in an environment of its own.

    python reader.py PROFILE

Prints all that the reader can find out as one JSON document, the last line of its output.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import delta_sharing


def main(profile: str) -> None:
    client = delta_sharing.SharingClient(profile)
    [share] = client.list_shares()
    [schema] = client.list_schemas(share)
    [table] = client.list_tables(schema)
    url = f"{profile}#{table.share}.{table.schema}.{table.name}"
    found = {
        "all_tables": [f"{t.share}.{t.schema}.{t.name}" for t in client.list_all_tables()],
        "version": delta_sharing.get_table_version(url),
        "since": delta_sharing.get_table_version(url, "2020-01-01T00:00:00Z"),
        "protocol": delta_sharing.get_table_protocol(url).min_reader_version,
        "schema": json.loads(delta_sharing.get_table_metadata(url).schema_string)["fields"],
        "parquet": _frame(lambda: delta_sharing.load_as_pandas(url)),
        "delta": _frame(lambda: delta_sharing.load_as_pandas(url, use_delta_format=True)),
        "limit": _frame(lambda: delta_sharing.load_as_pandas(url, limit=2)),
        "first": _frame(lambda: delta_sharing.load_as_pandas(url, version=0)),
        "first in delta": _frame(
            lambda: delta_sharing.load_as_pandas(url, version=0, use_delta_format=True)
        ),
        "missing": _frame(lambda: delta_sharing.load_as_pandas(url, version=99)),
        "changes": _frame(
            lambda: delta_sharing.load_table_changes_as_pandas(url, starting_version=0)
        ),
        "changes in delta": _frame(
            lambda: delta_sharing.load_table_changes_as_pandas(
                url, starting_version=0, use_delta_format=True
            )
        ),
        "newest changes": _frame(
            lambda: delta_sharing.load_table_changes_as_pandas(
                url, starting_version=1, ending_version=1
            )
        ),
    }
    print(json.dumps(found), flush=True)  # noqa: T201
    os._exit(0)  # the threads of the package's kernel may abort a program that ends otherwise


def _frame(load: Callable[[], Any]) -> Any:
    try:
        frame = load()
    except Exception as error:  # noqa: BLE001 (which one is the answer)
        return {"error": type(error).__name__, "text": str(error)}
    return json.loads(frame.to_json(orient="records", date_format="iso", default_handler=str))


if __name__ == "__main__":
    main(sys.argv[1])
