"""A connection that is kept open for the next act, and the file behind it."""

import shutil

from bureau import Bureau
from catalog.model import Division


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
    bureau.apply(document)
    assert [one.code for one in bureau.list_items(Division)] == ["440000"]

    for left in home.glob("bureau.db*"):
        left.unlink()
    shutil.move(copy, home / "bureau.db")

    assert bureau.list_items(Division) == []
    bureau.apply(document)
    assert [one.code for one in bureau.list_items(Division)] == ["440000"]
    bureau.close()
    again = Bureau.open(home)
    assert [one.code for one in again.list_items(Division)] == ["440000"]
    again.close()
