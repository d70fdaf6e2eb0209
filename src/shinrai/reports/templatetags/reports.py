"""Reports on a page and on paper: their sentences, dates, and the line of weeks."""

from datetime import date

from django import template
from django.utils.translation import get_language, gettext

from shinrai.console.charts.spark import Point, Spark, spark
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import DAYS, MONTHS, Language, language_of, share_words
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.reports.queries.documents import section_sentence, sentence_of, spread_words
from shinrai.reports.queries.period import PeriodReport, Section, Spread, Week
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.unknown import Unknown

register = template.Library()
FEWEST_WEEKS = 3  # of fewer a line is no picture


@register.simple_tag
def report_sentence(report: PeriodReport) -> str:
    """Say the report in one sentence."""
    return sentence_of(report)


@register.simple_tag
def section_words(section: Section) -> str:
    """Say one objective of the report in one sentence."""
    return section_sentence(section)


@register.simple_tag
def spread_said(spread: Spread | Unknown) -> str:
    """Say how long answers took."""
    return spread_words(spread)


@register.simple_tag
def dates_words(first: date, last: date) -> str:
    """Say a span of dates: Mon 1 June – Tue 30 June 2026."""
    if _language() == "ja":
        until = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{_day(first)}〜{until}{_day(last)}"
    year = f" {first.year}" if last.year != first.year else ""
    return f"{_day(first)}{year} – {_day(last)} {last.year}"


@register.simple_tag
def week_words(week: Week) -> str:
    """Say a week by its dates."""
    if _language() == "ja":
        return f"{week.first.month}/{week.first.day}〜{week.last.month}/{week.last.day}"
    return f"{week.first.day} {week.first:%b} – {week.last.day} {week.last:%b}"


@register.simple_tag
def weeks_picture(section: Section, prefix: str) -> Drawing | str:
    """Draw the share kept by week, with its intervals; nothing for a few weeks."""
    if len(section.weeks) < FEWEST_WEEKS:
        return ""
    points = tuple(_point(week) for week in section.weeks)
    last = next((p for p in reversed(points) if p.value is not None), None)
    target = section.report.standing.objective.target
    return spark(
        Spark(
            title=gettext("Kept in time, by week"),
            desc=section_sentence(section),
            points=points,
            end_label="" if last is None or last.value is None else f"{round(last.value * 100)} %",
            bottom=0.0,
            top=1.0,
            target=float(target),
            target_label=f"{percent_of_target(target)} %",
        ),
        prefix=prefix,
    )


def _point(week: Week) -> Point:
    fraction, interval = week.share.fraction, wilson(week.share.count, week.share.of)
    label = f"{week.first.month}/{week.first.day}"
    if isinstance(fraction, Unknown) or not isinstance(interval, Interval):
        return Point(label, None, is_complete=week.is_over)
    said = share_words(week.share, language=_language(), interval=interval)
    return Point(
        label,
        float(fraction),
        interval.low,
        interval.high,
        is_complete=week.is_over,
        title=f"{label}: {said}",
    )


def _day(on: date) -> str:
    if _language() == "ja":
        return f"{on.month}月{on.day}日（{DAYS['ja'][on.weekday()]}）"
    return f"{DAYS['en'][on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def _language() -> Language:
    return language_of(get_language())
