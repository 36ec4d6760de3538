"""Whether a regular expression means the same to every engine that may have to apply it.

The common ground is ECMAScript 5.1, which ODCS names, without what RE2 (DuckDB) cannot do. A
pattern is searched for anywhere in the text, as in ECMAScript.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

MAX_LENGTH = 2000
MAX_REPEAT = 1000

_ITEM = re.compile(
    r"(?P<escape>\\(?:[0-9]+|k<?|[pP]|u\{|.))"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<group>\(\?(?:<?[=!]|>|P|#|<|:|.))"
    r"|(?P<possessive>(?:[*+?]|\{[0-9,]+\})\+)"
    r"|(?P<repeat>\{[0-9]+(?:,[0-9]*)?\})"
    r"|.",
    re.DOTALL,
)


def portability_faults(pattern: str) -> list[str]:
    """What in `pattern` some engine cannot do; empty for a portable pattern."""
    if len(pattern) > MAX_LENGTH:
        return [f"it has more than {MAX_LENGTH} characters"]
    faults = list(dict.fromkeys(_item_faults(pattern)))
    return faults or _syntax_faults(pattern)


def _item_faults(pattern: str) -> Iterator[str]:
    for item in _ITEM.finditer(pattern):
        text = item[0]
        match item.lastgroup:
            case "escape":
                yield from _escape_faults(text)
            case "set" if re.search(r"\\[pP]|\[:", text):
                yield f"the character class {text} uses named classes"
            case "set" if text in ("[]", "[^]"):
                yield f"the character class {text} is empty"
            case "group" if text != "(?:":
                yield _GROUPS.get(text, f"the group {text} is not ECMAScript")
            case "possessive":
                yield f"the repeat {text} is not ECMAScript"
            case "repeat" if any(int(n) > MAX_REPEAT for n in re.findall("[0-9]+", text)):
                yield f"the repeat {text} exceeds {MAX_REPEAT}"


_LOOK_AROUND = "look-around is not possible in every engine"
_GROUPS = dict.fromkeys(("(?=", "(?!", "(?<=", "(?<!"), _LOOK_AROUND)


def _escape_faults(text: str) -> Iterator[str]:
    if text.startswith("\\k") or (text[1:].isdigit() and text != "\\0"):
        yield "back-references are not possible in every engine"
    elif text in ("\\p", "\\P", "\\u{"):
        yield f"{text} is not ECMAScript 5.1"
    elif text in ("\\A", "\\z", "\\Z", "\\h", "\\R", "\\Q", "\\E", "\\G"):
        yield f"{text} is not ECMAScript"


def _syntax_faults(pattern: str) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return [f"it is not a regular expression: {error}"]
    return []
