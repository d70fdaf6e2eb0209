"""What a calendar file may say, and what is refused with a reason."""

from datetime import date

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from shinrai.calendars.rules.document import (
    calendar_digest,
    embed_files,
    read_calendar,
    write_calendar,
)
from shinrai.calendars.rules.fields import BadCalendar, read_yaml
from shinrai.calendars.rules.hours import OpenInterval, YearlyDays
from shinrai.calendars.rules.warnings import horizon_warnings, saving_warnings
from tests.calendars.strategies import calendars

DESK = """
zone: Asia/Tokyo
weekly:
  mon: ["10:00-12:00", "13:00-19:00"]
  fri: [22:00-06:00]
holidays: [JP, 2026-06-10]
closed: ["12-29..01-03", {2026-08-12..2026-08-14: 夏季休業}]
hours: {2026-12-28: ["10:00-12:00"]}
breaks: {2026-06-08: ["11:00-11:30"]}
"""
OFFICE = {"zone": "Asia/Tokyo", "weekly": {"mon": ["10:00-19:00"]}}


def office(**more):
    return {**OFFICE, **more}


class TestReading:
    def test_says_what_the_file_says(self):
        (desk,) = read_calendar(read_yaml(DESK)).versions

        assert desk.zone == "Asia/Tokyo"
        assert desk.weekly[0] == (OpenInterval(36_000, 43_200), OpenInterval(46_800, 68_400))
        assert desk.weekly[4] == (OpenInterval(79_200, 108_000),)
        assert desk.holidays.countries == ("JP",)
        assert desk.closed.days[0] == YearlyDays((12, 29), (1, 3))
        assert desk.day_off(date(2027, 1, 2)).kind == "closed"
        assert desk.day_off(date(2026, 8, 13)).name == "夏季休業"
        assert desk.day_off(date(2026, 6, 10)).kind == "holiday"
        assert desk.planned_on(date(2026, 12, 28)) == (OpenInterval(36_000, 43_200),)

    def test_dates_may_be_dates_or_text(self):
        """A calendar inside another document arrives with the types that YAML guesses."""
        assert read_calendar(yaml.safe_load(DESK)) == read_calendar(read_yaml(DESK))

    @pytest.mark.parametrize(
        ("text", "countries"),
        [
            ("holidays: JP", ("JP",)),
            ("holidays: [JP, US-CA]", ("JP", "US-CA")),
            ("holidays: us-ca", ("US-CA",)),
            ("holidays: {country: JP, dates: [2026-06-10]}", ("JP",)),
            ("holidays: NO", ("NO",)),  # other readers of YAML make this a plain no
            ("holidays: 2026-06-10", ()),
        ],
    )
    def test_holidays_are_a_country_dates_or_both(self, text, countries):
        (version,) = read_calendar(
            read_yaml(f'zone: UTC\nweekly: {{mon: ["09:00-17:00"]}}\n{text}')
        ).versions

        assert version.holidays.countries == countries

    def test_json_is_yaml(self):
        assert read_calendar(
            read_yaml('{"zone": "Asia/Tokyo", "weekly": {"mon": ["10:00-19:00"]}}')
        ) == read_calendar(OFFICE)

    @settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
    @given(calendars())
    def test_what_is_written_reads_back_the_same(self, calendar):
        """Whatever the checks refuse could not have been read in the first place."""
        written = write_calendar(calendar)
        try:
            again = read_calendar(written)
        except BadCalendar:
            return

        assert again == calendar
        assert write_calendar(again) == written
        assert calendar_digest(written) == calendar_digest(dict(reversed(written.items())))

    def test_the_digest_names_what_is_said(self):
        shorter = office(weekly={"mon": ["10:00-18:00"]})

        assert calendar_digest(write_calendar(read_calendar(OFFICE))) != calendar_digest(
            write_calendar(read_calendar(shorter))
        )


def versions(*entries):
    return {"versions": list(entries)}


