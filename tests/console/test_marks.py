"""Marks on charts: a release of Wednesday 9 September 2026 on weeks from Monday 31 August."""

from datetime import date, timedelta
from xml.etree import ElementTree

from shinrai.console.charts.marks import ChartMark, Event, draw_events, events_of
from shinrai.console.charts.spark import Point, Spark, spark

WEEKS = [date(2026, 8, 31) + timedelta(weeks=n) for n in range(4)]
RELEASE = ChartMark(date(2026, 9, 9), date(2026, 9, 9), "App 6.0")


def test_lies_between_its_days() -> None:
    [release] = events_of([RELEASE], WEEKS)

    assert release == Event(1 + 2 / 7, "App 6.0")


def test_a_span_ends_after_its_last_day_and_is_cut_at_the_chart() -> None:
    before = ChartMark(date(2026, 8, 1), date(2026, 9, 6), "campaign")
    beyond = ChartMark(date(2026, 9, 21), date(2026, 12, 1), "outage")

    first, second = events_of([before, beyond], WEEKS)

    assert (first.index, first.to_index) == (0.0, 1.0)
    assert (second.index, second.to_index) == (3.0, 4.0)


def test_what_lies_outside_is_left_out() -> None:
    marks = [ChartMark(on, on, "x") for on in (date(2026, 8, 30), date(2026, 9, 28))]

    assert events_of(marks, WEEKS) == ()
    assert events_of([RELEASE], WEEKS[:1]) == ()
    assert events_of([RELEASE], [*WEEKS, None]) == ()


def test_seven_imports_of_a_week_are_one_mark() -> None:
    days = (date(2026, 9, 7) + timedelta(days=n) for n in range(7))
    pulls = [ChartMark(on, on, "import zendesk", is_derived=True) for on in days]

    assert len(events_of(pulls, WEEKS)) == 1


def names(*events: Event, right: float = 300.0) -> list[str]:
    drawn = draw_events(events, lambda index: index * 100, right=right, top=18, bottom=76)
    texts = ElementTree.fromstring(f"<svg>{''.join(drawn)}</svg>").iter("text")
    return [text.text or "" for text in texts]


def test_a_declared_name_is_cut_and_a_derived_one_left_out() -> None:
    declared, derived = Event(0, "Sign-in outage"), Event(1.2, "import zendesk", is_derived=True)

    assert names(derived, declared) == ["Sign-in outage", "import zendesk"]
    assert names(derived, declared, right=60) == ["Sign-in…"]


def test_a_chart_names_its_marks_for_eyes_hands_and_screen_readers() -> None:
    points = tuple(Point(str(on), float(n), said=str(n), since=on) for n, on in enumerate(WEEKS))
    chart = Spark("Received", "", points, marks=(RELEASE,))

    drawn = ElementTree.fromstring(spark(chart, prefix="p"))

    told = [element.text for element in drawn.iter() if element.text == "App 6.0"]
    assert len(told) == 3  # the name, its tooltip, and the description
