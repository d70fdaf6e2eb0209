"""Business time: what always holds, and days on which clocks did something."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules.business_time import (
    NegativeTarget,
    before,
    before_days,
    business_dates,
    due,
    due_by_close,
    due_same_time,
    effective,
    effective_on,
    elapsed,
    is_open,
    segments,
)
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.pauses import union
from shinrai.calendars.rules.time_zone import wall_to_utc, zone_named
from shinrai.units.moments import NaiveMoment
from tests.calendars.strategies import calendars, lengths, moments, pauses

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
H = timedelta(hours=1)
NONE = timedelta()
quickly = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))


def daily(zone, *intervals, days=DAYS, **more):
    return read_calendar({"zone": zone, "weekly": {day: list(intervals) for day in days}, **more})


TOKYO_OFFICE = daily("Asia/Tokyo", "10:00-19:00", days=DAYS[:5], holidays="JP")


def tokyo(*when):
    return datetime(*when, tzinfo=zone_named("Asia/Tokyo"))


def around(start, gaps):
    """Place generated pauses near a start."""
    return [
        (start + after, None if length is None else start + after + length)
        for after, length in gaps
    ]


class TestWhatAlwaysHolds:
    @quickly
    @given(calendars(), moments, lengths, lengths, pauses)
    def test_elapsed_adds_up_wherever_the_span_is_cut(self, calendar, start, one, other, gaps):
        middle, end = start + one, start + one + other
        paused = around(start, gaps)

        parts = elapsed(calendar, start, middle, paused) + elapsed(calendar, middle, end, paused)

        assert elapsed(calendar, start, end, paused) == parts

    @quickly
    @given(calendars(), moments, lengths, pauses)
    def test_elapsed_is_never_more_than_the_time_that_passed(self, calendar, start, length, gaps):
        unpaused = elapsed(calendar, start, start + length)

        assert NONE <= elapsed(calendar, start, start + length, around(start, gaps)) <= unpaused
        assert unpaused <= length
        assert elapsed(calendar, start + length, start) == NONE

    @quickly
    @given(calendars(), moments, st.integers(1, 200_000), pauses)
    def test_due_is_the_first_instant_at_which_the_time_has_passed(
        self, calendar, start, seconds, gaps
    ):
        paused = around(start, gaps)
        try:
            found = due(calendar, start, seconds, paused)
        except NothingOpen:
            assume(False)
        if found is None:
            assert any(end is None for _, end in paused)
            return
        just_before = found - timedelta(microseconds=1)

        assert elapsed(calendar, start, found, paused) == timedelta(seconds=seconds)
        assert elapsed(calendar, start, just_before, paused) < timedelta(seconds=seconds)

    @quickly
    @given(calendars(), moments, st.integers(1, 200_000))
    def test_before_is_due_read_backwards(self, calendar, end, seconds):
        try:
            start = before(calendar, end, seconds)
        except NothingOpen:
            assume(False)

        assert elapsed(calendar, start, end) == timedelta(seconds=seconds)
        assert elapsed(calendar, start + timedelta(microseconds=1), end) < timedelta(
            seconds=seconds
        )

    @quickly
    @given(calendars(), moments, lengths)
    def test_what_counts_later_is_never_due_earlier(self, calendar, start, length):
        try:
            first = [effective(calendar, start), due(calendar, start, 7200)]
            first += [due_by_close(calendar, start, 2), due_same_time(calendar, start, 0)]
            later = start + length
            second = [effective(calendar, later), due(calendar, later, 7200)]
            second += [due_by_close(calendar, later, 2), due_same_time(calendar, later, 0)]
        except NothingOpen:
            assume(False)

        assert all(one <= other for one, other in zip(first, second, strict=True))

    @quickly
    @given(calendars(), moments)
    def test_a_matter_counts_when_the_desk_is_open(self, calendar, at):
        try:
            counts_at = effective(calendar, at)
        except NothingOpen:
            assume(False)

        assert is_open(calendar, counts_at)
        assert effective(calendar, counts_at) == counts_at
        assert elapsed(calendar, at, counts_at) == NONE
        assert (counts_at == at) == is_open(calendar, at)

    @quickly
    @given(calendars(), moments, lengths)
    def test_open_spans_follow_each_other(self, calendar, start, length):
        found = segments(calendar, start, start + length)

        assert all(opens < closes for opens, closes in found)
        assert all(one[1] <= other[0] for one, other in pairwise(found))
        assert sum((closes - opens for opens, closes in found), NONE) == elapsed(
            calendar, start, start + length
        )

    @quickly
    @given(calendars(), moments, st.integers(0, 5), pauses)
    def test_the_clock_runs_in_the_last_second_of_the_due_day(self, calendar, at, days, gaps):
        paused = around(at, gaps)
        try:
            close = due_by_close(calendar, at, days, paused)
        except NothingOpen:
            assume(False)
        if close is not None:
            last_second = close - timedelta(seconds=1)

            assert elapsed(calendar, last_second, close, paused) == timedelta(seconds=1)


class TestAgainstAPencil:
    """Minute by minute, asking only what the clock on the wall says."""

    @quickly
    @given(calendars(), st.datetimes(datetime(2024, 6, 1), datetime(2025, 12, 1)))
    def test_open_is_what_the_plan_of_the_date_says(self, calendar, wall):
        version = calendar.version_on(wall.date())
        zone = version and zone_named(version.zone)
        wall = wall.replace(second=0, microsecond=0)
        near = [wall + timedelta(days=days) for days in range(-3, 4)]
        # Where clocks stand still or one version hands over to another, the plan says too little.
        assume(
            version is not None and all(calendar.version_on(at.date()) is version for at in near)
        )
        assume(len({zone.utcoffset(at.replace(tzinfo=zone)) for at in near}) == 1)

        planned = any(
            hours.from_s
            <= (wall - datetime.combine(on, datetime.min.time())).total_seconds()
            < hours.to_s
            for on in (wall.date(), wall.date() - timedelta(days=1))
            for hours in version.intervals_on(on)
        )
        on_break = any(
            hours.from_s
            <= (wall - datetime.combine(on, datetime.min.time())).total_seconds()
            < hours.to_s
            for on in (wall.date(), wall.date() - timedelta(days=1))
            for hours in version.breaks.get(on, ())
        )

        assert is_open(calendar, wall_to_utc(version.zone, wall)) == (planned and not on_break)


class TestClosing:
    """The desk in Tokyo closes at 19:00; 5 March 2026 is a Thursday."""

    def test_used_up_at_closing_is_due_at_the_close(self):
        assert due(TOKYO_OFFICE, tokyo(2026, 3, 5, 18), 3600) == tokyo(2026, 3, 5, 19)

    def test_one_microsecond_more_is_due_next_morning(self):
        more = timedelta(hours=1, microseconds=1)

        assert due(TOKYO_OFFICE, tokyo(2026, 3, 5, 18), more) == tokyo(2026, 3, 6, 10, 0, 0, 1)

    def test_arriving_at_closing_counts_tomorrow(self):
        assert effective_on(TOKYO_OFFICE, tokyo(2026, 3, 5, 18, 59, 59, 999_999)) == date(
            2026, 3, 5
        )
        assert effective_on(TOKYO_OFFICE, tokyo(2026, 3, 5, 19)) == date(2026, 3, 6)

    def test_a_fraction_of_a_second_is_kept(self):
        start = tokyo(2026, 3, 5, 18, 59, 59, 250_000)

        assert elapsed(TOKYO_OFFICE, start, tokyo(2026, 3, 6, 10, 0, 0, 1)) == timedelta(
            microseconds=750_001
        )

    def test_23_59_is_not_midnight(self):
        until_2359, whole = daily("UTC", "00:00-23:59"), daily("UTC", "00:00-24:00")
        start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC)

        assert elapsed(whole, start, end) - elapsed(until_2359, start, end) == timedelta(minutes=2)
        assert due(whole, start, 86_400) == datetime(2026, 6, 2, tzinfo=UTC)


class TestPauses:
    def test_a_day_counts_only_if_the_clock_ran_in_its_whole_last_second(self):
        filed = tokyo(2026, 3, 3, 11)  # Tuesday; two days later is Thursday
        close = tokyo(2026, 3, 4, 19)
        second, tick = timedelta(seconds=1), timedelta(microseconds=1)
        thursday, friday = tokyo(2026, 3, 5, 19), tokyo(2026, 3, 6, 19)

        def due_with(start, end):
            return due_by_close(TOKYO_OFFICE, filed, 2, [(start, end)])

        assert due_with(close - H, close - second) == thursday
        assert due_with(close - H, close - second + tick) == friday
        assert due_with(close - tick, close) == friday
        assert due_with(close, close + H) == thursday

    def test_still_paused_is_never_due_unless_it_was_due_before(self):
        filed, paused_at = tokyo(2026, 3, 3, 11), tokyo(2026, 3, 4, 15)
        still = [(paused_at, None)]

        assert due(TOKYO_OFFICE, filed, 12 * 3600, still) == tokyo(2026, 3, 4, 14)
        assert due(TOKYO_OFFICE, filed, 13 * 3600, still) == paused_at
        assert due(TOKYO_OFFICE, filed, 13 * 3600 + 1, still) is None
        assert due_by_close(TOKYO_OFFICE, filed, 1, still) is None
        assert due_same_time(TOKYO_OFFICE, filed, 1, still) == tokyo(2026, 3, 4, 11)
        assert due_same_time(TOKYO_OFFICE, filed, 2, still) is None

    def test_a_pause_from_the_close_on_comes_too_late(self):
        filed, close = tokyo(2026, 3, 3, 11), tokyo(2026, 3, 3, 19)

        assert due_by_close(TOKYO_OFFICE, filed, 0, [(close, None)]) == close
        assert due_by_close(TOKYO_OFFICE, filed, 1, [(close, None)]) is None
        assert due(TOKYO_OFFICE, filed, 8 * 3600, [(close, None)]) == close

    def test_the_same_clock_time_is_moved_past_a_pause(self):
        filed = tokyo(2026, 3, 3, 11)
        until_15 = [(tokyo(2026, 3, 4, 10), tokyo(2026, 3, 4, 15))]
        overnight = [(tokyo(2026, 3, 4, 10), tokyo(2026, 3, 5, 10))]

        assert due_same_time(TOKYO_OFFICE, filed, 1, until_15) == tokyo(2026, 3, 4, 15)
        assert due_same_time(TOKYO_OFFICE, filed, 1, overnight) == tokyo(2026, 3, 5, 11)

    def test_of_0_days_it_is_the_first_counted_close(self):
        filed, close = tokyo(2026, 3, 3, 11), tokyo(2026, 3, 3, 19)

        assert due_by_close(TOKYO_OFFICE, filed, 0) == close
        assert due_by_close(TOKYO_OFFICE, filed, 0, [(close - H, close)]) == tokyo(2026, 3, 4, 19)

    def test_a_pause_that_ends_before_it_starts_covers_nothing(self):
        noon = tokyo(2026, 3, 3, 12)

        assert union([(noon, noon - H), (noon, noon)]) == ()

    def test_no_time_at_all_is_due_when_the_clock_runs(self):
        filed = tokyo(2026, 3, 3, 11)

        assert due(TOKYO_OFFICE, filed, 0, [(filed, filed + H)]) == filed + H
        assert due(TOKYO_OFFICE, tokyo(2026, 3, 3, 20), 0) == tokyo(2026, 3, 4, 10)


class TestNights:
    """Shifts from 22:00 to 06:00, Monday to Friday; 5 June 2026 is a Friday."""

    NIGHTS = daily("Asia/Tokyo", "22:00-06:00", days=DAYS[:5])

    def test_the_night_belongs_to_the_day_it_starts_on(self):
        at_3 = tokyo(2026, 6, 6, 3)  # Saturday, in Friday's shift

        assert effective_on(self.NIGHTS, at_3) == date(2026, 6, 5)
        assert due_by_close(self.NIGHTS, at_3, 0) == tokyo(2026, 6, 6, 6)
        assert due_by_close(self.NIGHTS, at_3, 1) == tokyo(2026, 6, 9, 6)

    def test_the_same_time_in_the_next_shift(self):
        assert due_same_time(self.NIGHTS, tokyo(2026, 6, 6, 3), 1) == tokyo(2026, 6, 9, 3)

    def test_a_break_cuts_the_tail_of_the_night_before(self):
        broken = daily("Asia/Tokyo", "22:00-06:00", breaks={"2026-06-03": ["03:00-04:00"]})
        wednesday = tokyo(2026, 6, 3)

        assert elapsed(broken, wednesday, wednesday + 6 * H) == 5 * H

    def test_a_holiday_removes_the_night_that_starts_on_it_only(self):
        nights = daily("Asia/Tokyo", "22:00-06:00", holidays=["2026-04-29"])

        assert is_open(nights, tokyo(2026, 4, 29, 5))
        assert not is_open(nights, tokyo(2026, 4, 29, 23))
        assert not is_open(nights, tokyo(2026, 4, 30, 5))


class TestClocksThatMove:
    def test_loses_the_hour_that_spring_takes(self):
        """Lisbon's clocks went from 01:00 to 02:00 on Sunday 30 March 2025."""
        sunday = wall_to_utc("Europe/Lisbon", datetime(2025, 3, 30))
        shift = daily("Europe/Lisbon", "00:00-08:00")

        assert elapsed(shift, sunday, sunday + 23 * H) == 7 * H
        assert due(shift, sunday, 7 * 3600) == datetime(2025, 3, 30, 7, tzinfo=UTC)

    def test_wins_the_hour_that_autumn_gives(self):
        """New York's clocks went from 02:00 back to 01:00 on Sunday 1 November 2026."""
        sunday = wall_to_utc("America/New_York", datetime(2026, 11, 1))

        assert elapsed(daily("America/New_York", "00:00-24:00"), sunday, sunday + 25 * H) == 25 * H
        assert elapsed(daily("America/New_York", "00:00-08:00"), sunday, sunday + 25 * H) == 9 * H

    def test_of_a_time_shown_twice_it_is_the_first(self):
        """So hours that touch at 01:30 neither overlap nor leave a hole."""
        sunday = wall_to_utc("America/New_York", datetime(2026, 11, 1))
        late, early = (daily("America/New_York", hours) for hours in ("00:00-01:30", "01:30-24:00"))
        both = daily("America/New_York", "00:00-01:30", "01:30-24:00")

        assert elapsed(late, sunday, sunday + 25 * H) == 1.5 * H
        assert elapsed(early, sunday, sunday + 25 * H) == 23.5 * H
        assert elapsed(both, sunday, sunday + 25 * H) == 25 * H

    def test_a_skipped_opening_moves_forward_by_the_gap(self):
        """Berlin's clocks went from 02:00 to 03:00 on Sunday 29 March 2026."""
        shift = daily("Europe/Berlin", "02:30-05:00")
        sunday = wall_to_utc("Europe/Berlin", datetime(2026, 3, 29))

        assert effective(shift, sunday) == wall_to_utc(
            "Europe/Berlin", datetime(2026, 3, 29, 3, 30)
        )
        assert elapsed(shift, sunday, sunday + 10 * H) == 1.5 * H

    def test_hours_pushed_into_the_next_are_open_once(self):
        """On that Sunday 02:00-02:45 happens at 03:00-03:45, when the next shift begins."""
        shifts = daily("Europe/Berlin", "02:00-02:45", "03:00-04:00")
        sunday = wall_to_utc("Europe/Berlin", datetime(2026, 3, 29))

        assert elapsed(shifts, sunday, sunday + 10 * H) == H

    def test_hours_pushed_behind_the_next_keep_their_order(self):
        """02:30-02:45 happens at 03:30-03:45, after 03:00-03:15."""
        shifts = daily("Europe/Berlin", "02:30-02:45", "03:00-03:15")
        sunday = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 in Berlin

        assert segments(shifts, sunday, sunday + H) == (
            (sunday, sunday + H / 4),
            (sunday + H / 2, sunday + H * 3 / 4),
        )

    def test_lord_howe_moves_by_half_an_hour(self):
        """6 April 2025 had 24.5 hours there, 5 October 2025 had 23.5."""
        whole = daily("Australia/Lord_Howe", "00:00-24:00")
        for on, hours in ((6, 24.5), (7, 24)):
            start, end = (
                wall_to_utc("Australia/Lord_Howe", datetime(2025, 4, day)) for day in (on, on + 1)
            )
            assert elapsed(whole, start, end) == end - start == hours * H
        start, end = (wall_to_utc("Australia/Lord_Howe", datetime(2025, 10, day)) for day in (5, 6))
        assert elapsed(whole, start, end) == 23.5 * H

    def test_brazil_skipped_midnight(self):
        """São Paulo's clocks went from 00:00 to 01:00 on Sunday 4 November 2018."""
        shift = daily("America/Sao_Paulo", "00:00-08:00")
        sunday = datetime(2018, 11, 4, 3, tzinfo=UTC)  # 01:00 there: the date begins with it

        assert effective(shift, sunday - H) == sunday
        assert elapsed(shift, sunday - H, sunday + 20 * H) == 7 * H
        assert business_dates(shift, date(2018, 11, 3), 3) == (
            date(2018, 11, 3),
            date(2018, 11, 4),
            date(2018, 11, 5),
        )

    def test_brazil_repeated_the_hour_before_midnight(self):
        """At 24:00 on Saturday 17 February 2018 it was 23:00 again in São Paulo."""
        evening = daily("America/Sao_Paulo", "20:00-24:00")
        saturday = wall_to_utc("America/Sao_Paulo", datetime(2018, 2, 17, 12))

        assert elapsed(evening, saturday, saturday + 14 * H) == 5 * H

    def test_samoa_never_had_30_december_2011(self):
        whole = daily("Pacific/Apia", "09:00-17:00")
        thursday = wall_to_utc("Pacific/Apia", datetime(2011, 12, 29, 12))
        saturday = wall_to_utc("Pacific/Apia", datetime(2011, 12, 31, 12))

        assert saturday - thursday == 24 * H
        assert elapsed(whole, thursday, saturday) == 8 * H
        assert business_dates(whole, date(2011, 12, 29), 2) == (
            date(2011, 12, 29),
            date(2011, 12, 31),
        )
        assert due_same_time(whole, thursday, 1) == saturday
        assert before_days(whole, saturday, 1) == thursday

    def test_kathmandu_lies_a_quarter_of_an_hour_apart(self):
        office = daily("Asia/Kathmandu", "10:00-17:00")

        assert effective(office, datetime(2026, 6, 1, tzinfo=UTC)) == datetime(
            2026, 6, 1, 4, 15, tzinfo=UTC
        )


