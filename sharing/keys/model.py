"""A key makes an act happen once, however often a caller who got no answer repeats it."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput

MAX_KEY = 100


@dataclass(frozen=True, slots=True)
class Once:
    """`what` is a hash of the act and its arguments: a key stands for one act only."""

    key: str
    what: str = ""

    def __post_init__(self) -> None:
        if not (0 < len(self.key) <= MAX_KEY and self.key.isprintable() and self.key.strip()):
            raise InvalidInput(
                f"a key has 1 to {MAX_KEY} printable characters, not {len(self.key)}",
                hint="a random one is best, such as the output of uuidgen",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done under a key, and its place in the ledger."""

    what: str
    subject: str
    entries: tuple[int, ...]
