"""What an operator may choose. Apart, so that the command's help loads no server."""

from __future__ import annotations

from enum import StrEnum


class Measured(StrEnum):
    """Who is told the measures."""

    LOCAL = "local"
    ALL = "all"
    NONE = "none"


class Logged(StrEnum):
    """What the log tells: errors, or calls too."""

    CALLS = "calls"
    ERRORS = "errors"
