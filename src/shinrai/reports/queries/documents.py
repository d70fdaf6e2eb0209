"""A report as documents: JSON for programs, Markdown for people who paste."""

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language, gettext

from shinrai.console.rules.wording import (
    Language,
    duration_words,
    language_of,
    moment_words,
    share_words,
)
from shinrai.objectives.queries.documents import standing_document
from shinrai.objectives.rules.sentences import en, headline_en, headline_ja, ja
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.reports.queries.period import PeriodReport, Section, Spread, Week
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown


def report_document(report: PeriodReport) -> dict[str, Any]:
    """Lay a report out with every figure, what it is a share of, and its interval."""
    return {
        "workspace": report.workspace.slug,
        "name": report.workspace.name,
        "is_simulated": report.workspace.is_simulated,
        "zone": report.workspace.zone,
        "from": report.first,
        "to": report.last,
        "at": report.at,
        "objectives": [_section_document(section) for section in report.sections],
    }


def _section_document(section: Section) -> dict[str, Any]:
    document = standing_document(section.report)
    del document["headline"]  # speaks of the objective's own window, not of these dates
    stands = section.report.standing
    spread = section.spread
    return document | {
        "sentence": {
            "en": f"Kept {headline_en.figure(stands.attained)}.",
            "ja": f"期限内は{headline_ja.figure(stands.attained)}です。",
        },
        "never_paused": _share_document(section.never_paused),
        "business_time": {"unknown": spread.reason}
        if isinstance(spread, Unknown)
        else {
            "count": spread.count,
            "median_s": spread.median_s,
            "mean_s": spread.mean_s,
            "tail_90_s": spread.tail_s,
        },
        "weeks": [
            {
                "from": week.first,
                "to": week.last,
                "is_over": week.is_over,
                **_share_document(week.share),
            }
            for week in section.weeks
        ],
        "cases": [
            {
                "case": line.case_key,
                "index": line.index,
                "state": line.state,
                "started_at": line.started_at,
                "due_at": line.due_at,
                "stopped_at": line.stopped_at,
            }
            for line in section.report.lines
        ],
    }


def _share_document(share: Share) -> dict[str, Any]:
    fraction, interval = share.fraction, wilson(share.count, share.of)
    if isinstance(fraction, Unknown) or not isinstance(interval, Interval):
        return {"count": share.count, "of": share.of, "unknown": "nothing to count"}
    return {
        "count": share.count,
        "of": share.of,
        "share": float(fraction),
        "low": interval.low,
        "high": interval.high,
    }


def report_markdown(report: PeriodReport) -> str:
    """Write a report as Markdown, in the language that is spoken."""
    lines = [f"# {report.workspace.name}: {span_of_dates(report)}", ""]
    if report.workspace.is_simulated:
        lines += [f"*{gettext('Made-up data: nothing here happened to a real customer.')}*", ""]
    lines += [f"**{sentence_of(report)}**", ""]
    for section in report.sections:
        lines += _section_lines(report, section)
    lines.append(f"{gettext('As of')} {_moment(report, report.at)} ({report.workspace.zone})")
    return "\n".join(lines) + "\n"


def sentence_of(report: PeriodReport) -> str:
    """Say the report in one sentence: of its first objective, the rest follows."""
    if not report.sections:
        return gettext("Nothing is promised here yet: there is no objective to report on.")
    return section_sentence(report.sections[0])


def section_sentence(section: Section) -> str:
    """Say of one objective what was kept, how sure that is, and what was aimed at."""
    stands = section.report.standing
    speak = headline_ja if _language() == "ja" else headline_en
    if stands.attained.share.of == 0:
        return gettext("%(objective)s: nothing fell due.") % {"objective": stands.objective.title}
    return gettext("%(objective)s: kept %(figure)s; the target is %(target)s %%.") % {
        "objective": stands.objective.title,
        "figure": speak.figure(stands.attained),
        "target": percent_of_target(stands.objective.target),
    }


def span_of_dates(report: PeriodReport) -> str:
    """Say the dates of a report."""
    return f"{report.first:%Y-%m-%d} – {report.last:%Y-%m-%d}"


def spread_words(spread: Spread | Unknown) -> str:
    """Say how long answers took: middle, mean and tail together."""
    if isinstance(spread, Unknown):
        return f"— ({gettext(spread.reason)})"

    def said(seconds: int) -> str:
        return duration_words(timedelta(seconds=seconds), language=_language())

    words = gettext("median %(median)s, mean %(mean)s, nine in ten within %(tail)s (n = %(n)s)")
    return words % {
        "median": said(spread.median_s),
        "mean": said(spread.mean_s),
        "tail": said(spread.tail_s),
        "n": spread.count,
    }


def _section_lines(report: PeriodReport, section: Section) -> list[str]:
    stands, counts = section.report.standing, section.report.standing.counts
    speak = ja if _language() == "ja" else en
    reading = speak.reading(stands.objective.clock)
    lines = [
        f"## {stands.objective.title}",
        "",
        section_sentence(section),
        "",
        f"| {gettext('Figure')} | |",
        "|---|---|",
        f"| {gettext('Kept in time')} | {_share(stands.attained.share)} |",
        f"| {gettext('Kept, with those exempted counted in')} | "
        f"{_share(stands.attained_with_exempted.share)} |",
        f"| {gettext('Kept, had no clock ever paused')} | {_share(section.never_paused)} |",
        f"| {gettext('Missed')} | {counts.misses} |",
        f"| {gettext('Filed, due, answered')} | {counts.filed}, {counts.due}, {counts.answered} |",
        f"| {gettext('Business time to the answer')} | {spread_words(section.spread)} |",
        "",
        f"| {gettext('Week')} | {gettext('Kept in time')} |",
        "|---|---|",
        *(f"| {_week(week)} | {_share(week.share)} |" for week in section.weeks),
        "",
    ]
    if section.misses:
        lines += [
            f"| {gettext('Missed')} | {gettext('Due')} | {gettext('Answered')} |",
            "|---|---|---|",
            *(
                f"| {_cell(line.case_key)} | {_moment(report, line.due_at)} | "
                f"{_moment(report, line.stopped_at) if line.stopped_at else gettext('not yet')} |"
                for line in section.misses
            ),
            "",
        ]
    lines += [
        f"{gettext('Definition')}: {stands.objective.name} v{stands.version}. {reading}",
        "",
    ]
    return lines


def _week(week: Week) -> str:
    said = f"{week.first:%m-%d} – {week.last:%m-%d}"
    return said if week.is_over else f"{said} ({gettext('not over')})"


def _share(share: Share) -> str:
    said = share_words(share, language=_language(), interval=wilson(share.count, share.of))
    return f"— ({gettext(said.reason)})" if isinstance(said, Unknown) else said


def _moment(report: PeriodReport, at: Any) -> str:
    return moment_words(at, zone=report.workspace.zone, language=_language(), near=report.at)


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _language() -> Language:
    return language_of(get_language())
