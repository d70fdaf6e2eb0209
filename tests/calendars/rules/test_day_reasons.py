"""Why a date was open or closed, for whoever explains a due time."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.business_time import due_by_close
from shinrai.calendars.rules.day_reasons import day_facts, explain_days
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.sentences import (
    day_text,
    due_text,
    exact_length,
    moment_text,
)
from shinrai.calendars.rules.time_zone import wall_to_utc
from shinrai.console.rules.wording import date_text
from shinrai.units.text import translated, verbatim

DESK = read_calendar(
    {
        "zone": "Asia/Tokyo",
        "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": "JP",
        "closed": [{"12-29..01-03": "年末年始"}],
        "hours": {"2026-05-09": ["10:00-12:00"]},
        "breaks": {"2026-05-08": ["13:00-14:00"]},
    }
)
NIGHTS = read_calendar({"zone": "Europe/Berlin", "weekly": {"sat": ["22:00-06:00"]}})


def tokyo(*when):
    return wall_to_utc("Asia/Tokyo", datetime(*when))


class TestGoldenWeek:
    """Filed on Friday 1 May 2026 at 17:00; sent back on Thursday noon until Friday noon."""

    FILED = tokyo(2026, 5, 1, 17)
    PAUSES = ((tokyo(2026, 5, 7, 12), tokyo(2026, 5, 8, 12)),)

    def test_tells_every_date_until_the_due_moment(self):
        due_at = due_by_close(DESK, self.FILED, 2, self.PAUSES)

        told = explain_days(DESK, self.FILED, due_at, self.PAUSES)

        assert due_at == tokyo(2026, 5, 9, 12)
        assert [day.on.day for day in told] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
        assert [tuple(fact.kind for fact in day.facts) for day in told] == [
            (),
            ("no_hours",),
            ("no_hours", "holiday"),
            ("holiday",),
            ("holiday",),
            ("holiday",),
            ("pause", "paused_at_close"),
            ("break", "pause"),
            ("dated_hours",),
        ]
        assert [day.is_business_day for day in told] == [True] + [False] * 5 + [True] * 3

    def test_in_words(self):
        told = explain_days(DESK, self.FILED, tokyo(2026, 5, 9, 12), self.PAUSES)

        assert [translated(day_text(day), "en") for day in told][3:9:2] == [
            "Mon 4 May 2026  closed (holiday: Greenery Day)",
            "Wed 6 May 2026  closed (holiday: Substitute Holiday)",
            "Fri 8 May 2026  10:00–13:00, 14:00–18:00 (break 13:00–14:00, "
            "paused 7 May 12:00–12:00)",
        ]
        assert (
            translated(day_text(told[3]), "ja") == "2026年5月4日（月）  休み（みどりの日（祝日））"
        )
        assert translated(day_text(told[6]), "ja") == (
            "2026年5月7日（木）  10:00–18:00（停止12:00–5/8 12:00、終業時に停止中のため数えない）"
        )

    def test_a_pause_that_goes_on_has_no_end(self):
        (thursday,) = explain_days(
            DESK, tokyo(2026, 5, 7, 11), tokyo(2026, 5, 7, 18), [(tokyo(2026, 5, 7, 12), None)]
        )

        assert thursday.facts[0].span == (tokyo(2026, 5, 7, 12), None)
        assert "paused 12:00–," in translated(day_text(thursday), "en")


def test_year_end_is_named_by_the_company():
    facts = day_facts(DESK, date(2026, 12, 30))

    assert translated(day_text(facts), "en") == "Wed 30 December 2026  closed (closed: 年末年始)"
    assert translated(day_text(facts), "ja") == "2026年12月30日（水）  休み（年末年始（休業日））"


def test_the_close_of_a_night_belongs_to_the_day_before():
    """Saturday 28 March 2026 to Sunday, when clocks in Berlin jump."""
    opening = wall_to_utc("Europe/Berlin", datetime(2026, 3, 28, 22))

    told = explain_days(NIGHTS, opening, opening + timedelta(hours=7))

    assert [day.on for day in told] == [date(2026, 3, 28), date(2026, 3, 29)]
    assert "22:00–29 Mar 06:00" in translated(day_text(told[0]), "en")
    assert "clocks change, the date has 23 h" in translated(day_text(told[1]), "en")


def test_a_date_that_never_was():
    samoa = read_calendar({"zone": "Pacific/Apia", "weekly": {"fri": ["09:00-17:00"]}})

    facts = day_facts(samoa, date(2011, 12, 30))

    assert [fact.kind for fact in facts.facts] == ["skipped_date"]
    assert not facts.is_business_day


def test_before_the_calendar_began():
    late = read_calendar(
        {"zone": "UTC", "valid_from": "2026-06-01", "weekly": {"mon": ["09:00-24:00"]}}
    )

    assert day_facts(late, date(2026, 5, 25)).has("not_in_force")
    assert (
        translated(day_text(day_facts(late, date(2026, 6, 1))), "en")
        == "Mon 1 June 2026  09:00–24:00"
    )


def test_small_words():
    assert translated(date_text(date(2026, 6, 3)), "ja") == "2026年6月3日（水）"
    assert (
        translated(moment_text(tokyo(2026, 6, 3, 18, 0, 5), "Asia/Tokyo"), "en")
        == "Wed 3 June 2026 18:00:05"
    )
    assert translated(exact_length(timedelta(hours=26, minutes=5)), "en") == "26 h 5 m"
    assert translated(exact_length(timedelta(0)), "ja") == "0秒"
    assert (
        translated(due_text(verbatim("9:00"), None, "UTC"), "en")
        == "Counts as 9:00; paused, so there is no due time (UTC)."
    )
