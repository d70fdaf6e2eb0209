"""Business time over columns against the libraries people use, and against a subtraction.

Everybody answers the same question about the same pairs: seconds open between two moments, Monday
to Friday 9 to 18 without Japanese holidays (and, where it can be said, without lunch). Answers are
compared before anything is timed. A library's rate is taken on a few thousand pairs, ours on
millions that are all different and in no order, so that no cache flatters us; the first of them
are the library's own. Everything runs on one thread, in turn; ratios are medians over the rounds.
"""

import site
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from _timing import in_turn, machine, rate, say, table, verdict

from shinrai.calendars.rules.arrays import due_array, due_by_close_array, elapsed_array
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.pause_columns import Pauses
from shinrai.calendars.rules.timetable import Ints, Timetable, compile_calendar
from shinrai.units.moments import epoch_us

site.addsitedir(str(Path(__file__).parents[1] / ".venv-bench"))  # after our own packages

import business_duration
import businesstimedelta
import holidays
import pandas as pd
import pytz

PAIRS = 4_000_000
ROUNDS = 5
FIRST, LAST = date(2014, 1, 1), date(2027, 12, 31)
SPREAD = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC))
SECOND_US = 1_000_000
HOUR_S = 3_600
DAY_S = 24 * HOUR_S
TOKYO = timedelta(hours=9)  # no clock has changed there since 1951: walls are moments, shifted
PLAIN = ("09:00-18:00",)
LUNCH = ("09:00-12:00", "13:00-18:00")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True)
class Spans:
    """How far apart the two moments of a pair lie, and how many pairs a library gets."""

    name: str
    least_s: int
    most_s: int
    asked: int


SPANS = (
    Spans("4 h", 4 * HOUR_S, 4 * HOUR_S, 1_000),
    Spans("0–6 days, 3 on average", 0, 6 * DAY_S, 1_000),
    Spans("0–12 months", 0, 365 * DAY_S, 100),
)


def main() -> None:
    say(machine("numpy", "pandas", "businesstimedelta", "business-duration", "holidays"))
    off = {
        day
        for year in range(FIRST.year, LAST.year + 1)
        for day in holidays.country_holidays("JP", years=year)
    }
    best: list[tuple[str, float]] = []
    rows = []
    for hours in (PLAIN, LUNCH):
        timetable = _timetable(hours)
        for spans in SPANS:
            found, ratio = against_libraries(timetable, hours, spans, off)
            rows += found
            best.append((f"{' and '.join(hours)}, {spans.name}", ratio))
    heads = ["calendar", "spans", "who", "pairs", "rate", "ours, same calendar", "ratio"]
    table(heads, rows)
    for name, ratio in best:
        verdict(f"{ratio:,.0f} times the best library (at least 1,000): {name}", holds=ratio >= 1e3)
    by_ourselves()


