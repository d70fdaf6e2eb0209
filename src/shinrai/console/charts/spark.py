"""A line chart with intervals and a label at the last complete period; others are hatched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise

from shinrai.console.charts.marks import ChartMark, Event, draw_events, events_of
from shinrai.console.charts.svg import (
    Drawing,
    hatch,
    line,
    named,
    num,
    rect,
    safe,
    text,
    text_width,
)

SIZE = 12.0


@dataclass(frozen=True)
class Point:
    """A period: its value, its interval, and whether it is complete; None if not known.

    `said` is the value in words; only that of the last complete period is drawn. A period that is
    not over, or whose cases are not settled, is hatched, without a line and without a value.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    is_complete: bool = True
    title: str = ""
    said: str = ""
    since: date | None = None  # its first date, by which marks find their place


@dataclass(frozen=True)
class Spark:
    """Everything a line chart shows; callers pass in all words.

    `beside` is a second, dashed line over the same periods; `said` of both then names the line.
    """

    title: str
    desc: str
    points: tuple[Point, ...]
    bottom: float | None = None
    top: float | None = None
    target: float | None = None
    target_label: str = ""
    events: tuple[Event, ...] = ()
    marks: tuple[ChartMark, ...] = ()
    scale: tuple[str, str] = ("", "")  # what the foot and the head of the picture stand for
    beside: tuple[Point, ...] = ()

    @property
    def all_events(self) -> tuple[Event, ...]:
        """Return the events given by period, and the marks that lie in the chart's dates."""
        return (*self.events, *events_of(self.marks, [point.since for point in self.points]))


@dataclass(frozen=True)
class _Plane:
    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int

    def x(self, index: float) -> float:
        return self.left + (self.right - self.left) * (index + 0.5) / self.count

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.bottom - (self.bottom - self.top) * (inside - self.low) / (self.high - self.low)


def spark(chart: Spark, *, prefix: str, width: int = 360, height: int = 96) -> Drawing:
    """Draw a small line chart; the line is interrupted at periods without a value."""
    plane = _plane(chart, width, height)
    marked = ", ".join(event.label for event in chart.all_events)
    desc = " ".join(words for words in (chart.desc, marked) if words)
    out = [
        named("spark", prefix, chart.title, desc, width, height),
        f"<defs>{hatch(f'{prefix}-open', 'hatch soft')}</defs>",
        *_incomplete(chart, plane, prefix),
        *_events(chart, plane),
        line(plane.left, plane.bottom, plane.right, plane.bottom, "axis"),
        *_scale(chart, plane),
        *_target(chart, plane),
        *_bands(chart, plane),
        *_lines(chart.beside, plane, "line beside"),
        *_lines(chart.points, plane, "line"),
        *_ends(chart, plane),
        *_period_names(chart, plane),
        *_titles(chart, plane),
        *_event_titles(chart, plane),
        "</svg>",
    ]
    return Drawing("".join(out))


def _plane(chart: Spark, width: int, height: int) -> _Plane:
    every = (*chart.points, *chart.beside)
    known = [v for p in every for v in (p.value, p.low, p.high) if v is not None]
    known += [chart.target] if chart.target is not None else []
    low = chart.bottom if chart.bottom is not None else min(known, default=0.0)
    high = chart.top if chart.top is not None else max(known, default=1.0)
    labels = [_end_label(chart.points), _end_label(chart.beside), chart.target_label]
    room = max(text_width(label, SIZE + 1) for label in labels) + 12
    top = 18.0 if chart.all_events else 8.0
    gutter = max(text_width(words, SIZE) for words in chart.scale)
    return _Plane(
        left=gutter + 6 if gutter else 1.0,
        right=max(width - room, width / 3),
        top=top,
        bottom=height - 20.0,
        low=low,
        # A flat line is drawn low in its plane rather than divided by nothing.
        high=high if high > low else low + 1.0,
        count=max(len(chart.points), 1),
    )


def _incomplete(chart: Spark, plane: _Plane, prefix: str) -> Iterable[str]:
    for i, point in enumerate(chart.points):
        if not point.is_complete:
            x = plane.x(i - 0.5)
            yield (
                f'<rect fill="url(#{prefix}-open)" x="{num(x)}" y="{num(plane.top)}" '
                f'width="{num(plane.x(i + 0.5) - x)}" height="{num(plane.bottom - plane.top)}"/>'
            )


def _events(chart: Spark, plane: _Plane) -> Iterable[str]:
    return draw_events(
        chart.all_events,
        lambda index: plane.x(index - 0.5),
        right=plane.right,
        top=plane.top,
        bottom=plane.bottom,
    )


def _event_titles(chart: Spark, plane: _Plane) -> Iterable[str]:
    """Draw an invisible column over each event, whose tooltip has its name."""
    for event in chart.all_events:
        x = plane.x(event.index - 0.5)
        yield rect(x - 4, 0, 8, plane.bottom, "unseen", event.label)


