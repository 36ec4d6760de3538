from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, event
from sqlalchemy.orm import Session

from catalog.model import ShareType, UpdateCycle
from core.db import Base
from tests.postgres import postgres_url
from tests.rates.city import DAY, FIRST, City, at, noon
from tests.rates.shared import SharedCity

__all__ = ["postgres_url"]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty registry; what a test writes is rolled back."""
    if request.param == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(engine, "connect", _enforce_foreign_keys)
    else:
        engine = create_engine(
            request.getfixturevalue("postgres_url")(),
            # Tables without statistics look large, and compiling each statement would take longest.
            connect_args={"options": "-c jit=off"},
        )
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


@pytest.fixture
def shared(engine: Engine) -> Iterator[SharedCity]:
    """A city in which data is asked for, provided and used."""
    with Session(engine) as session:
        yield SharedCity(session)
        session.rollback()


@pytest.fixture
def twelve(city: City) -> City:
    """Datasets d01 to d12 of three departments: env (city), edu (district), yard (street)."""
    city.division("4403", at(FIRST))
    city.division("440305", at(FIRST), "4403")
    city.division("440305001", at(FIRST), "440305")
    city.department("env", at(FIRST), "4403")
    city.department("edu", at(FIRST), "440305")
    city.department("yard", at(FIRST), "440305001")
    owners = ["env"] * 5 + ["edu"] * 4 + ["yard"] * 3
    for number, owner in enumerate(owners, 1):
        city.dataset(
            f"d{number:02}",
            at(FIRST),
            owner,
            theme="" if number % 4 == 0 else f"theme-{number % 2}",
            fulfils=f"item-{number}" if number <= 8 else "",
            share_type=ShareType.NOT_SHARED if number == 5 else ShareType.CONDITIONAL,
            update_cycle=UpdateCycle.ON_DEMAND if number == 12 else UpdateCycle.MONTHLY,
        )
    for number, owner in enumerate(owners[:8], 1):
        city.duty(f"r{number}", at(FIRST), owner, f"item-{number}", exempt=number == 8)
    city.duty("r13", at(FIRST), "yard", "item-13", theme="theme-1")
    for number in (1, 2, 3, 5, 6, 9, 10):
        city.deliver(f"d{number:02}", noon(DAY))
    for number, receiver in ((1, "edu"), (2, "yard"), (4, "edu"), (6, "edu"), (9, "env")):
        grant = city.grant(f"d{number:02}", receiver, noon(DAY))
        if number in {1, 6, 9}:
            city.use(grant, noon(DAY))
    return city
