from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, event
from sqlalchemy.orm import Session

import catalog.tables
import sharing.tables
from core.db import Base
from tests.rates.city import City

assert catalog.tables
assert sharing.tables


@pytest.fixture(scope="session", params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty registry; what a test writes is rolled back."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _enforce_foreign_keys)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _enforce_foreign_keys(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def city(engine: Engine) -> Iterator[City]:
    with Session(engine) as session:
        yield City(session)
        session.rollback()
