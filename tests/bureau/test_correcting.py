"""Corrections from the complaint to the feedback, with their clocks and ledger entries."""

from datetime import date

import pytest

from bureau import DeliveryOrder
from bureau.correcting import NewCorrection
from catalog.predicate import Comparison, Operator
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.clocks.model import ClockState
from sharing.corrections.model import Channel, CorrectionState, Finding
from sharing.profiles.model import LimitName
from sharing.words import words_hash
from tests.bureau.test_sharing import granted
from tests.town import BAD, FILES, GOOD

M001 = Comparison("meter", Operator.EQ, ("M001",))
PROBLEM = "M001 在 3 月 1 日的读数比抄表记录少十倍"


@pytest.fixture
def shared(delivered, clock):
    """The town, in which parks has a grant on delivery #1 of meters."""
    granted(delivered, clock)
    return delivered


@pytest.fixture
def water(shared):
    return shared.acting_as("steward.water")


@pytest.fixture
def parks(shared):
    return shared.acting_as("requester.parks")


@pytest.fixture
def authority(shared):
    return shared.acting_as("authority.data")


@pytest.fixture
def opened(parks):
    """COR-0001, asked for on Monday, 2 March 2026."""
    correction, _ = parks.corrections.create(about())
    return correction.ref


def about(**changes):
    return NewCorrection(**({"dataset": "meters", "problem": PROBLEM} | changes))


def clocks(town, ref):
    return {clock.limit: clock for clock in town.clocks(f"correction:{ref}")}


def facts(town, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def mend(town, tmp_path):
    path = tmp_path / "mended.csv"
    path.write_text(GOOD.replace("120", "1200"), "utf-8")
    delivered = town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=path))
    return delivered.delivery.number


def confirm(water, ref):
    return water.corrections.verify(ref, finding=Finding.CONFIRMED, reason="抄表录入漏一位")


def test_rule_16_a_correction_is_signed_for_verified_made_and_reported_back(
    shared, water, opened, clock, tmp_path
):
    sign = clocks(shared, opened)[LimitName.RECEIPT]
    assert (sign.debtor, sign.due_on) == ("water", date(2026, 3, 3))
    clock.advance(days=1)
    water.corrections.receive(opened)
    found = clocks(shared, opened)
    assert found[LimitName.RECEIPT].ended_on == date(2026, 3, 3)
    mending = found[LimitName.CORRECTION]
    assert (mending.debtor, mending.article) == ("water", "26")
    assert (mending.started_on, mending.due_on) == (date(2026, 3, 3), date(2026, 3, 17))
    assert facts(shared, "correction.received")["due_on"] == "2026-03-17"
    with pytest.raises(Conflict, match="signed for once"):
        water.corrections.receive(opened)
    confirmed, _ = confirm(water, opened)
    assert (confirmed.state, confirmed.verified_by) == (CorrectionState.CONFIRMED, "steward.water")
    number = mend(shared, tmp_path)
    water.corrections.correct(opened)
    clock.advance(days=14)  # Tuesday, 17 March: the tenth working day
    closed, _ = water.corrections.close(opened, feedback="已更正并重新提供")
    assert (closed.state, closed.corrected_in) == (CorrectionState.CLOSED, number)
    assert facts(shared, "correction.closed")["late"] is False
    assert clocks(shared, opened)[LimitName.CORRECTION].state_on(date(2030, 1, 1)) is (
        ClockState.ENDED
    )
    assert shared.corrections.get(opened) == closed
    assert shared.verify_ledger().faults == ()
    assert water.inbox() == []


def test_rule_16_what_is_closed_on_working_day_11_is_late_for_ever(shared, water, opened, clock):
    water.corrections.receive(opened)
    confirm(water, opened)
    water.corrections.correct(opened, none_needed="下一批次已包含更正")
    clock.advance(days=15)  # Tuesday, 17 March: working day 11
    assert [task.state for task in water.inbox()] == [ClockState.OVERDUE]
    water.corrections.close(opened, feedback="已说明")
    told = facts(shared, "correction.closed")
    assert (told["late"], told["article"], told["limit"]) == (True, "26", "correction")
    assert (told["provider"], told["department"]) == ("water", "parks")
    ended = clocks(shared, opened)[LimitName.CORRECTION]
    assert ended.state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE


def test_rule_16_what_is_closed_without_feedback_is_not_closed(shared, water, opened):
    water.corrections.verify(opened, finding=Finding.UNFOUNDED, reason="与抄表记录一致")
    with pytest.raises(InvalidInput, match="not closed without feedback"):
        water.corrections.close(opened, feedback="\u200b ")
    assert shared.corrections.get(opened).state is CorrectionState.UNFOUNDED
    assert clocks(shared, opened)[LimitName.CORRECTION].ended_on is None
    closed, _ = water.corrections.close(opened, feedback="经核实数据无误")
    assert closed.state is CorrectionState.CLOSED
    assert facts(shared, "correction.closed")["finding"] == "unfounded"


