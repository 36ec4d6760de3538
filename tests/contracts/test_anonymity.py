from __future__ import annotations

import pytest

from catalog.plan import Anonymity
from contracts.lint import lint
from contracts.odcs import parse_contract
from core.errors import DocumentInvalid
from tests.contracts.samples import column, contract, key, text


def declaring(**stated):
    body = contract(key(), column("sex"), column("year", "integer"))
    body["schema"][0]["customProperties"] = [
        {"property": name, "value": value} for name, value in stated.items()
    ]
    return body


def test_a_contract_declares_the_groups_that_it_may_not_be_given_in():
    def read(**stated):
        return parse_contract(text(declaring(**stated)), "c").table.anonymity

    both = {"quasiIdentifiers": ["sex", "year"], "kAnonymity": 5}
    assert read(**both) == Anonymity(quasi_identifiers=("sex", "year"), k=5)
    assert read(**both, smallGroups="suppress").suppress
    assert not read(**both, smallGroups="refuse").suppress
    assert read() is None
    assert read(observed={"rows": 4}) is None


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"quasiIdentifiers": ["sex"]}, "without 'kAnonymity'"),
        ({"kAnonymity": 5}, "without 'quasiIdentifiers'"),
        ({"smallGroups": "refuse"}, "without 'quasiIdentifiers'"),
        ({"quasiIdentifiers": [], "kAnonymity": 5}, "no list of columns"),
        ({"quasiIdentifiers": "sex", "kAnonymity": 5}, "no list of columns"),
        ({"quasiIdentifiers": [1], "kAnonymity": 5}, "no list of columns"),
        ({"quasiIdentifiers": ["sex", "sex"], "kAnonymity": 5}, "names a column twice"),
        ({"quasiIdentifiers": ["age"], "kAnonymity": 5}, "the table has no column age"),
        ({"quasiIdentifiers": ["sex"], "kAnonymity": 1}, "of at least 2"),
        ({"quasiIdentifiers": ["sex"], "kAnonymity": True}, "of at least 2"),
        ({"quasiIdentifiers": ["sex"], "kAnonymity": "5"}, "of at least 2"),
        (
            {"quasiIdentifiers": ["sex"], "kAnonymity": 5, "smallGroups": "hide"},
            "none of refuse, suppress",
        ),
    ],
)
def test_a_declaration_that_cannot_be_kept_is_no_contract(stated, words):
    with pytest.raises(DocumentInvalid, match=words):
        parse_contract(text(declaring(**stated)), "c")


def test_a_declaration_is_made_once():
    body = declaring(quasiIdentifiers=["sex"], kAnonymity=5)
    body["schema"][0]["customProperties"].append({"property": "kAnonymity", "value": 2})
    [found] = [one for one in lint(text(body), "c") if "twice" in one.message]
    assert found.severity == "error"
