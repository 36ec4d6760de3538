"""Every command and every option says what it is, and docs/cli.md has every command."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

import cli
from commands._context import Session
from commands._group import SHARED

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"
ROOT: Any = get_command(cli.app)
CONTEXT = ROOT.context_class(ROOT, info_name="bureau", obj=Session())


def walk(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in group.list_commands(CONTEXT):
        command = group.get_command(CONTEXT, name)
        if isinstance(command, TyperGroup):
            yield from walk(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = list(walk(ROOT))
NAMES = [" ".join(path) for path, _ in COMMANDS]


def test_the_tree_has_every_act():
    assert len(NAMES) == len(set(NAMES))
    assert {"init", "apply", "dataset deliver", "request approve", "rate rows"} <= set(NAMES)


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_a_command_and_its_options_explain_themselves(path, command):
    assert command.help
    assert command.help.strip().endswith(".")
    for param in command.get_params(CONTEXT):
        assert param.help, f"{' '.join(path)}: {param.name} has no help"


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_no_argument_is_taken_for_an_option_of_the_program(path, command):
    """An argument named person would be taken for --as, and its value for whoever acts."""
    assert not {param.name for param in command.params} & SHARED, path


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_the_short_help_is_the_whole_first_paragraph(path, command):
    first = " ".join(command.help.strip().split("\n\n")[0].split())
    assert command.get_short_help_str().removesuffix(".") == first.removesuffix("."), path


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=NAMES)
def test_help_is_printed_without_a_workspace(path, tmp_path):
    result = CliRunner().invoke(cli.app, [*path, "--help"], env={"BUREAU_HOME": str(tmp_path)})
    assert result.exit_code == 0
    assert f"Usage: bureau {' '.join(path)} " in result.stdout
    assert "--home DIR" in result.stdout


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_a_command_and_its_own_options_are_documented(path, command):
    text = DOCUMENT.read_text("utf-8")
    heading = f"### `bureau {' '.join(path)}"
    assert heading in text
    section = text.split(heading, 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    for param in command.params:
        names = param.opts if param.param_type_name == "option" else [param.metavar or param.name]
        assert any(name in heading + section for name in names), f"{path}: {names}"


def test_the_document_names_no_command_that_is_not_there():
    documented = re.findall(
        r"^### `bureau ([a-z -]+?)(?: [A-Z\[-].*)?`", DOCUMENT.read_text("utf-8"), re.MULTILINE
    )
    assert sorted(documented) == sorted(NAMES)


def test_a_group_without_a_command_shows_its_help_and_fails():
    result = CliRunner().invoke(cli.app, ["dataset"])
    assert result.exit_code == 2
    assert "deliver" in result.stderr


def test_a_mistyped_command_offers_the_near_one():
    result = CliRunner().invoke(cli.app, ["datset"])
    assert result.exit_code == 2
    assert "'dataset'" in result.stderr
    assert result.stdout == ""


def test_the_version_is_printed():
    result = CliRunner().invoke(cli.app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("databureau ")


def test_options_of_the_program_stand_before_or_behind_a_command(bureau, tmp_path):
    elsewhere = tmp_path / "nowhere"
    for arguments in (
        ("--home", elsewhere, "dataset", "list"),
        ("dataset", "list", "--home", elsewhere),
    ):
        result = bureau(*arguments)
        assert result.exit_code == 3
        assert str(elsewhere) in result.stderr
    before = bureau.json("--as", "steward.water", "config", "show")
    behind = bureau.json("config", "show", "--as", "steward.water")
    assert before["person"] == behind["person"] == "steward.water"


def test_a_named_person_goes_before_the_environment(bureau):
    assert bureau.json("config", "show", person="steward.parks")["person"] == "steward.parks"
    named = bureau.json("--as", "steward.water", "config", "show", person="steward.parks")
    assert named["person"] == "steward.water"


SHAPE = re.compile(r"^JSON: (a list of )?`\{(.*)\}`", re.MULTILINE)


def documented_keys(name: str) -> set[str]:
    """The outermost keys of the JSON that docs/cli.md promises for a command."""
    section = DOCUMENT.read_text("utf-8").split(f"### `bureau {name}", 1)[1].split("\n##", 1)[0]
    found = SHAPE.search(section)
    assert found, f"{name} has no shape"
    outer, depth = "", 0
    for character in found[2]:
        depth += character in "{["
        outer += character if depth == 0 else ""
        depth -= character in "}]"
    return {part.split(":")[0].split(" or ")[0].strip() for part in outer.split(",")}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("doctor", ()),
        ("search", ("水表",)),
        ("catalog gaps", ()),
        ("dataset show", ("meters",)),
        ("dataset history", ("meters",)),
        ("contract show", ("meters",)),
        ("contract list", ()),
        ("check show", ("meters",)),
        ("calendar show", ()),
        ("calendar due", ("2026-03-02", "--days", "1")),
        ("policy show", ()),
        ("rate show", ()),
        ("rate rows", ("COL-1",)),
        ("rate explain", ("COL-1",)),
        ("rate funnel", ()),
        ("report list", ()),
        ("ledger log", ()),
        ("ledger verify", ()),
        ("db current", ()),
        ("config show", ()),
        ("errors", ()),
    ],
)
def test_json_has_the_shape_that_is_documented(delivered, name, arguments):
    data = delivered.json(*name.split(), *arguments)
    item = data[0] if isinstance(data, list) else data
    assert set(item) == documented_keys(name)


def test_receipts_have_the_shape_that_is_documented(delivered, good):
    from tests.cli.test_sharing import REQUEST

    made = delivered.json(*REQUEST, "--submit", person="requester.parks")
    assert set(made) == documented_keys("request new")
    delivered.ok("request", "endorse", "REQ-0001", person="both.parks")
    agreed = delivered.json("request", "approve", "REQ-0001", person="approver.water")
    assert set(agreed) == documented_keys("request approve")
    (grant,) = delivered.json("grant", "list")
    assert set(grant) == documented_keys("grant list")
    again = delivered.json("dataset", "deliver", "meters", good, person="steward.water")
    assert set(again) == documented_keys("dataset deliver")
