"""A report as documents: JSON for programs, Markdown and plain text for people."""

from typing import Any

from shinrai.console.rules.changes import Change, change
from shinrai.objectives.queries.documents import standing_document
from shinrai.objectives.rules.sentences import standings
from shinrai.quality.rules.figures import plain
from shinrai.reports.queries.laid_out import laid_out, sentence_of
from shinrai.reports.queries.parts import SHARES, SPREADS, share_of
from shinrai.reports.queries.records import PeriodReport, Pressing, Section, Week
from shinrai.reports.rules.outline import markdown_of, plain_of
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text, in_both_languages
from shinrai.units.unknown import Unknown
from shinrai.workload.queries.documents import summary_document as work_document


def report_document(report: PeriodReport) -> dict[str, Any]:
    """Return a report as a document, every figure with its counts and its interval."""
    found = report.quality.found
    return {
        "workspace": report.workspace.slug,
        "name": report.workspace.name,
        "is_simulated": report.workspace.is_simulated,
        "zone": report.workspace.zone,
        "period": {"kind": report.period.kind, "name": report.period.name},
        "from": report.first,
        "to": report.last,
        "at": report.at,
        "is_over": report.span.finished,
        "sentence": in_both_languages(sentence_of(report)),
        "late": report.late,
        "at_risk": report.at_risk,
        "pressing": [_pressing_document(case) for case in report.pressing],
        "objectives": [_section_document(section) for section in report.sections],
        "modes": {mode: _mode_document(report, mode) for mode in found.modes},
        "proactive": plain(found.proactive),
        "work": {
            "now": work_document(report.work)["modes"],
            "before": work_document(report.work_before)["modes"],
        },
        "versions": dict(report.versions),
        "fresh": {
            name: None if fresh is None else {"at": fresh.at, "upto": fresh.upto}
            for name, fresh in report.fresh.items()
        },
        "from_steps": report.from_steps,
    }


def report_markdown(report: PeriodReport, language: str) -> str:
    """Return a report as Markdown."""
    return markdown_of(laid_out(report, language))


def report_plain(report: PeriodReport, language: str) -> str:
    """Return a report as plain text for mail and chat."""
    return plain_of(laid_out(report, language))


def _pressing_document(case: Pressing) -> dict[str, Any]:
    return {
        "case": case.line.case_key,
        "record": case.record,
        "state": "late" if case.is_late else "at_risk",
        "due_at": case.line.due_at,
        "objective": case.objective,
    }


def _section_document(section: Section) -> dict[str, Any]:
    document = standing_document(section.report)
    del document["headline"]  # speaks of the objective's own window, not of these dates
    stands = section.report.standing
    kept = standings.figure(stands.attained)
    spread, own, verdict = section.spread, standing_document(section.own), section.verdict
    del own["headline"]
    return document | {
        "sentence": in_both_languages(Text("Kept {kept}.", kept=kept)),
        "never_paused": _share_document(section.never_paused),
        "own_window": own,
        "verdict": None
        if verdict is None
        else {
            "from": verdict.verdict.window.start,
            "until": verdict.verdict.window.end,
            "is_met": verdict.verdict.is_met,
            "frozen_at": verdict.verdict.frozen_at,
            "frozen": _share_document(verdict.frozen),
            "now": _share_document(verdict.now),
        },
        "change": _change_document(section.change),
        "trend": [_week_document(week) for week in section.trend],
        "business_time": {"unknown": spread.reason}
        if isinstance(spread, Unknown)
        else {
            "count": spread.count,
            "median_s": spread.median_s,
            "mean_s": spread.mean_s,
            "tail_90_s": spread.tail_s,
        },
        "weeks": [_week_document(week) for week in section.weeks],
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


def _mode_document(report: PeriodReport, mode: str) -> dict[str, Any]:
    now = report.quality.found.modes[mode]
    before = report.quality.before.modes.get(mode, {})
    figures = {}
    for key in dict.fromkeys((*SHARES, *SPREADS)):
        shares = share_of(now[key]), share_of(before.get(key))
        figures[key] = {
            "now": plain(now[key]),
            "before": plain(before[key]) if key in before else {"unknown": "nothing before"},
        }
        if shares[0] and shares[1]:
            figures[key]["change"] = _change_document(change(shares[0], shares[1]))
    return {
        "inquiries": now["flagged"]["of"],
        "investigations": now["sent_back"].get("of", 0),
        "figures": figures,
        "weeks": [
            {
                "from": stretch.since,
                "is_over": stretch.is_over,
                "inquiries": stretch.inquiries,
                "investigations": stretch.filed,
            }
            for stretch in report.quality.lines.get(mode, ())
        ],
    }


def _change_document(found: Change) -> dict[str, Any]:
    ends = found.interval
    if not isinstance(ends, Interval):
        return {"unknown": ends.reason, "before": _share_document(found.before)}
    return {
        "before": _share_document(found.before),
        "low": ends.low,
        "high": ends.high,
        "method": ends.method,
        "is_detectable": found.is_detectable,
    }


def _week_document(week: Week) -> dict[str, Any]:
    return {
        "from": week.first,
        "to": week.last,
        "is_over": week.is_over,
        **_share_document(week.share),
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
