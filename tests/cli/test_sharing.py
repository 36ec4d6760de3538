import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

PURPOSE = "草坪浇水计划"
REQUEST = (
    "request", "new", "meters", "--application", "lawns", "--basis", "深圳经济特区绿化条例第一条",
    "--scenario", PURPOSE, "--columns", "meter,day,litres", "--days", "30",
)  # fmt: skip
DOCUMENT = f"""
dataset: meters
application: lawns
legal_basis: 深圳经济特区绿化条例第一条
scenario: {PURPOSE}
columns: [meter, litres]
rows: {{column: meter, op: eq, value: M001}}
days: 10
"""


def send(program, person="requester.parks"):
    program.ok(*REQUEST, "--submit", person=person)
    return program.ok("request", "endorse", "REQ-0001", person="both.parks")


@pytest.fixture
def granted(delivered):
    send(delivered)
    delivered.ok("request", "approve", "REQ-0001", person="approver.water")
    return delivered


def read(program, target, *more, person="requester.parks"):
    options = ("--application", "lawns", "--purpose", PURPOSE)
    return program("read", "meters", "--to", target, *options, *more, person=person)


def test_a_request_is_drafted_submitted_and_agreed(delivered):
    drafted = delivered.ok(*REQUEST, person="requester.parks")
    assert drafted.stdout == ""
    assert "drafted REQ-0001: meters for lawns (ledger entry" in drafted.stderr
    assert "next: bureau request submit REQ-0001" in drafted.stderr
    submitted = delivered.json("request", "submit", "REQ-0001", person="requester.parks")
    assert submitted["request"]["state"] == "proposed"
    delivered.ok("request", "endorse", "REQ-0001", person="both.parks")
    terms = submitted["request"]["terms"]
    agreed = delivered.json(
        "request", "approve", "REQ-0001", "--terms", terms["hash"], person="approver.water"
    )
    assert agreed["grant"]["ref"] == "GRT-0001"
    assert agreed["grant"]["state"] == "active"
    assert len(agreed["ledger"]) == 3, "signed for, agreed, granted"


def test_the_period_is_whole_days_of_the_city_and_until_is_included(delivered):
    options = [*REQUEST[:-2], "--from", "2999-01-01", "--until", "2999-01-03"]
    terms = delivered.json(*options, person="requester.parks")["request"]["terms"]
    assert terms["not_before"] == "2999-01-01T00:00:00+08:00"
    assert terms["not_after"] == "2999-01-04T00:00:00+08:00"


def test_a_request_comes_from_a_document(delivered, tmp_path):
    path = tmp_path / "request.yaml"
    path.write_text(DOCUMENT, "utf-8")
    for source, stdin in ((path, ""), ("-", DOCUMENT)):
        made = delivered.json(
            "request", "new", "--from-file", source, person="requester.parks", stdin=stdin
        )
        assert made["request"]["terms"]["rows"] == {"column": "meter", "op": "eq", "value": "M001"}


def test_all_columns_and_rows_from_a_file(delivered, tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('{"column": "litres", "op": "gt", "value": 100}', "utf-8")
    options = [*REQUEST[:9], "--all-columns", "--rows", f"@{path}", "--days", "3"]
    terms = delivered.json(*options, person="requester.parks")["request"]["terms"]
    assert terms["columns"] == ["meter", "day", "litres", "keeper"]
    assert terms["rows"]["value"] == 100


def test_columns_may_be_named_in_several_places(delivered):
    options = [*REQUEST[:9], "--columns", "meter,day", "--columns", "litres, day", "--days", "3"]
    terms = delivered.json(*options, person="requester.parks")["request"]["terms"]
    assert terms["columns"] == ["meter", "day", "litres"]


def test_a_request_that_cannot_be_submitted_leaves_nothing(delivered):
    entries = len(delivered.json("ledger", "log"))
    rows = '{"column": "meter", "op": "eq", "value": 5}'
    failed = delivered(*REQUEST, "--rows", rows, "--submit", person="requester.parks")
    assert failed.exit_code == 2
    assert "5 is not a valid string for column 'meter'" in failed.stderr
    assert delivered.json("request", "list") == []
    assert len(delivered.json("ledger", "log")) == entries


def test_a_department_is_told_that_the_data_is_its_own(delivered):
    own = delivered("request", "new", "meters", person="both.water")
    assert own.exit_code == 4
    assert "meters is water's own data: no grant is needed, and none can be given" in own.stderr
    assert "bureau dataset show meters" in own.stderr
    for terms in ((), ("--application", "lawns", "--purpose", "x")):
        read = delivered("read", "meters", "--to", "own.csv", *terms, person="both.water")
        assert read.exit_code == 5
        assert "it is the own data of water" in read.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("request", "new"), 2, "lacks DATASET"),
        (REQUEST[:-2], 2, "--until DATE or --days N"),
        ((*REQUEST, "--until", "2999-01-01"), 2, "--until DATE or --days N"),
        ((*REQUEST, "--all-columns"), 2, "--columns A,B,C or --all-columns"),
        ((*REQUEST, "--rows", "meter = 1"), 2, "--rows is not JSON"),
        ((*REQUEST, "--rows", "@none.json"), 3, "none.json"),
        ((*REQUEST, "--mode", "post"), 2, "--mode"),
        ((*REQUEST[:-4], "--columns", "none", "--days", "3"), 2, "none"),
    ],
)
def test_what_a_request_lacks_is_said(delivered, arguments, code, word):
    result = delivered(*arguments, person="requester.parks")
    assert (result.exit_code, result.stdout) == (code, "")
    assert word in result.stderr


