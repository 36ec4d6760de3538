"""`bureau serve` as a program of its own: it says where it serves, logs in JSON, and stops in order."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys

import pytest

from bureau.plane import DataPlane


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


def refused(town, *options):
    """The exit code of a server that does not start, and what it says."""
    command = [sys.executable, "-P", "-m", "cli", "--home", str(town.settings.home), "serve"]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--key", "key.pem"], 2, "TLS needs a certificate and its key"),
        (["--certificate", "none.pem", "--key", "none.pem"], 3, "none.pem"),
        (["--url", "nonsense"], 2, "is no address that a reader could use"),
        (["--host", "no.such.host.invalid"], 2, "nobody can listen on no.such.host.invalid"),
    ],
)
def test_what_cannot_be_served_is_said(town, options, code, words):
    found, said = refused(town, *options)
    assert (found, words in said, "fix:" in said) == (code, True, True), said


def test_a_port_that_is_taken_is_said(town):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused(town, "--port", str(port))
    assert (code, "error[" in said) == (2, True)
    assert f"at port {port}" in said


def test_a_second_server_of_a_workspace_is_refused(town):
    plane = DataPlane(town.workspace)
    try:
        code, said = refused(town, "--port", str(free_port()))
    finally:
        plane.close()
    assert code == 4
    assert "error[conflict]: another server meters this workspace" in said
    assert "Traceback" not in said
