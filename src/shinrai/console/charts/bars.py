"""Counts as lying bars from one baseline, each with its name before and its number behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.console.charts.svg import Drawing, line, named, rect, safe, text, text_width
from shinrai.console.rules.wording import grouped

SIZE = 13.0
ROW = 26.0
FOOT = 18.0


@dataclass(frozen=True)
class Bar:
    """A count with its name; `said` is written behind its bar, `href` is what lies behind it."""

    label: str
    count: int
    said: str
    href: str = ""


def bars(rows: Sequence[Bar], *, prefix: str, title: str, width: int = 360) -> Drawing:
    """Draw counts on a scale from 0 to the greatest."""
    left = max((text_width(row.label, SIZE) for row in rows), default=0.0) + 10
    room = max((text_width(row.said, SIZE) for row in rows), default=0.0) + 10
    most = max((row.count for row in rows), default=0)
    right = max(width - room, left + 40)
    foot = ROW * len(rows)
    out = [named("bars", prefix, title, "", width, foot + FOOT).replace('"img"', '"group"')]
    for number, row in enumerate(rows):
        y, x = ROW * number, left + (right - left) * row.count / max(most, 1)
        drawn = text(0, y + 17, row.label, "group") + (
            rect(left, y + 5, x - left, 15, "bar") if row.count else ""
        )
        drawn += text(x + 6, y + 17, row.said, "end-label")
        words = f"{row.label}: {row.said}"
        link = f'<a href="{safe(row.href)}" aria-label="{safe(words)}">{drawn}</a>'
        out.append(link if row.href else drawn)
    out.append(line(left, 0, left, foot, "axis"))
    out.append(text(left, foot + 14, "0", "hour", "middle"))
    if most:
        out.append(
            line(right, foot, right, foot + 4, "axis") + line(left, foot, right, foot, "grid")
        )
        out.append(text(right, foot + 14, grouped(most), "hour", "middle"))
    return Drawing("".join((*out, "</svg>")))
