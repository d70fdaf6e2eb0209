"""Objectives, clocks and guidelines as documents: for `--json`, reports and the API."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from shinrai.objectives.queries.explaining import Explanation
from shinrai.objectives.queries.guidelines import GuidelineReport
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.rules.alarms import Alarm
from shinrai.objectives.rules.budget import Attainment
from shinrai.objectives.rules.sentences import clocks, standings
from shinrai.statistics.interval import Interval
from shinrai.units.text import LANGUAGES, in_both_languages, translated
from shinrai.units.unknown import Unknown


def standing_document(report: ObjectiveReport) -> dict[str, Any]:
    """Return an objective's standing as a document, each figure with the counts behind it."""
    stands, counts, budget = report.standing, report.standing.counts, report.standing.budget
    return {
        "objective": stands.objective.name,
        "title": stands.objective.title,
        "version": stands.version,
        "mode": stands.objective.clock.mode,
        "reading": in_both_languages(clocks.reading(stands.objective.clock)),
        "at": stands.at,
        "known_at": report.known,
        "window": {
            "from": stands.span.start,
            "until": stands.span.end,
            "finished": stands.span.finished or stands.at >= stands.span.end,
        },
        "target": decimal(stands.objective.target),
        "headline": in_both_languages(standings.headline(stands)),
        "outcome": _plain(stands.outcome),
        "kept": counts.kept,
        "missed": counts.missed,
        "overdue": counts.overdue,
        "running": counts.running,
        "paused": stands.paused,
        "exempt": counts.exempt_kept + counts.exempt_missed,
        "filed": counts.filed,
        "due": counts.due,
        "answered": counts.answered,
        "attainment": _attained(stands.attained),
        "attainment_with_exempted": _attained(stands.attained_with_exempted),
        "budget": {
            "expected": _plain(budget.expected),
            "allowed": _plain(budget.allowed),
            "left": _plain(budget.left),
            "misses": counts.misses,
            "misses_left": _plain(budget.misses_left),
            "no_miss_fits": budget.allows_none,
            "days_for_one_miss": _plain(budget.days_for_one_miss),
        },
        "break_probability": _plain(stands.break_probability),
        "burn_rates": {f"{days}d": _plain(rate) for days, rate in stands.burn_rates},
        "alarm": _alarm(stands.alarm, stands.at),
        "escalation": {
            "level": stands.escalation.level,
            "conditions": [_plain(condition) for condition in stands.escalation.conditions],
        },
        "paused_much": counts.is_paused_much,
        "verdicts": [
            {
                "from": verdict.window.start,
                "until": verdict.window.end,
                "version": verdict.version,
                "kept": verdict.kept,
                "missed": verdict.missed,
                "exempt": verdict.exempt,
                "is_met": verdict.is_met,
                "frozen_at": verdict.frozen_at,
            }
            for verdict in report.verdicts
        ],
        "source": {
            "tables": report.freshness.table_versions,
            "read_at": report.freshness.read_at,
            "from_steps": report.freshness.from_steps,
        },
    }


def explanation_document(found: Explanation) -> dict[str, Any]:
    """Return why a clock is due when it is as a document: the facts, and the same as sentences."""
    facts = found.facts
    return {
        "objective": found.objective,
        "version": found.version,
        "case": found.case_key,
        "index": found.index,
        "at": facts.at,
        "state": facts.state,
        "zone": facts.zone,
        "started_at": facts.started_at,
        "effective_at": facts.effective_at,
        "effective_on": facts.effective_on,
        "due_at": facts.due_at,
        "due_without_pauses_at": facts.due_without_pauses_at,
        "stopped_at": facts.stopped_at,
        "paused_since": facts.paused_since,
        "cancelled_at": facts.cancelled_at,
        "exempted_at": facts.exempted_at,
        "open_seconds": facts.open_s,
        "paused_open_seconds": facts.paused_open_s,
        "pauses": [
            {"from": pause.since, "to": pause.until, "reason": pause.reason}
            for pause in facts.pauses
        ],
        "summary": in_both_languages(clocks.summary(facts)),
        "sentences": {
            language: [translated(fact, language) for fact in clocks.facts(facts)]
            for language in LANGUAGES
        },
    }


def guideline_document(report: GuidelineReport) -> dict[str, Any]:
    """Return a guideline and its current value as a document."""
    guideline, held = report.guideline, report.held
    stands: dict[str, Any] = (
        {"unknown": held.reason}
        if isinstance(held, Unknown)
        else {
            "value": float(held.value),
            "of": held.of,
            "low": held.interval[0] if held.interval else None,
            "high": held.interval[1] if held.interval else None,
            "is_within": held.is_within,
            "is_sure": held.is_sure,
        }
    )
    return {
        "guideline": guideline.name,
        "title": guideline.title,
        "version": report.version,
        "measure": guideline.measure,
        "statistic": guideline.statistic,
        guideline.side: decimal(guideline.limit),
        "mode": guideline.mode,
        "received": {"from": report.since, "to": report.until},
        **stands,
        "sentence": in_both_languages(report.words),
    }


def decimal(value: Fraction) -> str:
    """Write an exact decimal without trailing zeros: 0.95."""
    return f"{value.numerator / value.denominator:.15g}"


def _attained(attained: Attainment) -> dict[str, Any]:
    fraction = attained.share.fraction
    if isinstance(fraction, Unknown):
        return {"unknown": fraction.reason}
    low_high = (
        {"low": attained.interval.low, "high": attained.interval.high}
        if isinstance(attained.interval, Interval)
        else {"low": None, "high": None}
    )
    return {
        "count": attained.share.count,
        "of": attained.share.of,
        "share": float(fraction),
        **low_high,
        "is_met": _plain(attained.is_met),
    }


def _alarm(alarm: Alarm | Unknown, at: datetime) -> dict[str, Any]:
    if isinstance(alarm, Unknown):
        return {"unknown": alarm.reason}
    return {"raised": alarm.stands_at(at), "alarmed_at": list(alarm.alarmed_at)}


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    return float(value) if isinstance(value, Fraction) else value
