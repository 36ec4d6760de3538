"""Reports of a real workspace: built, held against the facts, and caught where they were altered."""

import json
import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from bureau import DeliveryOrder
from bureau.reporting import ReportOrder
from bureau.reports import kinds
from bureau.updating import NewChange
from core.errors import Conflict, InvalidInput, NotFound, StorageUnavailable
from core.period import parse_period
from rates.cut import query_over
from rates.model import GroupBy, Grouping, RateQuery
from reports.files import FORMATS
from reports.model import Bars, Cards, Grid, League, Stages, Trend
from reports.words import Language
from sharing.submissions.model import Cause
from tests.busy import busy

SUFFIXES = sorted(FORMATS)


def order(town, kind="sharing", **filters):
    return ReportOrder(kind=kind, query=RateQuery(as_of=town.today(), **filters))


def written(town, folder, suffix, kind="sharing", **filters):
    path = folder / f"report{suffix}"
    town.reports.write(order(town, kind, **filters), path, Language.BOTH)
    return path


def test_the_numbers_are_those_of_the_rates(delivered):
    report = delivered.reports.build(order(delivered))
    query = RateQuery(as_of=delivered.today())
    told = {members.id: members.tally().figure() for members in report.members}
    for result in delivered.rates(query):
        assert (told[result.definition.id].n, told[result.definition.id].base) == (
            result.n,
            result.base,
        )
    stages = next(block for block in report.blocks if isinstance(block, Stages))
    assert [bar.figure.n for bar in stages.bars] == [s.n for s in delivered.funnel(query).stages]
    by_department = {
        r.group: (r.n, r.base)
        for r in delivered.rates(query, rate_ids=["COL-1"], group_by=Grouping(GroupBy.DEPARTMENT))
    }
    bars = next(block for block in report.blocks if isinstance(block, Bars))
    assert {b.figure.department: (b.figure.n, b.figure.base) for b in bars.bars} == by_department


def grids(report):
    return [block for block in report.blocks if isinstance(block, Grid)]


def of_rate(block):
    return block.id.rsplit("-", 1)[0]


@pytest.mark.parametrize("window_days", [30, 365])
def test_a_cell_under_the_name_of_a_month_is_that_months_figure(town, clock, tmp_path, window_days):
    """The same number as `rate show --by month`, whatever the period of the report."""
    delivered = busy(town, tmp_path / "files", clock)
    clock.advance(days=40)
    report = delivered.reports.build(order(delivered, window_days=window_days))
    trends = {of_rate(one): one for one in report.blocks if isinstance(one, Trend)}
    assert {of_rate(grid) for grid in grids(report)} == set(trends) >= {"COL-1", "SHA-2", "USE-1"}
    for grid in grids(report):
        rate = of_rate(grid)
        assert grid.columns[-1] == f"{delivered.today():%Y-%m}"
        query = RateQuery(as_of=delivered.today(), window_days=400)
        shown = {
            one.group: (one.n, one.base)
            for one in delivered.rates(query, rate_ids=[rate], group_by=Grouping(GroupBy.MONTH))
        }
        if rate != "COL-1":  # what was used two months ago does not count in this one
            assert len({n for n, _ in shown.values()}) > 1
        drawn = {p.label.en: (p.figure.n, p.figure.base) for p in trends[rate].points}
        assert drawn == {month: shown[month] for month in grid.columns}
        for place, month in enumerate(grid.columns):
            cells = [row.figures[place] for row in grid.rows]
            assert (sum(c.n for c in cells), sum(c.base for c in cells)) == shown[month]


def test_a_report_of_a_quarter_compares_with_the_quarter_before(delivered):
    quarter = query_over(parse_period("2026Q1"), delivered.today())
    report = delivered.reports.build(ReportOrder(kind="sharing", query=quarter))
    rolling = delivered.reports.build(order(delivered))
    assert {one.before for one in report.blocks if isinstance(one, League)} == {"2025Q4"}
    assert {one.before for one in rolling.blocks if isinstance(one, League)} == {"2025-12-31"}


