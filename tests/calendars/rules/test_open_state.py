"""Open or closed, until when; the year ahead; and a due moment with its reasons."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.calendars.rules.business_time import due, due_by_close, due_same_time, is_open
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.due import BadTarget, Target, explain_due, read_target
from shinrai.calendars.rules.open_state import open_state
from shinrai.calendars.rules.sentences import now_text, special_text, weekly_text
from shinrai.calendars.rules.time_zone import wall_to_utc
from shinrai.calendars.rules.year import sort_of, specials, year_of
from shinrai.units.text import translated

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DESK = read_calendar(
    {
        "zone": "Asia/Tokyo",
        "weekly": {day: ["10:00-12:00", "13:00-18:00"] for day in WEEKDAYS},
        "holidays": "JP",
        "closed": [{"12-29..01-03": "年末年始"}],
        "hours": {"2026-12-28": ["10:00-12:00"]},
        "breaks": {"2026-12-08": ["15:00-16:00"]},
    }
)
NIGHTS = read_calendar({"zone": "Asia/Tokyo", "weekly": {"fri": ["22:00-06:00"]}})
ALWAYS = read_calendar(
    {"zone": "Asia/Tokyo", "weekly": {d: ["00:00-24:00"] for d in (*WEEKDAYS, "sat", "sun")}}
)
ONCE = read_calendar({"zone": "Asia/Tokyo", "weekly": {}, "hours": {"2026-06-01": ["10:00-12:00"]}})


def tokyo(*when):
    return wall_to_utc("Asia/Tokyo", datetime(*when))


moments = st.integers(0, 400 * 24 * 60).map(
    lambda minute: tokyo(2026, 1, 1) + timedelta(minutes=minute)
)


class TestOpenNow:
    @pytest.mark.parametrize(
        ("at", "said", "said_ja"),
        [
            (
                tokyo(2026, 11, 24, 11),
                "is open now and closes today at 12:00.",
                "営業中です。次の終業は本日12:00です。",
            ),
            (
                tokyo(2026, 11, 24, 12),
                "is closed now and opens today at 13:00.",
                "営業時間外です。次は本日13:00に開きます。",
            ),
            (
                tokyo(2026, 11, 24, 18),
                "is closed now and opens tomorrow at 10:00.",
                "営業時間外です。次は明日10:00に開きます。",
            ),
            (
                tokyo(2026, 11, 23, 11),
                "is closed now (holiday: Labor Thanksgiving Day) and opens tomorrow at 10:00.",
                "営業時間外です（勤労感謝の日（祝日））。次は明日10:00に開きます。",
            ),
            (
                tokyo(2026, 12, 30, 11),
                "is closed now (closed: 年末年始) and opens on Mon 4 January at 10:00.",
                "営業時間外です（年末年始（休業日））。次は1月4日（月）10:00に開きます。",
            ),
        ],
    )
    def test_named_moments(self, at, said, said_ja):
        now = open_state(DESK, at)

        assert translated(now_text(now), "en") == said
        assert translated(now_text(now), "ja") == said_ja

    def test_a_night_shift_closes_on_the_next_date(self):
        now = open_state(NIGHTS, tokyo(2026, 11, 27, 23))

        assert now.is_open
        assert now.changes_at == tokyo(2026, 11, 28, 6)

    def test_hours_that_touch_at_midnight_are_one(self):
        now = open_state(ALWAYS, tokyo(2026, 11, 27, 23))

        assert (now.is_open, now.changes_at) == (True, None)
        assert translated(now_text(now), "en") == "is open now and never closes."

    def test_a_desk_that_never_opens_again(self):
        now = open_state(ONCE, tokyo(2026, 6, 2, 9))

        assert (now.is_open, now.changes_at) == (False, None)
        assert translated(now_text(now), "ja") == "営業時間外です。次に開く予定はありません。"

    @given(moments)
    def test_it_is_as_open_as_business_time_says_until_it_changes(self, at):
        now = open_state(DESK, at)

        assert now.is_open == is_open(DESK, at)
        assert now.changes_at > at
        assert is_open(DESK, now.changes_at) != now.is_open
        assert is_open(DESK, now.changes_at - timedelta(seconds=1)) == now.is_open


class TestYear:
    def test_every_date_of_twelve_months_once(self):
        months = year_of(DESK, date(2026, 11, 27))

        days = [day.on for month in months for day in month.days]
        assert len(months) == 12
        assert days == [date(2026, 11, 1) + timedelta(days=n) for n in range(365)]

    def test_what_differs_from_the_week_in_order_and_joined(self):
        found = specials(year_of(DESK, date(2026, 11, 27)), date(2026, 11, 27))

        assert [(s.first, s.count, sort_of(s.day)) for s in found][:5] == [
            (date(2026, 12, 8), 1, "break"),
            (date(2026, 12, 28), 1, "dated_hours"),
            (date(2026, 12, 29), 3, "closed"),
            (date(2027, 1, 1), 1, "holiday"),
            (date(2027, 1, 2), 2, "closed"),
        ]
        assert translated(special_text(found[2]), "en") == "Tue 29 December – Thu 31 December 2026"
        assert translated(special_text(found[2]), "ja") == "2026年12月29日（火）〜12月31日（木）"

    def test_weekly_hours_say_like_days_once(self):
        assert translated(weekly_text(DESK.versions[0]), "en") == "Mon–Fri 10:00–12:00, 13:00–18:00"
        assert translated(weekly_text(NIGHTS.versions[0]), "ja") == "金 22:00–06:00"
        assert translated(weekly_text(ONCE.versions[0]), "en") == "no weekly hours"


class TestReckon:
    def test_three_business_days_over_new_year(self):
        """Fri 25 Dec is day 0; Mon 28 (short) 1; New Year shut; Mon 4 Jan 2; Tue 5 Jan 3."""
        found = explain_due(DESK, tokyo(2026, 12, 25, 11), Target(3, "close"))

        assert found.due_at == tokyo(2027, 1, 5, 18)
        numbered = {c.day.on: c.number for c in found.days if c.number is not None}
        assert numbered == {
            date(2026, 12, 25): 0,
            date(2026, 12, 28): 1,
            date(2027, 1, 4): 2,
            date(2027, 1, 5): 3,
        }

    @given(moments, st.integers(0, 8), st.sampled_from(["close", "same-time", "hours"]))
    def test_agrees_with_business_time(self, at, number, unit):
        ask = {"close": due_by_close, "same-time": due_same_time}.get(unit)
        expected = ask(DESK, at, number) if ask else due(DESK, at, number * 3600)

        found = explain_due(DESK, at, Target(number, unit))

        assert found.due_at == expected
        if unit == "close" and number:
            assert [c.number for c in found.days if c.number is not None][-1] == number

    @pytest.mark.parametrize("typed", ["", "-1", "two", "1.5", "99999999999", "8001", "２"])
    def test_what_is_no_target_is_refused(self, typed):
        if typed == "２":  # full-width digits are what a Japanese keyboard gives
            assert read_target(typed, "close") == Target(2, "close")
            return
        with pytest.raises(BadTarget):
            read_target(typed, "hours")
