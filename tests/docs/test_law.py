"""docs/law.md says what the code and the tests say, and what it names is there."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from sharing.law.rules import RULES
from tests.docs.law import PAGE, TOP, by_rule, law_page

KEPT = [rule for rule in RULES if rule.code]


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text("utf-8") == law_page(), "write it anew: make law"


def test_the_rules_are_in_order():
    numbers = [rule.number for rule in RULES]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("rule", KEPT, ids=lambda rule: f"rule_{rule.number}")
def test_what_keeps_a_rule_is_there(rule):
    for name in rule.code:
        found = _resolve(name)
        assert callable(found), name


@pytest.mark.parametrize("rule", KEPT, ids=lambda rule: f"rule_{rule.number}")
def test_a_rule_has_a_test_of_its_number(rule):
    assert by_rule().get(rule.number), f"no test is named test_rule_{rule.number}_..."


def test_every_kind_of_entry_is_one_that_the_program_writes():
    written = set().union(*(_texts(path) for path in sorted((TOP / "bureau").rglob("*.py"))))
    assert not {kind for rule in RULES for kind in rule.entries} - written


def test_no_test_bears_the_number_of_an_unknown_rule():
    assert set(by_rule()) <= {rule.number for rule in RULES}


def _resolve(name: str) -> object:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"{name} is nowhere")


def _texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
