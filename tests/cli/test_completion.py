"""The shell is offered commands, options and what the workspace holds; it is never shown a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def offered(home, *words):
    """What bash is offered for the last of these words."""
    line = ["bureau", *words]
    done = subprocess.run(
        [sys.executable, "-c", "import cli; cli.app()"],
        cwd=TOP,
        env={
            **os.environ,
            "BUREAU_HOME": str(home),
            "_BUREAU_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(line),
            "COMP_CWORD": str(len(line) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_commands_and_options_are_offered(made):
    assert offered(made[1], "data") == ["dataset"]
    assert "--as-of" in offered(made[1], "dataset", "list", "--a")


@pytest.mark.parametrize("words", [("dataset", "show", "me"), ("check", "rows", "me")])
def test_codes_are_offered_from_the_workspace(made, words):
    assert offered(made[1], *words) == ["meters"]


def test_numbers_of_requests_are_offered(delivered):
    from tests.cli.test_sharing import REQUEST

    delivered.ok(*REQUEST, person="requester.parks")
    assert offered(delivered.home, "request", "show", "R") == ["REQ-0001"]


@pytest.mark.parametrize(
    "words", [("--as", "steward.p"), ("dataset", "deliver", "meters", "--as", "steward.p")]
)
def test_people_are_offered_to_act_as(made, words):
    assert offered(made[1], *words) == ["steward.parks"]


def test_rates_are_offered_without_a_workspace(tmp_path):
    assert offered(tmp_path, "rate", "rows", "CO") == [f"COL-{n}" for n in range(1, 7)]
    assert offered(tmp_path, "rate", "show", "COL-1", "U") == [f"USE-{n}" for n in range(1, 10)]


def test_checks_of_the_newest_run_are_offered(delivered):
    words = ("check", "rows", "meters", "--check", "litres.")
    assert "litres.type" in offered(delivered.home, *words)


def test_without_a_workspace_nothing_is_offered_and_nothing_said(tmp_path):
    assert offered(tmp_path, "dataset", "show", "m") == []