def against_libraries(
    timetable: Timetable, hours: tuple[str, ...], spans: Spans, off: set[date]
) -> tuple[list[list[str]], float]:
    """Time ours and every library that can say this calendar; give rows, and the worst ratio."""
    start, end = _pairs(spans, PAIRS)
    walls = _walls(start[: spans.asked], end[: spans.asked])
    ours = elapsed_array(timetable, start, end) // SECOND_US
    ranked, unranked = _libraries(hours, off)
    _compare(ranked, walls, ours)
    # What is not ranked need not be known well: it gets a tenth of the pairs.
    asked = dict.fromkeys(ranked, walls) | dict.fromkeys(unranked, walls[: len(walls) // 10])
    calls: dict[str, Callable[[], object]] = {"ours": lambda: elapsed_array(timetable, start, end)}
    for name, ask in (ranked | unranked).items():
        calls[name] = partial(_ask_all, ask, asked[name])
    took = in_turn(calls, rounds=ROUNDS)
    rows, ratios = [], []
    for name, pairs in asked.items():
        ratio = took[name].times_as_long_as(took["ours"]) * PAIRS / len(pairs)
        if name in ranked:
            ratios.append(ratio)
        rows.append(
            [
                " and ".join(hours),
                spans.name,
                name,
                f"{len(pairs):,}",
                rate(len(pairs), took[name].median_s),
                rate(PAIRS, took["ours"].median_s),
                f"{ratio:,.0f}" if name in ranked else f"({ratio:,.0f}: another question)",
            ]
        )
    return rows, min(ratios)


def by_ourselves() -> None:
    """Time our own forms against a bare subtraction of the same columns."""
    timetable = _timetable(LUNCH)
    started = perf_counter()
    _timetable(LUNCH).buckets  # noqa: B018 -- else made at the first call
    compiled_s = perf_counter() - started
    start, end = _pairs(SPANS[1], PAIRS)
    out = np.empty(PAIRS, dtype=np.int64)
    one, mixed = _rests(start, end, at_most=1), _rests(start, end, at_most=2)
    odd, odder = _overlapping(mixed, every=100), _overlapping(mixed, every=1)
    took = in_turn(
        {
            "end - start": lambda: np.subtract(end, start, out=out),
            "elapsed": lambda: elapsed_array(timetable, start, end),
            "elapsed, one pause a row": lambda: elapsed_array(timetable, start, end, _new(one)),
            "elapsed, one or two": lambda: elapsed_array(timetable, start, end, _new(mixed)),
            "elapsed, some overlapping": lambda: elapsed_array(timetable, start, end, _new(odd)),
            "elapsed, many overlapping": lambda: elapsed_array(timetable, start, end, _new(odder)),
            "due, 8 business hours": lambda: due_array(timetable, start, 8 * HOUR_S),
            "due, close of 2nd day": lambda: due_by_close_array(timetable, start, 2),
            "the same, one or two pauses": lambda: due_by_close_array(
                timetable, start, 2, _new(mixed)
            ),
        },
        rounds=ROUNDS,
    )
    bare, plain = took["end - start"], took["elapsed"]
    say(f"{PAIRS:,} pairs of 0–6 days; {' and '.join(LUNCH)}, JP holidays; 1 thread")
    say(f"compiling {FIRST} to {LAST} once took {compiled_s * 1e3:.0f} ms, not in the rates")
    heads = ["what", "rate", "times a subtraction", "times without pauses"]
    rows = [
        [
            name,
            rate(PAIRS, one_call.median_s),
            f"{one_call.times_as_long_as(bare):.1f}",
            f"{one_call.times_as_long_as(plain):.2f}",
        ]
        for name, one_call in took.items()
    ]
    table(heads, rows)
    against = plain.times_as_long_as(bare)
    verdict(f"{against:.1f} times a bare subtraction (at most 20)", holds=against <= 20)
    for name in ("elapsed, one pause a row", "elapsed, one or two"):
        share = 1 / took[name].times_as_long_as(plain)
        verdict(f"{name}: {share:.2f} of the rate without (at least 1/3)", holds=share >= 1 / 3)
    apart = took["elapsed, one or two"]
    for name in ("elapsed, some overlapping", "elapsed, many overlapping"):
        times = took[name].times_as_long_as(apart)
        verdict(f"{name}: {times:.1f} times as long as apart (at most 5)", holds=times <= 5)


def _timetable(hours: tuple[str, ...]) -> Timetable:
    weekly = {day: list(hours) for day in WEEKDAYS}
    calendar = read_calendar({"zone": "Asia/Tokyo", "weekly": weekly, "holidays": "JP"})
    return compile_calendar(calendar, FIRST, LAST)


def _pairs(spans: Spans, count: int) -> tuple[Ints, Ints]:
    """Draw pairs on whole seconds, at any time of any day, in no order."""
    draw = np.random.default_rng([20260601, spans.most_s])
    since, until = (epoch_us(at) // SECOND_US for at in SPREAD)
    start = draw.integers(since, until, count)
    end = start + draw.integers(spans.least_s, spans.most_s + 1, count)
    return start * SECOND_US, end * SECOND_US


def _walls(start: Ints, end: Ints) -> list[tuple[datetime, datetime]]:
    """Give pairs as what is read off a clock on the wall in Tokyo."""
    zero = datetime(1970, 1, 1) + TOKYO  # noqa: DTZ001

    def wall(us: int) -> datetime:
        return zero + timedelta(microseconds=us)

    return [(wall(a), wall(b)) for a, b in zip(start.tolist(), end.tolist(), strict=True)]


Ask = Callable[[datetime, datetime], Any]


def _ask_all(ask: Ask, walls: list[tuple[datetime, datetime]]) -> None:
    for start, end in walls:
        ask(start, end)


def _libraries(hours: tuple[str, ...], off: set[date]) -> tuple[dict[str, Ask], dict[str, Ask]]:
    """Set the libraries up in their quickest way: walls without a zone, holidays as a set.

    Shape: (those that answer the same question in seconds, those that answer another).
    """
    rules = [
        businesstimedelta.WorkDayRule(time(9), time(18), tz=pytz.utc),
        businesstimedelta.HolidayRule(off, tz=pytz.utc),
    ]
    if hours == LUNCH:
        rules.append(businesstimedelta.LunchTimeRule(time(12), time(13), tz=pytz.utc))
    rule = businesstimedelta.Rules(rules)

    def by_businesstimedelta(start: datetime, end: datetime) -> int:
        found = rule.difference(start, end)
        return int(found.hours * HOUR_S + found.seconds)

    def by_business_duration(start: datetime, end: datetime) -> int:
        return int(
            business_duration.businessDuration(
                start, end, time(9), time(18), holidaylist=off, unit="sec"
            )
        )

    opens = [span.split("-")[0] for span in hours]
    closes = [span.split("-")[1] for span in hours]
    freq = pd.offsets.CustomBusinessHour(start=opens, end=closes, holidays=sorted(off))

    def by_pandas(start: datetime, end: datetime) -> int:
        return len(pd.date_range(start, end, freq=freq))

    ranked: dict[str, Ask] = {"businesstimedelta": by_businesstimedelta}
    if hours == PLAIN:  # it knows one interval a day
        ranked["business-duration"] = by_business_duration
    return ranked, {"pandas CustomBusinessHour (whole hours)": by_pandas}


def _compare(ranked: Mapping[str, Ask], walls: list[tuple[datetime, datetime]], ours: Ints) -> None:
    for name, ask in ranked.items():
        odd = [
            (a, b, theirs, int(mine))
            for (a, b), mine in zip(walls, ours, strict=False)
            if (theirs := ask(a, b)) != mine
        ]
        if odd:
            a, b, theirs, mine = odd[0]
            say(
                f"{name} differs on {len(odd)} of {len(walls):,} pairs, the first: {a} to {b}:"
                f" {theirs} s, ours {mine} s"
            )
        else:
            say(f"{name}: all {len(walls):,} answers equal ours")


def _rests(start: Ints, end: Ints, *, at_most: int) -> Pauses:
    """Draw one pause a row, or one or two that lie apart, mostly between its two moments."""
    draw = np.random.default_rng(7)
    counts = draw.integers(1, at_most + 1, len(start))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    row = np.repeat(np.arange(len(start)), counts)
    nth = np.arange(offsets[-1]) - offsets[:-1][row]
    # Very short pairs get rests that begin at their end, as sheets have them too.
    part_s = np.maximum((end - start)[row] // SECOND_US // counts[row], 10)
    begins_s = start[row] // SECOND_US + nth * part_s + draw.integers(0, part_s // 2)
    lasts_s = draw.integers(1, part_s // 2)
    return Pauses(offsets, begins_s * SECOND_US, (begins_s + lasts_s) * SECOND_US)


def _overlapping(pauses: Pauses, *, every: int) -> Pauses:
    """Let two rests of every so many rows overlap: they must be found and merged."""
    ends = pauses.ends_us.copy()
    first = pauses.offsets[:-1][::every]
    two = first[np.diff(pauses.offsets)[::every] == 2]
    ends[two] = pauses.starts_us[two + 1] + SECOND_US
    return Pauses(pauses.offsets, pauses.starts_us, ends)


def _new(pauses: Pauses) -> Pauses:
    """Forget what was worked out before: looking for overlaps is part of the price."""
    return Pauses(pauses.offsets, pauses.starts_us, pauses.ends_us)


if __name__ == "__main__":
    main()
