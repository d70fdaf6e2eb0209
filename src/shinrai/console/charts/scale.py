"""The scale below a ribbon: closed times, folds, hours and days."""

from collections.abc import Iterable

from shinrai.console.charts.axis import Axis, Mark
from shinrai.console.charts.svg import line, num, rect, text, text_width

DAY_SIZE = 13.0
HOUR_SIZE = 11.0
HEIGHT = 42.0


def closed_columns(axis: Axis, top: float, foot: float) -> Iterable[str]:
    """Shade the closed times, with their labels where these fit."""
    for piece in axis.pieces:
        if piece.closed is not None:
            width = piece.to_x - piece.x
            yield rect(piece.x, top, width, foot - top, "closed", piece.closed.label)
            if piece.closed.label and text_width(piece.closed.label, HOUR_SIZE) + 6 <= width:
                middle = (piece.x + piece.to_x) / 2
                yield text(middle, foot + 16, piece.closed.label, "hour", "middle")


def time_scale(axis: Axis, marks: tuple[Mark, ...], y: float, width: int) -> Iterable[str]:
    """Draw the axis with its hours and days; it is interrupted where time is folded."""
    for piece in axis.pieces:
        if not piece.folded:
            yield line(piece.x, y, piece.to_x, y, "axis")
        elif piece.to_x - piece.x >= 9:
            x = (piece.x + piece.to_x) / 2
            yield f'<path class="fold" d="M{num(x - 4)} {num(y + 4)}l4 -8m1 8l4 -8"/>'
    days = _days(axis, marks)
    yield from _hours(axis, marks, tuple(days), y)
    reach = -1.0
    for x, label in sorted(days.items()):
        end = x + text_width(label, DAY_SIZE)
        if x >= reach and end <= width:
            yield line(x, y, x, y + 22, "axis")
            yield text(x + 4, y + 34, label, "day")
            reach = end + 12


def _days(axis: Axis, marks: tuple[Mark, ...]) -> dict[float, str]:
    """Return the day labels by x coordinate.

    A day that begins in a closed time is placed at its end; of several days there, the last counts.
    """
    places: dict[float, str] = {}
    for mark in (m for m in marks if m.is_day):
        place = axis.x(mark.at)
        for piece in axis.pieces:
            if piece.closed is not None and piece.start <= mark.at < piece.end:
                place = piece.to_x
        places[place] = mark.label
    return places


def _hours(axis: Axis, marks: tuple[Mark, ...], days: tuple[float, ...], y: float) -> Iterable[str]:
    folded = [(p.x, p.to_x) for p in axis.pieces if p.folded]
    reach = -1.0
    for mark in (m for m in marks if not m.is_day):
        x = axis.x(mark.at)
        half = text_width(mark.label, HOUR_SIZE) / 2
        beside_a_day = any(abs(x - day) < half + 2 for day in days)
        if beside_a_day or x - half < reach or any(a - half < x < b + half for a, b in folded):
            continue
        yield line(x, y, x, y + 4, "axis")
        yield text(x, y + 16, mark.label, "hour", "middle")
        reach = x + half + 10
