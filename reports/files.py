"""The formats of a report by the ends of their names, and what each must be able to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, Protocol, cast

from core.errors import InvalidInput
from reports.data import Sealed
from reports.differences import Difference, Told

FORMATS: Mapping[str, str] = {
    ".html": "reports.html",
    ".xlsx": "reports.xlsx",
    ".pdf": "reports.pdf",
    ".json": "reports.whole",
    ".md": "reports.markdown",
}


class Format(Protocol):
    """One module for each format."""

    def renderer(self) -> str:
        """The libraries that decide the bytes beside this program, with their versions."""

    def render(self, sealed: Sealed) -> bytes:
        """The file; the same report gives the same bytes."""

    def embedded(self, content: bytes) -> Any:
        """The envelope that a file carries; None where there is none."""

    def told(self, content: bytes) -> Told:
        """What the file shows."""

    def same(self, one: bytes, other: bytes) -> bool:
        """Whether two files are the same in all that a reader could see."""

    def differences(self, shown: Told, given: Told) -> Iterator[Difference]:
        """Where two files show something else."""


def format_of(path: Path) -> Format:
    """The format that the name of a new file asks for; raises InvalidInput."""
    return _named(path) or _refuse(
        f"'{path.name}' does not say which format it is to have",
        f"let the name end with one of {_NAMES}",
    )


def format_in(path: Path) -> Format:
    """The format of a report that was built, by its name; raises InvalidInput."""
    return _named(path) or _refuse(
        f"'{path.name}' cannot be verified: its name is that of no format of reports",
        f"give it the end back that it was built with ({_NAMES}), or ask for the file as it was built:"
        " what was printed, copied out or converted has lost what is verified",
    )


_NAMES = ", ".join(FORMATS)


def _named(path: Path) -> Format | None:
    module = FORMATS.get(path.suffix.lower())
    return cast("Format", import_module(module)) if module else None


def _refuse(message: str, hint: str) -> NoReturn:
    raise InvalidInput(message, hint=hint)
