"""The log has a line for each call, and no word that a caller wrote."""

from __future__ import annotations

import io
import json
import logging
import socket

import pytest

from core.errors import StorageUnavailable
from tests.web.serving import SHARES, TABLE, Client, served
from tests.web.test_lookup import KEY, LOOKUP, VERIFY
from web.choices import Logged
from web.log import logging_to

SECRET = "s3cret-of-a-person"  # noqa: S105
STRANGE = "/delta-sharing/shares/%0a%1b[31mfine%0d%0a{}%e2%80%ae"


@pytest.fixture
def out():
    return io.StringIO()


def lines(out):
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_call_is_one_line(shared, token, out):
    with logging_to(out), served(shared) as port:
        parks = Client(port, token)
        path = parks.file()
        size = len(parks.get(path).body)
        answer = parks.get("/nothing")
    route = "/delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/query"
    told = {
        line["route"]: line for line in lines(out)
    }  # a line comes when all of an answer has left
    assert len(told) == len(lines(out)) == 3
    query, file, missing = told[route], told["/delta-sharing/files/{file}"], told[None]
    assert query.keys() == file.keys() == missing.keys()
    told = {"event": "call", "level": "info", "method": "POST", "route": route, "status": 200}
    assert told.items() <= query.items()
    assert (query["grant"], query["credential"]) == ("GRT-0001", "CRD-0001")
    assert (file["bytes"], file["whole"], file["credential"]) == (size, True, "CRD-0001")
    assert (missing["route"], missing["status"], missing["grant"]) == (None, 404, None)
    assert missing["request"] == answer.headers["x-request-id"]
    assert query["at"].endswith("+00:00")
    assert query["ms"] > 0


def test_only_errors_are_told_where_that_is_chosen(shared, token, out):
    with logging_to(out, Logged.ERRORS), served(shared) as port:
        Client(port, token).get(SHARES)
    assert lines(out) == []


def test_a_download_that_is_cut_is_no_error(out):
    with logging_to(out):
        logging.getLogger("uvicorn.error").error(
            "ASGI callable returned without completing response."
        )
        logging.getLogger("uvicorn.error").error("Something else")
    [line] = lines(out)
    assert line["level"] == "error"
    assert "Something else" in str(line)


def test_27_no_secret_is_in_the_log_whatever_a_call_brings(shared, token, out, monkeypatch):
    """Attack 27: a token, a signature, a key, a claim, and an error that repeats one of them."""

    def fails(*_, **__):
        raise ValueError(f"no such value: {SECRET}")

    with logging_to(out), served(shared) as port:
        parks = Client(port, token)
        path = parks.file()
        signature = path.rpartition("sig=")[2]
        key = KEY | {"meter": SECRET}
        parks.get(path)
        parks.get(f"{path}0")
        parks.get(f"{SHARES}?token={token}")
        parks.get(f"{SHARES}/{token}")
        parks("POST", LOOKUP, {"key": key})
        parks("POST", VERIFY, {"key": key, "claims": {"litres": SECRET}})
        parks("POST", VERIFY, {"key": key, "claims": {SECRET: SECRET}})
        parks.query({"timestamp": SECRET})
        parks.query(SECRET.encode())
        Client(port, SECRET).get(SHARES)
        with monkeypatch.context() as broken:
            broken.setattr("bureau.plane.looking_up.look_up", fails)
            answer = parks("POST", LOOKUP, {"key": key})
    text = out.getvalue()
    for secret in (token, signature, SECRET, "Bearer"):
        assert secret not in text
    [error] = [line for line in lines(out) if line["level"] == "error"]
    assert (answer.status, answer.json["code"]) == (500, "INTERNAL_ERROR")
    assert SECRET not in answer.body.decode()
    assert error["request"] == answer.headers["x-request-id"]
    assert error["errors"][0]["kind"] == "ValueError"
    assert error["errors"][0]["at"][-1].endswith(" fails")


def test_24_nothing_written_into_a_path_reaches_a_terminal(shared, token, out):
    """Attack 24: line breaks, colours and reversed text, encoded and not."""
    with logging_to(out), served(shared) as port:
        parks = Client(port, token)
        assert parks.get(STRANGE).status == 404
        assert Client(port).get(STRANGE).status == 401
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n")
            while connection.recv(1 << 16):
                pass
    assert out.getvalue().isascii()
    assert out.getvalue().replace("\n", "").isprintable()
    assert "fine" not in out.getvalue()
    assert [line["event"] for line in lines(out)] == [
        "call",
        "call",
        "Invalid HTTP request received.",
    ]


def test_what_the_disk_could_not_do_is_said_to_the_operator_alone(shared, token, out, monkeypatch):
    def full(*_, **__):
        raise StorageUnavailable("the disk of the journal is full")

    with logging_to(out), served(shared) as port:
        monkeypatch.setattr("bureau.plane.offering.offer", full)
        answer = Client(port, token).query()
    assert (answer.status, answer.json["errorCode"]) == (503, "INTERNAL_ERROR")
    assert "journal" not in answer.body.decode()
    [error] = [line for line in lines(out) if line["level"] == "error"]
    assert error["errors"][0]["why"] == "the disk of the journal is full"


def test_an_error_behind_an_error_is_told_too(shared, token, out, monkeypatch):
    def fails(*_, **__):
        try:
            return {}[SECRET]
        except KeyError as error:
            raise RuntimeError(SECRET) from error

    with logging_to(out), served(shared) as port:
        monkeypatch.setattr("bureau.plane.offering.offer", fails)
        assert Client(port, token).query(table=TABLE).status == 500
    [error] = [line for line in lines(out) if line["level"] == "error"]
    assert [one["kind"] for one in error["errors"]] == ["RuntimeError", "KeyError"]
    assert SECRET not in out.getvalue()
