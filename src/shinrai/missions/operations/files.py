"""Take in completions from files of usage events, which count as days of use too."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.operations.attempts import (
    COMPLETED,
    STARTED,
    RecordedAttempts,
    record_attempts,
)
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.usage.operations.files import events_in, take_in_file
from shinrai.usage.rules.event import UsageEvent
from shinrai.usage.rules.table_mapping import EventMapping
from shinrai.warehouse.store import Warehouse

ROWS: Final = 5_000


def take_in_attempts(
    path: Path,
    workspace: WorkspaceRecord,
    mapping: EventMapping | None,
    *,
    at: datetime,
    completed: str = COMPLETED,
    started: str = STARTED,
    activity: str = "activity",
    score: str = "score",
    most: float = 100.0,
) -> RecordedAttempts:
    """Take in a file: its events as usage, and those that name an activity as attempts.

    Raises: UnreadableEvents, BadEventMapping.
    """
    from shinrai.usage.operations.move import move_all  # DuckDB and Delta: slow to load

    take_in_file(path, workspace=workspace, mapping=mapping, at=at)
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=at, waits=True)
    done = RecordedAttempts()
    reports = (
        _reported(event, activity=activity, score=score, most=most, is_completed=name == completed)
        for event in events_in(path, mapping, workspace.zone, at=at)
        if isinstance(event, UsageEvent) and (name := event.name) in (completed, started)
    )
    place = 0
    while some := list(islice(reports, ROWS)):
        one = record_attempts(
            workspace=workspace,
            reports=some,
            received_at=at,
            is_history=True,
            counts_days=False,
        )
        done = RecordedAttempts(
            done.new + one.new,
            done.known + one.known,
            done.erased + one.erased,
            {**done.refused, **{place + n: why for n, why in one.refused.items()}},
        )
        place += len(some)
    return done


def _reported(
    event: UsageEvent, *, activity: str, score: str, most: float, is_completed: bool
) -> ReportedAttempt:
    value: Any = event.properties.get(score)
    return ReportedAttempt(
        id=event.id,
        learner=event.actor,
        activity=str(event.properties.get(activity, "")),
        at=event.at,
        zone=event.zone,
        is_completed=is_completed,
        score=_number(value),
        most=most,
    )


def _number(value: Any) -> float | None:
    """Return a score; None without one, and what no score can be for one that is no number."""
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
