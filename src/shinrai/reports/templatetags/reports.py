"""Reports on a page and on paper: their words, and the lines of weeks or months."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from shinrai.console.charts.spark import Event, Point, Spark, spark
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import Language, language_of, percent_words, share_words
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.quality.queries.lines import Stretch
from shinrai.quality.queries.words import NAMES
from shinrai.quality.templatetags.quality import drawable, share_line
from shinrai.reports.queries import promises
from shinrai.reports.queries.laid_out import laid_out, sentence_of, title_of
from shinrai.reports.queries.records import PeriodReport, Section, Spread, Week
from shinrai.reports.rules.outline import Outline
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.unknown import Unknown

register = template.Library()
FEWEST_WEEKS = 3  # of fewer a line is no picture


@register.simple_tag
def outline_of(report: PeriodReport) -> Outline:
    """Lay the report out in words."""
    return laid_out(report)


@register.simple_tag
def report_title(report: PeriodReport) -> str:
    """Name the report by its period and dates."""
    return title_of(report)


@register.simple_tag
def report_sentence(report: PeriodReport) -> str:
    """Say the report in a sentence or two."""
    return sentence_of(report)


@register.simple_tag
def section_words(report: PeriodReport, section: Section) -> list[str]:
    """Say one objective of the report, a sentence a fact."""
    return list(promises.section_sentences(report, section, _language()))


@register.simple_tag
def spread_said(spread: Spread | Unknown) -> str:
    """Say how long answers took."""
    return promises.spread_words(spread, _language())


@register.simple_tag
def week_words(week: Week) -> str:
    """Say a week by its dates."""
    is_ja, dates = _language() == "ja", dict.fromkeys((week.first, week.last))
    said = (f"{on.month}/{on.day}" if is_ja else f"{on.day} {on:%b}" for on in dates)
    return ("〜" if is_ja else " – ").join(said)


@register.simple_tag
def weeks_picture(report: PeriodReport, section: Section, prefix: str) -> Drawing | str:
    """Draw the share kept over the weeks or months before and this one, with intervals."""
    weeks = section.trend if len(section.trend) >= FEWEST_WEEKS else section.weeks
    if len(weeks) < FEWEST_WEEKS:
        return ""
    monthly = report.period.kind == "month" and weeks is section.trend
    points = tuple(_point(week, monthly=monthly) for week in weeks)
    target = section.report.standing.objective.target
    title = gettext("Kept in time, by month") if monthly else gettext("Kept in time, by week")
    return spark(
        Spark(
            title=title,
            desc=promises.section_sentence(section, _language()),
            points=points,
            bottom=0.0,
            top=1.0,
            target=float(target),
            target_label=f"{percent_of_target(target)} %",
        ),
        prefix=prefix,
    )


def _point(week: Week, *, monthly: bool) -> Point:
    fraction, interval = week.share.fraction, wilson(week.share.count, week.share.of)
    label = f"{week.first:%Y-%m}" if monthly else f"{week.first.month}/{week.first.day}"
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
        said=percent_words(fraction),
    )


@register.simple_tag
def mode_lines(report: PeriodReport, mode: str, prefix: str) -> list[tuple[str, Any]]:
    """Draw what came and the shares that can be drawn, each with what it is called."""
    stretches = report.quality.lines.get(mode, ())
    period = "M" if report.period.kind == "month" else "W"
    names = {
        "inquiries": gettext("Inquiries received"),
        "filed": gettext("Investigations filed"),
    }
    found: list[tuple[str, Any]] = [
        (words, _count_line(report, stretches, name, words, f"{prefix}{name}"))
        for name, words in names.items()
        if sum(getattr(stretch, name) > 0 for stretch in stretches) >= FEWEST_WEEKS
    ]
    found += [
        (_figure_name(key), share_line(stretches, key, f"{prefix}{key}", period))
        for key in drawable(stretches)
    ]
    return [(words, line) for words, line in found if line]


def _count_line(
    report: PeriodReport, stretches: Sequence[Stretch], name: str, words: str, prefix: str
) -> Drawing:
    """Draw how many came, with the days off of those weeks as marks."""
    monthly = report.period.kind == "month"
    ja = _language() == "ja"
    points = tuple(
        Point(
            label := f"{s.since:%Y-%m}" if monthly else f"{s.since.month}/{s.since.day}",
            float(getattr(s, name)),
            is_complete=s.is_over,
            title=f"{label}: {getattr(s, name):,}",
            said=f"{getattr(s, name):,}",
        )
        for s in stretches
    )
    closed = "休業日" if ja else "closed"
    return spark(
        Spark(
            title=words,
            desc="",
            points=points,
            bottom=0.0,
            events=tuple(
                Event(mark.index, (mark.name_ja if ja else mark.name) or closed)
                for mark in report.marks
            ),
        ),
        prefix=prefix,
    )


def _figure_name(key: str) -> str:
    words = NAMES[key][_language()]
    return words[:1].upper() + words[1:]


def _language() -> Language:
    return language_of(get_language())
