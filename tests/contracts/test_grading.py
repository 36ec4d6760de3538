from itertools import permutations

import pytest

from catalog.grading import highest
from catalog.model import Grade
from contracts.findings import Severity
from contracts.grading import fields_above, grade_of
from contracts.lint import errors, lint
from contracts.odcs import parse_contract
from tests.town import FILES


def contract(classification):
    text = FILES["contract.yaml"].replace(
        "classification: personal", f"classification: {classification}"
    )
    return text.encode()


@pytest.mark.parametrize("order", list(permutations(Grade)))
def test_rule_29_the_highest_grade_wins_in_any_order(order):
    assert highest(order) is Grade.CORE
    assert highest(order[:1]) is order[0]
    assert highest(()) is Grade.GENERAL


def test_rule_29_a_derived_set_inherits_the_highest():
    assert highest([Grade.GENERAL, Grade.IMPORTANT, Grade.GENERAL]) is Grade.IMPORTANT


@pytest.mark.parametrize(
    ("classification", "grade"),
    [
        ("核心", Grade.CORE),
        ("核心数据", Grade.CORE),
        ("Core", Grade.CORE),
        ("重要", Grade.IMPORTANT),
        (" important data ", Grade.IMPORTANT),
        ("IMPORTANT", Grade.IMPORTANT),
        ("personal", Grade.GENERAL),
        ("confidential", Grade.GENERAL),
        ("restricted", Grade.GENERAL),
        ("一般", Grade.GENERAL),
        ("", Grade.GENERAL),
    ],
)
def test_rule_29_the_standards_own_words_grade_a_field(classification, grade):
    assert grade_of(classification) is grade


def test_rule_29_fields_above_a_grade_are_named():
    important = parse_contract(contract("重要"), "c.yaml")
    assert fields_above(important, Grade.GENERAL) == {"keeper": Grade.IMPORTANT}
    assert fields_above(important, Grade.IMPORTANT) == {}
    assert fields_above(important, Grade.CORE) == {}


def test_rule_29_a_field_inside_another_counts():
    nested = contract("personal").decode() + (
        "      - name: site\n"
        "        logicalType: object\n"
        "        properties:\n"
        "          - {name: pump, logicalType: string, classification: core}\n"
    )
    found = fields_above(parse_contract(nested.encode(), "c.yaml"), Grade.IMPORTANT)
    assert found == {"site.pump": Grade.CORE}


@pytest.mark.parametrize("told", ["businessName: 水表", "description: Number of the meter"])
def test_rule_25_a_column_is_called_no_secret_and_is_pointed_out_where_it_may_be_one(told):
    def found(words):
        text = FILES["contract.yaml"].replace(told, f"{told.partition(':')[0]}: {words}")
        findings = lint(text.encode(), "c.yaml")
        return [(one.severity, one.message) for one in findings if "secret" in one.message]

    [(severity, message)] = found("绝密★30年")
    assert (severity, message.partition(";")[0]) == (Severity.ERROR, "the column marks a secret")
    [(severity, message)] = found("涉密人员")
    assert severity is Severity.WARNING
    assert message.startswith("a word may mark the column as a secret")
    assert found("是否涉密") == []


@pytest.mark.parametrize("mark", ["国家秘密", "机密", "top secret"])
def test_rule_25_a_contract_with_a_secret_field_is_no_contract(mark):
    [found] = errors(lint(contract(f"{mark} xq7"), "c.yaml"))
    assert "marks a secret" in found.message
    assert "xq7" not in found.message + found.hint
