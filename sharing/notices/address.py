"""Addresses of people for mail: which are taken, and who may set whose."""

from __future__ import annotations

import re

from catalog.naming import visible
from core.actor import Actor, Role
from core.errors import Denied, InvalidInput
from sharing.notices.model import MAX_MAIL

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_MAX_LOCAL = 64


def check_mail(text: str) -> str:
    """Return an address as RFC 5321 writes it, without a name, a quoted part or a comment.

    Raises InvalidInput for anything else, so that no header or envelope can be made of it.
    """
    mail = text.strip()
    local, _, _ = mail.partition("@")
    if len(mail) <= MAX_MAIL and len(local) <= _MAX_LOCAL and _ADDRESS.fullmatch(mail):
        return mail
    raise InvalidInput(
        f"'{visible(text)}' is no address for mail",
        hint="write it as in name@example.org, in ASCII; another domain in its xn-- form",
    )


def check_may_address(actor: Actor, person: str) -> None:
    """Raise Denied unless the address is the actor's own, or the actor is an operator."""
    if actor.person == person or actor.has(Role.OPERATOR):
        return
    raise Denied(
        f"{actor.person} may not set the address of {person}",
        reasons=(f"it takes {person} or an operator",),
        hint=f"ask {person} or an operator: bureau person list shows who that is",
    )
