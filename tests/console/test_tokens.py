"""The stylesheet's tokens: readable in both themes, and the only place where colours stand."""

import re

import pytest

from tests.console.gallery.render import CONSOLE

CSS = re.sub(r"/\*.*?\*/", "", (CONSOLE / "static/console/shinrai.css").read_text(), flags=re.S)
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS
    )
}
THEMES = {"light": 0, "dark": 1}

# (words, ground): WCAG 1.4.3 asks for 4.5 : 1.
WORDS = [
    *[(words, ground) for words in ("ink", "ink-soft", "accent", "late", "risk", "kept")
      for ground in ("paper", "shade")],
    ("ink", "accent-wash"), ("accent", "accent-wash"), ("ink", "late-wash"), ("late", "late-wash"),
    ("ink", "risk-wash"), ("risk", "risk-wash"), ("accent", "late-wash"), ("accent", "risk-wash"),
    ("on-accent", "accent"), ("on-late", "late"),
    ("on-customer", "held-customer"), ("on-third-party", "held-third-party"),
    ("on-tier1", "held-tier1"), ("on-tier2", "held-tier2"), ("on-tier3", "held-tier3"),
]  # fmt: skip
# (shape, ground): WCAG 1.4.11 asks for 3 : 1 of what is needed to understand a picture or a field.
SHAPES = [("edge", "paper"), ("edge", "shade"), ("accent", "paper"), ("late", "paper")]


def luminance(colour):
    """Source: WCAG 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_yardstick_itself_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_can_be_read(words, ground, theme):
    i = THEMES[theme]
    assert contrast(TOKENS[words][i], TOKENS[ground][i]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(shape, ground, theme):
    i = THEMES[theme]
    assert contrast(TOKENS[shape][i], TOKENS[ground][i]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_three_lines_of_support_differ_in_lightness_and_not_only_in_hue(theme):
    i = THEMES[theme]
    one, two, three = (TOKENS[f"held-tier{n}"][i] for n in (1, 2, 3))
    assert contrast(one, two) >= 1.9
    assert contrast(two, three) >= 1.9


def test_colours_stand_in_the_tokens_and_nowhere_else():
    after = CSS[CSS.index("--paper") :].split("}", 1)[1]
    strays = re.findall(r"#[0-9a-f]{3,8}\b|\bhsl\(|\boklch\(", after)
    assert strays == ["#ffffff"]  # paper is white when it is paper


def test_every_token_that_is_used_is_there_and_every_one_that_is_there_is_used():
    named = set(re.findall(r"^\s*--([\w-]+):", CSS, flags=re.M))
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) == named


def test_there_are_five_sizes_of_type():
    sizes = set(re.findall(r"font-size:\s*([^;}]+)", CSS.split("@media print")[0]))
    off_scale = {s for s in sizes if not re.match(r"(calc\()?var\(--t[1-5]\)|100%|inherit", s)}
    # Drawings are set in units of their own viewBox; code is fitted to the words around it.
    assert off_scale == {"13px", "12px", "11px", "0.92em"}


def test_every_block_of_the_stylesheet_is_closed() -> None:
    """A brace lost in the middle puts all that follows into the block for phones."""
    depth = 0
    for line in CSS.splitlines():
        assert depth == 0 or not line.startswith(("@media", ".")), line
        depth += line.count("{") - line.count("}")
    assert depth == 0
