"""A grant written as an agreement of the Open Digital Rights Language (ODRL 2.2), in JSON-LD.

For export alone: the grant stays what binds. What the provider allowed or required since stands here;
whether the grant is suspended or revoked is no term of it and does not. Names are URNs without a host,
the same each time; the agreement has the shape that the Dataspace Protocol (2025-1) takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.predicate import predicate_json
from core.canonical import Json, canonical_bytes
from sharing.disposal.model import Method
from sharing.model import Grant, Terms
from sharing.onward.model import Answer, OnwardTransfer
from sharing.profiles.model import LimitName, Profile

VOCABULARY = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "urn:databureau:odrl:1"
"""The ODRL profile of the terms that ODRL itself has no word for."""

_DUTIES: Mapping[Method | None, str] = {
    Method.DELETED: "delete",
    Method.ANONYMISED: "anonymize",
    Method.RETURNED: "return",
    None: "dispose",
}
"""What is to be done with the data. ODRL has no word for to return it, nor for to choose."""

_OWN = (
    "application",
    "columns",
    "contractVersion",
    "dispose",
    "elapsedWorkingDays",
    "legalBasis",
    "policyProfile",
    "return",
    "rowFilter",
    "safeguards",
    "termsHash",
)


def agreement(
    grant: Grant,
    profile: Profile,
    *,
    disposal: Method | None = None,
    transfers: Sequence[OnwardTransfer] = (),
) -> dict[str, Json]:
    """The terms of a grant, with the time for disposal that `profile` sets (Decree 809 Art. 27).

    `disposal` is what the provider requires, None where the department chooses. Of the `transfers`,
    those with its consent are permitted (Art. 25) and go before what is prohibited.
    """
    consented = [one for one in transfers if one.answer is Answer.CONSENTED]
    exception: dict[str, Json] = {"conflict": "perm"} if consented else {}
    return {
        "@context": [VOCABULARY, _own_context()],
        "@id": _urn("grant", grant.ref),
        "@type": "Agreement",
        "profile": PROFILE,
        "timestamp": grant.granted_at.isoformat(),
        "assigner": _urn("department", grant.provider),
        "assignee": _urn("department", grant.department),
        "target": _urn("dataset", grant.terms.dataset),
        **exception,
        "permission": [
            {"action": "use", "constraint": _limits_of_use(grant.department, grant.terms)},
            *(_passing_on(one, grant.terms) for one in consented),
        ],
        "prohibition": [{"action": "distribute"}],
        "obligation": [{"action": _DUTIES[disposal], "constraint": _disposal(profile)}],
        "contractVersion": grant.terms.contract_version,
        "legalBasis": grant.terms.legal_basis,
        "policyProfile": profile.version,
        "termsHash": grant.terms_hash,
    }


def _limits_of_use(department: str, terms: Terms) -> list[Json]:
    """All of them hold at once; the last instant of the period is not part of it."""
    limits: list[Json] = [
        _constraint("purpose", "eq", terms.scenario),
        _constraint("recipient", "eq", {"@id": _urn("department", department)}),
        _constraint("application", "eq", {"@id": _urn("application", terms.application)}),
        _constraint("deliveryChannel", "eq", terms.mode.value),
        _constraint("dateTime", "gteq", _moment(terms.not_before)),
        _constraint("dateTime", "lt", _moment(terms.not_after)),
        _constraint("columns", "isAnyOf", list(terms.columns)),
    ]
    if terms.rows is not None:
        tree = canonical_bytes(predicate_json(terms.rows)).decode()
        limits.append(_constraint("rowFilter", "eq", {"@type": "rdf:JSON", "@value": tree}))
    if terms.safeguards:
        tree = canonical_bytes(terms.safeguards.to_json()).decode()
        limits.append(_constraint("safeguards", "eq", {"@type": "rdf:JSON", "@value": tree}))
    return limits


def _passing_on(transfer: OnwardTransfer, terms: Terms) -> Json:
    """To this recipient, for this purpose, as long as the grant gives the data."""
    limits: list[Json] = [
        _constraint("recipient", "eq", transfer.recipient),
        _constraint("purpose", "eq", transfer.purpose),
        _constraint("dateTime", "lt", _moment(terms.not_after)),
    ]
    return {"action": "distribute", "constraint": limits}


def _disposal(profile: Profile) -> list[Json]:
    """Within so many working days after the last use."""
    days = str(profile.limit(LimitName.DISPOSAL).days)
    return [
        _constraint("event", "gt", {"@id": "odrl:policyUsage"}),
        _constraint("elapsedWorkingDays", "lteq", {"@type": "xsd:integer", "@value": days}),
    ]


def _constraint(left: str, operator: str, right: Json) -> Json:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _own_context() -> dict[str, Json]:
    context: dict[str, Json] = {name: f"{PROFILE}:{name}" for name in _OWN}
    context["timestamp"] = {"@id": "dct:issued", "@type": "xsd:dateTime"}
    return context


def _moment(moment: datetime) -> Json:
    return {"@type": "xsd:dateTime", "@value": moment.isoformat()}


def _urn(kind: str, name: str) -> str:
    return f"urn:databureau:{kind}:{name}"
