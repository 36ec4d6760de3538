"""The page of attacks names every one of them, and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "attacks.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \|.*\|.*\|(.*)\|$", PAGE, re.MULTILINE))
NAMED = re.compile(r"`([a-z_/]+\.py)::(\w+)`")


def test_every_attack_has_its_row():
    assert [int(number) for number in ROWS] == list(range(1, 28))


def test_each_test_that_it_names_exists():
    named = NAMED.findall(PAGE)
    assert named
    for path, name in named:
        text = (TOP / "tests" / path).read_text("utf-8")
        assert re.search(rf"(def|class) {name}\b", text), f"{path}::{name}"


def test_each_test_of_an_attack_is_under_its_number():
    for path in ("web/test_attacks.py", "web/test_log.py"):
        text = (TOP / "tests" / path).read_text("utf-8")
        scope = ""
        for indent, kind, name in re.findall(r"^( *)(class|def) (\w+)", text, re.MULTILINE):
            scope = name if kind == "class" else scope if indent else ""
            if number := re.match(r"test_(\d+)_", name):
                assert f"{path}::{scope or name}`" in ROWS[number[1]], name
