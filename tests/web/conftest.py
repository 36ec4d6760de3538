from __future__ import annotations

import pytest

from tests.bureau.test_sharing import granted
from tests.web.serving import Client, served


@pytest.fixture
def shared(delivered, clock):
    """The town, in which parks may read meter and litres of the rows above 10 litres."""
    granted(delivered, clock)
    return delivered


@pytest.fixture
def token(shared):
    return shared.acting_as("requester.parks").credentials.issue("GRT-0001").token


@pytest.fixture
def port(shared):
    with served(shared) as port:
        yield port


@pytest.fixture
def parks(port, token):
    """What parks calls with."""
    return Client(port, token)
