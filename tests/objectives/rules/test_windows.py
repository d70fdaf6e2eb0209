"""Windows: aligned to a wall clock through clock changes and month ends, or rolling."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.objectives.rules.durations import read_duration
from shinrai.objectives.rules.windows import (
    CalendarWindow,
    RollingWindow,
    last_finished,
    window_at,
    windows_between,
)
from shinrai.units.moments import NaiveMoment

moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
windows = st.builds(
    CalendarWindow,
    st.sampled_from(["1d", "3d", "1w", "2w", "1M", "5M", "1Q", "1Y"]).map(read_duration),
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from(["Asia/Tokyo", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"]),
)


def aligned(length: str, start: str, zone: str) -> CalendarWindow:
    return CalendarWindow(read_duration(length), datetime.fromisoformat(start), zone)


class TestAlignedWindows:
    @given(windows, moments)
    def test_hold_every_moment_in_exactly_one(self, window, at):
        span = window_at(window, at)

        assert span.start <= at < span.end
        assert window_at(window, span.start) == span
        assert window_at(window, span.end).start == span.end
        assert not span.finished

    @given(windows, moments, st.integers(1, 60))
    def test_tile_a_stretch_without_gap(self, window, at, days):
        found = list(windows_between(window, at, at + timedelta(days=days), at=at))

        assert found[0] == window_at(window, at)
        assert found[-1].end >= at + timedelta(days=days)
        assert all(a.end == b.start for a, b in pairwise(found))

    def test_know_june_in_tokyo(self):
        june = window_at(
            aligned("1M", "2026-01-01T00:00", "Asia/Tokyo"),
            datetime(2026, 6, 30, 14, 59, tzinfo=UTC),
        )

        assert june.start == datetime(2026, 5, 31, 15, tzinfo=UTC)
        assert june.end == datetime(2026, 6, 30, 15, tzinfo=UTC)

    def test_lose_the_hour_that_spring_takes(self):
        """Lisbon's clocks went from 01:00 to 02:00 on Sunday 30 March 2025."""
        days = aligned("1d", "2025-01-01T00:00", "Europe/Lisbon")
        sunday = window_at(days, datetime(2025, 3, 30, 12, tzinfo=UTC))

        assert sunday.end - sunday.start == timedelta(hours=23)

    def test_open_at_nine_on_the_wall_before_and_after_a_clock_change(self):
        weeks = aligned("1w", "2026-10-19T09:00", "America/New_York")
        opens = [
            span.start.astimezone(ZoneInfo("America/New_York"))
            for span in windows_between(
                weeks,
                datetime(2026, 10, 20, tzinfo=UTC),
                datetime(2026, 11, 20, tzinfo=UTC),
                at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        ]

        assert {at.hour for at in opens} == {9}
        assert len({at.utcoffset() for at in opens}) == 2

    def test_aligned_to_the_31st_open_on_the_last_day_of_shorter_months(self):
        months = aligned("1M", "2026-01-31T00:00", "UTC")
        opens = [
            span.start.day
            for span in windows_between(
                months,
                datetime(2026, 1, 31, tzinfo=UTC),
                datetime(2026, 6, 1, tzinfo=UTC),
                at=datetime(2026, 6, 1, tzinfo=UTC),
            )
        ]

        assert opens == [31, 28, 31, 30, 31]

    def test_reach_back_before_their_start(self):
        quarters = aligned("1Q", "2026-04-01T00:00", "Asia/Tokyo")

        assert window_at(quarters, datetime(2025, 2, 1, tzinfo=UTC)).start == datetime(
            2024, 12, 31, 15, tzinfo=UTC
        )

    def test_name_the_last_one_that_is_over(self):
        months = aligned("1M", "2026-01-01T00:00", "UTC")
        may = last_finished(months, datetime(2026, 6, 1, tzinfo=UTC))

        assert (may.start.month, may.end.month, may.finished) == (5, 6, True)


class TestRollingWindows:
    @given(moments)
    def test_end_now_and_are_always_over(self, at):
        span = window_at(RollingWindow(30), at)

        assert (span.end, span.end - span.start) == (at, timedelta(days=30))
        assert span.finished
        assert not span.holds(at)

    def test_need_a_moment_with_a_zone(self):
        with pytest.raises(NaiveMoment):
            window_at(RollingWindow(30), datetime(2026, 1, 1))
