"""From the records of any listing to drafts with codes that stay the same at every import."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.importers.records import (
    ImportDefaults,
    ImportResult,
    Note,
    RecordReport,
    RecordStatus,
)
from catalog.model import Dataset, DatasetStatus
from catalog.naming import (
    MAX_CODE,
    MAX_TEXT,
    MAX_TITLE,
    check_code,
    collision_key,
    visible,
    without_hidden,
)
from catalog.secrecy import OUT_OF_SCOPE, secret_fields
from core.canonical import sha256_hex
from core.errors import InvalidInput

MAX_PREFIX = 40
_HASH_DIGITS = 8


@dataclass(slots=True)
class Record:
    """One record being read; what cannot be taken is noted while its fields are cleaned."""

    position: int
    notes: list[Note] = field(default_factory=list)

    def note(self, name: str, reason: str) -> None:
        self.notes.append(Note(visible(name), reason))

    def line(self, name: str, value: object, limit: int = MAX_TITLE) -> str:
        """`value` as one line of at most `limit` visible characters; runs of blanks become one."""
        return self._fit(name, " ".join(self._text_of(name, value).split()), limit)

    def text(self, name: str, value: object) -> str:
        """`value` as running text with its line breaks."""
        lines = self._text_of(name, value).replace("\r\n", "\n").replace("\t", " ").splitlines()
        shown = [self._fit(name, one, MAX_TEXT) for one in lines]
        return self._cut(name, "\n".join(shown).strip(), MAX_TEXT)

    def _text_of(self, name: str, value: object) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.note(name, "is not text")
        return ""

    def _fit(self, name: str, text: str, limit: int) -> str:
        shown = without_hidden(unicodedata.normalize("NFC", text))
        if len(shown) < len(unicodedata.normalize("NFC", text)):
            self.note(name, "characters that cannot be seen were left out")
        return self._cut(name, shown, limit)

    def _cut(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            self.note(name, f"cut from {len(text)} to {limit} characters")
        return text[:limit].strip()


class Assembler:
    """Gives each record its code and its status; the first of two that meet keeps its place."""

    def __init__(self, defaults: ImportDefaults) -> None:
        check_code(defaults.provider, "department")
        if len(defaults.prefix) > MAX_PREFIX:
            raise InvalidInput(f"the prefix of the codes is longer than {MAX_PREFIX} characters")
        check_code(f"{defaults.prefix}x", "dataset")
        self._defaults = defaults
        self._datasets: list[Dataset] = []
        self._report: list[RecordReport] = []
        self._titles: dict[str, tuple[int, str]] = {}
        self._codes: dict[str, int] = {}

    def take(self, record: Record, identifier: str, title: object, fields: dict[str, Any]) -> None:
        """Add one record; `fields` are those of the Dataset that the listing could say.

        `identifier` comes cleaned and on one line, `title` as it stands in the record.
        """
        shown = record.line("title", title)
        if not shown:
            self.refuse(record, identifier, "a catalogue entry needs a title")
            return
        code = code_for(identifier, shown, self._defaults.prefix)
        first = self._codes.setdefault(code, record.position)
        if first != record.position:
            what = "identifier" if identifier else "title"
            record.note(what, f"stands in record {first} already; this record was left out")
            self._tell(record, identifier, shown, RecordStatus.REPEATED, "")
            return
        repeated = self._note_same_title(record, shown, str(title).strip())
        status = RecordStatus.TAKEN_WITH_LOSS if record.notes else RecordStatus.TAKEN
        self._datasets.append(self._draft(code, shown, fields))
        self._tell(record, identifier, shown, RecordStatus.REPEATED if repeated else status, code)

    def refuse_secret(self, record: Record, written: Mapping[str, object]) -> bool:
        """Whether a record is marked as a secret: then nothing of it is taken, nor told."""
        marked = [visible(name) or "the name of a field" for name in secret_fields(written)]
        if marked:
            self.refuse(record, "", f"marks a secret in {', '.join(marked)}; {OUT_OF_SCOPE}")
        return bool(marked)

    def refuse(self, record: Record, identifier: str, reason: str) -> None:
        record.note("record", reason)
        self._tell(record, identifier, "", RecordStatus.REFUSED, "")

    def result(self) -> ImportResult:
        return ImportResult(datasets=tuple(self._datasets), report=tuple(self._report))

    def _note_same_title(self, record: Record, shown: str, written: str) -> bool:
        """Note an earlier record with this title; true if it is the same character by character."""
        first, as_written = self._titles.setdefault(
            collision_key(shown), (record.position, written)
        )
        if first == record.position:
            return False
        if as_written == written:
            reason = f"stands in record {first} already, with another identifier; both kept"
        else:
            reason = f"looks like that of record {first}, in other characters; both kept"
        record.note("title", reason)
        return as_written == written

    def _draft(self, code: str, title: str, fields: dict[str, Any]) -> Dataset:
        defaults = self._defaults
        known = {
            "title_en": title if title.isascii() else "",
            "share_type": defaults.share_type,
            "theme": defaults.theme,
        } | fields
        return Dataset(
            code=code,
            title_zh=title,
            provider=defaults.provider,
            share_mode=defaults.share_mode,
            resource_class=defaults.resource_class,
            grade=defaults.grade,
            responsibility=defaults.responsibility,
            status=DatasetStatus.DRAFT,
            **known,
        )

    def _tell(
        self, record: Record, identifier: str, title: str, status: RecordStatus, code: str
    ) -> None:
        self._report.append(
            RecordReport(
                position=record.position,
                identifier=identifier,
                title=title,
                status=status,
                code=code,
                notes=tuple(record.notes),
            )
        )


def code_for(identifier: str, title: str, prefix: str) -> str:
    """The code of a record: the same for the same record in any edition of the listing.

    An identifier that can be a code is the code; of another, a readable part and eight digits of
    its SHA-256; without an identifier, `x-` and eight digits of the SHA-256 of the title.
    """
    if not identifier:
        return f"{prefix}x-{_digits(title)}"
    plain = collision_key(identifier)
    try:
        return check_code(f"{prefix}{plain}", "dataset")
    except InvalidInput:
        room = MAX_CODE - len(prefix) - _HASH_DIGITS - 1
        readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:room]
        return f"{prefix}{readable or 'x'}-{_digits(plain)}"


def _digits(text: str) -> str:
    return sha256_hex(text.encode())[:_HASH_DIGITS]
