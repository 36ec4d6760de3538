import csv
import io

import pytest

from bureau import Bureau
from core.clock import FixedClock
from tests.cli.test_help import documented_keys
from tests.hall import open_hall

NEW = (
    "need",
    "new",
    "--title",
    "房屋租赁租金",
    "--items",
    "月租金，押金",
    "--application",
    "enrolment",
    "--basis",
    "义务教育法第十二条",
    "--scenario",
    "核验积分",
)


@pytest.fixture
def hall(bureau, tmp_path):
    town = Bureau.open(bureau.home, clock=FixedClock())
    open_hall(town, tmp_path / "hall").close()
    return bureau


def test_a_need_goes_its_way(hall):
    made = hall.ok(*NEW, person="requester.schools")
    assert made.stdout == ""
    assert "stated NED-0001 to data, due on " in made.stderr
    assert "next: bureau need assign NED-0001 housing --reason TEXT" in made.stderr
    assigned = hall.ok(
        "need", "assign", "NED-0001", "housing", "--reason", "职责", person="authority.data"
    )
    assert "assigned NED-0001 to housing, due on " in assigned.stderr
    met = hall.ok("need", "meet", "NED-0001", "--dataset", "leases", person="steward.housing")
    assert "next: bureau request new leases (by a requester of schools)" in met.stderr
    (shown,) = hall.json("need", "list", "--state", "met")
    assert (shown["items"], shown["dataset"]) == (["月租金", "押金"], "leases")
    assert hall.json("need", "list", "--state", "open") == []
    for act in ("decline", "withdraw"):
        again = hall("need", act, "NED-0001", person="authority.data")
        assert again.exit_code == 4
        assert "fix: nothing more can happen" in again.stderr
    page = hall.ok("need", "show", "NED-0001").stdout
    assert "Whose duty it sounds like" in page
    assert "uncatalogued_need" in page


def test_what_the_catalogue_has_is_said_instead(hall):
    covered = [*NEW[:4], "--items", "租赁期限", *NEW[6:]]
    refused = hall(*covered, person="requester.schools")
    assert refused.exit_code == 4
    assert "租赁期限: leases of housing" in refused.stderr
    assert "bureau request new leases; or say why it does not do" in refused.stderr
    looked = hall.ok(*covered, "--dry-run", person="requester.schools").stdout
    assert "leases" in looked
    hall.ok(*covered, "--not-covered", "缺少历史数据", person="requester.schools")
    withdrawn = hall.ok("need", "withdraw", "NED-0001", person="requester.schools")
    assert "withdrew NED-0001" in withdrawn.stderr
    hall.ok(*NEW, person="requester.schools")
    declined = hall.ok(
        "need", "decline", "NED-0002", "--reason", "无法律依据", person="authority.data"
    )
    assert "declined NED-0002" in declined.stderr


def test_services_show_their_data_items(hall):
    assert {one["code"] for one in hall.json("service", "list")} == {
        "residence-permit",
        "school-place",
        "hygiene-licence",
    }
    page = hall.ok("service", "show", "school-place").stdout
    assert "not_granted" in page
    assert "not_catalogued" in page
    asks = hall.ok("service", "show", "hygiene-licence")
    assert "not_named" in asks.stdout
    assert "next: bureau catalog once-only --department health" in asks.stderr
    missing = hall("service", "show", "nothing")
    assert missing.exit_code == 3
    assert "bureau service list" in missing.stderr


def test_suggestions_are_answered(hall):
    found = hall.ok("catalog", "once-only", "--department", "schools")
    assert "like_words" in found.stdout
    assert "--item '家庭租赁地址' --dataset leases" in found.stderr
    given = hall.ok(
        "service",
        "answer",
        "school-place",
        "--item",
        "家庭租赁地址",
        "--dataset",
        "leases",
        "--reason",
        "现居住地址",
        person="steward.schools",
    )
    assert "told '家庭租赁地址' of school-place apart from leases" in given.stderr
    none = hall.ok("catalog", "once-only", "--department", "schools")
    assert "no form asks for what another department shares" in none.stderr
    assert "现居住地址" in hall.ok("service", "show", "school-place").stdout


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_three_lists_are_made_of_what_is_there(hall):
    hall.ok(*NEW, person="requester.schools")
    (need,) = rows(hall.ok("catalog", "lists", "--list", "needs", "--format", "csv").stdout)
    assert (need["ref"], need["department"], need["state"]) == ("NED-0001", "schools", "open")
    resources = hall.json("catalog", "lists", "--list", "resources")
    published = hall.json("dataset", "list", "--status", "published")
    assert [one["code"] for one in resources] == [one["code"] for one in published]
    duties = hall.json("catalog", "lists", "--list", "responsibilities")
    assert {one["duty"] for one in duties} == {one["code"] for one in hall.json("duty", "list")}
    assert hall("catalog", "lists", "--list", "nothing").exit_code == 2


def test_no_cell_of_a_list_is_run_by_a_spreadsheet(hall):
    evil = [*NEW[:3], "=cmd|x", "--items", "@SUM(A1)", *NEW[6:]]
    hall.ok(*evil, person="requester.schools")
    asked = ("catalog", "lists", "--list", "needs", "--format", "csv")
    (plain,) = rows(hall.ok(*asked).stdout)
    assert (plain["title_zh"], plain["items"]) == ("=cmd|x", "@SUM(A1)")
    (safe,) = rows(hall.ok(*asked, "--spreadsheet-safe").stdout)
    assert (safe["title_zh"], safe["items"]) == ("'=cmd|x", "'@SUM(A1)")
    assert safe["ref"] == plain["ref"]


def test_json_has_the_shapes_that_are_documented(hall):
    made = hall.json(*NEW, person="requester.schools")
    assert set(made) == documented_keys("need new")
    for name, arguments in (
        ("need list", ()),
        ("need show", ("NED-0001",)),
        ("service list", ()),
        ("service show", ("school-place",)),
        ("catalog once-only", ()),
    ):
        data = hall.json(*name.split(), *arguments)
        item = data[0] if isinstance(data, list) else data
        assert set(item) == documented_keys(name)
