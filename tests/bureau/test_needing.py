"""Needs that the catalogue does not cover, and the three lists."""

from datetime import date

import pytest

from bureau import DeliveryOrder
from bureau.needing import NewNeed
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.clocks.model import ClockState
from sharing.needs.lists import Freshness, Fulfilment
from sharing.needs.model import NeedState
from sharing.profiles.model import LimitName
from tests.bureau.test_replying import facts
from tests.bureau.test_sharing import asked, sent
from tests.hall import open_hall

NEED = NewNeed(
    title="房屋租赁合同租金",
    items=("月租金", "押金"),
    application="enrolment",
    legal_basis="义务教育法第十二条",
    scenario="核验积分",
)
RENTS = """
kind: Dataset
code: rents
title_zh: 房屋租金信息
items: [月租金, 押金]
provider: housing
format: csv
update_cycle: monthly
share_type: conditional
share_mode: file
use_conditions: 共享范围：全市各部门；使用用途：办理政务服务
resource_class: thematic
grade: general
"""


@pytest.fixture
def hall(town, tmp_path):
    return open_hall(town, tmp_path / "hall")


@pytest.fixture
def schools(hall):
    return hall.acting_as("requester.schools").needs


@pytest.fixture
def authority(hall):
    return hall.acting_as("authority.data").needs


@pytest.fixture
def housing(hall):
    return hall.acting_as("steward.housing").needs


def publish(hall, tmp_path, text=RENTS):
    (tmp_path / "rents.yaml").write_text(text, "utf-8")
    hall.acting_as("operator.data").apply(tmp_path / "rents.yaml")


def need_clock(hall):
    [clock] = hall.clocks("need:NED-0001")
    return clock


def test_rule_30_a_need_that_is_not_in_the_catalogue_is_a_task_of_15_working_days(
    hall, schools, authority, housing, tmp_path, clock
):
    need, matches, _ = schools.state(NEED)
    assert (need.ref, need.state, need.department) == ("NED-0001", NeedState.OPEN, "schools")
    [proposal] = matches.proposals
    assert (proposal.department, proposal.legal_ground) == (
        "housing",
        "商品房屋租赁管理办法第十四条",
    )
    running = need_clock(hall)
    assert (running.limit, running.debtor, running.due_on) == (
        LimitName.UNCATALOGUED_NEED,
        "data",
        date(2026, 3, 23),
    )
    assert [task.todo for task in hall.acting_as("authority.data").inbox()] == [
        "bureau need show NED-0001"
    ]
    clock.advance(days=3)
    authority.assign("NED-0001", "housing", reason="租赁备案归其管理")
    moved = need_clock(hall)
    assert (moved.debtor, moved.due_on) == ("housing", date(2026, 3, 23))
    assert hall.acting_as("authority.data").inbox() == []
    assert len(hall.acting_as("steward.housing").inbox()) == 1
    publish(hall, tmp_path)
    met, _ = housing.meet("NED-0001", "rents")
    assert (met.state, met.dataset, met.closed_by) == (NeedState.MET, "rents", "steward.housing")
    assert hall.acting_as("steward.housing").inbox() == []
    told = facts(hall, "need.met")
    assert (told["department"], told["provider"], told["dataset"], told["late"]) == (
        "schools",
        "housing",
        "rents",
        False,
    )
    assert hall.verify_ledger().ok


def test_rule_30_a_need_that_nobody_saw_to_is_overdue_and_stays_late(
    hall, schools, authority, clock
):
    schools.state(NEED)
    clock.advance(days=22)  # Tuesday, 24 March
    [task] = hall.acting_as("authority.data").inbox()
    assert task.state is ClockState.OVERDUE
    authority.decline("NED-0001", reason="法律未授权收集")
    assert need_clock(hall).state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE
    told = facts(hall, "need.declined")
    assert told["late"] is True
    assert "法律" not in str(told)


