"""Pauses of many clocks in one column."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules.pause_columns import OPEN, Pauses
from shinrai.calendars.rules.pauses import NEVER, union
from shinrai.units.moments import epoch_us, from_us

rows = st.lists(
    st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40))), max_size=5),
    max_size=6,
)


def in_rows(pauses):
    bounds = list(zip(pauses.starts_us.tolist(), pauses.ends_us.tolist(), strict=True))
    return [
        bounds[start:end]
        for start, end in zip(pauses.offsets[:-1], pauses.offsets[1:], strict=True)
    ]


@settings(deadline=None)
@given(rows)
def test_merging_is_the_union_of_each_row(found):
    merged = Pauses.of(found).merged

    expected = [
        [
            (epoch_us(start), OPEN if end == NEVER else epoch_us(end))
            for start, end in union(
                (from_us(start), None if end is None else from_us(end)) for start, end in row
            )
        ]
        for row in found
    ]
    assert in_rows(merged) == expected


@settings(deadline=None)
@given(rows, st.data())
def test_rows_can_be_taken_in_any_order(found, data):
    pauses = Pauses.of(found)
    if not found:
        return
    order = data.draw(st.lists(st.integers(0, len(found) - 1), max_size=8))

    taken = pauses.take(np.array(order, dtype=np.int64))

    assert in_rows(taken) == [in_rows(pauses)[row] for row in order]


@settings(deadline=None)
@given(rows)
def test_sums_of_rows_without_pauses_are_nothing(found):
    pauses = Pauses.of(found)
    ones = np.ones(len(pauses.starts_us), dtype=np.int64)

    assert pauses.sum_rows(ones).tolist() == [len(row) for row in found]
    assert pauses.before(ones).tolist() == [n for row in found for n in range(len(row))]


@pytest.mark.parametrize(
    ("offsets", "starts", "ends"),
    [
        ([0, 1], [5], []),
        ([0, 2], [5], [6]),
        ([1, 1], [5], [6]),
        ([0, 1, 0, 1], [5], [6]),
        ([], [], []),
    ],
    ids=["no end", "too long", "late", "falling", "no rows"],
)
def test_columns_that_do_not_belong_together_are_refused(offsets, starts, ends):
    with pytest.raises(ValueError, match="pause"):
        Pauses(*(np.array(column, dtype=np.int64) for column in (offsets, starts, ends)))


def test_a_pause_bound_of_today_survives():
    now = datetime(2026, 6, 3, 10, 0, 0, 7, tzinfo=UTC)
    pauses = Pauses.of([[(epoch_us(now), epoch_us(now + timedelta(hours=1)))], []])

    assert in_rows(pauses.merged) == [[(epoch_us(now), epoch_us(now) + 3_600_000_000)], []]
