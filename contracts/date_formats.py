"""Date patterns: ODCS writes those of Java's DateTimeFormatter, readers take those of strptime."""

from __future__ import annotations

import re

from core.errors import InvalidInput

_TO_STRPTIME = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "uu": "%y",
    "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "LL": "%m", "L": "%m",
    "dd": "%d", "d": "%d", "DDD": "%j",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "a": "%p",
    "mm": "%M", "m": "%M", "ss": "%S", "s": "%S",
    "S": "%f", "SSS": "%f", "SSSSSS": "%f",
    "EEEE": "%A", "EEE": "%a", "EE": "%a", "E": "%a",
    "Z": "%z", "X": "%z", "XX": "%z", "XXX": "%z", "x": "%z", "xx": "%z", "xxx": "%z",
}  # fmt: skip
_TO_JDK = {
    "%Y": "yyyy", "%y": "yy", "%B": "MMMM", "%b": "MMM", "%m": "MM", "%-m": "M",
    "%d": "dd", "%-d": "d", "%j": "DDD", "%H": "HH", "%-H": "H", "%I": "hh", "%-I": "h",
    "%p": "a", "%M": "mm", "%-M": "m", "%S": "ss", "%-S": "s", "%f": "SSSSSS",
    "%A": "EEEE", "%a": "EEE", "%z": "XXX",
    "%F": "yyyy-MM-dd", "%T": "HH:mm:ss",
}  # fmt: skip
_JDK_TOKEN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)
_STRPTIME_TOKEN = re.compile(r"%-?[A-Za-z%]|[^%]+|%")


def to_strptime(pattern: str) -> str:
    """Turn yyyy年M月d日 into %Y年%m月%d日; raises InvalidInput for a letter without a counterpart."""
    return "".join(_strptime_token(token[0], pattern) for token in _JDK_TOKEN.finditer(pattern))


def to_jdk(pattern: str) -> str:
    """Turn %Y-%m-%dT%H:%M into yyyy-MM-dd'T'HH:mm; raises InvalidInput as `to_strptime` does."""
    return "".join(_jdk_token(token, pattern) for token in _STRPTIME_TOKEN.findall(pattern))


def _strptime_token(token: str, pattern: str) -> str:
    if token == "'":  # noqa: S105  # a quotation mark, not a password
        raise InvalidInput(f"a quote is not closed in the date pattern '{pattern}'")
    if token.startswith("'"):
        literal = token[1:-1].replace("''", "'") or "'"
        return literal.replace("%", "%%")
    if token[0].isascii() and token[0].isalpha():
        if token not in _TO_STRPTIME:
            raise InvalidInput(
                f"'{token}' in the date pattern '{pattern}' cannot be read",
                hint="use yyyy MM dd HH mm ss, as in yyyy-MM-dd HH:mm:ss",
            )
        return _TO_STRPTIME[token]
    return token.replace("%", "%%")


def _jdk_token(token: str, pattern: str) -> str:
    if token == "%%":  # noqa: S105  # a per cent sign, not a password
        return "%"
    if token.startswith("%"):
        if token not in _TO_JDK:
            raise InvalidInput(f"'{token}' in the date pattern '{pattern}' has no ODCS counterpart")
        return _TO_JDK[token]
    if re.search("[A-Za-z]", token):
        return "'" + token.replace("'", "''") + "'"
    return token.replace("'", "''")
