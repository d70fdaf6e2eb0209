"""Pauses over more rows than one block holds: whatever lies beside a row, its answer stays."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules import business_time as scalar
from shinrai.calendars.rules.arrays import (
    NO_DUE,
    due_array,
    due_by_close_array,
    elapsed_array,
)
from shinrai.calendars.rules.columns import BLOCK
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.pause_columns import OPEN, Pauses
from shinrai.calendars.rules.timetable import compile_calendar
from shinrai.units.moments import epoch_us

HOUR = timedelta(hours=1)
WEEK = {day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = read_calendar({"zone": "Asia/Tokyo", "weekly": WEEK})
TIMETABLE = compile_calendar(OFFICE, date(2026, 5, 1), date(2026, 12, 31))
FILED = datetime(2026, 6, 1, 1, tzinfo=UTC)  # Monday 10:00 in Tokyo
LENGTHS = (2, 0, 31, 200, -5)  # hours; the last is reversed

# What one row's pauses may look like, in hours since it was filed.
PLAIN = (
    ((1, 2),),
    ((0, 2),),
    ((0.25, 0.5), (0.75, 1), (1.5, 2)),
    ((0, 0.1), (0.2, 0.3), (0.4, 0.5), (0.6, 0.7), (0.8, 1.9)),
)
NONE = ((),)
REACHING_OUT = (
    ((-30, 1),),
    ((1, 900),),
    ((-9, 1), (1.5, 2), (3, 300)),
    ((1, None),),
    ((-90, -80), (500, 600)),
)
TO_BE_MERGED = {
    "touching": ((1, 1.5), (1.5, 2)),
    "overlapping": ((0.5, 1.5), (1, 1.25), (1.2, 2)),
    "one within another": ((0.5, 1.75), (1, 1.25)),
    "not in order": ((1.5, 2), (0, 1)),
    "reversed": ((2, 1),),
    "empty": ((0.5, 0.5), (1, 2)),
    "open, then another": ((1, None), (1.5, 2), (0.5, 0.75)),
    "twenty years": ((-9e4, 9e4), (1, 2)),
    "everything at once": ((2, 1), (1.2, 1.8), (0, 0), (0.1, None), (-3, 0.5)),
}
KINDS = {
    "plain": PLAIN,
    "some without": PLAIN + NONE,
    "one each": PLAIN[:2],
    "one each, some reversed": (*PLAIN[:2], ((2, 1),)),
    "reaching out": REACHING_OUT,
    "all kinds": PLAIN + NONE + REACHING_OUT + tuple(TO_BE_MERGED.values()),
} | {name: (*PLAIN, gaps) for name, gaps in TO_BE_MERGED.items()}


def moments(gaps):
    return [
        (FILED + HOUR * start, None if end is None else FILED + HOUR * end) for start, end in gaps
    ]


def in_us(gaps):
    return [(epoch_us(start), end and epoch_us(end)) for start, end in moments(gaps)]


def laid_out(kinds, often):
    """Draw more rows than two blocks hold: mostly the kinds given, every so often another."""
    draw = np.random.default_rng(20260601)
    rows = [*kinds, *KINDS["all kinds"]]
    which = draw.integers(0, len(kinds), 2 * BLOCK + 77)
    others = draw.random(len(which)) < often
    which[others] = draw.integers(0, len(rows), int(others.sum()))
    return rows, which, Pauses.of(in_us(row) for row in rows).take(which)


@pytest.mark.parametrize("often", [0, 0.001, 0.5], ids=["alone", "with a few others", "with many"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_answered_as_if_it_were_alone(kind, often):
    rows, which, pauses = laid_out(KINDS[kind], often)
    length = np.random.default_rng(7).integers(0, len(LENGTHS), len(which))
    start_us = np.full(len(which), epoch_us(FILED))
    end_us = start_us + np.array(LENGTHS)[length] * 3_600_000_000
    elapsed = [
        [
            scalar.elapsed(OFFICE, FILED, FILED + HOUR * hours, moments(gaps))
            // timedelta(microseconds=1)
            for hours in LENGTHS
        ]
        for gaps in rows
    ]

    found = elapsed_array(TIMETABLE, start_us, end_us, pauses)

    assert (found == np.array(elapsed)[which, length]).all()


@pytest.mark.parametrize("kind", ["plain", "overlapping", "all kinds"])
@pytest.mark.parametrize(
    ("form", "in_array", "target"),
    [(scalar.due, due_array, 7200), (scalar.due_by_close, due_by_close_array, 2)],
    ids=["seconds", "days"],
)
def test_every_row_is_due_as_if_it_were_alone(kind, form, in_array, target):
    known = [gaps for gaps in KINDS[kind] if (-9e4, 9e4) not in gaps]  # due beyond the horizon
    pauses = Pauses.of(in_us(row) for row in known)
    which = np.random.default_rng(7).integers(0, len(known), 2 * BLOCK + 77)
    expected = [form(OFFICE, FILED, target, moments(gaps)) for gaps in known]
    answers = np.array([NO_DUE if due is None else epoch_us(due) for due in expected])

    found = in_array(TIMETABLE, np.full(len(which), epoch_us(FILED)), target, pauses.take(which))

    assert (found == answers[which]).all()


minutes = st.integers(0, 60 * 24 * 9)
apart = st.lists(minutes, max_size=10, unique=True).map(sorted)


@settings(deadline=None)
@given(st.lists(st.tuples(apart, minutes, minutes), min_size=1, max_size=5))
def test_pauses_that_lie_apart_take_their_open_time(rows):
    """Rows of 0 to 5 pauses in order; their spans begin and end wherever they like."""
    minute = timedelta(minutes=1)
    gaps = [
        [
            (FILED + a * minute, FILED + b * minute)
            for a, b in zip(row[::2], row[1::2], strict=False)
        ]
        for row, _, _ in rows
    ]
    spans = [(FILED + start * minute, FILED + end * minute) for _, start, end in rows]

    found = elapsed_array(
        TIMETABLE,
        np.array([epoch_us(start) for start, _ in spans]),
        np.array([epoch_us(end) for _, end in spans]),
        Pauses.of([(epoch_us(a), epoch_us(b)) for a, b in row] for row in gaps),
    )

    assert found.tolist() == [
        scalar.elapsed(OFFICE, *span, row) // timedelta(microseconds=1)
        for span, row in zip(spans, gaps, strict=True)
    ]


def test_rows_that_need_no_merging_are_left_alone():
    rows = [[(5, 7), (9, 11)], [], [(3, 6), (1, 4)], [(2, 3)], [(8, 8)], [(4, None), (9, 10)]]

    merged = Pauses.of(rows).merged

    assert merged.offsets.tolist() == [0, 2, 2, 3, 4, 4, 5]
    assert merged.starts_us.tolist() == [5, 9, 1, 2, 4]
    assert merged.ends_us.tolist() == [7, 11, 6, 3, OPEN]
    tidy = Pauses.of(rows[:2])
    assert tidy.merged is tidy
