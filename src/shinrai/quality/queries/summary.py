"""Every figure of quality over a span of dates, from the counts stored per day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.queries import day_counts
from shinrai.quality.rules import reasons
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.figures import unknown_figure
from shinrai.quality.rules.summary import figures_of, proactive_share, substance_of
from shinrai.warehouse.fresh import Fresh


@dataclass(frozen=True)
class QualitySummary:
    """Every figure, and what it was computed from.

    `figures` are those of the only mode there is or that was asked for; with several modes they are
    all unknown, and `modes` holds each. `from_steps`: facts were computed from steps, because of an
    earlier moment or another calendar.
    """

    workspace: str
    at: datetime
    since: date | None
    until: date | None
    mode: str | None
    inquiries: int
    steps: int
    investigations: int
    figures: dict[str, Any]
    modes: dict[str, dict[str, Any]]
    proactive: dict[str, Any]
    substance: dict[str, Any]
    calendar: str | None
    zone: str
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]
    from_steps: bool
    topic: str | None = None


def summary_now(
    *, workspace: WorkspaceRecord, since: date | None = None, until: date | None = None
) -> QualitySummary | None:
    """Return the summary from the counts the worker stores per day; None if there are none yet.

    Its `at` is the moment of counting, at most some minutes ago.
    """
    counts = day_counts.AskedDates(since, until, workspace.zone)
    found = day_counts.counted_days(workspace_id=workspace.id, asked=counts)
    if found is None:
        return None
    fill, counted = found
    return summarised(
        counted,
        Asked(workspace.slug, fill.at, since, until),
        calendar=fill.notes["calendar"],
        zone=fill.notes["zone"],
        versions=dict(fill.versions),
        fresh=dict(fill.fresh),
    )


@dataclass(frozen=True)
class Asked:
    """What a summary is about: workspace, moment, dates of receipt, mode and topic."""

    workspace: str
    at: datetime
    since: date | None = None
    until: date | None = None
    mode: str | None = None
    topic: str | None = None


def summarised(
    whole: Counted,
    asked: Asked,
    *,
    calendar: str | None,
    zone: str,
    versions: dict[str, int],
    fresh: dict[str, Fresh | None],
    from_steps: bool = False,
) -> QualitySummary:
    """Compute a summary from counted rows, whether stored per day or counted anew."""
    return QualitySummary(
        workspace=asked.workspace,
        at=asked.at,
        since=asked.since,
        until=asked.until,
        mode=whole.modes[0] if len(whole.modes) == 1 else asked.mode,
        inquiries=whole.sum("inquiries"),
        steps=whole.sum("steps") + sum(row["steps"] for row in whole.investigations),
        investigations=sum(row["investigations"] for row in whole.investigations),
        figures=_top(whole, asked.topic),
        modes={name: _figures(whole.of_mode(name), asked.topic) for name in whole.modes},
        proactive=proactive_share(whole),
        substance=substance_of(whole),
        calendar=calendar,
        zone=zone,
        versions=versions,
        fresh=fresh,
        from_steps=from_steps,
        topic=asked.topic,
    )


def _figures(found: Counted, topic: str | None) -> dict[str, Any]:
    """Return the figures of one mode; with a topic, the agreement of labellers is left unknown."""
    figures = figures_of(found)
    return figures if topic is None else figures | {"agreement": unknown_figure(reasons.ONE_TOPIC)}


def _top(found: Counted, topic: str | None) -> dict[str, Any]:
    if len(found.modes) < 2:
        return _figures(found, topic)
    return {name: unknown_figure(reasons.MODES_MIX) for name in figures_of(Counted())}