def _scale(chart: Spark, plane: _Plane) -> Iterable[str]:
    """Label the bottom and the top of the scale at the left, with a thin line at the top."""
    foot, head = chart.scale
    if foot or head:
        yield line(plane.left, plane.top, plane.right, plane.top, "grid")
        yield text(plane.left - 6, plane.bottom + 4, foot, "group", "end")
        yield text(plane.left - 6, plane.top + 4, head, "group", "end")


def _target(chart: Spark, plane: _Plane) -> Iterable[str]:
    if chart.target is not None:
        y = plane.y(chart.target)
        yield line(plane.left, y, plane.right, y, "target")
        last = _last(chart.points)
        clear = last is None or abs(plane.y(last[1]) - y) > SIZE + 2
        if chart.target_label and clear:
            yield text(plane.right + 6, y + 4, chart.target_label, "group")


def _runs(points: Iterable[Point]) -> Iterable[list[tuple[int, Point]]]:
    numbered = enumerate(points)
    for known, run in groupby(numbered, key=lambda pair: pair[1].value is not None):
        if known:
            yield list(run)


def _bands(chart: Spark, plane: _Plane) -> Iterable[str]:
    for run in _runs(chart.points):
        sure = [(i, p.low, p.high) for i, p in run if p.low is not None and p.high is not None]
        if len(sure) == 1:
            i, low, high = sure[0]
            x, y = plane.x(i) - 3, plane.y(high)
            yield rect(x, y, 6, plane.y(low) - y, "band")
        elif sure:
            upper = [f"{num(plane.x(i))} {num(plane.y(high))}" for i, _, high in sure]
            lower = [f"{num(plane.x(i))} {num(plane.y(low))}" for i, low, _ in reversed(sure)]
            yield f'<path class="band" d="M{"L".join([*upper, *lower])}Z"/>'


def _lines(points: tuple[Point, ...], plane: _Plane, kind: str) -> Iterable[str]:
    for run in _runs(
        point if point.is_complete else replace(point, value=None) for point in points
    ):
        places = [(plane.x(i), plane.y(p.value or 0.0)) for i, p in run]
        yield from (line(x, y, to_x, to_y, kind) for (x, y), (to_x, to_y) in pairwise(places))
        if len(places) == 1:
            yield _dot(*places[0])


def _dot(x: float, y: float) -> str:
    return f'<circle class="dot-end" cx="{num(x)}" cy="{num(y)}" r="3"/>'


def _last(points: tuple[Point, ...]) -> tuple[int, float] | None:
    """Return index and value of the last complete period with a known value, or None."""
    known = [(i, p.value) for i, p in enumerate(points) if p.value is not None and p.is_complete]
    return known[-1] if known else None


def _end_label(points: tuple[Point, ...]) -> str:
    last = _last(points)
    return "" if last is None else points[last[0]].said


def _ends(chart: Spark, plane: _Plane) -> Iterable[str]:
    ends = [(points, last) for points in (chart.points, chart.beside) if (last := _last(points))]
    places = [(plane.x(i), plane.y(value), _end_label(points)) for points, (i, value) in ends]
    yield from (_dot(x, y) for x, y, _ in places)
    if chart.beside:
        # Two labels stand at the right edge, the upper one moved up where they would meet.
        foot = plane.bottom + SIZE + 5
        for x, y, label in sorted(places, key=lambda place: -place[1]):
            foot = min(y + 4, foot - SIZE - 5)
            yield line(x + 5, y, plane.right + 2, foot - 4, "lead-line")
            yield text(plane.right + 6, foot, label, "end-label")
    elif places:
        [(x, y, label)], [(_, (place, _))] = places, ends
        # Where later periods are not complete, the label stays with its point, clear of the line.
        if place == plane.count - 1:
            yield text(plane.right + 6, y + 4, label, "end-label")
        else:
            head = plane.top - 6 if chart.all_events else 0  # above it stand the names of events
            clear = y - 7 if y - 7 - SIZE > head else y + SIZE + 6
            yield text(x, clear, label, "end-label", "middle")


def _period_names(chart: Spark, plane: _Plane) -> Iterable[str]:
    if chart.points:
        yield text(plane.left, plane.bottom + 15, chart.points[0].label, "group")
        if len(chart.points) > 1:
            yield text(plane.right, plane.bottom + 15, chart.points[-1].label, "group", "end")


def _titles(chart: Spark, plane: _Plane) -> Iterable[str]:
    """Draw an invisible column over each period, whose tooltip shows the period's value."""
    for i, point in enumerate(chart.points):
        x, to_x = plane.x(i - 0.5), plane.x(i + 0.5)
        beside = [chart.beside[i].title] if i < len(chart.beside) else []
        said = ", ".join(words for words in (point.title, *beside) if words)
        title = safe(said if said and point.is_complete else point.label)
        yield (
            f'<rect class="unseen" x="{num(x)}" y="0" width="{num(to_x - x)}" '
            f'height="{num(plane.bottom)}"><title>{title}</title></rect>'
        )
