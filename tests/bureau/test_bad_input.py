"""Bad input: one sentence that says what, where and how to mend it, and nothing is lost."""

import os
import random
import signal
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from sqlalchemy import Engine, event

from bureau import Bureau, DeliveryOrder
from bureau.request_document import read_requests
from catalog.model import Dataset, DeliveryStatus
from core.errors import (
    Conflict,
    DocumentInvalid,
    EngineFailed,
    InvalidInput,
    NotFound,
    StorageUnavailable,
)
from tests.bureau.test_sharing import asked
from tests.snapshot import snapshot
from tests.town import FILES, GOOD, write_registry

HEADING, ROW = "meter,day,litres,keeper\n", "M001,2026-03-01,1,a\n"
RTL = "\u202e"
DATASET, CONTRACT = FILES["datasets.yaml"], FILES["contract.yaml"]


def named(code):
    return DATASET.replace("code: meters", f"code: {code}")


DOCUMENTS = {
    "alias": ("kind: Dataset\nitems:\n  - &a {code: x}\n  - *a\n", ":3: an anchor or alias"),
    "duplicate key": (DATASET + "kind: Dataset\n", ":21: the key 'kind' is here twice"),
    "tab": ("kind: Dataset\nitems:\n\t- code: x\n", ":3: a tab is used for indentation"),
    "1 MB": (DATASET + "#" * (1 << 20), "more than the 1048576 allowed; split it"),
    "tag": ("kind: !!str Dataset\n", ":1: the tag"),
    "two documents": (DATASET + "---\n" + DATASET, ":21: a second document starts here"),
    "deep": ("kind: " + "[" * 50, ":1: the document is nested deeper than 30 levels"),
    "not UTF-8": (b"kind: Dataset\ntitle: \xff\n", ":2: the text is not UTF-8; save the file"),
    "nothing": ("", "the document is empty"),
    "name with ../": (named("../meters"), ":4: Dataset '../meters' has a bad code"),
    "name with /": (named("a/b"), "has '/' (SOLIDUS) at position 2; use 1 to 100"),
    "NUL": (named('"a\0b"'), ":4: the character U+0000 is not allowed"),
    "escaped NUL": (named(r'"a\0b"'), ":4: the escaped character U+0000 is not allowed"),
    "right-to-left name": (named(f'"a{RTL}b"'), "a\\u{202e}b' has a bad code"),
    "300 characters": (named("a" * 300), "has 300 characters and may have 100"),
    "right-to-left title": (DATASET.replace("公共水表", f"公共{RTL}水表"), ":5: Dataset 'meters'"),
    "registered twice": (
        DATASET + DATASET.split("items:\n")[1],
        ":21: Dataset 'meters' is defined twice; it is already at document.yaml:4",
    ),
    "unknown department": (
        DATASET.replace("provider: water\n", "provider: nowhere\n"),
        ":8: Dataset 'meters' names the unknown department 'nowhere'",
    ),
    "unknown contract": (
        DATASET.replace("contract: meters", "contract: metres"),
        ":20: dataset meters names the contract 'metres', which is neither in the folder nor",
    ),
    "contract id with ../": (
        CONTRACT.replace("id: meters", "id: ../meters"),
        ":4: id: the id '../meters' looks like a path out of a folder",
    ),
    "contract column with a right-to-left mark": (
        CONTRACT.replace("name: keeper", f'name: "keep{RTL}er"').replace("1.0.0", "1.0.1"),
        "the name has U+202E RIGHT-TO-LEFT OVERRIDE at position 5",
    ),
    "contract of an unknown type": (
        CONTRACT.replace("logicalType: integer", "logicalType: whole"),
        ":32: schema.meters.properties.litres.logicalType: 'whole' is not one of the words",
    ),
    "published version with other content": (
        CONTRACT.replace("100000", "99"),
        "version 1.0.0 of contract meters is published with other content: a version never",
    ),
}
"""A document that cannot be applied, and what is said of it after the name of the file."""


