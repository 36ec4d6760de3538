"""Fixtures of the sharing tests."""

import pytest

from tests.sharing.ledgers import make_ledger


@pytest.fixture
def sqlite_ledger(tmp_path):
    engine = make_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_ledger(postgres_url):
    engine = make_ledger(postgres_url())
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite_ledger", "postgres_ledger"])
def ledger_engine(request):
    return request.getfixturevalue(request.param)
