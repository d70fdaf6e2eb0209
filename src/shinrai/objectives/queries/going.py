"""Clocks neither stopped nor cancelled, one per case: counted in groups, listed by page.

PostgreSQL counts, sorts and cuts; only the rows of one page are fetched.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy

from shinrai.objectives.models import Clock, Objective
from shinrai.objectives.queries.lines import ClockLine, lines_of

Group = Literal["late", "at_risk", "running", "at_rest"]
GROUPS: tuple[Group, ...] = get_args(Group)
# What cases in hand can be sorted by, and the columns it takes.
ORDERS = {
    "due": ("due_at",),
    "case": ("case__source_key",),
    "objective": ("objective__name", "due_at"),
    "started": ("started_at",),
}


@dataclass(frozen=True)
class Going:
    """One page of the open cases, most urgent first, and how many there are in each group.

    `counts` are per group, of the record asked for if any; `records` are per kind of case; `listed`
    is the number of lines on all pages together.
    """

    lines: tuple[ClockLine, ...]
    counts: dict[Group, int]
    records: dict[str, int]
    listed: int

    @property
    def count(self) -> int:
        """Return the number of all open cases."""
        return sum(self.counts.values())


def clocks_going(
    *,
    workspace_id: int,
    at: datetime,
    closes_at: datetime | None,
    record: str | None = None,
    group: Group | None = None,
    search: str = "",
    sort: str = "due",
    skip: int = 0,
    most: int = 50,
) -> Going:
    """List open cases, each by its clock that is due first.

    Groups: late, past due; at_risk, due by `closes_at`; running, due later; at_rest, no due moment.
    `search` is a part of a case's key or of its objective's name; `sort` is one of `ORDERS`, with a
    leading `-` for descending.
    """
    rows = _one_per_case(workspace_id, at)
    found = rows.aggregate(
        inquiry=Count("id", filter=Q(case__record="inquiry")),
        investigation=Count("id", filter=Q(case__record="investigation")),
    )
    if record is not None:
        rows = rows.filter(case__record=record)
    conditions = _conditions(at, closes_at)
    counts = rows.aggregate(**{name: Count("id", filter=q) for name, q in conditions.items()})
    if group is not None:
        rows = rows.filter(conditions[group])
    if search:
        named = Q(case__source_key__icontains=search) | Q(objective__name__icontains=search)
        rows = rows.filter(named)
    shown = rows.order_by(*_order(sort), "paused_since", "case_id")
    return Going(
        lines=tuple(lines_of(shown[skip : skip + most], at)),
        counts={name: int(counts[name]) for name in GROUPS},
        records={name: int(count) for name, count in found.items()},
        listed=rows.count() if search else counts[group] if group else sum(counts.values()),
    )


def _order(sort: str) -> tuple[OrderBy, ...]:
    fields = ORDERS.get(sort.removeprefix("-"), ORDERS["due"])
    if sort.startswith("-"):
        return tuple(F(name).desc(nulls_last=True) for name in fields)
    return tuple(F(name).asc(nulls_last=True) for name in fields)


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


def _one_per_case(workspace_id: int, at: datetime) -> QuerySet[Clock]:
    going = _going(at).filter(workspace_id=workspace_id)
    pressing = going.order_by("case_id", F("due_at").asc(nulls_last=True)).distinct("case_id")
    return Clock.objects.filter(id__in=pressing.values("id"))


def _going(at: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(
        Q(exempted_at__isnull=True) | Q(exempted_at__gt=at) | Q(exempted_at__gt=F("due_at")),
        gone=False,
        stopped_at__isnull=True,
        cancelled_at__isnull=True,
        started_at__lte=at,
    )


def _conditions(at: datetime, closes_at: datetime | None) -> dict[Group, Q]:
    by = closes_at if closes_at is not None and closes_at > at else at
    return {
        "late": Q(due_at__lt=at),
        "at_risk": Q(due_at__gte=at, due_at__lte=by),
        "running": Q(due_at__gt=by),
        "at_rest": Q(due_at__isnull=True),
    }
