"""Files of announcements: both forms, and every fault with its line."""

import json
from datetime import date
from pathlib import Path

import pytest

from core.errors import DocumentInvalid
from sharing.calendar.documents import read_announcement
from sharing.calendar.model import DayKind, SpecialDay

REAL = Path(__file__).parents[1] / "data" / "cn-holidays" / "2019.json"


def as_json(**changes):
    good = {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
    return json.dumps(good | changes, indent=1).encode()


def one(**changes):
    return {"name": "元旦", "date": "2027-01-01", "isOffDay": True, **changes}


def faults(data):
    with pytest.raises(DocumentInvalid) as caught:
        read_announcement(data, "x.json")
    return "\n".join(map(str, caught.value.problems)) or str(caught.value)


def test_json_and_csv_of_the_same_days_are_the_same_announcement():
    read = read_announcement(REAL.read_bytes(), REAL.name)
    assert (read.year, len(read.days)) == (2019, 31)
    assert read.days[0] == SpecialDay(date(2018, 12, 29), DayKind.WORK, "元旦")
    assert read.source.startswith("http://www.gov.cn/zhengce/zhengceku/2018-12/06/")
    lines = ["\ufeffname,date,kind", *(f"{d.name},{d.day},{d.kind}" for d in reversed(read.days))]
    again = read_announcement("\r\n".join(lines).encode(), "2019.csv")
    assert (again.year, again.days, again.sha256) == (2019, read.days, read.sha256)
    assert again.source == "2019.csv"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (as_json(year="2027"), "x.json:2: it states no year"),
        (b'{"days": []}', "it states no year"),
        (b'{"year": 2027}', "it has no list of days"),
        (as_json(year=True), "it states no year"),
        (as_json(year=99999), "the year 99999 is not between"),
        (as_json(days=[]), "it says nothing of 2027"),
        (as_json(days=[one(date="2026-12-31")]), "it says nothing of 2027"),
        (as_json(days=[one(), one(date="2026-11-30")]), "x.json:9: 2026-11-30 does not belong"),
        (as_json(days=[one(), one(date="2028-01-01")]), "2028-01-01 does not belong to what"),
        (as_json(days=[one(), one(isOffDay=False)]), "x.json:9: 2027-01-01 is here twice, first"),
        (as_json(days=[one(date="2027-1-1")]), "'2027-1-1' is no date"),
        (as_json(days=[one(date="20270101")]), "'20270101' is no date"),
        (as_json(days=[one(date=20270101)]), "20270101 is no date"),
        (as_json(days=[one(date="2027-02-30")]), "'2027-02-30' is no date"),
        (as_json(days=[one(isOffDay="false")]), "isOffDay is neither true nor false"),
        (as_json(days=[one(name="")]), "the name of the day is empty"),
        (as_json(days=[one(name="元\u202e旦")]), "RIGHT-TO-LEFT OVERRIDE"),
        (as_json(days=[one(name=None)]), "the name of the day is empty"),
        (as_json(days=[one(region="x")]), "a day has the fields name, date, isOffDay"),
        (as_json(days=["2027-01-01"]), "a day has the fields name, date, isOffDay"),
        (as_json(region="广东"), "the field 'region' is unknown"),
        (as_json(papers="http://www.gov.cn"), "its papers are not a list"),
        (as_json(papers=["a\x1bb"]), "U+001B"),
        (b'{"year": 2027, "year": 2028, "days": []}', "the key 'year' is here twice"),
        (b'{"year": 2027, "days": [', "not YAML"),
        (b"", "the heading is not date,kind,name"),
        (b"date,kind\n2027-01-01,off\n", "the heading is not date,kind,name"),
        (b"date,kind,name,region\n", "the heading is not date,kind,name"),
        (b"date,kind,name\n", "it has no days"),
        (b"date,kind,name\n2027-01-01,free,x\n", "x.json:2: the kind 'free' is neither"),
        (b"date,kind,name\n2027-01-01,off\n", "x.json:2: a day has the cells"),
        (b"date,kind,name\n2027-01-01,off,x,y\n", "x.json:2: a day has the cells"),
        (b"date,kind,name\n2027-01-01,off,x\n2027-01-01,work,x\n", "x.json:3: 2027-01-01 is here"),
        (b"date,kind,name\n2025-01-01,off,x\n2026-01-01,off,x\n", "2025-01-01 does not belong"),
        (b'date,kind,name\n2027-01-01,off,"x"y\n', "this is not CSV"),
        ("date,kind,name\n2027-01-01,off,元旦\n".encode("gb18030"), "not UTF-8"),
        (b"date,kind,name\n" + b"#" * (1 << 20), "more than the 1048576 allowed"),
    ],
)
def test_a_fault_is_said_with_its_line(data, said):
    assert said in faults(data)


def test_every_fault_of_a_file_is_said_at_once():
    said = faults(as_json(days=[one(date="x"), one(name=""), one(isOffDay=1)], other=1))
    assert len(said.splitlines()) == 4, said
