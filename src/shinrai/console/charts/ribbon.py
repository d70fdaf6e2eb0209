"""The ribbon: the life of a case as one band, coloured by who holds the case.

The band is high while the desk is open and thin while it is closed, so the area of a colour
shows about how much open time somebody held the case. The customer's messages are drawn above
the band and the team's below; due moments are lines with names; time after a missed one is
underlined.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from shinrai.console.charts.axis import Axis, Closed, Mark, lay_out
from shinrai.console.charts.flags import ROW, SIZE, Flag, draw_flags, draw_leaders, place_flags
from shinrai.console.charts.scale import HEIGHT, closed_columns, time_scale
from shinrai.console.charts.svg import (
    WIDE,
    Drawing,
    both_widths,
    hatch,
    named,
    num,
    rect,
    safe,
    text,
    text_width,
)
from shinrai.units.errors import Misuse

Holder = Literal["customer", "third_party", "tier1", "tier2", "tier3", "nobody"]
HOLDERS: tuple[str, ...] = get_args(Holder)

BAND = 36.0
THREAD = 10.0
TICK = 22.0
GUTTER = 76.0


class UnknownHolder(Misuse, ValueError):
    """The ribbon has no colour for whoever holds a part of the case's life."""


class EmptyLife(Misuse, ValueError):
    """The ribbon has nothing to draw: no part of the case's life is held by anybody."""


@dataclass(frozen=True)
class Stretch:
    """A time during which one party holds the case; `label` is drawn, `title` is its tooltip."""

    start: datetime
    end: datetime
    holder: Holder
    label: str
    title: str = ""


@dataclass(frozen=True)
class Message:
    """A message: one of `theirs` is drawn above the band, one of `ours` below."""

    at: datetime
    side: Literal["theirs", "ours"]
    title: str


@dataclass(frozen=True)
class Pause:
    """A time during which the clock is paused."""

    start: datetime
    end: datetime
    title: str = ""


@dataclass(frozen=True)
class Due:
    """A due moment and its label; `missed` if the case was not answered by then."""

    at: datetime
    label: str
    missed: bool = False
    until: datetime | None = None  # when it was answered after all, if before the life's end


@dataclass(frozen=True)
class Stop:
    """The moment at which the clock ended, or the present moment if it still runs."""

    at: datetime
    label: str
    state: Literal["kept", "missed", "running", "ended"]


@dataclass(frozen=True)
class Life:
    """Everything a ribbon shows; callers pass in all words, in the reader's language."""

    title: str
    desc: str
    stretches: tuple[Stretch, ...]
    stop: Stop
    dues: tuple[Due, ...] = ()
    messages: tuple[Message, ...] = ()
    pauses: tuple[Pause, ...] = ()
    closed: tuple[Closed, ...] = ()
    marks: tuple[Mark, ...] = ()
    above: str = ""
    below: str = ""


def ribbon(life: Life, *, prefix: str) -> Drawing:
    """Draw a case's life twice: wide, for a desktop screen, and narrow, for a phone."""
    return both_widths(lambda p, width: ribbon_at(life, prefix=p, width=width), prefix)


def ribbon_at(life: Life, *, prefix: str, width: int = WIDE) -> Drawing:
    """Draw a case's life at one width, in SVG units.

    Raises: EmptyLife, UnknownHolder.
    """
    _check(life)
    gutter = GUTTER if width >= WIDE and (life.above or life.below) else 6.0
    axis = _axis(life, gutter, width - 8.0)
    flags, rows = place_flags(_flags(life, axis), width)
    band_y = rows * ROW + TICK + 6
    foot = band_y + BAND
    unnamed, unnamed_rows = place_flags(_unnamed(life, axis), width)
    axis_y = foot + TICK + unnamed_rows * ROW + 6
    out = [
        named("ribbon", prefix, life.title, life.desc, width, axis_y + HEIGHT),
        f"<defs>{hatch(f'{prefix}-pause', 'hatch')}{_dots(f'{prefix}-third')}</defs>",
        *closed_columns(axis, rows * ROW, axis_y),
        *time_scale(axis, life.marks, axis_y, width),
        *(_stretch(s, axis, band_y, prefix) for s in life.stretches),
        *_pauses(life, axis, band_y, prefix),
        *_labels(life, axis, band_y),
        *_late(life, axis, foot),
        *_messages(life, axis, band_y, gutter),
        *draw_flags(flags, band_y, axis_y),
        *draw_leaders(unnamed, foot, foot + TICK + 14),
        _end(life.stop, axis, band_y),
        "</svg>",
    ]
    return Drawing("".join(out))


def _check(life: Life) -> None:
    if not life.stretches:
        raise EmptyLife("a ribbon needs at least one stretch; give who held it from when to when")
    for stretch in life.stretches:
        if stretch.holder not in HOLDERS:
            raise UnknownHolder(f"{stretch.holder!r} holds a stretch; use one of {HOLDERS}")


def _axis(life: Life, left: float, right: float) -> Axis:
    start = min(s.start for s in life.stretches)
    end = max([life.stop.at, *(s.end for s in life.stretches), *(d.at for d in life.dues)])
    # A little air, so that a due time at the very end keeps its line.
    return lay_out(start, end + (end - start) / 50, life.closed, left=left, right=right)


# -- the band ------------------------------------------------------------------------------------


