"""Read what a learner studied, day by day, and the one line of a week.

Minutes of a day are those that the product declares of the activities completed on it; on a day
without any, those that its events report.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.family.rules.week import MinutesFrom, StudyDay, WeekLine, line_of
from shinrai.missions.queries.declarations import every_activity
from shinrai.missions.queries.learner import Learner, attempts_of, learner_numbered
from shinrai.missions.rules.week import week_of
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

__all__ = ["WeekLine", "study_days", "week_line"]

READ_DAYS: Final = 70  # two months as the page draws them, and the week before


def usage_scope(workspace: WorkspaceRecord, at: datetime) -> UsageScope:
    """Return the scope in which a workspace's usage is asked about."""
    return UsageScope(workspace.id, workspace.zone, at, Warehouse(settings.SHINRAI_WAREHOUSE))


def study_days(learner: Learner, *, at: datetime, since: date) -> dict[date, StudyDay]:
    """Return each day from a date on, on which a learner did something, in order."""
    from shinrai.usage.measures.people import minutes_of_actors

    there = learner.workspace
    upto = today(there.zone, at)
    reported: defaultdict[date, dict[str, float]] = defaultdict(dict)
    scope = usage_scope(there, at).of_actors(learner.actors)
    rows: list[dict[str, Any]] = scope.ask(rows=minutes_of_actors(since=since))["rows"]
    for row in rows:
        if row["own_on"] <= upto:
            reported[row["own_on"]][row["subject"]] = row["minutes"] or 0
    declared: defaultdict[date, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    activities = every_activity(there.id)
    for one in attempts_of(learner):
        if since <= one.on <= upto:
            activity = activities.get(one.activity)
            if one.is_completed and activity is not None:
                declared[one.on][activity.subject] += activity.minutes
            else:
                reported.setdefault(one.on, {})  # begun: the day counts, no minute is known
    return {
        on: _study_day(on, declared.get(on) or {}, reported.get(on) or {})
        for on in sorted({*reported, *declared})
    }


def week_line(
    workspace_id: int, learner_id: int, *, at: datetime, start: date | None = None
) -> WeekLine:
    """Return the line of a learner's week: of this one, or of that in which `start` lies."""
    workspace = workspace_numbered(workspace_id)
    on = today(workspace.zone, at)
    monday = week_of(start or on)
    learner = learner_numbered(workspace, learner_id)
    days = study_days(learner, at=at, since=monday - timedelta(days=READ_DAYS))
    return line_of(days, start=monday, today=on)


def _study_day(on: date, declared: dict[str, float], reported: dict[str, float]) -> StudyDay:
    found, of = (declared, "activities") if sum(declared.values()) else (reported, "events")
    subjects = {subject: round(minutes) for subject, minutes in found.items() if minutes > 0}
    minutes_from: MinutesFrom = of if subjects else ""  # type: ignore[assignment]
    return StudyDay(on, subjects, minutes_from)
