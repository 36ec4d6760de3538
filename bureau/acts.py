"""What the acts of one area share: the workspace and who acts in it."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one area; `Bureau` hands them out by the area's name: `bureau.corrections`.

    Each act happens whole, with its ledger entries, or raises a `BureauError` and changes nothing.
    """

    workspace: Workspace
    actor: str | None