class TestVersions:
    MOVED = read_calendar(
        {
            "versions": [
                {"zone": "Asia/Tokyo", "weekly": {day: ["10:00-18:00"] for day in DAYS}},
                {
                    "valid_from": "2026-06-03",
                    "zone": "Europe/Berlin",
                    "weekly": {day: ["09:00-17:00"] for day in DAYS},
                },
            ]
        }
    )

    def test_each_date_is_judged_by_the_version_in_force_on_it(self):
        tuesday, wednesday = segments(
            self.MOVED,
            datetime(2026, 6, 1, 15, tzinfo=UTC),
            datetime(2026, 6, 3, 23, tzinfo=UTC),
        )

        assert tuesday == (tokyo(2026, 6, 2, 10), tokyo(2026, 6, 2, 18))
        assert wednesday[0] == wall_to_utc("Europe/Berlin", datetime(2026, 6, 3, 9))

    def test_due_walks_from_one_desk_to_the_other(self):
        filed = tokyo(2026, 6, 2, 17)

        assert due(self.MOVED, filed, 7200) == wall_to_utc(
            "Europe/Berlin", datetime(2026, 6, 3, 10)
        )

    def test_hours_of_two_desks_at_once_are_open_once(self):
        """Moving from Honolulu to Tokyo, the last shift there lies in the first one here."""
        moved = read_calendar(
            {
                "versions": [
                    {"zone": "Pacific/Honolulu", "weekly": {d: ["00:00-24:00"] for d in DAYS}},
                    {
                        "valid_from": "2026-06-03",
                        "zone": "Asia/Tokyo",
                        "weekly": {d: ["00:00-24:00"] for d in DAYS},
                    },
                ]
            }
        )
        start = datetime(2026, 6, 1, tzinfo=UTC)

        assert elapsed(moved, start, start + 96 * H) == 96 * H

    def test_before_the_first_version_nothing_is_open(self):
        late = daily("Asia/Tokyo", "10:00-18:00", valid_from="2026-06-03")

        assert effective(late, tokyo(2026, 5, 1)) == tokyo(2026, 6, 3, 10)


