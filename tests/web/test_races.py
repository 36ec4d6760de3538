"""Acts of people beside calls of machines: what was refused was not given, and what was given counts."""

from __future__ import annotations

import threading
import time

from tests.web.serving import Client, served
from tests.web.test_lookup import KEY, LOOKUP
from tests.web.test_metering import uses


def test_of_a_revocation_and_uses_beside_it_none_is_given_after_it(shared, token):
    """Row 16 of the list of attacks."""
    given, revoked, over = [], threading.Event(), threading.Event()

    def use(port):
        parks = Client(port, token)
        while not over.is_set():
            before = revoked.is_set()
            status = parks("POST", LOOKUP, {"key": KEY}).status
            given.append((before, status))

    with served(shared) as port:
        Client(port, token)("POST", LOOKUP, {"key": KEY})  # the key file is written
        threads = [threading.Thread(target=use, args=(port,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(given) < 20:  # all of them are at it
            time.sleep(0.01)
        shared.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
        revoked.set()
        most = len(given) + 40
        while len(given) < most:
            time.sleep(0.01)
        over.set()
        for thread in threads:
            thread.join()
    after = {status for before, status in given if before}
    assert after == {403}
    answered = 1 + sum(status == 200 for _, status in given)
    assert sum(count for _, _, count, *_ in uses(shared)) == answered
    assert shared.verify_ledger().ok
