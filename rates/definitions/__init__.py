"""One module for each rate: its `RATE` holds the definition and the query that lists its members.

A rate is added by adding a module; nothing else names it. A changed formula is a new version in a
module of its own; the old one stays (`sha_2_v1` beside `sha_2`), so that old reports can be recomputed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from core.errors import NotFound

if TYPE_CHECKING:
    from rates.queries.members import Rate

_NAME = re.compile(r"(?P<id>[A-Z]+-[0-9]+[A-Z]?)(?: ?V(?P<version>[0-9]+))?")


@cache
def _every() -> tuple[Rate, ...]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    rates: list[Rate] = [module.RATE for module in modules]
    return tuple(sorted(rates, key=_order))


def list_rates(*, every_version: bool = False) -> list[Rate]:
    """The newest version of every rate, headlines first, then by id; or all versions of each.

    Imports the queries, and SQLAlchemy with them.
    """
    if every_version:
        return list(_every())
    newest = {rate.definition.id: rate for rate in reversed(_every())}
    return sorted(newest.values(), key=_order)


def find_rate(name: str) -> Rate:
    """The rate with this id, upper or lower case: its newest version, or as "SHA-2 v1" says.

    Raises NotFound.
    """
    match = _NAME.fullmatch(name.strip().upper())
    if match is not None:
        version = match["version"]
        for rate in _every():
            if rate.definition.id == match["id"] and version in (
                None,
                f"{rate.definition.version}",
            ):
                return rate
    ids = [rate.definition.id for rate in list_rates()]
    near = get_close_matches(name.strip().upper(), ids, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise NotFound("rate", name, hint=f"{meant}the rates are {', '.join(ids)}")


def _order(rate: Rate) -> tuple[bool, list[str | int], int]:
    """Headlines first, then by id with its number as a number; of one id the newest first."""
    definition = rate.definition
    parts = re.split(r"(\d+)", definition.id)
    return (
        not definition.headline,
        [int(part) if part.isdigit() else part for part in parts],
        -definition.version,
    )