def test_a_report_says_what_it_rests_on(delivered):
    identity = delivered.reports.build(order(delivered)).identity
    (rate, *_) = delivered.rates(RateQuery(as_of=delivered.today()), rate_ids=["COL-1"])
    assert (identity.ledger_size, identity.ledger_root) == (rate.ledger_size, rate.ledger_root)
    assert identity.rule_set == rate.rule_set
    assert "COL-1 v1" in identity.definitions
    assert identity.until > delivered.now()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_is_what_the_facts_give_also_when_more_happened_since(
    delivered, tmp_path, suffix, clock, good
):
    path = written(delivered, tmp_path, suffix)
    clock.advance(hours=2)
    delivered.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    clock.advance(days=40)
    checked = delivered.reports.verify(path)
    assert checked.ok, checked.differences
    assert checked.kind == "sharing"


def test_a_past_day_gives_the_same_bytes_for_ever(delivered, tmp_path, clock, good):
    clock.advance(days=1)
    query = RateQuery(as_of=delivered.today() - timedelta(days=1))
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    delivered.reports.write(ReportOrder(kind="sharing", query=query), first, Language.ZH)
    clock.advance(days=90)
    delivered.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    delivered.reports.write(ReportOrder(kind="sharing", query=query), second, Language.ZH)
    assert first.read_bytes() == second.read_bytes()


def differing(town, path):
    checked = town.reports.verify(path)
    assert not checked.ok
    return checked.differences


def test_an_altered_number_of_a_page_is_named(delivered, tmp_path):
    path = written(delivered, tmp_path, ".html")
    text = path.read_text("utf-8")
    assert "<strong>50.00 %</strong>" in text
    path.write_text(
        text.replace("<strong>50.00 %</strong>", "<strong>95.00 %</strong>", 1), "utf-8"
    )
    (found,) = differing(delivered, path)
    assert (found.shown, found.given) == ("95.00 %", "50.00 %")
    assert "Collection rate" in found.place


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_of_another_workspace_is_one_sentence(delivered, empty, tmp_path, suffix):
    path = written(delivered, tmp_path, suffix)
    with pytest.raises(Conflict, match="this workspace is of") as refused:
        empty.reports.verify(path)
    size = delivered.reports.build(order(delivered)).identity.ledger_size
    assert f"{size} entries" in str(refused.value)
    assert "--home" in refused.value.hint


def test_a_root_that_was_altered_in_the_file_is_named(delivered, tmp_path):
    path = written(delivered, tmp_path, ".json")
    root = delivered.reports.build(order(delivered)).identity.ledger_root
    path.write_text(path.read_text("utf-8").replace(root, "ab" * 32), "utf-8")
    (found,) = differing(delivered, path)
    assert found.place == "report.identity.ledger_root"


