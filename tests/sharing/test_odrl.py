"""A grant as an ODRL agreement: the shape that ODRL asks for, and each of its terms."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from catalog.model import ShareMode
from catalog.predicate import Comparison, Operator, parse_predicate
from core.canonical import canonical_bytes
from sharing.disposal.model import Method
from sharing.model import Grant, Suspension, Terms
from sharing.odrl import PROFILE, agreement
from sharing.onward.model import Answer, OnwardTransfer
from sharing.profiles.national import national

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, tzinfo=ZONE)
GRANT = Grant(
    ref="GRT-0001",
    request="REQ-0001",
    provider="water",
    department="parks",
    terms=Terms(
        dataset="meters",
        contract_version="1.0.0",
        application="lawns",
        legal_basis="深圳经济特区绿化条例第一条",
        scenario="草坪浇水计划",
        columns=("meter", "litres"),
        rows=Comparison("meter", Operator.IN, ("M001", "M002")),
        mode=ShareMode.FILE,
        not_before=START,
        not_after=START + timedelta(days=30),
    ),
    terms_hash="0" * 64,
    granted_at=datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC),
    granted_by="approver.water",
)
OPERAND = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "minItems": 1, "items": {"type": "string"}},
        {"type": "object", "required": ["@id"], "additionalProperties": False,
         "properties": {"@id": {"type": "string"}}},
        {"type": "object", "required": ["@type", "@value"], "additionalProperties": False,
         "properties": {"@type": {"type": "string"}, "@value": {"type": "string"}}},
    ]
}  # fmt: skip
RULE = {
    "type": "object",
    "required": ["action"],
    "additionalProperties": False,
    "properties": {
        "action": {"type": "string"},
        "constraint": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["leftOperand", "operator", "rightOperand"],
                "additionalProperties": False,
                "properties": {
                    "leftOperand": {"type": "string"},
                    "operator": {
                        "enum": [
                            "eq", "gt", "gteq", "hasPart", "isA", "isAllOf", "isAnyOf",
                            "isNoneOf", "isPartOf", "lt", "lteq", "neq",
                        ],
                    },
                    "rightOperand": OPERAND,
                },
            },
        },
    },
}  # fmt: skip
URN = {"type": "string", "pattern": "^urn:databureau:[a-z]+:[A-Za-z0-9._-]+$"}
SCHEMA = {
    "type": "object",
    "required": ["@context", "@id", "@type", "assigner", "assignee", "target", "permission"],
    "properties": {
        "@context": {"type": "array", "prefixItems": [{"const": "http://www.w3.org/ns/odrl.jsonld"}]},
        "@id": URN,
        "@type": {"const": "Agreement"},
        "profile": URN,
        "timestamp": {"type": "string", "format": "date-time"},
        "assigner": URN,
        "assignee": URN,
        "target": URN,
        "conflict": {"enum": ["perm", "prohibit", "invalid"]},
        **{kind: {"type": "array", "minItems": 1, "items": RULE}
           for kind in ("permission", "prohibition", "obligation")},
    },
}  # fmt: skip
"""What the ODRL Information Model 2.2 asks of an agreement (§2.1, 2.5, 2.6), for what is used of it.

