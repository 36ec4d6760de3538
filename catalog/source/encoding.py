"""Which encoding a text file has, when it is not UTF-8.

Every candidate is a real decoder; a strict decoding of the whole file must succeed before a name is
given. Between the candidates that decode a sample, the one wins under which the text is made of
characters in daily use: each of the East Asian sets orders its characters by how common they are,
so the wrong decoder shows as rare ones.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from core.errors import InvalidInput

CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252")
CHUNK = 1 << 20
"""Bytes read at a time."""

_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_SAMPLE_BYTES = 256 << 10
_SEARCH_BYTES = 64 << 20
_LINE_BYTES = 64 << 10
_PLAUSIBLE = 0.6
_CLOSE = 0.1
_ALL_HANGUL = 0.97
_SOME_KANA = 0.1
_ENOUGH = 8
"""Characters beyond ASCII from which a habit of the writing system can be read."""

_STRAY = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])"
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WESTERN_SIGNS = frozenset("€×÷–—‘’‚“”„†‡•…‰‹›™").union(map(chr, range(0xA0, 0xC0)))


def canonical_name(encoding: str) -> str:
    """The decoder's name for what a user calls an encoding; the widest set of a family."""
    try:
        name = codecs.lookup(encoding).name.replace("-", "_")
        "".encode(name)
    except LookupError as error:
        raise InvalidInput(
            f"there is no text encoding '{encoding}'",
            hint="for example: utf-8, gb18030, big5, shift_jis, cp949, windows-1252",
        ) from error
    return _SUPERSETS.get(name, name)


def guess(path: Path) -> list[str]:
    """Plausible encodings of a file that is not UTF-8, best first; empty when nothing fits."""
    sample = _sample(path)
    scores = sorted(
        ((score, name) for name in CANDIDATES if (score := _score(sample, name)) >= _PLAUSIBLE),
        reverse=True,
    )
    close = {name: score for score, name in scores if score >= scores[0][0] - _CLOSE}
    if len(close) > 1 and close.pop("cp949", 0.0) >= _ALL_HANGUL:
        # Hangul lie where the other sets have half of their common characters, and only there: a
        # text of many characters with hardly one in the other half is Korean.
        return ["cp949"] if len(_foreign(sample, "cp949")) >= _ENOUGH else []
    return list(close) if len(close) < 2 else _by_language(sample, list(close))  # noqa: PLR2004


def decode_strictly(path: Path, encoding: str) -> Iterator[str]:
    """The text of the file in pieces; raises InvalidInput naming the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise undecodable(path, done - pending + error.start, encoding) from error
            if not chunk:
                return
            done += len(chunk)
            yield text


def undecodable(path: Path, offset: int, encoding: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}: the byte at offset {offset} is not {encoding} text",
        hint="name the right one with --encoding, or save the file as UTF-8",
    )


def _by_language(sample: bytes, close: list[str]) -> list[str]:
    """Let the frequencies of a language decide between candidates that score alike."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=close).best()
    if best is None:
        return []
    winner = canonical_name(best.encoding)
    return [winner, *(name for name in close if name != winner)]


def _sample(path: Path) -> bytes:
    """Whole lines that hold bytes beyond ASCII, from the first part of the file."""
    found: list[bytes] = []
    size = read = 0
    with path.open("rb") as file:
        while size < _SAMPLE_BYTES and read < _SEARCH_BYTES:
            block = file.readline(_LINE_BYTES)
            if not block:
                break
            read += len(block)
            lines = block.split(b"\r")
            if len(block) == _LINE_BYTES and len(lines) > 1:
                lines.pop()  # it may end within a character
            for line in lines:
                if not line.isascii():
                    found.append(line)
                    size += len(line)
    return b"\n".join(found)


def _runs(text: str) -> list[str]:
    """The stretches beyond ASCII."""
    return _FOREIGN.findall(text)


def _foreign(sample: bytes, encoding: str) -> str:
    return "".join(_runs(sample.decode(encoding, errors="replace")))


def _score(sample: bytes, encoding: str) -> float:
    """How much of the text beyond ASCII is in daily use, 0 to 1; 0 when it cannot be decoded."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    total = sum(len(run) for run in _runs(text))
    if not total:
        return 0.0
    if encoding == "cp1252":
        return _western(text) / total
    commonness = _COMMONNESS[encoding]
    counts = Counter("".join(_runs(text)))
    if encoding == "euc_jp" and (total < _ENOUGH or _kana(counts) < _SOME_KANA * total):
        return 0.0  # without kana its bytes are Chinese or Korean just as well
    counts.subtract(_STRAY.findall(text))  # a single one inside a Latin word is no word of its own
    good: float = sum(commonness(sign.encode(encoding)) * count for sign, count in counts.items())
    if encoding == "big5hkscs" and total >= _ENOUGH and not _has_low_trail(counts):
        good /= 2  # two fifths of Big5's characters end in an ASCII byte
    return good / total


def _western(text: str) -> float:
    """Letters and signs in runs as short as accents make them, and spaces that do not break."""
    return sum(
        sign == "\u00a0"
        or (len(run) < 3 and (unicodedata.category(sign).startswith("L") or sign in _WESTERN_SIGNS))  # noqa: PLR2004
        for run in _runs(text)
        for sign in run
    )


def _kana(counts: Counter[str]) -> int:
    return sum(count for sign, count in counts.items() if "\u3041" <= sign <= "\u30fc")


def _has_low_trail(counts: Counter[str]) -> bool:
    return any(sign.encode("big5hkscs")[-1] < 0x80 for sign in counts)  # noqa: PLR2004


def _gb(code: bytes) -> float:
    if len(code) != 2 or code[1] < 0xA1:  # noqa: PLR2004
        return 0.2
    return _banded(code[0], symbols=(0xA1, 0xA3), common=(0xB0, 0xD7), rare=(0xD8, 0xF7))


def _big5(code: bytes) -> float:
    return _banded(code[0], symbols=(0xA1, 0xA3), common=(0xA4, 0xC6), rare=(0xC9, 0xF9))


def _japanese(code: bytes) -> float:
    if len(code) == 1:  # half-width katakana: what any other double-byte text looks like here
        return 0.1
    return _banded(code[0], symbols=(0x81, 0x83), common=(0x88, 0x97), rare=(0x98, 0xEA))


def _japanese_unix(code: bytes) -> float:
    if len(code) != 2:  # noqa: PLR2004
        return 0.1
    return _banded(code[0], symbols=(0xA1, 0xA5), common=(0xB0, 0xCF), rare=(0xD0, 0xF4))


def _korean(code: bytes) -> float:
    if code[-1] < 0xA1:  # noqa: PLR2004
        return 0.2
    return _banded(code[0], symbols=(0xA1, 0xA3), common=(0xB0, 0xC8), rare=(0xCA, 0xFD))


def _banded(
    lead: int, *, symbols: tuple[int, int], common: tuple[int, int], rare: tuple[int, int]
) -> float:
    """Weight of a character by the row of its set: the sets put common characters first."""
    if symbols[0] <= lead <= symbols[1] or common[0] <= lead <= common[1]:
        return 1.0
    return 0.4 if rare[0] <= lead <= rare[1] else 0.1


_COMMONNESS: dict[str, Callable[[bytes], float]] = {
    "gb18030": _gb,
    "big5hkscs": _big5,
    "cp932": _japanese,
    "euc_jp": _japanese_unix,
    "cp949": _korean,
}
