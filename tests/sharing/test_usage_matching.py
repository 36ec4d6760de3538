"""Pairing a department's log with what was measured: each in one pair at most, in any order."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import local_day
from sharing.usage.matching import LoggedUse, match
from sharing.usage.model import Door, MeasuredUse

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 15, 59, 30, tzinfo=UTC)
"""Half a minute before midnight in Shenzhen."""
WINDOW = timedelta(seconds=20)


def measured(second, rows=1, size=10, sha256="", name=""):
    return MeasuredUse(
        at=NOW + timedelta(seconds=second),
        id=name,
        grant="GRT-0001",
        door=Door.LOOKUP,
        rows=rows,
        bytes=size,
        sha256=sha256,
        version=None,
        terms_hash="",
        credential="",
        entry=None,
    )


def logged(second, rows=None, size=None, sha256="", name="", *, line=0, timed=True):
    at = NOW + timedelta(seconds=second)
    return LoggedUse(
        line=line,
        day=local_day(at, ZONE),
        at=at if timed else None,
        id=name,
        rows=rows,
        bytes=size,
        sha256=sha256,
    )


def matched(records, uses, window=WINDOW):
    return match(records, uses, window=window, zone=ZONE)


seconds = st.integers(0, 60)
names = st.sampled_from(["", "", "a", "b"])
hashes = st.sampled_from(["", "1" * 64, "2" * 64])
USES = st.lists(
    st.builds(measured, seconds, st.integers(1, 2), st.integers(10, 11), hashes, names),
    max_size=12,
    unique_by=lambda use: use.id or object(),
)
RECORDS = st.lists(
    st.builds(
        logged,
        seconds,
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 10, 11]),
        hashes,
        names,
        timed=st.booleans(),
    ),
    max_size=12,
)


@given(RECORDS, USES)
def test_each_is_in_one_pair_at_most_and_counts_add_up(records, uses):
    found = matched(records, uses)
    ours = [pair.logged for pair in found.pairs] + list(found.logged)
    theirs = [pair.measured for pair in found.pairs] + list(found.measured)
    assert Counter(map(id, ours)) == Counter(map(id, records))
    assert Counter(map(id, theirs)) == Counter(map(id, uses))


@given(RECORDS, USES)
def test_a_pair_has_one_id_or_the_same_sizes_within_the_window(records, uses):
    for pair in matched(records, uses).pairs:
        if pair.logged.id and pair.logged.id == pair.measured.id:
            continue
        assert pair.differs == ()
        assert pair.logged.stated
        if pair.skew is None:
            assert local_day(pair.measured.at, ZONE) == pair.logged.day
        else:
            assert abs(pair.skew) <= WINDOW


@given(RECORDS, USES, st.randoms())
def test_the_order_of_what_comes_in_does_not_matter(records, uses, chance):
    found = matched(records, uses)
    chance.shuffle(records)
    chance.shuffle(uses)
    assert matched(records, uses) == found


@given(USES)
def test_what_was_measured_agrees_with_itself(uses):
    own = [logged((use.at - NOW).seconds, use.rows, use.bytes, use.sha256, use.id) for use in uses]
    found = matched(own, uses, timedelta(0))
    assert (found.logged, found.measured) == ((), ())
    assert {pair.skew for pair in found.pairs} <= {timedelta(0)}


def most(records, uses):
    """The size of the largest matching, by augmenting paths."""
    partner = {}

    def place(number, tried):
        for other, use in enumerate(uses):
            near = abs(records[number].at - use.at) <= WINDOW
            if near and records[number].rows == use.rows and other not in tried:
                tried.add(other)
                if other not in partner or place(partner[other], tried):
                    partner[other] = number
                    return True
        return False

    return sum(place(number, set()) for number in range(len(records)))


@given(
    st.lists(st.builds(logged, seconds, st.integers(1, 2)), max_size=9),
    st.lists(st.builds(measured, seconds, st.integers(1, 2)), max_size=9),
)
def test_as_many_are_paired_as_can_be(records, uses):
    assert len(matched(records, uses).pairs) == most(records, uses)


def test_of_several_alike_the_nearest_are_paired():
    uses = [measured(second) for second in (0, 10, 20)]
    found = matched([logged(11, 1), logged(21, 1)], uses)
    assert [pair.skew.seconds for pair in found.pairs] == [1, 1]
    assert found.measured == (uses[0],)
    found = matched([logged(0, 1), logged(11, 1), logged(21, 1)], uses[1:])
    assert [one.at for one in found.logged] == [NOW]


def test_the_same_id_pairs_whatever_else_differs_and_says_what():
    use = measured(0, 5, 50, name="q1")
    found = matched([logged(9000, 4, 50, name="q1")], [use])
    [pair] = found.pairs
    assert pair.differs == ("rows",)
    assert pair.skew == timedelta(seconds=9000)


def test_of_two_records_with_one_id_the_one_that_fits_is_paired():
    use = measured(0, 5, 50, name="q1")
    wrong, right = logged(0, 4, name="q1"), logged(3, 5, name="q1")
    found = matched([wrong, right], [use])
    assert [pair.logged for pair in found.pairs] == [right]
    assert found.logged == (wrong,)


def test_an_id_of_the_department_s_own_is_no_hindrance():
    found = matched([logged(1, 5, name="job-77")], [measured(0, 5, name="q1")])
    assert len(found.pairs) == 1


def test_a_hash_tells_alike_sizes_apart_and_one_that_nobody_keeps_is_not_compared():
    one, two = measured(0, sha256="1" * 64), measured(0, sha256="2" * 64)
    [pair] = matched([logged(0, 1, 10, "2" * 64)], [one, two]).pairs
    assert pair.measured == two
    assert len(matched([logged(0, 1, 10, "3" * 64)], [measured(0)]).pairs) == 1
    assert matched([logged(0, 1, 10, "3" * 64)], [one]).pairs == ()
    assert matched([logged(0, sha256="3" * 64)], [measured(0)]).pairs == ()


def test_a_record_of_a_day_is_of_the_day_in_the_city():
    before, after = measured(0), measured(31)
    [pair] = matched([logged(0, 1, timed=False)], [before, after]).pairs
    assert pair.measured == before
    assert len(matched([logged(0, 1, timed=False)] * 2, [before, after]).pairs) == 1


@pytest.mark.parametrize(("second", "pairs"), [(20, 1), (21, 0), (-20, 1), (-21, 0)])
def test_the_window_holds_on_both_sides(second, pairs):
    assert len(matched([logged(second, 1)], [measured(0)]).pairs) == pairs


def test_many_alike_ones_at_once_are_paired():
    uses = [measured(number // 1000) for number in range(100_000)]
    records = [logged(number // 1000, 1) for number in range(100_000)]
    found = matched(records, uses)
    assert len(found.pairs) == 100_000
    assert {pair.skew for pair in found.pairs} == {timedelta(0)}
