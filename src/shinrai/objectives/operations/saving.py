"""Save an objective, or a new version of it, and compute its clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.calendars.operations import save_calendar
from shinrai.objectives.models import Objective, ObjectiveVersion
from shinrai.objectives.operations.refreshing import recompute_clocks
from shinrai.objectives.rules.document import read_objective
from shinrai.postgres.locks import lock_in_transaction


@dataclass(frozen=True)
class SavedObjective:
    """The saved objective's name and version, and whether this version is new."""

    name: str
    version: int
    is_new: bool


def save_objective(
    *,
    workspace_id: int,
    document: Mapping[str, Any],
    at: datetime,
    by: str,
    calendars: Mapping[str, Mapping[str, Any]] | None = None,
) -> SavedObjective:
    """Save an objective: the same document changes nothing, a changed one becomes a new version.

    `calendars` maps names used in the document to calendar documents; they are saved too.
    The first version judges all clocks from the beginning; a later one judges clocks that start at
    or after the moment it was saved.
    Raises: BadObjective, BadCalendar, UnknownCalendar.
    """
    objective = read_objective(document)
    with transaction.atomic():
        for name, calendar in (calendars or {}).items():
            save_calendar(workspace_id=workspace_id, name=name, document=calendar, at=at, by=by)
        lock_in_transaction(f"objective:{workspace_id}:{objective.name}")
        row, _ = Objective.objects.get_or_create(workspace_id=workspace_id, name=objective.name)
        last = ObjectiveVersion.objects.filter(objective=row).order_by("-number").first()
        if last is not None and last.document == document:
            return SavedObjective(objective.name, last.number, is_new=False)
        number = 1 if last is None else last.number + 1
        ObjectiveVersion.objects.create(
            objective=row,
            number=number,
            document=document,
            valid_from=None if last is None else at,
            saved_at=at,
            by=by,
        )
        record_action(
            workspace_id=workspace_id,
            what="save objective",
            subject=f"objective:{objective.name}",
            at=at,
            by=by,
            reason=f"version {number}",
        )
        recompute_clocks(workspace_id=workspace_id, objective_ids=[row.pk])
    return SavedObjective(objective.name, number, is_new=True)
