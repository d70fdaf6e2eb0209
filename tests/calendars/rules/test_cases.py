"""Cases of others and vectors worked by hand, from ../shared/cases: all must hold."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from shinrai.calendars.rules import business_time
from shinrai.calendars.rules.arrays import (
    NO_DUE,
    due_array,
    due_by_close_array,
    due_same_time_array,
    effective_array,
    elapsed_array,
)
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.pause_columns import Pauses
from shinrai.calendars.rules.time_zone import wall_to_utc
from shinrai.calendars.rules.timetable import compile_calendar
from shinrai.units.moments import epoch_us

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"


def listed(name: str, *path: str) -> list:
    """Read cases for parametrisation; none where the folder is not there."""
    found = CASES / name
    if not found.exists():
        return []
    document = json.loads(found.read_text(encoding="utf-8"))
    return [case for key in path for case in document[key]]


def as_calendar(spec):
    """Write a case's calendar as our own document and read that."""
    return read_calendar(
        {
            "zone": spec["tz"],
            "weekly": as_hours(spec["weekly"]),
            "holidays": spec.get("holidays", []),
            "hours": as_hours(spec.get("shifts", {})),
            "breaks": as_hours(spec.get("breaks", {})),
        }
    )


def as_hours(intervals):
    return {key: [f"{start}-{end}" for start, end in day] for key, day in intervals.items()}


def moment(text):
    return datetime.fromisoformat(text)


def public_calendar(case):
    calendars = json.loads((CASES / "businesstime_public.json").read_text())["calendars"]
    return as_calendar(calendars[case["calendar"]])


def timetable_around(calendar, at):
    day = at.date()
    return compile_calendar(calendar, day - timedelta(days=40), day + timedelta(days=400))


def in_columns(pauses):
    row = [(epoch_us(start), None if end is None else epoch_us(end)) for start, end in pauses]
    return Pauses.of([row])


def public(op):
    cases = [case for case in listed("businesstime_public.json", "cases") if case["op"] == op]
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def test_all_cases_are_there(shared):
    assert len(listed("businesstime_public.json", "cases")) == 80
    assert len(listed("due_vectors_jp.json", "vectors", "with_pauses")) == 20


@public("within")
def test_within(case):
    calendar = public_calendar(case)
    start, end = moment(case["start"]), moment(case["end"])
    pauses = [(moment(begun), moment(over)) for begun, over in case.get("pauses", [])]

    passed = business_time.elapsed(calendar, start, end, pauses)
    in_array = elapsed_array(
        timetable_around(calendar, start),
        np.array([epoch_us(start)]),
        np.array([epoch_us(end)]),
        in_columns(pauses),
    )

    assert passed == timedelta(seconds=case["expected"])
    assert in_array.tolist() == [case["expected"] * 1_000_000]


@public("due")
def test_due(case):
    calendar, start = public_calendar(case), moment(case["start"])
    pauses = [(moment(begun), moment(over)) for begun, over in case.get("pauses", [])]
    expected = moment(case.get("due_at_close", case["expected"]))

    due = business_time.due(calendar, start, case["seconds"], pauses)
    in_array = due_array(
        timetable_around(calendar, start),
        np.array([epoch_us(start)]),
        case["seconds"],
        in_columns(pauses),
    )

    assert due == expected
    assert in_array.tolist() == [epoch_us(expected)]


@public("before")
def test_before(case):
    calendar, end = public_calendar(case), moment(case["start"])

    assert business_time.before(calendar, end, case["seconds"]) == moment(case["expected"])


@public("due_days")
def test_due_days(case):
    calendar, start = public_calendar(case), moment(case["start"])
    at_us = np.array([epoch_us(start)])

    due = business_time.due_same_time(calendar, start, case["days"])
    in_array = due_same_time_array(timetable_around(calendar, start), at_us, case["days"])

    assert due == moment(case["expected"])
    assert in_array.tolist() == [epoch_us(moment(case["expected"]))]


