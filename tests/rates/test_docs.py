"""The pages for auditors say what the definitions say, and their SQL gives the numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Date, bindparam, text

from core.clock import to_micros
from rates.cut import cut_for
from rates.model import FUNNEL_STAGES
from tests.docs.definitions import PAGE as DEFINITIONS
from tests.docs.definitions import definitions_page
from tests.rates.city import DAY, QUERY, ZONE

PAGE = (Path(__file__).parents[2] / "docs" / "rates.md").read_text("utf-8")
STATEMENTS = dict(re.findall(r"^([A-Z]+-\d):\n\n```sql\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))


def test_the_page_of_the_definitions_is_what_the_code_says():
    assert DEFINITIONS.read_text("utf-8") == definitions_page(), "write it anew: make definitions"


def test_the_page_has_the_stages_of_the_funnel():
    names = " → ".join(
        f"{english.split(' to ')[0].split(' by ')[0]} {chinese}"
        for _, chinese, english in FUNNEL_STAGES
    )
    assert f"*{names}*" in PAGE


@pytest.mark.parametrize("rate", ["COL-1", "USE-1"])
def test_the_statement_of_the_page_gives_the_number_of_the_rate(twelve, rate):
    twelve.withdraw("d06", twelve.now - timedelta(days=1))
    cut = cut_for(QUERY, zone=ZONE, now=twelve.now)
    statement = text(STATEMENTS[rate])
    given = {"until": to_micros(cut.until), "day": DAY, "first_day": cut.first_day}
    typed = [bindparam(n, type_=Date()) for n in ("day", "first_day") if f":{n}" in str(statement)]
    (count,) = twelve.count(rate, QUERY)
    asked = {name: value for name, value in given.items() if f":{name}" in str(statement)}
    found = twelve.session.execute(statement.bindparams(*typed), asked).one()
    assert tuple(found) == (count.n, count.base)
