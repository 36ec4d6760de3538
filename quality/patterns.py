r"""Regular expressions of contracts (ECMA-262) rewritten so that every engine reads them alike.

ODCS patterns are ECMA-262. Engines differ in what `\d`, `\w`, `\s`, `.` and `$` mean, so each
is written out as the characters that ECMA-262 means. Text is a sequence of code points, as under
the `u` flag, and nothing is anchored unless the pattern anchors it.

The result is RE2 syntax. Look-around and back-references do not exist there, and cannot be matched
in linear time: they are refused in one sentence, never approximated.
"""

from __future__ import annotations

import re

from core.errors import InvalidInput
from quality.characters import (
    CLASS_ESCAPES,
    LAST,
    LINE_END,
    Ranges,
    as_character,
    as_set,
    complement,
)

_LEAD: tuple[int, int] = (0xD800, 0xDBFF)
_TRAIL: tuple[int, int] = (0xDC00, 0xDFFF)
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_MAX_REPEAT = 1000
"""RE2's own limit for one counted repetition."""
_MAX_COUNT_DIGITS = 20
_MAX_DEPTH = 100


def to_re2(pattern: str) -> str:
    """Translate `pattern`; `pattern` found anywhere in a text is a match of the result in it.

    Raises InvalidInput, with one sentence, for what is malformed and for what cannot be matched
    alike everywhere: look-around, back-references, property escapes, inline flags, places that are
    no word boundary.
    """
    reader = _Reader(pattern)
    translated = reader.alternatives(depth=0)
    if not reader.at_end():
        raise reader.refusal("a ')' without its '('")
    return translated


def to_python(pattern: str) -> str:
    """Translate `pattern` for Python's `re.search`; raises InvalidInput as `to_re2` does."""
    return _RE2_ONLY.sub(_in_python, to_re2(pattern))


_RE2_ONLY = re.compile(r"\\x\{([0-9A-F]+)\}|\\z|\\b")


def _in_python(found: re.Match[str]) -> str:
    if found[1]:
        return f"\\U{int(found[1], 16):08x}"
    return r"\Z" if found[0] == r"\z" else r"(?a:\b)"


