"""The list of liability events of a workspace, from what was done in it."""

import pytest

from core.errors import Denied, NotFound
from sharing.liability.model import Code
from tests.bureau.test_sharing import asked, delivered, granted, read, sent

__all__ = ["delivered"]


def test_rule_26_what_happened_is_listed_with_its_department_and_entry(delivered, clock, tmp_path):
    granted(delivered, clock)
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose="别的用途")
    ref = sent(delivered, asked(clock)).ref
    clock.advance(days=9)
    events = delivered.liability.list()
    assert [(event.code, event.department, event.open) for event in events] == [
        (Code.R2, "parks", False),
        (Code.P4, "water", True),
    ]
    assert delivered.ledger_entry(events[0].entry)[1].kind == "read.denied"
    assert events[1].subject == f"request:{ref}"
    assert delivered.liability.list(department="water") == events[1:]
    assert delivered.liability.list(department="audit") == []
    with pytest.raises(NotFound):
        delivered.liability.list(department="nobody")
