"""Who acts: a person of the registry, by the code they name."""

from __future__ import annotations

import getpass

from bureau.unit_of_work import ReadUnit
from catalog.model import Person
from core.actor import Actor
from core.errors import Denied, NotFound
from sharing.delegations.model import standing_in
from sharing.ledger.entry import commitment

FOUNDER = "founder"
"""Who acts while the registry knows no people yet; nobody can be it afterwards."""


def identify(unit: ReadUnit, code: str | None, behalf: str | None = None) -> Actor:
    """Who acts: the named person, or the founder while the registry knows nobody.

    With `behalf` the person stands in for that other one, who delegated it. Raises Denied when
    nobody is named or nothing was delegated, NotFound for an unknown name.
    """
    acting = _named(unit, code)
    if behalf is None or behalf == acting.person:
        return acting
    delegations = unit.delegations.list_all(delegate=acting.person)
    return standing_in(acting, _person(unit, behalf), delegations, unit.now)


def _named(unit: ReadUnit, code: str | None) -> Actor:
    if code in (None, FOUNDER) and not unit.registry.codes(Person):
        return founder()
    if code is None:
        raise Denied(
            "nobody is named as acting",
            hint="add --as PERSON or set BUREAU_AS; bureau person list shows who there is",
        )
    return _person(unit, code)


def _person(unit: ReadUnit, code: str) -> Actor:
    person = unit.registry.find(Person, code)
    if person is None:
        raise NotFound("person", code, hint="bureau person list shows who there is")
    salt = unit.registry.salt_of(code)
    if salt is None:
        raise Denied(
            f"{code} was erased from the ledger's side table and may not act any more",
            hint="another person acts: bureau person list shows who there is",
        )
    return Actor(
        person=person.code,
        department=person.department,
        roles=frozenset(person.roles),
        commitment=commitment(salt, person.code),
        os_user=os_user(),
    )


def founder() -> Actor:
    return Actor(
        person=FOUNDER,
        department="",
        roles=frozenset(),
        commitment=commitment(bytes(32), FOUNDER),
        os_user=os_user(),
    )


def os_user() -> str:
    """The account the program runs under; a service without one is said to be unknown."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