def _stretch(stretch: Stretch, axis: Axis, band_y: float, prefix: str) -> str:
    parts = list(axis.parts(stretch.start, stretch.end))
    if not parts:
        return ""
    middle = band_y + BAND / 2
    top: list[str] = []
    for x, to_x, closed in parts:
        half = (THREAD if closed else BAND) / 2
        top += [f"{num(x)} {num(middle - half)}", f"{num(to_x)} {num(middle - half)}"]
    bottom: list[str] = []
    for x, to_x, closed in reversed(parts):
        half = (THREAD if closed else BAND) / 2
        bottom += [f"{num(to_x)} {num(middle + half)}", f"{num(x)} {num(middle + half)}"]
    shape = "M" + "L".join([*top, *bottom]) + "Z"
    title = safe(stretch.title or stretch.label)
    band = f'<path class="held {stretch.holder}" d="{shape}"><title>{title}</title></path>'
    if stretch.holder == "third_party":
        band += f'<path class="over" fill="url(#{prefix}-third)" d="{shape}"/>'
    return band


def _pauses(life: Life, axis: Axis, band_y: float, prefix: str) -> Iterable[str]:
    for pause in life.pauses:
        for x, to_x, closed in axis.parts(pause.start, pause.end):
            height = THREAD if closed else BAND
            yield (
                f'<rect fill="url(#{prefix}-pause)" x="{num(x)}" '
                f'y="{num(band_y + (BAND - height) / 2)}" width="{num(max(to_x - x, 0.1))}" '
                f'height="{num(height)}"><title>{safe(pause.title)}</title></rect>'
            )


def _widest(stretch: Stretch, axis: Axis) -> tuple[float, float]:
    parts = [(x, to_x) for x, to_x, shut in axis.parts(stretch.start, stretch.end) if not shut]
    return max(parts, key=lambda part: part[1] - part[0], default=(0.0, 0.0))


def _fits(stretch: Stretch, axis: Axis) -> bool:
    x, to_x = _widest(stretch, axis)
    return text_width(stretch.label, SIZE) + 12 <= to_x - x


def _labels(life: Life, axis: Axis, band_y: float) -> Iterable[str]:
    for stretch in life.stretches:
        if stretch.label and _fits(stretch, axis):
            x, to_x = _widest(stretch, axis)
            kind = f"label on-{stretch.holder}"
            yield text((x + to_x) / 2, band_y + BAND / 2 + 4.5, stretch.label, kind, "middle")


def _unnamed(life: Life, axis: Axis) -> list[Flag]:
    """Make one label below the band for each name that fits on no part of the band."""
    said = {s.label for s in life.stretches if _fits(s, axis)}
    flags: list[Flag] = []
    for stretch in life.stretches:
        if stretch.label and stretch.label not in said:
            said.add(stretch.label)
            x, to_x = axis.x(stretch.start), axis.x(stretch.end)
            flags.append(Flag((x + to_x) / 2, stretch.label, "label below"))
    return flags


def _late(life: Life, axis: Axis, foot: float) -> Iterable[str]:
    missed = [due for due in life.dues if due.missed and due.at < life.stop.at]
    if missed:
        ends = max(min(due.until or life.stop.at, life.stop.at) for due in missed)
        x, to_x = axis.x(min(due.at for due in missed)), axis.x(ends)
        yield rect(x, foot + 2, max(to_x - x, 2), 4, "late")


# -- what stands around it -----------------------------------------------------------------------


def _messages(life: Life, axis: Axis, band_y: float, gutter: float) -> Iterable[str]:
    top, bottom = band_y - 2, band_y + BAND + 2
    if gutter == GUTTER:
        yield text(gutter - 14, top - 8, life.above, "aside", "end")
        yield text(gutter - 14, bottom + 16, life.below, "aside", "end")
    for message in life.messages:
        x = axis.x(message.at)
        theirs = message.side == "theirs"
        from_y, to_y = (top, top - TICK + 8) if theirs else (bottom, bottom + TICK - 8)
        yield (
            f'<g class="message {message.side}"><title>{safe(message.title)}</title>'
            f'<path d="M{num(x)} {num(from_y)}V{num(to_y)}"/>'
            f'<circle cx="{num(x)}" cy="{num(to_y)}" r="4"/></g>'
        )


def _flags(life: Life, axis: Axis) -> list[Flag]:
    flags = [
        Flag(axis.x(d.at), d.label, "due missed" if d.missed else "due")
        for d in sorted(life.dues, key=lambda d: d.at)
    ]
    return [*flags, Flag(axis.x(life.stop.at), life.stop.label, f"stop {life.stop.state}")]


def _end(stop: Stop, axis: Axis, band_y: float) -> str:
    x, y = axis.x(stop.at), band_y + BAND / 2
    if stop.state == "missed":
        shape = f"M{num(x - 4)} {num(y - 4)}l8 8m0 -8l-8 8"
        disc = f'<circle class="end missed" cx="{num(x)}" cy="{num(y)}" r="8"/>'
        return f'{disc}<path class="end-cross" d="{shape}"/>'
    if stop.state == "running":
        return f'<path class="end running" d="M{num(x)} {num(y - 8)}l8 8l-8 8"/>'
    return f'<circle class="end {stop.state}" cx="{num(x)}" cy="{num(y)}" r="6"/>'


def _dots(identifier: str) -> str:
    return (
        f'<pattern id="{identifier}" width="7" height="7" patternUnits="userSpaceOnUse">'
        f'<circle class="dot" cx="2" cy="2" r="1.2"/></pattern>'
    )
