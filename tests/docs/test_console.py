"""Every console block in the README and the docs runs, and prints what it shows.

A block is a ```console fence: lines that begin with "$ " are commands, run by bash in one folder a
document ("cd" and "export" last for the rest of it); what follows a command is what it prints
(stdout and stderr together). Dates, times, hashes
and sizes of the disk are compared by shape only. A line "..." stands for any lines.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
READERS = Path(os.environ.get("BUREAU_READERS", TOP / ".venv-clients")) / "bin" / "python"
"""The Python that a department has, with its readers; `make test` makes it."""
DOCUMENTS = sorted([TOP / "README.md", *(TOP / "docs").glob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHAPES = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<date>"),
    (re.compile(r"\b[0-9a-f]{8,64}\b…?"), "<hash>"),
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r"─+"), "─"),
)


def steps(document: Path) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(document.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.startswith("> ") and found and found[-1][0].endswith("\\"):
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
            else:
                found[-1][1].append(line)
    return found


def shaped(text: str) -> list[str]:
    lines = []
    for raw in text.splitlines():
        line = raw.rstrip()
        for pattern, shape in SHAPES:
            line = pattern.sub(shape, line)
        if line.strip():
            lines.append(line.strip())
    return lines


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether `printed` is `expected`, where an expected "..." stands for any lines."""
    if not expected:
        return not printed
    if expected[0] == "...":
        return any(agrees(expected[1:], printed[n:]) for n in range(len(printed) + 1))
    return bool(printed) and expected[0] == printed[0] and agrees(expected[1:], printed[1:])


@pytest.fixture
def run():
    """Runs a command of a page and gives back what it prints; ends with it what it left running."""
    groups = []

    def printed(command: str, folder: Path, environment: dict[str, str]) -> str:
        with subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            groups.append(process.pid)
            try:
                return process.communicate(timeout=300)[0]
            except BaseException:
                end(process.pid)
                raise

    def end(group: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)

    yield printed
    for group in groups:
        end(group)


def test_there_are_blocks_to_run():
    assert len(steps(TOP / "README.md")) >= 10


@pytest.mark.parametrize(
    "document",
    # Pages are long and share nothing: each may run on a worker of its own.
    [pytest.param(path, marks=pytest.mark.xdist_group(path.name)) for path in DOCUMENTS],
    ids=lambda path: path.name,
)
def test_console_blocks_print_what_they_show(document: Path, tmp_path: Path, run):
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, call in {
        "bureau": f'exec "{sys.executable}" -P -m cli "$@"',
        "python": f'exec env -u PYTHONPATH -u PYTHONWARNINGS "{READERS}" "$@"',
    }.items():
        (commands / name).write_text(f"#!/bin/sh\n{call}\n")
        (commands / name).chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "examples").symlink_to(TOP / "examples")
    environment = {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(TOP),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "120",
        "PYTHONWARNINGS": "error",
    }
    folder = tmp_path / "work"
    for command, shown in steps(document):
        if command.startswith("cd "):
            folder /= command[3:]
            continue
        if command.startswith("export "):
            name, _, value = command[7:].partition("=")
            environment[name] = value
            continue
        text = run(command, folder, environment)
        expected, printed = shaped("\n".join(shown)), shaped(text)
        assert agrees(expected, printed), (
            f"$ {command}\n--- shown\n" + "\n".join(expected) + "\n--- printed\n" + text
        )
