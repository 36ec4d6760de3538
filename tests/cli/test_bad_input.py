"""Bad input through the real command: the exit code, the sentence, the way out, nothing lost."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bureau.test_bad_input import (
    DATASET,
    DOCUMENTS,
    SPOILT,
    TABLES,
    bomb,
    forged,
    large,
    more,
    named,
    put,
)
from tests.snapshot import snapshot

TOP = Path(__file__).parents[2]
SMALL_DISK = 40 << 10
"""Bytes: SQLite's index of its log fits, and a whole delivery in the log does not."""
FULL_DATABASE = (
    "error[storage-unavailable]",
    "bureau.db cannot be used: disk I/O error; its disk is full or failing",
    "has room",
)
SPOKEN_DOCUMENTS = (
    "alias",
    "duplicate key",
    "tab",
    "1 MB",
    "name with ../",
    "NUL",
    "right-to-left name",
    "300 characters",
    "unknown department",
    "published version with other content",
)
SPOKEN_TABLES = (
    "ragged",
    "no heading",
    "two headings",
    "NUL byte",
    "field of 100 MB",
    "unknown encoding",
    "missing column",
)
"""Of each cause one; the tests of the acts have them all."""


@dataclass(frozen=True)
class Command:
    """`python -m cli` on one workspace."""

    home: Path

    def __call__(
        self, *arguments, person="steward.water", largest=None, stdin=b"", output=subprocess.PIPE
    ):
        """Run the command; no file that it or its child writes may have more than `largest` bytes."""

        def limit():
            if largest is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        place = {"BUREAU_HOME": str(self.home), "BUREAU_AS": person, "PYTHONPATH": str(TOP)}
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.home.parent,
            env={**os.environ, **place, "PYTHONUTF8": "1"},
            input=stdin,
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
            timeout=300,
            preexec_fn=limit,
        )

    def refused(self, code, *arguments, said, **options):
        """Run the command, which ends with `code`, says all of `said`, and changes nothing."""
        before = snapshot(self.home)
        ended = self(*arguments, **options)
        assert snapshot(self.home) == before
        check(ended, code, said)


def check(ended, code, said):
    spoken = ended.stderr.decode()
    assert (ended.returncode, ended.stdout) == (code, b""), spoken
    assert [words for words in said if words not in spoken] == []
    first, *others = spoken.splitlines()
    assert first.startswith("error[")
    assert others[-1].startswith("fix: ")
    assert "Traceback" not in spoken
    assert not set("\x00\x1b\u202e") & set(spoken)


@pytest.fixture
def command(supplied, tmp_path):
    """The command on the small town after one good delivery."""
    shutil.copytree(supplied, tmp_path / "home")
    return Command(tmp_path / "home")


@pytest.mark.parametrize("case", SPOKEN_DOCUMENTS)
def test_a_document_that_cannot_be_applied(command, tmp_path, case):
    content, said = DOCUMENTS[case]
    path = tmp_path / "document.yaml"
    put(path, content)
    said = ("error[document-invalid]", "document.yaml", said)
    command.refused(2, "apply", path, said=said, person="operator.data")


def test_a_document_on_standard_input(command):
    said = ("stdin.yaml:4: Dataset '../x' has a bad code",)
    stdin = named("../x").encode()
    command.refused(2, "dataset", "register", "-", said=said, stdin=stdin)


def test_a_dataset_that_is_registered_already(command, tmp_path):
    (tmp_path / "meters.yaml").write_text(DATASET, "utf-8")
    said = ("error[conflict]: dataset meters is registered already", "fix: see it: bureau dataset")
    command.refused(4, "dataset", "register", tmp_path / "meters.yaml", said=said)


@pytest.mark.parametrize(
    ("code", "arguments", "said"),
    [
        (3, ("dataset", "deliver", "../meters", "good.csv"), "there is no file 'good.csv'"),
        (3, ("dataset", "show", "../meters"), "there is no dataset '../meters'"),
        (3, ("dataset", "show", "a\u202eb"), "there is no dataset 'a\\u{202e}b'"),
        (3, ("dataset", "show", "m" * 300), "there is no dataset 'mmm"),
        (2, ("dataset", "show", b"\xff\xfe"), "is not text in UTF-8"),
        (2, ("dataset", "deliver", "meters", "n" * 300), "File name too long"),
        (2, ("dataset", "deliver", "meters", "/dev/zero"), "/dev/zero is not a file"),
        (2, ("dataset", "deliver", "meters", "."), "is not a file"),
        (3, ("apply", "no\u202ewhere"), "there is no file or folder 'no\\u{202e}where'"),
        (2, ("apply", "n" * 300), "File name too long"),
        (2, ("contract", "lint", "n" * 300), "File name too long"),
        (3, ("contract", "publish", "nowhere.yaml"), "there is no file 'nowhere.yaml'"),
        (3, ("catalog", "gaps", "--department", "nowhere"), "there is no department 'nowhere'"),
        (3, ("dataset", "list", "--home", "nowhere"), "there is no workspace"),
    ],
)
def test_a_name_of_nothing(command, code, arguments, said):
    command.refused(code, *arguments, said=(said,))


