"""Prepare the summary of missions, so that the page need not compute it."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.models import (
    AttemptRow,
    DeclaredRest,
    Offer,
    PinGiven,
    PinVersionRow,
    PolicyExperiment,
    PreparedSummary,
)
from shinrai.missions.operations.attempts import give_pins_to_all
from shinrai.missions.queries.summary import WEEKS, missions_summary
from shinrai.missions.queries.weeks import monday_of
from shinrai.usage.rules.periods import today

RESTS_ON: Final = (AttemptRow, PinVersionRow, PinGiven, DeclaredRest, Offer, PolicyExperiment)
LATEST: Final = timedelta(minutes=10)  # what changes without a new row: merges, attempts of old ids
SHOWN_FOR: Final = timedelta(minutes=30)  # without a worker a page computes it itself


def prepare_summary(*, workspace: WorkspaceRecord, at: datetime) -> bool:
    """Prepare the summary, unless the stored one is current; return whether it was.

    A workspace without activities and attempts has none.
    """
    ground = _rests_on(workspace, at)
    row = PreparedSummary.objects.filter(workspace_id=workspace.id).first()
    if row is not None and row.rests_on == ground and at - row.prepared_at < LATEST:
        return False
    if not ground["AttemptRow"] and not ground["PinVersionRow"]:
        return False
    if row is None or row.rests_on.get("PinVersionRow") != ground["PinVersionRow"]:
        # Who has earned a pin by history gets it when its rule is declared, as the preview says.
        give_pins_to_all(workspace=workspace, at=at)
        ground = _rests_on(workspace, at)
    PreparedSummary.objects.update_or_create(
        workspace_id=workspace.id,
        defaults={
            "prepared_at": at,
            "rests_on": ground,
            "document": missions_summary(workspace, at=at),
        },
    )
    return True


def summary_shown(
    workspace: WorkspaceRecord, *, at: datetime, weeks: int = WEEKS
) -> dict[str, Any]:
    """Return the prepared summary of the usual weeks where it is fresh; else compute it."""
    row = PreparedSummary.objects.filter(workspace_id=workspace.id).first()
    is_fresh = (
        row is not None
        and timedelta(0) <= at - row.prepared_at < SHOWN_FOR
        and row.rests_on.get("week") == f"{monday_of(workspace, at)}"
        and row.rests_on.get("program") == version("shinrai")
    )
    if row is not None and is_fresh and weeks == WEEKS:
        return dict(row.document)
    return missions_summary(workspace, at=at, weeks=weeks)


def _rests_on(workspace: WorkspaceRecord, at: datetime) -> dict[str, Any]:
    """Return the newest row of each table, and what else a summary depends on."""
    newest = {
        table.__name__: table.objects.filter(workspace_id=workspace.id)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
        for table in RESTS_ON
    }
    return {
        **newest,
        "week": f"{monday_of(workspace, at)}",
        "on": f"{today(workspace.zone, at)}",
        "zone": workspace.zone,
        "program": version("shinrai"),
    }
