"""Prepare the first view of habit, in both languages, so that a page need not compute it."""

from datetime import datetime, timedelta
from importlib.metadata import version
from time import perf_counter
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.usage.models import ActorMerge, PreparedUsage
from shinrai.usage.queries.laid_out import page_layout
from shinrai.usage.queries.view import UsageView, usage_view, usual_question
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

LANGUAGES: Final = ("en", "ja")
PARTS: Final = ("returns", "habit", "definitions")
QUICK_S: Final = 0.1  # a view that takes no longer is computed when it is asked for
LATE: Final = timedelta(minutes=1)  # a slower one may be shown so long without what came in


def prepare_usage(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> bool:
    """Prepare the first view, unless the stored one is current; return whether it was.

    The mark that it is stale is taken away first: what arrives meanwhile sets it again.
    """
    if prepared_usage(workspace=workspace, language="en", at=at) is not None:
        return False
    rows = PreparedUsage.objects.filter(workspace_id=workspace.id)
    none: dict[str, Any] = {"prepared_at": at, "stale_at": None, "rests_on": {}}
    PreparedUsage.objects.update_or_create(
        workspace_id=workspace.id, defaults=none, create_defaults={**none, "parts": {}}
    )
    ground = _rests_on(workspace, at)
    question, began = usual_question(workspace.zone, at), perf_counter()
    view = usage_view(workspace, at=at, warehouse=warehouse, question=question)
    parts = {language: view_parts(view, workspace, language=language) for language in LANGUAGES}
    took = perf_counter() - began
    rows.update(parts={**parts, "took_s": took}, rests_on=ground, prepared_at=at)
    return True


def prepared_usage(
    *, workspace: WorkspaceRecord, language: str, at: datetime, may_be_late: bool = False
) -> dict[str, Any] | None:
    """Return the prepared first view in a language; None if there is none that is current.

    `may_be_late`: one that takes long to compute counts as current for a minute after events came.
    """
    row = PreparedUsage.objects.filter(workspace_id=workspace.id).first()
    if row is None or not row.parts or row.rests_on != _rests_on(workspace, at):
        return None
    if row.stale_at is not None:
        is_slow = row.parts.get("took_s", 0) > QUICK_S
        if not (may_be_late and is_slow and at - row.stale_at <= LATE):
            return None
    return dict(row.parts[language])


def view_parts(view: UsageView, workspace: WorkspaceRecord, *, language: str) -> dict[str, Any]:
    """Return the parts of the page: its sentence, and HTML of our own templates.

    Without habit in the view that part is missing, and whether there is any.
    """
    from shinrai.usage.measures.declared import MEASURES  # with Ibis, which views load anyway

    with translation.override(language):
        layout = page_layout(view, workspace, usual_question(workspace.zone, view.at))
        layout |= {"measures": MEASURES}
        parts: dict[str, str] = {
            part: render_to_string(f"usage/_{part}.html", layout)
            for part in PARTS
            if part != "habit" or view.habit is not None
        }
        if view.habit is not None:
            parts["is_empty"] = "" if view.habit.churned.share.of else "1"
        return {"lead": layout["lead"], **parts}


def _rests_on(workspace: WorkspaceRecord, at: datetime) -> dict[str, Any]:
    """Return what the first view depends on beside events, which mark it as stale."""
    merges = ActorMerge.objects.filter(workspace_id=workspace.id).order_by("-id")
    return {
        "on": f"{today(workspace.zone, at)}",
        "zone": workspace.zone,
        "merge": merges.values_list("id", flat=True).first(),
        "events": [one.id for one in declared_events(workspace_id=workspace.id)],
        "program": version("shinrai"),
    }
