"""A month as a table of days; each kind of day has its own shape and words."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from shinrai.console.charts.svg import Drawing, hatch, named, num, rect, safe, text

CELL = 26.0
SIZE = 12.0
HEAD = 40.0
WIDTH = 7 * CELL
DOTS = {"little": 1, "some": 2, "much": 3}  # how much was done on a day, beside its shade


@dataclass(frozen=True)
class Cell:
    """A day: its number, its kind (the CSS class, such as "holiday"), and its full description."""

    day: int
    sort: str
    title: str
    is_today: bool = False


@dataclass(frozen=True)
class MonthPicture:
    """A month with its name; `offset` is the number of empty cells before the first day."""

    title: str
    desc: str
    weekdays: tuple[str, ...]
    offset: int
    cells: tuple[Cell, ...]


def month(picture: MonthPicture, *, prefix: str) -> Drawing:
    """Draw a month; kinds of days differ by marks and hatching, not by colour alone."""
    rows = -(-(picture.offset + len(picture.cells)) // 7)
    height = HEAD + rows * CELL + 2
    out = [
        named("month", prefix, picture.title, picture.desc, WIDTH, height),
        f"<defs>{hatch(f'{prefix}-closed', 'hatch soft', 4)}</defs>",
        text(2, 14, picture.title, "name"),
    ]
    for number, label in enumerate(picture.weekdays):
        out.append(text(number * CELL + CELL / 2, 33, label, "hour", "middle"))
    for number, cell in enumerate(picture.cells):
        out += _cell(cell, picture.offset + number, prefix)
    out.append("</svg>")
    return Drawing("".join(out))


def days_of_month(
    start: date,
    cell: Callable[[date], tuple[str, str]],
    *,
    today: date,
    desc: str,
    weekdays: tuple[str, ...],
) -> Drawing:
    """Draw the month that begins on a date; `cell` gives each day's kind and description.

    `weekdays`: Sunday first.
    """
    days = [start.replace(day=n + 1) for n in range(monthrange(start.year, start.month)[1])]
    picture = MonthPicture(
        title=f"{start:%Y-%m}",
        desc=desc,
        weekdays=weekdays,
        offset=(start.weekday() + 1) % 7,
        cells=tuple(Cell(day.day, *cell(day), is_today=day == today) for day in days),
    )
    return month(picture, prefix=f"m{start.month}")


def _cell(cell: Cell, place: int, prefix: str) -> Iterable[str]:
    x, y = place % 7 * CELL, HEAD + place // 7 * CELL
    yield f'<g class="cell {cell.sort}"><title>{safe(cell.title)}</title>'
    yield rect(x + 1, y + 1, CELL - 2, CELL - 2, "ground")
    if cell.sort == "closed":
        yield (
            f'<rect fill="url(#{prefix}-closed)" x="{num(x + 1)}" y="{num(y + 1)}" '
            f'width="{num(CELL - 2)}" height="{num(CELL - 2)}"/>'
        )
    yield text(x + CELL / 2, y + CELL / 2 + 4, str(cell.day), "number", "middle")
    yield from _mark(cell.sort, x, y)
    if cell.is_today:
        yield rect(x + 1, y + 1, CELL - 2, CELL - 2, "today")
    yield "</g>"


def _mark(sort: str, x: float, y: float) -> Iterable[str]:
    middle, foot = x + CELL / 2, y + CELL - 5
    if sort == "holiday":
        yield f'<circle class="mark" cx="{num(middle)}" cy="{num(foot)}" r="2"/>'
    elif sort == "dated_hours":
        yield f'<path class="mark-line" d="M{num(x + 6)} {num(foot)}h{num(CELL - 12)}"/>'
    elif sort == "break":
        yield (
            f'<path class="mark-line" d="M{num(x + 5)} {num(foot)}h{num(CELL / 2 - 7)}'
            f'm4 0h{num(CELL / 2 - 7)}"/>'
        )
    elif sort in DOTS:
        for number in range(DOTS[sort]):
            at = middle + (number - (DOTS[sort] - 1) / 2) * 6
            yield f'<circle class="mark" cx="{num(at)}" cy="{num(foot)}" r="1.75"/>'
    elif sort == "clock_change":
        yield f'<path class="mark-line" d="M{num(middle - 4)} {num(foot - 1)}l4 3l4 -3"/>'


def cell_sample(sort: str, *, prefix: str) -> Drawing:
    """Draw one cell of a kind without a number, for the legend."""
    inner = "".join(_cell(Cell(1, sort, ""), 0, prefix)).replace(">1</text>", "></text>")
    box = f'viewBox="0 {num(HEAD)} {num(CELL)} {num(CELL)}"'
    pattern = f"<defs>{hatch(f'{prefix}-closed', 'hatch soft', 4)}</defs>"
    return Drawing(
        f'<svg class="chart month sample" {box} aria-hidden="true">{pattern}{inner}</svg>'
    )
