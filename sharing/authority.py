"""The data authority (主管部门) decides, and nobody in its place decides a case of their own department.

Nobody decides their own request (Decree 809 Art. 20, 21). Who stands in for the authority acts in its
department, so that the department of their own has to be asked for besides. Whatever the role of the
authority gives somebody to decide goes through here, with the departments whose case it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.actor import Actor, Role

OWN_CASE = (
    "whoever stands in for the data authority decides no case of the department of their own"
    " (Art. 20, 21)"
)


class Ruling(StrEnum):
    """Every decision that the role of the authority gives."""

    GRANT = "suspend, resume or revoke a grant"
    MORE_TIME = "give more time to reply to a request, or not"
    SECOND = "agree to a request as the second person"
    REVIEW = "publish a submission to the catalogue, or hand it back"
    CATALOGUE_TIME = "give more time to update the catalogue, or not"
    CATALOGUE_CHANGE = "record what the catalogue must follow"
    ENTRY = "register a dataset without a review"
    CONTRACT = "publish a contract"
    PEOPLE = "register people and their departments"
    SOURCE = "name the source of an item"
    AUTHORISATION = "authorise a person for emergencies, or take it back"
    EMERGENCY = "review what an emergency opened"
    NEED = "assign, meet or decline a need"
    FORM = "take back what was found about a form"
    FILING = "file a change of a service"
    RETURN = "put a return on the list, confirm, renew or check it"
    DISPUTE = "decide a dispute, or confirm what was decided"
    CORRECTION = "ask for a correction, or take it back"
    DELEGATION = "take back somebody's delegation"


PARTIES: Mapping[Ruling, str] = {
    Ruling.GRANT: "uses the data or provides it",
    Ruling.MORE_TIME: "asks for the data or provides it",
    Ruling.SECOND: "asks for the data or provides it",
    Ruling.REVIEW: "submitted it",
    Ruling.CATALOGUE_TIME: "has to update the catalogue",
    Ruling.CATALOGUE_CHANGE: "has to update the catalogue",
    Ruling.ENTRY: "provides the dataset",
    Ruling.CONTRACT: "provides what the contract binds",
    Ruling.PEOPLE: "is changed, or has people who are",
    Ruling.SOURCE: "offers the item or would be its source",
    Ruling.AUTHORISATION: "would open the data",
    Ruling.EMERGENCY: "opened the data or provides it",
    Ruling.NEED: "stated the need or is to meet it",
    Ruling.FORM: "asks people for the item or shares it",
    Ruling.FILING: "provides the service or relies on it",
    Ruling.RETURN: "receives the data or provides it",
    Ruling.DISPUTE: "is a party",
    Ruling.CORRECTION: "provides the data",
    Ruling.DELEGATION: "has delegated",
}
"""Whose case each decision is: the departments that `own_case` is asked with."""


def decides(actor: Actor, ruling: Ruling, *parties: str) -> bool:
    """Whether the actor decides this as the data authority, in a case of these departments."""
    return not objections(actor, ruling, *parties)


def objections(actor: Actor, ruling: Ruling, *parties: str) -> list[str]:
    """What speaks against the actor deciding as the data authority; nothing where they may."""
    if not actor.has(Role.AUTHORITY):
        return [f"{actor.person} does not act for the data authority (主管部门)"]
    return own_case(actor, ruling, *parties)


def own_case(actor: Actor, ruling: Ruling, *parties: str) -> list[str]:
    """What speaks against a deputy of the authority whose own department is one of `parties`."""
    of_another = actor.home not in ("", actor.department)
    if actor.has(Role.AUTHORITY) and of_another and actor.home in parties:
        return [f"{actor.person} is of {actor.home}, which {PARTIES[ruling]}: {OWN_CASE}"]
    return []
