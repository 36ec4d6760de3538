"""What may name a contract, a table or a column."""

from __future__ import annotations

from catalog.naming import check_title, visible
from core.errors import InvalidInput


def check_name(name: str, what: str) -> str:
    """Return `name` as it is; raises InvalidInput where `check_title` does and for a hidden path."""
    check_title(name, what)
    if name != name.strip():
        raise InvalidInput(f"the {what} begins or ends with a blank", hint="delete the blank")
    if ".." in name.replace("\\", "/").split("/"):
        message = f"the {what} '{visible(name)}' looks like a path out of a folder"
        raise InvalidInput(message, hint="write a name without '..'")
    return name
