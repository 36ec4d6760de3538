"""The formats of a report by the ends of their names, and what each must be able to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

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
    """The format that the name of a file asks for; raises InvalidInput."""
    module = FORMATS.get(path.suffix.lower())
    if module is None:
        raise InvalidInput(
            f"'{path.name}' does not say which format it is to have",
            hint=f"let the name end with one of {', '.join(FORMATS)}",
        )
    return cast("Format", import_module(module))
