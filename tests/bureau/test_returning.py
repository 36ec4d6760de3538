"""What an upper level holds of an area goes back to it: the list, the grant, and how whole it was."""

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bureau import ReadOrder
from bureau.returning import NewReturn
from core.clock import FixedClock
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.clocks.model import ClockState
from sharing.disposal.model import DisposalState
from sharing.model import FinishCause, GrantState
from sharing.profiles.model import LimitName
from sharing.returnflow.model import PURPOSE, Match, ReturnState
from sharing.reviews.model import ReviewState
from tests.areas import SHOPS, contract, deliver, write_areas
from tests.town import copied

TO_PARKS = NewReturn(dataset="shops", department="parks", column="district")
TO_STREET = NewReturn(dataset="shops", department="street", column="street")
NUMBERS = ["no", "district", "street", "number", "owner", "opened"]


@pytest.fixture(scope="module")
def made_areas(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("areas")
    with copied(made[1], folder / "town", FixedClock()) as town:
        town.acting_as("operator.data").apply(write_areas(folder / "documents"))
    return folder / "town"


@pytest.fixture(scope="module")
def made_shops(made_areas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shops")
    with copied(made_areas, folder / "town", FixedClock()) as town:
        deliver(town, folder / "shops.csv")
    return folder / "town"


@pytest.fixture
def areas(tmp_path, clock, request):
    """The town with areas, a copy; after a delivery of shops for a test that wants `shops`."""
    made = "made_shops" if "shops" in request.fixturenames else "made_areas"
    with copied(request.getfixturevalue(made), tmp_path / "town", clock) as town:
        yield town


@pytest.fixture
def shops(areas):
    return areas


@pytest.fixture
def water(areas):
    return areas.acting_as("approver.water").returns


@pytest.fixture
def parks(areas):
    return areas.acting_as("requester.parks").returns


@pytest.fixture
def street(areas):
    return areas.acting_as("requester.street").returns


def read(town, tmp_path, person, application, *, purpose=PURPOSE, dataset="shops"):
    """What a department reads, as rows."""
    target = tmp_path / f"{person}.csv"
    order = ReadOrder(
        dataset=dataset, application=application, purpose=purpose, target=target, format="csv"
    )
    town.acting_as(person).read(order)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(town, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def in_force(water, receiver, wanted=TO_PARKS, application="lawns"):
    [listed], _ = water.new([wanted])
    flow, _ = receiver.accept(listed.ref, application=application)
    return flow


def test_a_return_is_listed_accepted_and_read_whole_by_its_area_alone(
    shops, water, parks, tmp_path
):
    [listed], _ = water.new([TO_PARKS])
    assert (listed.ref, listed.division) == ("RET-0001", "440305")
    assert parks.get("RET-0001")[0].state is ReturnState.LISTED
    flow, _ = parks.accept("RET-0001", application="lawns")
    standing, checks = parks.get("RET-0001")
    assert (standing.state, standing.last, checks) == (ReturnState.IN_FORCE, None, ())
    rows = read(shops, tmp_path, "requester.parks", "lawns")
    assert [row["no"] for row in rows] == ["1", "2", "3", "4"]
    assert list(rows[0]) == NUMBERS
    text = (tmp_path / "requester.parks.csv").read_text("utf-8")
    for canary in ("戊", "己", "庚", "辛"):
        assert canary not in text
    grant, _ = shops.get_grant(flow.grant)
    request = shops.get_request(grant.request)
    assert (grant.granted_by, request.created_by) == ("policy", "requester.parks")
    assert (grant.terms.scenario, grant.terms.columns) == (PURPOSE, tuple(NUMBERS))
    assert "第二十四条" in grant.terms.legal_basis
    assert facts(shops, "return.accepted")["department"] == "parks"
    with pytest.raises(Denied):
        read(shops, tmp_path, "requester.futian", "desk")
    with pytest.raises(Denied):
        read(shops, tmp_path, "requester.parks", "lawns", purpose="别的用途")
    assert shops.verify_ledger().faults == ()


def test_data_goes_back_two_levels_from_city_to_district_and_to_street(
    shops, water, parks, street, tmp_path
):
    prefix = NewReturn(dataset="shops", department="parks", column="street", match=Match.PREFIX)
    in_force(water, parks, prefix)
    in_force(water, street, TO_STREET, "grid")
    deliver(shops, tmp_path / "b.csv", SHOPS, dataset="benches")
    parks_provides = shops.acting_as("approver.parks").returns
    benches = NewReturn(dataset="benches", department="street", column="street")
    in_force(parks_provides, street, benches, "grid")
    district = read(shops, tmp_path, "requester.parks", "lawns")
    assert [row["no"] for row in district] == ["1", "2", "3", "4"]
    for dataset in ("shops", "benches"):
        rows = read(shops, tmp_path, "requester.street", "grid", dataset=dataset)
        assert [row["no"] for row in rows] == ["1", "2"]


def test_rule_24_a_district_with_95_of_100_rows_is_incomplete(areas, water, parks, tmp_path):
    line = "{},440305,440305001,440305,甲,2026-01-01\n"
    heading = SHOPS.splitlines(keepends=True)[0]
    text = heading + "".join(line.format(number) for number in range(95))
    deliver(areas, tmp_path / "shops.csv", text)
    flow = in_force(water, parks)
    found, _ = parks.check(flow.ref, expected=100)
    assert (found.given, found.expected, found.due, found.complete) == (95, 100, 100, False)
    told = facts(areas, "return.checked")
    assert (told["given"], told["expected"], told["complete"]) == (95, 100, False)
    assert (told["delivery"], told["on_time"], told["provider"]) == (1, True, "water")
    deliver(areas, tmp_path / "more.csv", text + "".join(line.format(n) for n in range(95, 100)))
    again, _ = parks.check(flow.ref, expected=100)
    assert (again.number, again.delivery, again.given, again.complete) == (2, 2, 100, True)
    standing, checks = parks.get(flow.ref)
    assert (standing.last, checks) == (again, (found, again))


@pytest.mark.parametrize("condition", ["只能用于统计", "columns: no, district", "rows: opened > x"])
def test_rule_24_a_condition_on_a_return_is_refused(areas, water, parks, condition):
    size = areas.ledger_head().size
    with pytest.raises(Conflict, match=r"takes no condition .*Art. 24"):
        water.new([TO_PARKS], condition=condition)
    assert (areas.ledger_head().size, parks.list_all()) == (size, [])
    asked, _ = parks.ask("shops", application="lawns", column="district")
    with pytest.raises(Conflict, match=r"RET-0001 is asked: .*Art\. 24"):
        water.confirm(asked.ref, condition=condition)
    assert water.get(asked.ref)[0].state is ReturnState.ASKED


def test_who_asks_waits_for_the_column_and_the_provider_has_twenty_working_days(
    shops, water, parks, tmp_path
):
    asked, _ = parks.ask("shops", application="lawns")
    [running] = shops.clocks("return:RET-0001")
    assert (running.limit, running.debtor) == (LimitName.RETURN_FLOW, "water")
    assert running.due_on == date(2026, 3, 30)
    [task] = shops.acting_as("approver.water").inbox()
    assert task.todo == "bureau return confirm RET-0001"
    with pytest.raises(InvalidInput, match="has areas in no known column") as caught:
        water.confirm(asked.ref)
    assert "number" in caught.value.hint
    confirmed, _ = water.confirm(asked.ref, column="district")
    assert facts(shops, "return.confirmed")["late"] is False
    assert confirmed.grant == "GRT-0001"
    assert len(read(shops, tmp_path, "requester.parks", "lawns")) == 4
    assert shops.acting_as("approver.water").inbox() == []


def test_what_is_confirmed_late_is_late_for_ever(shops, water, parks, clock):
    asked, _ = parks.ask("shops", application="lawns", column="district")
    clock.advance(days=29)
    water.confirm(asked.ref)
    assert facts(shops, "return.confirmed")["late"] is True
    [ended] = shops.clocks("return:RET-0001")
    assert ended.state_on(date(2031, 1, 1)) is ClockState.ENDED_LATE


def test_nobody_puts_on_the_list_or_confirms_what_they_asked_for(areas, parks):
    with pytest.raises(Denied, match="may not put a return of water's data on the list"):
        parks.new([TO_PARKS])
    both = areas.acting_as("authority.parks").returns
    with pytest.raises(Denied) as caught:
        both.new([TO_PARKS])
    assert "nobody decides what they asked for" in caught.value.reasons
    asked, _ = both.ask("shops", application="lawns", column="district")
    with pytest.raises(Denied) as caught:
        both.confirm(asked.ref)
    assert "nobody decides what they asked for" in caught.value.reasons
    with pytest.raises(Denied, match="may not ask"):
        areas.acting_as("approver.water").returns.ask("shops", application="lawns")
    areas.acting_as("authority.data").returns.confirm(asked.ref)


def test_data_goes_back_to_lower_levels_only_and_once(areas, water, parks):
    up = NewReturn(dataset="benches", department="water", column="district")
    with pytest.raises(InvalidInput, match="does not lie in 440305"):
        areas.acting_as("approver.parks").returns.new([up])
    aside = NewReturn(dataset="benches", department="futian", column="district")
    with pytest.raises(InvalidInput, match="does not lie in 440305"):
        areas.acting_as("approver.parks").returns.new([aside])
    water.new([TO_PARKS])
    with pytest.raises(Conflict, match="already: RET-0001"):
        parks.ask("shops", application="lawns")
    with pytest.raises(NotFound):
        water.new([NewReturn(dataset="shops", department="nobody", column="district")])


def test_a_list_is_entered_whole_or_not_at_all(water):
    bad = NewReturn(dataset="shops", department="futian", column="nothing")
    with pytest.raises(InvalidInput, match="has no column nothing"):
        water.new([TO_PARKS, TO_STREET, bad])
    assert water.list_all() == []
    futian = NewReturn(dataset="shops", department="futian", column="district")
    flows, made = water.new([TO_PARKS, TO_STREET, futian])
    assert ([flow.ref for flow in flows], len(made.entries)) == (
        ["RET-0001", "RET-0002", "RET-0003"],
        3,
    )
    [one] = water.list_all(division="440304")
    assert one.flow.department == "futian"


@pytest.mark.parametrize(
    ("column", "match", "said"),
    [
        ("owner", Match.EQUAL, "is classified"),
        ("opened", Match.EQUAL, "is date"),
        ("nothing", Match.PREFIX, "has no column nothing"),
    ],
)
def test_a_column_that_cannot_cut_out_an_area_is_refused(parks, column, match, said):
    with pytest.raises(InvalidInput, match=said):
        parks.ask("shops", application="lawns", column=column, match=match)


def test_a_cut_by_prefix_never_gives_the_rows_of_a_neighbour(areas, water, tmp_path):
    path = tmp_path / "division.yaml"
    path.write_text(
        'kind: Division\nitems:\n  - {code: "4403059", name_zh: 邻区, level: district, parent: "4403"}\n',
        "utf-8",
    )
    areas.acting_as("operator.data").apply(path)
    prefix = NewReturn(dataset="shops", department="parks", column="street", match=Match.PREFIX)
    with pytest.raises(InvalidInput, match="4403059 lie outside 440305"):
        water.new([prefix])


def test_a_column_of_integers_cuts_by_equality_and_by_prefix(shops, water, parks, tmp_path):
    wanted = NewReturn(dataset="shops", department="parks", column="number", match=Match.PREFIX)
    flow = in_force(water, parks, wanted)
    assert len(read(shops, tmp_path, "requester.parks", "lawns")) == 4
    assert parks.check(flow.ref)[0].complete is True


@pytest.mark.usefixtures("shops")
def test_a_cut_that_misses_the_streets_of_a_district_is_incomplete(water, parks):
    wanted = NewReturn(dataset="shops", department="parks", column="street")
    flow = in_force(water, parks, wanted)
    found, _ = parks.check(flow.ref)
    assert (found.held, found.given, found.complete) == (3, 0, False)
    renewed, _ = water.renew(flow.ref, column="street", match=Match.PREFIX)
    found, _ = parks.check(renewed.ref)
    assert (found.held, found.given, found.complete) == (4, 4, True)


@pytest.mark.usefixtures("shops")
def test_rows_that_go_to_nobody_are_counted(water, parks, street):
    by_district = in_force(water, parks)
    assert parks.check(by_district.ref)[0].nobodys == 2
    by_street = in_force(water, street, TO_STREET, "grid")
    assert street.check(by_street.ref)[0].nobodys == 4, "two streets are not registered"
    renewed, _ = water.renew(by_street.ref, match=Match.PREFIX)
    assert street.check(renewed.ref)[0].nobodys == 2, "and lie in districts that are"
    with pytest.raises(Denied):
        parks.check(by_street.ref)


def test_a_stale_delivery_is_not_on_time_and_nothing_at_all_is_not_whole(
    areas, water, parks, clock, tmp_path
):
    flow = in_force(water, parks)
    [deliver_clock] = areas.clocks(f"grant:{flow.grant}")
    assert deliver_clock.limit is LimitName.DELIVER
    nothing, _ = parks.check(flow.ref)
    assert (nothing.delivery, nothing.complete, nothing.on_time) == (None, False, False)
    deliver(areas, tmp_path / "shops.csv")
    assert parks.check(flow.ref)[0].on_time is True
    clock.advance(days=2, microseconds=1)
    stale, _ = parks.check(flow.ref)
    assert (stale.on_time, stale.complete) == (False, True)


def test_an_area_of_which_nothing_is_held_is_neither_whole_nor_not(areas, water, parks, tmp_path):
    deliver(
        areas, tmp_path / "shops.csv", "".join(SHOPS.splitlines(keepends=True)[i] for i in (0, 5))
    )
    flow = in_force(water, parks)
    assert parks.check(flow.ref)[0].complete is None
    assert parks.check(flow.ref, expected=1)[0].complete is False
    for wrong in (-1, 10**13):
        with pytest.raises(InvalidInput, match="no number of rows"):
            parks.check(flow.ref, expected=wrong)


def test_what_cannot_be_read_is_not_returned(shops, water, parks):
    flow = in_force(water, parks)
    approver = shops.acting_as("approver.water")
    approver.suspend_grant(flow.grant, reason="泄露")
    found, _ = parks.check(flow.ref)
    assert (found.held, found.given, found.complete) == (4, 0, False)
    assert parks.get(flow.ref)[0].state is ReturnState.SUSPENDED
    with pytest.raises(Conflict, match="is suspended: it cannot be renewed"):
        parks.renew(flow.ref)


def test_a_column_that_came_later_is_missing_until_the_return_is_renewed(
    shops, water, parks, clock, tmp_path
):
    flow = in_force(water, parks)
    path = tmp_path / "shops.yaml"
    more = "      - {name: tax, logicalType: string}"
    path.write_text(contract("shops", "1.1.0", more), "utf-8")
    shops.acting_as("operator.data").publish_contract(path)
    wider = "\n".join(
        line + (",tax" if n == 0 else ",t") for n, line in enumerate(SHOPS.splitlines())
    )
    deliver(shops, tmp_path / "wider.csv", wider)
    found, _ = parks.check(flow.ref)
    assert (found.missing, found.complete) == (("tax",), False)
    clock.advance(days=1)
    renewed, _ = parks.renew(flow.ref, application="ponds")
    former, _ = shops.get_grant(flow.grant)
    assert former.state_at(clock.now()) is GrantState.REVOKED
    assert (renewed.grant, renewed.application) == ("GRT-0002", "ponds")
    assert parks.check(flow.ref)[0].missing == ()
    assert shops.disposals.get(former.ref).state is DisposalState.NOTHING
    rows = read(shops, tmp_path, "requester.parks", "ponds")
    assert rows[0]["tax"] == "t"
    assert shops.verify_ledger().faults == ()


def test_a_renewed_return_leaves_nothing_to_dispose_of_and_no_review_stops_it(
    shops, water, parks, clock, tmp_path
):
    flow = in_force(water, parks)
    read(shops, tmp_path, "requester.parks", "lawns")
    parks.renew(flow.ref)
    assert shops.disposals.get(flow.grant).state is DisposalState.COVERED
    clock.advance(days=5 * 366 - 1)
    assert parks.get(flow.ref)[0].state is ReturnState.IN_FORCE
    [case] = shops.acting_as("approver.water").reviews.cases(every=True)
    assert case.state is ReviewState.NOT_DUE


def test_a_return_that_its_department_finished_is_not_asked_to_be_renewed(
    shops, water, parks, clock
):
    flow = in_force(water, parks)
    requester = shops.acting_as("requester.parks")
    requester.disposals.finish(flow.grant, cause=FinishCause.NOT_NEEDED, reason="不再需要")
    clock.advance(days=5 * 366 - 30)
    assert requester.inbox() == []
    assert parks.get(flow.ref)[0].state is ReturnState.ENDED


def test_only_the_provider_recuts_and_renews_what_was_revoked(shops, water, parks):
    flow = in_force(water, parks)
    with pytest.raises(Denied, match="may not change by which column"):
        parks.renew(flow.ref, column="street", match=Match.PREFIX)
    shops.acting_as("authority.data").revoke_grant(flow.grant, reason="转给他人")
    with pytest.raises(Denied) as caught:
        parks.renew(flow.ref)
    assert caught.value.reasons == ("转给他人",)
    renewed, _ = water.renew(flow.ref)
    assert water.get(renewed.ref)[0].state is ReturnState.IN_FORCE


def test_what_never_arrived_is_not_renewed(water, parks):
    flow = in_force(water, parks)
    with pytest.raises(Conflict, match="nothing was shared under GRT-0001"):
        water.renew(flow.ref)


def test_a_return_says_when_it_ends_and_is_renewed_by_one_act(shops, water, parks, clock):
    flow = in_force(water, parks)
    standing, _ = parks.get(flow.ref)
    assert standing.ends_on == date(2026, 3, 2) + timedelta(days=5 * 366 - 1)
    inbox = shops.acting_as("requester.parks").inbox
    assert inbox() == []
    clock.advance(days=5 * 366 - 30)
    [task] = inbox()
    assert (task.due_on, task.state) == (standing.ends_on, ClockState.RUNNING)
    assert task.todo == "bureau return renew RET-0001"
    clock.advance(days=30)
    [task] = inbox()
    assert task.state is ClockState.OVERDUE
    assert parks.get(flow.ref)[0].state is ReturnState.ENDED
    parks.renew(flow.ref)
    assert inbox() == []
    assert parks.get(flow.ref)[0].state is ReturnState.IN_FORCE


def test_what_waits_to_be_accepted_is_in_the_inbox_until_it_is_or_is_withdrawn(areas, water, parks):
    inbox = areas.acting_as("requester.parks").inbox
    water.new([TO_PARKS])
    [task] = inbox()
    assert task.todo == "bureau return accept RET-0001 --application CODE"
    parks.withdraw("RET-0001")
    assert inbox() == []
    with pytest.raises(Conflict, match="is withdrawn: it cannot be accepted"):
        parks.accept("RET-0001", application="lawns")
    [again], _ = water.new([TO_PARKS])
    assert again.ref == "RET-0002"


def test_a_withdrawn_question_waits_for_nobody(areas, parks):
    asked, _ = parks.ask("shops", application="lawns")
    parks.withdraw(asked.ref)
    assert areas.acting_as("approver.water").inbox() == []


def test_the_application_is_one_of_the_receiving_department(water, parks):
    [listed], _ = water.new([TO_PARKS])
    with pytest.raises(Denied, match="application grid belongs to street"):
        parks.accept(listed.ref, application="grid")
    with pytest.raises(InvalidInput, match="not said which application"):
        parks.accept(listed.ref, application=" ")
    with pytest.raises(NotFound):
        parks.accept(listed.ref, application="nothing")


def test_a_return_begins_on_its_day(shops, water, parks, clock, tmp_path):
    later = NewReturn(
        dataset="shops", department="parks", column="district", start=date(2026, 4, 1)
    )
    flow = in_force(water, parks, later)
    assert parks.get(flow.ref)[0].state is ReturnState.SCHEDULED
    assert parks.check(flow.ref)[0].given == 0
    with pytest.raises(InvalidInput, match="too far away"):
        water.new([replace(TO_STREET, start=date.max)])
    clock.advance(days=30)
    assert len(read(shops, tmp_path, "requester.parks", "lawns")) == 4


def test_the_duty_goes_with_the_dataset_to_its_new_provider(areas, parks, tmp_path):
    parks.ask("shops", application="lawns")
    path = tmp_path / "moved.yaml"
    text = (write_areas(tmp_path / "areas") / "datasets.yaml").read_text("utf-8")
    path.write_text(text.replace("provider: water", "provider: data"), "utf-8")
    areas.acting_as("operator.data").apply(path)
    [running] = areas.clocks("return:RET-0001")
    assert running.debtor == "data"
    assert areas.verify_ledger().faults == ()


def test_unshared_data_and_unknown_returns_are_refused(areas, water, parks, tmp_path):
    path = tmp_path / "closed.yaml"
    text = (write_areas(tmp_path / "areas") / "datasets.yaml").read_text("utf-8")
    closed = text.replace(
        "share_type: conditional",
        "share_type: not_shared\n    legal_basis: 法律《统计法》第二十五条：统计资料保密",
    )
    path.write_text(closed, "utf-8")
    areas.acting_as("operator.data").apply(path)
    with pytest.raises(Conflict, match="is not shared"):
        water.new([TO_PARKS])
    for wrong in ("RET-0001", "REQ-0001", "nothing"):
        with pytest.raises(NotFound):
            parks.get(wrong)
