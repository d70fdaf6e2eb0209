"""Holidays and closures from iCalendar files."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shinrai.calendars.rules.business_time import elapsed, is_open
from shinrai.calendars.rules.day_reasons import day_facts
from shinrai.calendars.rules.document import read_calendar, write_calendar
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.time_zone import wall_to_utc


def ics(*events, head="BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//office//ja\r\n"):
    """Wrap the lines of events into a file as calendars export it."""
    body = "".join(
        "BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in event) + "END:VEVENT\r\n"
        for event in events
    )
    return f"{head}{body}END:VCALENDAR\r\n"


def desk(**more):
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return read_calendar(
        {"zone": "Asia/Tokyo", "weekly": {day: ["10:00-19:00"] for day in days}, **more}
    )


def tokyo(*when):
    return wall_to_utc("Asia/Tokyo", datetime(*when))


class TestWholeDays:
    FOUNDING = ("SUMMARY:創立記念日", "DTSTART;VALUE=DATE:20200603", "RRULE:FREQ=YEARLY")
    SUMMER = (
        "SUMMARY:Summer break",
        "DTSTART;VALUE=DATE:20260812",
        "DTEND;VALUE=DATE:20260815",
        "TRANSP:TRANSPARENT",
    )

    def test_every_year_and_over_several_days(self):
        calendar = desk(closed_ics=ics(self.FOUNDING, self.SUMMER))
        version = calendar.versions[0]

        assert version.day_off(date(2026, 6, 3)).name == "創立記念日"
        assert version.day_off(date(2031, 6, 3)).kind == "closed"
        assert version.day_off(date(2019, 6, 3)) is None
        assert [version.day_off(date(2026, 8, day)) is not None for day in range(11, 16)] == [
            False, True, True, True, False,
        ]  # fmt: skip

    def test_holidays_say_so(self):
        calendar = desk(holidays_ics=ics(self.FOUNDING))

        assert calendar.versions[0].day_off(date(2026, 6, 3)).kind == "holiday"
        assert elapsed(calendar, tokyo(2026, 6, 3), tokyo(2026, 6, 4)) == timedelta(0)

    def test_what_is_taken_out_or_called_off(self):
        calendar = desk(
            closed_ics=ics(
                (
                    "UID:1",
                    "SUMMARY:Stocktaking",
                    "DTSTART;VALUE=DATE:20260601",
                    "RRULE:FREQ=WEEKLY;UNTIL=20260629",
                    "EXDATE;VALUE=DATE:20260608",
                ),
                (
                    "UID:1",
                    "RECURRENCE-ID;VALUE=DATE:20260615",
                    "SUMMARY:Stocktaking, moved",
                    "DTSTART;VALUE=DATE:20260616",
                ),
                ("UID:2", "DTSTART;VALUE=DATE:20260610", "STATUS:CANCELLED", "SUMMARY:Party"),
            )
        )

        closed = [day for day in range(1, 31) if calendar.versions[0].day_off(date(2026, 6, day))]

        assert closed == [1, 16, 22, 29]

    def test_a_night_over_new_year_reaches_into_the_next_year(self):
        calendar = desk(
            closed_ics=ics(
                (
                    "SUMMARY:年末年始",
                    "DTSTART;VALUE=DATE:20251229",
                    "DTEND;VALUE=DATE:20260104",
                    "RRULE:FREQ=YEARLY",
                )
            )
        )
        version = calendar.versions[0]

        assert version.day_off(date(2028, 1, 3)) is not None
        assert version.day_off(date(2028, 1, 4)) is None


class TestTimedEvents:
    def test_are_cut_out_in_whatever_zone_they_are_written(self):
        calendar = desk(
            closed_ics=ics(
                ("SUMMARY:All hands", "DTSTART:20260603T040000Z", "DTEND:20260603T060000Z"),
                ("SUMMARY:Drill", "DTSTART;TZID=Europe/Berlin:20260604T040000", "DURATION:PT30M"),
                ("SUMMARY:Cake", "DTSTART:20260605T150000", "DTEND:20260605T153000"),
            )
        )

        def cut(day):
            start = tokyo(2026, 6, day)
            return timedelta(hours=9) - elapsed(calendar, start, start + timedelta(days=1))

        assert cut(3) == timedelta(hours=2)
        assert cut(4) == cut(5) == timedelta(minutes=30)
        assert not is_open(calendar, tokyo(2026, 6, 3, 13))
        assert not is_open(calendar, tokyo(2026, 6, 4, 11))
        assert is_open(calendar, tokyo(2026, 6, 5, 15, 30))

    def test_repeat_on_their_own_walls(self):
        """15:00 in New York is 04:00 in Tokyo in summer and 05:00 in winter: never in hours;
        20:00 there is 09:00 here in summer, before opening, and 10:00 in winter."""
        calendar = desk(
            closed_ics=ics(
                (
                    "SUMMARY:Release",
                    "DTSTART;TZID=America/New_York:20260105T200000",
                    "DTEND;TZID=America/New_York:20260105T210000",
                    "RRULE:FREQ=WEEKLY;UNTIL=20260801T000000Z",
                )
            )
        )

        winter, summer = tokyo(2026, 1, 6), tokyo(2026, 6, 9)

        assert elapsed(calendar, winter, winter + timedelta(days=1)) == timedelta(hours=8)
        assert elapsed(calendar, summer, summer + timedelta(days=1)) == timedelta(hours=9)

    def test_are_named_where_the_day_is_told(self):
        calendar = desk(
            closed_ics=ics(
                ("SUMMARY:All hands", "DTSTART:20260603T040000Z", "DTEND:20260603T060000Z")
            )
        )

        (fact,) = day_facts(calendar, date(2026, 6, 3)).facts

        assert (fact.kind, fact.name) == ("break", "All hands")
        assert fact.span == (
            datetime(2026, 6, 3, 4, tzinfo=UTC),
            datetime(2026, 6, 3, 6, tzinfo=UTC),
        )


REFUSED = {
    "no events": (ics(), "holds no event"),
    "cut off": ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART", "no iCalendar text"),
    "no start": (ics(("SUMMARY:Party",)), "'Party' has no start"),
    "backwards": (
        ics(("SUMMARY:Party", "DTSTART;VALUE=DATE:20260603", "DTEND;VALUE=DATE:20260602")),
        "ends before it starts",
    ),
    "date to time": (
        ics(("SUMMARY:Party", "DTSTART;VALUE=DATE:20260603", "DTEND:20260604T000000Z")),
        "starts on a date and ends at a time",
    ),
    "every minute": (
        ics(("SUMMARY:Ping", "DTSTART:20260603T000000Z", "RRULE:FREQ=MINUTELY")),
        "repeats MINUTELY",
    ),
    "unknown zone": (
        ics(("SUMMARY:Party", "DTSTART;TZID=Moon/Sea:20260603T000000", "DURATION:PT1H")),
        "'Moon/Sea' is unknown",
    ),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=list(REFUSED))
def test_what_no_calendar_can_follow_is_refused(text, words):
    with pytest.raises(BadCalendar, match=words) as refused:
        desk(holidays_ics=text)

    assert refused.value.where["en"] == "holidays_ics"


def test_the_file_stays_in_the_document():
    text = ics(TestWholeDays.FOUNDING)
    calendar = desk(closed_ics=text)

    assert write_calendar(calendar)["closed_ics"] == [text]
    assert read_calendar(write_calendar(calendar)) == calendar
