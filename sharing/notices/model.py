"""What a notice is, the channels it may leave by, and when a failed sending is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

MAX_MAIL = 254
"""Characters of an address in a mail's envelope (RFC 5321)."""

_FIRST_DELAY, _MAX_DELAY = timedelta(seconds=30), timedelta(hours=6)
_STEPS = 6


class Channel(StrEnum):
    """Ways out of the house; a notice is in the house's own list whatever becomes of these."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That one person is told of one entry of the ledger, as a deputy on `behalf` of another."""

    person: str
    kind: str
    subject: str
    entry: int
    due_on: date | None
    behalf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How far a notice came on one channel. `last_error` never holds what a server said."""

    channel: Channel
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`id` is the same at every attempt, so that a receiver can tell a second copy from a second
    notice. Its words are looked up by `kind`. A deputy has it on `behalf` of whoever delegated.
    """

    ref: str
    id: str
    person: str
    kind: str
    subject: str
    entry: int
    due_on: date | None
    created_at: datetime
    read_at: datetime | None
    behalf: str = ""
    sendings: tuple[Sending, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A notice that one sender has claimed for one channel. `mail` is empty but for mail."""

    notice: Notice
    channel: Channel
    attempts: int
    """This one included."""
    until: datetime
    """Until then nobody else sends it."""
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What waits in the outbox of some channels: how much, and since when the oldest of it."""

    count: int
    since: datetime | None
    last_error: str


def next_try(attempts: int, now: datetime) -> datetime:
    """After 30 s, 2 min, 8 min, half an hour, two hours, and then every six hours, for ever."""
    steps = min(attempts - 1, _STEPS)
    return now + min(_FIRST_DELAY * (1 << 2 * steps), _MAX_DELAY)