class _Reader:
    """A recursive-descent reader over one pattern; each method returns RE2 text."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def refusal(self, what: str, hint: str | None = None) -> InvalidInput:
        return InvalidInput(
            f"the pattern {self._text!r} has {what} at character {self._at + 1}", hint=hint
        )

    def alternatives(self, depth: int) -> str:
        if depth > _MAX_DEPTH:
            raise self.refusal(f"groups nested deeper than {_MAX_DEPTH}")
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        return "|".join(branches)

    def _peek(self, width: int = 1) -> str:
        return self._text[self._at : self._at + width]

    def _take(self, literal: str) -> bool:
        if self._peek(len(literal)) == literal:
            self._at += len(literal)
            return True
        return False

    def _next(self) -> str:
        if self.at_end():
            raise self.refusal("an unfinished escape or class")
        self._at += 1
        return self._text[self._at - 1]

    def _sequence(self, depth: int) -> str:
        parts: list[str] = []
        while not self.at_end() and self._peek() not in ("|", ")"):
            assertion = self._assertion()
            if assertion:
                if self._quantifier():
                    raise self.refusal("a repeated '^', '$' or word boundary")
                parts.append(assertion)
            else:
                parts.append(self._atom(depth) + self._quantifier())
        return "".join(parts)

    def _assertion(self) -> str:
        if self._peek(2) == r"\B":
            # RE2 finds it inside characters of several bytes, where ECMA-262 knows no place.
            raise self.refusal(r"a '\B'", "state what may stand there in one pattern")
        for written, meant in (("^", r"\A"), ("$", r"\z"), (r"\b", r"\b")):
            if self._take(written):
                return meant
        return ""

    def _atom(self, depth: int) -> str:
        if self._take("("):
            return self._group(depth)
        if self._take("["):
            return self._bracket()
        if self._take("."):
            return as_set(complement(LINE_END))
        if self._peek() in ("*", "+", "?"):
            raise self.refusal("nothing to repeat")
        if self._take("\\"):
            escaped = self._escape()
            return as_character(escaped) if isinstance(escaped, int) else as_set(escaped)
        if self._counted():
            raise self.refusal("nothing to repeat")
        return as_character(self._scalar(ord(self._next())))

    def _group(self, depth: int) -> str:
        if self._take("?"):
            if self._peek() in ("=", "!") or self._peek(2) in ("<=", "<!"):
                raise self.refusal("a look-around", "state what may stand there in one pattern")
            if self._take("<"):
                name, _, _ = self._text[self._at :].partition(">")
                if not name.isidentifier() or not self._text.startswith(name + ">", self._at):
                    raise self.refusal("a group whose name is not closed or not a name")
                self._at += len(name) + 1
            elif not self._take(":"):
                raise self.refusal("an inline flag or unknown group")
        inner = self.alternatives(depth + 1)
        if not self._take(")"):
            raise self.refusal("a '(' that is never closed")
        return f"(?:{inner})"

    def _counted(self) -> tuple[str, str, str] | None:
        """Read `{n}`, `{n,}` or `{n,m}`; any other `{` is a character like another."""
        if self._peek() != "{":
            return None
        inside, closed, _ = self._text[self._at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not _is_count(low) or not (high == "" or _is_count(high)):
            return None
        if len(inside) > _MAX_COUNT_DIGITS:
            raise self.refusal(f"a repetition of more than {_MAX_REPEAT}")
        self._at += len(inside) + 2
        return low, comma, high

    def _quantifier(self) -> str:
        written = ""
        if self._peek() in ("*", "+", "?"):
            written = self._next()
        elif count := self._counted():
            low, comma, high = count
            if high and int(high) < int(low):
                raise self.refusal("a repetition whose numbers are out of order")
            if max(int(low), int(high or 0)) > _MAX_REPEAT:
                raise self.refusal(
                    f"a repetition of more than {_MAX_REPEAT}", "use minLength and maxLength"
                )
            written = f"{{{low}{comma}{high}}}"
        if written and self._take("?"):
            written += "?"
        return written

    def _bracket(self) -> str:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            low = self._member()
            if self._peek() == "-" and self._peek(2) not in ("-]", "-"):
                self._at += 1
                high = self._member()
                ranges += self._span(low, high)
            else:
                ranges += [(low, low)] if isinstance(low, int) else low
        outside = complement(tuple(ranges))
        return as_set(outside if negated else complement(outside))

    def _span(self, low: int | Ranges, high: int | Ranges) -> list[tuple[int, int]]:
        if isinstance(low, int) and isinstance(high, int):
            if low > high:
                raise self.refusal("a range whose ends are out of order")
            return [(low, high)]
        hyphen = ((0x2D, 0x2D),)
        ends = (((end, end),) if isinstance(end, int) else end for end in (low, hyphen, high))
        return [pair for end in ends for pair in end]

    def _member(self) -> int | Ranges:
        character = self._next()
        if character != "\\":
            return self._scalar(ord(character))
        if self._take("b"):
            return 0x08
        if self._take("-"):
            return 0x2D
        return self._escape()

    def _escape(self) -> int | Ranges:
        """Read what follows a backslash: one code point, or the set that a class escape means."""
        letter = self._next()
        if letter in CLASS_ESCAPES:
            return CLASS_ESCAPES[letter]
        if letter.isascii() and letter.isalnum():
            return self._letter_escape(letter)
        return self._scalar(ord(letter))

    def _letter_escape(self, letter: str) -> int:
        match letter:
            case "0" if not self._peek().isdigit():
                return 0
            case "t" | "n" | "v" | "f" | "r":
                return _CONTROLS[letter]
            case "c" if self._peek().isascii() and self._peek().isalpha():
                return ord(self._next()) % 32
            case "x":
                return self._hex(2)
            case "u":
                return self._unicode()
            case "p" | "P":
                raise self.refusal("a property escape", r"name the characters: [\u4e00-\u9fff]")
            case _ if letter.isdigit() or letter == "k":
                raise self.refusal("a back-reference or octal escape")
        raise self.refusal(f"the unknown escape '\\{letter}'")

    def _unicode(self) -> int:
        if self._take("{"):
            digits, closed, _ = self._text[self._at :].partition("}")
            self._at += len(digits) + 1
            return self._scalar(self._number(digits if closed else ""))
        point = self._hex(4)
        if _LEAD[0] <= point <= _LEAD[1] and self._take("\\u"):
            trail = self._hex(4)
            if _TRAIL[0] <= trail <= _TRAIL[1]:
                return 0x10000 + ((point - _LEAD[0]) << 10) + (trail - _TRAIL[0])
        return self._scalar(point)

    def _hex(self, width: int) -> int:
        digits = self._peek(width)
        self._at += width
        return self._number(digits if len(digits) == width else "")

    def _number(self, digits: str) -> int:
        if not digits or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise self.refusal("an escape without its hexadecimal digits")
        return int(digits, 16)

    def _scalar(self, point: int) -> int:
        if point > LAST or _LEAD[0] <= point <= _TRAIL[1]:
            raise self.refusal("half of a surrogate pair or a number beyond Unicode")
        return point


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()
