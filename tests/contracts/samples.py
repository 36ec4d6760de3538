"""Contracts as data, for tests that change one thing about them."""

import json
from typing import Any


def contract(*properties: dict[str, Any], version: str = "v3.2.0", **keys: Any) -> dict[str, Any]:
    """A contract of one table `t` with these columns; `keys` replace keys at the top."""
    return {
        "apiVersion": version,
        "kind": "DataContract",
        "id": "sample",
        "version": "1.0.0",
        "status": "active",
        "description": {"purpose": "tests"},
        "schema": [{"name": "t", "properties": list(properties)}],
        **keys,
    }


def column(name: str = "c", logical: str = "string", **keys: Any) -> dict[str, Any]:
    return {"name": name, "logicalType": logical, "description": "a column", **keys}


def key(name: str = "id") -> dict[str, Any]:
    return column(name, "integer", primaryKey=True, required=True)


def text(body: dict[str, Any]) -> bytes:
    """JSON is YAML: one key a line, so that line numbers can be counted."""
    return json.dumps(body, ensure_ascii=False, indent=1).encode()
