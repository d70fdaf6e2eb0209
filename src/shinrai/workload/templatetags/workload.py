"""Template tags: kinds of job, tiers, hours with their interval."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from shinrai.console.charts.interval import Placed, interval_bar
from shinrai.console.charts.marks import ChartMark
from shinrai.console.charts.spark import Point
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import (
    ROW_HEIGHT,
    ROW_WIDTH,
    FigureRow,
    count_spark,
    page_marks,
    said_before,
)
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import decimal_words
from shinrai.statistics.interval import Interval
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.workload.measures.declared import INTERRUPTIONS, WORKED
from shinrai.workload.queries.summary import ModeWork
from shinrai.workload.rules.jobs import Job, Weekly
from shinrai.workload.rules.kinds import JOBS, job_name

register = template.Library()
LEAST_S = 180  # less rounds to 0.0 hours


@register.filter
def job_word(job: str) -> str:
    """Return the name of a kind of job."""
    return reader_text(job_name(job))


@register.simple_tag
def job_choices() -> list[tuple[str, str]]:
    """Return the kinds of job one can choose, with their names."""
    return [(job, job_word(job)) for job in JOBS]


@register.filter
def tier_word(tier: int | None) -> str:
    """Return a tier in words, also an unknown one."""
    if tier is None:
        return gettext("tier not known")
    return gettext("tier %(tier)s") % {"tier": tier}


@register.filter
def hours(seconds: float) -> str:
    """Write seconds as hours with one decimal; a small time is "<0.1", not 0.0."""
    return "<0.1" if 0 < seconds < LEAST_S else decimal_words(seconds / 3600)


@register.filter
def topic_name(topic: str, book: Codebook) -> str:
    """Return a topic's name in the codebook, or else its key."""
    return reader_text(book.name(topic))


@register.simple_tag
def job_bar(job: Job, most_s: float) -> Drawing:
    """Draw the total time of a kind of job relative to the largest, with its interval."""
    ends = (part / most_s for part in (job.spent_s, job.low_s, job.high_s))
    scale = ("0", reader_text(Text("{hours:,} h", hours=round(most_s / 3600))))
    return interval_bar(Placed(*ends), marks=(), scale=scale)


def _week_line(
    found: Weekly | Unknown, title: str, prefix: str, marks: Iterable[ChartMark]
) -> Drawing | str:
    """Draw the value of each whole week; "" if unknown, or if too few weeks have any."""
    if isinstance(found, Unknown):
        return ""
    points = [
        Point(
            label := reader_text(Text("{on.day} {on:%b}", context="short", on=week)),
            value,
            title=f"{label}: {decimal_words(value)}",
            said=decimal_words(value),
            since=week,
        )
        for week, value in found.weeks
    ]
    return count_spark(
        title, points, prefix=prefix, marks=marks, width=ROW_WIDTH, height=ROW_HEIGHT
    )


@register.filter
def hours_a_week(found: Weekly | Unknown) -> Any:
    """Return hours per week in words with the interval, or why they are unknown."""
    return _a_week(found, gettext("%(mean)s h a week"))


@register.filter
def times_a_week(found: Weekly | Unknown) -> Any:
    """Return times per week in words with the interval, or why they are unknown."""
    return _a_week(found, gettext("%(mean)s times a week"))


def _a_week(found: Weekly | Unknown, words: str) -> Any:
    if isinstance(found, Unknown) or isinstance(found.mean, Unknown):
        return found if isinstance(found, Unknown) else found.mean
    is_small = 0 < found.mean < LEAST_S / 3600
    mean = words % {"mean": "<0.1" if is_small else decimal_words(found.mean)}
    if not isinstance(found.interval, Interval):
        return mean
    low, high = (decimal_words(end) for end in (found.interval.low, found.interval.high))
    said = gettext("(95 %%: %(low)s–%(high)s)") % {"low": low, "high": high}
    return format_html('{} <span class="of">{}</span>', mean, said)


@register.simple_tag(takes_context=True)
def tier3_rows(context: Context, mode: ModeWork, before: ModeWork | None) -> list[FigureRow]:
    """Return the figures of tier 3 per week as rows: hours, and interruptions."""
    dates, marks = context["dates"], page_marks(context)
    asked = (
        (
            WORKED,
            gettext("Work of tier 3"),
            gettext("How many hours a week do product engineers (tier 3) work on matters?"),
            mode.tier3_hours,
            before and before.tier3_hours,
            hours_a_week,
        ),
        (
            INTERRUPTIONS,
            gettext("Interruptions of tier 3"),
            gettext("How often a week does a matter reach tier 3, handed over or asked about?"),
            mode.interruptions,
            before and before.interruptions,
            times_a_week,
        ),
    )
    return [
        FigureRow(
            key=f"{measure.key}-{mode.mode}",
            name=name,
            question=question,
            said=words(now),
            over_time=_week_line(now, name, f"{measure.key}-{mode.mode}", marks),
            change=said_before(words(then) if then else "", dates.before_words),
            definition=f"#measure-{measure.key}",
            version=measure.version,
        )
        for measure, name, question, now, then, words in asked
    ]


def _language() -> str:
    return "ja" if (get_language() or "en").startswith("ja") else "en"
