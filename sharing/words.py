"""What people write down in the procedure: reasons, answers, reports. Blank is blank to the eye."""

from __future__ import annotations

import unicodedata

from catalog.citation import is_blank
from catalog.naming import refuse_hidden, visible
from core.canonical import sha256_hex
from core.errors import InvalidInput

MAX_WORDS = 2_000
"""Characters of one text."""
_SHOWN = 20
"""Characters of a text that are enough to find it again."""

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""General categories of characters that show nothing by themselves."""


def words(text: str) -> str:
    """The text without blank ends; nothing where all of it is invisible.

    Raises InvalidInput for a character that hides or reorders the rest, as the catalogue does:
    what is read before a decision is what was written.
    """
    if all(unicodedata.category(character) in _UNSEEN for character in text):
        return ""
    said = text.strip()
    refuse_hidden(said, f"text '{visible(said, _SHOWN)}'")
    return said


def require_words(text: str, what: str, hint: str) -> str:
    """The text; raises InvalidInput with `what` is wrong where it says nothing, or too much."""
    said = words(text)
    if is_blank(said):
        named = f"{what}: '{visible(said, _SHOWN)}' says nothing" if said else what
        raise InvalidInput(named, hint=hint)
    if len(said) > MAX_WORDS:
        raise InvalidInput(
            f"a text of {len(said)} characters is too long: {visible(said, _SHOWN)}",
            hint=f"{MAX_WORDS} are enough: shorten it, and name the paper that has the rest",
        )
    return said


def words_hash(text: str) -> str:
    """How the ledger names what somebody wrote: the SHA-256 of it."""
    return sha256_hex(text.encode())
