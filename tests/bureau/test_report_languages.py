"""A report in one language speaks that language: what is in the other is data, an id, or a command."""

import re

from bureau.reporting import ReportOrder
from bureau.reports import kinds
from catalog.model import Application, Dataset, Department, Duty
from quality.model import Dimension
from rates.model import RateQuery
from reports.words import Language
from tests.bureau.test_supervising import busy

__all__ = ["busy"]

COMMAND = re.compile(r"bureau [a-z]+( [a-z-]+)?( [a-z0-9./-]+)?( --[a-z-]+( [a-z0-9-]+)?)*")
IDS = re.compile(
    r"[0-9a-f]{64}"
    r"|\b(CAT|COL|SHA|USE|QUA|SUP|LIA|DEN|SIG)-[0-9]+[A-Za-z]?( v[0-9]+)?"
    r"|\b(GRT|REQ|COR|EVT|CHG|DSP)-[0-9]+"
    r"|\b[PRA][0-9]\b"
    r"|FUNNEL( v1)?"
    r"|\d{4}-\d\d-\d\dT[0-9:.+]+"
)
NAMES = {"n/a", "P90", "DB31/T", "GB/T", "MQA", "DCAT-AP", "X-Road", "X", "A", "B", "databureau"}
"""Units, standards and signs of formulas, which are the same in both languages."""


def told(town, folder, kind, language):
    """The lines of a report without what it carries for programs."""
    department = "water" if kind == "department" else ""
    query = RateQuery(as_of=town.today(), department=department)
    path = folder / f"{kind}.md"
    town.reports.write(ReportOrder(kind=kind, query=query), path, language)
    text = re.sub("<!-- data .*-->", "", path.read_text("utf-8")).replace("\\", "")
    return IDS.sub("", COMMAND.sub("", text))


def codes(town):
    """What people gave codes to, and the names of columns and checks; longest first."""
    kept = (Dataset, Department, Duty, Application)
    found = {one.code for kind in kept for one in town.list_items(kind)}
    found |= {one.item for one in town.list_items(Duty)}
    found |= {one.spec.id for one in town.check_report("meters").results}
    found |= {f"/{dimension}" for dimension in Dimension}
    return sorted(found, key=len, reverse=True)


def without(text, words):
    for word in words:
        text = text.replace(word, "")
    return text


def doubled(text):
    return re.findall(r"(\w{2,})[：:] ?\1\b", text)


def test_a_chinese_report_has_no_english(busy, tmp_path):
    known = [*sorted(NAMES, key=len, reverse=True), *codes(busy)]
    for kind in kinds():
        text = told(busy, tmp_path, kind, Language.ZH)
        assert doubled(text) == [], kind
        text = without(text, known)
        if kind == "audit":  # the kinds of entries stand beside their names
            text = re.sub(r"\| [a-z_]+\.[a-z_]+ \|", "|", text)
        left = [line for line in text.splitlines() if re.search("[A-Za-z]{2,}", line)]
        assert not left, "\n".join((kind, *left))


def test_an_english_report_has_no_chinese_but_in_data(busy, tmp_path):
    items = [one for kind in (Dataset, Duty) for one in busy.list_items(kind)]
    data = {one.title_zh for one in items} | {one.item for one in busy.list_items(Duty)}
    data |= {one.name_zh for one in busy.list_items(Department)}
    known = [*sorted(data, key=len, reverse=True), "待定"]  # an example of a text that says nothing
    for kind in kinds():
        text = told(busy, tmp_path, kind, Language.EN)
        assert doubled(text) == [], kind
        left = [line for line in without(text, known).splitlines() if re.search("[㐀-鿿]", line)]
        assert not left, "\n".join((kind, *left))