def test_every_problem_of_a_request_document_is_printed(delivered):
    result = delivered(
        "request",
        "new",
        "--from-file",
        "-",
        person="requester.parks",
        stdin="dataset: 1\nnone: 2\n",
    )
    assert result.exit_code == 2
    assert "stdin.yaml:2: 'none' is unknown" in result.stderr


def test_what_waits_and_what_is_overdue_is_listed(delivered):
    send(delivered)
    [task] = delivered.json("inbox", person="approver.water")
    assert (task["subject"], task["limit"], task["days_left"]) == ("request:REQ-0001", "receipt", 1)
    assert task["todo"] == "bureau request receive REQ-0001"
    assert delivered.json("inbox", person="requester.parks") == []
    assert delivered("inbox").exit_code == 5
    assert delivered.json("request", "list", "--overdue") == []
    database = delivered.home / "bureau.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE clock SET due_on = '2020-01-02'")
    [late] = delivered.json("request", "list", "--overdue")
    assert late["ref"] == "REQ-0001"
    assert delivered.json("request", "list", "--overdue", "--state", "draft") == []
    [task] = delivered.json("inbox", person="approver.water")
    assert task["state"] == "overdue"
    assert task["days_left"] < 0


def test_a_request_goes_back_and_comes_again(delivered):
    send(delivered)
    signed = delivered.ok("request", "receive", "REQ-0001", person="approver.water")
    assert "signed for REQ-0001, due on " in signed.stderr
    back = delivered.json(
        *("request", "return", "REQ-0001", "--missing", "批准文件", "--missing", "承诺书"),
        person="approver.water",
    )
    assert back["request"]["returned"]["missing"] == ["批准文件", "承诺书"]
    shown = delivered.json("request", "show", "REQ-0001")
    assert {clock["limit"]: clock["state"] for clock in shown["clocks"]} == {
        "receipt": "ended",
        "reply_conditional": "paused",
        "supplement": "running",
    }
    delivered.ok(
        *("request", "supplement", "REQ-0001", "--answer", "已补齐"), person="requester.parks"
    )
    again = delivered(
        "request", "return", "REQ-0001", "--missing", "又一份", person="approver.water"
    )
    assert again.exit_code == 4
    assert "everything missing is listed once (Art. 21)" in again.stderr
    late = delivered(
        *("request", "extend", "REQ-0001", "--days", "11", "--reason", "核对"),
        person="approver.water",
    )
    assert late.exit_code == 4
    assert "Art. 21 allows 1 to 10" in late.stderr
    fewer = delivered.json(
        *("request", "approve", "REQ-0001", "--columns", "meter"), person="approver.water"
    )
    assert fewer["grant"]["terms"]["columns"] == ["meter"]
    accepted = delivered.json("grant", "accept", "GRT-0001", person="requester.parks")
    assert accepted["grant"]["accepted_by"] == "requester.parks"


def test_nobody_decides_their_own_request(delivered):
    delivered.ok(*REQUEST, "--submit", person="both.parks")
    result = delivered("request", "endorse", "REQ-0001", person="both.parks")
    assert result.exit_code == 5
    assert "nobody decides their own request" in result.stderr


