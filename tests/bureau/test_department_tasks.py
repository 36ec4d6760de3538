"""What each department has to see to, in plain words, with counts."""

from datetime import timedelta

import pytest

from bureau import DeliveryOrder
from core.errors import NotFound
from sharing.supervision.tasks import SORTS, Sort
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.hall import open_hall
from tests.town import FILES, write_registry

SIGN = "Sign for a request that was submitted"


def told(bureau, department=""):
    """Sort, count, subjects and command of each line, without what the catalogue lacks."""
    return {
        (one.sort, one.title_en): (one.count, one.subjects, one.look)
        for one in bureau.supervision.tasks(department=department)
    }


def sorts(bureau, department):
    return {one.sort for one in bureau.supervision.tasks(department=department)}


def test_due_overdue_and_unanswered_are_counted_with_their_commands(delivered, clock):
    first = sent(delivered, asked(clock)).ref
    lines = told(delivered, "water")
    assert lines[Sort.DUE, SIGN] == (1, (f"request:{first}",), "bureau inbox")
    clock.advance(days=10)
    second = sent(delivered, asked(clock)).ref
    lines = told(delivered, "water")
    assert lines[Sort.OVERDUE, SIGN][1:] == (
        (f"request:{first}",),
        "bureau inbox --overdue",
    )
    assert lines[Sort.DUE, SIGN][1] == (f"request:{second}",)
    parks = delivered.acting_as("requester.parks")
    parks.create_request(asked(clock), submitted=True)
    [line] = delivered.supervision.tasks(department="parks")
    assert (line.sort, line.count, line.first_due) == (Sort.UNANSWERED, 1, None)


def test_what_waits_for_a_role_is_of_the_departments_that_have_it(delivered, clock):
    ref = sent(delivered, asked(clock)).ref
    water = delivered.acting_as("approver.water")
    water.receive_request(ref)
    water.ask_extension(ref, days=5, reason="需核对数据")
    authority = [
        one for one in delivered.supervision.tasks(department="data") if one.whose == "authority"
    ]
    assert [one.subjects for one in authority] == [(f"request:{ref}",)]
    assert {one.whose for one in delivered.supervision.tasks(department="water")} == {"water"}


def test_failing_is_what_came_last_and_what_is_too_old(delivered, clock, good, bad):
    steward = delivered.acting_as("steward.water")
    assert Sort.FAILING not in sorts(delivered, "water")
    steward.deliver(DeliveryOrder(dataset="meters", path=bad))
    refused = (Sort.FAILING, "the newest delivery was refused")
    assert told(delivered, "water")[refused] == (
        1,
        ("dataset:meters",),
        "bureau check show meters",
    )
    clock.advance(days=1)
    steward.deliver(DeliveryOrder(dataset="meters", path=good))
    assert Sort.FAILING not in sorts(delivered, "water"), "the newest counts"
    clock.advance(days=2, seconds=1)
    old = (Sort.FAILING, "the data is older than its update cycle allows")
    assert told(delivered, "water")[old][2] == "bureau dataset show meters"
    assert Sort.FAILING not in sorts(delivered, "parks")


def test_unused_is_a_grant_of_others_data_that_nobody_uses(delivered, clock, tmp_path):
    grant = granted(delivered, clock, not_after=clock.now() + timedelta(days=400))
    clock.advance(days=89)
    assert Sort.UNUSED not in sorts(delivered, "parks")
    clock.advance(days=1)
    [line] = [
        one for one in delivered.supervision.tasks(department="parks") if one.sort is Sort.UNUSED
    ]
    assert (line.subjects, line.look) == ((f"grant:{grant.ref}",), f"bureau grant show {grant.ref}")
    read(delivered, tmp_path)
    assert Sort.UNUSED not in sorts(delivered, "parks")


def test_the_platforms_fault_is_told_apart_and_does_not_count(town, good, tmp_path):
    text = FILES["contract.yaml"].replace("1.0.0", "1.1.0")
    meter = "        description: Number of the meter\n"
    link = f"{meter}        relationships: [{{to: registers.meter}}]\n"
    folder = write_registry(tmp_path / "linked", contract=text.replace(meter, link))
    town.acting_as("operator.data").apply(folder)
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    lines = town.supervision.tasks(department="water")
    assert [one.subjects for one in lines if not one.sort.own] == [("dataset:meters",)]
    assert Sort.FAILING not in {one.sort for one in lines}


def test_forms_and_gaps_are_part_of_the_list(town, tmp_path):
    hall = open_hall(town, tmp_path / "hall")
    lines = told(hall, "police")
    form = lines[Sort.FAILING, "a form asks people for what is shared"]
    assert form[1:] == (
        ("service:residence-permit",),
        "bureau catalog once-only --department police",
    )
    gaps = told(hall, "housing")[Sort.DUE, "a duty without catalogued and collected data"]
    assert gaps[2] == "bureau catalog gaps --department housing"


def test_the_city_is_the_departments_together(town, tmp_path):
    hall = open_hall(town, tmp_path / "hall")
    whole = hall.supervision.tasks()
    assert [one.whose for one in whole] == sorted(one.whose for one in whole)
    for department in {one.whose for one in whole} - {"authority"}:
        mine = [one for one in whole if one.whose == department]
        found = hall.supervision.tasks(department=department)
        assert [one for one in found if one.whose == department] == mine


def test_every_sort_has_its_words_and_only_one_is_nobodys_fault():
    assert list(SORTS) == list(Sort)
    assert [sort for sort in Sort if not sort.own] == [Sort.UNKNOWN]


def test_a_department_that_is_none_is_refused(town):
    with pytest.raises(NotFound):
        town.supervision.tasks(department="nobody")


def test_several_that_are_alike_are_listed_one_by_one_by_their_name(delivered, clock):
    parks = delivered.acting_as("requester.parks")
    for application in ("lawns", "ponds"):
        granted(
            delivered, clock, application=application, not_after=clock.now() + timedelta(days=400)
        )
    clock.advance(days=90)
    [line] = [one for one in parks.supervision.tasks(department="parks") if one.sort is Sort.UNUSED]
    assert line.look == "bureau supervision tasks --department parks --only unused"
    each = parks.supervision.tasks(department="parks", only="unused")
    assert [one.subjects for one in each] == [("grant:GRT-0001",), ("grant:GRT-0002",)]
    assert [one.look for one in each] == [
        "bureau grant show GRT-0001",
        "bureau grant show GRT-0002",
    ]


def test_the_list_of_a_past_day_is_what_the_list_was(delivered, clock, good, bad):
    steward = delivered.acting_as("steward.water")
    first = sent(delivered, asked(clock)).ref
    steward.deliver(DeliveryOrder(dataset="meters", path=bad))
    clock.advance(days=10)
    then = [
        one for one in delivered.supervision.tasks() if one.first_due or one.sort is Sort.FAILING
    ]
    day = delivered.today()
    clock.advance(days=1)
    delivered.acting_as("approver.water").receive_request(first)
    steward.deliver(DeliveryOrder(dataset="meters", path=good))
    clock.advance(days=30)
    found = delivered.supervision.tasks(as_of=day)
    assert [one for one in found if one.first_due or one.sort is Sort.FAILING] == then
    assert then != []
