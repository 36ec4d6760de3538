"""The program as a test calls it: in this process, on one workspace, as one person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

import cli

ANSI = "\x1b["


@dataclass(frozen=True)
class Program:
    home: Path

    def __call__(self, *arguments: object, person: str | None = None, stdin: str = "") -> Result:
        """Call `bureau` with these arguments; whatever happens is in the result."""
        return CliRunner().invoke(
            cli.app,
            [str(argument) for argument in arguments],
            input=stdin,
            env={"BUREAU_HOME": str(self.home), "BUREAU_AS": person, "NO_COLOR": None},
            catch_exceptions=False,
        )

    def ok(self, *arguments: object, person: str | None = None, stdin: str = "") -> Result:
        """Call `bureau`, which must succeed."""
        result = self(*arguments, person=person, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result

    def json(self, *arguments: object, person: str | None = None, stdin: str = "") -> Any:
        """What `bureau ... --json` prints."""
        return json.loads(self.ok(*arguments, "--json", person=person, stdin=stdin).stdout)
