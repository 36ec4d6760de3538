"""A connection that is kept open for the next act, and the file behind it."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from bureau import Bureau
from catalog.model import Division
from core.errors import StorageUnavailable


def test_a_file_put_back_from_a_copy_is_what_the_next_act_reads_and_writes(tmp_path):
    home, copy = tmp_path / "city", tmp_path / "copy.db"
    Bureau.create(home).close()
    shutil.copy(home / "bureau.db", copy)
    document = tmp_path / "division.yaml"
    document.write_text(
        "kind: Division\nitems:\n  - {code: '440000', name_zh: 广东省, level: province}\n",
        encoding="utf-8",
    )
    bureau = Bureau.open(home)
    database = bureau.workspace.database
    assert database.ledger_size() == 0
    bureau.apply(document)
    assert [one.code for one in bureau.list_items(Division)] == ["440000"]
    assert database.ledger_size() == 1

    for left in home.glob("bureau.db*"):
        left.unlink()
    shutil.move(copy, home / "bureau.db")

    assert database.ledger_size() == 0
    assert bureau.list_items(Division) == []
    bureau.apply(document)
    assert [one.code for one in bureau.list_items(Division)] == ["440000"]
    bureau.close()
    again = Bureau.open(home)
    assert [one.code for one in again.list_items(Division)] == ["440000"]
    again.close()


def test_a_ledger_that_is_gone_has_no_size(tmp_path):
    bureau = Bureau.create(tmp_path / "city")
    with closing(sqlite3.connect(tmp_path / "city" / "bureau.db")) as database:
        database.execute("DROP TABLE ledger_head")
    with pytest.raises(StorageUnavailable, match=r"bureau\.db"):
        bureau.workspace.database.ledger_size()
    bureau.close()