Written for this test: one assigner and one assignee, a target, at least one rule; a rule has an
action; a constraint has just a left operand, one of ODRL's operators, and a right operand.
"""
ODRL_WORDS = {"purpose", "recipient", "deliveryChannel", "dateTime", "event"}


@pytest.fixture(scope="module")
def profile():
    return national()


def constraints(rule):
    return [tuple(one.values()) for one in rule["constraint"]]


def transfer(number, answer):
    return OnwardTransfer(
        number=number,
        recipient=f"承办单位{number}",
        purpose="演练复盘",
        asked_at=START,
        asked_by="requester.parks",
        answer=answer,
    )


@pytest.mark.parametrize("rows", [GRANT.terms.rows, None], ids=["rows", "all-rows"])
@pytest.mark.parametrize("disposal", [*Method, None])
@pytest.mark.parametrize("transfers", [[], [transfer(1, Answer.CONSENTED)]], ids=["none", "one"])
def test_it_is_an_odrl_agreement(profile, rows, disposal, transfers):
    grant = replace(GRANT, terms=replace(GRANT.terms, rows=rows))
    made = agreement(grant, profile, disposal=disposal, transfers=transfers)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(made)


def test_every_term_of_the_grant_stands_in_it(profile):
    made = agreement(GRANT, profile)
    assert made["@id"] == "urn:databureau:grant:GRT-0001"
    assert (made["assigner"], made["assignee"], made["target"]) == (
        "urn:databureau:department:water",
        "urn:databureau:department:parks",
        "urn:databureau:dataset:meters",
    )
    [use] = made["permission"]
    assert use["action"] == "use"
    *limits, (left, operator, rows) = constraints(use)
    assert limits == [
        ("purpose", "eq", "草坪浇水计划"),
        ("recipient", "eq", {"@id": "urn:databureau:department:parks"}),
        ("application", "eq", {"@id": "urn:databureau:application:lawns"}),
        ("deliveryChannel", "eq", "file"),
        ("dateTime", "gteq", {"@type": "xsd:dateTime", "@value": "2026-03-02T00:00:00+08:00"}),
        ("dateTime", "lt", {"@type": "xsd:dateTime", "@value": "2026-04-01T00:00:00+08:00"}),
        ("columns", "isAnyOf", ["meter", "litres"]),
    ]
    assert (left, operator, rows["@type"]) == ("rowFilter", "eq", "rdf:JSON")
    assert parse_predicate(json.loads(rows["@value"])) == GRANT.terms.rows
    assert made["termsHash"] == GRANT.terms_hash
    assert (made["contractVersion"], made["legalBasis"]) == ("1.0.0", GRANT.terms.legal_basis)


def test_nothing_is_passed_on_without_consent(profile):
    asked = [transfer(1, None), transfer(2, Answer.DECLINED)]
    made = agreement(GRANT, profile, transfers=asked)
    assert made["prohibition"] == [{"action": "distribute"}]
    assert made == agreement(GRANT, profile)
    assert "conflict" not in made


def test_what_the_provider_consented_to_goes_before_what_is_prohibited(profile):
    asked = [transfer(number, Answer.CONSENTED) for number in (1, 2)]
    made = agreement(GRANT, profile, transfers=asked)
    assert (made["conflict"], made["prohibition"]) == ("perm", [{"action": "distribute"}])
    _, first, second = made["permission"]
    assert first["action"] == second["action"] == "distribute"
    until = {"@type": "xsd:dateTime", "@value": "2026-04-01T00:00:00+08:00"}
    assert constraints(second) == [
        ("recipient", "eq", "承办单位2"),
        ("purpose", "eq", "演练复盘"),
        ("dateTime", "lt", until),
    ]


@pytest.mark.parametrize(
    ("how", "action"),
    [
        (Method.DELETED, "delete"),
        (Method.ANONYMISED, "anonymize"),
        (Method.RETURNED, "return"),
        (None, "dispose"),
    ],
)
def test_all_is_disposed_of_as_required_in_the_time_of_the_policy(profile, how, action):
    made = agreement(GRANT, profile, disposal=how)
    [duty] = made["obligation"]
    assert duty["action"] == action
    assert (action in made["@context"][1]) == (action in ("return", "dispose"))
    assert constraints(duty)[-1] == (
        "elapsedWorkingDays",
        "lteq",
        {"@type": "xsd:integer", "@value": "10"},
    )
    assert made["policyProfile"] == profile.version


def test_words_of_its_own_are_defined_in_its_profile(profile):
    made = agreement(GRANT, profile)
    _, own = made["@context"]
    used = {left for kind in ("permission", "obligation") for rule in made[kind]
            for left, *_ in constraints(rule)}  # fmt: skip
    assert used - ODRL_WORDS <= own.keys()
    assert {own[word] for word in used - ODRL_WORDS} == {
        f"{PROFILE}:{word}" for word in used - ODRL_WORDS
    }
    standard = {"@context", "@id", "@type", "profile", "assigner", "assignee", "target"}
    rules = {"permission", "prohibition", "obligation"}
    assert made.keys() - standard - rules <= own.keys()


def test_what_becomes_of_the_grant_is_no_term_of_it(profile):
    pause = Suspension(since=START, until=None, reason="why")
    changed = replace(GRANT, suspensions=(pause,), revoked_at=START, delivered_at=START)
    assert canonical_bytes(agreement(changed, profile)) == canonical_bytes(
        agreement(GRANT, profile)
    )
