"""The time axis of a ribbon: open time at one scale, closed times folded to a narrow column.

A desk that is open eight hours a day is closed for two thirds of the time. Drawn to scale, the
nights would fill the picture. So each closed time is drawn as narrow as a little open time (a
weekend somewhat wider than a night), and this fold is marked. Within a fold time still runs
evenly, so a mail from midnight is drawn between the evening and the morning.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from shinrai.console.rules.wording import SHORT_MONTHS, WEEKDAYS
from shinrai.units.text import Language, Text, translated

# A night as wide as 15 % of a usual open stretch, and half of that more for each further day.
NIGHT = 0.15
FURTHER_DAY = 0.5
# Open stretches narrower than this make a comb, not a picture: then only longer closures fold.
TOO_NARROW = 12.0
TWO_WEEKS, FOUR_MONTHS = timedelta(days=14), timedelta(days=120)
LONGER_CLOSURES = (timedelta(0), timedelta(hours=24), timedelta(days=400))


@dataclass(frozen=True)
class Closed:
    """A time in which the desk is closed, and its label, drawn where it fits (土日)."""

    start: datetime
    end: datetime
    label: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of the axis with one scale, from `x` to `to_x`."""

    start: datetime
    end: datetime
    x: float
    to_x: float
    closed: Closed | None
    folded: bool


@dataclass(frozen=True)
class Axis:
    """A time axis from left to right, made of pieces without gaps between them."""

    pieces: tuple[Piece, ...]

    def x(self, at: datetime) -> float:
        """Return the x coordinate of a moment; moments outside the axis get the nearer edge."""
        piece = self.pieces[
            max(0, bisect_right(self.pieces, at, key=lambda piece: piece.start) - 1)
        ]
        through = (at - piece.start) / (piece.end - piece.start)
        return piece.x + (piece.to_x - piece.x) * min(max(through, 0.0), 1.0)

    def parts(self, start: datetime, end: datetime) -> Iterable[tuple[float, float, bool]]:
        """Cut a time span into (x, to_x, is_closed) wherever the desk opens or closes."""
        for piece in self.pieces:
            if piece.start < end and start < piece.end:
                left, right = max(start, piece.start), min(end, piece.end)
                yield (
                    self.x(left) if left > piece.start else piece.x,
                    (self.x(right) if right < piece.end else piece.to_x),
                    piece.closed is not None,
                )


@dataclass(frozen=True)
class Mark:
    """A label at a moment on the axis: a day, or an hour within a day."""

    at: datetime
    label: str
    is_day: bool


def lay_out(
    start: datetime, end: datetime, closed: Iterable[Closed], *, left: float, right: float
) -> Axis:
    """Make the axis of a time span between two x coordinates, with closed times folded.

    If folding all closed times would make most open times too narrow, only long ones are folded.
    Raises: ValueError if the span is empty.
    """
    if end <= start:
        raise ValueError(f"an axis from {start} to {end} has no length; give it a later end")
    shut = _within(start, end, closed)
    for shortest in LONGER_CLOSURES:
        cut = _cut(start, end, [c for c in shut if c.end - c.start >= shortest])
        axis = _measured(cut, left, right)
        open_parts = [p for p in axis.pieces if p.closed is None]
        narrow = [p for p in open_parts[1:-1] if p.to_x - p.x < TOO_NARROW]
        if len(narrow) * 2 <= len(open_parts):
            break
    return axis


def day_marks(start: datetime, end: datetime, *, zone: str, language: Language) -> tuple[Mark, ...]:
    """List the labels of the axis: days with every third hour, Mondays, or firsts of months.

    Days and hours up to two weeks, Mondays up to four months, firsts of months beyond.
    """
    here = ZoneInfo(zone)
    # Walked in wall time, because a day has 23 hours once a year, and kept in UTC.
    day = start.astimezone(here).replace(hour=0, minute=0, second=0, microsecond=0)
    first, long = day, end - start
    marks: list[Mark] = []
    while day < end:
        if long <= TWO_WEEKS:
            marks.append(Mark(day.astimezone(UTC), _day_words(day, language), is_day=True))
            hours = [day.replace(hour=h).astimezone(UTC) for h in range(3, 24, 3)]
            marks += [Mark(at, f"{at.astimezone(here):%H:%M}", is_day=False) for at in hours]
        elif long <= FOUR_MONTHS and (day == first or day.weekday() == 0):
            marks.append(Mark(day.astimezone(UTC), _day_words(day, language), is_day=True))
        elif long > FOUR_MONTHS and (day == first or day.day == 1):
            words = translated(SHORT_MONTHS[day.month - 1], language)
            marks.append(Mark(day.astimezone(UTC), words, is_day=True))
        day = (day + timedelta(days=1)).replace(hour=0)
    return tuple(m for m in marks if m.is_day or start <= m.at <= end)


def closures(
    opened: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime
) -> tuple[Closed, ...]:
    """List the parts of a time span in which the desk is closed."""
    shut: list[Closed] = []
    at = start
    for opens, closes in sorted(opened):
        if opens > at and at < end:
            shut.append(Closed(at, min(opens, end)))
        at = max(at, closes)
    return (*shut, Closed(at, end)) if at < end else tuple(shut)


def _day_words(day: datetime, language: Language) -> str:
    words = Text(
        "{weekday} {on.day} {short_month}",
        weekday=WEEKDAYS[day.weekday()],
        on=day,
        short_month=SHORT_MONTHS[day.month - 1],
    )
    return translated(words, language)


def _within(start: datetime, end: datetime, closed: Iterable[Closed]) -> list[Closed]:
    inside = [
        Closed(max(c.start, start), min(c.end, end), c.label)
        for c in sorted(closed, key=lambda c: c.start)
        if c.start < end and start < c.end
    ]
    return [c for i, c in enumerate(inside) if i == 0 or c.start >= inside[i - 1].end]


def _cut(
    start: datetime, end: datetime, closed: list[Closed]
) -> list[tuple[datetime, datetime, Closed | None]]:
    edges = sorted({start, end, *(c.start for c in closed), *(c.end for c in closed)})
    starts = {c.start: c for c in closed}
    return [(left, right, starts.get(left)) for left, right in pairwise(edges)]


def _measured(
    cut: list[tuple[datetime, datetime, Closed | None]], left: float, right: float
) -> Axis:
    spans = [(to - at).total_seconds() for at, to, _ in cut]
    open_spans = [span for span, (_, _, shut) in zip(spans, cut, strict=True) if shut is None]
    usual = sum(open_spans) / len(open_spans) if open_spans else sum(spans)
    weights = [
        span if shut is None else min(span, _fold(span, usual))
        for span, (_, _, shut) in zip(spans, cut, strict=True)
    ]
    scale = (right - left) / sum(weights)
    pieces: list[Piece] = []
    x = left
    for (at, to, shut), span, weight in zip(cut, spans, weights, strict=True):
        pieces.append(Piece(at, to, x, x + weight * scale, shut, folded=weight < span))
        x += weight * scale
    return Axis(tuple(pieces))


def _fold(span: float, usual: float) -> float:
    further_days = max(0.0, span / 86_400 - 1)
    return usual * NIGHT * (1 + FURTHER_DAY * further_days)
