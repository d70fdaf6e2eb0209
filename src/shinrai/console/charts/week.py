"""A chart of a week: the times at which something is open on each of seven days."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shinrai.console.charts.svg import (
    Drawing,
    both_widths,
    line,
    named,
    rect,
    text,
    text_width,
)

HOUR_S = 3600
DAY_S = 24 * HOUR_S
SIZE = 12.0
ROW = 26.0
FEWEST_HOURS = 8
Place = Callable[[float], float]  # the second of a day -> where it is drawn


@dataclass(frozen=True)
class Band:
    """A part of a day, in seconds after midnight; the first of `labels` that fits is drawn."""

    from_s: int
    to_s: int
    labels: tuple[str, ...]
    title: str
    is_carried: bool = False  # the end of what began the day before


@dataclass(frozen=True)
class Row:
    """One day: its name, its bands, and the words shown if there are none."""

    label: str
    bands: tuple[Band, ...]
    nothing: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class WeekPicture:
    """Seven days; a line is drawn in today's row at second `now_s` after midnight."""

    title: str
    desc: str
    rows: tuple[Row, ...]
    now_s: int | None = None
    now_label: str = ""


def week(picture: WeekPicture, *, prefix: str) -> Drawing:
    """Draw a week twice: wide, for a desktop screen, and narrow, for a phone."""
    return both_widths(lambda name, width: week_at(picture, prefix=name, width=width), prefix)


def week_at(picture: WeekPicture, *, prefix: str, width: int) -> Drawing:
    """Draw a week at one width, in SVG units: open times filled, the rest shaded."""
    first, last = _hours(picture)
    left = max(text_width(row.label, SIZE + 1) for row in picture.rows) + 12
    right = width - 8.0
    scale = (right - left) / ((last - first) * HOUR_S)

    def x(second: float) -> float:
        return left + (second - first * HOUR_S) * scale

    top = 22.0
    foot = top + ROW * len(picture.rows)
    out = [named("week", prefix, picture.title, picture.desc, width, foot + 4)]
    out += _scale(first, last, x, top, foot, wide=right - left > 500)
    for number, row in enumerate(picture.rows):
        out += _row(row, x, left, right, top + ROW * number)
    if picture.now_s is not None and first * HOUR_S <= picture.now_s <= last * HOUR_S:
        today = next((n for n, row in enumerate(picture.rows) if row.is_today), None)
        if today is not None:
            at, y = x(picture.now_s), top + ROW * today
            out.append(line(at, y - 1, at, y + ROW + 1, "now"))
            out.append(f'<path class="now-mark" d="M{at - 4:.1f} {y - 2:.1f}h8l-4 5z"/>')
    out.append("</svg>")
    return Drawing("".join(out))


def _hours(picture: WeekPicture) -> tuple[int, int]:
    """Return the first and last hour to draw: all open time, plus an hour before and after.

    At least `FEWEST_HOURS` are drawn.
    """
    bands = [band for row in picture.rows for band in row.bands]
    first = min((band.from_s // HOUR_S for band in bands), default=8)
    last = max((-(-band.to_s // HOUR_S) for band in bands), default=18)
    first, last = max(0, first - 1), min(24, last + 1)
    while last - first < FEWEST_HOURS:
        first, last = max(0, first - 1), min(24, last + 1)
    return first, last


def _scale(
    first: int, last: int, x: Place, top: float, foot: float, *, wide: bool
) -> Iterable[str]:
    step = 1 if wide and last - first <= 14 else 2 if wide else 3 if last - first <= 14 else 6
    for hour in range(first, last + 1):
        at = x(hour * HOUR_S)
        if hour % step == 0:
            yield line(at, top, at, foot, "grid")
            yield text(at, top - 8, str(hour), "hour", "middle")


def _row(row: Row, x: Place, left: float, right: float, y: float) -> Iterable[str]:
    yield text(0, y + ROW / 2 + 4, row.label, "day today" if row.is_today else "day")
    yield rect(left, y + 3, right - left, ROW - 6, "closed", row.nothing)
    if not row.bands and row.nothing:
        yield text(left + 6, y + ROW / 2 + 4, row.nothing, "group")
    for band in row.bands:
        start, end = x(band.from_s), x(band.to_s)
        kind = "open carried" if band.is_carried else "open"
        yield rect(start, y + 3, end - start, ROW - 6, kind, band.title)
        fits = (label for label in band.labels if text_width(label, SIZE) + 6 <= end - start)
        if label := next(fits, ""):
            yield text((start + end) / 2, y + ROW / 2 + 4, label, "on-open", "middle")
