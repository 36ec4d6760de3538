"""The page for auditors says what the definitions say, and its SQL gives their numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Date, bindparam, text

from core.clock import to_micros
from rates.cut import cut_for
from rates.definitions import list_rates
from rates.model import FUNNEL_STAGES
from tests.rates.city import DAY, QUERY, ZONE

PAGE = (Path(__file__).parents[2] / "docs" / "rates.md").read_text("utf-8")
STATEMENTS = dict(re.findall(r"^([A-Z]+-\d):\n\n```sql\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("rate", list_rates(), ids=lambda rate: rate.definition.id)
def test_the_page_has_the_words_of_the_definition(rate):
    said = rate.definition
    heading = f"### {said.id} {said.title_zh} {said.title_en}, version {said.version}\n"
    section = PAGE.partition(heading)[2].partition("\n### ")[0]
    for row, words in (
        ("n", (said.numerator, said.numerator_zh)),
        ("N", (said.denominator, said.denominator_zh)),
        ("left out", (said.exclusions, said.exclusions_zh)),
        ("basis", (said.basis, said.basis_zh)),
    ):
        assert f"| {row} | {words[0]} | {words[1]} |\n" in section


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
