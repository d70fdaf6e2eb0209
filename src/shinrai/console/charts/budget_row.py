"""The budget row: one square per ticket due in the period, so that a budget can be counted.

A filled square is kept, an open one still runs, a crossed one is missed, a dotted one is
expected later. Over 100 tickets are one bar with the same parts, on a scale. Below is one slot per
miss the target allows: used slots are crossed, and misses beyond follow after a line.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from shinrai.console.charts.svg import (
    WIDE,
    Drawing,
    both_widths,
    line,
    num,
    rect,
    safe,
    text,
    text_width,
)
from shinrai.units.errors import Misuse

# In the order in which they stand in a bar: what is over comes first.
SquareState = Literal["kept", "missed", "overdue", "running", "paused", "expected"]
STATES: tuple[SquareState, ...] = get_args(SquareState)
MISSES: tuple[SquareState, ...] = ("missed", "overdue")

SIDE = 16.0
PITCH = 24.0  # a finger's width on a phone: WCAG 2.2, 2.5.8
LABEL = 18.0
MOST_SQUARES = 100
LEAST = 3.0  # a part of a bar is drawn at least so wide: one miss among thousands is seen


class UnknownSquare(Misuse, ValueError):
    """The state of a ticket has no shape in the budget row."""


@dataclass(frozen=True)
class Square:
    """A ticket: its state, its title (case and due moment), its link, and the name of its week."""

    state: SquareState
    title: str
    href: str = ""
    group: str = ""


@dataclass(frozen=True)
class Budget:
    """Everything a budget row shows, in order of due moment; callers pass in all words."""

    title: str
    desc: str
    squares: tuple[Square, ...]
    allowed: int | None = None
    allowed_label: str = ""
    state_words: tuple[tuple[SquareState, str], ...] = ()


@dataclass(frozen=True)
class _Place:
    square: Square
    width: float
    x: float
    y: float
    label: str


def budget_row(budget: Budget, *, prefix: str) -> Drawing:
    """Draw a budget twice: wide, for a desktop screen, and narrow, for a phone."""
    return both_widths(lambda p, width: budget_row_at(budget, prefix=p, width=width), prefix)


def budget_row_at(budget: Budget, *, prefix: str, width: int = WIDE) -> Drawing:
    """Draw a budget at one width.

    Raises: UnknownSquare.
    """
    for square in budget.squares:
        if square.state not in STATES:
            raise UnknownSquare(f"{square.state!r} is no state of a square; use one of {STATES}")
    draw = _bar if is_bar(len(budget.squares)) else _flow
    places, bottom, scale = draw(budget, width)
    allowance, height = _allowance(budget, bottom, width)
    # A group and not an image: an image's links could be reached by nobody who cannot see it.
    return Drawing(
        f'<svg class="chart budget-row" viewBox="0 0 {width} {num(max(height, SIDE))}" '
        f'role="group" aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{prefix}-title">{safe(budget.title)}'
        f'</title><desc id="{prefix}-desc">{safe(budget.desc)}</desc>'
        f"{''.join(_drawn(p) for p in places)}{scale}{''.join(allowance)}</svg>"
    )


def glyph(state: SquareState) -> Drawing:
    """Draw one square alone, to put before its name in a table or a sentence."""
    return Drawing(
        f'<svg class="glyph" viewBox="-1 -1 18 18" aria-hidden="true" focusable="false">'
        f"{_shape(state, 0, 0, SIDE)}</svg>"
    )


def is_bar(count: int) -> bool:
    """Tell whether so many tickets are drawn as one bar instead of a square each."""
    return count > MOST_SQUARES


def _bar(budget: Budget, width: int) -> tuple[list[_Place], float, str]:
    """Place the states one after another, as wide as their share of all tickets.

    Shape: the places, the y coordinate below the scale, and the scale.
    """
    counts = Counter(square.state for square in budget.squares)
    words, full = dict(budget.state_words), width - 2.0
    widths = {s: max(LEAST, full * counts[s] / counts.total()) for s in STATES if counts[s]}
    widths[max(widths, key=lambda state: widths[state])] -= sum(widths.values()) - full
    places, x = [], 1.0
    for state, wide in widths.items():
        square = Square(state, words.get(state, f"{counts[state]:,}"))
        places.append(_Place(square, wide, x, 0.0, ""))
        x += wide
    foot = SIDE + 14
    ends = text(1, foot, "0", "group") + text(
        width - 1, foot, f"{counts.total():,}", "group", "end"
    )
    return places, foot, ends


def _flow(budget: Budget, width: int) -> tuple[list[_Place], float, str]:
    """Place the squares line by line; each week starts with a small gap and its name above.

    Shape: the places, the y coordinate below the last line, and no scale.
    """
    squares = budget.squares
    has_groups = any(square.group for square in squares)
    head = LABEL if has_groups else 0.0
    places: list[_Place] = []
    x, y, group, label_end = 1.0, head, "", 0.0
    for square in squares:
        label = ""
        if square.group != group:
            x += 10 if group and x > 1 else 0
            group = label = square.group
        # A week that has no room left for its name begins on the next line.
        if x + max(SIDE, text_width(label, 12) if label else 0.0) > width - 1:
            x, y, label_end = 1.0, y + PITCH + head, 0.0
        if label and x < label_end:
            label = ""
        if label:
            label_end = x + text_width(label, 12) + 6
        places.append(_Place(square, SIDE, x, y, label))
        x += PITCH
    return places, (y + PITCH if places else 0.0), ""


def _drawn(place: _Place) -> str:
    square = place.square
    label = text(place.x, place.y - 6, place.label, "group") if place.label else ""
    shape = _shape(square.state, place.x, place.y, place.width)
    inner = f"<title>{safe(square.title)}</title>{shape}"
    if not square.href:
        return f"{label}<g>{inner}</g>"
    # A hundred stops of the tab key would be a wall: what was kept is reached from the table.
    skip = ' tabindex="-1"' if square.state in ("kept", "expected") else ""
    return (
        f'{label}<a href="{safe(square.href)}" aria-label="{safe(square.title)}"{skip}>{inner}</a>'
    )


def _shape(state: SquareState, x: float, y: float, wide: float) -> str:
    box = (
        f'<rect class="square {state}" x="{num(x)}" y="{num(y)}" width="{num(wide)}" '
        f'height="{num(SIDE)}" rx="1.5"/>'
    )
    mark = min(max(wide - 8, 2), SIDE - 8)
    across, left = num(mark), x + (wide - mark) / 2
    stroke = f'<path class="stroke {state}" d="M{num(left)} {num(y + 4)}'
    if state == "missed":
        return f'{box}{stroke}l{across} 8m0 -8l-{across} 8"/>'
    if state == "overdue":
        return f'{box}{stroke}l{across} 8"/>'
    if state == "paused" and wide >= SIDE:
        left = x + wide / 2 - 2
        return f'{box}<path class="stroke paused" d="M{num(left)} {num(y + 5)}v6m4 0v-6"/>'
    return box


def _allowance(budget: Budget, top: float, width: int) -> tuple[Iterable[str], float]:
    if budget.allowed is None:
        return (), top
    out: list[str] = []
    misses = sum(square.state in MISSES for square in budget.squares)
    y, x = (top + 12 if top else 4.0), 1.0
    if is_bar(max(budget.allowed, misses)):
        x = 1 + min(1.0, misses / budget.allowed if budget.allowed else 1.0) * (width - 2)
        out.append(rect(1, y, width - 2, 6, "slot"))
        out.append(rect(1, y, x - 1, 6, "square missed") if misses else "")
        y, x = y + 8, 1 - PITCH
    else:
        y, x = _slots(out, budget.allowed, misses, y, width)
    if x + PITCH + text_width(budget.allowed_label, 13) > width:
        x, y = 1 - PITCH, y + PITCH - 2
    out.append(text(x + PITCH, y + 13, budget.allowed_label, "allowed"))
    return out, y + PITCH


def _slots(out: list[str], slots: int, misses: int, y: float, width: int) -> tuple[float, float]:
    """Draw a slot per allowed miss and a cross per miss; misses beyond follow after a line.

    Shape: y of the last line of slots, and x of its last slot.
    """
    x = 1.0
    for i in range(max(slots, misses)):
        if x + SIDE > width - 1:
            x, y = 1.0, y + PITCH
        if i == slots:
            out.append(line(x - 4, y - 3, x - 4, y + SIDE + 3, "spent"))
            x += 2
        out.append(
            f'<rect class="{"slot" if i < slots else "slot over"}" x="{num(x)}" y="{num(y)}" '
            f'width="{num(SIDE)}" height="{num(SIDE)}" rx="1.5"/>'
        )
        if i < misses:
            out.append(f'<path class="used" d="M{num(x + 3)} {num(y + 3)}l10 10m0 -10l-10 10"/>')
        x += PITCH
    return y, x - PITCH