def test_rule_30_what_the_catalogue_has_is_asked_for_and_not_stated_as_a_need(hall, schools):
    covered = NewNeed(
        title="社保",
        items=("参保险种", "累计缴费 月数"),
        application="enrolment",
        legal_basis="法",
        scenario="核验",
    )
    size = hall.ledger_head().size
    with pytest.raises(Conflict, match="contributions of insurance") as caught:
        schools.state(covered)
    assert "bureau request new contributions" in caught.value.hint
    assert hall.ledger_head().size == size
    insisted = NewNeed(
        title="社保",
        items=covered.items,
        application="enrolment",
        legal_basis="法",
        scenario="核验",
        not_covered="只有本市参保，需要省内数据",
    )
    need, matches, _ = schools.state(insisted)
    assert need.not_covered == "只有本市参保，需要省内数据"
    assert {one.dataset for one in matches.found if one.same} == {"contributions"}
    told = facts(hall, "need.stated")
    assert told["covered"] is True
    assert "省内" not in str(told)


def test_an_entry_that_is_not_shared_is_named_and_not_offered(schools):
    with pytest.raises(Conflict, match=r"marriages of civil \(not shared\)") as caught:
        schools.state(
            NewNeed(
                title="婚姻",
                items=("婚姻状况",),
                application="enrolment",
                legal_basis="法",
                scenario="核验",
            )
        )
    assert "request new" not in caught.value.hint


def test_a_need_of_which_a_part_is_there_is_stated_and_says_which(schools):
    _, matches, _ = schools.state(
        NewNeed(
            title="租赁",
            items=("租赁期限", "月租金"),
            application="enrolment",
            legal_basis="法",
            scenario="核验",
        )
    )
    assert [(one.item, one.dataset) for one in matches.found if one.same] == [
        ("租赁期限", "leases")
    ]


def test_looking_first_changes_nothing(hall, schools):
    size = hall.ledger_head().size
    matches = schools.match("房屋租赁", ["租赁地址", "月租金"])
    assert [one.dataset for one in matches.found if one.same] == ["leases"]
    assert hall.ledger_head().size == size
    with pytest.raises(InvalidInput, match="not said which data"):
        schools.match("房屋租赁", [])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": " "}, InvalidInput),
        ({"items": ()}, InvalidInput),
        ({"legal_basis": "\u200b"}, InvalidInput),
        ({"scenario": ""}, InvalidInput),
        ({"scenario": "长" * 2001}, InvalidInput),
        ({"not_covered": "长" * 2001}, InvalidInput),
        ({"application": "nothing"}, NotFound),
        ({"application": "lawns"}, Denied),
    ],
)
def test_what_a_need_lacks_is_said(hall, schools, changes, error):
    values = {name: getattr(NEED, name) for name in NEED.__slots__} | changes
    with pytest.raises(error):
        schools.state(NewNeed(**values))
    assert hall.needs.list_all() == []


def test_only_a_requester_states_a_need(hall):
    for person in ("steward.schools", "authority.data"):
        with pytest.raises(Denied):
            hall.acting_as(person).needs.state(NEED)


def test_a_need_is_assigned_anew_and_withdrawn(hall, schools, authority, housing):
    schools.state(NEED)
    authority.assign("NED-0001", "market", reason="登记机关")
    with pytest.raises(Denied, match="may not meet"):
        housing.meet("NED-0001", "leases")
    need, _ = authority.assign("NED-0001", "housing", reason="不属市场监管")
    assert need.assigned_to == "housing"
    with pytest.raises(NotFound):
        authority.assign("NED-0001", "nobody", reason="不存在")
    withdrawn, _ = schools.withdraw("NED-0001")
    assert withdrawn.state is NeedState.WITHDRAWN
    assert need_clock(hall).ended_on is not None
    with pytest.raises(Conflict, match="is withdrawn"):
        housing.meet("NED-0001", "leases")
    with pytest.raises(NotFound):
        schools.withdraw("NED-0002")
    assert hall.verify_ledger().ok


