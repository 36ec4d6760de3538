"""The table at the end of the story in docs/sharing.md names every ledger entry of the case."""

import re

from tests.docs.test_console import TOP, steps

PAGE = TOP / "docs" / "sharing.md"


def test_the_table_names_the_entries_that_the_ledger_lists():
    (listed,) = (shown for command, shown in steps(PAGE) if command.startswith("bureau ledger log"))
    entries = [tuple(line.split(",")[:2]) for line in listed[1:]]
    table = PAGE.read_text("utf-8").partition("\n### Step, article, day, entry\n")[2]
    assert re.findall(r"(\d+) `([a-z_.]+)`", table) == entries
