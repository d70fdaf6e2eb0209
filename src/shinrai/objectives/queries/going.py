"""Clocks neither stopped nor cancelled: which of them presses each open case most."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal, get_args

from django.db.models import Count, F, Q, QuerySet

from shinrai.objectives.models import Clock, Objective
from shinrai.objectives.queries.lines import ClockLine, lines_of

Group = Literal["late", "at_risk", "running", "at_rest"]
GROUPS: tuple[Group, ...] = get_args(Group)


def pressing_clocks(workspace_ids: Collection[int], *, at: datetime) -> tuple[str, tuple[Any, ...]]:
    """Return the statement, with its values, of each open case's clock that is due first.

    For a `WITH`, so that PostgreSQL joins it. Columns: case_id, objective_id, due_at, paused_since.
    """
    going = _going(at).filter(workspace_id__in=workspace_ids)
    first = going.order_by("case_id", F("due_at").asc(nulls_last=True), "paused_since")
    columns = ("case_id", "objective_id", "due_at", "paused_since")
    return first.distinct("case_id").values_list(*columns).query.sql_with_params()


def clocks_due(
    *, workspace_id: int, at: datetime, since: datetime, until: datetime
) -> list[ClockLine]:
    """Return the clocks of open cases that are due in a span, each case with all of its clocks."""
    rows = _going(at).filter(workspace_id=workspace_id, due_at__gte=since, due_at__lt=until)
    return lines_of(rows.order_by("due_at", "case_id"), at)


def cases_late(workspace_ids: Collection[int], *, at: datetime) -> dict[int, tuple[int, int]]:
    """Return, per workspace, the number of late cases and of all open cases.

    A workspace without objectives is left out.
    """
    promised = Objective.objects.filter(workspace_id__in=workspace_ids)
    counted = (
        _going(at)
        .filter(workspace_id__in=workspace_ids)
        .values("workspace_id")
        .annotate(
            late=Count("case_id", filter=Q(due_at__lt=at), distinct=True),
            in_hand=Count("case_id", distinct=True),
        )
    )
    found = dict.fromkeys(promised.values_list("workspace_id", flat=True), (0, 0))
    return found | {row["workspace_id"]: (row["late"], row["in_hand"]) for row in counted}


def _going(at: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(
        Q(exempted_at__isnull=True) | Q(exempted_at__gt=at) | Q(exempted_at__gt=F("due_at")),
        gone=False,
        stopped_at__isnull=True,
        cancelled_at__isnull=True,
        started_at__lte=at,
    )
