"""Take completions out of usage events, as they are moved into the published tables."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import workspace_numbered
from shinrai.missions.models import CompletionEvents
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.queries.declarations import event_names, has_activities
from shinrai.missions.rules.events import EventNames, reported
from shinrai.usage.rules.event import UsageEvent


def record_events(
    *, workspace_id: int, events: Sequence[tuple[UsageEvent, datetime]], at: datetime
) -> None:
    """Record the attempts that events report, in the caller's transaction; known since they came.

    A workspace that declared no activity does not use missions: its events are nobody's attempts.
    """
    names = event_names(workspace_id)
    found = [reported(event, names, received_at) for event, received_at in events]
    reports = [one for one in found if one is not None]
    if reports and has_activities(workspace_id):
        record_attempts(
            workspace=workspace_numbered(workspace_id),
            reports=reports,
            received_at=at,
            counts_days=False,
        )


def declare_events(*, workspace_id: int, names: EventNames, at: datetime, by: str) -> None:
    """Declare which usage events are attempts, from now on."""
    if names == event_names(workspace_id):
        return
    with transaction.atomic():
        CompletionEvents.objects.create(
            workspace_id=workspace_id, document=asdict(names), since=at, by=by
        )
        record_action(
            workspace_id=workspace_id,
            what="completion events declared",
            subject="completion events",
            at=at,
            by=by,
        )
