"""The options by which an approver says how columns are masked, and what a reader has to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from catalog.plan import Mask, MaskKind, Secrecy
from core.errors import InvalidInput
from sharing.safeguards import Safeguards

_MASKS = "write it as COLUMN=redact, COLUMN=pseudonym or COLUMN=partial:3..4"
_SECRECY = "write it as FLAG=A,B: the columns A and B are empty where FLAG is true"

Masks: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--mask",
        metavar="COLUMN=HOW",
        help="Give it masked 脱敏: redact, pseudonym, partial:3..4; repeatable.",
    ),
]
Needs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--need",
        metavar="A,B",
        help="Only rows of which the reader states these 须先知晓; repeated: or these.",
    ),
]
NoSearch: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--no-search", metavar="A,B", help="No rows are chosen by these columns 不得反查."
    ),
]
Secrets: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--secret", metavar="FLAG=A,B", help="A and B are empty where FLAG is true; repeatable."
    ),
]


def safeguards(
    masks: Sequence[str] | None,
    needs: Sequence[str] | None,
    no_search: Sequence[str] | None,
    secrets: Sequence[str] | None,
) -> Safeguards:
    """What the four options say together; raises InvalidInput for what cannot be read."""
    return Safeguards(
        masks=tuple(map(_mask, masks or ())),
        needs=tuple(map(names, needs or ())),
        no_search=tuple(name for text in no_search or () for name in names(text)),
        secrecy=tuple(map(_secrecy, secrets or ())),
    )


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _mask(text: str) -> Mask:
    column, _, how = text.rpartition("=")
    kind, _, shown = how.strip().lower().partition(":")
    head, dots, tail = shown.partition("..")
    if not column.strip() or kind not in list(MaskKind):
        raise InvalidInput(f"'{text}' is no mask", hint=_MASKS)
    if (kind == MaskKind.PARTIAL) != bool(dots) or (dots and not (_count(head) and _count(tail))):
        raise InvalidInput(f"'{text}' does not say what a partial mask shows", hint=_MASKS)
    return Mask(
        column=column.strip(), kind=MaskKind(kind), head=int(head or 0), tail=int(tail or 0)
    )


def _count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 3  # noqa: PLR2004 (two digits)


def _secrecy(text: str) -> Secrecy:
    flag, _, columns = text.partition("=")
    if not flag.strip() or not names(columns):
        raise InvalidInput(f"'{text}' names no flag with columns", hint=_SECRECY)
    return Secrecy(flag=flag.strip(), columns=names(columns))
