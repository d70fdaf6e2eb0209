"""Measures of work over its published entries, as query expressions; nothing is executed here."""

from datetime import date, datetime
from typing import Any

from shinrai.units.measure import Measure
from shinrai.units.moments import as_us

GRAIN = ("workspace_id", "mode", "tier", "job", "topic", "period")


def entries(
    work: Any,
    *,
    at: datetime | Any,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
) -> Any:
    """Keep the entries that happened by a moment, between two dates, and without a doubt.

    Input:  workload.facts.WORK
    Only rows of a case's highest `reading` count: a newer reading may have fewer entries.
    """
    import ibis

    last = work.mutate(last_reading=work.reading.max().over(ibis.window(group_by=work.case_id)))
    found = last.filter(last.reading == last.last_reading)
    found = found.filter(found.happened_us <= as_us(at))
    found = found.filter(found.doubt.isnull())
    if since is not None:
        found = found.filter(found.happened_on >= since)
    if until is not None:
        found = found.filter(found.happened_on <= until)
    if mode is not None:
        found = found.filter(found["mode"] == mode)
    return found


def jobs(found: Any) -> Any:
    """Add up the time of every kind of job, per tier and topic.

    Shape:  one row per (mode, job, tier, topic): `cases` (distinct), `spent_s` (seconds), `squares`
            (sum of the squared seconds of each case).
    """
    worked = found.filter(found.entry == "worked")
    of_case = worked.group_by("mode", "job", "tier", "topic", "case_id").aggregate(
        spent_s=worked.spent_s.sum()
    )
    return of_case.group_by("mode", "job", "tier", "topic").aggregate(
        cases=of_case.count(),
        spent_s=of_case.spent_s.sum(),
        squares=(of_case.spent_s.cast("float64") * of_case.spent_s).sum(),
    )


def weeks(found: Any) -> Any:
    """Add up the work of each week, per tier.

    Shape:  one row per (mode, tier, week): seconds worked, interruptions, first and last date.
    """
    return found.group_by("mode", "tier", week=found.week_on).aggregate(
        spent_s=found.spent_s.sum(),
        interruptions=(found.entry == "interruption").sum(),
        since=found.happened_on.min(),
        until=found.happened_on.max(),
    )


WORKED = Measure(
    key="worked",
    version=2,
    question="On which kinds of job did the time go, per tier and topic?",
    owner="workload",
    grain=GRAIN,
    unit="seconds",
    numerator="minutes written down, as seconds",
    denominator="distinct cases",
    better="neither",
    unknown_when="nobody wrote minutes down",
    expression=jobs,
)
INTERRUPTIONS = Measure(
    key="interruptions",
    version=1,
    question="How often a week does a matter reach tier 3, handed over or asked about?",
    owner="workload",
    grain=("workspace_id", "mode", "tier", "week"),
    unit="interruptions a week",
    numerator="steps by which a matter reaches tier 3",
    denominator="whole weeks",
    better="lower",
    unknown_when="no whole week lies in the dates, or no tiers",
    expression=weeks,
)
MEASURES = (WORKED, INTERRUPTIONS)
