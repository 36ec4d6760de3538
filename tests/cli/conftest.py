from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.town import GOOD


@pytest.fixture
def new(made: tuple[Path, Path], tmp_path: Path) -> Program:
    """The program on a workspace in which nothing is registered."""
    shutil.copytree(made[0], tmp_path / "home")
    return Program(tmp_path / "home")


@pytest.fixture
def bureau(made: tuple[Path, Path], tmp_path: Path) -> Program:
    """The program on the small town of tests/town.py."""
    shutil.copytree(made[1], tmp_path / "home")
    return Program(tmp_path / "home")


@pytest.fixture(scope="session")
def supplied(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town after one good delivery; made once and copied."""
    folder = tmp_path_factory.mktemp("supplied")
    shutil.copytree(made[1], folder / "home")
    (folder / "good.csv").write_text(GOOD, "utf-8")
    program = Program(folder / "home")
    program.ok("dataset", "deliver", "meters", folder / "good.csv", person="steward.water")
    return folder / "home"


@pytest.fixture
def delivered(supplied: Path, tmp_path: Path) -> Program:
    """The program on the small town after one good delivery."""
    shutil.copytree(supplied, tmp_path / "home")
    return Program(tmp_path / "home")
