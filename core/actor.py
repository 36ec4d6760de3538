"""Who acts, for which department, in which roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles of GB/T 39477-2020: managing, operating and auditing are kept apart."""

    STEWARD = "steward"
    APPROVER = "approver"
    REQUESTER = "requester"
    OPERATOR = "operator"
    AUTHORITY = "authority"
    AUDITOR = "auditor"


_FOR = " for "


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for a department.

    `commitment` stands for the person in the ledger: SHA-256 of a secret salt and the person's
    code, so that erasing the salt erases the link. `os_user` is the account the program ran under.
    Who acts by a delegation acts `acting_for` somebody, in that person's department; `home` is then
    the department of their own, and `delegator` the commitment to the one they act for.
    """

    person: str
    department: str
    roles: frozenset[Role]
    commitment: str
    os_user: str
    acting_for: str = ""
    delegator: str = ""
    home: str = ""

    def has(self, role: Role) -> bool:
        return role in self.roles

    @property
    def signature(self) -> str:
        """How facts name who acted: the person, and in whose place."""
        return f"{self.person}{_FOR}{self.acting_for}" if self.acting_for else self.person

    def is_or_acts_for(self, signature: str) -> bool:
        """Whether any of the people behind a signature is behind this act too."""
        return bool({self.person, self.acting_for} & set(people_behind(signature)) - {""})


def people_behind(signature: str) -> list[str]:
    """Who signed, and then whoever they stood in for."""
    return signature.split(_FOR)
