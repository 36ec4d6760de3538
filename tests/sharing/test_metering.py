"""When a query becomes a use, and a journal that says the same after a crash."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StorageUnavailable
from sharing.metering.journal import Journal
from sharing.metering.model import Counted, Coverage, File, Query, Sent, Tally

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""Half past eleven at night in Shenzhen."""
BIG, SMALL = File("big", 1000, 40), File("small", 10, 1)
QUERY = Query(
    id="q1",
    grant="GRT-0001",
    credential="CRD-0001",
    terms_hash="0" * 64,
    dataset="meters",
    lake_version=0,
    files=(BIG, SMALL),
    issued_at=NOW,
    expires_at=NOW + timedelta(hours=1),
)


def sent(start, stop, *, file="big", query="q1", minutes=0):
    return Sent(query, file, start, stop, NOW + timedelta(minutes=minutes))


def counted(*events, query=QUERY):
    tally = Tally(ZONE)
    tally.issue(query)
    for event in events:
        tally.sent(event)
    return tally.drain(NOW)


DAY = datetime(2026, 3, 2, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("events", "uses"),
    [
        ([], None),
        ([sent(0, 899)], None),
        ([sent(0, 900)], Counted(1, 40, 1000)),
        ([sent(0, 1000), sent(0, 1000)], Counted(1, 40, 1000)),
        ([sent(0, 500)] * 9, None),
        ([sent(0, 500), sent(500, 900)], Counted(1, 40, 1000)),
        ([sent(900, 1000), sent(0, 10), sent(5, 800)], Counted(1, 40, 1000)),
        ([sent(0, 1000), sent(0, 10, file="small")], Counted(1, 41, 1010)),
        ([sent(0, 10, file="small"), sent(0, 800)], Counted(1, 1, 10)),
        ([sent(0, 1000, file="other")], None),
        ([sent(0, 1000, query="q2")], None),
        ([sent(0, 1000, minutes=60)], None),
    ],
)
def test_a_use_is_a_query_of_which_a_file_was_read(events, uses):
    assert counted(*events) == ({} if uses is None else {("GRT-0001", DAY): uses})


FILE = File("big", 1_000_000, 40)
"""Two columns of two groups of rows each, and a footer of 1,000 bytes."""
FIRST, SECOND = ((4, 300_000), (500_000, 600_000)), ((300_000, 500_000), (600_000, 999_000))
COLUMNS = (FIRST, SECOND)
WIDE = replace(QUERY, files=(FILE,))


def metered(*events, queries=(WIDE,)):
    """What is counted in all when a meter sees these events, and the events as it notes them."""
    tally, noted = Tally(ZONE), []
    for query in queries:
        tally.issue(query)
    for event in events:
        noted.append(replace(event, column=tally.reads_column(event, COLUMNS)))
        tally.sent(noted[-1])
    return tally.drain(NOW).get(("GRT-0001", DAY)), noted


FOOTER = sent(1_000_000 - 65_536, 1_000_000)


@pytest.mark.parametrize(
    ("events", "uses"),
    [
        ([sent(*one) for one in FIRST], Counted(1, 40, 399_996)),
        ([sent(*one) for one in FIRST] * 3, Counted(1, 40, 399_996)),
        ([FOOTER, *(sent(*one) for one in FIRST)], Counted(1, 40, 465_532)),
        ([sent(*one) for one in (*FIRST, (300_000, 400_000))], Counted(1, 40, 499_996)),
        ([sent(*one) for one in (*FIRST, *SECOND)], Counted(1, 40, 1_000_000)),
        ([sent(4, 300_000)], None),
        ([sent(4, 250_000), sent(500_000, 590_000)], None),
        ([FOOTER] * 5, None),
        ([sent(300_000, 500_000), sent(600_000, 934_464)], None),
        ([sent(300_000, 500_000), sent(600_000, 934_464), FOOTER], Counted(1, 40, 600_000)),
        ([sent(300_000, 500_000), FOOTER, sent(600_000, 970_000)], Counted(1, 40, 600_000)),
        ([FOOTER, sent(300_000, 500_000), sent(600_000, 934_464)], None),
        ([sent(300_000, 500_000), FOOTER, sent(700_000, 900_000)], None),
        ([sent(400_000, 500_000), sent(600_000, 1_000_000)], None),
        ([sent(320_000, 500_000), sent(600_000, 1_000_000)], Counted(1, 40, 580_000)),
    ],
)
def test_a_file_of_which_one_column_was_read_is_read(events, uses):
    assert metered(*events)[0] == uses


