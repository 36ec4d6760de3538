"""The published rules of DCAT-AP and DCAT-US, held against what the program exports."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from jsonschema import Draft7Validator, FormatChecker
from pyshacl import validate
from rdflib import Graph
from rdflib.namespace import SH

RULES = Path(__file__).parent / "data" / "dcat"
DEFINITIONS = RULES / "dcat-us-3.0" / "definitions"


FORMATS = FormatChecker(formats=["date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return "T" in str(text) and datetime.fromisoformat(str(text)).tzinfo is not None


@FORMATS.checks("iri")
def _is_iri(text: object) -> bool:
    return bool(re.fullmatch(r"[a-z]+:[^\s<>\"{}|\\^`]+", str(text)))


@cache
def _shapes() -> Graph:
    graph = Graph()
    for path in sorted((RULES / "dcat-ap-3.0.1").glob("*.ttl")):
        graph.parse(path, format="turtle")
    return graph


def graph_of(document: dict[str, Any]) -> Graph:
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # rdflib's parser uses what rdflib deprecates
        return Graph().parse(data=json.dumps(document), format="json-ld")


def shacl_faults(document: dict[str, Any]) -> list[str]:
    """Each violation of DCAT-AP 3.0.1: core, ranges, vocabularies and deprecated addresses.

    Warnings recommend the EU's own publishers and places, which a city elsewhere is not in.
    """
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # and so does pyshacl
        _, report, _ = validate(graph_of(document), shacl_graph=_shapes(), allow_warnings=True)
    found = []
    for result in report.objects(predicate=SH.result):
        if (result, SH.resultSeverity, SH.Violation) in report:
            parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceConstraintComponent)
            found.append(" ".join(str(report.value(result, part)) for part in parts))
    return sorted(found)


@cache
def _schema() -> Draft7Validator:
    """The definitions as one schema: apart they name each other by places that only one has.

    An `$id` within a field would move those places, and some classes are named without a definition.
    """
    texts = {path.stem: path.read_text("utf-8") for path in sorted(DEFINITIONS.iterdir())}
    named = set(re.findall(r"#/definitions/(\w+)", "".join(texts.values())))
    definitions: dict[str, Any] = {name: {"type": "object"} for name in named}
    definitions |= {name: _without_ids(json.loads(text)) for name, text in texts.items()}
    whole = {"$ref": "#/definitions/Catalog", "definitions": definitions}
    return Draft7Validator(whole, format_checker=FORMATS)


def schema_faults(document: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in _schema().iter_errors(document)]


def _without_ids(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_ids(value) for key, value in part.items() if key != "$id"}
    return [_without_ids(value) for value in part] if isinstance(part, list) else part