class TestRefusals:
    @pytest.mark.parametrize("form", [due_by_close, due_same_time, before_days])
    def test_fewer_than_no_days(self, form):
        with pytest.raises(NegativeTarget, match="-1 business days"):
            form(TOKYO_OFFICE, tokyo(2026, 3, 5, 12), -1)

    @pytest.mark.parametrize("form", [due, before])
    def test_less_than_no_time(self, form):
        with pytest.raises(NegativeTarget, match="-1 s cannot be"):
            form(TOKYO_OFFICE, tokyo(2026, 3, 5, 12), -1)

    def test_a_moment_without_a_zone(self):
        with pytest.raises(NaiveMoment):
            effective(TOKYO_OFFICE, datetime(2026, 3, 5, 12))
        with pytest.raises(NaiveMoment):
            elapsed(TOKYO_OFFICE, datetime(2026, 3, 5), tokyo(2026, 3, 6))
        with pytest.raises(NaiveMoment):
            due(TOKYO_OFFICE, tokyo(2026, 3, 5), 60, [(datetime(2026, 3, 5), None)])

    @pytest.mark.parametrize(
        "ask",
        [
            lambda calendar, at: effective(calendar, at),
            lambda calendar, at: due(calendar, at, 3600),
            lambda calendar, at: due_by_close(calendar, at, 1),
            lambda calendar, at: due_same_time(calendar, at, 1),
            lambda calendar, at: business_dates(calendar, at.date(), 2),
            lambda calendar, at: before(calendar, at - timedelta(days=9000), 3600),
        ],
        ids=["effective", "due", "by close", "same time", "dates", "before"],
    )
    def test_a_search_ends_after_ten_years_and_says_so(self, ask):
        once = read_calendar({"zone": "Asia/Tokyo", "hours": {"2026-06-01": ["10:00-12:00"]}})

        with pytest.raises(NothingOpen, match="within 10 years"):
            ask(once, tokyo(2026, 6, 1, 12))

    def test_sums_have_no_such_end(self):
        start = tokyo(2000, 1, 1)

        assert elapsed(daily("UTC", "00:00-24:00"), start, tokyo(2020, 1, 1)) == timedelta(7305)
