"""What all charts share: escaped text, short numbers, and a picture at two widths."""

from collections.abc import Callable
from html import escape
from unicodedata import east_asian_width

# A drawing scaled down to a phone has text nobody can read, so each is drawn once per width and
# the stylesheet shows one of them.
WIDE = 960
NARROW = 360


class Drawing(str):
    """SVG text whose words are escaped already; Django templates print it unescaped."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def safe(text: str) -> str:
    """Escape words for use in element text and in double-quoted attributes."""
    # XML 1.0 has no place for control characters at all, escaped or not.
    return escape("".join(c for c in text if c >= " " or c in "\t\n"), quote=True)


def num(value: float) -> str:
    """Write a coordinate with at most one decimal, never as "-0" or "1e-05"."""
    text = f"{value:.1f}"
    return "0" if text in ("-0.0", "0.0") else text.removesuffix(".0")


def text_width(text: str, size: float) -> float:
    """Estimate the width of a line of text: full-width characters an em, others about half.

    Source: means over the Latin letters of Noto Sans and Hiragino, plus 5 %.
    """
    return size * sum(1.0 if east_asian_width(c) in "WF" else 0.56 for c in text)


def named(kind: str, prefix: str, title: str, desc: str, width: float, height: float) -> str:
    """Return the opening `<svg>` tag with a title, a description and unique ids."""
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {num(width)} {num(height)}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{prefix}-title">{safe(title)}</title>'
        f'<desc id="{prefix}-desc">{safe(desc)}</desc>'
    )


def text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    """Draw one line of text; its start, middle or end is at x, depending on `anchor`."""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{num(x)}" y="{num(y)}"{where}>{safe(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Draw a straight line."""
    return f'<path class="{kind}" d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}"/>'


def rect(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> str:
    """Draw a rectangle; its title is shown as a tooltip."""
    box = (
        f'<rect class="{kind}" x="{num(x)}" y="{num(y)}" '
        f'width="{num(max(width, 0.1))}" height="{num(max(height, 0.1))}"'
    )
    return f"{box}><title>{safe(title)}</title></rect>" if title else f"{box}/>"


def hatch(identifier: str, kind: str, step: float = 6) -> str:
    """Define a pattern of slanting lines, used with `fill="url(#identifier)"`."""
    return (
        f'<pattern id="{identifier}" width="{num(step)}" height="{num(step)}" '
        f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path class="{kind}" d="M0 0V{num(step)}"/></pattern>'
    )


def both_widths(draw: Callable[[str, int], Drawing], prefix: str) -> Drawing:
    """Draw a picture twice: wide, for a desktop screen, and narrow, for a phone.

    `draw` takes an id prefix and a width.
    """
    return Drawing(
        f'<div class="drawing wide">{draw(f"{prefix}-w", WIDE)}</div>'
        f'<div class="drawing narrow">{draw(f"{prefix}-n", NARROW)}</div>'
    )
