"""One module for each kind of report: its `KIND` says what it holds.

A kind is added by adding a module; nothing else names it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from core.errors import NotFound

if TYPE_CHECKING:
    from bureau.report_material import Kind


def kinds() -> list[str]:
    """The names of all kinds; loads none of them."""
    return sorted(found.name for found in iter_modules(__path__))


def find_kind(name: str) -> Kind:
    if name not in kinds():
        raise NotFound("kind of report", name, hint=f"the kinds are {', '.join(kinds())}")
    kind: Kind = import_module(f"{__name__}.{name}").KIND
    return kind
