"""`bureau dispute`, from the refusal to the decision."""

import pytest

from tests.cli.test_help import documented_keys
from tests.cli.test_sharing import send

RAISE = ("dispute", "raise", "request:REQ-0001", "--grounds", "职责需要")
MORE = """
kind: Person
items:
  - {code: second.data, name: 子, department: data, roles: [authority]}
"""


@pytest.fixture
def refused(delivered, tmp_path):
    """REQ-0001 of parks, which water refused."""
    path = tmp_path / "more.yaml"
    path.write_text(MORE, "utf-8")
    delivered.ok("apply", path, person="operator.data")
    send(delivered)
    refuse = ("request", "refuse", "REQ-0001", "--ground", "exceeds_need", "--reason", "无需")
    delivered.ok(*refuse, person="approver.water")
    return delivered


@pytest.fixture
def raised(refused):
    refused.ok(*RAISE, person="requester.parks")
    return refused


def test_a_dispute_goes_its_way(refused):
    made = refused.ok(*RAISE, person="requester.parks")
    assert (
        "raised DSP-0001 over request:REQ-0001: data decides as the authority, due" in made.stderr
    )
    assert "next: bureau dispute decide DSP-0001 --outcome OUTCOME (by data)" in made.stderr
    early = refused("dispute", "escalate", "DSP-0001", "--reason", "急", person="requester.parks")
    assert early.exit_code == 4
    assert "data has time until" in early.stderr
    decide = ("dispute", "decide", "dsp-1", "--outcome", "overturned", "--reason", "需要")
    decided = refused.ok(*decide, person="authority.data")
    assert "(by a second person of data)" in decided.stderr
    soon = refused("dispute", "confirm", "DSP-0001", person="second.data")
    assert soon.exit_code == 4
    assert "to take dispute DSP-0001 to the government (Art. 28)" in soon.stderr
    shown = refused.json("dispute", "show", "DSP-0001")
    assert shown["steps"][0]["decision"]["outcome"] == "overturned"
    assert [clock["debtor"] for clock in shown["clocks"]] == ["data"]
    text = refused.ok("dispute", "show", "DSP-0001").stdout
    assert "职责需要" in text
    assert "Tiers 处理层级" in text


def test_json_has_the_shape_that_is_documented(refused):
    made = refused.json(*RAISE, person="requester.parks")
    assert set(made) == documented_keys("dispute raise")
    [listed] = refused.json("dispute", "list", "--state", "at_authority")
    assert listed == made["dispute"]
    assert set(refused.json("dispute", "show", "DSP-0001")) == {*listed, "clocks"}
    request = refused.json("request", "show", "REQ-0001")
    assert (request["state"], request["dispute"]) == ("disputed", "DSP-0001")


def test_a_dispute_is_withdrawn(raised):
    withdrawn = raised.ok("dispute", "withdraw", "DSP-0001", person="requester.parks")
    assert "withdrew DSP-0001" in withdrawn.stderr
    assert raised.json("request", "show", "REQ-0001")["state"] == "refused"
    assert raised.json("dispute", "list", "--state", "at_authority") == []


@pytest.mark.parametrize(
    ("arguments", "person", "code", "message"),
    [
        (("settle", "DSP-0001"), "approver.water", 4, "negotiated before anybody decides"),
        (("settle", "DSP-0001", "--text", "已核实"), "approver.water", 2, "has no outcome"),
        (("decide", "DSP-0001", "--outcome", "other"), "authority.data", 2, "other"),
        (("decide", "DSP-0001", "--outcome", "upheld"), "authority.data", 2, "has no reason"),
        (("confirm", "DSP-0001"), "second.data", 4, "possible now: decide, escalate, withdraw"),
        (("withdraw", "DSP-0007"), "requester.parks", 3, "DSP-0007"),
        (("raise", "grant:GRT-0001"), "requester.parks", 2, "request:REQ-0001, correction:"),
        (("withdraw", "DSP-0001"), "approver.water", 5, "may not withdraw"),
    ],
)
def test_bad_input(raised, arguments, person, code, message):
    result = raised("dispute", *arguments, person=person)
    assert result.exit_code == code
    assert message in result.stderr
    assert raised.json("dispute", "show", "DSP-0001")["state"] == "at_authority"