def test_rule_16_what_is_confirmed_links_to_the_delivery_that_mends_it(
    shared, water, opened, tmp_path
):
    with pytest.raises(Conflict, match="only what was confirmed is corrected"):
        water.corrections.correct(opened)
    confirm(water, opened)
    with pytest.raises(Conflict, match="it is verified first and, where it is confirmed"):
        water.corrections.close(opened, feedback="好")
    with pytest.raises(Conflict, match="nothing newer than delivery #1") as found:
        water.corrections.correct(opened)
    assert "bureau dataset deliver meters FILE" in found.value.hint
    refused = tmp_path / "bad.csv"
    refused.write_text(BAD, "utf-8")
    water.deliver(DeliveryOrder(dataset="meters", path=refused))
    with pytest.raises(Conflict, match="#2 of meters was refused"):
        water.corrections.correct(opened, delivery=2)
    with pytest.raises(NotFound, match="meters #9"):
        water.corrections.correct(opened, delivery=9)
    assert mend(shared, tmp_path) == 3
    corrected, _ = water.corrections.correct(opened)
    assert (corrected.delivery, corrected.corrected_in) == (1, 3)
    assert facts(shared, "correction.corrected")["corrected_in"] == 3
    with pytest.raises(Conflict, match="once"):
        water.corrections.correct(opened)


def test_who_verifies_without_having_signed_signs_with_it(shared, water, opened):
    _, receipt = confirm(water, opened)
    assert len(receipt.entries) == 2
    assert [entry.kind for entry in shared.ledger_log(limit=2)] == [
        "correction.received",
        "correction.verified",
    ]
    assert clocks(shared, opened)[LimitName.RECEIPT].ended_on == date(2026, 3, 2)
    assert facts(shared, "correction.verified")["due_on"] == "2026-03-16"


def test_the_ledger_holds_no_words_and_no_values(shared, parks):
    correction, _ = parks.corrections.create(about(rows=M001, columns=("litres",)))
    assert shared.corrections.get(correction.ref).rows == M001
    told = facts(shared, "correction.opened")
    assert told["problem_hash"] == words_hash(PROBLEM)
    assert (told["grant"], told["delivery"], told["columns"]) == ("GRT-0001", 1, ["litres"])
    assert "M001" not in str(told)
    assert PROBLEM not in str(told)


def test_a_correction_may_be_asked_for_by_whoever_used_the_data(shared, water, parks, clock):
    for person in ("auditor.audit", "operator.data"):
        with pytest.raises(Denied, match="may not ask"):
            shared.acting_as(person).corrections.create(about())
    with pytest.raises(Conflict, match="water's own data"):
        water.corrections.create(about())
    clock.advance(days=40)  # the grant has ended
    steward, _ = shared.acting_as("steward.parks").corrections.create(about())
    assert (steward.grant, steward.department) == ("GRT-0001", "parks")
    again, _ = parks.corrections.create(about())
    assert again.ref == "COR-0002"


def test_the_authority_passes_on_what_a_hotline_was_told(shared, authority, water):
    correction, _ = authority.corrections.create(about(channel=Channel.HOTLINE))
    assert (correction.grant, correction.department) == ("", "data")
    assert facts(shared, "correction.opened")["channel"] == "hotline"
    named, _ = authority.corrections.create(about(grant="grt-0001"))
    assert named.grant == "GRT-0001"
    confirm(water, correction.ref)


def test_grants_deliveries_and_columns_are_those_the_asker_has(shared, parks, tmp_path):
    with pytest.raises(NotFound, match="GRT-0009"):
        parks.corrections.create(about(grant="GRT-0009"))
    with pytest.raises(NotFound, match="no dataset 'lakes'"):
        parks.corrections.create(about(dataset="lakes"))
    with pytest.raises(NotFound, match="meters #2"):
        parks.corrections.create(about(delivery=2))
    for hidden in ("keeper", "colour"):
        with pytest.raises(InvalidInput, match=f"GRT-0001 has no column {hidden}"):
            parks.corrections.create(about(columns=(hidden,)))
        with pytest.raises(InvalidInput, match=f"GRT-0001 has no column {hidden}"):
            parks.corrections.create(about(rows=Comparison(hidden, Operator.NOT_NULL)))
    with pytest.raises(InvalidInput, match="not said what is wrong"):
        parks.corrections.create(about(problem=" \u200b"))
    with pytest.raises(InvalidInput, match="2001 characters"):
        parks.corrections.create(about(problem="长" * 2001))
    refused = tmp_path / "bad.csv"
    refused.write_text(BAD, "utf-8")
    shared.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=refused))
    with pytest.raises(Conflict, match="#2 of meters was refused: nobody ever read it"):
        parks.corrections.create(about(delivery=2))
    assert shared.corrections.list_all() == []