REFUSED = {
    "nothing": ("", "", "a calendar is a mapping"),
    "a list": ([], "", "a calendar is a mapping"),
    "no zone": ({"weekly": {"mon": ["10:00-19:00"]}}, "zone", "is missing"),
    "unknown zone": (office(zone="Asia/Tokio"), "zone", "did you mean Asia/Tokyo"),
    "a path for a zone": (office(zone="../Asia/Tokyo"), "zone", "no time zone is called"),
    "no hours": ({"zone": "UTC"}, "weekly", "has no hours"),
    "empty week": (office(weekly={}), "weekly", "has no hours"),
    "empty days": (office(weekly={"mon": []}), "weekly", "has no hours"),
    "unknown key": (office(holiday="JP"), "holiday", "did you mean holidays?"),
    "unknown weekday": (office(weekly={"Monday": []}), "weekly.Monday", "known: mon, tue"),
    "no interval": (office(weekly={"mon": ["9 to 5"]}), "weekly.mon[0]", "are no hours"),
    "a number": (office(weekly={"mon": [600]}), "weekly.mon[0]", "are no hours"),
    "25 o'clock": (office(weekly={"mon": ["10:00-25:00"]}), "weekly.mon[0]", "no time of day"),
    "61 minutes": (office(weekly={"mon": ["10:61-12:00"]}), "weekly.mon[0]", "no time of day"),
    "opens at 24:00": (office(weekly={"mon": ["24:00-01:00"]}), "weekly.mon[0]", "no time of day"),
    "no length": (office(weekly={"mon": ["09:00-09:00"]}), "weekly.mon[0]", "has no length"),
    "overlap": (
        office(weekly={"mon": ["09:00-12:00", "11:00-13:00"]}),
        "weekly.mon[1]",
        "11:00-13:00 overlaps 09:00-12:00",
    ),
    "night into morning": (
        office(weekly={"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}),
        "weekly.mon[0]",
        "05:00-09:00 overlaps sun's 22:00-06:00",
    ),
    "night into dated hours": (
        office(weekly={"mon": ["22:00-06:00"]}, hours={"2026-06-02": ["05:00-09:00"]}),
        "hours.2026-06-02",
        "overlaps 22:00-06:00 of 2026-06-01",
    ),
    "dated hours into morning": (
        office(hours={"2026-06-07": ["22:00-11:00"]}),
        "hours.2026-06-07",
        "10:00-19:00 overlaps 22:00-11:00 of 2026-06-07",
    ),
    "unknown country": (office(holidays="XX"), "holidays[0]", "no country is called 'XX'"),
    "unknown part": (office(holidays="US-TOKYO"), "holidays[0]", "US has no part 'TOKYO'"),
    "a date that cannot be": (office(closed=["2026-02-30"]), "closed[0]", "a date that cannot be"),
    "a day that cannot be": (office(closed=["02-30"]), "closed[0]", "a day that cannot be"),
    "half a range": (office(closed=["12-29..2027-01-03"]), "closed[0]", "is no date or range"),
    "reversed": (office(closed=["2026-08-14..2026-08-12"]), "closed[0]", "ends before it starts"),
    "always closed": (office(closed=["01-01..12-31"]), "closed", "every day of the year is closed"),
    "no date": (office(hours={"June": []}), "hours", "is no date"),
    "hours no mapping": (office(hours=["10:00-12:00"]), "hours", "is not a mapping"),
    "a path": (office(holidays_ics="jp.ics"), "holidays_ics", "is no iCalendar text"),
    "no versions": ({"versions": []}, "versions", "no versions are listed"),
    "zone beside versions": (
        {"versions": [OFFICE], "zone": "UTC"},
        "zone",
        "zone, weekly and so on go into each version",
    ),
    "no valid_from": (versions(OFFICE, OFFICE), "versions[1].valid_from", "is missing"),
    "same valid_from": (
        versions(office(valid_from="2026-06-01"), office(valid_from="2026-06-01")),
        "versions[1].valid_from",
        "is not after",
    ),
    "bad in a version": (
        versions(office(weekly={"mon": ["9"]})),
        "versions[0].weekly.mon[0]",
        "are no hours",
    ),
}


class TestRefusing:
    @pytest.mark.parametrize(("document", "where", "words"), REFUSED.values(), ids=list(REFUSED))
    def test_says_what_is_wrong_and_where(self, document, where, words):
        with pytest.raises(BadCalendar) as refused:
            read_calendar(document)

        assert refused.value.where["en"] == where
        assert words in str(refused.value)

    def test_a_key_that_stands_twice_is_not_silently_the_last(self):
        with pytest.raises(BadCalendar, match="line 3: 'weekly' stands twice"):
            read_yaml('zone: UTC\nweekly: {mon: ["09:00-17:00"]}\nweekly: {}\n')

    @pytest.mark.parametrize(
        "text", ["zone: [", "zone: a: b", "\tzone: UTC", "zone: !!python/object:x"]
    )
    def test_what_is_no_yaml(self, text):
        with pytest.raises(BadCalendar, match="line 1"):
            read_yaml(text)

    def test_norway_read_by_others_is_explained(self):
        with pytest.raises(BadCalendar, match='in quotes, such as "NO"'):
            read_calendar(office(holidays=False))


class TestNotes:
    def test_hours_on_a_holiday_are_pointed_out(self):
        desk = read_calendar(office(holidays="JP", hours={"2026-05-04": ["10:00-12:00"]}))

        (note,) = saving_warnings(desk)

        assert "2026-05-04 are removed" in note.text["en"]
        assert "みどりの日" in note.text["ja"]

    def test_a_country_of_which_parts_keep_more_names_them_as_a_calendar_takes_them(self):
        """Glasgow rests on 2 January and St Andrew's day; `GB` knows neither, nor Easter Monday."""
        (note,) = saving_warnings(read_calendar(office(holidays="GB")))

        for part in ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"):
            assert part in note.text["en"]
            assert part in note.text["ja"]
            assert saving_warnings(read_calendar(office(holidays=part))) == ()

    @pytest.mark.parametrize("holidays", ["JP", ["GB", "GB-SCT"], [], ["2026-06-10"]])
    def test_who_left_nothing_out_is_not_warned(self, holidays):
        assert saving_warnings(read_calendar(office(holidays=holidays))) == ()

    def test_of_many_parts_some_are_named_and_the_others_counted(self):
        (note,) = saving_warnings(read_calendar(office(holidays="DE")))

        assert "DE-BY" in note.text["en"]
        assert " and 9 more" in note.text["en"]
        assert "ほか9件" in note.text["ja"]

    def test_holidays_nobody_has_announced_yet(self):
        desk = read_calendar(office(holidays="JP"))

        assert horizon_warnings(desk, date(2026, 1, 1), date(2027, 12, 31)) == ()
        (note,) = horizon_warnings(desk, date(2026, 1, 1), date(2028, 1, 1))
        assert "official until 2027-12-31" in note.text["en"]
        (note,) = horizon_warnings(desk, date(1940, 1, 1), date(2026, 1, 1))
        assert "known from 1949-01-01 only" in note.text["en"]

    def test_a_list_of_holidays_that_ends(self):
        desk = read_calendar(office(holidays=["2026-01-01", "2026-05-04"]))

        assert horizon_warnings(desk, date(2026, 1, 1), date(2026, 12, 31)) == ()
        (note,) = horizon_warnings(desk, date(2026, 1, 1), date(2027, 1, 1))
        assert "end with 2026" in note.text["en"]

    def test_only_the_version_in_force_is_asked(self):
        desk = read_calendar(
            versions(office(holidays="JP"), office(valid_from="2027-01-01", holidays="US"))
        )

        assert horizon_warnings(desk, date(2026, 1, 1), date(2029, 1, 1)) == ()

    def test_before_the_first_version(self):
        desk = read_calendar(office(valid_from="2026-06-01"))

        (note,) = horizon_warnings(desk, date(2026, 5, 31), date(2026, 6, 30))
        assert "begins on 2026-06-01" in note.text["en"]


def test_files_are_put_where_they_are_named():
    document = versions(
        office(holidays_ics="jp.ics"),
        office(valid_from="2026-06-01", closed_ics=["a.ics", "b.ics"]),
    )

    embedded = embed_files(document, lambda name: f"BEGIN:VCALENDAR {name}")

    first, second = embedded["versions"]
    assert first["holidays_ics"] == ["BEGIN:VCALENDAR jp.ics"]
    assert second["closed_ics"] == ["BEGIN:VCALENDAR a.ics", "BEGIN:VCALENDAR b.ics"]
    assert embed_files(embedded, lambda name: pytest.fail(f"read {name}")) == embedded
