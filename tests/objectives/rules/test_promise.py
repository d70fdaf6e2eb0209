"""A promise as the form says it: Takahashi drafts one on Monday 9 November 2026."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.calendars.rules.calendar_form import read_form, usual_form
from shinrai.calendars.rules.document import read_calendar
from shinrai.objectives.rules.definition import BusinessDays, BusinessSeconds, Objective
from shinrai.objectives.rules.document import read_objective, write_objective
from shinrai.objectives.rules.durations import Duration
from shinrai.objectives.rules.promise import (
    TIMED,
    UNITS,
    WINDOWS,
    BadPromise,
    PromiseForm,
    free_name,
    promise_form,
    read_promise,
    window_word,
    worked_example,
)
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow

TOKYO = ZoneInfo("Asia/Tokyo")
FORM = PromiseForm(name="investigation", calendar="office")


def promised(form: PromiseForm = FORM, base: Objective | None = None, **typed) -> Objective:
    return read_promise(replace(form, **typed), service="tanuki", zone="Asia/Tokyo", base=base)


def refused(**typed) -> dict[str, str]:
    with pytest.raises(BadPromise) as error:
        promised(**typed)
    return {field: str(said) for field, said in error.value.wrong.items()}


class TestReading:
    def test_investigations_within_two_days_is_the_document_the_command_reads(self) -> None:
        objective = promised()

        assert objective.clock.within == BusinessDays(2, "close")
        assert objective.target == Fraction(9, 10)
        assert isinstance(objective.window, CalendarWindow)
        assert (objective.window.length, objective.window.zone) == (Duration(1, "M"), "Asia/Tokyo")
        assert read_objective(write_objective(objective)) == objective

    def test_what_a_japanese_keyboard_types_is_read(self) -> None:
        objective = promised(number=" ３", percent="９９．５％")

        assert objective.clock.within == BusinessDays(3, "close")
        assert objective.target == Fraction(995, 1000)

    def test_hours_and_minutes_are_open_seconds(self) -> None:
        assert promised(number="4", unit="hours").clock.within == BusinessSeconds(14_400)
        assert promised(number="90", unit="minutes").clock.within == BusinessSeconds(5_400)

    def test_the_same_day_is_within_no_days_and_no_hours_is_nothing(self) -> None:
        assert promised(number="0").clock.within == BusinessDays(0, "close")
        assert set(refused(number="0", unit="hours")) == {"number"}

    def test_what_a_tier_holds_is_a_clock_of_its_own(self) -> None:
        clock = promised(clock="held-2").clock

        assert (clock.clock, clock.tier) == ("held", 2)

    def test_all_that_is_wrong_is_said_at_once_in_the_forms_own_terms(self) -> None:
        said = refused(
            number="two", percent="100", calendar="", window="fortnight", title="x" * 256
        )

        assert set(said) == {"number", "percent", "calendar", "window", "title"}
        assert said["percent"] == "100 % leaves room for no miss, ever: write less, such as 95"
        assert "'two' is no such number" in said["number"]

    @pytest.mark.parametrize("typed", ["", "0", "-1", "101", "1e3", "ninety", "90,5", "١"])
    def test_what_is_no_share(self, typed: str) -> None:
        assert set(refused(percent=typed)) == {"percent"}


class TestChanging:
    def test_what_the_form_does_not_say_stays(self) -> None:
        base = replace(
            promised(),
            description="From the team's charter",
            labels={"team": "cre"},
            window=CalendarWindow(Duration(1, "M"), datetime(2024, 4, 1), "Asia/Tokyo"),
        )

        changed = promised(base=base, number="1")

        assert changed == replace(base, clock=replace(base.clock, within=BusinessDays(1, "close")))

    def test_a_window_of_its_own_is_kept_or_replaced(self) -> None:
        base = replace(promised(), window=RollingWindow(10))

        assert promised(base=base, window="own").window == RollingWindow(10)
        assert promised(base=base, window="30_days").window == RollingWindow(30)
        assert set(refused(window="own")) == {"window"}

    def test_months_follow_the_zone_of_another_calendar(self) -> None:
        base = promised()

        there = read_promise(
            replace(FORM, calendar="berlin"), service="tanuki", zone="Europe/Berlin", base=base
        )

        assert isinstance(there.window, CalendarWindow)
        assert there.window.zone == "Europe/Berlin"

    def test_what_the_form_cannot_say_has_none(self) -> None:
        base = promised()
        odd = replace(base, clock=replace(base.clock, within=BusinessSeconds(61)))
        inline = replace(base, clock=replace(base.clock, calendar={"zone": "UTC"}))

        assert promise_form(odd) is None
        assert promise_form(inline) is None

    @given(
        clock=st.sampled_from(TIMED),
        unit=st.sampled_from(UNITS),
        window=st.sampled_from(WINDOWS),
        number=st.integers(1, 2000),
        percent=st.integers(1, 9_999).map(lambda n: f"{n / 100:g}"),
    )
    def test_what_is_read_is_what_the_form_shows(self, **typed) -> None:
        form = replace(FORM, **(typed | {"number": str(typed["number"])}))

        shown = promise_form(promised(form))

        assert shown is not None
        assert promised(shown) == promised(form)  # 60 minutes are shown as an hour

    def test_a_window_that_begins_elsewhere_is_its_own(self) -> None:
        tenth = CalendarWindow(Duration(1, "M"), datetime(2026, 1, 10), "Asia/Tokyo")
        fiscal = CalendarWindow(Duration(1, "Q"), datetime(2026, 4, 1), "Asia/Tokyo")

        assert window_word(tenth) == "own"
        assert window_word(fiscal) == "quarter"


class TestExample:
    def test_filed_on_monday_9_november_it_is_due_on_wednesday_at_the_close(self) -> None:
        office = read_calendar(read_form(usual_form("Asia/Tokyo"), None))
        monday = datetime(2026, 11, 9, 16, 40, tzinfo=TOKYO)

        explained = worked_example(promised(), office, monday.astimezone(UTC))

        assert explained.due_at == datetime(2026, 11, 11, 18, 0, tzinfo=TOKYO)


def test_a_new_objective_has_a_free_key() -> None:
    assert free_name("first_reply", []) == "first-reply"
    assert free_name("first_reply", ["first-reply", "first-reply-2"]) == "first-reply-3"
