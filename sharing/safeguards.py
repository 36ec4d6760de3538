"""What keeps a grant from telling more than its purpose needs: masks, need to know, secrecy.

They are terms: agreed to with the columns and the rows, hashed with them, and never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.plan import Column, ColumnType, Mask, MaskKind, Secrecy
from core.canonical import Json
from core.errors import InvalidInput

MAX_SHOWN = 20
"""Characters that a partial mask may show in all."""
_TEXTUAL = (ColumnType.STRING, ColumnType.INTEGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """`needs` are sets of columns: only rows are given of which a reader states all values of one.

    Who has to know a row already cannot read others (need to know). By the columns of `no_search`
    a reader may not choose rows, though they are given.
    """

    masks: tuple[Mask, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    no_search: tuple[str, ...] = ()
    secrecy: tuple[Secrecy, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.masks or self.needs or self.no_search or self.secrecy)

    def __str__(self) -> str:
        return "; ".join(spoken(self))

    def of(self, columns: Collection[str]) -> Safeguards:
        """What is left of them where only these columns are given."""
        secrecy = (
            Secrecy(flag=one.flag, columns=tuple(c for c in one.columns if c in columns))
            for one in self.secrecy
        )
        return Safeguards(
            masks=tuple(mask for mask in self.masks if mask.column in columns),
            needs=self.needs,
            no_search=tuple(name for name in self.no_search if name in columns),
            secrecy=tuple(one for one in secrecy if one.columns),
        )

    def __add__(self, other: Safeguards) -> Safeguards:
        """Both of them. What is said twice of one column is found by `check_safeguards`."""
        return Safeguards(
            masks=tuple(dict.fromkeys((*self.masks, *other.masks))),
            needs=tuple(dict.fromkeys((*self.needs, *other.needs))),
            no_search=tuple(dict.fromkeys((*self.no_search, *other.no_search))),
            secrecy=tuple(dict.fromkeys((*self.secrecy, *other.secrecy))),
        )

    def to_json(self) -> dict[str, Json]:
        return {
            "masks": [
                {"column": m.column, "head": m.head, "kind": m.kind.value, "tail": m.tail}
                for m in self.masks
            ],
            "needs": [list(names) for names in self.needs],
            "no_search": list(self.no_search),
            "secrecy": [{"columns": list(s.columns), "flag": s.flag} for s in self.secrecy],
        }


NONE = Safeguards()


def read_safeguards(stored: Mapping[str, Any] | None) -> Safeguards:
    """Safeguards from their JSON; none where there is none."""
    if stored is None:
        return NONE
    return Safeguards(
        masks=tuple(
            Mask(column=m["column"], kind=MaskKind(m["kind"]), head=m["head"], tail=m["tail"])
            for m in stored["masks"]
        ),
        needs=tuple(tuple(names) for names in stored["needs"]),
        no_search=tuple(stored["no_search"]),
        secrecy=tuple(
            Secrecy(flag=s["flag"], columns=tuple(s["columns"])) for s in stored["secrecy"]
        ),
    )


def spoken(safeguards: Safeguards) -> Iterator[str]:
    """One after the other, in words."""
    for mask in safeguards.masks:
        match mask.kind:
            case MaskKind.REDACT:
                yield f"{mask.column} is left empty"
            case MaskKind.PARTIAL:
                yield f"{mask.column} shows {mask.head} characters at its start, {mask.tail} at its end"
            case MaskKind.PSEUDONYM:
                yield f"{mask.column} is a pseudonym"
    if safeguards.needs:
        sets = " or ".join(" and ".join(names) for names in safeguards.needs)
        yield f"only rows of which the reader states {sets}"
    for name in safeguards.no_search:
        yield f"rows cannot be searched by {name}"
    for secrecy in safeguards.secrecy:
        yield f"{', '.join(secrecy.columns)} empty where {secrecy.flag} is true"


def check_safeguards(
    safeguards: Safeguards,
    given: Collection[str],
    rows: Collection[str],
    columns: Sequence[Column],
) -> None:
    """Refuse safeguards that cannot be kept, or that others of the terms give away.

    `given` are the columns of the terms, `rows` those by which its rows are chosen, `columns` all
    that the dataset has.
    """
    known = {column.name: column for column in columns}
    for faults in (
        _scope_faults(safeguards, given, rows),
        _need_faults(safeguards),
        *(_mask_faults(mask, known, safeguards) for mask in safeguards.masks),
        *(_secrecy_faults(secrecy, known) for secrecy in safeguards.secrecy),
    ):
        for fault, hint in faults:
            raise InvalidInput(fault, hint=hint)


def _scope_faults(
    safeguards: Safeguards, given: Collection[str], rows: Collection[str]
) -> Iterator[tuple[str, str]]:
    masked, secret = _masked(safeguards), _secret(safeguards)
    needed = [name for one in safeguards.needs for name in one]
    for what, named in (
        ("masked", masked),
        ("kept secret", secret),
        ("stated by the reader", needed),
        ("kept from being searched by", safeguards.no_search),
    ):
        if strange := [name for name in named if name not in given]:
            yield (
                f"{', '.join(strange)} is not given, and cannot be {what}",
                f"name columns that are agreed to: {', '.join(given)}",
            )
    for what, named in (("masked", masked), ("kept secret", secret)):
        if both := [name for name in named if name in rows]:
            yield (
                f"rows are chosen by {', '.join(both)}, which is to be {what}: the choice tells it",
                "agree to other columns, or refuse",
            )


def _need_faults(safeguards: Safeguards) -> Iterator[tuple[str, str]]:
    for names in safeguards.needs:
        if not names or len(set(names)) < len(names):
            yield "a set of columns that a reader states is empty, or names one twice", _NEED
    hidden = {*_masked(safeguards), *_secret(safeguards), *safeguards.no_search}
    needed = dict.fromkeys(name for names in safeguards.needs for name in names)
    if both := [name for name in needed if name in hidden]:
        yield f"a reader cannot state {', '.join(both)}, which is masked or not searched by", _NEED
    if safeguards.no_search and not safeguards.needs:
        yield (
            f"whoever reads the whole file can search it by {', '.join(safeguards.no_search)}",
            f"say too what a reader has to state: {_NEED}",
        )


def _masked(safeguards: Safeguards) -> list[str]:
    return [mask.column for mask in safeguards.masks]


def _secret(safeguards: Safeguards) -> list[str]:
    return [name for one in safeguards.secrecy for name in one.columns]


_NEED = "--need A,B with columns that are given as they are"


def _mask_faults(
    mask: Mask, known: Mapping[str, Column], safeguards: Safeguards
) -> Iterator[tuple[str, str]]:
    column = known[mask.column]
    if _masked(safeguards).count(mask.column) > 1:
        yield f"column '{mask.column}' is masked in two ways", "name one mask for it"
    if mask.kind is not MaskKind.REDACT and column.type not in _TEXTUAL:
        yield (
            f"a {mask.kind} mask is made of text, and column '{mask.column}' is {column.type}",
            f"use {mask.column}=redact",
        )
    if not 0 <= mask.head + mask.tail <= MAX_SHOWN or min(mask.head, mask.tail) < 0:
        yield (
            f"the mask of '{mask.column}' shows more than {MAX_SHOWN} characters",
            f"write it as {mask.column}=partial:3..4",
        )


def _secrecy_faults(secrecy: Secrecy, known: Mapping[str, Column]) -> Iterator[tuple[str, str]]:
    flag = known.get(secrecy.flag)
    if flag is None or flag.type is not ColumnType.BOOLEAN:
        what = "no column of the dataset" if flag is None else f"{flag.type}, not boolean"
        yield (
            f"the flag '{secrecy.flag}' is {what}",
            "name a column that is true in the rows whose cells are kept secret",
        )
    if secrecy.flag in secrecy.columns:
        yield f"the flag '{secrecy.flag}' cannot hide itself", "leave it out, or do not give it"
