"""The facts of a period, against a count by hand of what was done in the town."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bureau import DeliveryOrder
from bureau.correcting import NewCorrection
from bureau.reporting import ReportOrder
from bureau.reports.supervision import member_id
from bureau.updating import NewChange
from catalog.model import Department
from core.errors import Denied, InvalidInput, NotFound
from core.period import parse_period
from rates.cut import query_over
from reports.words import Language
from sharing.corrections.model import Finding
from sharing.liability.model import Code
from sharing.model import FinishCause
from sharing.records.model import RecordKind
from sharing.submissions.model import Cause
from sharing.supervision.model import Happenings, Scores
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.hall import open_hall
from tests.town import FILES, write_registry

MARCH, APRIL = parse_period("2026-03"), parse_period("2026-04")


@pytest.fixture
def busy(delivered, clock, bad, tmp_path):
    """From Monday 2 March to Friday 1 May; meters was delivered once before anything else."""
    parks, water = delivered.acting_as("requester.parks"), delivered.acting_as("approver.water")
    authority, steward = delivered.acting_as("authority.data"), delivered.acting_as("steward.water")
    until = clock.now() + timedelta(days=90)
    granted(delivered, clock, not_after=until)  # GRT-0001, replied to on the day
    read(delivered, tmp_path)
    for _ in range(2):
        with pytest.raises(Denied):
            read(delivered, tmp_path, purpose="别的用途")
    other = asked(clock, application="ponds", not_after=until, columns=("meter", "day"))
    late = sent(delivered, other).ref
    water.receive_request(late)  # to be replied to by 16 March
    authority.catalogue_events.record(
        NewChange(
            dataset="meters", cause=Cause.DUTY, changed_on=delivered.today(), reason="职责调整"
        )
    )  # never answered, due on 16 March
    clock.advance(days=1)
    wrong, _ = parks.corrections.create(NewCorrection(dataset="meters", problem="读数缺失"))
    water.corrections.receive(wrong.ref)
    water.corrections.verify(wrong.ref, finding=Finding.CONFIRMED, reason="表计故障")
    steward.deliver(DeliveryOrder(dataset="meters", path=bad))  # refused
    water.corrections.correct(wrong.ref, none_needed="当日已补读")
    water.corrections.close(wrong.ref, feedback="已更正")
    parks.records.add("GRT-0001", kind=RecordKind.SCENARIO, text="绿化灌溉")
    clock.advance(days=16)  # 19 March
    water.approve_request(late)  # GRT-0002, three days late, never used
    parks.disposals.finish("GRT-0001", cause=FinishCause.MET, reason="计划已完成")
    clock.advance(days=15)  # 3 April: disposal was due on 2 April
    water.suspend_grant("GRT-0002", reason="使用情况不明")
    open_one = sent(delivered, asked(clock, not_after=clock.now() + timedelta(days=90))).ref
    clock.advance(days=25)  # 28 April
    water.receive_request(open_one)  # to be replied to in May
    clock.advance(days=3)
    return delivered


def facts(bureau, period, department, **given):
    found = bureau.supervision.show(period, department=department, **given)
    [one] = found.departments
    return one.as_provider, one.as_requester


def subjects(items):
    return [item.subject for item in items]


def test_rule_27_the_provider_as_counted_by_hand(busy):
    water, _ = facts(busy, MARCH, "water")
    assert subjects(water.replies.on_time) == ["request:REQ-0001"]
    assert subjects(water.replies.late) == ["request:REQ-0002"]
    assert (water.replies.n, water.replies.base) == (1, 2)
    assert water.catalogue_updates.base == len(water.catalogue_updates.late) == 1, "open is late"
    assert (water.corrections.n, water.corrections.base) == (1, 1)
    assert (water.upheld.n, water.upheld.base) == (1, 1)
    assert (water.published.n, water.published.base) == (1, 2)
    assert [item.note for item in water.published.unmet] == ["delivery #2: refused"]
    assert (water.checks.n, water.checks.base) == (1, 1)
    assert (water.scores.n, water.scores.mean) == (2, 71), "the refused delivery has a score too"
    assert water.returns.base == 0


def test_rule_27_the_requester_as_counted_by_hand(busy):
    _, parks = facts(busy, MARCH, "parks")
    assert subjects(parks.used.met) == ["grant:GRT-0001"]
    assert subjects(parks.used.unmet) == ["grant:GRT-0002"]
    assert (parks.beyond_scope.n, parks.beyond_scope.times) == (1, 2)
    assert [item.note for item in parks.records.unmet] == ["lacks process, effect, storage"]
    assert (parks.disposals.base, parks.security.n) == (0, 0)
    _, parks = facts(busy, APRIL, "parks")
    assert subjects(parks.disposals.late) == ["grant:GRT-0001"]
    assert subjects(parks.rectifications.late) == ["grant:GRT-0002#1"]
    assert [item.note for item in parks.security.items] == ["access was suspended"]
    assert subjects(parks.used.unmet) == ["grant:GRT-0002"]
    assert parks.records.base == 0, "nothing was used in April"


def test_rule_27_every_item_names_the_ledger_entries_behind_it(busy):
    found = busy.supervision.show(MARCH)
    water = next(one for one in found.departments if one.department == "water")
    kinds = {
        name: {busy.ledger_entry(index)[1].kind for item in items for index in item.entries}
        for name, items in (
            ("late", water.as_provider.replies.late),
            ("refused", water.as_provider.published.unmet),
            ("upheld", water.as_provider.upheld.met),
        )
    }
    assert kinds == {
        "late": {"request.agreed"},
        "refused": {"delivery.refused"},
        "upheld": {"correction.verified"},
    }


def test_rule_27_liability_of_the_period_stands_beside_it(busy):
    found = busy.supervision.show(MARCH)
    assert {(one.code, one.department) for one in found.liability} == {
        (Code.P4, "water"),
        (Code.P1, "water"),
        (Code.R2, "parks"),
        (Code.R5, "parks"),
    }
    assert all(one.day in MARCH for one in found.liability)


def test_rule_27_what_is_not_due_yet_is_open_and_a_later_look_judges_it(busy, clock):
    second = parse_period("2026Q2")
    due = facts(busy, second, "water")[0].replies
    assert (subjects(due.open), due.n, due.base) == (["request:REQ-0003"], 0, 0)
    clock.advance(days=60)
    due = facts(busy, second, "water")[0].replies
    assert (subjects(due.late), due.base) == (["request:REQ-0003"], 1)
    due = facts(busy, second, "water", as_of=date(2026, 5, 1))[0].replies
    assert subjects(due.open) == ["request:REQ-0003"]


def test_rule_27_what_is_answered_and_due_later_counts_on_its_day(delivered, clock):
    granted(delivered, clock)
    year = parse_period("2026")
    replies = facts(delivered, year, "water")[0].replies
    assert (replies.n, replies.base) == (0, 0)
    assert subjects(replies.early) == ["request:REQ-0001"]
    query = query_over(year, delivered.today())
    report = delivered.reports.build(ReportOrder(kind="supervision", query=query))
    [told] = [one for one in report.members if one.id == member_id("replies")]
    assert (told.figure().n, told.figure().base) == (0, 0)
    clock.advance(days=30)
    replies = facts(delivered, year, "water")[0].replies
    assert (replies.n, replies.base, replies.early) == (1, 1, ())


def test_rule_27_what_was_taken_back_in_time_is_no_reply_that_was_due(delivered, clock):
    ref = sent(delivered, asked(clock)).ref
    delivered.acting_as("approver.water").receive_request(ref)
    delivered.acting_as("requester.parks").withdraw_request(ref)
    clock.advance(days=30)
    replies = facts(delivered, MARCH, "water")[0].replies
    assert (replies.base, subjects(replies.fell_away)) == (0, [f"request:{ref}"])


def test_rule_27_a_period_without_facts_is_empty_and_nothing_is_100_percent(busy):
    found = busy.supervision.show(parse_period("2025Q3"))
    assert (found.departments, found.liability) == ((), ())
    water, parks = facts(busy, parse_period("2025Q3"), "water")
    assert (water.replies.base, water.scores.mean, parks.used.base) == (0, None, 0)


def test_rule_27_the_platforms_fault_is_unknown_and_not_the_departments(town, good, tmp_path):
    text = FILES["contract.yaml"].replace("1.0.0", "1.1.0")
    meter = "        description: Number of the meter\n"
    assert meter in text
    link = f"{meter}        relationships: [{{to: registers.meter}}]\n"
    folder = write_registry(tmp_path / "linked", contract=text.replace(meter, link))
    town.acting_as("operator.data").apply(folder)
    water = town.acting_as("steward.water")
    refused = water.deliver(DeliveryOrder(dataset="meters", path=good))
    assert not refused.delivery.status.published, "there is no data of registers to look in"
    published = facts(town, MARCH, "water")[0].published
    assert (published.n, published.base) == (0, 1), "it stays in the base"
    assert (subjects(published.unknown), published.unmet) == (["dataset:meters"], ())


def test_a_department_and_a_day_that_are_none_are_refused(delivered):
    with pytest.raises(NotFound):
        delivered.supervision.show(MARCH, department="nobody")
    with pytest.raises(InvalidInput):
        delivered.supervision.show(MARCH, as_of=date(2027, 1, 1))


def test_rule_27_the_city_is_the_sum_of_its_departments(busy, tmp_path):
    open_hall(busy, tmp_path / "hall")
    whole = busy.supervision.show(MARCH)
    for one in whole.departments:
        assert busy.supervision.show(MARCH, department=one.department).departments == (one,)


def test_what_stands_out_is_found_in_the_ledger_and_changes_no_figure(
    delivered, clock, good, tmp_path
):
    year = parse_period("2026")
    granted(delivered, clock, not_after=clock.now() + timedelta(days=200))
    steward = delivered.acting_as("steward.water")
    assert delivered.supervision.findings(year) == []
    for _ in range(12):
        clock.advance(hours=1)
        read(delivered, tmp_path)
    clock.advance(days=1)
    steward.deliver(DeliveryOrder(dataset="meters", path=good))
    before = delivered.supervision.show(year)
    regular, unchanged = delivered.supervision.findings(year)
    assert (regular.sign, regular.department, regular.count) == ("regular_use", "parks", 12)
    assert (unchanged.sign, unchanged.department) == ("unchanged_delivery", "water")
    kinds = [delivered.ledger_entry(index)[1].kind for index in unchanged.entries]
    assert kinds == ["delivery.published", "delivery.published"]
    assert delivered.supervision.show(year) == before
    assert delivered.supervision.findings(year, department="water") == [unchanged]
    past = delivered.supervision.findings(year, as_of=delivered.today() - timedelta(days=1))
    assert past == [regular]


def test_departments_of_one_district_are_related_and_those_of_the_whole_city_are_not(
    delivered, clock, tmp_path
):
    """Water moves into the district of the parks."""
    granted(delivered, clock, not_after=clock.now() + timedelta(days=300))
    clock.advance(days=100)
    year = parse_period("2026")
    assert delivered.supervision.findings(year) == []
    moved = FILES["departments.yaml"].replace(
        'name_en: Water, division: "4403"', 'name_en: Water, division: "440305"'
    )
    assert moved != FILES["departments.yaml"]
    folder = write_registry(tmp_path / "moved", departments=moved)
    delivered.acting_as("operator.data").apply(folder)
    [one] = delivered.supervision.findings(year)
    assert (one.sign, one.subject) == ("unused_between_related", "grant:GRT-0001")
    assert "both are of division 440305" in one.because


def test_the_report_of_a_period_has_the_numbers_of_its_facts(busy, tmp_path):
    query = query_over(MARCH, busy.today())
    report = busy.reports.build(ReportOrder(kind="supervision", query=query))
    assert report.identity.period == "2026-03"
    facts = busy.supervision.show(MARCH, as_of=MARCH.last)
    told = {members.id: members.tally() for members in report.members}
    for one in facts.departments:
        for name, figure in one.figures():
            found = told[member_id(name)].figure(one.department)
            if isinstance(figure, Scores):
                mean = figure.mean
                assert found.percent == (None if mean is None else f"{float(mean):.2f}")
                continue
            assert (name, found.n) == (name, figure.n)
            if not isinstance(figure, Happenings):
                assert (name, found.base) == (name, figure.base)
    assert told["LIA-1"].figure().n == len(facts.liability) > 0

    path = tmp_path / "report.html"
    busy.reports.write(ReportOrder(kind="supervision", query=query), path, Language.BOTH)
    assert busy.reports.verify(path).ok
    page = path.read_text("utf-8")
    assert "2026-03: 2026-03-01 – 2026-03-31" in page
    assert "逾期（含未办结）" in page
    for wrong in ({"theme": "water"}, {"division": "4403"}):
        with pytest.raises(InvalidInput, match="of the whole city or of one department"):
            busy.reports.build(ReportOrder(kind="supervision", query=replace(query, **wrong)))


def block(report, name):
    return next(one for one in report.blocks if one.id == name)


def test_every_department_of_the_city_stands_in_the_report(busy):
    report = busy.reports.build(
        ReportOrder(kind="supervision", query=query_over(MARCH, busy.today()))
    )
    everybody = {one.code for one in busy.list_items(Department)}
    for name in ("timeliness", "quality", "use"):
        table = block(report, name)
        assert len(table.rows) == len(everybody)
        quiet = len(everybody) - 1
        assert f"{len(everybody)} departments, {quiet} of which had nothing" in table.reading.en
    for light in ("light-collection", "light-sharing"):
        assert len(block(report, light).rows) == len(everybody) + 1, "and the whole city"


def test_the_mean_score_is_that_of_the_deliveries_that_are_listed(busy):
    report = busy.reports.build(
        ReportOrder(kind="supervision", query=query_over(MARCH, busy.today()))
    )
    [scores] = [one for one in report.members if one.id == member_id("scores")]
    listed = [row.parts[0] for row in scores.rows if row.parts]
    assert listed
    assert scores.figure().percent == f"{sum(listed) / len(listed):.2f}"
    [card] = [one for one in report.blocks[0].cards if one.title == scores.title]
    assert "Mean score 71.00 over 2 deliveries" in card.reading.en
    assert {row.title for row in scores.rows} == {"公共水表读数"}


def test_the_report_has_tasks_lights_and_signs_as_they_were(busy):
    query = query_over(APRIL, busy.today())
    report = busy.reports.build(ReportOrder(kind="supervision", query=query))
    told = {(str(row[3].en), row[2]) for row in block(report, "tasks").rows}
    assert any(count for _, count in told)
    assert [row[1].n for row in block(report, "signs").rows] == [0, 0, 0]
    whole, *_ = block(report, "light-collection").rows
    assert whole[1].en in {"red", "yellow", "green", "unknown"}
    assert len(block(report, "targets").rows) == 3


def test_a_report_of_a_day_that_is_not_over_stays_as_it_was(busy, tmp_path, clock, good):
    path = tmp_path / "report.json"
    query = query_over(parse_period("2026-05"), busy.today())
    busy.reports.write(ReportOrder(kind="supervision", query=query), path, Language.BOTH)
    clock.advance(minutes=5)
    busy.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    with pytest.raises(Denied):
        read(busy, tmp_path, purpose="别的用途")
    clock.advance(days=90)
    checked = busy.reports.verify(path)
    assert checked.ok, checked.differences
