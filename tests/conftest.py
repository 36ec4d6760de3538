from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bureau import Bureau, DeliveryOrder
from core.clock import FixedClock
from tests.postgres import postgres_url
from tests.town import BAD, GOOD, copied, write_registry

__all__ = ["postgres_url"]

settings.register_profile("patient", deadline=None)  # how fast is for benchmarks to say
settings.load_profile("patient")

CALENDARS = Path(__file__).parents[1] / "examples" / "city" / "calendar"
"""Provisional ones, so that a request can be replied to on whatever day the tests run."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module or class share its fixtures, and so one worker, unless they say not."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.rpartition("::")[0]))


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 2 March 2026, 09:00 in Shenzhen."""
    return FixedClock()


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return write_registry(tmp_path / "registry")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An empty workspace and one with the small town, made once and copied by each test."""
    folder = tmp_path_factory.mktemp("made")
    Bureau.create(folder / "empty", city="深圳市").close()
    shutil.copytree(folder / "empty", folder / "town")
    town = Bureau.open(folder / "town", clock=FixedClock())
    town.apply(write_registry(folder / "registry"))
    town.acting_as("operator.data").import_calendar(sorted(CALENDARS.glob("*.csv")))
    town.close()
    return folder / "empty", folder / "town"


@pytest.fixture
def empty(made: tuple[Path, Path], tmp_path: Path, clock: FixedClock) -> Iterator[Bureau]:
    """A new workspace on SQLite in which nothing is registered."""
    with copied(made[0], tmp_path / "empty", clock) as town:
        yield town


@pytest.fixture
def town(made: tuple[Path, Path], tmp_path: Path, clock: FixedClock) -> Iterator[Bureau]:
    """The small town of tests/town.py, registered."""
    with copied(made[1], tmp_path / "town", clock) as town:
        yield town


@pytest.fixture(scope="session")
def made_delivered(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town after one good delivery of meters, made once and copied by each test."""
    folder = tmp_path_factory.mktemp("delivered")
    (folder / "good.csv").write_text(GOOD, "utf-8")
    with copied(made[1], folder / "town", FixedClock()) as town:
        order = DeliveryOrder(dataset="meters", path=folder / "good.csv")
        town.acting_as("steward.water").deliver(order)
    return folder / "town"


@pytest.fixture
def delivered(made_delivered: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Bureau]:
    """The small town, in which meters was delivered."""
    with copied(made_delivered, tmp_path / "town", clock) as town:
        yield town


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, "utf-8")
    return path