def test_a_column_counts_by_halves_of_two_queries_and_again_under_another():
    second = replace(WIDE, id="q2")
    halves = [sent(4, 300_000), sent(500_000, 600_000, query="q2")]
    assert metered(*halves, queries=(WIDE, second))[0] == Counted(1, 40, 399_996)
    again = [sent(*one, query=query) for query in ("q1", "q2") for one in FIRST]
    assert metered(*again, queries=(WIDE, second))[0] == Counted(2, 80, 799_992)


@given(st.lists(st.integers(0, 1_000_000), max_size=12), st.randoms(use_true_random=False))
def test_a_whole_read_is_one_use_of_all_rows_and_bytes_in_whatever_pieces(cuts, chance):
    places = sorted({0, *cuts, 1_000_000})
    pieces = [sent(*pair) for pair in pairwise(places)]
    chance.shuffle(pieces)
    assert metered(*pieces)[0] == Counted(1, 40, 1_000_000)


def test_a_use_is_of_the_day_in_the_city_on_which_it_was_complete():
    tally = counted(sent(0, 500), sent(500, 1000, minutes=31))
    assert list(tally) == [("GRT-0001", DAY + timedelta(days=1))]


def test_an_answer_without_rows_is_no_use():
    empty = Query(**{name: getattr(QUERY, name) for name in Query.__slots__} | {"files": (File("big", 1000, 0),)})  # fmt: skip
    assert counted(sent(0, 1000), query=empty) == {}


ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: tuple(sorted(pair)))
)


@given(ranges)
def test_coverage_is_the_union_of_the_ranges(given_ranges):
    found = Coverage(given_ranges)
    assert found.bytes == len({n for start, stop in given_ranges for n in range(start, stop)})
    assert found.ranges == Coverage(reversed(given_ranges)).ranges


def replayed(journal, numbers):
    """What the segments say, each read by itself, as after a crash."""
    total = {}
    for number in numbers:
        tally = Tally(ZONE)
        for event in journal.read(number):
            match event:
                case Query():
                    tally.issue(event)
                case Sent():
                    tally.sent(event)
                case _:
                    tally.carry(event)
        for place, one in tally.drain(NOW).items():
            total[place] = total.get(place, Counted()) + one
    return total


@given(
    st.lists(
        st.one_of(
            st.just("rotate"),
            st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(lambda p: tuple(sorted(p))),
        )
    )
)
def test_wherever_a_segment_ends_the_uses_are_the_same(tmp_path_factory, steps):
    journal = Journal(tmp_path_factory.mktemp("journal"))
    live, total = Tally(ZONE), {}
    live.issue(WIDE)
    journal.issue(WIDE)
    for step in steps:
        if step == "rotate":
            journal.rotate(live.open())
            continue
        event = sent(*(1000 * place for place in step))
        event = replace(event, column=live.reads_column(event, COLUMNS))
        journal.sent(event)
        live.sent(event)
    total = live.drain(NOW)
    journal.close()
    again = Journal(journal._folder)
    assert replayed(again, again.numbers()) == total


def test_a_line_that_was_cut_off_is_no_event(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.issue(QUERY)
    journal.sent(sent(0, 900))
    journal.close()
    [path] = (tmp_path / "journal").glob("*")
    whole = path.read_bytes()
    assert len(list(journal.read(1))) == 2
    os.truncate(path, len(whole) - 1)
    assert list(journal.read(1)) == [QUERY]


def test_a_new_program_begins_a_new_segment(tmp_path):
    for _ in range(2):
        journal = Journal(tmp_path / "journal")
        journal.issue(QUERY)
        journal.close()
    assert journal.numbers() == [1, 2]
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700


def test_a_journal_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "journal").write_text("a file", "utf-8")
    with pytest.raises(StorageUnavailable):
        Journal(tmp_path / "journal").issue(QUERY)