def test_no_need_is_promised_past_the_end_of_the_calendar(hall, schools, clock):
    clock.advance(days=4 * 365 + 300)
    with pytest.raises(Conflict, match="says nothing of 2031"):
        schools.state(NEED)
    assert hall.needs.list_all() == []


def test_rule_30_the_list_of_needs_is_the_needs_and_the_requests(
    hall, schools, authority, clock, tmp_path
):
    schools.state(NEED)
    authority.assign("NED-0001", "housing", reason="租赁备案归其管理")
    sent(hall, asked(clock))
    parks = hall.acting_as("requester.parks")
    parks.create_request(asked(clock))  # a draft says nothing yet
    sent(hall, asked(clock))
    parks.withdraw_request("REQ-0003")
    need, request = hall.needs.needs_list()
    assert (need.ref, need.state, need.department, need.provider, need.due_on) == (
        "NED-0001",
        "assigned",
        "schools",
        "housing",
        date(2026, 3, 23),
    )
    assert (request.ref, request.state, request.department, request.provider) == (
        "REQ-0001",
        "submitted",
        "parks",
        "water",
    )
    assert request.due_on == date(2026, 3, 3)
    hall.acting_as("approver.water").approve_request("REQ-0001")
    publish(hall, tmp_path)
    hall.acting_as("steward.housing").needs.meet("NED-0001", "rents")
    need, request = hall.needs.needs_list()
    assert (need.state, need.dataset, need.due_on) == ("met", "rents", None)
    assert (request.state, request.due_on) == ("agreed", date(2026, 3, 30))


def test_rule_30_the_list_of_resources_is_the_published_entries(hall, good, clock, tmp_path):
    def lines():
        return {line.code: line for line in hall.needs.resources_list()}

    assert lines().keys() == {
        "meters",
        "residents",
        "contributions",
        "leases",
        "firms",
        "marriages",
    }
    assert lines()["residents"].items == ("公民身份号码", "姓名", "户籍地址")
    assert lines()["meters"].freshness is Freshness.NEVER_DELIVERED
    hall.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    found = lines()["meters"]
    assert (found.freshness, found.delivered_at) == (Freshness.FRESH, clock.now())
    clock.advance(days=2)
    assert lines()["meters"].freshness is Freshness.FRESH
    clock.advance(seconds=1)
    assert lines()["meters"].freshness is Freshness.STALE
    publish(hall, tmp_path, RENTS + "status: draft\n")
    assert "rents" not in lines()


def test_rule_30_the_list_of_responsibilities_is_the_duties_and_what_fulfils_them(hall):
    lines = {line.duty: line for line in hall.needs.responsibilities_list()}
    assert len(lines) == 4
    by_department = {(line.department, line.item): line for line in lines.values()}
    done = by_department["water", "meter-readings"]
    assert (done.state, done.datasets) == (Fulfilment.FULFILLED, ("meters",))
    assert by_department["water", "leak-reports"].state is Fulfilment.MISSING
    assert by_department["parks", "meter-readings"].state is Fulfilment.EXEMPT
    missing = by_department["housing", "house-leases"]
    assert (missing.state, missing.datasets) == (Fulfilment.MISSING, ())
    assert missing.legal_ground == "商品房屋租赁管理办法第十四条"
    gaps = [gap.subject for gap in hall.gaps() if gap.kind == "duty_without_dataset"]
    assert sorted(gaps) == sorted(
        line.duty for line in lines.values() if line.state is Fulfilment.MISSING
    )


def test_rule_30_the_negative_list_is_what_is_not_shared_with_the_law_that_forbids_it(hall):
    [line] = hall.needs.negative_list()
    assert (line.code, line.provider, line.cites_law) == ("marriages", "civil", True)
    assert line.legal_basis.startswith("行政法规《婚姻登记条例》第十七条")
    shared = {one.code for one in hall.needs.resources_list() if one.share_type.shareable}
    assert line.code not in shared, "not on the list is open to others"
