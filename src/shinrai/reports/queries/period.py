"""Compute a report as at one moment: objectives, quality and work over the same dates."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.day_reasons import day_facts
from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.console.rules.changes import change
from shinrai.initiatives.queries.records import initiatives
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.queries.periods import ObjectivePeriod, objective_period
from shinrai.objectives.queries.showing import never_paused_share
from shinrai.objectives.queries.standings import DueLine, objective_names
from shinrai.objectives.queries.waits import business_seconds
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.quality.facts.ground import ground_of
from shinrai.quality.queries.past_summary import TABLES as OF_QUALITY
from shinrai.quality.queries.periods import PeriodAsked, period_quality
from shinrai.reports.queries.records import (
    CalendarMark,
    PeriodReport,
    Pressing,
    Section,
    WaitSpread,
    Week,
)
from shinrai.reports.queries.topics import missed_topics, risen_topics
from shinrai.reports.rules.periods import DAY, BadPeriod, Period, between
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK
from shinrai.workload.queries.summary import work_summary

__all__ = ["BadPeriod", "PeriodReport", "period_report"]
JUDGED = ("kept", "missed", "overdue")
TABLES = (CLOCKS, *OF_QUALITY, WORK)


def period_report(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    period: Period | None = None,
    first: date | None = None,
    last: date | None = None,
) -> PeriodReport:
    """Return the report of a period, or of the dates from first to last, both included.

    A period that is over is reported as it was at its end, by the steps known now; any other as it
    is at the moment. Dates are in the workspace's zone.
    Raises: BadPeriod.
    """
    if period is None:
        assert first is not None
        assert last is not None
        period = between(first, last)
    span = span_of(workspace, period, at)
    return _made(workspace, period, span, min(at, span.end), warehouse)


def _quality_asked(
    workspace: WorkspaceRecord, period: Period, at: datetime, warehouse: Warehouse
) -> PeriodAsked:
    """Return the question for quality: the dates, those before, and weeks or months to draw."""
    return PeriodAsked(
        workspace=workspace,
        warehouse=warehouse,
        at=at,
        before=period.with_those_before()[0].first,
        since=period.first,
        until=period.last,
        period="M" if period.kind == "month" else "W",
    )


def span_of(workspace: WorkspaceRecord, period: Period, at: datetime) -> WindowSpan:
    """Return the start and end of a period in the workspace's zone.

    Raises: BadPeriod if it has not begun.
    """
    start = midnight(workspace.zone, period.first)
    end = midnight(workspace.zone, period.last + DAY)
    if start > at:
        raise BadPeriod(
            Text("{first} has not come yet. Give a date that has.", first=period.first),
        )
    return WindowSpan(start, end, finished=end <= at)


def _made(
    workspace: WorkspaceRecord,
    period: Period,
    span: WindowSpan,
    at: datetime,
    warehouse: Warehouse,
) -> PeriodReport:
    periods = period.with_those_before()
    spans = [
        WindowSpan(
            midnight(workspace.zone, one.first),
            midnight(workspace.zone, one.last + DAY),
            finished=midnight(workspace.zone, one.last + DAY) <= at,
        )
        for one in periods
    ]
    found = [
        objective_period(
            workspace_id=workspace.id,
            name=name,
            at=at,
            warehouse=warehouse,
            span=span,
            spans=spans,
        )
        for name in objective_names(workspace_id=workspace.id)
    ]
    quality = period_quality(
        _quality_asked(workspace, period, at, warehouse),
        spans=[] if period.kind == "dates" else [(one.first, one.last) for one in periods],
    )
    work, before = (
        work_summary(workspace=workspace, at=at, warehouse=warehouse, since=since, until=until)
        for since, until in (
            (period.first, period.last),
            (periods[0].first, period.first - DAY),
        )
    )
    freshness = [one.within.freshness for one in found]
    versions: dict[str, int] = {**quality.found.versions, **work.versions}
    for one in freshness:
        versions |= one.table_versions
    sections = tuple(_section(workspace, one, periods, span, at) for one in found)
    local_on = at.astimezone(zone_named(workspace.zone)).date()
    return PeriodReport(
        workspace=workspace,
        period=period,
        span=span,
        at=at,
        sections=sections,
        pressing=_pressing(found),
        quality=quality,
        marks=tuple(_marks(workspace, periods)) if period.kind == "week" else (),
        work=work,
        work_before=before,
        versions=dict(sorted(versions.items())),
        fresh={**quality.found.fresh, **work.fresh},
        from_steps=quality.found.from_steps,
        risen=risen_topics(workspace=workspace, period=period),
        missed=missed_topics(workspace=workspace, sections=sections),
        events=tuple(
            one
            for one in declared_events(workspace_id=workspace.id)
            if one.first_on <= period.last and one.last_on >= period.first
        ),
        initiatives=tuple(
            one
            for one in initiatives(workspace, today=min(period.last, local_on), until=at)
            if one.closed is None or one.closed.on >= period.first
        ),
    )


def _marks(workspace: WorkspaceRecord, periods: Sequence[Period]) -> Iterable[CalendarMark]:
    """Yield the first day off of each period, by the calendar of the quality figures."""
    calendar = ground_of(workspace).calendar
    for index, week in enumerate(periods):
        days = (day_facts(calendar, week.first + n * DAY) for n in range(week.days))
        off = [fact for day in days for fact in day.facts if fact.kind in ("holiday", "closed")]
        if off:
            named = next((fact for fact in off if fact.name), off[0])
            yield CalendarMark(index, named.name, named.name_ja)


def _section(
    workspace: WorkspaceRecord,
    found: ObjectivePeriod,
    periods: Sequence[Period],
    span: WindowSpan,
    at: datetime,
) -> Section:
    report, objective_id = found.within, found.judge.objective_id
    waits = business_seconds(objective_id=objective_id, span=span, at=at)
    trend = tuple(
        Week(one.first, one.last, counts.share, is_over=window.finished)
        for one, (window, counts) in zip(periods, found.spans, strict=True)
    )
    before = sum((week.share for week in trend[:-1]), Share(0, 0))
    return Section(
        report=report,
        own=found.own,
        calendar=found.judge.calendar_name,
        trend=trend,
        weeks=tuple(_weeks(report.lines, workspace.zone, span, at)),
        misses=tuple(line for line in report.lines if line.state in ("missed", "overdue")),
        change=change(report.standing.attained.share, before),
        verdict=found.verdict,
        never_paused=never_paused_share(objective_id, span, at),
        spread=_spread(waits),
    )


def _pressing(found: Sequence[ObjectivePeriod]) -> tuple[Pressing, ...]:
    """List each late or soon due case once, by its most urgent objective: late, then by due."""
    every = sorted(
        (
            Pressing(line, one.judge.objective.title, one.judge.record)
            for one in found
            for line in (*one.late, *one.at_risk)
        ),
        key=lambda case: (not case.is_late, case.line.due_at, case.line.case_key),
    )
    first: dict[int, Pressing] = {}
    for case in every:
        first.setdefault(case.line.case_id, case)
    return tuple(first.values())


def _weeks(lines: Sequence[DueLine], zone: str, span: WindowSpan, at: datetime) -> Iterable[Week]:
    """Yield the weeks of a span, cut at Mondays; the first and last week may be shorter."""
    here = zone_named(zone)
    judged = [
        (line.due_at.astimezone(here).date(), line.state == "kept")
        for line in lines
        if line.state in JUDGED and line.due_at <= at
    ]
    first = span.start.astimezone(here).date()
    end = span.end.astimezone(here).date()
    while first < end:
        after = min(first + timedelta(days=7 - first.weekday()), end)
        found = [kept for on, kept in judged if first <= on < after]
        is_over = midnight(zone, after) <= at
        yield Week(first, after - DAY, Share(sum(found), len(found)), is_over)
        first = after


def _spread(seconds: Sequence[int]) -> WaitSpread | Unknown:
    """Return median, mean and 90th percentile of waits, in seconds; all but the mean occurred."""
    if not seconds:
        return Unknown("nothing to count")
    ordered = sorted(seconds)
    return WaitSpread(
        count=len(ordered),
        median_s=ordered[(len(ordered) - 1) // 2],
        mean_s=round(sum(ordered) / len(ordered)),
        tail_s=ordered[ceil(len(ordered) * 0.9) - 1],
    )
