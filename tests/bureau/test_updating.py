"""A change of law, decision or duty gives the department ten working days (Decree 809 Art. 17)."""

from dataclasses import replace
from datetime import date

import pytest

from bureau import Bureau
from bureau.submitting import NewSubmission
from bureau.updating import NewChange
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.clocks.model import ClockState, recomputed
from sharing.profiles.model import LimitName
from sharing.submissions.model import Cause
from tests.town import FILES

METERS = FILES["datasets.yaml"]
STRICTER = METERS.replace("用途：履行职责", "用途：履行职责，每次另行批准")
LAW = NewChange(dataset="meters", cause=Cause.LAW, changed_on=date(2026, 3, 2), reason="新法施行")


@pytest.fixture
def water(town: Bureau):
    return town.acting_as("steward.water")


@pytest.fixture
def authority(town: Bureau):
    return town.acting_as("authority.data")


@pytest.fixture
def submit(water, tmp_path):
    path = tmp_path / "changed.yaml"

    def submitted(event="EVT-0001", text=STRICTER):
        path.write_text(text, "utf-8")
        papers = NewSubmission(secrecy="一号", personal="二号", head="approver.water", event=event)
        return water.submissions.submit([path], papers)[0]

    return submitted


def clock_of(town, ref="EVT-0001"):
    [clock] = town.clocks(f"catalogue_event:{ref}")
    return clock


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    return town.ledger_entry(entry.index)[1].facts


def test_rule_6_the_time_is_counted_from_the_day_of_the_change(town, water, clock):
    clock.advance(days=3)
    event, _ = water.catalogue_events.record(LAW)
    assert (event.ref, event.cause) == ("EVT-0001", Cause.LAW)
    running = clock_of(town)
    assert (running.limit, running.debtor) == (LimitName.CATALOGUE_UPDATE, "water")
    assert (running.started_on, running.due_on) == (date(2026, 3, 2), date(2026, 3, 16))
    told = facts(town, "catalogue.change_recorded")
    assert (told["dataset"], told["provider"], told["due_on"]) == ("meters", "water", "2026-03-16")
    assert "新法".encode() not in town.ledger_log(limit=1)[0].body
    [task] = water.inbox()
    assert task.todo == "bureau catalog submit FILE --change EVT-0001"


def test_a_duty_changes_too(town, authority, submit):
    event, _ = authority.catalogue_events.record(
        NewChange(duty="leaks.water", cause=Cause.DUTY, changed_on=date(2026, 3, 2), reason="三定")
    )
    assert (event.item, clock_of(town).debtor) == ("leak-reports", "water")
    with pytest.raises(Conflict, match="an entry that fulfils leak-reports"):
        submit()
    gauges = METERS.replace("code: meters", "code: gauges")
    submit(text=gauges.replace("fulfils: meter-readings", "fulfils: leak-reports"))
    assert clock_of(town).ended_on == date(2026, 3, 2)


def test_rule_6_a_submission_that_names_it_ends_it(town, water, submit, clock):
    water.catalogue_events.record(LAW)
    clock.advance(days=14)  # Monday, 16 March: the tenth working day
    submit()
    assert clock_of(town).state_on(date(2030, 1, 1)) is ClockState.ENDED
    told = facts(town, "catalogue.change_answered")
    assert (told["submission"], told["late"]) == ("SUB-0001", False)
    [(event, _)] = town.catalogue_events.list()
    assert event.answered_by == "SUB-0001"
    assert town.catalogue_events.list(waiting=True) == []
    assert town.verify_ledger().faults == ()


def test_rule_6_on_working_day_eleven_without_consent_it_is_late(town, water, submit, clock):
    water.catalogue_events.record(LAW)
    clock.advance(days=15)  # Tuesday, 17 March
    assert [task.subject for task in town.tasks(overdue=True)] == ["catalogue_event:EVT-0001"]
    submit()
    told = facts(town, "catalogue.change_answered")
    assert (told["late"], told["provider"], told["article"]) == (True, "water", "17")
    assert clock_of(town).state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE


def test_rule_6_five_working_days_more_are_consented_to_once(town, water, authority, submit, clock):
    water.catalogue_events.record(LAW)
    ask, consent = water.catalogue_events.ask_extension, authority.catalogue_events.consent
    with pytest.raises(Conflict, match="allows 1 to 5"):
        ask("EVT-0001", days=6, reason="系统改造")
    with pytest.raises(InvalidInput, match="needs a reason"):
        ask("EVT-0001", days=5, reason=" ")
    with pytest.raises(Conflict, match="no more time was asked"):
        consent("EVT-0001")
    ask("EVT-0001", days=5, reason="系统改造")
    assert clock_of(town).due_on == date(2026, 3, 16)
    assert [task.todo for task in authority.inbox()] == ["bureau catalog consent EVT-0001"]
    for nobody in ("steward.water", "operator.data", "approver.water"):
        with pytest.raises(Denied, match="may not consent"):
            town.acting_as(nobody).catalogue_events.consent("EVT-0001")
    clock.advance(days=15)  # asked in time, answered a day after it was due
    consent("EVT-0001")
    assert clock_of(town).due_on == date(2026, 3, 23)
    assert facts(town, "catalogue.extended")["days"] == 5
    with pytest.raises(Conflict, match="extended already"):
        consent("EVT-0001")
    with pytest.raises(Conflict, match="asked for EVT-0001 already"):
        ask("EVT-0001", days=1, reason="再延")
    submit()
    assert facts(town, "catalogue.change_answered")["late"] is False
    for act in (lambda: ask("EVT-0001", days=1, reason="晚"), lambda: consent("EVT-0001")):
        with pytest.raises(Conflict, match="was answered already, by SUB-0001"):
            act()


def test_rule_6_the_authority_declines_more_time_and_it_stays_due(town, water, authority):
    water.catalogue_events.record(LAW)
    decline = authority.catalogue_events.decline
    with pytest.raises(Conflict, match="no more time was asked"):
        decline("EVT-0001", reason="不必")
    water.catalogue_events.ask_extension("EVT-0001", days=5, reason="系统改造")
    for nobody in ("steward.water", "operator.data", "approver.water"):
        with pytest.raises(Denied, match="may not decline"):
            town.acting_as(nobody).catalogue_events.decline("EVT-0001", reason="不必")
    with pytest.raises(InvalidInput, match="needs a reason"):
        decline("EVT-0001", reason="\u200b")
    event, _ = decline("EVT-0001", reason="不必")
    assert (event.extension.declined_by, event.extension.why_declined) == ("authority.data", "不必")
    assert clock_of(town).due_on == date(2026, 3, 16)
    assert authority.inbox() == []
    told = facts(town, "catalogue.extension_declined")
    assert (told["due_on"], told["late"], "不必" in str(told)) == ("2026-03-16", False, False)
    for act in (lambda: decline("EVT-0001", reason="再"), lambda: consent(authority)):
        with pytest.raises(Conflict, match="was denied more time already"):
            act()
    water.catalogue_events.ask_extension("EVT-0001", days=2, reason="再请")
    consent(authority)
    assert clock_of(town).due_on == date(2026, 3, 18)
    with pytest.raises(Conflict, match="extended already"):
        decline("EVT-0001", reason="晚了")
    assert town.verify_ledger().faults == ()


def consent(authority):
    authority.catalogue_events.consent("EVT-0001")


def test_rule_6_what_is_overdue_is_not_extended(water, clock):
    water.catalogue_events.record(LAW)
    clock.advance(days=15)
    with pytest.raises(Conflict, match="what is overdue cannot be extended"):
        water.catalogue_events.ask_extension("EVT-0001", days=1, reason="晚了")


