"""Attacks on the server over HTTP, by their number in docs/attacks.md."""

from __future__ import annotations

import hmac
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from sharing.policy import VERSION
from tests.bureau.test_sharing import granted
from tests.web.serving import SHARES, TABLE, Client, served
from tests.web.test_lookup import KEY, LOOKUP, VERIFY
from tests.web.test_metering import uses
from web import limits, protocol, server

CLOSE = "Connection: close\r\n\r\n"


def entries(town, kind):
    """What the ledger holds of a kind, the oldest first."""
    found = town.ledger_log(limit=1000, kind=kind)
    return [json.loads(one.body) for one in sorted(found, key=lambda one: one.index)]


def parts(path):
    """The place of a file, and its signed parameters."""
    name, _, query = path.partition("?")
    return name, dict(pair.split("=") for pair in query.split("&"))


def joined(name, pairs):
    return f"{name}?" + "&".join(f"{key}={value}" for key, value in pairs.items())


def raw(port, data, *, size=1 << 16):
    """What is answered to bytes on a connection, until the server ends it."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(data)
        found = b""
        while piece := connection.recv(size):
            found += piece
    return found


@pytest.fixture
def other(shared, clock):
    """A second grant of the same table, and its token."""
    granted(shared, clock)
    return shared.acting_as("requester.parks").credentials.issue("GRT-0002").token


class TestAddresses:
    """12: the address of a file is changed."""

    def test_12_each_byte_of_the_signature(self, parks, shared):
        name, pairs = parts(parks.file())
        signature = pairs["sig"]
        for place, digit in enumerate(signature):
            flipped = f"{ord(digit) ^ 1:c}"
            changed = signature[:place] + flipped + signature[place + 1 :]
            assert parks.get(joined(name, pairs | {"sig": changed})).status == 403, place
        for changed in ("", signature[:-1], signature + "0", signature.upper(), "é", "%00"):
            assert parks.get(joined(name, pairs | {"sig": changed})).status == 403, changed
        [entry] = entries(shared, "url.rejected")
        assert entry["facts"] == {"rule": "signature"}
        assert entry["subject"] == "server:files"

    def test_12_another_time_query_credential_or_version(self, parks):
        name, pairs = parts(parks.file())
        _, second = parts(parks.file())
        later = str(int(pairs["exp"]) + 1)
        for change in (
            {"exp": later},
            {"exp": ""},
            {"exp": f"0{pairs['exp']}"},
            {"q": second["q"]},
            {"c": "CRD-0002"},
            {"sig": second["sig"]},
            {"q": pairs["q"] + "%7C" + pairs["c"], "c": ""},
        ):
            assert parks.get(joined(name, pairs | change)).status == 403, change
        assert parks.get(joined(name, pairs)).status == 200

    def test_12_an_address_of_another_grant(self, parks, port, other):
        name, pairs = parts(parks.file())
        _, theirs = parts(Client(port, other).file())
        assert theirs["c"] == "CRD-0002"
        for key in ("q", "c", "sig"):
            assert parks.get(joined(name, pairs | {key: theirs[key]})).status == 403, key

    def test_12_other_methods(self, parks):
        """A signature is for GET and HEAD, as readers need; there is nothing else to call."""
        path = parks.file()
        assert parks("HEAD", path).status == 200
        assert parks("HEAD", path).body == b""
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert parks(method, path).status == 405, method

    def test_12_tricks_with_the_path(self, parks, port):
        path = parks.file()
        name, _, query = path.partition("?")
        file = name.rpartition("/")[2]
        for trick in (
            f"//delta-sharing/files/{file}",
            f"/delta-sharing//files/{file}",
            f"/delta-sharing/files//{file}",
            f"/delta-sharing/files/{file}/",
            f"/delta-sharing/files/{file}/../{file}",
            f"/delta-sharing/files/./{file}",
            f"/delta-sharing/files/%2e%2e%2f{file}",
            f"/delta-sharing/files/{file}%00",
            f"/delta-sharing/files/{quote(quote('%' + file[0].encode().hex(), safe=''))}{file[1:]}",
            "/delta-sharing/files/..%2f..%2fbureau.db",
        ):
            answer = raw(port, f"GET {trick}?{query} HTTP/1.1\r\nHost: x\r\n{CLOSE}".encode())
            assert answer[:13] in {b"HTTP/1.1 403 ", b"HTTP/1.1 404 "}, trick

    def test_12_rejections_are_on_record_once_a_minute(self, parks, shared, clock):
        name, pairs = parts(parks.file())
        wrong = joined(name, pairs | {"sig": "0" * 64})
        for _ in range(3):
            parks.get(wrong)
            clock.advance(seconds=25)
        assert len(entries(shared, "url.rejected")) == 1
        parks.get(wrong)
        assert len(entries(shared, "url.rejected")) == 2
        assert shared.verify_ledger().ok


class TestRevoked:
    """13: an address or a token after its end; a download that is under way is in test_metering."""

    def test_13_address_and_token_after_revocation(self, parks, shared):
        path = parks.file()
        shared.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
        statuses = [
            parks.get(path).status,
            parks("HEAD", path).status,
            parks.get(path, Range="bytes=0-3").status,
            parks.get(SHARES).status,
            parks.query().status,
            parks("POST", LOOKUP, {"key": KEY}).status,
            parks("POST", VERIFY, {"key": KEY, "claims": {"litres": 120}}).status,
        ]
        assert statuses == [403] * 7
        [entry] = entries(shared, "read.denied")
        assert entry["facts"]["rules"] == ["revoked"]

    def test_13_an_address_after_its_credential(self, parks, shared):
        path = parks.file()
        shared.acting_as("requester.parks").credentials.revoke("CRD-0001", reason="泄露")
        answer = parks.get(path)
        assert (answer.status, answer.json["errorCode"]) == (403, "PERMISSION_DENIED")
        assert parks.get(SHARES).status == 401


class TestTokens:
    """14: a token that is guessed, shown at the wrong place, over, or of somebody else."""

    def test_14_in_the_address_or_a_cookie(self, port, token):
        for path in (f"{SHARES}?access_token={token}", f"{SHARES}?bearerToken={token}"):
            assert Client(port).get(path).status == 401
        assert Client(port).get(SHARES, Cookie=f"Authorization=Bearer {token}").status == 401
        assert Client(port).get(SHARES, **{"X-Forwarded-User": "requester.parks"}).status == 401

    def test_14_almost_the_token(self, port, token):
        for text in (token[:-1], token + "0", token.swapcase(), f"{token} x", token[4:], "", "x"):
            assert Client(port, text).get(SHARES).status == 401, text

    def test_14_whoever_has_none_learns_nothing_from_the_answer(self, shared, port, token):
        shared.acting_as("requester.parks").credentials.issue("GRT-0001", overlap_hours=0)
        answers = [
            Client(port, one).get(path)
            for one in ("", "dbu_" + "0" * 49, token)
            for path in (SHARES, f"{TABLE}/metadata", f"{SHARES}/none/schemas")
        ]
        assert {answer.status for answer in answers} == {401}
        assert len({answer.body for answer in answers}) == 1
        assert len({frozenset(answer.headers) for answer in answers}) == 1

    def test_14_unknown_and_not_granted_are_alike(self, parks):
        """There is a department called parks, and nothing called nobody."""
        bodies = {
            parks.get(f"{SHARES}/{path}").body
            for path in ("parks", "nobody", "water/schemas/none/tables", "parks/all-tables")
        }
        assert len(bodies) == 1
        assert parks.get(f"{SHARES}/WATER").status == 200

    def test_14_the_token_of_another_grant_sees_its_own(self, port, other, shared):
        assert Client(port, other).get(SHARES).status == 200
        shared.acting_as("authority.data").revoke_grant("GRT-0002", reason="不再需要")
        assert Client(port, other).get(SHARES).status == 403

    def test_14_secrets_are_compared_in_constant_time(self, parks, monkeypatch):
        """A token is looked up by a keyed hash, so no time tells of it; a signature is compared."""
        seen = []
        same = hmac.compare_digest
        monkeypatch.setattr(
            "web.addresses.hmac.compare_digest", lambda a, b: seen.append(a) or same(a, b)
        )
        name, pairs = parts(parks.file())
        parks.get(joined(name, pairs | {"sig": "0" * 64}))
        assert seen == [b"0" * 64]


class TestPages:
    """15: the token of a page."""

    LISTS = (
        SHARES,
        f"{SHARES}/water/schemas",
        f"{SHARES}/water/schemas/water/tables",
        f"{SHARES}/water/all-tables",
    )

    @staticmethod
    def first(client, path):
        found = client.get(f"{path}?maxResults=0").json
        assert found["items"] == []
        return found["nextPageToken"]

    def test_15_pages_are_real(self, parks):
        for path in self.LISTS:
            given = self.first(parks, path)
            found = parks.get(f"{path}?pageToken={given}&maxResults=1").json
            assert found == parks.get(path).json
            again = parks.get(f"{path}?pageToken={given}&maxResults=0").json
            assert again["items"] == []
            assert "nextPageToken" in again

    def test_15_a_token_is_of_one_list_one_credential_and_an_hour(self, parks, port, other, clock):
        given = {path: self.first(parks, path) for path in self.LISTS}
        for path in self.LISTS:
            for where, one in given.items():
                wanted = 200 if where == path else 400
                assert parks.get(f"{path}?pageToken={one}").status == wanted, (path, where)
            assert Client(port, other).get(f"{path}?pageToken={given[path]}").status == 400
        clock.advance(minutes=60)
        for path in self.LISTS:
            assert parks.get(f"{path}?pageToken={given[path]}").status == 400

    def test_15_forged(self, parks):
        start, expires, signature = self.first(parks, SHARES).split(".")
        for forged in (
            f"1.{expires}.{signature}",
            f"{start}.{int(expires) + 1}.{signature}",
            f"{start}.{expires}.{'0' * 64}",
            f"{start}.{expires}",
            f"-1.{expires}.{signature}",
            "9" * 5000,
            "abc",
            "%00",
        ):
            answer = parks.get(f"{SHARES}?pageToken={forged}")
            assert (answer.status, answer.json["errorCode"]) == (400, "INVALID_PARAMETER_VALUE")
        signed = parts(parks.file())[1]["sig"]
        assert parks.get(f"{SHARES}?pageToken={start}.{expires}.{signed}").status == 400

    @pytest.mark.parametrize("most", ["x", "-1", "1.5", "", "٣", str(2**31), "9" * 5000])
    def test_15_a_size_that_is_none(self, parks, most):
        assert parks.get(f"{SHARES}?maxResults={most}").status == 400


WHOSE = {
    "application": "lawns",
    "credential": "CRD-0001",
    "dataset": "meters",
    "department": "parks",
    "grant": "GRT-0001",
    "policy": VERSION,
    "provider": "water",
}
"""What each entry of a denial says of the caller."""


class TestDenied:
    """What a machine asks for beyond its grant is on record (Art. 25)."""

    def test_a_grant_that_is_suspended_or_over(self, shared, clock, parks):
        shared.acting_as("approver.water").suspend_grant("GRT-0001", reason="乱用")
        parks.get(SHARES)
        clock.advance(days=400)
        assert parks.get(SHARES).status == 401
        first, last = entries(shared, "read.denied")
        rules = {"refused": [["GRT-0001", "suspended"]], "rules": ["suspended"]}
        assert first["facts"] == WHOSE | rules
        assert first["department"] == ""
        assert last["facts"]["rules"] == ["credential", "ended"]
        assert shared.verify_ledger().ok

    def test_what_is_beyond_the_grant(self, shared, parks):
        parks.get(f"{SHARES}/parks")
        parks("POST", "/api/v1/lookup/people", {"key": KEY})
        parks("POST", LOOKUP, {"key": {"keeper": "王芳"}})
        parks("POST", VERIFY, {"key": KEY, "claims": {"keeper": "王芳"}})
        found = [one["facts"]["rules"] for one in entries(shared, "read.denied")]
        assert found == [["no_grant"], ["columns"]]
        [event] = shared.acting_as("authority.data").liability.report().events
        assert (event.code.name, event.department) == ("R2", "parks")

    def test_once_a_minute_for_each_credential_and_rule(self, shared, clock, port, token, other):
        for client in (Client(port, token), Client(port, other)):
            for _ in range(3):
                client.get(f"{SHARES}/parks")
        assert len(entries(shared, "read.denied")) == 2
        clock.advance(minutes=1)
        Client(port, token).get(f"{SHARES}/parks")
        found = [one["facts"]["credential"] for one in entries(shared, "read.denied")]
        assert found == ["CRD-0001", "CRD-0002", "CRD-0001"]

    def test_unknown_tokens_are_in_no_entry(self, shared, port):
        size = shared.ledger_head().size
        for _ in range(3):
            Client(port, "dbu_" + "0" * 49).get(SHARES)
        assert shared.ledger_head().size == size


class TestMeter:
    """25: uses are made up, or hidden."""

    def test_25_many_calls_that_bring_little_are_no_use(self, shared, token):
        with served(shared) as port:
            parks = Client(port, token)
            path = parks.file()
            size = int(parks("HEAD", path).headers["content-length"])
            for start in range(size - size // 10, size):
                parks("HEAD", path)
                parks.get(path, Range=f"bytes={start}-{start}")
                parks.get(path, Range="bytes=0-0")
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n"
                    connection.sendall(asked.encode())
        assert uses(shared) == []

    def test_25_all_but_a_little_is_no_use_and_a_little_more_is(self, shared, token):
        with served(shared) as port:
            parks = Client(port, token)
            path = parks.file()
            size = int(parks("HEAD", path).headers["content-length"])
            for _ in range(5):
                parks.get(path, Range=f"bytes=-{int(size * 0.89)}")
        assert uses(shared) == []
        with served(shared) as port:
            Client(port, token).get(path, Range=f"bytes=0-{int(size * 0.11)}")
        assert [count for _, _, count, *_ in uses(shared)] == [1]

    def test_25_a_column_without_the_rest_is_a_use(self, shared, token):
        with served(shared) as port:
            parks = Client(port, token)
            path = parks.file()
            size = int(parks("HEAD", path).headers["content-length"])
            for _ in range(5):
                parks.get(path, Range=f"bytes=0-{int(size * 0.89) - 1}")
        assert [use[2:4] for use in uses(shared)] == [[1, 4]]

    def test_25_the_raw_events_are_kept(self, shared, token):
        with served(shared) as port:
            parks = Client(port, token)
            parks.get(parks.file(), Range="bytes=0-0")
        folder = shared.settings.home / "journal"
        kept = b"".join(path.read_bytes() for path in folder.glob("*.jsonl"))
        assert kept.count(b'["query"') == kept.count(b'["sent"') == 1


class TestLimits:
    """26: too much, too long, too slow."""

    def test_26_several_ranges_are_the_whole(self, parks):
        path = parks.file()
        whole = parks.get(path).body
        assert parks.get(path, Range="bytes=0-1,3-4,5-").body == whole
        many = "bytes=" + ",".join("0-0" for _ in range(5_000))
        answer = parks.get(path, Range=many)
        assert (answer.status, answer.body) == (200, whole)

    def test_26_a_hundred_thousand_ranges_are_too_long(self, parks):
        many = ",".join("0-0" for _ in range(100_000))
        try:
            answer = parks.get(parks.file(), Range=f"bytes={many}")
        except (BrokenPipeError, ConnectionResetError):  # cut while they were still being sent
            return
        assert answer.status == 400

    @pytest.mark.parametrize("lengths", [[(1 << 20) + 1], [1 << 16] * 17])
    def test_26_a_body_in_chunks_is_counted(self, port, token, lengths):
        head = f"POST {TABLE}/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        head += "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%s\r\n" % (length, b" " * length) for length in lengths)
        assert raw(port, head.encode() + chunks + b"0\r\n\r\n").startswith(b"HTTP/1.1 413")
        small = raw(port, head.encode() + b"2\r\n{}\r\n0\r\n\r\n")
        assert small.startswith(b"HTTP/1.1 200")

    def test_26_a_length_is_refused_before_the_body_comes(self, port, token):
        head = f"POST {TABLE}/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        head += f"Connection: close\r\nContent-Length: {1 << 40}\r\n\r\n"
        assert raw(port, head.encode()).startswith(b"HTTP/1.1 413")

    def test_26_a_head_that_never_ends_is_not_waited_for(self, shared, monkeypatch):
        monkeypatch.setattr(protocol, "NEXT_WITHIN_S", 0.5)
        with served(shared) as port, socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(0.05)
            connection.sendall(b"GET /healthz HTTP/1.1\r\n")
            ended = False
            while not ended:
                try:
                    connection.sendall(b"X-Slow: 1\r\n")
                    ended = connection.recv(100) == b""
                except TimeoutError:
                    pass
                except (BrokenPipeError, ConnectionResetError):
                    ended = True

    def test_26_a_body_that_never_ends_is_not_waited_for(self, shared, token, monkeypatch):
        monkeypatch.setattr(limits, "BODY_WITHIN_S", 0.2)
        head = f"POST {TABLE}/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        with served(shared) as port:
            answer = raw(port, f"{head}Content-Length: 100\r\n\r\n{{".encode())
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in answer.lower()

    def test_26_there_are_only_so_many_connections(self, shared, monkeypatch):
        monkeypatch.setattr(server, "MAX_CONNECTIONS", 5)
        with served(shared) as port:
            idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
            while Client(port).get("/healthz").status != 503:
                pass
            for connection in idle:
                connection.close()
            while Client(port).get("/healthz").status != 200:
                pass

    def test_26_a_grant_gets_only_so_many_records(self, shared, token):
        with served(shared, per_minute=3) as port:
            parks = Client(port, token)
            statuses = [parks("POST", LOOKUP, {"key": KEY}).status for _ in range(20)]
        assert statuses.count(429) >= 16

    def test_26_a_crowd_gets_answers_and_the_server_goes_on(self, shared, token):
        with served(shared) as port:
            parks = Client(port, token)
            with ThreadPoolExecutor(20) as crowd:
                found = crowd.map(lambda _: parks.get(SHARES).status, range(400))
            assert set(found) == {200}
            assert parks.get("/readyz").status == 200


SECURE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def test_27_every_answer_has_the_headers_that_keep_it_where_it_belongs(parks, port, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("secret")

    path = parks.file()
    answers = {
        200: parks.get(SHARES),
        206: parks.get(path, Range="bytes=0-3"),
        400: parks.query([]),
        401: Client(port).get(SHARES),
        403: parks.get(f"{path}0"),
        404: parks.get("/nothing"),
        405: parks("DELETE", SHARES),
        413: parks.query(b"x" * ((1 << 20) + 1)),
        416: parks.get(path, Range="bytes=99999999-"),
    }
    with monkeypatch.context() as broken:
        broken.setattr("bureau.plane.offering.offer", fails)
        answers[500] = parks.query()
    for status, answer in answers.items():
        assert answer.status == status
        assert SECURE.items() <= answer.headers.items(), status
        assert "server" not in answer.headers
    broken_off = raw(port, b"no request at all\r\n\r\n").decode().lower()
    assert broken_off.startswith("http/1.1 400")
    for name, value in SECURE.items():
        assert f"{name}: {value}\r\n" in broken_off


def test_27_a_traceback_has_no_values(parks, monkeypatch, capfd):
    def fails(*_, **__):
        planted = "planted-in-a-local"
        raise RuntimeError(planted)

    monkeypatch.setattr("bureau.plane.offering.offer", fails)
    answer = parks.query()
    assert (answer.status, "planted" in answer.body.decode()) == (500, False)
    assert "planted" not in "".join(capfd.readouterr())
