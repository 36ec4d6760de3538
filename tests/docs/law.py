"""Write docs/law.md from the rules in the code and the tests that bear their numbers."""

import re
from pathlib import Path

from sharing.law.page import page
from sharing.law.rules import RULES

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "law.md"
_TEST = re.compile(r"^(?:async )?def (test_rule_(\d+)_\w+)\(", re.MULTILINE)


def by_rule() -> dict[int, list[str]]:
    """Every test named after a rule, as file::function, by the rule's number."""
    found: dict[int, list[str]] = {}
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        for match in _TEST.finditer(path.read_text("utf-8")):
            name = f"{path.relative_to(TOP).as_posix()}::{match[1]}"
            found.setdefault(int(match[2]), []).append(name)
    return found


def law_page() -> str:
    return page(RULES, by_rule())


if __name__ == "__main__":
    PAGE.write_text(law_page(), "utf-8")
