"""What the server writes by itself: for no person and no department."""

from __future__ import annotations

from contextlib import AbstractContextManager

from bureau import unit_of_work
from bureau.identity import os_user
from bureau.unit_of_work import WriteUnit
from bureau.workspace import Workspace
from core.actor import Actor
from sharing.ledger.entry import commitment

SERVER = "server"


def writing(workspace: Workspace) -> AbstractContextManager[WriteUnit]:
    """A change that the program makes."""
    return unit_of_work.writing(
        workspace.database, workspace.settings, workspace.clock, lambda _: _server()
    )


def _server() -> Actor:
    return Actor(
        person=SERVER,
        department="",
        roles=frozenset(),
        commitment=commitment(bytes(32), SERVER),
        os_user=os_user(),
    )
