"""The budget row: one square per ticket due in the period, so that a budget can be counted.

A filled square is kept, an open one still runs, a crossed one is missed, a dotted one is
expected later. Below is one slot per miss the target allows: used slots are crossed, and misses
beyond the allowed number follow after a bar.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal, get_args

from shinrai.console.charts.svg import (
    WIDE,
    Drawing,
    both_widths,
    line,
    num,
    safe,
    text,
    text_width,
)
from shinrai.units.errors import Misuse

# In the order in which they stand where a square is many tickets: what is over comes first.
SquareState = Literal["kept", "missed", "overdue", "running", "paused", "expected"]
STATES: tuple[SquareState, ...] = get_args(SquareState)
MISSES: tuple[SquareState, ...] = ("missed", "overdue")

SIDE = 16.0
PITCH = 24.0  # a finger's width on a phone: WCAG 2.2, 2.5.8
LABEL = 18.0
MOST_SQUARES = 200


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
    allowed: Fraction | None = None
    allowed_label: str = ""
    scale_words: str = "1 □ = {k}"
    state_words: tuple[tuple[SquareState, str], ...] = ()


@dataclass(frozen=True)
class _Place:
    square: Square
    part: float
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
    per = tickets_per_square(len(budget.squares))
    places, bottom = _flow(_squares(budget, per), width)
    allowance, height = _allowance(budget, per, bottom, width)
    # A group and not an image: an image's links could be reached by nobody who cannot see it.
    return Drawing(
        f'<svg class="chart budget-row" viewBox="0 0 {width} {num(max(height, SIDE))}" '
        f'role="group" aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{prefix}-title">{safe(budget.title)}'
        f'</title><desc id="{prefix}-desc">{safe(budget.desc)}</desc>'
        f"{''.join(_drawn(p) for p in places)}{''.join(allowance)}</svg>"
    )


def glyph(state: SquareState) -> Drawing:
    """Draw one square alone, to put before its name in a table or a sentence."""
    return Drawing(
        f'<svg class="glyph" viewBox="-1 -1 18 18" aria-hidden="true" focusable="false">'
        f"{_shape(state, 0, 0, 1)}</svg>"
    )


def tickets_per_square(count: int) -> int:
    """Return how many tickets one square must represent so that all squares fit.

    It is 1, 2, 5, 10, 20, 50 and so on.
    """
    per, step = 1, 0
    while ceil(count / per) + len(STATES) > MOST_SQUARES and count > MOST_SQUARES:
        step += 1
        per = (1, 2, 5)[step % 3] * 10 ** (step // 3)
    return per


def _squares(budget: Budget, per: int) -> list[tuple[Square, float]]:
    if per == 1:
        return [(square, 1.0) for square in budget.squares]
    # Order in time cannot be kept once a square is many tickets, so states stand together, and
    # a state's last square is as wide as what is left: one miss among thousands is still seen.
    counts = Counter(square.state for square in budget.squares)
    words = dict(budget.state_words)
    return [
        (Square(state, words.get(state, f"{counts[state]:,}")), min(per, left) / per)
        for state in STATES
        for left in range(counts[state], 0, -per)
    ]


def _flow(squares: list[tuple[Square, float]], width: int) -> tuple[list[_Place], float]:
    """Place the squares line by line; each week starts with a small gap and its name above.

    Shape: the placed squares, and the y coordinate below the last line.
    """
    has_groups = any(square.group for square, _ in squares)
    head = LABEL if has_groups else 0.0
    places: list[_Place] = []
    x, y, group, label_end = 1.0, head, "", 0.0
    for square, part in squares:
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
        places.append(_Place(square, part, x, y, label))
        x += PITCH
    return places, (y + PITCH if places else 0.0)


def _drawn(place: _Place) -> str:
    square = place.square
    label = text(place.x, place.y - 6, place.label, "group") if place.label else ""
    shape = _shape(square.state, place.x, place.y, place.part)
    inner = f"<title>{safe(square.title)}</title>{shape}"
    if not square.href:
        return f"{label}<g>{inner}</g>"
    # Two hundred stops of the tab key would be a wall: what was kept is reached from the table.
    skip = ' tabindex="-1"' if square.state in ("kept", "expected") else ""
    return (
        f'{label}<a href="{safe(square.href)}" aria-label="{safe(square.title)}"{skip}>{inner}</a>'
    )


def _shape(state: SquareState, x: float, y: float, part: float) -> str:
    wide = max(SIDE * part, 3.0)
    box = (
        f'<rect class="square {state}" x="{num(x)}" y="{num(y)}" width="{num(wide)}" '
        f'height="{num(SIDE)}" rx="1.5"/>'
    )
    across = num(max(wide - 8, 2))
    left = x + (wide - max(wide - 8, 2)) / 2
    stroke = f'<path class="stroke {state}" d="M{num(left)} {num(y + 4)}'
    if state == "missed":
        return f'{box}{stroke}l{across} 8m0 -8l-{across} 8"/>'
    if state == "overdue":
        return f'{box}{stroke}l{across} 8"/>'
    if state == "paused" and part == 1:
        return f'{box}<path class="stroke paused" d="M{num(x + 6)} {num(y + 5)}v6m4 0v-6"/>'
    return box


def _allowance(budget: Budget, per: int, top: float, width: int) -> tuple[Iterable[str], float]:
    out: list[str] = []
    y = top + 8 if top else 0.0
    if budget.allowed is not None:
        used = sum(square.state in MISSES for square in budget.squares)
        slots, misses = float(budget.allowed) / per, used / per
        y, x = _slots(out, slots, misses, y + 4, width)
        if x + 8 + text_width(budget.allowed_label, 13) > width:
            x, y = -7.0, y + PITCH - 2
        out.append(text(x + 8, y + 13, budget.allowed_label, "allowed"))
        y += PITCH
    if per > 1:
        out.append(text(0, y + 13, budget.scale_words.format(k=per), "group"))
        y += PITCH
    return out, y


def _slots(
    out: list[str], slots: float, misses: float, y: float, width: int
) -> tuple[float, float]:
    """Draw a slot per allowed miss and a cross per miss; misses beyond follow after a bar.

    Shape: y of the last line of slots, and x where that line ends.
    """
    x = 1.0
    for i in range(ceil(max(slots, misses))):
        if x + SIDE > width - 1:
            x, y = 1.0, y + PITCH
        inside, crossed = min(slots - i, 1.0), misses - i > 0
        if slots <= i and slots > i - 1:
            out.append(line(x - 4, y - 3, x - 4, y + SIDE + 3, "spent"))
            x += 2
        kind = "slot" if inside > 0 else "slot over"
        wide = SIDE * inside if inside > 0 else SIDE
        out.append(
            f'<rect class="{kind}" x="{num(x)}" y="{num(y)}" width="{num(max(wide, 2))}" '
            f'height="{num(SIDE)}" rx="1.5"/>'
        )
        if crossed:
            out.append(f'<path class="used" d="M{num(x + 3)} {num(y + 3)}l10 10m0 -10l-10 10"/>')
        x += PITCH
    return y, x - PITCH + SIDE
