"""One module for each rate: its `RATE` holds the definition and the query that lists its members.

A rate is added by adding a module; nothing else names it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from core.errors import NotFound

if TYPE_CHECKING:
    from rates.queries.members import Rate


def list_rates() -> list[Rate]:
    """Every rate, headlines first, then by id. Imports the queries, and SQLAlchemy with them."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    rates: list[Rate] = [module.RATE for module in modules]
    return sorted(rates, key=lambda rate: (not rate.definition.headline, rate.definition.id))


def find_rate(rate_id: str) -> Rate:
    """The rate with this id, upper or lower case; raises NotFound."""
    rates = list_rates()
    for rate in rates:
        if rate.definition.id == rate_id.strip().upper():
            return rate
    known = ", ".join(rate.definition.id for rate in rates)
    raise NotFound("rate", rate_id, hint=f"the rates are {known}")
