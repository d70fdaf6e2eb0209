"""How long an answer usually takes, and which due moments are nearer than that."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import F, QuerySet

from shinrai.calendars.rules.business_time import due
from shinrai.calendars.rules.days import NothingOpen
from shinrai.objectives.models import Clock, Objective
from shinrai.objectives.queries.judges import Judge

LOOK_BACK = timedelta(days=90)
FEWEST = 10  # answers, below which no time is called usual
MOST = 2_000  # answers, the last of which say what is usual


@dataclass(frozen=True)
class UsualTime:
    """How long half of the last answers under an objective took, and of how many.

    Unit: business time without pauses.
    """

    time: timedelta
    count: int


def usual_times(*, workspace_id: int, at: datetime) -> dict[str, UsualTime]:
    """Return, by objective, the median time to answer of what fell due in the last 90 days.

    Answers until `at` count, unless exempt or cancelled: the last 2,000, as more would not move
    their median by a minute. An objective with fewer than 10 is left out.
    """
    found = {}
    names = Objective.objects.filter(workspace_id=workspace_id).values_list("id", "name")
    for number, name in names:
        rows = _answered(workspace_id, at).filter(objective_id=number).order_by("-due_at")
        times = rows.values_list(F("open_s") - F("paused_open_s"), flat=True)[:MOST]
        if len(times) >= FEWEST:
            found[name] = UsualTime(timedelta(seconds=round(median(times))), len(times))
    return found


def risk_moments(
    judges: Iterable[Judge],
    usual: Mapping[str, UsualTime],
    *,
    at: datetime,
    closes_at: datetime | None,
) -> dict[str, datetime]:
    """Return, by objective, the moment before which what falls due is at risk.

    Less business time is left until then than an answer usually takes. Where no time is usual yet,
    what is due by the next close is at risk.
    """
    found: dict[str, datetime] = {}
    for judge in judges:
        name = judge.objective.name
        if closes_at is not None:
            found[name] = closes_at + timedelta.resolution
        if name in usual:
            with suppress(NothingOpen):
                found[name] = due(judge.calendar, at, usual[name].time) or at
    return found


def _answered(workspace_id: int, at: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(
        workspace_id=workspace_id,
        gone=False,
        due_at__gt=at - LOOK_BACK,
        due_at__lte=at,
        stopped_at__lte=at,
        cancelled_at__isnull=True,
        exempted_at__isnull=True,
    )
