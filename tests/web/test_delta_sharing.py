"""The protocol as readers speak it: lists, versions, tables, files, and what they are not told."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from bureau import DeliveryOrder
from catalog.predicate import Comparison, Operator
from tests.bureau.test_sharing import asked, granted
from tests.town import GOOD
from tests.web.serving import SHARES, TABLE, Client, served


def table(answer):
    return pq.read_table(io.BytesIO(answer.body))


def test_a_token_sees_its_one_table_under_every_list(parks):
    item = {"name": "meters", "schema": "water", "share": "water"}
    assert parks.get(SHARES).json == {"items": [{"name": "water"}]}
    assert parks.get(f"{SHARES}/water").json == {"share": {"name": "water"}}
    schemas = parks.get(f"{SHARES}/water/schemas").json
    assert schemas == {"items": [{"name": "water", "share": "water"}]}
    for path in ("schemas/water/tables", "all-tables"):
        [found] = parks.get(f"{SHARES}/water/{path}").json["items"]
        assert found.pop("id")
        assert found == item


@pytest.mark.parametrize("query", ["maxResults=x", "maxResults=-1", "pageToken=abc"])
def test_a_page_that_was_not_given_is_refused(parks, query):
    answer = parks.get(f"{SHARES}?{query}")
    assert (answer.status, answer.json["errorCode"]) == (400, "INVALID_PARAMETER_VALUE")


def test_names_are_found_in_any_case(parks):
    upper = parks.get(f"{SHARES}/WATER/schemas/Water/tables/METERS/version")
    assert (upper.status, upper.headers["delta-table-version"], upper.body) == (200, "0", b"")


def test_a_table_is_described_in_two_lines(parks):
    answer = parks.get(f"{TABLE}/metadata")
    protocol, described = answer.lines
    assert answer.headers["delta-table-version"] == "0"
    assert protocol == {"protocol": {"minReaderVersion": 1}}
    schema = json.loads(described["metaData"]["schemaString"])
    types = [(field["name"], field["type"]) for field in schema["fields"]]
    assert types == [("meter", "string"), ("day", "date"), ("litres", "long")]


@pytest.mark.parametrize(
    ("capabilities", "form"),
    [
        ("", "parquet"),
        ("responseformat=delta,parquet;readerfeatures=deletionvectors", "parquet"),
        ("responseformat=delta", "delta"),
        ("ResponseFormat=Delta", "delta"),
        ("nonsense", "parquet"),
    ],
)
def test_the_form_is_the_plainest_that_the_reader_takes(parks, capabilities, form):
    answer = parks.query(**{"delta-sharing-capabilities": capabilities})
    assert answer.headers["delta-sharing-capabilities"] == f"responseformat={form}"
    _, described, file = answer.lines
    assert ("deltaMetadata" in described["metaData"]) == (form == "delta")
    assert ("deltaSingleAction" in file["file"]) == (form == "delta")


def test_a_file_holds_exactly_what_is_granted(parks):
    answer = parks.get(parks.file())
    assert answer.status == 200
    found = table(answer)
    assert found.column_names == ["meter", "day", "litres"]
    assert found["litres"].to_pylist() == [120, 130, 90, None]
    assert found.schema.metadata is None


def test_versions_by_number_and_by_moment(shared, clock, token, tmp_path):
    first = clock.now()
    clock.advance(days=1)
    more = tmp_path / "more.csv"
    more.write_text(GOOD + "M004,2026-03-02,7,李雷\n", "utf-8")
    shared.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=more))
    with served(shared) as port:
        parks = Client(port, token)
        assert parks.get(f"{TABLE}/version").headers["delta-table-version"] == "1"
        since = parks.get(f"{TABLE}/version?startingTimestamp=2026-03-02T00:00:00Z")
        assert since.headers["delta-table-version"] == "0"
        rows = {
            name: json.loads(parks.query(body).lines[2]["file"]["stats"])["numRecords"]
            for name, body in {
                "newest": {},
                "number": {"version": 0},
                "moment": {"timestamp": first.isoformat()},
            }.items()
        }
        assert rows == {"newest": 5, "number": 4, "moment": 4}
        for body, status in (
            ({"version": 7}, 404),
            ({"version": "0"}, 400),
            ({"version": True}, 400),
            ({"timestamp": "yesterday"}, 400),
            ({"timestamp": "2026-03-02T00:00:00"}, 400),
            ({"timestamp": "2020-01-01T00:00:00Z"}, 404),
            ({"version": 0, "timestamp": first.isoformat()}, 400),
            ({"startingVersion": 0}, 400),
            ([], 400),
            (b"{", 400),
            (b"[" * 5000, 400),
        ):
            answer = parks.query(body)
            assert (answer.status, set(answer.json)) == (status, {"errorCode", "message"}), body


WRONG = {
    "none": None,
    "empty": "Bearer ",
    "not bearer": "Basic abc",
    "mistyped": "Bearer dbu_" + "0" * 49,
    "other": "Bearer faaie590d541265bcab1f2de9813274bf233",
}


@pytest.mark.parametrize("case", WRONG)
def test_without_its_token_nothing_is_open(port, case):
    given = {"Authorization": WRONG[case]} if WRONG[case] is not None else {}
    answer = Client(port).get(SHARES, **given)
    assert answer.status == 401
    assert answer.json == {"errorCode": "UNAUTHENTICATED", "message": "the token opens nothing"}


def test_a_token_in_the_address_opens_nothing(port, token):
    assert Client(port).get(f"{SHARES}?token={token}&access_token={token}").status == 401


@pytest.mark.parametrize(
    "path",
    [
        f"{SHARES}/parks",
        f"{SHARES}/water/schemas/parks/tables",
        f"{SHARES}/water/schemas/water/tables/people/metadata",
        f"{SHARES}/water/schemas/water/tables/../../../x",
        f"{SHARES}/water%2Fschemas/schemas",
    ],
)
def test_what_is_not_granted_is_not_found_whether_it_exists_or_not(parks, path):
    assert parks.get(path).status == 404


def test_a_credential_ends_with_its_grant_and_its_own_time(shared, clock, token):
    old = token
    issued = shared.acting_as("requester.parks").credentials.issue("GRT-0001", overlap_hours=1)
    with served(shared) as port:
        assert Client(port, old).get(SHARES).status == 200
        assert Client(port, issued.token).get(SHARES).status == 200
        clock.advance(hours=1)
        assert Client(port, old).get(SHARES).status == 401
        assert Client(port, issued.token).get(SHARES).status == 200
        shared.acting_as("approver.water").suspend_grant("GRT-0001", reason="乱用")
        answer = Client(port, issued.token).get(SHARES)
        assert (answer.status, answer.json["errorCode"]) == (403, "PERMISSION_DENIED")
        assert "suspended" in answer.json["message"]
        shared.acting_as("requester.parks").credentials.revoke("CRD-0002", reason="泄露")
        assert Client(port, issued.token).get(SHARES).status == 401


def test_a_grant_of_rows_and_columns_leaks_no_other_value(delivered, clock):
    """Fetch every byte that a reader can reach, in every form, and look for what was cut out."""
    rows = Comparison("meter", Operator.EQ, ("M001",))
    granted(delivered, clock, columns=("meter", "litres"), rows=rows)
    token = delivered.acting_as("requester.parks").credentials.issue("GRT-0001").token
    hidden = ("M002", "M003", "王芳", "李雷", "keeper", "2026-03-01")
    seen = b""
    with served(delivered) as port:
        parks = Client(port, token)
        for form in ("parquet", "delta"):
            capabilities = {"delta-sharing-capabilities": f"responseformat={form}"}
            answers = [
                parks.get(SHARES),
                parks.get(f"{SHARES}/water/all-tables"),
                parks.get(f"{TABLE}/metadata", **capabilities),
                parks.query(**capabilities),
                parks.query({"predicateHints": ["keeper = '李雷'"]}, **capabilities),
                parks.query({"version": 9}, **capabilities),
                parks.get(f"{TABLE}/keeper"),
            ]
            seen += b"".join(
                answer.body + json.dumps(answer.headers).encode() for answer in answers
            )
        answer = parks.get(parks.file())
        assert table(answer).to_pydict() == {"meter": ["M001", "M001"], "litres": [120, 130]}
        seen += answer.body
    for value in hidden:
        for form in (value.encode(), value.encode("utf-16-le"), value.encode().hex().encode()):
            assert form not in seen
        assert base64.b64encode(value.encode()).rstrip(b"=") not in seen


def other_ending(text: str) -> str:
    """The same text but for its last character, whatever that was."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