@public("before_days")
def test_before_days(case):
    calendar, start = public_calendar(case), moment(case["start"])

    assert business_time.before_days(calendar, start, case["days"]) == moment(case["expected"])


@public("next_business_day_close")
def test_next_business_day_close(case):
    calendar, start = public_calendar(case), moment(case["start"])
    at_us = np.array([epoch_us(start)])

    due = business_time.due_by_close(calendar, start, case["days"])
    in_array = due_by_close_array(timetable_around(calendar, start), at_us, case["days"])

    assert due == moment(case["expected"])
    assert in_array.tolist() == [epoch_us(moment(case["expected"]))]


@public("segments")
def test_segments(case):
    found = business_time.segments(
        public_calendar(case), moment(case["start"]), moment(case["end"])
    )

    assert found == tuple((moment(start), moment(end)) for start, end in case["expected"])


@public("business_dates")
def test_business_dates(case):
    first = moment(case["start"]).date()

    found = business_time.business_dates(public_calendar(case), first, case["count"])

    assert found == tuple(date.fromisoformat(on) for on in case["expected"])


@public("active")
def test_active(case):
    assert business_time.is_open(public_calendar(case), moment(case["at"])) is case["expected"]


@public("wall_to_utc")
def test_wall_to_utc(case):
    assert wall_to_utc(case["tz"], moment(case["local"])) == moment(case["expected"])


@public("error")
def test_what_must_be_refused(case):
    if "weekly" in case:
        with pytest.raises(BadCalendar):
            read_calendar({"zone": "Etc/UTC", "weekly": as_hours(case["weekly"])})
        return
    # Others refuse 0 seconds too; ours means the first moment the clock runs, as in BIZ-05.
    office = read_calendar({"zone": "Etc/UTC", "weekly": {"mon": ["09:00-17:00"]}})
    with pytest.raises(business_time.NegativeTarget):
        business_time.due(office, datetime(2026, 6, 1, tzinfo=UTC), -1)


@public("policy")
def test_a_far_answer_is_still_found(case):
    first = date(2023, 10, 10)
    tuesdays = [(first + timedelta(weeks=week)).isoformat() for week in range(6)]
    calendar = read_calendar(
        {"zone": "UTC", "weekly": {"tue": ["09:00-17:00"]}, "holidays": tuesdays}
    )

    due = business_time.due(calendar, moment(case["start"]), case["seconds"])

    assert due == moment(case["expected"])


@pytest.fixture(scope="module")
def office():
    return read_calendar(json.loads((CASES / "due_vectors_jp.json").read_text())["calendar"])


@pytest.fixture(scope="module")
def timetable(office):
    return compile_calendar(office, date(2026, 1, 1), date(2027, 12, 31))


class TestVectorsOfTheJapaneseOffice:
    """Both readings of "2 business days", worked by hand with a calendar and a pencil."""

    @pytest.mark.parametrize(
        "vector",
        listed("due_vectors_jp.json", "vectors", "with_pauses"),
        ids=lambda vector: vector["why"],
    )
    def test_holds_in_both_forms(self, office, timetable, vector):
        def local(text):
            return None if text is None else office.moment(moment(text))

        filed, due_a, due_b = (local(vector[key]) for key in ("filed", "due_a", "due_b"))
        pauses = [(local(begun), local(over)) for begun, over in vector.get("pauses", [])]
        at_us, columns = np.array([epoch_us(filed)]), in_columns(pauses)

        assert business_time.due_by_close(office, filed, 2, pauses) == due_a
        assert business_time.due(office, filed, 16 * 3600, pauses) == due_b
        for form, target, due in (
            (due_by_close_array, 2, due_a),
            (due_array, 16 * 3600, due_b),
        ):
            expected = NO_DUE if due is None else epoch_us(due)
            assert form(timetable, at_us, target, columns).tolist() == [expected]
        if "effective" in vector:
            effective = local(vector["effective"])
            assert business_time.effective(office, filed) == effective
            assert effective_array(timetable, at_us).tolist() == [epoch_us(effective)]
