"""Labels on vertical lines (poles), placed in several rows so that none covers another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

from shinrai.console.charts.svg import line, text, text_width

SIZE = 13.0
ROW = 20.0
# Beyond this, trying every order would cost more than a crossed pole is worth.
MOST_ORDERED = 4


@dataclass(frozen=True)
class Flag:
    """A label and the x coordinate on the axis it belongs to."""

    x: float
    words: str
    kind: str


@dataclass(frozen=True)
class Placed:
    """A flag with its row, and whether its words are to the left of its pole."""

    flag: Flag
    row: int
    leftwards: bool
    left: float
    right: float


def place_flags(flags: Sequence[Flag], right: float) -> tuple[tuple[Placed, ...], int]:
    """Give each flag a row in which no words overlap, so that words cross few poles.

    Shape: the placed flags, and the number of rows.
    """
    orders = permutations(flags) if len(flags) <= MOST_ORDERED else [tuple(flags)]
    best = min((_in_order(order, right) for order in orders), key=_cost)
    return best, max((placed.row for placed in best), default=-1) + 1


def draw_flags(placed: Iterable[Placed], foot: float, long_foot: float) -> Iterable[str]:
    """Draw the poles first, then the words, so that words cover poles and stay readable."""
    placed = tuple(placed)
    for one in placed:
        reach = long_foot if one.flag.kind.startswith("due") else foot
        yield line(one.flag.x, one.row * ROW + 4, one.flag.x, reach, f"pole {one.flag.kind}")
    for one in placed:
        yield _words(one, one.row * ROW + 15, f"flag {one.flag.kind}")


def draw_leaders(placed: Iterable[Placed], top: float, first_row: float) -> Iterable[str]:
    """Draw labels that do not fit on the band below it, each joined to it by a line."""
    for one in placed:
        y = first_row + one.row * ROW
        yield line(one.flag.x, top, one.flag.x, y, "lead-line")
        yield _words(one, y, one.flag.kind)


def _in_order(order: Sequence[Flag], right: float) -> tuple[Placed, ...]:
    rows: list[list[tuple[float, float]]] = []
    placed: list[Placed] = []
    for flag in order:
        length = text_width(flag.words, SIZE) + 8
        fits_left, fits_right = flag.x - length > 0, flag.x + length < right
        # A missed due time has the stop on its right, and its words keep out of the way.
        leftwards = fits_left and (not fits_right or flag.kind == "due missed")
        start, end = (flag.x - length, flag.x + 3) if leftwards else (flag.x - 3, flag.x + length)
        row = 0
        while row < len(rows) and any(start <= b and a <= end for a, b in rows[row]):
            row += 1
        if row == len(rows):
            rows.append([])
        rows[row].append((start, end))
        placed.append(Placed(flag, row, leftwards, start, end))
    return tuple(placed)


def _cost(placed: tuple[Placed, ...]) -> tuple[int, int]:
    crossed = sum(
        one.left < other.flag.x < one.right and other.row <= one.row
        for one in placed
        for other in placed
        if one is not other
    )
    return crossed, max((one.row for one in placed), default=0)


def _words(one: Placed, y: float, kind: str) -> str:
    x, anchor = (one.flag.x - 5, "end") if one.leftwards else (one.flag.x + 5, "start")
    return text(x, y, one.flag.words, kind, anchor)