def test_a_refusal_has_a_reason_and_a_withdrawal_none(delivered):
    send(delivered)
    bare = delivered("request", "refuse", "REQ-0001", person="approver.water")
    assert bare.exit_code == 2
    refused = delivered.json(
        *("request", "refuse", "REQ-0001", "--ground", "exceeds_need"),
        *("--reason", "超出范围"),
        person="approver.water",
    )
    assert refused["request"]["reason"] == "超出范围"
    delivered.ok(*REQUEST, person="requester.parks")
    delivered.ok("request", "withdraw", "REQ-0002", person="requester.parks")
    states = {r["ref"]: r["state"] for r in delivered.json("request", "list")}
    assert states == {"REQ-0001": "refused", "REQ-0002": "withdrawn"}
    assert delivered.json("request", "list", "--state", "draft") == []
    assert "超出范围" in delivered.ok("request", "show", "REQ-0001").stdout


def test_a_read_writes_the_granted_columns_in_the_format_of_the_suffix(granted, tmp_path):
    result = read(granted, tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[0] == "meter,day,litres"
    assert "wrote 4 rows and 3 columns of meters" in result.stderr
    assert read(granted, tmp_path / "out.jsonl").exit_code == 0
    first = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0]
    assert set(json.loads(first)) == {"meter", "day", "litres"}
    shown = granted.json("grant", "show", "GRT-0001")
    assert [use["status"] for use in shown["uses"]] == ["completed", "completed"]
    assert "Uses 使用" in granted.ok("grant", "show", "GRT-0001").stdout


def test_a_receipt_of_a_read_names_what_was_written(granted, tmp_path):
    receipt = json.loads(read(granted, tmp_path / "out.parquet", "--json").stdout)
    assert receipt["use"]["grant"] == "GRT-0001"
    assert receipt["columns"] == ["meter", "day", "litres"]
    assert receipt["target"] == str(tmp_path / "out.parquet")


def test_an_unknown_suffix_needs_a_format(granted, tmp_path):
    result = read(granted, tmp_path / "out.data")
    assert result.exit_code == 2
    assert "add --format" in result.stderr
    assert read(granted, tmp_path / "out.data", "--format", "csv").exit_code == 0


def test_a_read_without_purpose_is_offered_the_grants(granted, tmp_path):
    target = tmp_path / "out.csv"
    result = granted("read", "meters", "--to", target, person="requester.parks")
    assert result.exit_code == 2
    assert f"GRT-0001  application lawns  purpose {PURPOSE}" in result.stderr
    assert "--application lawns --purpose" in result.stderr
    assert not target.exists()
    stranger = granted("read", "meters", "--to", target, person="steward.water")
    assert stranger.exit_code == 5
    assert "water has no active grant on meters" in stranger.stderr
    assert granted("read", "meters", "--to", target).exit_code == 5


def test_a_denied_read_says_why_and_leaves_no_file(granted, tmp_path):
    options = ("--application", "ponds", "--purpose", PURPOSE)
    target = tmp_path / "out.csv"
    result = granted("read", "meters", "--to", target, *options, person="requester.parks")
    assert result.exit_code == 5
    assert "is for the application lawns, not ponds" in result.stderr
    assert not target.exists()
    (entry,) = granted.json("ledger", "log", "--kind", "read.denied")
    assert entry["body"]["facts"]["application"] == "ponds"


def test_a_grant_is_suspended_resumed_and_revoked(granted, tmp_path):
    for verb, state, code in (
        ("suspend", "suspended", 5),
        ("resume", "active", 0),
        ("revoke", "revoked", 5),
    ):
        if verb == "resume":
            granted.ok(
                *("grant", "rectify", "GRT-0001", "--report", "整改完毕"), person="requester.parks"
            )
        bare = granted("grant", verb, "GRT-0001", person="approver.water")
        assert bare.exit_code == 2
        assert "--reason" in bare.stderr
        head = "authority.data" if verb == "revoke" else "approver.water"
        changed = granted.json("grant", verb, "GRT-0001", "--reason", "检查", person=head)
        assert changed["grant"]["ref"] == "GRT-0001"
        (listed,) = granted.json("grant", "list", "--dataset", "meters")
        assert listed["state"] == state
        assert read(granted, tmp_path / f"{verb}.csv").exit_code == code
    assert granted.json("grant", "list", "--department", "water") == []
    shown = granted.ok("grant", "show", "GRT-0001").stdout
    assert ["revoked", "by", "撤销人", "authority.data"] in map(str.split, shown.splitlines())
    assert "Suspensions 暂停" in shown
    assert shown.count("检查") == 3, "suspended, resumed and revoked"
    assert "UTC" not in shown
    lines = granted.ok("dataset", "show", "meters").stdout.splitlines()
    assert ["GRT-0001", "revoked", "parks"] in [line.split()[:3] for line in lines]
    assert granted.json("dataset", "show", "meters")["grants"][0]["state"] == "revoked"


