from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import end_of_day, from_micros, last_of, local_day, to_micros
from core.errors import InvalidInput

zones = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "America/New_York", "UTC"]).map(ZoneInfo)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_microseconds_are_exact(moment):
    assert from_micros(to_micros(moment)) == moment


@given(moments, zones)
def test_a_moment_lies_before_the_end_of_its_own_day_and_not_before_that_of_the_day_before(
    moment, zone
):
    day = local_day(moment, zone)
    assert end_of_day(day - timedelta(days=1), zone) <= moment < end_of_day(day, zone)


def test_a_day_in_shenzhen_ends_at_four_in_the_afternoon_of_utc():
    end = end_of_day(date(2026, 3, 2), ZoneInfo("Asia/Shanghai"))
    assert end == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InvalidInput, match="no zone"):
        to_micros(datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_day_at_the_end_of_the_calendar_is_refused():
    with pytest.raises(InvalidInput, match="too far away") as late:
        end_of_day(date.max, ZoneInfo("Asia/Shanghai"))
    with pytest.raises(InvalidInput, match="too many") as many:
        last_of(10**9, date(2026, 3, 2))
    assert (late.value.hint, many.value.hint) == ("name an earlier day", "name fewer days")
