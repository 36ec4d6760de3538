"""What one ledger entry says, and the only bytes that say it.

A body is canonical JSON: integers and text, never a float; text in NFC; times in microseconds
since 1970 UTC. It holds its own index, so an entry put in another's place contradicts itself. It
holds no personal data: who acted is a salted commitment, and erasing the salt erases the link.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.canonical import Json, canonical_bytes
from core.clock import from_micros, to_micros
from core.errors import InvalidInput

MAX_BODY_BYTES = 64 * 1024  # tlog-tiles entry bundles count an entry's bytes in 16 bits
MAX_KIND, MAX_SUBJECT = 64, 200
MIN_SALT_BYTES = 16
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*:.+")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(rf"databureau/({_KIND.pattern})/v1")
_MEMBERS = {"actor", "at", "department", "facts", "index", "subject", "t"}


@dataclass(frozen=True, slots=True)
class Event:
    """What an act says of itself: `grant.issued` about `grant:GRT-0001`, and the facts of it."""

    kind: str
    subject: str
    facts: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One numbered entry. `kind`, `subject` and `recorded_at` repeat the body for searching."""

    index: int
    recorded_at: datetime
    kind: str
    subject: str
    body: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBody:
    """A body read back. `actor` is the commitment to the person who acted, for `department`."""

    index: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    department: str
    facts: Mapping[str, Json]


def encode(
    event: Event, *, index: int, recorded_at: datetime, actor: str, department: str
) -> bytes:
    """Write the body of entry `index`. Text in the facts is brought to NFC.

    Raises InvalidInput for a kind or subject out of form, an actor that is not a commitment, a
    float, an integer beyond 2**53 - 1, or a body above 64 KiB.
    """
    _check_names(event.kind, event.subject)
    if not _COMMITMENT.fullmatch(actor):
        raise InvalidInput(
            "an entry names its actor by a commitment of 64 hex digits, never openly"
        )
    body = canonical_bytes(
        {
            "actor": actor,
            "at": to_micros(recorded_at),
            "department": _nfc(department),
            "facts": _nfc(event.facts),
            "index": index,
            "subject": event.subject,
            "t": f"databureau/{event.kind}/v1",
        }
    )
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(
            f"the entry {event.kind} about {event.subject} takes {len(body)} bytes, "
            f"more than the {MAX_BODY_BYTES} that a ledger entry may",
            hint="keep the large part elsewhere and put its SHA-256 into the entry",
        )
    return body


def decode(body: bytes) -> EntryBody:
    """Read a body back. Raises InvalidInput unless it is canonical and has just these members."""
    document = _canonical_document(body)
    if set(document) != _MEMBERS:
        raise InvalidInput(f"its members are {', '.join(sorted(document)) or 'none'}")
    index, micros, facts = document["index"], document["at"], document["facts"]
    # bool is an int to Python, and not to JSON.
    if type(index) is not int or type(micros) is not int or not isinstance(facts, dict):
        raise InvalidInput("its index, time or facts have the wrong type")
    actor, department, subject, stated_type = (
        document[name] for name in ("actor", "department", "subject", "t")
    )
    if not (
        isinstance(actor, str)
        and isinstance(department, str)
        and isinstance(subject, str)
        and isinstance(stated_type, str)
    ):
        raise InvalidInput("its actor, department, subject or type is not text")
    known = _TYPE.fullmatch(stated_type)
    if known is None:
        raise InvalidInput(f"its type {stated_type!r} is unknown")
    return EntryBody(
        index=index,
        recorded_at=from_micros(micros),
        kind=known[1],
        subject=subject,
        actor=actor,
        department=department,
        facts=facts,
    )


def commitment(salt: bytes, person: str) -> str:
    """Stand for a person without naming them: SHA-256 over salt and person, lengths before each.

    Raises InvalidInput for a salt under 16 bytes: names are few, so a short salt can be guessed.
    """
    if len(salt) < MIN_SALT_BYTES:
        raise InvalidInput(f"a salt of {len(salt)} bytes is too short; {MIN_SALT_BYTES} at least")
    digest = hashlib.sha256()
    for part in (salt, unicodedata.normalize("NFC", person).encode()):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _check_names(kind: str, subject: str) -> None:
    if len(kind) > MAX_KIND or not _KIND.fullmatch(kind):
        raise InvalidInput(f"{kind!r} is not a kind of entry", hint="write it as grant.issued")
    if (
        len(subject) > MAX_SUBJECT
        or not _SUBJECT.fullmatch(subject)
        or not subject.isprintable()
        or not unicodedata.is_normalized("NFC", subject)
    ):
        raise InvalidInput(
            f"{subject!r} is not the subject of an entry", hint="write it as dataset:air-quality"
        )


def _nfc(value: Json) -> Json:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        composed = {unicodedata.normalize("NFC", key): _nfc(item) for key, item in value.items()}
        if len(composed) != len(value):
            raise InvalidInput("two names of facts are the same text in NFC")
        return composed
    if isinstance(value, list | tuple):
        return [_nfc(item) for item in value]
    return value


def _canonical_document(body: bytes) -> dict[str, Json]:
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(f"it takes {len(body)} bytes")
    try:
        text = body.decode()
        document = _plainly_canonical(text)
        canonical = document is not None
        if not canonical:
            document = json.loads(text)
            canonical = canonical_bytes(document) == body
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidInput("it is not JSON") from error
    if not canonical or not unicodedata.is_normalized("NFC", text):
        raise InvalidInput("it is not in canonical form")
    if not isinstance(document, dict):
        raise InvalidInput("it is not an object")
    return document


def _plainly_canonical(text: str) -> Json:
    """The value of a text that the standard library would write so too; None for any other.

    Such a text is canonical where it has no float, no long integer, and no character beyond the
    16 bits up to which code points sort as UTF-16 does. It is read many times faster.
    """
    value: Json = json.loads(text, parse_float=str, parse_constant=str, parse_int=_short)
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return value if again == text and max(text) < "\U00010000" else None


def _short(digits: str) -> int | str:
    """An integer that JSON may have; what stays text is not written back as it was."""
    number = int(digits)
    return number if abs(number) < 2**53 else digits
