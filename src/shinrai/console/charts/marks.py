"""Marks of dates on a chart: declared events by name, and what marks itself (imports, versions).

A page hands them in as `chart_marks`; a chart places those that lie in its periods.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shinrai.console.charts.svg import line, rect, text, text_width

SIZE = 12.0
SHORTEST = 5  # letters of a name that is cut
DAY = timedelta(days=1)


@dataclass(frozen=True)
class ChartMark:
    """What happened from one date to another, both included; `is_derived`: nobody declared it."""

    first_on: date
    last_on: date
    label: str
    is_derived: bool = False


@dataclass(frozen=True)
class Event:
    """A mark's place in a chart's periods: 2.5 is the middle of the third; and where it ends."""

    index: float
    label: str
    to_index: float | None = None
    is_derived: bool = False


def events_of(marks: Iterable[ChartMark], starts: Sequence[date | None]) -> tuple[Event, ...]:
    """Place marks in periods that begin on these dates; those outside are left out.

    The last period is as long as the one before it. Derived marks with one label in one period are
    one mark.
    """
    known = [on for on in starts if on is not None]
    if len(known) < 2 or len(known) < len(starts):
        return ()
    bounds = [*known, known[-1] + (known[-1] - known[-2])]
    found: dict[object, Event] = {}
    for mark in marks:
        begins = _place(mark.first_on, bounds)
        if begins is None:
            if mark.first_on >= bounds[0] or mark.last_on < bounds[0]:
                continue
            begins = 0.0
        ends = _place(mark.last_on + DAY, bounds)
        event = Event(
            begins,
            mark.label,
            (float(len(known)) if ends is None else ends) if mark.last_on > mark.first_on else None,
            mark.is_derived,
        )
        found.setdefault((int(begins), mark.label) if mark.is_derived else mark, event)
    return tuple(found.values())


def _place(on: date, bounds: Sequence[date]) -> float | None:
    for index, (start, end) in enumerate(pairwise(bounds)):
        if start <= on < end:
            return index + (on - start) / (end - start)
    return None


def draw_events(
    events: Iterable[Event],
    x_of: Callable[[float], float],
    *,
    right: float,
    top: float,
    bottom: float,
) -> Iterable[str]:
    """Draw a line for each event and its name above it, on whichever side has room.

    Derived marks are dotted, and named where declared ones leave room. A declared name is cut
    rather than left out; without room the tooltips and the description still have it.
    """
    taken: list[tuple[float, float]] = []
    for event in sorted(events, key=lambda one: (one.is_derived, one.index)):
        x = x_of(event.index)
        kind = "event derived" if event.is_derived else "event"
        if event.to_index is not None:
            yield rect(x, top, max(x_of(event.to_index) - x, 1), bottom - top, "event-span")
        yield line(x, top - 4, x, bottom, kind)
        for words in (event.label, *(() if event.is_derived else _cut(event.label))):
            length = text_width(words, SIZE)
            spans = ((x + 3, x + 3 + length, "start"), (x - 3 - length, x - 3, "end"))
            fits = next(
                (
                    (start, end, anchor)
                    for start, end, anchor in spans
                    if start >= 0
                    and end <= right
                    and all(end + 4 <= a or start >= b + 4 for a, b in taken)
                ),
                None,
            )
            if fits is not None:
                start, end, anchor = fits
                taken.append((start, end))
                kind = "group derived" if event.is_derived else "group"
                yield text(start if anchor == "start" else end, top - 6, words, kind, anchor)
                break


def _cut(label: str) -> Iterable[str]:
    return (f"{label[:n].rstrip()}…" for n in range(len(label) - 2, SHORTEST - 1, -1))
