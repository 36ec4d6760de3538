"""The one pass over a text file: hash, encoding, and what no text table may hold."""

from __future__ import annotations

import codecs
import hashlib
import os
from pathlib import Path

from catalog.source.encoding import CHUNK, canonical_name, decode_strictly, guess, undecodable
from core.errors import InvalidInput

MAX_LINE = 16 << 20
"""Longest record of a table in bytes: a longer one is a damaged file, not data."""

_BOMS = {codecs.BOM_UTF8: "utf_8_sig", codecs.BOM_UTF16_LE: "utf_16", codecs.BOM_UTF16_BE: "utf_16"}
_UTF8 = ("utf_8", "utf_8_sig")


def read_text(
    path: Path, head: bytes, encoding: str | None, target: Path | None, *, has_lines: bool
) -> tuple[str, str, Path | None]:
    """The SHA-256, the encoding, and where the UTF-8 form is.

    A file that is not UTF-8 is written to `target`, if given. With `has_lines`, a line longer than
    MAX_LINE is refused: DuckDB can lose such a line without a word.
    """
    bom = next((name for mark, name in _BOMS.items() if head.startswith(mark)), "")
    named = canonical_name(encoding) if encoding else bom or "utf_8"
    if named == "utf_8" and bom == "utf_8_sig":
        named = bom
    longest = MAX_LINE if has_lines else None
    if named in _UTF8:
        sha256, bad = _scan_utf8(path, longest)
        if bad is None:
            return sha256, named, path
        if encoding or bom:
            raise undecodable(path, bad, "utf-8")
        return sha256, *_transcode_legacy(path, bad, target, longest)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return sha256, *_transcode(path, named, target, longest)


class _LineWatch:
    """Notices a line without an end, piece by piece; precise to the size of a piece."""

    def __init__(self, longest: int | None) -> None:
        self._longest = longest
        self._open = 0

    def is_endless(self, piece: bytes) -> bool:
        """Whether the line that is open at the end of `piece` is too long by now."""
        if self._longest is None:
            return False
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._open = self._open + len(piece) if end < 0 else len(piece) - end - 1
        return self._open > self._longest


def _scan_utf8(path: Path, longest: int | None) -> tuple[str, int | None]:
    """Hash the file and find the offset of its first byte that is not UTF-8."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    watch = _LineWatch(longest)
    done, bad = 0, None
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            digest.update(chunk)
            if watch.is_endless(chunk):
                raise _endless(path, _line_at(path, done))
            if b"\0" in chunk:
                raise _nul(path, _line_at(path, done + chunk.index(b"\0")))
            if bad is None:
                pending = len(decoder.getstate()[0])
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    bad = done - pending + error.start
            if not chunk:
                return digest.hexdigest(), bad
            done += len(chunk)


def _transcode_legacy(
    path: Path, bad: int, target: Path | None, longest: int | None
) -> tuple[str, Path | None]:
    """Try the plausible encodings in turn; a strict decoding of the whole file must succeed."""
    candidates = guess(path)
    for position, name in enumerate(candidates, start=1):
        try:
            return _transcode(path, name, target, longest)
        except InvalidInput:
            if position == len(candidates):
                raise
    raise InvalidInput(
        f"{path.name}: the encoding cannot be told; it is not UTF-8 from the byte at offset {bad}",
        hint="name it with --encoding (gb18030, big5, shift_jis, cp949, windows-1252 ...)",
    )


def _transcode(
    path: Path, encoding: str, target: Path | None, longest: int | None
) -> tuple[str, Path | None]:
    line = 1
    watch = _LineWatch(longest)
    with (target or Path(os.devnull)).open("wb") as file:
        for text in decode_strictly(path, encoding):
            if "\0" in text:
                raise _nul(path, line + text[: text.index("\0")].count("\n"))
            piece = text.encode()
            if watch.is_endless(piece):
                raise _endless(path, line)
            line += text.count("\n")
            file.write(piece)
    return encoding, target


def _line_at(path: Path, offset: int) -> int:
    line = 1
    with path.open("rb") as file:
        while offset > 0 and (chunk := file.read(min(CHUNK, offset))):
            line += chunk.count(b"\n")
            offset -= len(chunk)
    return line


def _endless(path: Path, line: int) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, line {line}: the record is longer than {MAX_LINE >> 20} MB",
        hint="check the line ends of the file, and quotes that are never closed",
    )


def _nul(path: Path, line: int) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, line {line}: there is a NUL byte, so this is not a text file",
        hint="export it again as CSV in UTF-8; for UTF-16 say --encoding utf-16-le",
    )
