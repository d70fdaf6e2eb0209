"""A share on a scale from 0 to 100 %: a dot, and a band for its confidence interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.console.charts.svg import Drawing, line, num, rect, text

WIDTH = 240.0
HEIGHT = 14.0
SCALE = 12.0  # below the bar, where its ends are named
DOT = 4.0


@dataclass(frozen=True)
class Placed:
    """A share and the two ends of its interval, each from 0 to 1."""

    share: float
    low: float
    high: float


def interval_bar(
    placed: Placed,
    *,
    marks: Sequence[float] = (0.0, 0.5, 1.0),
    scale: tuple[str, str] = ("", ""),
) -> Drawing:
    """Draw a share with its interval; screen readers skip it, as the words beside it say both.

    `marks` are the ticks of the scale; pass none where 0, 50 and 100 % would mean nothing. `scale`
    names the two ends.
    """
    height = HEIGHT + (SCALE if any(scale) else 0)
    left, right, middle = DOT, WIDTH - DOT, HEIGHT / 2

    def x(part: float) -> float:
        return left + (right - left) * min(max(part, 0.0), 1.0)

    low, high = x(placed.low), x(placed.high)
    return Drawing(
        "".join(
            (
                f'<svg class="chart interval" viewBox="0 0 {num(WIDTH)} {num(height)}" '
                'aria-hidden="true" focusable="false" xmlns="http://www.w3.org/2000/svg">',
                line(left, middle, right, middle, "axis"),
                *(line(x(at), middle - 3, x(at), middle + 3, "axis") for at in marks),
                rect(low, middle - 4, high - low, 8, "band"),
                f'<circle class="dot-end" cx="{num(x(placed.share))}" cy="{num(middle)}" '
                f'r="{num(DOT)}"/>',
                text(0, height - 1, scale[0], "hour"),
                text(WIDTH, height - 1, scale[1], "hour", "end"),
                "</svg>",
            )
        )
    )