def test_what_is_handed_back_answers_nothing_and_the_time_that_was_left_goes_on(
    town, water, authority, submit, clock
):
    water.catalogue_events.record(LAW)
    clock.advance(days=11)  # Friday, 13 March: one working day is left
    submit()
    clock.advance(days=5)  # Wednesday, 18 March
    authority.submissions.hand_back("SUB-0001", reason="条件不明")
    running = clock_of(town)
    assert (running.ended_on, running.due_on) == (None, date(2026, 3, 19))
    assert facts(town, "catalogue.change_reopened")["due_on"] == "2026-03-19"
    calendar = town.working_calendar()
    assert recomputed(running, calendar, counting_start=False) == running.due_on
    assert submit().ref == "SUB-0002"
    assert clock_of(town).state_on(date(2030, 1, 1)) is ClockState.ENDED
    assert town.verify_ledger().faults == ()


def test_what_was_late_and_is_handed_back_stays_late(town, water, authority, submit, clock):
    water.catalogue_events.record(LAW)
    clock.advance(days=15)
    submit()
    authority.submissions.hand_back("SUB-0001", reason="条件不明")
    assert clock_of(town).state_on(date(2026, 3, 17)) is ClockState.OVERDUE
    submit()
    assert facts(town, "catalogue.change_answered")["late"] is True


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"changed_on": date(2026, 3, 3)}, InvalidInput, "is not yet"),
        ({"reason": "\u3000"}, InvalidInput, "not said what changed"),
        ({"dataset": ""}, InvalidInput, "one duty or one entry"),
        ({"duty": "leaks.water"}, InvalidInput, "one duty or one entry"),
        ({"dataset": "none"}, NotFound, "dataset"),
        ({"dataset": "", "duty": "none"}, NotFound, "duty"),
        ({"changed_on": date(1999, 1, 4)}, Conflict, "1999"),
    ],
)
def test_a_change_that_is_none(town, water, change, error, said):
    size = town.ledger_head().size
    with pytest.raises(error, match=said):
        water.catalogue_events.record(replace(LAW, **change))
    assert (town.ledger_head().size, town.catalogue_events.list()) == (size, [])


@pytest.mark.parametrize("person", ["steward.parks", "operator.data", "both.parks"])
def test_the_department_itself_or_the_authority_records_a_change(town, person):
    with pytest.raises(Denied, match="may not record a change"):
        town.acting_as(person).catalogue_events.record(LAW)
    for able in ("steward.water", "approver.water", "authority.data"):
        town.acting_as(able).catalogue_events.record(LAW)
    with pytest.raises(Denied, match="may not ask for more time"):
        town.acting_as(person).catalogue_events.ask_extension("EVT-0001", days=1, reason="忙")


def test_a_submission_answers_a_change_of_its_own_department_alone(town, water, submit, tmp_path):
    with pytest.raises(NotFound, match="EVT-0001"):
        submit()
    water.catalogue_events.record(LAW)
    submit()
    with pytest.raises(Conflict, match="was answered already"):
        submit(text=METERS.replace("code: meters", "code: gauges"))
    lawns = METERS.replace("code: meters", "code: lawns").replace(
        "provider: water", "provider: parks"
    )
    path = tmp_path / "lawns.yaml"
    path.write_text(lawns.replace("contract: meters", "items: [草坪]"), "utf-8")
    duty = NewChange(
        duty="readings.water", cause=Cause.DUTY, changed_on=date(2026, 3, 2), reason="三定"
    )
    water.catalogue_events.record(duty)
    papers = NewSubmission(secrecy="一号", personal="二号", head="both.parks", event="EVT-0002")
    with pytest.raises(Conflict, match="EVT-0002 is a matter of water, not of parks"):
        town.acting_as("steward.parks").submissions.submit([path], papers)


def test_the_duty_goes_with_the_entry_to_another_department(town, water, tmp_path):
    water.catalogue_events.record(LAW)
    path = tmp_path / "moved.yaml"
    path.write_text(METERS.replace("provider: water", "provider: parks"), "utf-8")
    town.acting_as("operator.data").apply(path)
    assert clock_of(town).debtor == "parks"
