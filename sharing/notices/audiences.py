"""Who may be told of something, as sides of what happened, and what a line of the routes says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.actor import Role


class Party(StrEnum):
    """A side of what happened. The fact of the same name says which departments it is."""

    ASKING = "department"
    PROVIDER = "provider"
    RELYING = "departments"
    DECIDER = "decider"
    """The authority or government that a dispute is before."""
    AUTHORITY = "authority"
    """The data authority is whoever has that role, in whatever department."""


DEPARTMENTS = (Party.ASKING, Party.PROVIDER, Party.RELYING, Party.DECIDER)
"""The sides that an entry names."""


@dataclass(frozen=True, slots=True)
class Audience:
    party: Party
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Route:
    """`todo` is the command to run next, for `{ref}`. With `when`, only if that fact holds."""

    told: tuple[Audience, ...]
    title_zh: str
    title_en: str
    todo: str
    when: str = ""


REQUESTERS = Audience(Party.ASKING, frozenset({Role.REQUESTER}))
OFFICE = Audience(Party.ASKING, frozenset({Role.APPROVER}))
USERS = Audience(Party.ASKING, frozenset({Role.REQUESTER, Role.APPROVER}))
CHECKERS = Audience(Party.ASKING, frozenset({Role.REQUESTER, Role.STEWARD}))
COLLEAGUES = Audience(Party.ASKING, frozenset(Role))
APPROVERS = Audience(Party.PROVIDER, frozenset({Role.APPROVER}))
STEWARDS = Audience(Party.PROVIDER, frozenset({Role.STEWARD}))
KEEPERS = Audience(Party.PROVIDER, frozenset({Role.STEWARD, Role.APPROVER}))
RELYING = Audience(Party.RELYING, frozenset({Role.REQUESTER, Role.APPROVER}))
AUTHORITY = Audience(Party.AUTHORITY, frozenset({Role.AUTHORITY}))

DISPUTANTS = Audience(
    Party.ASKING, frozenset({Role.REQUESTER, Role.STEWARD, Role.APPROVER, Role.AUTHORITY})
)
DECIDERS = Audience(Party.DECIDER, frozenset({Role.AUTHORITY, Role.APPROVER}))
DISPUTING = (DISPUTANTS, APPROVERS, DECIDERS)