@pytest.mark.parametrize(
    ("code", "target", "said"),
    [
        (2, "home", "is not a file"),
        (2, "home/bureau.db", "belongs to the workspace"),
        (2, "home/lake/out.csv", "belongs to the workspace"),
        (2, "home/keys/../keys/out.csv", "belongs to the workspace"),
        (3, "no/such/out.csv", "there is no folder"),
        (2, "/dev/null", "/dev/null is not a file"),
        (2, "n" * 300 + ".csv", "File name too long"),
    ],
)
def test_a_place_that_no_data_can_be_written_to(command, code, target, said):
    options = ("--application", "lawns", "--purpose", "any", "--format", "csv")
    arguments = ("read", "meters", "--to", target, *options)
    command.refused(code, *arguments, said=(said,), person="requester.parks")


@pytest.mark.parametrize("case", SPOKEN_TABLES)
def test_a_file_that_is_no_table_of_the_contract(command, tmp_path, case):
    content, said, fix = TABLES[case]
    path = tmp_path / "data.csv"
    put(path, content)
    command.refused(2, "dataset", "deliver", "meters", path, said=("data.csv", said, fix))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: bomb(path, 20_000, 1 << 20), "decode to 20,971,740,000 bytes"),
        (lambda path: forged(path, 10**9), "the Parquet file is damaged or incomplete"),
        (lambda path: forged(path, 10**10), "10,000,000,000 rows of 4 columns are more than"),
    ],
    ids=["decodes to 20 GB", "claims 10^9 rows", "claims 10^10 rows"],
)
def test_a_parquet_file_that_is_a_bomb(command, tmp_path, make, said):
    path = make(tmp_path / "data.parquet")
    command.refused(2, "dataset", "deliver", "meters", path, said=("data.parquet", said))


def test_a_file_that_outgrows_the_disk_while_it_is_staged(command, tmp_path):
    path = large(tmp_path / "large.csv", 20_000)
    said = ("error[engine-failed]: the work wrote a file larger than it may", "smaller parts")
    command.refused(7, "dataset", "deliver", "meters", path, said=said, largest=SMALL_DISK)
    assert command("dataset", "deliver", "meters", path).returncode == 0


def test_a_database_that_cannot_be_written_while_a_delivery_is_recorded(command, tmp_path):
    before = snapshot(command.home)
    ended = command("dataset", "deliver", "meters", more(tmp_path), largest=SMALL_DISK)
    check(ended, 8, FULL_DATABASE)
    after = snapshot(command.home)
    assert (after.tables, after.readable) == (before.tables, before.readable)
    assert after.lake.keys() - before.lake.keys()  # the version that nobody reads

    completed = command("dataset", "deliver", "meters", more(tmp_path))
    assert b"meters #2: accepted" in completed.stderr
    assert command("ledger", "verify").returncode == 0


def test_a_registry_that_cannot_be_written(command, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.yaml").write_text(named(f"gauges-{number}"), "utf-8")
    operator = {"person": "operator.data"}
    command.refused(8, "apply", folder, said=FULL_DATABASE, largest=SMALL_DISK, **operator)
    assert command("apply", folder, **operator).returncode == 0


@pytest.mark.parametrize("arguments", [("dataset", "list"), ("ledger", "verify")])
def test_a_database_that_cannot_even_be_read_on_a_full_disk(command, arguments):
    check(command(*arguments, largest=0), 8, FULL_DATABASE)
    assert command(*arguments).returncode == 0


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_an_output_on_a_full_disk_names_that_disk(command, form):
    said = ("error[storage-unavailable]: the disk of /dev/full is full", "fix: make room on")
    command.refused(8, "dataset", "list", "--format", form, "-o", "/dev/full", said=said)


def test_standard_output_on_a_full_disk_is_named(command):
    with Path("/dev/full").open("wb") as full:
        ended = command("dataset", "list", output=full)
    assert ended.returncode == 8
    assert ended.stderr.decode().splitlines() == [
        "error[storage-unavailable]: the disk of standard output is full",
        "fix: make room on the disk of standard output, then try again",
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE alembic_version", ("at migration none, this version needs", "db upgrade")),
        ("UPDATE alembic_version SET version_num = '9999'", ("at migration 9999", "use the newer")),
    ],
)
def test_a_database_of_another_time(command, tmp_path, statement, said):
    with closing(sqlite3.connect(command.home / "bureau.db")) as database, database:
        database.execute(statement)
    command.refused(8, "dataset", "list", said=said)
    command.refused(8, "dataset", "deliver", "meters", more(tmp_path), said=said)


def test_a_database_of_a_later_time_is_not_migrated(command):
    with closing(sqlite3.connect(command.home / "bureau.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    command.refused(8, "db", "upgrade", said=("at migration 9999", "use the newer"))


@pytest.mark.parametrize("said", SPOILT)
def test_a_database_that_is_none(command, said):
    SPOILT[said](command.home / "bureau.db")
    for arguments in (("dataset", "list"), ("ledger", "verify"), ("db", "upgrade")):
        check(command(*arguments), 8, (said, str(command.home / "bureau.db")))
    assert command("doctor").returncode == 1
