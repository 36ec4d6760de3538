from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, event
from sqlalchemy.orm import Session

from core.db import Base
from tests.postgres import postgres_url
from tests.rates.city import City

__all__ = ["postgres_url"]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty registry; what a test writes is rolled back."""
    if request.param == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(engine, "connect", _enforce_foreign_keys)
    else:
        engine = create_engine(request.getfixturevalue("postgres_url")())
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