@pytest.mark.parametrize(
    ("arguments", "noun"),
    [
        (("dataset", "list", "--department", "nope"), "department"),
        (("grant", "list", "--department", "nope"), "department"),
        (("grant", "list", "--dataset", "nope"), "dataset"),
        (("catalog", "gaps", "--department", "nope"), "department"),
        (("rate", "show", "--department", "nope"), "department"),
        (("rate", "rows", "COL-1", "--division", "nope"), "division"),
    ],
)
def test_a_list_narrowed_to_what_there_is_not_says_so(bureau, arguments, noun):
    result = bureau(*arguments)
    assert result.exit_code == 3
    assert f"there is no {noun} 'nope'" in result.stderr
    assert f"bureau {noun} list" in result.stderr


def test_a_theme_that_nothing_has_is_not_found(bureau):
    result = bureau("rate", "funnel", "--theme", "nope")
    assert result.exit_code == 3
    assert "there is no theme 'nope'" in result.stderr
    assert "known are water" in result.stderr


def test_a_call_with_a_key_is_done_once(delivered):
    first = delivered.json(*REQUEST, "--key", "k-1", person="requester.parks")
    again = delivered(*REQUEST, "--key", "k-1", "--json", person="requester.parks")
    assert (again.exit_code, json.loads(again.stdout)) == (
        0,
        {
            "subject": "request:REQ-0001",
            "subjects": ["request:REQ-0001"],
            "changed": False,
            "ledger": first["ledger"],
        },
    )
    assert "done before, under the same key: request:REQ-0001 (ledger entry" in again.stderr
    other = delivered(*REQUEST, "--submit", "--key", "k-1", person="requester.parks")
    assert other.exit_code == 4
    assert "was used for another act" in other.stderr


def test_several_datasets_are_one_dossier(delivered):
    document = """
application: lawns
legal_basis: 深圳经济特区绿化条例第一条
scenario: 绿化
items:
  - {dataset: meters, columns: [meter]}
  - {dataset: nothing, columns: meter}
until: 2027-01-31
"""
    refused = delivered(
        "request", "new", "--from-file", "-", stdin=document, person="requester.parks"
    )
    assert refused.exit_code == 2
    assert "stdin.yaml:7: 'columns' is not a list of names" in refused.stderr
    half = document.replace("columns: meter}", "columns: [meter]}")
    missing = delivered("request", "new", "--from-file", "-", stdin=half, person="requester.parks")
    assert missing.exit_code == 2
    assert "nothing: there is no dataset 'nothing'" in missing.stderr
    assert delivered.json("request", "list") == []


def test_a_deputy_is_named_with_for(delivered):
    send(delivered)
    soon = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    make = ("delegation", "make", "steward.water", "--reason", "休假", "--until")
    too_long = delivered(*make, "2099-01-31", person="approver.water")
    assert too_long.exit_code == 4
    assert "longer than 90 days" in too_long.stderr
    made = delivered.ok(*make, soon, person="approver.water")
    assert "next: bureau --as steward.water --for approver.water inbox" in made.stderr
    alone = delivered("request", "approve", "REQ-0001", person="steward.water")
    assert alone.exit_code == 5
    approve = ("request", "approve", "REQ-0001", "--for", "approver.water")
    assert delivered.json(*approve, person="steward.water")["grant"]["granted_by"] == (
        "steward.water for approver.water"
    )
    [listed] = delivered.json("delegation", "list")
    assert (listed["ref"], listed["state"]) == ("DLG-0001", "active")
    delivered.ok("delegation", "withdraw", "DLG-0001", person="approver.water")
