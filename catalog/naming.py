"""Codes and titles: what may name a thing, and how a bad name is refused.

A code is part of paths, URLs and ledger entries, so it is plain ASCII in one case. A title is
for people, so it may hold any script, but nothing that hides or reorders what is read.
"""

from __future__ import annotations

import re
import unicodedata

from core.errors import InvalidInput

MAX_CODE = 100
MAX_TITLE = 200
MAX_TEXT = 10_000
MAX_ADDRESS = 2_000
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
"""What a cell begins with that a spreadsheet runs as a formula."""

_CODE = re.compile(r"[a-z0-9][a-z0-9._-]*")
_CODE_CHARACTER = re.compile(r"[a-z0-9._-]")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_HIDING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that cannot be seen or change how others are shown."""
_LINES = str.maketrans("\n\t", "  ")
_CODE_RULE = (
    f"use 1 to {MAX_CODE} of a-z, 0-9, '.', '-' and '_', beginning with a letter or a digit"
)


def check_code(text: str, kind: str) -> str:
    """Return `text` if it can be the code of a `kind` (dataset, department, division ...).

    A division code made only of digits has 2 to 12 of them, as in GB/T 2260.
    Raises InvalidInput that names the first character at fault and its position from 1.
    """
    if _CODE.fullmatch(text) and _is_plain(text, kind):
        return text
    fault = _code_fault(text, kind)
    suggestion = collision_key(text)
    if _CODE.fullmatch(suggestion) and _is_plain(suggestion, kind):
        raise InvalidInput(fault, hint=f"write '{suggestion}'")
    raise InvalidInput(fault, hint=_CODE_RULE)


def check_title(text: str, what: str = "title", limit: int = MAX_TITLE) -> str:
    """Return `text` in Unicode form NFC, without blanks at its ends, if it is a one-line title.

    Raises InvalidInput for nothing, more than `limit` characters, line breaks, and characters that
    are invisible or change the direction of writing.
    """
    title = _check_length(text, what, limit)
    if not title:
        raise InvalidInput(f"the {what} is empty")
    _refuse_hiding(title, title, what, "write one line of visible characters")
    return title


def check_text(text: str, what: str) -> str:
    """Return running text in form NFC; like a title, but it may be empty and have many lines."""
    body = _check_length(text, what, MAX_TEXT)
    refuse_hidden(body, what)
    return body


def refuse_hidden(text: str, what: str) -> None:
    """Raise InvalidInput for what hides or reorders running text; it may have lines and tabs."""
    _refuse_hiding(text.translate(_LINES), text, what, "take the invisible character out")


def collision_key(code: str) -> str:
    """What two names have in common that people or file systems may take for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).casefold())


def fold(text: str) -> str:
    """What is left of words when width, case and blanks do not count: 联系 电话 is 联系电话."""
    return "".join(collision_key(text).split())


def without_hidden(text: str) -> str:
    """Leave out of one line what `check_title` would refuse in it."""
    if text.isprintable():
        return text
    return "".join(one for one in text if unicodedata.category(one) not in _HIDING)


def describe(character: str) -> str:
    """Name one character; one that cannot be seen is never echoed."""
    name = unicodedata.name(character, "")
    number = f"U+{ord(character):04X}"
    category = unicodedata.category(character)
    if category == "Cc":
        return f"the control character {number}"
    if category[0] in "CZM":
        return f"{number} {name}".rstrip()
    return f"'{character}' ({name or number})"


def visible(text: str, limit: int = 60) -> str:
    """Show untrusted text inside a message: hiding characters escaped, long text cut."""
    shown = "".join(
        f"\\u{{{ord(character):x}}}" if unicodedata.category(character) in _HIDING else character
        for character in text[:limit]
    )
    return shown + "…" if len(text) > limit else shown


def _is_plain(code: str, kind: str) -> bool:
    if len(code) > MAX_CODE or code.endswith(".") or _DEVICES.fullmatch(code):
        return False
    return kind != "division" or not code.isdigit() or 2 <= len(code) <= 12  # noqa: PLR2004


def _code_fault(text: str, kind: str) -> str:
    if not text:
        return f"the {kind} code is empty"
    if len(text) > MAX_CODE:
        return f"the {kind} code has {len(text)} characters and may have {MAX_CODE}"
    for position, character in enumerate(text, 1):
        if not _CODE_CHARACTER.fullmatch(character):
            return f"the {kind} code has {describe(character)} at position {position}"
    return _shape_fault(text, kind)


def _shape_fault(text: str, kind: str) -> str:
    if not _CODE.match(text):
        return f"the {kind} code begins with {describe(text[0])}"
    if text.endswith("."):
        return f"the {kind} code '{text}' ends with '.', which Windows drops"
    if text.isdigit():
        return f"the division code '{text}' has {len(text)} digits; GB/T 2260 codes have 2 to 12"
    return f"the {kind} code '{text}' is the name of a device on Windows"


def _refuse_hiding(looked_at: str, text: str, what: str, hint: str) -> None:
    if looked_at.isprintable():  # true for nearly all text, and much faster than looking closely
        return
    for position, (character, shown) in enumerate(zip(looked_at, text, strict=True), 1):
        if unicodedata.category(character) in _HIDING:
            raise InvalidInput(
                f"the {what} has {describe(shown)} at position {position}", hint=hint
            )


def _check_length(text: str, what: str, limit: int) -> str:
    stripped = unicodedata.normalize("NFC", text.strip())
    if len(stripped) > limit:
        raise InvalidInput(
            f"the {what} has {len(stripped)} characters and may have {limit}",
            hint="make it shorter",
        )
    return stripped
