"""A figure as a row of a page: its value, interval, line over time, change and links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.template import Context
from django.utils.html import strip_tags
from django.utils.translation import gettext

from shinrai.console.charts.interval import Placed, interval_bar
from shinrai.console.charts.marks import ChartMark, Event
from shinrai.console.charts.spark import Point, Spark, spark
from shinrai.console.charts.svg import Drawing, both_widths
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.changes import change, change_text
from shinrai.console.rules.wording import (
    PERCENT,
    grouped,
    percent_words,
    share_words,
)
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import verbatim
from shinrai.units.unknown import Unknown

FEWEST = 3  # points a line is drawn of
ROW_WIDTH, ROW_HEIGHT = 240, 72  # of a line in a row


@dataclass(frozen=True)
class FigureLink:
    """A link to a page with details of a figure: its cases, topics or accounts."""

    href: str
    label: str


@dataclass(frozen=True)
class FigureRow:
    """A figure as `console/_figure_row.html` shows it: a share, words, or why it is unknown."""

    key: str
    name: str
    question: str = ""
    share: Share | None = None
    said: object = ""
    more: str = ""
    over_time: Drawing | str = ""
    change: str = ""
    definition: str = ""
    version: int | None = None
    links: tuple[FigureLink, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Tell whether the figure is unknown."""
        return self.share is None and isinstance(self.said, Unknown)

    @property
    def interval(self) -> Drawing | str:
        """Draw a share with its interval on a scale from 0 to 100 %."""
        share = self.share
        if share is None or isinstance(share.fraction, Unknown):
            return ""
        ends = wilson(share.count, share.of)
        if not isinstance(ends, Interval):
            return ""
        sign = PERCENT[reader_language()]
        placed = Placed(float(share.fraction), ends.low, ends.high)
        return interval_bar(placed, scale=(f"0{sign}", f"100{sign}"))


def page_marks(context: Context) -> tuple[ChartMark, ...]:
    """Return the marks that `site` hands to every page, for the charts on it."""
    return tuple(context.get("chart_marks") or ())


def change_of(now: Share | None, before: Share | None, against: str) -> str:
    """Describe how a share changed since the previous span, which `against` names.

    "" unless both shares are given.
    """
    if now is None or before is None or not against:
        return ""
    return _capital(reader_text(change_text(change(now, before), verbatim(against))))


def said_before(said: object, against: str) -> str:
    """Describe the previous value of a figure that is no share; `against` names that span."""
    if not against or not said or isinstance(said, Unknown):
        return ""
    words = {"before": against, "said": strip_tags(str(said))}
    return _capital(gettext("%(before)s: %(said)s") % words)


def share_point(
    label: str,
    share: Share | None,
    *,
    is_complete: bool,
    target: Fraction | None = None,
    since: date | None = None,
) -> Point:
    """Make a chart point of a share and its interval; without a share the line breaks.

    In the point's words, a share that differs from `target` is never rounded to it.
    """
    fraction = Unknown("not known") if share is None else share.fraction
    interval = None if share is None else wilson(share.count, share.of)
    if share is None or isinstance(fraction, Unknown) or not isinstance(interval, Interval):
        return Point(label, None, is_complete=is_complete, since=since)
    said = share_words(share, language=reader_language(), interval=interval, target=target)
    return Point(
        label,
        float(fraction),
        interval.low,
        interval.high,
        is_complete=is_complete,
        title=f"{label}: {said}",
        said=percent_words(fraction, language=reader_language(), target=target),
        since=since,
    )


def count_point(label: str, count: int, *, is_complete: bool, since: date | None = None) -> Point:
    """Make a chart point of a count."""
    said = grouped(count)
    return Point(
        label,
        float(count),
        is_complete=is_complete,
        title=f"{label}: {said}",
        said=said,
        since=since,
    )


def share_spark(
    title: str,
    points: Sequence[Point],
    *,
    prefix: str,
    desc: str = "",
    target: float | None = None,
    target_label: str = "",
    marks: Iterable[ChartMark] = (),
    width: int = 360,
    height: int = 96,
) -> Drawing:
    """Draw a share over time on its scale from 0 to 100 %."""
    sign = PERCENT[reader_language()]
    chart = Spark(
        title=title,
        desc=desc,
        points=tuple(points),
        bottom=0.0,
        top=1.0,
        target=target,
        target_label=target_label,
        marks=tuple(marks),
        scale=(f"0{sign}", f"100{sign}"),
    )
    return spark(chart, prefix=prefix, width=width, height=height)


def count_spark(
    title: str,
    points: Sequence[Point],
    *,
    prefix: str,
    events: Sequence[Event] = (),
    marks: Iterable[ChartMark] = (),
    width: int = 360,
    height: int = 96,
) -> Drawing | str:
    """Draw counts over time from 0 to the greatest; "" if too few periods have any."""
    if sum((point.value or 0) > 0 for point in points) < FEWEST:
        return ""
    most = max(points, key=lambda point: point.value or 0)
    chart = Spark(
        title=title,
        desc="",
        points=tuple(points),
        bottom=0.0,
        top=most.value,
        events=tuple(events),
        marks=tuple(marks),
        scale=("0", most.said),
    )
    return spark(chart, prefix=prefix, width=width, height=height)


def counts_beside(
    title: str,
    points: Sequence[Point],
    beside: Sequence[Point],
    *,
    prefix: str,
    marks: Iterable[ChartMark] = (),
) -> Drawing | str:
    """Draw two counts over time on one scale; "" if too few periods have any."""
    every = (*points, *beside)
    if sum((point.value or 0) > 0 for point in every) < FEWEST:
        return ""
    most = max(point.value or 0.0 for point in every)
    chart = Spark(
        title=title,
        desc="",
        points=tuple(points),
        beside=tuple(beside),
        marks=tuple(marks),
        bottom=0.0,
        top=most,
        scale=("0", grouped(round(most))),
    )
    return both_widths(
        lambda name, width: spark(chart, prefix=name, width=width, height=160), prefix
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
