"""The tables of docs/quality.md say what the code does."""

import pytest

from quality.labels import DIMENSIONS
from quality.model import CheckKind, Count, Dimension, Severity
from quality.score import default_policy, grade, score
from quality.verdicts import judge
from tests.quality.tables import spec


@pytest.fixture
def page(request):
    return (request.config.rootpath / "docs/quality.md").read_text("utf-8")


def table(page, heading):
    """The rows of the table whose first heading is `heading`, as dictionaries."""
    lines = page.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:]]
    end = next(at for at, line in enumerate(lines[start:]) if not line.startswith("|"))
    return [dict(zip(split[0], row, strict=True)) for row in split[2:end]]


def judged(page):
    specs, counts = [], []
    for line in table(page, "check"):
        skipped = line["outcome"] == "skipped"
        one = spec(
            CheckKind.UNSUPPORTED if skipped else CheckKind(line["check"].rpartition(".")[2]),
            "v",
            id=line["check"],
            dimension=Dimension(line["dimension"]),
            severity=Severity(line["severity"]),
            critical=line["critical"] == "yes",
        )
        specs.append(one)
        evaluated, failing = int(line["evaluated"]), int(line["failing"])
        counts.append(Count(check=one.id, n_evaluated=evaluated, n_failed=failing))
    return judge(specs, counts)


def test_the_worked_example(page):
    results = judged(page)
    assert [r.outcome for r in results] == [line["outcome"] for line in table(page, "check")]
    scores = score(results, default_policy())
    written = {}
    for line in table(page, "dimension"):
        for name in line["dimension"].split(", "):
            points = None if line["score"] == "未测" else int(line["score"])
            written[name] = (points, int(line["A"]), int(line["B"]))
    assert {row.dimension: (row.score, row.a, row.b) for row in scores.dimensions} == written
    level = grade(scores.score, results, default_policy())
    assert f"= **{scores.score}**" in page
    assert f"coverage **{scores.executed} of {scores.declared}**, grade **{level}**" in page


def test_single_checks_of_the_worked_example_score_and_weigh_as_written(page):
    policy = default_policy()
    for result, line in zip(judged(page), table(page, "check"), strict=True):
        if not line["scores"]:
            continue
        alone = score([result], policy)
        points = next(r.score for r in alone.dimensions if r.dimension is result.spec.dimension)
        factor = policy.critical if result.spec.critical else 1
        shown = int(line["scores"]) or 1  # alone it would show 1, because some units hold
        assert points == shown
        assert policy.severity[result.spec.severity] * factor == int(line["weighs"])


def test_every_kind_of_check_is_explained(page):
    assert [line["kind"] for line in table(page, "kind")] == list(CheckKind)


def test_the_names_of_the_standards(page):
    written = {
        line["ODCS"]: (line["中文"], line["GB/T 36344-2018"], line["DB31/T 1523-2024"])
        for line in table(page, "ODCS")
    }
    assert written == {
        name: (label.zh, label.gb.zh if label.gb else "", ", ".join(label.db31))
        for name, label in DIMENSIONS.items()
    }
