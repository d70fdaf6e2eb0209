"""The summary of work as a document, and as lines to read."""

from typing import Any

from shinrai.statistics.interval import Interval
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.unknown import Unknown
from shinrai.units.wording import both
from shinrai.workload.queries.summary import ModeWork, WorkSummary
from shinrai.workload.rules.jobs import Job, Weekly
from shinrai.workload.rules.kinds import job_words

MOST_LINES = 20


def summary_document(found: WorkSummary) -> dict[str, Any]:
    """Make the JSON document of a summary; minutes are written as minutes, hours as hours."""
    return {
        "workspace": found.workspace,
        "at": found.at,
        "from": found.since,
        "to": found.until,
        "modes": {mode.mode: _mode(mode) for mode in found.modes},
        "versions": dict(found.versions),
    }


def _mode(found: ModeWork) -> dict[str, Any]:
    return {
        "minutes": {"unknown": found.spent_s.reason}
        if isinstance(found.spent_s, Unknown)
        else found.spent_s / 60,
        "jobs": [_job(job) for job in found.jobs],
        "tier3_hours_a_week": _weekly(found.tier3_hours),
        "tier3_interruptions_a_week": _weekly(found.interruptions),
        "hours_a_week_by_tier": {
            "unknown" if tier.tier is None else str(tier.tier): _weekly(tier.hours)
            for tier in found.tiers
        },
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "job": job.job,
        "tier": job.tier,
        "topic": job.topic,
        "cases": job.cases,
        "minutes": job.spent_s / 60,
        "minutes_a_case": job.spent_s / 60 / job.cases,
        "low": job.low_s / 60,
        "high": job.high_s / 60,
    }


def _weekly(found: Weekly | Unknown) -> dict[str, Any]:
    if isinstance(found, Unknown):
        return {"unknown": found.reason}
    if isinstance(found.mean, Unknown):
        return {"unknown": found.mean.reason}
    interval = found.interval
    ends: dict[str, Any] = (
        {"low": interval.low, "high": interval.high}
        if isinstance(interval, Interval)
        else {"low": None, "high": None, "interval_unknown": interval.reason}
    )
    return {
        "mean": found.mean,
        **ends,
        "weeks": [{"week": week, "value": value} for week, value in found.weeks],
    }


def summary_words(found: WorkSummary, language: str, book: Codebook) -> str:
    """Say a summary in lines: the heaviest kinds of job first, topics by their names."""
    if not found.modes:
        nothing = both(
            en="no work is written down yet: write minutes on a case's page, or import `worked` "
            "steps",
            ja="作業時間の記録がまだありません。案件のページで分数を記録するか、"
            "worked のできごとを取り込んでください",
        )
        return nothing[language]
    lines: list[str] = []
    for mode in found.modes:
        lines.append(f"{mode.mode}: {hours_words(mode.spent_s, language)}")
        for job in mode.jobs[:MOST_LINES]:
            topic = book.name(job.topic, language) if job.topic else ""
            named = (job_words(job.job, language), _tier(job.tier, language), topic)
            lines.append(
                f"  {' / '.join(part for part in named if part)}: {job.cases:,} × "
                f"{job.spent_s / 60 / job.cases:.1f} min = {hours_words(job.spent_s, language)} "
                f"({job.low_s / 3600:,.1f}–{job.high_s / 3600:,.1f})"
            )
        called, hours = mode.interruptions, mode.tier3_hours
        lines.append(
            "  " + _said(both(en="tier 3, hours a week", ja="3次の時間/週"), hours, language)
        )
        lines.append(
            "  "
            + _said(
                both(en="tier 3, interruptions a week", ja="3次への割り込み/週"), called, language
            )
        )
    return "\n".join(lines)


def hours_words(spent_s: int | Unknown, language: str) -> str:
    """Write seconds as hours with one decimal: never 0.0 of what is not nothing."""
    if isinstance(spent_s, Unknown):
        return f"— ({spent_s.ja if language == 'ja' and spent_s.ja else spent_s.reason})"
    hours = f"{spent_s / 3600:,.1f}"
    return f"{'<0.1' if hours == '0.0' and spent_s else hours} h"


def _said(name: Any, found: Weekly | Unknown, language: str) -> str:
    mean = found if isinstance(found, Unknown) else found.mean
    if isinstance(mean, Unknown):
        return f"{name[language]}: — ({(mean.ja if language == 'ja' and mean.ja else mean.reason)})"
    interval = found.interval if isinstance(found, Weekly) else None
    ends = f" ({interval.low:.1f}–{interval.high:.1f})" if isinstance(interval, Interval) else ""
    return f"{name[language]}: {mean:.1f}{ends}"


def _tier(tier: int | None, language: str) -> str:
    if tier is None:
        return ""
    return both(en=f"tier {tier}", ja=f"{tier}次")[language]
