"""`bureau grant export`: a grant as a document for other systems."""

import json

from tests.cli.test_sharing import granted

__all__ = ["granted"]


def test_a_grant_is_exported_as_an_odrl_agreement(granted, tmp_path):
    printed = granted.ok("grant", "export", "grt-1", "--format", "odrl").stdout
    made = json.loads(printed)
    (grant,) = granted.json("grant", "list")
    assert (made["@type"], made["@id"]) == ("Agreement", "urn:databureau:grant:GRT-0001")
    assert made["termsHash"] == grant["terms_hash"]
    target = tmp_path / "agreement.jsonld"
    granted.ok("grant", "export", "GRT-0001", "-o", target)
    assert target.read_text("utf-8") == printed


def test_what_becomes_of_the_grant_changes_nothing_of_it(granted):
    before = granted.ok("grant", "export", "GRT-0001").stdout
    granted.ok("grant", "suspend", "GRT-0001", "--reason", "核查", person="approver.water")
    granted.ok("grant", "revoke", "GRT-0001", "--reason", "超范围", person="authority.data")
    assert granted.ok("grant", "export", "GRT-0001").stdout == before


def test_what_the_provider_requires_and_consents_to_stands_in_it(granted):
    water, parks = "approver.water", "requester.parks"
    granted.ok("grant", "require-disposal", "GRT-0001", "--how", "returned", person=water)
    granted.ok("grant", "onward", "GRT-0001", "--to", "承办单位", "--purpose", "复盘", person=parks)
    asked = json.loads(granted.ok("grant", "export", "GRT-0001").stdout)
    assert [rule["action"] for rule in asked["permission"]] == ["use"]
    granted.ok("grant", "onward-consent", "GRT-0001", "1", person=water)
    made = json.loads(granted.ok("grant", "export", "GRT-0001").stdout)
    assert [rule["action"] for rule in made["obligation"]] == ["return"]
    assert [rule["action"] for rule in made["permission"]] == ["use", "distribute"]
    assert made["conflict"] == "perm"


def test_bad_input(granted):
    assert granted("grant", "export", "GRT-0009").exit_code == 3
    assert granted("grant", "export", "GRT-0001", "--format", "xml").exit_code == 2
