"""What Prometheus is told: as much as an operator needs, and nothing of whose data it is."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.web.serving import SHARES, TABLE, Client, served
from web.choices import Measured

QUERY = "/delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/query"
FILE = "/delta-sharing/files/{file}"
AFAR = {"X-Forwarded-For": "203.0.113.9"}
"""What a proxy of the same machine says of a caller elsewhere."""


def measures(port):
    """Each sample by its name and its labels, in the order of their names."""
    answer = Client(port).get("/metrics")
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    return {
        (sample.name, *(text for _, text in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def test_calls_bytes_and_uses_are_counted(shared, token):
    with served(shared, seal_every=10**6) as port:
        parks = Client(port, token)
        path = parks.file()
        before = measures(port)
        size = len(parks.get(path).body)
        parks("HEAD", path)
        Client(port).get(f"{TABLE}/version")
        Client(port, "dbu_x").get(SHARES)
        parks.get(f"{SHARES}/elsewhere")
        parks.get("/nothing")
        # A call is counted when it has ended, which its caller may know before the server does.
        while (after := measures(port)).get(("bureau_call_seconds_count", FILE)) != 2:
            pass
    assert before["bureau_calls_total", "POST", QUERY, "200"] == 1
    assert (before["bureau_queries_open",], before["bureau_uses_waiting",]) == (1, 0)
    assert after["bureau_uses_waiting",] == 1
    assert after["bureau_uses_sealed_total",] == 0
    assert after["bureau_sent_bytes_total", FILE] == size
    assert after["bureau_calls_total", "GET", FILE, "200"] == 1
    assert after["bureau_calls_total", "HEAD", FILE, "200"] == 1
    assert after["bureau_calls_total", "GET", "none", "404"] == 1
    assert after["bureau_call_seconds_count", FILE] == 2
    assert after["bureau_denied_calls_total", "unknown"] == 2
    assert after["bureau_denied_calls_total", "no_grant"] == 1
    assert any(name == "bureau_build_info" for name, *_ in after)


def test_what_is_sealed_waits_no_more(shared, token):
    with served(shared, seal_every=0.01) as port:
        parks = Client(port, token)
        parks.get(parks.file())
        while not measures(port)["bureau_uses_sealed_total",]:
            pass
        assert measures(port)["bureau_uses_waiting",] == 0


def test_labels_are_words_of_the_program_alone(shared, token):
    with served(shared) as port:
        parks = Client(port, token)
        parks.get(f"{SHARES}/secret-share")
        assert parks("SECRETS", SHARES).status == 400
        parks("PROPFIND", SHARES)
        parks("POST", "/api/v1/lookup/secret-table", {"key": {"meter": "secret-key"}})
        parks.get("/secret-path")
        text = Client(port).get("/metrics").body.decode()
    for word in ("secret", "SECRET", "meters", "water", "parks", "GRT-", "CRD-", token):
        assert word not in text
    assert 'method="other"' in text


@pytest.mark.parametrize(
    ("measured", "local", "afar"),
    [(Measured.LOCAL, 200, 404), (Measured.ALL, 200, 200), (Measured.NONE, 404, 404)],
)
def test_who_is_told(shared, measured, local, afar):
    with served(shared, measured=measured) as port:
        assert Client(port).get("/metrics").status == local
        assert Client(port, headers=AFAR).get("/metrics").status == afar
