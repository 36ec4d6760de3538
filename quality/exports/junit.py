"""A check run as JUnit XML, which pipelines read: a test case for each check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from quality.model import CheckReport, CheckResult, FailingCell, Outcome

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: CheckReport, cells: Sequence[FailingCell], hidden: frozenset[str]) -> bytes:
    """XML of one test suite; a warning stops no pipeline and is told in the case. `cells` are shown with the failures; of `hidden` columns without text."""
    outcomes = [result.outcome for result in report.results]
    suite = Element(
        "testsuite",
        name=_text(f"{report.dataset} against {report.contract} {report.contract_version}"),
        tests=str(len(outcomes)),
        failures=str(outcomes.count(Outcome.FAILED)),
        errors=str(outcomes.count(Outcome.ERROR)),
        skipped=str(outcomes.count(Outcome.SKIPPED)),
        timestamp=report.ran_at.isoformat(timespec="seconds"),
    )
    for result in report.results:
        shown = [cell for cell in cells if cell.check == result.spec.id]
        _case(suite, report, result, [_line(cell, hidden) for cell in shown])
    indent(suite)
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _case(suite: Element, report: CheckReport, result: CheckResult, lines: list[str]) -> None:
    spec = result.spec
    case = SubElement(
        suite, "testcase", classname=_text(report.contract), name=_text(spec.id), time="0"
    )
    told = _text("\n".join([spec.description, *lines]))
    message = _text(result.message)
    match result.outcome:
        case Outcome.FAILED:
            SubElement(case, "failure", message=message, type=spec.kind.value).text = told
        case Outcome.ERROR:
            SubElement(case, "error", message=message, type=spec.kind.value).text = told
        case Outcome.SKIPPED:
            SubElement(case, "skipped", message=message)
        case Outcome.WARNING:
            SubElement(case, "system-out").text = _text(f"warning: {message}\n") + told


def _line(cell: FailingCell, hidden: frozenset[str]) -> str:
    text = "hidden" if cell.column in hidden else repr(cell.text or "")
    return f"row {cell.row}, {cell.column}: {text}"


def _text(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_CHARACTER.sub("�", text)
