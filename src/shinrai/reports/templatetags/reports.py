"""Template tags: words of a report, and lines over weeks or months."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext

from shinrai.console.charts.marks import ChartMark, Event
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import count_point, count_spark, share_point, share_spark
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import PERCENT
from shinrai.objectives.queries.marks import marks_of
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.quality.queries.lines import PeriodFigures
from shinrai.quality.queries.words import NAMES
from shinrai.quality.templatetags.quality import drawable, share_line
from shinrai.reports.queries import promises, short_lines
from shinrai.reports.queries.laid_out import laid_out, title_of
from shinrai.reports.queries.records import PeriodReport, Section, WaitSpread, Week
from shinrai.reports.queries.short_lines import MOST_OBJECTIVES
from shinrai.reports.rules.outline import Outline
from shinrai.reports.rules.short import ShortReport
from shinrai.units.text import Text, bilingual
from shinrai.units.unknown import Unknown

register = template.Library()
FEWEST_WEEKS = 3  # of fewer a line is no picture


@register.simple_tag
def outline_of(report: PeriodReport) -> Outline:
    """Return the report in words, part by part."""
    return laid_out(report, reader_language())


@register.simple_tag
def report_title(report: PeriodReport) -> str:
    """Return the title of the report: its period and dates."""
    return reader_text(title_of(report))


@register.simple_tag
def short_of(report: PeriodReport) -> ShortReport:
    """Return the short report of a file, which is kept where erasing does not reach: no titles."""
    return short_lines.short_of(report, reader_language(), with_titles=False)


@register.simple_tag
def front_lines(report: PeriodReport) -> list[tuple[str, Any]]:
    """Return the drawings of the first page: what each objective kept, and how much came."""
    found: list[tuple[str, Any]] = [
        (
            section.report.standing.objective.title,
            weeks_picture(report, section, f"f{number}"),
        )
        for number, section in enumerate(report.worst_first[:MOST_OBJECTIVES])
    ]
    mode = max(report.quality.lines, key=lambda mode: _size(report, mode), default=None)
    if mode is not None:
        found += mode_lines(report, mode, "f")[:1]
    return [(words, line) for words, line in found if line]


def _size(report: PeriodReport, mode: str) -> int:
    return sum(one.inquiries + one.filed for one in report.quality.lines[mode])


@register.simple_tag
def section_words(report: PeriodReport, section: Section) -> list[str]:
    """Return the sentences about one objective of the report."""
    return [reader_text(one) for one in promises.section_sentences(report, section)]


@register.simple_tag
def spread_said(spread: WaitSpread | Unknown) -> str:
    """Return how long answers took."""
    return reader_text(promises.spread_text(spread))


@register.simple_tag
def week_words(week: Week) -> str:
    """Return a week by its dates."""
    begins, ends = (
        Text("{on.day} {on:%b}", context="short", on=on) for on in (week.first, week.last)
    )
    one_day = week.first == week.last
    return reader_text(begins if one_day else Text("{begins} – {ends}", begins=begins, ends=ends))


@register.simple_tag
def weeks_picture(report: PeriodReport, section: Section, prefix: str) -> Drawing | str:
    """Draw the share kept in the periods before and this one, with intervals."""
    weeks = section.trend if len(section.trend) >= FEWEST_WEEKS else section.weeks
    if len(weeks) < FEWEST_WEEKS:
        return ""
    monthly = report.period.kind == "month" and weeks is section.trend
    target = section.report.standing.objective.target
    return share_spark(
        gettext("Kept in time, by month") if monthly else gettext("Kept in time, by week"),
        [
            share_point(
                _label(week.first, monthly),
                week.share,
                is_complete=week.is_over,
                target=target,
                since=week.first,
            )
            for week in weeks
        ],
        prefix=prefix,
        desc=reader_text(promises.section_sentence(section)),
        target=float(target),
        marks=marks_of(report.workspace),
        target_label=f"{percent_of_target(target)}{PERCENT[reader_language()]}",
    )


def _label(first: date, monthly: bool) -> str:
    return f"{first:%Y-%m}" if monthly else f"{first.month}/{first.day}"


@register.simple_tag
def mode_lines(report: PeriodReport, mode: str, prefix: str) -> list[tuple[str, Any]]:
    """Return drawings, each with its name: cases received, filed, and shares over time."""
    stretches, marks = report.quality.lines.get(mode, ()), marks_of(report.workspace)
    period = "M" if report.period.kind == "month" else "W"
    names = {
        "inquiries": gettext("Inquiries received"),
        "filed": gettext("Investigations filed"),
    }
    found: list[tuple[str, Any]] = [
        (words, _count_line(report, stretches, name, words, f"{prefix}{name}", marks))
        for name, words in names.items()
    ]
    found += [
        (_figure_name(key), share_line(stretches, key, f"{prefix}{key}", period, marks=marks))
        for key in drawable(stretches)
    ]
    return [(words, line) for words, line in found if line]


def _count_line(
    report: PeriodReport,
    stretches: Sequence[PeriodFigures],
    name: str,
    words: str,
    prefix: str,
    marks: Sequence[ChartMark],
) -> Drawing | str:
    """Draw how many cases came, with days off as marks."""
    monthly = report.period.kind == "month"
    points = [
        count_point(
            _label(one.since, monthly),
            getattr(one, name),
            is_complete=one.is_over,
            since=one.since,
        )
        for one in stretches
    ]
    closed = reader_text(Text("closed", context="date"))
    events = [
        Event(mark.index, reader_text(bilingual(mark.name, mark.name_ja)) or closed)
        for mark in report.marks
    ]
    return count_spark(words, points, prefix=prefix, events=events, marks=marks)


def _figure_name(key: str) -> str:
    words = reader_text(NAMES[key])
    return words[:1].upper() + words[1:]
