from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typing import TYPE_CHECKING

import pytest

from core.clock import FixedClock
from tests.postgres import postgres_url
from tests.town import BAD, GOOD, write_registry

if TYPE_CHECKING:
    from bureau import Bureau

__all__ = ["postgres_url"]


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 2 March 2026, 09:00 in Shenzhen."""
    return FixedClock()


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return write_registry(tmp_path / "registry")


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock) -> Iterator[Bureau]:
    """A new workspace on SQLite in which nothing is registered."""
    from bureau import Bureau

    Bureau.create(tmp_path / "town", city="深圳市").close()
    bureau = Bureau.open(tmp_path / "town", clock=clock)
    yield bureau
    bureau.close()


@pytest.fixture
def town(empty: Bureau, registry: Path) -> Bureau:
    """The small town of tests/town.py, registered."""
    empty.apply(registry)
    return empty


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