class TestFiles:
    def test_parts_of_a_file(self, parks):
        path = parks.file()
        whole = parks.get(path).body
        for given, status, body in (
            ("bytes=0-3", 206, whole[:4]),
            ("bytes=4-", 206, whole[4:]),
            ("bytes=-8", 206, whole[-8:]),
            (f"bytes=0-{10**9}", 206, whole),
            ("bytes=0-1,3-4", 200, whole),
            ("lines=0-3", 200, whole),
            ("bytes=5-4", 200, whole),
        ):
            answer = parks.get(path, Range=given)
            assert (answer.status, answer.body) == (status, body), given
            if status == 206:
                assert answer.headers["content-range"].endswith(f"/{len(whole)}")
        for behind in (f"bytes={len(whole)}-", "bytes=-0"):
            answer = parks.get(path, Range=behind)
            assert answer.status == 416
            assert answer.headers["content-range"] == f"bytes */{len(whole)}"
        head = parks("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole))
        assert head.headers["accept-ranges"] == "bytes"

    def test_an_address_is_of_one_file_query_credential_and_time(self, parks):
        path = parks.file()
        assert parks.get(path).status == 200
        name, _, query = path.partition("?")
        pairs = dict(pair.split("=") for pair in query.split("&"))
        for key, value in pairs.items():
            if key == "sp":
                continue
            changed = pairs | {key: other_ending(value)}
            other = "&".join(f"{a}={b}" for a, b in changed.items())
            assert parks.get(f"{name}?{other}").status == 403, key
        assert parks.get(f"{other_ending(name)}?{query}").status == 403
        assert parks.get(name).status == 403
        assert parks.get(f"/{path}").status == 404

    def test_an_address_needs_no_token_and_ends_in_an_hour(self, parks, port, clock):
        path = parks.file()
        assert Client(port).get(path).status == 200
        clock.advance(minutes=60)
        answer = Client(port).get(path)
        assert (answer.status, answer.json["message"]) == (
            403,
            "the address has expired: query the table again",
        )

    def test_it_ends_at_once_with_the_grant(self, parks, shared):
        path = parks.file()
        shared.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
        assert parks.get(path).status == 403
        assert parks("HEAD", path).status == 403

    def test_it_ends_at_once_with_its_credential(self, parks, shared):
        path = parks.file()
        shared.acting_as("requester.parks").credentials.revoke("CRD-0001", reason="泄露")
        assert parks.get(path).status == 403

    def test_addresses_hold_after_a_restart(self, shared, token):
        with served(shared) as port:
            path = Client(port, token).file()
        with served(shared) as port:
            assert Client(port).get(path).status == 200


def test_every_answer_stays_where_it_belongs(parks, port):
    for answer in (parks.get(SHARES), parks.get(parks.file()), Client(port).get("/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers


def test_a_request_that_is_too_long_is_refused(parks):
    assert parks.query(b"x" * ((1 << 20) + 1)).status == 413


def test_a_grant_that_has_not_begun_gives_nothing_yet(delivered, clock):
    later = clock.now() + timedelta(days=5)
    granted(delivered, clock, not_before=later)
    token = delivered.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(delivered) as port:
        assert Client(port, token).get(SHARES).status == 403
        clock.advance(days=5)
        assert Client(port, token).get(SHARES).status == 200


def test_nothing_delivered_is_no_version(town, clock):
    town.acting_as("requester.parks").create_request(asked(clock), submitted=True)
    town.acting_as("both.parks").endorse_request("REQ-0001")
    town.acting_as("approver.water").approve_request("REQ-0001")
    token = town.acting_as("requester.parks").credentials.issue("GRT-0001").token
    with served(town) as port:
        assert Client(port, token).get(f"{TABLE}/version").status == 404
        assert Client(port, token).query().status == 404
