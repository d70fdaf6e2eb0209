"""Clocks neither stopped nor cancelled, one per case: counted in groups, listed by page.

PostgreSQL counts, sorts and cuts; only the rows of one page are fetched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, IntegerField, Q, QuerySet, Value
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
    "age": ("started_at",),
}


@dataclass(frozen=True)
class Going:
    """One page of the open cases, most urgent first, and how many there are in each group.

    `counts` are per group, of the record asked for if any; `records` are per kind of case; `listed`
    is the number of lines on all pages together; `due_next` are due by the next close.
    """

    lines: tuple[ClockLine, ...]
    counts: dict[Group, int]
    records: dict[str, int]
    listed: int
    due_next: int

    @property
    def count(self) -> int:
        """Return the number of all open cases."""
        return sum(self.counts.values())


def clocks_going(
    *,
    workspace_id: int,
    at: datetime,
    closes_at: datetime | None,
    risk_before: Mapping[str, datetime],
    record: str | None = None,
    group: Group | None = None,
    search: str = "",
    found_too: Collection[int] = (),
    case_ids: Collection[int] | None = None,
    sort: str = "due",
    ranked: Sequence[int] = (),
    skip: int = 0,
    most: int = 50,
) -> Going:
    """List open cases, each by its clock that is due first.

    Groups: late, past due; at_risk, due before the moment of its objective in `risk_before`;
    running, due later; at_rest, no due moment. `search` is a part of a case's key or of its
    objective's name; the cases `found_too` are listed with those. With `case_ids`, only these cases
    are. `sort` is one of `ORDERS`, with a leading `-` for descending; `ranked` are cases that come
    first, in this order.
    """
    rows = _one_per_case(workspace_id, at)
    found = rows.aggregate(
        inquiry=Count("id", filter=Q(case__record="inquiry")),
        investigation=Count("id", filter=Q(case__record="investigation")),
    )
    if record is not None:
        rows = rows.filter(case__record=record)
    conditions = _conditions(at, risk_before)
    due_next = Q(due_at__gte=at, due_at__lte=closes_at) if closes_at else Q(pk__in=())
    counts = rows.aggregate(
        due_next=Count("id", filter=due_next),
        **{name: Count("id", filter=q) for name, q in conditions.items()},
    )
    if case_ids is not None:
        rows = rows.filter(case_id__in=case_ids)
    if group is not None:
        rows = rows.filter(conditions[group])
    if search:
        named = Q(case__source_key__icontains=search) | Q(objective__name__icontains=search)
        rows = rows.filter(named | Q(case_id__in=found_too))
    rank = Func(
        Value(list(ranked), ArrayField(BigIntegerField())),
        F("case_id"),
        function="array_position",
        output_field=IntegerField(),
    )
    first = (OrderBy(rank, nulls_last=True),) if ranked else ()
    shown = rows.order_by(*first, *_order(sort), "paused_since", "case_id")
    return Going(
        lines=tuple(lines_of(shown[skip : skip + most], at)),
        counts={name: int(counts[name]) for name in GROUPS},
        records={name: int(count) for name, count in found.items()},
        listed=rows.count(),
        due_next=int(counts["due_next"]),
    )


def cases_going(*, workspace_id: int, at: datetime, record: str | None = None) -> list[int]:
    """Return the open cases that an objective has a clock of, most urgent first."""
    rows = _going(at).filter(workspace_id=workspace_id)
    rows = rows if record is None else rows.filter(case__record=record)
    ordered = rows.order_by(F("due_at").asc(nulls_last=True), "case_id")
    return list(dict.fromkeys(ordered.values_list("case_id", flat=True)))


def clocks_due(
    *, workspace_id: int, at: datetime, since: datetime, until: datetime
) -> list[ClockLine]:
    """Return the clocks of open cases that are due in a span, each case with all of its clocks."""
    rows = _going(at).filter(workspace_id=workspace_id, due_at__gte=since, due_at__lt=until)
    return lines_of(rows.order_by("due_at", "case_id"), at)


def _order(sort: str) -> tuple[OrderBy, ...]:
    name = sort.removeprefix("-")
    is_down = sort.startswith("-") != (name == "age")  # the oldest began first
    fields = (F(field) for field in ORDERS.get(name, ORDERS["due"]))
    return tuple(
        one.desc(nulls_last=True) if is_down else one.asc(nulls_last=True) for one in fields
    )


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


def _conditions(at: datetime, risk_before: Mapping[str, datetime]) -> dict[Group, Q]:
    at_risk = Q(pk__in=())
    for name, until in risk_before.items():
        at_risk |= Q(objective__name=name, due_at__lt=until)
    return {
        "late": Q(due_at__lt=at),
        "at_risk": Q(at_risk, due_at__gte=at),
        "running": Q(~at_risk, due_at__gte=at),
        "at_rest": Q(due_at__isnull=True),
    }
