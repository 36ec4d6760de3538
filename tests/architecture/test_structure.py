"""Rules of the house that no tool brings along."""

import ast
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGES = (
    *("bureau", "catalog", "commands", "contracts", "core"),
    *("quality", "rates", "reports", "sharing"),
)
MODULES = sorted(path for package in PACKAGES for path in (TOP / package).rglob("*.py"))
MAX_LINES = 400


def names(path: Path) -> str:
    return str(path.relative_to(TOP))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_stays_small_enough_to_read_at_once(path):
    lines = path.read_text("utf-8").count("\n")
    assert lines <= MAX_LINES, f"{names(path)} has {lines} lines: split it by noun or by verb"


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_modules_are_named_for_what_they_do(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "misc", "common", "manager"}


def test_only_the_unit_of_work_commits_changes():
    committing = {
        names(path)
        for path in MODULES
        if any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    }
    # The database commits its own migrations, and the unit of work calls its own commit.
    assert committing == {"bureau/unit_of_work.py", "bureau/database.py"}


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_facts_name_who_acted_with_whom_they_stood_in_for(path):
    """A deputy signs "deputy for principal", so that neither passes for another person."""
    nameless = re.findall(r"\b(?:\w+_)?by=[\w.]*act(?:or|ing)\.person\b", path.read_text("utf-8"))
    assert nameless == []


def test_the_command_line_is_a_shim():
    tree = ast.parse((TOP / "cli.py").read_text("utf-8"))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in imported} <= {
        "__future__",
        "typing",
        "typer",
        "commands",
    }


def test_no_text_names_a_package_index_or_a_path_of_one_machine():
    forbidden = re.compile(
        r"py[p]i\.org|files\.py[t]honhosted|/hom[e]/\w+/|/roo[t]/|(?<![\w.])/wor[k]/"
    )
    texts = [
        path
        for pattern in (
            "*.md",
            "*.toml",
            "Makefile",
            ".ci/run",
            "docs/**/*.md",
            "constraints/*.txt",
        )
        for path in TOP.glob(pattern)
    ]
    assert [names(path) for path in texts if forbidden.search(path.read_text("utf-8"))] == []


def test_every_name_that_a_package_exports_exists():
    import bureau

    assert list(bureau.__all__) == sorted(bureau.__all__)
    for name in bureau.__all__:
        assert getattr(bureau, name) is not None
