"""Match the columns that are wanted with the columns that a file has."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from catalog.plan import Column
from catalog.secrecy import OUT_OF_SCOPE, is_secret
from core.errors import DocumentInvalid, InvalidInput, Problem

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """`width` fields a record; `positions[i]` is where the i-th wanted column stands, from 0."""

    width: int
    positions: tuple[int, ...]


def normalised(name: str) -> str:
    """A heading as it is compared: full width is half width, case and edge spaces do not count."""
    return unicodedata.normalize("NFKC", name.removeprefix("\ufeff")).strip().casefold()


def distinct_names(heading: Sequence[str]) -> list[str]:
    """A name of its own for each column of a file: a draft gives it, and by it a file is matched.

    A blank heading at place N is `column_N`, the k-th `name` is `name_k`; where another heading has
    that name already, the number goes up.
    """
    keys = [normalised(name) for name in heading]
    taken = set(keys)
    times: Counter[str] = Counter()
    names: list[str] = []
    for position, (raw, key) in enumerate(zip(heading, keys, strict=True), start=1):
        times[key] += 1
        name = raw.removeprefix("\ufeff").strip()
        if not key:
            name = _free(f"column_{position}", 1, taken)
        elif times[key] > 1:
            name = _free(name, times[key], taken)
        taken.add(normalised(name))
        names.append(name)
    return names


def match_heading(
    file: str,
    heading: Sequence[str],
    columns: Sequence[Column],
    *,
    following: Sequence[str] = (),
    ignore_extra: bool = False,
    line: int | None = 1,
) -> Layout:
    """Find each wanted column by one of its names; raises DocumentInvalid with every misfit.

    `following` is the second record of the file, which may not repeat the heading. `line` is None
    for formats in which names are not a line of their own.
    """
    _refuse_secrets(file, heading, line)
    wanted = _wanted_names(columns)
    keys = _keys(heading, wanted)
    if not any(key in wanted for key in keys):
        raise _nothing_wanted(file, heading, columns, line)
    problems = [
        *_missing(columns, keys),
        *_repeated(heading, keys, wanted, ignore_extra=ignore_extra),
        *([] if ignore_extra else _unknown(heading, keys, wanted)),
    ]
    if problems:
        raise DocumentInvalid(
            f"{file}: the heading does not fit the contract: {problems[0]}"
            + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""),
            [Problem(problem, file, line) for problem in problems],
            hint="mend the heading, or publish a contract that fits the file",
        )
    layout = Layout(len(keys), tuple(_position(column, keys) for column in columns))
    _refuse_second_heading(file, following, columns, layout)
    return layout


def match_positions(file: str, width: int, columns: Sequence[Column]) -> Layout:
    """Take columns by their order, for a file without a heading."""
    if width != len(columns):
        raise InvalidInput(
            f"{file}, line 1: there are {width} fields, and the contract has {len(columns)} columns",
            hint="without a heading the fields must be the contract's columns in its order: "
            + _listed([column.name for column in columns]),
        )
    return Layout(width, tuple(range(width)))


def _free(stem: str, number: int, taken: set[str]) -> str:
    names = (stem if n == 1 else f"{stem}_{n}" for n in count(number))
    return next(name for name in names if normalised(name) not in taken)


def _keys(heading: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """Each heading as it is compared: by what tells it from its twins only where that is wanted."""
    return [
        distinct if distinct in wanted else normalised(raw)
        for raw, distinct in zip(heading, map(normalised, distinct_names(heading)), strict=True)
    ]


def _refuse_secrets(file: str, heading: Sequence[str], line: int | None) -> None:
    """Refuse a file with a column that is named as a secret; the name is not repeated."""
    place = file if line is None else f"{file}, line {line}"
    for number, name in enumerate(heading, 1):
        if is_secret(name):
            raise InvalidInput(
                f"{place}: the name of column {number} marks a secret; {OUT_OF_SCOPE}",
                hint="leave the column out; nothing of the file was kept",
            )


def _nothing_wanted(
    file: str, heading: Sequence[str], columns: Sequence[Column], line: int | None
) -> InvalidInput:
    place = file if line is None else f"{file}, line {line}"
    advice = "" if line is None else "for a file without a heading say --no-header; "
    return InvalidInput(
        f"{place}: no wanted column is named here; it reads {_listed(heading)}",
        hint=f"{advice}the wanted columns are {_listed([column.name for column in columns])}",
    )


def _wanted_names(columns: Sequence[Column]) -> dict[str, str]:
    """Normalised heading -> wanted column; raises InvalidInput when two columns share a heading."""
    wanted: dict[str, str] = {}
    for column in columns:
        for name in (column.name, *column.names):
            owner = wanted.setdefault(normalised(name), column.name)
            if owner != column.name:
                raise InvalidInput(f"columns '{owner}' and '{column.name}' share the name '{name}'")
    return wanted


def _position(column: Column, keys: Sequence[str]) -> int:
    """The first of the column's names, best first, that the heading holds; -1 for none."""
    for name in (*column.names, column.name):
        if normalised(name) in keys:
            return keys.index(normalised(name))
    return -1


def _missing(columns: Sequence[Column], keys: Sequence[str]) -> list[str]:
    return [
        f"column '{column.name}' is missing" for column in columns if _position(column, keys) < 0
    ]


def _repeated(
    heading: Sequence[str], keys: Sequence[str], wanted: dict[str, str], *, ignore_extra: bool
) -> list[str]:
    """Columns named twice, by one name or by two names of the same column."""
    owners = Counter(wanted.get(key, "" if ignore_extra else key) for key in keys)
    first = {wanted.get(key, key): name for name, key in zip(heading, keys, strict=True)}
    return [
        f"column '{first[owner]}' occurs {times} times"
        for owner, times in owners.items()
        if owner and times > 1
    ]


def _unknown(heading: Sequence[str], keys: Sequence[str], wanted: dict[str, str]) -> list[str]:
    return [
        f"column '{name}' is not in the contract" if key else f"column {position} has no name"
        for position, (name, key) in enumerate(zip(heading, keys, strict=True), start=1)
        if key not in wanted
    ]


def _refuse_second_heading(
    file: str, following: Sequence[str], columns: Sequence[Column], layout: Layout
) -> None:
    """A second line is a heading when most of its cells are names of their own column."""
    if len(following) != layout.width:
        return
    named = sum(
        normalised(following[position])
        in {normalised(name) for name in (column.name, *column.names)}
        for column, position in zip(columns, layout.positions, strict=True)
    )
    if 2 * named > len(columns):
        raise InvalidInput(
            f"{file}, line 2: this is a second heading; it reads {_listed(following)}",
            hint="keep one line of headings and delete the other",
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name.strip()[:40] for name in names[:_SHOWN])
    return shown + (f" ... ({len(names)} in all)" if len(names) > _SHOWN else "")
