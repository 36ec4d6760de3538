"""Every word that entries use has a name in Chinese and English."""

import re

import pytest

from catalog.model import DeliveryStatus
from sharing.ledger.faults import Fault, FaultKind
from sharing.ledger.titles import (
    ABOUT,
    DELIVERIES,
    FAULTS,
    RULES,
    fault_zh,
    kind_title,
    rule_titles,
)
from sharing.notices.routing import ROUTES, SILENT
from sharing.policy import Rule

KINDS = sorted({*ROUTES, *SILENT})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_entry_has_a_name(kind):
    zh, en = kind_title(kind)
    assert not re.search("[A-Za-z]", zh), zh
    assert not re.search("[㐀-鿿_.]", en), en


def test_every_rule_and_status_has_a_name():
    assert {*Rule} <= {*RULES}
    assert {*DELIVERIES} == {*DeliveryStatus}
    assert {*FAULTS} == {*FaultKind}
    edited = Fault(3, 5, FaultKind.EDITED, "entries 3 to 5 were edited")
    assert fault_zh(edited) == "账本第 3 至 5 条：内容被改动"
    assert rule_titles(["purpose", "columns"]) == (
        "使用目的不符、超出授权的列",
        "another purpose, columns beyond the grant",
    )


def test_nothing_is_named_that_no_entry_is_about():
    assert {*ABOUT} == {kind.partition(".")[0] for kind in KINDS}