def test_rows_are_not_told_by_personal_data(authority):
    keeper = Comparison("keeper", Operator.EQ, ("王芳",))
    with pytest.raises(InvalidInput, match="not told by keeper: the contract classifies it"):
        authority.corrections.create(about(rows=keeper))
    authority.corrections.create(about(columns=("keeper",)))


def test_nothing_is_complained_about_that_nobody_could_read(town, clock):
    granted(town, clock)
    with pytest.raises(Conflict, match="nothing of meters is published"):
        town.acting_as("requester.parks").corrections.create(about())


def test_the_grant_that_is_named_is_one_on_the_dataset(shared, authority, tmp_path):
    path = tmp_path / "more.yaml"
    path.write_text(FILES["datasets.yaml"].replace("code: meters\n", "code: pipes\n"), "utf-8")
    shared.acting_as("operator.data").apply(path)
    with pytest.raises(InvalidInput, match="GRT-0001 gives data nothing of pipes"):
        authority.corrections.create(about(dataset="pipes", grant="GRT-0001"))


def test_the_asker_withdraws_and_never_answers(shared, parks, water, opened):
    for act in (
        lambda who: who.corrections.receive(opened),
        lambda who: confirm(who, opened),
    ):
        for nobody in (parks, shared.acting_as("both.parks"), shared.acting_as("authority.data")):
            with pytest.raises(
                Denied, match=r"may not (receive|verify) correction COR-0001, which"
            ):
                act(nobody)
    with pytest.raises(
        Denied, match="may not withdraw correction COR-0001, which is open"
    ) as found:
        water.corrections.withdraw(opened)
    assert found.value.reasons == ("it was asked for by parks, which alone may withdraw it",)
    water.corrections.receive(opened)
    withdrawn, _ = parks.corrections.withdraw(opened)
    assert withdrawn.state is CorrectionState.WITHDRAWN
    assert {clock.ended_on for clock in shared.clocks(f"correction:{opened}")} == {date(2026, 3, 2)}
    assert water.inbox() == []
    second, _ = parks.corrections.create(about())
    confirm(water, second.ref)
    with pytest.raises(Conflict, match="is answered, and not taken back"):
        parks.corrections.withdraw(second.ref)


def test_what_was_withdrawn_too_late_to_be_in_time_was_late(shared, parks, water, opened, clock):
    water.corrections.receive(opened)
    clock.advance(days=15)
    parks.corrections.withdraw(opened)
    assert facts(shared, "correction.withdrawn")["late"] is True


def test_the_inbox_names_the_next_act(shared, water, opened, tmp_path):
    def todo():
        return [(task.title_zh, task.todo) for task in shared.acting_as("approver.water").inbox()]

    limit = "核实、校正并反馈校核申请"
    assert todo() == [("签收校核申请", f"bureau correction receive {opened}")]
    water.corrections.receive(opened)
    assert todo()[0][1].startswith(f"bureau correction verify {opened} --finding")
    confirm(water, opened)
    assert todo() == [(limit, f"bureau correction correct {opened}")]
    mend(shared, tmp_path)
    water.corrections.correct(opened)
    assert todo() == [(limit, f"bureau correction close {opened} --feedback TEXT")]


def test_who_provides_the_data_now_answers(shared, water, opened, tmp_path):
    path = tmp_path / "moved.yaml"
    moved = FILES["datasets.yaml"].replace("provider: water", "provider: audit")
    path.write_text(moved.replace("source: water", "source: audit"), "utf-8")
    shared.acting_as("operator.data").apply(path)
    assert clocks(shared, opened)[LimitName.RECEIPT].debtor == "audit"
    with pytest.raises(Denied, match="may not receive") as found:
        water.corrections.receive(opened)
    assert found.value.reasons == ("the data belongs to audit, steward.water acts for water",)


def test_corrections_are_listed_by_dataset_and_state(shared, parks, water, opened):
    second, _ = parks.corrections.create(about())
    water.corrections.receive(opened)
    refs = [one.ref for one in shared.corrections.list_all(dataset="meters")]
    assert refs == [opened, second.ref]
    received = shared.corrections.list_all(state=CorrectionState.RECEIVED)
    assert [one.ref for one in received] == [opened]
    with pytest.raises(NotFound):
        shared.corrections.list_all(dataset="lakes")
    for ref in ("COR-0009", "GRT-0001", "x"):
        with pytest.raises(NotFound, match="there is no correction"):
            shared.corrections.get(ref)
