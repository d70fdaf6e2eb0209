"""A calendar typed into its form, by people who write hours and days as they are used to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from shinrai.calendars.rules.business_time import due_by_close
from shinrai.calendars.rules.calendar_form import (
    BadCalendarForm,
    CalendarForm,
    country_of,
    field_of,
    read_form,
    usual_form,
    write_form,
)
from shinrai.calendars.rules.document import read_calendar, write_calendar

OFFICE = usual_form("Asia/Tokyo")


def saved(form: CalendarForm, base: dict | None = None) -> dict:
    """Return the document as it is stored."""
    return write_calendar(read_calendar(read_form(form, base)))


def refused(**typed) -> dict[str, str]:
    with pytest.raises(BadCalendarForm) as error:
        read_form(replace(OFFICE, **typed), None)
    return {field: str(said) for field, said in error.value.wrong.items()}


class TestReading:
    def test_the_usual_office_has_the_holidays_of_its_country(self) -> None:
        assert saved(OFFICE)["holidays"] == ["JP"]
        assert country_of("Europe/Berlin") == "DE"
        assert country_of("America/New_York") == "US"
        assert country_of("UTC") == ""

    @pytest.mark.parametrize(
        ("typed", "hours"),
        [
            ("9-18", ["09:00-18:00"]),
            ("9:30 – 18:00", ["09:30-18:00"]),
            ("９：００～１２：００、１３：００～１８：００", ["09:00-12:00", "13:00-18:00"]),
            ("9時〜17時30分", ["09:00-17:30"]),
            ("22:00-6:00", ["22:00-06:00"]),
            ("休業", None),
            ("closed", None),
            ("", None),
        ],
    )
    def test_hours_as_people_write_them(self, typed: str, hours: list[str] | None) -> None:
        form = replace(OFFICE, hours=(typed, *OFFICE.hours[1:]))

        assert saved(form)["weekly"].get("mon") == hours

    def test_days_of_the_company(self) -> None:
        document = saved(
            replace(
                OFFICE,
                closed="12/29〜1/3 年末年始\n2026年8月12日-8月14日\n\n2026-06-10 創立記念日",
                special="2026-12-26 10:00-15:00\n2026/12/28: 10-12",
            )
        )

        assert document["closed"] == [
            {"12-29..01-03": "年末年始"},
            "2026-08-12..2026-08-14",
            {"2026-06-10": "創立記念日"},
        ]
        assert document["hours"] == {
            "2026-12-26": ["10:00-15:00"],
            "2026-12-28": ["10:00-12:00"],
        }

    def test_all_that_is_wrong_is_said_at_its_field(self) -> None:
        said = refused(
            zone="Tokyo",
            hours=("nine", *OFFICE.hours[1:]),
            holidays="ZZ",
            closed="someday",
            special="12-26 10:00-15:00",
            valid_from="soon",
        )

        assert set(said) == {"zone", "mon", "holidays", "closed", "special", "valid_from"}
        assert "'nine' are no hours" in said["mon"]
        assert "Asia/Tokyo" in said["zone"]

    def test_a_day_that_cannot_be_is_refused(self) -> None:
        assert set(refused(closed="2026-02-30")) == {"closed"}
        assert set(refused(closed="13-40")) == {"closed"}
        assert set(refused(special="2026-02-30 10-12")) == {"special"}

    def test_a_date_no_calendar_reaches_is_refused(self) -> None:
        assert set(refused(valid_from="0001-01-01")) == {"valid_from"}

    def test_no_nul_reaches_the_database(self) -> None:
        assert saved(replace(OFFICE, closed="12-29 a\x00b"))["closed"] == [{"12-29": "ab"}]

    def test_what_the_document_refuses_has_a_field(self) -> None:
        places = ("versions[1].weekly.mon[0]", "weekly.sun", "hours.2026-12-28", "closed[2]", "x")

        assert [field_of(place) for place in places] == ["mon", "sun", "special", "closed", ""]


class TestChanging:
    def test_what_is_saved_is_what_the_form_shows(self) -> None:
        form = replace(OFFICE, closed="12-29..01-03 Year's end", special="2026-12-28 -")

        assert write_form(saved(form)) == form

    def test_what_the_form_does_not_show_stays(self) -> None:
        base = saved(OFFICE) | {
            "breaks": {"2026-06-03": ["12:00-12:30"]},
            "holidays": ["JP", "2026-06-10"],
        }

        changed = saved(replace(OFFICE, holidays="JP, US-CA"), base)

        assert changed["breaks"] == {"2026-06-03": ["12:00-12:30"]}
        assert changed["holidays"] == ["JP", "US-CA", "2026-06-10"]

    def test_from_december_on_the_desk_opens_at_ten_and_november_stays(self) -> None:
        """Filed Monday 30 November at 9:30: then the desk was open; on 1 December it is not."""
        later = replace(OFFICE, hours=("10:00-17:00",) * 5 + ("", ""), valid_from="2026-12-01")

        calendar = read_calendar(saved(later, saved(OFFICE)))
        tokyo = ZoneInfo("Asia/Tokyo")
        filed = datetime(2026, 11, 30, 9, 30, tzinfo=tokyo).astimezone(UTC)

        assert due_by_close(calendar, filed, 0) == datetime(2026, 11, 30, 18, tzinfo=tokyo)
        assert due_by_close(calendar, filed, 1) == datetime(2026, 12, 1, 17, tzinfo=tokyo)
        assert [version.valid_from for version in calendar.versions] == [None, date(2026, 12, 1)]

    def test_the_same_date_replaces_its_version(self) -> None:
        base = saved(replace(OFFICE, valid_from="2026-12-01"), saved(OFFICE))

        again = saved(replace(OFFICE, holidays="", valid_from="2026-12-01"), base)

        assert [one.get("holidays") for one in again["versions"]] == [["JP"], None]
