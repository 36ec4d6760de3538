"""The areas of acts that `Bureau` hands out by their names: one property an area."""

from __future__ import annotations

from bureau.workspace import Workspace


class Areas:
    """Areas of acts on one workspace for one actor: `bureau.corrections.list()`."""

    def __init__(self, workspace: Workspace, actor: str | None = None) -> None:
        self._workspace = workspace
        self._actor = actor