def put(path, content):
    """Write text, bytes, or the text that a function makes."""
    text = content() if callable(content) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


TABLES = {
    "ragged": (HEADING + ROW + "M001,2026-03-01\n", "line 3 (2 fields", "quote fields"),
    "no heading": (ROW * 2, ", line 1: no wanted column", "--no-header"),
    "two headings": (HEADING * 2 + ROW, ", line 2: this is a second heading", "delete the other"),
    "two headings in two languages": (
        HEADING + "水表,日期,升,负责人\n" + ROW,
        ", line 2: this is a second heading",
        "delete the other",
    ),
    "NUL byte": (HEADING + ROW + "M001,\0,1,a\n", ", line 3: there is a NUL byte", "UTF-8"),
    "field of 100 MB": (
        lambda: HEADING + ROW[:-2] + "x" * (100 << 20) + "\n",
        ", line 2: the record is longer than 16 MB",
        "line ends",
    ),
    "field of 100 MB over many lines": (
        lambda: HEADING + ROW[:-2] + '"' + ("x" * 1023 + "\n") * (100 << 10) + '"\n',
        ", line 2: the record is longer than 16 MB",
        "a quote that is never closed",
    ),
    "unknown encoding": (
        HEADING.encode() + b"M001,2026-03-01,1,\x81\xff\xfe\xc0\n" * 20,
        ": the encoding cannot be told",
        "--encoding",
    ),
    "quote never closed": (
        HEADING + 'M001,2026-03-01,1,"a\n',
        ", line 2: a quote is opened and never closed",
        "close it",
    ),
    "other columns": ("a,b\n1,2\n", ", line 1: no wanted column is named here", "meter, day"),
    "missing column": (
        "meter,day,litres\nM001,2026-03-01,1\n",
        ":1: column 'keeper' is missing",
        "publish a contract that fits",
    ),
    "nothing": ("", " is empty", "export it again"),
    "blanks": ("\n \n", " holds nothing but blanks", "export it again"),
    "damaged archive": (b"PK\x03\x04" + b"x" * 99, " is a damaged zip archive", "save it again"),
    "damaged Parquet": (b"PAR1" + b"x" * 99, ": the Parquet file is damaged", "write it again"),
    "damaged Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "workbook", "save it"),
    "JSON cut off": ('{"data": [', ", line 1: this is not JSON", "export it again"),
    "JSON of other columns": ('[{"meter": "M1"}]', "column 'day' is missing", "mend the heading"),
}
"""A file that is no table of the contract, what is said after its name, and how to mend it."""


@contextmanager
def refused(town, error, *said):
    """The block raises `error`, which says all of `said` and how to mend it, and changes nothing."""
    before = snapshot(town.settings.home)
    with pytest.raises(error) as caught:
        yield
    failure = caught.value
    spoken = f"{failure}\n{failure.hint}\n" + "\n".join(map(str, getattr(failure, "problems", ())))
    assert [words for words in said if words not in spoken] == []
    assert failure.hint
    assert "\n" not in str(failure)
    assert snapshot(town.settings.home) == before


def deliver(town, path, **options):
    order = DeliveryOrder(dataset="meters", path=path, **options)
    return town.acting_as("steward.water").deliver(order)


def more(tmp_path):
    """A good file with one row more than the first delivery had."""
    path = tmp_path / "more.csv"
    path.write_text(GOOD + "M009,2026-03-05,1,a\n", "utf-8")
    return path


def large(path, rows=100_000):
    """A good file whose Parquet form is larger than a megabyte."""
    dice = random.Random(1)  # noqa: S311  a fixed table, not a secret
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    keys = ((f"M{number:03}", day) for number in range(1000) for day in days)
    lines = (
        f"{meter},{day},{dice.randrange(100_000)},{dice.random()}\n"
        for (meter, day), _ in zip(keys, range(rows), strict=False)
    )
    path.write_text(HEADING + "".join(lines), "utf-8")
    return path