def test_a_file_in_no_format_of_ours_is_told_which_there_are(delivered, tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("text", "utf-8")
    with pytest.raises(InvalidInput, match="cannot be verified") as refused:
        delivered.reports.verify(path)
    assert all(suffix in refused.value.hint for suffix in SUFFIXES)


def test_an_altered_bar_of_a_page_is_caught(delivered, tmp_path):
    path = written(delivered, tmp_path, ".html")
    text = path.read_text("utf-8")
    bar = re.search(r'class="mark" x="[^"]+" y="[^"]+" width="227.0"', text)
    assert bar
    path.write_text(text.replace(bar[0], bar[0].replace("227.0", "431.0"), 1), "utf-8")
    (found,) = differing(delivered, path)
    assert found.place == "file"


def test_an_altered_style_of_a_page_is_caught(delivered, tmp_path):
    path = written(delivered, tmp_path, ".html")
    text = path.read_text("utf-8").replace("</style>", 'strong::after{content:"0"}</style>')
    path.write_text(text, "utf-8")
    assert differing(delivered, path)


def altered_workbook(path: Path, part: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(BytesIO(path.read_bytes())) as book:
        files = {entry: book.read(entry) for entry in book.namelist()}
    assert old in files[part], files[part][:3000]
    files[part] = files[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in files.items():
            book.writestr(name, content)


@pytest.mark.parametrize(
    ("part", "old", "new", "place"),
    [
        ("xl/worksheets/sheet1.xml", b"<v>1</v>", b"<v>2</v>", "Summary!B"),
        ("xl/worksheets/sheet1.xml", b'COL-1")</f>', b'COL-1")+1</f>', "Summary!B"),
        ("xl/worksheets/sheet3.xml", b"COL-1", b"COL-2", "Denominator!A2"),
        ("xl/styles.xml", b'formatCode="0.00"', b'formatCode="99.9"', "file"),
    ],
)
def test_an_altered_workbook_is_caught(delivered, tmp_path, part, old, new, place):
    path = written(delivered, tmp_path, ".xlsx")
    files = zipfile.ZipFile(path)
    if old not in files.read(part):  # 0.00 is a format that every program knows by its number
        old, new = b'numFmtId="2"', b'numFmtId="1"'
    altered_workbook(path, part, old, new)
    found = differing(delivered, path)
    assert found[0].place.startswith(place)


def test_a_workbook_that_was_packed_again_is_the_same(delivered, tmp_path):
    path = written(delivered, tmp_path, ".xlsx")
    altered_workbook(path, "xl/worksheets/sheet1.xml", b"COL-1", b"COL-1")
    assert delivered.reports.verify(path).ok


def test_an_altered_number_of_json_is_named_by_its_path(delivered, tmp_path):
    path = written(delivered, tmp_path, ".json")
    content = json.loads(path.read_text("utf-8"))
    content["report"]["blocks"][0]["cards"][0]["figure"]["n"] = 2
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (found,) = differing(delivered, path)
    assert found.place == "report.blocks[headlines].cards[0].figure.n"
    assert (found.shown, found.given) == ("2", "1")


def test_an_altered_row_is_named(delivered, tmp_path):
    for suffix, evidence in ((".json", "meters #1"), (".md", r"meters \#1")):
        path = written(delivered, tmp_path, suffix)
        text = path.read_text("utf-8")
        other = evidence.replace("1", "2")
        path.write_text(text.replace(evidence, other, 1), "utf-8")
        (found,) = differing(delivered, path)
        assert other in found.shown
        assert evidence in found.given


def test_a_pdf_with_other_pages_is_caught(delivered, tmp_path):
    honest = written(delivered, tmp_path, ".pdf")
    other = tmp_path / "other.pdf"
    delivered.reports.write(order(delivered, theme="water"), other, Language.BOTH)
    assert delivered.reports.verify(other).ok
    changed = honest.read_bytes() + b"\n% one more line\n"
    honest.write_bytes(changed)
    (found,) = differing(delivered, honest)
    assert found.place == "file"


def test_the_same_lie_in_the_text_and_in_the_data_is_caught(delivered, tmp_path):
    """Whoever writes a whole report of their own is caught by the facts."""
    honest = delivered.reports.build(order(delivered))
    cards = honest.blocks[0]
    assert isinstance(cards, Cards)
    rate = honest.members[0]
    rows = [replace(row, standing=type(row.standing)("in"), code="") for row in rate.rows]
    lying = replace(rate, rows=rows)
    from bureau.reports import sharing
    from reports.compose import rate_cards
    from reports.data import sealed
    from reports.files import format_of

    assert sharing.KIND.name == honest.identity.kind
    head = rate_cards([lying], {lying.id: [(honest.identity.as_of, lying.figure())]})
    forged = replace(honest, blocks=(head,), members=(lying,))
    for suffix in SUFFIXES:
        form = format_of(Path(f"x{suffix}"))
        path = tmp_path / f"forged{suffix}"
        made = sealed(forged, language="en", renderer=form.renderer())
        path.write_bytes(form.render(made))
        assert differing(delivered, path)


def test_what_a_report_cannot_rest_on_is_refused(delivered, tmp_path):
    path = written(delivered, tmp_path, ".json")
    text = path.read_text("utf-8")
    for old, new in (
        ('"until": "20', '"until": "29'),
        ('"until": "20', '"until": "19'),
        ('"kind": "sharing"', '"kind": "nothing"'),
        ('"kind": "sharing"', '"kind": 7'),
        ('"window_days": 365', '"window_days": "365"'),
        ('"window_days": 365', '"window_days": -1'),
        ('"ledger_size": ', '"ledger_size": -'),
        ('"ledger_size": ', '"ledger_size": 99999999999999999999'),
        ('"department": ""', '"department": 5'),
        ('"as_of": "2026', '"as_of": "0001'),
        ('"as_of": "', '"as_of": "x'),
        ('"language": "both"', '"language": "fr"'),
        ('"format": "databureau', '"format": "another'),
        ("{", "{{"),
    ):
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises((InvalidInput, NotFound)):
            delivered.reports.verify(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_the_data_of_a_report_is_refused(delivered, tmp_path, suffix):
    path = tmp_path / f"other{suffix}"
    path.write_text("{}" if suffix == ".json" else "nothing of ours", "utf-8")
    with pytest.raises(InvalidInput):
        delivered.reports.verify(path)
    with pytest.raises(InvalidInput):
        delivered.reports.verify(tmp_path / f"missing{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_damaged_file_is_refused_or_found_to_differ(delivered, tmp_path, suffix):
    """Whatever became of its bytes: it is never verified, and never a fault of the program."""
    path = written(delivered, tmp_path, suffix)
    whole = path.read_bytes()
    for faults in (1, 20, 500):
        damaged = bytearray(whole)
        for place in range(len(whole) // (faults + 1), len(whole), len(whole) // faults):
            damaged[place] = (damaged[place] + 1) % 256
        path.write_bytes(damaged)
        with suppress(InvalidInput, NotFound):
            assert not delivered.reports.verify(path).ok
    path.write_bytes(whole[: len(whole) // 2])
    with suppress(InvalidInput):
        assert not delivered.reports.verify(path).ok


def test_a_report_is_written_whole_or_not_at_all(delivered, tmp_path, monkeypatch):
    path = written(delivered, tmp_path, ".html")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageUnavailable):
        delivered.reports.write(order(delivered), path, Language.EN)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.glob(".*")] == []


def test_a_report_is_never_written_into_the_workspace(delivered):
    home = delivered.settings.home
    for place in (home / "bureau.json", home / "lake" / "report.html"):
        with pytest.raises(InvalidInput, match="belongs to the workspace"):
            delivered.reports.write(order(delivered), place, Language.ZH)
    with pytest.raises(InvalidInput, match="cannot be written"):
        delivered.reports.write(order(delivered), home.parent / "no" / "r.html", Language.ZH)


def test_a_pdf_that_does_not_hold_every_row_has_a_workbook_beside_it(
    delivered, tmp_path, monkeypatch
):
    monkeypatch.setattr("reports.pdf.MOST_ROWS", 3)
    made = delivered.reports.write(order(delivered), tmp_path / "r.pdf", Language.EN)
    assert [path.name for path in made.files] == ["r.pdf", "r.xlsx"]
    assert all(delivered.reports.verify(path).ok for path in made.files)


def test_one_department(delivered, tmp_path):
    report = delivered.reports.build(order(delivered, "department", department="water"))
    [undone] = [one for one in report.blocks if one.id == "open"]
    assert not {row[0] for row in undone.rows} & {"CAT-6A", "CAT-6B", "SHA-7A", "QUA-5", "USE-7"}
    assert {row.department for members in report.members for row in members.rows} == {"water"}
    with pytest.raises(InvalidInput, match="of one department"):
        delivered.reports.build(order(delivered, "department"))
    with pytest.raises(NotFound):
        delivered.reports.build(order(delivered, "department", department="nobody"))
    path = written(delivered, tmp_path, ".html", "department", department="water")
    assert delivered.reports.verify(path).ok


@pytest.mark.parametrize("kind", ["quality", "audit"])
@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".json"])
def test_other_kinds_are_built_and_verified(delivered, tmp_path, kind, suffix, clock, good):
    path = written(delivered, tmp_path, suffix, kind)
    clock.advance(days=3)
    delivered.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    checked = delivered.reports.verify(path)
    assert checked.ok, checked.differences


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "department"])
def test_an_empty_workspace_gives_a_report_of_nothing(empty, tmp_path, kind, suffix):
    path = written(empty, tmp_path, suffix, kind)
    assert empty.reports.verify(path).ok


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_department_with_nothing_gets_a_report_of_nothing(town, tmp_path, suffix):
    path = written(town, tmp_path, suffix, "department", department="parks")
    assert town.reports.verify(path).ok


def test_the_lights_stand_in_the_reports_of_sharing_and_of_a_department(delivered):
    city = delivered.reports.build(order(delivered))
    lit = {block.id: block for block in city.blocks if block.id.startswith("light-")}
    shown = delivered.lights.show(RateQuery(as_of=delivered.today()))
    assert {name: block.rows[0][1].en for name, block in lit.items()} == {
        f"light-{one.light.name}": one.colour.value for one in shown
    }
    by_department = Grouping(GroupBy.DEPARTMENT)
    for one in delivered.lights.show(RateQuery(as_of=delivered.today()), by_department):
        [row] = [
            row for row in lit[f"light-{one.light.name}"].rows if row[2].department == one.group
        ]
        assert row[1].en == one.colour.value
    own = delivered.reports.build(order(delivered, "department", department="water"))
    assert {"tasks", "targets", "light-collection"} <= {block.id for block in own.blocks}
    assert all(len(block.rows) == 1 for block in own.blocks if block.id.startswith("light-"))


def test_the_report_for_auditors_lists_the_liability_events(delivered, clock):
    city = delivered.reports.build(order(delivered, "audit"))
    assert [one.id for one in city.members] == ["DEN-1", "LIA-1"]
    late = delivered.acting_as("authority.data").catalogue_events
    late.record(
        NewChange(
            dataset="meters", cause=Cause.DUTY, changed_on=delivered.today(), reason="职责调整"
        )
    )
    clock.advance(days=40)
    report = delivered.reports.build(order(delivered, "audit"))
    [_, events] = report.members
    assert [(row.code, row.department, row.title) for row in events.rows] == [
        ("P1", "water", "公共水表读数")
    ]
    blocks = {block.id for block in report.blocks}
    assert {"liability-codes", "liability", "not-derived"} <= blocks


def test_the_quality_report_has_the_rates_of_quality(delivered):
    report = delivered.reports.build(order(delivered, "quality"))
    query = RateQuery(as_of=delivered.today())
    told = {one.id: one.figure() for one in report.members}
    assert sorted(told) == [f"QUA-{number}" for number in range(1, 7)]
    for result in delivered.rates(query, rate_ids=sorted(told)):
        found = told[result.definition.id]
        assert (found.n, found.base) == (result.n, result.base)


def test_the_quality_report_asks_no_more_of_many_runs_than_of_one(delivered, good, clock):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    def statements():
        seen.clear()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            delivered.reports.build(order(delivered, "quality"))
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    once = statements()
    for _ in range(3):
        clock.advance(minutes=5)
        delivered.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    assert statements() == once
