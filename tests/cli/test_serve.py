"""`bureau serve` as a program of its own: it says where it serves, logs in JSON, and stops in order."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys

import pytest


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.mark.parametrize(("log", "events"), [("calls", ["call"]), ("errors", [])])
def test_a_server_from_start_to_end(town, log, events):
    port = free_port()
    command = [sys.executable, "-P", "-m", "cli", "--home", str(town.settings.home), "serve"]
    with subprocess.Popen(
        [*command, "--port", str(port), "--log", log],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        ready = server.stderr.readline()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (200, {"status": "ok"})
        connection.close()
        server.send_signal(signal.SIGINT)
        _, told = server.communicate(timeout=60)
    assert server.returncode == 0
    assert ready == f"serving on http://127.0.0.1:{port}; stop with Ctrl-C\n"
    assert [json.loads(line)["event"] for line in told.splitlines()] == events
