"""Each failure ends with its documented exit code and one sentence, and never with a trace."""

import errno
import os
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from commands._context import Session
from commands._errors import BUG, EXIT_CODES, MAX_PROBLEMS, describe, exit_code, mapped
from core.errors import (
    BureauError,
    Conflict,
    Denied,
    DocumentInvalid,
    InvalidInput,
    MissingExtra,
    NotFound,
    Problem,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"
HOSTILE = "x\x1b[31mred\x07\u202etxt\nnext"


def family(kind: type[BureauError]) -> list[type[BureauError]]:
    return [kind, *(member for child in kind.__subclasses__() for member in family(child))]


KINDS = [kind for kind in family(BureauError)[1:] if kind.__module__ == BureauError.__module__]


def ending(error: BaseException, *, debug: bool = False) -> int:
    with pytest.raises(typer.Exit) as ended, mapped(Session(debug=debug)):
        raise error
    return ended.value.exit_code


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_failure_has_an_exit_code_and_is_documented(kind):
    code = exit_code(kind)
    assert 2 <= code <= 8
    row = re.compile(rf"^\| {code} \| `{kind.__name__}` \| `{kind.code}` \|", re.MULTILINE)
    assert row.search(DOCUMENT.read_text("utf-8"))


def test_every_package_is_loaded_before_the_failures_are_counted(bureau):
    bureau.ok("check", "history", "meters")
    strangers = [kind for kind in family(BureauError)[1:] if kind not in KINDS]
    assert [kind for kind in strangers if exit_code(kind) not in range(2, 9)] == []


def test_a_subclass_ends_as_the_class_above_it():
    assert exit_code(DocumentInvalid) == EXIT_CODES[InvalidInput] == 2
    assert exit_code(MissingExtra) == 7


def test_a_failure_nobody_placed_is_not_guessed():
    with pytest.raises(KeyError):
        exit_code(BureauError)


def test_a_failure_says_what_why_and_how_to_mend_it(capsys):
    denied = Denied("no", reasons=["one", "two"], hint="ask")
    assert ending(denied) == 5
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["error[denied]: no", "  one", "  two", "fix: ask"]
    assert captured.out == ""


def test_all_problems_of_a_document_are_printed_up_to_a_limit():
    problems = [Problem("wrong", "a.yaml", line) for line in range(1, MAX_PROBLEMS + 4)]
    lines = list(describe(DocumentInvalid("many", problems)))
    assert lines[1] == "  a.yaml:1: wrong"
    assert lines[MAX_PROBLEMS] == f"  a.yaml:{MAX_PROBLEMS}: wrong"
    assert lines[MAX_PROBLEMS + 1 :] == ["  ... and 3 more"]


@pytest.mark.parametrize(
    "error",
    [
        NotFound("dataset", HOSTILE),
        Conflict("sentence", hint=HOSTILE),
        Denied("sentence", reasons=[HOSTILE], hint="ask"),
        DocumentInvalid("sentence", [Problem(HOSTILE, HOSTILE, 1)]),
    ],
)
def test_nothing_that_a_terminal_obeys_is_printed(error):
    printed = "".join(describe(error))
    assert "x\\u{1b}[31mred" in printed
    assert not set("\x1b\x07\u202e\n") & set(printed)


def test_a_fault_of_the_program_is_one_line_and_code_70(capsys):
    assert ending(ZeroDivisionError("division\x1b by zero")) == BUG
    captured = capsys.readouterr()
    assert captured.err.splitlines()[0] == "error[bug]: ZeroDivisionError: division\\u{1b} by zero"
    assert "Traceback" not in captured.err


def test_a_file_system_that_refuses_is_no_fault_of_the_program(bureau, tmp_path):
    (tmp_path / "file").write_text("")
    result = bureau("init", tmp_path / "file" / "city")
    assert result.exit_code == 8
    assert "/city cannot be used: Not a" in result.stderr
    assert "Not a directory" in result.stderr


@pytest.mark.parametrize(
    ("number", "said", "fix"),
    [
        (errno.ENOSPC, "the disk of /place/x is full", "make room on the disk of /place/x"),
        (errno.EDQUOT, "the disk of /place/x is full", "make room on the disk of /place/x"),
        (errno.EROFS, "the disk of /place/x can only be read", "mount it for writing"),
        (errno.EACCES, "/place/x cannot be used: Permission denied", "see that you may"),
        (errno.EIO, "/place/x cannot be used: Input/output error", "check its name and its disk"),
    ],
)
def test_whatever_the_system_refuses_names_the_place_and_a_way_out(number, said, fix, capsys):
    assert ending(OSError(number, os.strerror(number), "/place/x")) == 8
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"error[storage-unavailable]: {said}"
    assert second.startswith(f"fix: {fix}")


def test_debug_adds_the_trace(capsys):
    assert ending(ZeroDivisionError("division by zero"), debug=True) == BUG
    assert "Traceback" in capsys.readouterr().err
    assert ending(NotFound("dataset", "x"), debug=True) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_fault():
    with pytest.raises(BrokenPipeError), mapped(Session()):
        raise BrokenPipeError(32, "Broken pipe")


def test_an_interrupt_ends_with_130():
    app = typer.Typer()

    @app.command()
    def stopped() -> None:
        with mapped(Session()):
            raise KeyboardInterrupt

    assert CliRunner().invoke(app, []).exit_code == 130


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("dataset", "show", "nothing"), 3, "error[not-found]: there is no dataset 'nothing'"),
        (("dataset", "show", "a\x1bb"), 3, "a\\u{1b}b"),
        (("dataset", "show", "a\udcff"), 2, "not text in UTF-8"),
        (("dataset", "list", "--as-of", "yesterday"), 2, "--as-of"),
        (("dataset", "list", "--as-of", "2999-01-01"), 2, "has not happened yet"),
        (("dataset", "list", "--format", "xml"), 2, "--format"),
        (("contract", "export", "none"), 3, "fix: bureau contract list shows them"),
        (("request", "show", "REQ-0009"), 3, "REQ-0009"),
        (("grant", "show", "GRT-0009"), 3, "GRT-0009"),
        (("rate", "explain", "NONE-1"), 3, "fix: the rates are"),
        (("ledger", "show", "-1"), 2, "-1"),
        (("check", "show", "meters"), 4, "never been checked"),
        (("apply", "no/such/folder"), 3, "no/such/folder"),
    ],
)
def test_bad_input_ends_with_its_code(bureau, arguments, code, word):
    result = bureau(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert word in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "what", "command"),
    [
        (["dataset", "list", "--nope"], "no such option: --nope", "bureau dataset list"),
        (["dataset", "show"], "missing argument 'DATASET'", "bureau dataset show"),
        (["ledger", "show", "x"], "invalid value for 'INDEX': ", "bureau ledger show"),
        (["dataset", "list", "--format", "xml"], "invalid value for '--format'", "bureau dataset"),
        (["dataset", "list", "more"], "got unexpected extra argument", "bureau dataset list"),
        (["dataset", "nope"], "no such command 'nope'", "bureau dataset"),
        (["n\x1b[31mo"], "no such command 'n\\", "bureau"),
        (["--nope"], "no such option: --nope", "bureau"),
        (["dataset", "list", "--format"], "option '--format' requires an argument", "bureau"),
    ],
)
def test_a_wrong_command_line_is_told_as_every_failure(bureau, arguments, what, command):
    result = bureau(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    first, fix = result.stderr.splitlines()
    assert first.startswith(f"error[usage]: {what}")
    assert fix.startswith(f"fix: {command}")
    assert fix.endswith(" --help")
    assert "\x1b" not in result.stderr


def test_a_group_without_a_command_still_shows_its_help(bureau):
    for group in ([], ["dataset"]):
        result = bureau(*group)
        assert result.exit_code == 2
        assert "Commands:" in result.stderr


def test_outside_a_workspace_the_way_to_make_one_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    import cli

    result = CliRunner().invoke(cli.app, ["dataset", "list"], env={"BUREAU_HOME": None})
    assert result.exit_code == 3
    assert "bureau init DIR" in result.stderr
