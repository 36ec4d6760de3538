"""The groups that a table may not be given in: quasi-identifiers and k of a contract.

Three custom properties of the table, as ODCS lets tools add them:

    customProperties:
      - {property: quasiIdentifiers, value: [sex, birth_year, district]}
      - {property: kAnonymity, value: 5}
      - {property: smallGroups, value: suppress}    # or refuse, which is so where nothing is said
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.naming import visible
from catalog.plan import Anonymity
from contracts.findings import Finding, Path, find
from core.strict_yaml import Document

QUASI, K, SMALL = "quasiIdentifiers", "kAnonymity", "smallGroups"
_SMALL = ("refuse", "suppress")
_LEAST = 2
"""Under two, every row would be a group that is large enough."""


def read_anonymity(table: Mapping[str, Any]) -> Anonymity | None:
    """What a table that was judged before declares; None if it declares nothing."""
    stated = {key: value for _, key, value in _stated(table)}
    if QUASI not in stated:
        return None
    return Anonymity(
        quasi_identifiers=tuple(stated[QUASI]),
        k=stated[K],
        suppress=stated.get(SMALL) == "suppress",
    )


def anonymity_findings(
    document: Document, path: Path, table: Mapping[str, Any]
) -> Iterator[Finding]:
    """Declarations of the table at `path` that cannot be kept."""
    seen: dict[str, Any] = {}
    columns = [body["name"] for body in table.get("properties", ())]
    for index, key, value in _stated(table):
        place = (*path, "customProperties", index)
        if key in seen:
            yield find(document, place, f"'{key}' is stated twice", "state it once")
        elif fault := _FAULTS[key](value, columns):
            yield find(document, place, *fault)
        seen[key] = value
    for key, other in ((QUASI, K), (K, QUASI), (SMALL, QUASI)):
        if key in seen and other not in seen:
            message = f"'{key}' is stated without '{other}'"
            yield find(document, (*path, "customProperties"), message, f"state `{other}` too")


def _stated(table: Mapping[str, Any]) -> Iterator[tuple[int, str, Any]]:
    for index, item in enumerate(table.get("customProperties", ())):
        if item.get("property") in _FAULTS:
            yield index, item["property"], item.get("value")


def _quasi_fault(value: Any, columns: list[str]) -> tuple[str, str] | None:
    named = value if isinstance(value, list) else []
    if not named or not all(isinstance(name, str) for name in named):
        return f"'{QUASI}' is no list of columns", "write it as [sex, birth_year]"
    if len(set(named)) < len(named):
        return f"'{QUASI}' names a column twice", "name each once"
    if unknown := [visible(name) for name in named if name not in columns]:
        return f"the table has no column {', '.join(unknown)}", "write the `name` of a property"
    return None


def _k_fault(value: Any, _columns: list[str]) -> tuple[str, str] | None:
    if type(value) is int and value >= _LEAST:
        return None
    return f"'{K}' is no whole number of at least {_LEAST}", "write 5, as many practices do"


def _small_fault(value: Any, _columns: list[str]) -> tuple[str, str] | None:
    if value in _SMALL:
        return None
    return f"'{SMALL}' is none of {', '.join(_SMALL)}", "write refuse, or suppress"


_FAULTS = {QUASI: _quasi_fault, K: _k_fault, SMALL: _small_fault}
