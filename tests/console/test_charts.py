"""The drawings: well-formed, escaped, named, and the same every time."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from shinrai.console.charts.bars import Bar, bars
from shinrai.console.charts.budget_row import (
    Budget,
    Square,
    UnknownSquare,
    budget_row,
    budget_row_at,
    glyph,
    is_bar,
)
from shinrai.console.charts.flags import place_flags
from shinrai.console.charts.marks import Event
from shinrai.console.charts.ribbon import (
    EmptyLife,
    Stretch,
    UnknownHolder,
    _axis,
    _flags,
    _unnamed,
    ribbon,
    ribbon_at,
)
from shinrai.console.charts.spark import Point, Spark, spark
from tests.console import lives

SVG = "{http://www.w3.org/2000/svg}"
LIVES = [
    lives.two_days,
    lives.over_a_weekend,
    lives.still_running,
    lives.five_weeks,
    lives.half_a_year,
]
EVIL = "<script>\"&'\x00"


def drawn(markup):
    return ElementTree.fromstring(f"<div>{markup}</div>")


def words_of(root):
    return [element.text for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("story", LIVES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_ribbon_names_itself_and_its_due_times(story, language):
    life = story(language)
    root = drawn(ribbon_at(life, prefix="a"))
    svg = root.find(f"{SVG}svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "a-title a-desc"
    assert root.find(f".//{SVG}title[@id='a-title']").text == life.title
    for due in life.dues:
        assert due.label in words_of(root)
    assert life.stop.label in words_of(root)


@pytest.mark.parametrize("story", LIVES)
@pytest.mark.parametrize("width", [360, 960])
def test_every_holder_is_named_in_words_and_not_by_colour_alone(story, width):
    life = story("en")
    said = words_of(drawn(ribbon_at(life, prefix="a", width=width)))
    assert {stretch.label for stretch in life.stretches} <= set(said)


@pytest.mark.parametrize("story", LIVES)
@pytest.mark.parametrize("width", [360, 960])
def test_no_words_of_flags_overlap(story, width):
    """Two flags of one row must leave each other their room, measured as the page measures it."""
    life = story("ja")
    axis = _axis(life, 6.0, width - 8.0)
    for flags in (_flags(life, axis), _unnamed(life, axis)):
        placed, _ = place_flags(flags, width)
        for i, one in enumerate(placed):
            for other in placed[i + 1 :]:
                assert one.row != other.row or one.right < other.left or other.right < one.left


def test_a_pause_is_hatched_and_a_late_end_is_crossed_and_underlined():
    paused = drawn(ribbon_at(lives.two_days("en"), prefix="a"))
    assert any(r.get("fill") == "url(#a-pause)" for r in paused.iter(f"{SVG}rect"))
    late = ribbon_at(lives.over_a_weekend("en"), prefix="a")
    assert 'class="late"' in late
    assert "end-cross" in late
    in_time = ribbon_at(lives.two_days("en"), prefix="a")
    assert 'class="late"' not in in_time


def test_what_customers_and_agents_write_cannot_break_out_of_a_drawing():
    life = lives.two_days("en")
    stretch = replace(life.stretches[0], label=EVIL, title=EVIL)
    evil = replace(life, title=EVIL, desc=EVIL, stretches=(stretch,), above=EVIL)
    root = drawn(ribbon_at(evil, prefix="a"))
    assert not list(root.iter("script"))
    square = Square("missed", EVIL, href='/x/"onclick="', group=EVIL)
    budget = Budget(EVIL, EVIL, (square,), 1, EVIL)
    link = drawn(budget_row_at(budget, prefix="b")).find(f".//{SVG}a")
    assert link.get("href") == '/x/"onclick="'
    assert link.get("onclick") is None
    line = Spark(EVIL, EVIL, (Point(EVIL, 0.5, title=EVIL, said=EVIL),))
    assert not list(drawn(spark(line, prefix="c")).iter("script"))


def test_two_drawings_on_a_page_share_no_identifier_and_draw_the_same_twice():
    markup = ribbon(lives.two_days("en"), prefix="one") + ribbon(lives.two_days("en"), prefix="two")
    identifiers = [e.get("id") for e in drawn(markup).iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert ribbon(lives.two_days("en"), prefix="one") == ribbon(lives.two_days("en"), prefix="one")


@pytest.mark.parametrize(
    "markup",
    [
        *(ribbon(story("ja"), prefix="a") for story in LIVES),
        budget_row(lives.month_budget("ja"), prefix="a"),
        spark(lives.weekly_line("ja"), prefix="a"),
    ],
)
def test_a_strict_policy_lets_every_drawing_pass(markup):
    assert "style=" not in markup
    assert "<style" not in markup
    for element in drawn(markup).iter():
        assert not [name for name in element.attrib if name.startswith("on")]


def test_a_holder_without_a_colour_and_a_life_without_a_stretch_are_refused():
    life = lives.two_days("en")
    nobody = Stretch(life.stretches[0].start, life.stretches[0].end, "tier9", "?")
    with pytest.raises(UnknownHolder, match="tier9"):
        ribbon_at(replace(life, stretches=(nobody,)), prefix="a")
    with pytest.raises(EmptyLife):
        ribbon_at(replace(life, stretches=()), prefix="a")


def test_each_ticket_is_one_square_in_order_of_its_due_moment():
    budget = lives.month_budget("en")
    root = drawn(budget_row_at(budget, prefix="b"))
    squares = [r.get("class") for r in root.iter(f"{SVG}rect") if "square" in r.get("class")]
    assert squares == [f"square {square.state}" for square in budget.squares]


def test_a_missed_ticket_is_reached_by_the_tab_key_and_a_kept_one_from_the_table():
    root = drawn(budget_row_at(lives.month_budget("en"), prefix="b"))
    stops = {
        link.find(f"{SVG}rect").get("class"): link.get("tabindex") for link in root.iter(f"{SVG}a")
    }
    assert stops["square missed"] is None
    assert stops["square running"] is None
    assert stops["square kept"] == "-1"


def test_the_allowance_has_a_slot_per_miss_and_shows_what_is_over():
    squares = (Square("missed", "a"), Square("overdue", "b"), Square("kept", "c"))
    within = budget_row_at(Budget("t", "d", squares, 3), prefix="b")
    assert (within.count('class="slot"'), within.count('class="used"')) == (3, 2)
    assert "spent" not in within
    beyond = budget_row_at(Budget("t", "d", squares, 1), prefix="b")
    assert (beyond.count('class="slot"'), beyond.count('class="slot over"')) == (1, 1)
    assert "spent" in beyond


@pytest.mark.parametrize("count", [1, 100, 101, 3_229])
@pytest.mark.parametrize("width", [360, 960])
def test_over_a_hundred_tickets_are_one_bar_as_wide_as_the_row(count, width):
    squares = (*[Square("kept", "k")] * (count - 1), Square("missed", "m"))
    root = drawn(budget_row_at(Budget("t", "d", squares), prefix="b", width=width))

    found = [r for r in root.iter(f"{SVG}rect") if "square" in r.get("class")]

    assert is_bar(count) == (count > 100)
    assert len(found) == (min(count, 2) if is_bar(count) else count)
    if is_bar(count):
        assert sum(float(r.get("width")) for r in found) == pytest.approx(width - 2, abs=0.2)
        assert words_of(root) == ["0", f"{count:,}"]


def test_one_miss_among_thousands_is_still_seen():
    squares = (*[Square("kept", "k")] * 5_000, Square("missed", "m"))
    words = (("kept", "5,000 kept"), ("missed", "1 missed"))
    root = drawn(budget_row_at(Budget("t", "d", squares, state_words=words), prefix="b"))

    [missed] = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "square missed"]
    assert float(missed.get("width")) >= 3
    assert "1 missed" in {title.text for title in root.iter(f"{SVG}title")}


def test_more_allowed_misses_than_can_be_counted_are_a_bar_too():
    squares = tuple(Square("missed", "m") for _ in range(61))
    markup = budget_row_at(Budget("t", "d", squares, 342, "342 allowed, 61 used"), prefix="b")

    assert markup.count('class="slot"') == 1
    assert "342 allowed, 61 used" in words_of(drawn(markup))


def test_bars_are_as_long_as_their_counts_and_say_them():
    rows = (Bar("0–1", 4, "4", "/x/?a=1&b=2"), Bar("2–5", 8, "8"), Bar("6–20", 0, "0"))
    root = drawn(bars(rows, prefix="a", title=EVIL))

    wide = [float(r.get("width")) for r in root.iter(f"{SVG}rect")]
    assert wide[1] == pytest.approx(2 * wide[0], abs=0.2)
    assert len(wide) == 2
    assert {"0–1", "4", "8", "0"} <= set(words_of(root))
    assert root.find(f".//{SVG}a").get("href") == "/x/?a=1&b=2"


def test_a_square_without_a_shape_is_refused():
    with pytest.raises(UnknownSquare, match="lost"):
        budget_row_at(Budget("t", "d", (Square("lost", "x"),)), prefix="b")


def test_an_empty_budget_is_an_empty_row():
    assert drawn(budget_row_at(Budget("t", "d", ()), prefix="b")).find(f".//{SVG}rect") is None


def test_a_week_of_which_nothing_is_known_breaks_the_line():
    chart = lives.weekly_line("en")
    whole = replace(chart, points=tuple(replace(p, value=0.9) for p in chart.points))
    gap = spark(chart, prefix="s").count('class="line')
    assert gap == spark(whole, prefix="s").count('class="line') - 2


def test_a_week_that_is_not_over_is_hatched():
    assert spark(lives.weekly_line("en"), prefix="s").count("url(#s-open)") == 1


@pytest.mark.parametrize("values", [[], [None], [0.5], [0.5, 0.5]])
def test_a_line_of_little_or_nothing_is_still_drawn(values):
    points = tuple(Point(str(i), value) for i, value in enumerate(values))
    assert drawn(spark(Spark("t", "d", points), prefix="s")) is not None


def test_a_glyph_says_nothing_to_those_who_hear_the_word_beside_it():
    assert 'aria-hidden="true"' in glyph("missed")


def test_the_name_of_a_late_event_stays_within_the_picture():
    """Labels are as wide as guessed: to the right of their line, or to the left at the end."""
    points = tuple(Point(str(n), float(n), said=str(n)) for n in range(9))
    events = (Event(1, "Sports Day"), Event(8, "Labor Thanksgiving Day"))
    chart = Spark("t", "d", points, events=events)

    root = drawn(spark(chart, prefix="a"))

    found = {element.text: element for element in root.iter(f"{SVG}text")}
    early, late = found["Sports Day"], found["Labor Thanksgiving Day"]
    assert early.get("text-anchor") is None
    assert late.get("text-anchor") == "end"
    assert float(late.get("x")) > float(early.get("x"))


def test_the_last_complete_period_is_labelled_and_one_not_over_has_no_number():
    """On Monday noon 23 came; of the week before 263, and that is what the picture says."""
    points = (
        Point("16 Nov", 251.0, title="16 Nov: 251", said="251"),
        Point("23 Nov", 263.0, title="23 Nov: 263", said="263"),
        Point("30 Nov", 23.0, is_complete=False, title="30 Nov: 23", said="23"),
    )

    picture = spark(Spark("Received", "", points, bottom=0.0), prefix="l")
    root = drawn(picture)

    [label] = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "end-label"]
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert label == "263"
    assert {"16 Nov: 251", "23 Nov: 263", "30 Nov"} <= set(titles)
    assert not any("30 Nov: 23" in title for title in titles)
    assert str(picture).count('class="line"') == 1, "no line leads to a week that is not over"


@pytest.mark.parametrize("solved", [300.0, 263.0, 20.0])
def test_of_two_lines_each_last_complete_period_is_named_and_no_name_covers_another(solved):
    weeks = ("16 Nov", "23 Nov", "30 Nov")
    came, done = (
        tuple(
            Point(on, value, is_complete=on != "30 Nov", said=f"{name} {value:.0f}")
            for on, value in zip(weeks, (251.0, last, 23.0), strict=True)
        )
        for name, last in (("received", 263.0), ("solved", solved))
    )

    root = drawn(spark(Spark("t", "", came, bottom=0.0, beside=done), prefix="l"))

    labels = [t for t in root.iter(f"{SVG}text") if t.get("class") == "end-label"]
    assert {label.text for label in labels} == {"received 263", f"solved {solved:.0f}"}
    heights = [float(label.get("y")) for label in labels]
    assert abs(heights[0] - heights[1]) >= 13


def test_where_no_period_is_complete_none_is_labelled():
    points = tuple(Point(str(n), 1.0, is_complete=False, said="100 %") for n in range(3))

    assert "100 %" not in str(spark(Spark("t", "d", points), prefix="n"))