def bomb(path, rows, length):
    """A Parquet file in which one text of `length` characters stands in every row."""
    words = pa.DictionaryArray.from_arrays(
        pa.array([0] * rows, pa.int32()), pa.array(["M" + "x" * (length - 1)])
    )
    columns = {"day": ["2026-03-01"] * rows, "litres": [1] * rows, "keeper": ["a"] * rows}
    pq.write_table(pa.table({"meter": words, **columns}), path, compression="zstd")
    return path


def forged(path, claimed):
    """A small Parquet file whose footer claims this many rows."""
    rows = 12_345
    columns = {"meter": ["M001"], "day": ["2026-03-01"], "litres": [1], "keeper": ["a"]}
    pq.write_table(pa.table({name: cells * rows for name, cells in columns.items()}), path)
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - size : -8].replace(b"\x16" + zigzag(rows), b"\x16" + zigzag(claimed))
    path.write_bytes(data[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    assert pq.read_metadata(path).num_rows == claimed
    return path


def zigzag(number):
    """A positive number as Parquet's footer has it."""
    number, digits = 2 * number, b""
    while number > 127:
        digits += bytes([number & 127 | 128])
        number >>= 7
    return digits + bytes([number])


def child_of_this_process():
    """The one process that this one has started and that still runs."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rsplit(")", 1)[1].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == os.getpid() and state != "Z":
            command = (status.parent / "cmdline").read_text()
            if "core.child" in command:
                return int(status.parent.name)
    raise AssertionError("there is no child")


# Documents and names


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_cannot_be_applied(delivered, tmp_path, case):
    content, said = DOCUMENTS[case]
    path = tmp_path / "document.yaml"
    put(path, content)
    with refused(delivered, DocumentInvalid, "document.yaml", said, "nothing was registered"):
        delivered.acting_as("operator.data").apply(path)


@pytest.mark.parametrize("case", ["alias", "duplicate key", "tab", "1 MB", "NUL", "not UTF-8"])
def test_a_contract_that_cannot_be_published(delivered, tmp_path, case):
    content, said = DOCUMENTS[case]
    path = tmp_path / "contract.yaml"
    put(path, content)
    with refused(delivered, DocumentInvalid, "contract.yaml", said.partition(";")[0]):
        delivered.acting_as("steward.water").publish_contract(path)


@pytest.mark.parametrize("case", ["alias", "duplicate key", "tab", "1 MB", "NUL", "not UTF-8"])
def test_a_request_that_cannot_be_read(town, case):
    content, said = DOCUMENTS[case]
    data = content if isinstance(content, bytes) else content.encode()
    with refused(town, DocumentInvalid, "request.yaml", said.partition(";")[0]):
        read_requests(data, "request.yaml", zone=town.settings.zone, today=town.today())


@pytest.mark.parametrize("part", ["scenario", "legal_basis"])
def test_a_request_that_does_not_read_as_it_is_written(town, clock, part):
    with refused(town, InvalidInput, "has U+202E RIGHT-TO-LEFT OVERRIDE at position 3"):
        town.acting_as("requester.parks").create_request(asked(clock, **{part: f"灌溉{RTL}入收"}))
    request, _ = town.acting_as("requester.parks").create_request(
        asked(clock, **{part: "《灌溉条例》\n\t第一条"})
    )
    assert getattr(request.terms, part) == "《灌溉条例》\n\t第一条"


def test_good_and_bad_documents_of_a_folder_go_together(delivered, tmp_path):
    folder = write_registry(tmp_path / "folder", more=named("gauges"), worse=named("../x"))
    with refused(delivered, DocumentInvalid, "worse.yaml:4", "mend them all"):
        delivered.acting_as("operator.data").apply(folder)
    with pytest.raises(NotFound):
        delivered.get_item(Dataset, "gauges")


def test_a_dataset_that_is_registered_already(delivered, tmp_path):
    path = tmp_path / "meters.yaml"
    path.write_text(DATASET, "utf-8")
    with refused(
        delivered, Conflict, "dataset meters is registered already", "bureau dataset show"
    ):
        delivered.acting_as("steward.water").apply(path, only_new=True)


@pytest.mark.parametrize("name", ["../meters", "a\0b", f"meters{RTL}", "m" * 300, ""])
def test_a_name_that_nothing_has(delivered, good, name):
    steward = delivered.acting_as("steward.water")
    with refused(delivered, NotFound, "there is no dataset", "bureau dataset list"):
        steward.deliver(DeliveryOrder(dataset=name, path=good))
    with refused(delivered, NotFound, "there is no person", "bureau person list"):
        delivered.acting_as(name).deliver(DeliveryOrder(dataset="meters", path=good))


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("nowhere.csv", NotFound, "there is no file"),
        ("good.csv/below", NotFound, "there is no file"),
        (f"no{RTL}where.csv", NotFound, "there is no file"),
        ("../nowhere.csv", NotFound, "there is no file"),
        ("a\0b.csv", InvalidInput, "NUL"),
        ("n" * 300, InvalidInput, "File name too long"),
        (".", InvalidInput, "is not a file"),
        ("/dev/zero", InvalidInput, "/dev/zero is not a file"),
    ],
)
def test_a_file_that_is_none(delivered, good, name, error, said):
    with refused(delivered, error, said):
        deliver(delivered, good.parent / name)


def test_a_pipe_is_not_waited_for(delivered, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with refused(delivered, InvalidInput, "pipe is not a file"):
        deliver(delivered, tmp_path / "pipe")


@pytest.mark.parametrize("name", ["n" * 300, "nowhere"])
def test_a_document_that_is_no_file(delivered, tmp_path, name):
    for act in (delivered.acting_as("operator.data").apply, delivered.publish_contract):
        with refused(delivered, (NotFound, InvalidInput), name):
            act(tmp_path / name)


# Files of data


@pytest.mark.parametrize("case", TABLES)
def test_a_file_that_is_no_table_of_the_contract(delivered, tmp_path, case):
    content, said, fix = TABLES[case]
    path = tmp_path / "data.csv"
    put(path, content)
    with refused(delivered, InvalidInput, "data.csv", said, fix):
        deliver(delivered, path)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("klingon", "there is no text encoding 'klingon'"),
        ("base64", "there is no text encoding 'base64'"),
        ("../../x", "there is no text encoding '../../x'"),
        ("utf-8", "is not utf-8 text"),
    ],
)
def test_an_encoding_that_does_not_fit(delivered, tmp_path, encoding, said):
    path = tmp_path / "data.csv"
    path.write_bytes(GOOD.replace("M003", "M004").encode("gb18030"))
    with refused(delivered, InvalidInput, said, "utf-8"):
        deliver(delivered, path, encoding=encoding)


def test_a_parquet_bomb_is_not_unpacked(delivered, tmp_path):
    path = bomb(tmp_path / "bomb.parquet", 20_000, 1 << 20)
    assert path.stat().st_size < 23_000
    said = "bytes decode to 20,971,740,000 bytes of text"
    with refused(delivered, InvalidInput, "bomb.parquet", said, "deliver it in parts"):
        deliver(delivered, path)


def test_a_sheet_that_claims_a_billion_cells_ends_its_child_alone(delivered, tmp_path):
    """Two cells are written, and a reader makes room for all between them."""
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "meter")
        sheet.write(60_000, 16_000, "x")
    with refused(delivered, (InvalidInput, EngineFailed), ""):
        deliver(delivered, path)


def test_a_small_parquet_bomb_is_checked_within_the_limits_and_nothing_of_it_published(
    delivered, tmp_path
):
    path = bomb(tmp_path / "bomb.parquet", 1600, 1 << 17)
    assert path.stat().st_size < 23_000
    before = snapshot(delivered.settings.home)
    result = deliver(delivered, path)
    assert result.delivery.status is DeliveryStatus.REFUSED
    assert result.report.failing_rows == 1600
    after = snapshot(delivered.settings.home)
    assert after.readable == before.readable
    size = sum((delivered.settings.lake / name).stat().st_size for name in after.lake)
    assert size < 1 << 20
    assert delivered.verify_ledger().ok


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (10**9, "the Parquet file is damaged or incomplete"),
        (10**10, "10,000,000,000 rows of 4 columns are more than 5,000,000,000 cells"),
    ],
)
def test_a_parquet_file_that_claims_rows_it_does_not_have(delivered, tmp_path, rows, said):
    with refused(delivered, InvalidInput, "forged.parquet", said):
        deliver(delivered, forged(tmp_path / "forged.parquet", rows))


def test_a_first_delivery_that_cannot_be_read_reserves_a_folder_and_nothing_else(town, tmp_path):
    before = snapshot(town.settings.home)
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InvalidInput):
        deliver(town, path)
    after = snapshot(town.settings.home)
    assert len(after.tables["lake_table"]) == 1
    assert after.tables | {"lake_table": []} == before.tables
    assert after.lake == before.lake == {}


# What the work may use, and the disk


def test_a_child_that_is_killed_takes_nothing_with_it(delivered, tmp_path):
    path = large(tmp_path / "large.csv", 300_000)
    before = snapshot(delivered.settings.home)

    def kill(stage, _part):
        if stage == "stage":
            os.kill(child_of_this_process(), signal.SIGKILL)

    order = DeliveryOrder(dataset="meters", path=path)
    with pytest.raises(EngineFailed, match="the work was killed") as caught:
        delivered.acting_as("steward.water").deliver(order, on_progress=kill)
    assert "memory" in caught.value.hint
    assert snapshot(delivered.settings.home) == before
    assert deliver(delivered, path).delivery.number == 2


def test_a_delivery_that_the_caller_breaks_off_leaves_nothing(delivered, tmp_path):
    class Stopped(BaseException):
        pass

    def stop(stage, _part):
        if stage == "check":
            raise Stopped

    before = snapshot(delivered.settings.home)
    order = DeliveryOrder(dataset="meters", path=more(tmp_path))
    with pytest.raises(Stopped):
        delivered.acting_as("steward.water").deliver(order, on_progress=stop)
    assert snapshot(delivered.settings.home) == before


@contextmanager
def full_disk(bureau):
    """The SQLite database refuses to grow, with the error of a full disk."""

    def limit(connection, _record):
        [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    bureau.close()  # so that it connects anew
    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)
        bureau.close()


def fill(home):
    """Take the pages that the database has free, so that the next row needs a new one."""
    with closing(sqlite3.connect(home / "bureau.db")) as database:
        database.execute("VACUUM")


@pytest.mark.parametrize("only_new", [True, False])
def test_a_registry_that_cannot_grow(delivered, tmp_path, only_new):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.yaml").write_text(named(f"gauges-{number}"), "utf-8")
    operator = delivered.acting_as("operator.data")
    fill(delivered.settings.home)
    with (
        full_disk(delivered),
        refused(delivered, StorageUnavailable, "bureau.db is full", "has room"),
    ):
        operator.apply(folder, only_new=only_new)
    assert len(operator.apply(folder, only_new=only_new).steps) == 40


def test_a_delivery_that_cannot_be_recorded_is_not_read_and_is_completed_later(delivered, tmp_path):
    path = tmp_path / "many.csv"
    wrong = "".join(f"X{number},2026-03-01,-1,a\n" for number in range(50))
    path.write_text(GOOD + wrong, "utf-8")
    policy = tmp_path / "policy.yaml"
    policy.write_text(DATASET.rstrip() + "\n    policy: publish_and_flag\n", "utf-8")
    delivered.acting_as("operator.data").apply(policy)
    fill(delivered.settings.home)
    before = snapshot(delivered.settings.home)
    with (
        full_disk(delivered),
        pytest.raises(StorageUnavailable, match=r"bureau\.db is full") as caught,
    ):
        deliver(delivered, path)
    assert "has room" in caught.value.hint
    after = snapshot(delivered.settings.home)
    assert (after.tables, after.readable) == (before.tables, before.readable)
    assert delivered.verify_ledger().ok
    report, _ = delivered.acting_as("steward.water").run_checks("meters")
    assert report.rows == 4

    delivery = deliver(delivered, path).delivery
    assert (delivery.number, delivery.rows_published) == (2, 54)
    assert delivered.verify_ledger().ok


def test_a_check_that_cannot_be_recorded_leaves_no_evidence(delivered):
    fill(delivered.settings.home)
    with full_disk(delivered), refused(delivered, StorageUnavailable, "bureau.db is full"):
        delivered.acting_as("steward.water").run_checks("meters")


# The workspace


@pytest.mark.parametrize(
    ("statement", "said", "fix"),
    [
        ("DROP TABLE alembic_version", "at migration none, this version needs 0", "db upgrade"),
        ("DELETE FROM alembic_version", "at migration none, this version needs", "db upgrade"),
        ("UPDATE alembic_version SET version_num = '9999'", "at migration 9999", "use the newer"),
    ],
)
def test_a_database_of_another_time(delivered, statement, said, fix):
    home = delivered.settings.home
    with closing(sqlite3.connect(home / "bureau.db")) as database, database:
        database.execute(statement)
    with refused(delivered, StorageUnavailable, said, fix):
        Bureau.open(home)


def test_an_empty_database_is_lost_and_not_upgraded(delivered):
    path = delivered.settings.home / "bureau.db"
    delivered.close()
    path.write_bytes(b"")
    with pytest.raises(StorageUnavailable, match="is empty: its tables are gone"):
        Bureau.open(delivered.settings.home)
    with pytest.raises(StorageUnavailable, match="its tables are gone"):
        Bureau.open(delivered.settings.home, require_current=False).upgrade_database()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


SPOILT = {
    "file is not a database": lambda path: path.write_bytes(b"not a database " * 999),
    "malformed": lambda path: os.truncate(path, path.stat().st_size // 2),
    "there is no database at": lambda path: path.unlink(),
    "unable to open database file": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("said", SPOILT)
def test_a_database_that_is_none(delivered, said):
    home = delivered.settings.home
    delivered.close()
    SPOILT[said](home / "bureau.db")
    left = sorted(path.name for path in home.iterdir())
    with pytest.raises(StorageUnavailable, match=said) as caught:
        Bureau.open(home)
    assert str(home / "bureau.db") in str(caught.value)
    assert caught.value.hint
    assert sorted(path.name for path in home.iterdir()) == left


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[city\n", "is not TOML"),
        ("[town]\n", r"unknown section \[town\]"),
        ('[city]\ntimezone = "Mars/Olympus"\n', "there is no time zone"),
        ("[limits]\nmemory_mb = -5\n", "limits.memory_mb"),
        ("[limits]\nmemory_mb = true\n", "limits.memory_mb"),
        ('[database]\nurl = "mysql://root:secret@host/name"\n', "neither SQLite nor PostgreSQL"),
    ],
)
def test_settings_that_say_nothing_sensible(delivered, text, said):
    (delivered.settings.home / "bureau.toml").write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=said) as caught:
        Bureau.open(delivered.settings.home)
    assert caught.value.hint
    assert "secret" not in f"{caught.value} {caught.value.hint}"


def test_the_least_memory_that_may_be_set_is_enough_for_a_delivery(delivered, tmp_path):
    home = delivered.settings.home
    (home / "bureau.toml").write_text("[limits]\nmemory_mb = 512\n", "utf-8")
    town = Bureau.open(home)
    assert deliver(town, more(tmp_path)).delivery.number == 2
    town.close()
