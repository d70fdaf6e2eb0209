"""The summary of work: kinds of job by total time, and the work of each tier per week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.units.moments import epoch_us
from shinrai.units.unknown import Unknown
from shinrai.warehouse.day_counts import DayNumbers, day_numbers
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.store import Warehouse
from shinrai.workload.measures.declared import entries, jobs, weeks
from shinrai.workload.rules.jobs import NO_MINUTES, Job, Weekly, weekly, weekly_hours, whole_weeks
from shinrai.workload.rules.jobs import jobs as ranked
from shinrai.workload.rules.kinds import TIER_3

HELD: Final = "work_held"
NAME: Final = "workload"  # of the counts per day


@dataclass(frozen=True)
class TierWeeks:
    """The hours per week of one tier; `tier` None: the tier is unknown."""

    tier: int | None
    hours: Weekly | Unknown


@dataclass(frozen=True)
class ModeWork:
    """The work of one mode: kinds of job, most time first; hours per tier; interruptions."""

    mode: str
    jobs: tuple[Job, ...]
    tiers: tuple[TierWeeks, ...]
    tier3_hours: Weekly | Unknown
    interruptions: Weekly

    @property
    def spent_s(self) -> int | Unknown:
        """Return the sum of all seconds; unknown if no minutes were recorded."""
        return sum(job.spent_s for job in self.jobs) or NO_MINUTES


@dataclass(frozen=True)
class WorkSummary:
    """The work of a workspace between two dates; each mode has its own figures."""

    workspace: str
    at: datetime
    since: date | None
    until: date | None
    modes: tuple[ModeWork, ...]
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]


def work_summary(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
) -> WorkSummary:
    """Return the work between two dates, both included (without them: of all time)."""
    # Ibis and DuckDB are slow to load; a page that adds up what was counted needs neither.
    from shinrai.warehouse.parameters import shape
    from shinrai.warehouse.query import run_all
    from shinrai.workload.facts import WORK

    values = {"at": epoch_us(at), "since": since, "until": until, "mode": mode}
    held, asked = _expressions(shape(values))
    answers = run_all(
        warehouse,
        asked,
        held=held,
        tables=(WORK,),
        within={"workspace_id": workspace.id},
        parameters=values,
    )
    return _summary(
        workspace,
        at,
        (since, until),
        answers["jobs"].records(),
        answers["weeks"].records(),
        versions=answers["jobs"].versions,
        fresh=answers["jobs"].fresh,
    )


def work_now(
    *, workspace: WorkspaceRecord, since: date | None, until: date | None
) -> WorkSummary | None:
    """Return the summary from the counts the worker stores per day; None if there are none yet.

    Its `at` is the moment of counting, at most some minutes ago.
    """
    counted = day_numbers(
        NAME, workspace_id=workspace.id, questions=("jobs", "weeks"), since=since, until=until
    )
    if counted is None:
        return None
    fill, found = counted
    return _summary(
        workspace,
        fill.at,
        (since, until),
        _of_jobs(found["jobs"]),
        _of_weeks(found["weeks"]),
        versions=fill.versions,
        fresh=fill.fresh,
    )


def _of_jobs(numbers: DayNumbers) -> list[dict[str, Any]]:
    """Add up the days of each case, then the cases of each kind, as `measures.jobs` does."""
    pairs = np.stack((numbers.key, numbers["case_id"]), axis=1)
    of_case, place = np.unique(pairs, axis=0, return_inverse=True)
    spent = np.bincount(place.ravel(), weights=numbers["spent_s"], minlength=len(of_case))
    kinds, place = np.unique(of_case[:, 0], return_inverse=True)
    cases, total, squares = (
        np.bincount(place, weights=weights, minlength=len(kinds)).tolist()
        for weights in (None, spent, spent * spent)
    )
    return [
        dict(zip(numbers.keys, numbers.combinations[kind], strict=True))
        | {"cases": cases[n], "spent_s": int(total[n]), "squares": squares[n]}
        for n, kind in enumerate(kinds.tolist())
    ]


def _of_weeks(numbers: DayNumbers) -> list[dict[str, Any]]:
    """Return a row per day with the Monday of its week; they are added up by week later."""
    days = [date.fromordinal(on) for on in numbers.on.tolist()]
    return [
        dict(zip(numbers.keys, numbers.combinations[key], strict=True))
        | {"week": day - timedelta(days=day.weekday()), "spent_s": spent, "interruptions": calls}
        | {"since": day, "until": day}
        for day, key, spent, calls in zip(
            days,
            numbers.key.tolist(),
            numbers["spent_s"].tolist(),
            numbers["interruptions"].tolist(),
            strict=True,
        )
    ]


def _summary(
    workspace: WorkspaceRecord,
    at: datetime,
    dates: tuple[date | None, date | None],
    by_job: list[dict[str, Any]],
    by_week: list[dict[str, Any]],
    *,
    versions: Mapping[str, int],
    fresh: Mapping[str, Fresh | None],
) -> WorkSummary:
    since, until = dates
    first = since or min((row["since"] for row in by_week), default=None)
    last = until or max((row["until"] for row in by_week), default=None)
    spans = whole_weeks(first, last) if first and last else ()
    modes = sorted({row["mode"] for row in (*by_job, *by_week)})
    return WorkSummary(
        workspace=workspace.slug,
        at=at,
        since=since,
        until=until,
        modes=tuple(
            _mode(
                name,
                [row for row in by_job if row["mode"] == name],
                [row for row in by_week if row["mode"] == name],
                spans,
            )
            for name in modes
        ),
        versions=versions,
        fresh=fresh,
    )


@lru_cache(maxsize=16)
def _expressions(names: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    import ibis

    from shinrai.warehouse.parameters import of_shape
    from shinrai.workload.facts import WORK

    held = entries(WORK.unbound(), **of_shape(names, "at", "since", "until", "mode"))
    found = ibis.table(held.schema(), name=HELD)
    return {HELD: held}, {"jobs": jobs(found), "weeks": weeks(found)}


def _mode(
    mode: str,
    by_job: Iterable[Mapping[str, Any]],
    by_week: Iterable[Mapping[str, Any]],
    spans: tuple[date, ...],
) -> ModeWork:
    spent: dict[int | None, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    called: dict[date, float] = defaultdict(float)
    for row in by_week:
        if row["spent_s"]:
            spent[row["tier"]][row["week"]] += int(row["spent_s"])
        called[row["week"]] += int(row["interruptions"])
    tiers = sorted(spent, key=lambda tier: (tier is None, tier))
    return ModeWork(
        mode=mode,
        jobs=ranked(by_job),
        tiers=tuple(TierWeeks(tier, weekly_hours(spent[tier], spans)) for tier in tiers),
        tier3_hours=weekly_hours(spent.get(TIER_3, {}), spans),
        interruptions=weekly(called, spans),
    )
