"""The summary of work as a document, and as text."""

from typing import Any

from shinrai.statistics.interval import Interval
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.text import Text, joined
from shinrai.units.unknown import Unknown
from shinrai.workload.queries.summary import ModeWork, WorkSummary
from shinrai.workload.rules.jobs import Job, Weekly
from shinrai.workload.rules.kinds import job_name

MOST_LINES = 20


def summary_document(found: WorkSummary) -> dict[str, Any]:
    """Return a summary as a JSON document; minutes in minutes, hours in hours."""
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


def summary_words(found: WorkSummary, book: Codebook) -> Text:
    """Return a summary as text: kinds of job with most time first, topics by their names."""
    if not found.modes:
        return Text(
            "no work is written down yet: write minutes on a case's page, or import `worked` steps"
        )
    lines: list[Text] = []
    for mode in found.modes:
        lines.append(Text("{mode}: {hours}", mode=mode.mode, hours=hours_words(mode.spent_s)))
        lines += [_job_line(job, book) for job in mode.jobs[:MOST_LINES]]
        lines += [
            _weekly_line(Text("tier 3, hours a week"), mode.tier3_hours),
            _weekly_line(Text("tier 3, interruptions a week"), mode.interruptions),
        ]
    return joined(lines)


def _job_line(job: Job, book: Codebook) -> Text:
    tier = "" if job.tier is None else Text("tier {tier}", tier=job.tier)
    topic = book.name(job.topic) if job.topic else ""
    name = joined([part for part in (job_name(job.job), tier, topic) if part], by=" / ")
    return Text(
        "  {name}: {cases:,} × {each:.1f} min = {hours} ({low:,.1f}–{high:,.1f})",
        name=name,
        cases=job.cases,
        each=job.spent_s / 60 / job.cases,
        hours=hours_words(job.spent_s),
        low=job.low_s / 3600,
        high=job.high_s / 3600,
    )


def hours_words(spent_s: int | Unknown) -> Text:
    """Write seconds as hours with one decimal; a small time is "<0.1", not 0.0."""
    if isinstance(spent_s, Unknown):
        return Text("— ({why})", why=spent_s)
    hours = f"{spent_s / 3600:,.1f}"
    return Text("{hours} h", hours="<0.1" if hours == "0.0" and spent_s else hours)


def _weekly_line(name: Text, found: Weekly | Unknown) -> Text:
    mean = found if isinstance(found, Unknown) else found.mean
    if isinstance(mean, Unknown):
        return Text("  {name}: — ({why})", name=name, why=mean)
    interval = found.interval if isinstance(found, Weekly) else None
    ends = f" ({interval.low:.1f}–{interval.high:.1f})" if isinstance(interval, Interval) else ""
    return Text("  {name}: {mean:.1f}{ends}", name=name, mean=mean, ends=ends)
