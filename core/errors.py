"""Every failure that a user can meet.

* BureauError
  - InvalidInput          a name, an option, a file or a document is wrong
    + DocumentInvalid     ... at known places: `.problems`
  - NotFound
  - Conflict              the thing exists, changed meanwhile, or is in another state
    + AlreadyDone         ... because this very call was made before, under the same key
  - Denied                the caller may not; `.reasons` say which rule decided
  - LedgerCorrupt         the ledger does not prove itself
  - EngineFailed          a library or a child process broke
    + MissingExtra        an optional part is not installed
  - StorageUnavailable    database or disk unreachable, full, or behind its migrations

A negative answer (a check that fails, a request that is refused) is a value and never an error.
Exit codes and HTTP status live in the interface tables, not here.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a document: where it is and what is wrong with it."""

    message: str
    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else self.path
        return f"{place}: {self.message}" if place else self.message


class BureauError(Exception):
    """What went wrong in one sentence without a trailing stop; `hint` says how to mend it."""

    code = "bureau"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InvalidInput(BureauError):
    code = "invalid-input"


class DocumentInvalid(InvalidInput):
    """A document or a folder of documents; every problem found, in reading order."""

    code = "document-invalid"

    def __init__(
        self, message: str, problems: Sequence[Problem], *, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class NotFound(BureauError):
    code = "not-found"

    def __init__(self, kind: str, ref: str, *, hint: str | None = None) -> None:
        super().__init__(f"there is no {kind} '{ref}'", hint=hint)
        self.kind = kind
        self.ref = ref


class Conflict(BureauError):
    code = "conflict"


_SHOWN = 20
"""So many subjects a message names at most."""


class AlreadyDone(Conflict):
    """The act was done before under the same key: on `subject`, as these ledger `entries`.

    `subjects` is all that the entries are about, such as each request of a dossier.
    """

    code = "already-done"

    def __init__(self, subject: str, entries: Sequence[int], subjects: Sequence[str]) -> None:
        others = [one for one in subjects if one != subject]
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        also = f" ({', '.join(others[:_SHOWN])}{more})" if others else ""
        super().__init__(f"this was done before, under the same key: {subject}{also}")
        self.subject = subject
        self.entries = tuple(entries)
        self.subjects = tuple(subjects)


class Denied(BureauError):
    """Access or an act refused; `reasons` name the rules that refused it.

    `hint` says who may instead, or what else is possible: nobody is left with a bare no.
    """

    code = "denied"

    def __init__(self, message: str, *, hint: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.reasons = tuple(reasons)


class LedgerCorrupt(BureauError):
    """The entry at `index` is wrong; None is the ledger as a whole."""

    code = "ledger-corrupt"

    def __init__(self, message: str, *, index: int | None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.index = index


class EngineFailed(BureauError):
    code = "engine-failed"


class MissingExtra(EngineFailed):
    code = "missing-extra"


class StorageUnavailable(BureauError):
    code = "storage-unavailable"


_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def unusable(place: object, error: OSError) -> StorageUnavailable:
    """What the system refused, said of the file or folder that it was asked to use."""
    if error.errno in _FULL:
        return StorageUnavailable(
            f"the disk of {place} is full", hint=f"make room on the disk of {place}, then try again"
        )
    if error.errno == errno.EROFS:
        return StorageUnavailable(
            f"the disk of {place} can only be read",
            hint="mount it for writing, or name a place on another disk",
        )
    if error.errno in _FORBIDDEN:
        return StorageUnavailable(
            f"{place} cannot be used: {error.strerror}",
            hint="see that you may read and write there, or name another place",
        )
    return StorageUnavailable(
        f"{place} cannot be used: {error.strerror or error}",
        hint="check its name and its disk, then try again",
    )
