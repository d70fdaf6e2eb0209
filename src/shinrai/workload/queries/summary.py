"""The summary of work: what weighs most, and what a week asks of each tier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import ibis

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.units.moments import epoch_us
from shinrai.units.unknown import Unknown
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.running import run_all
from shinrai.warehouse.store import Warehouse
from shinrai.workload.measures import entries, jobs, weeks
from shinrai.workload.rules.jobs import NO_MINUTES, Job, Weekly, weekly, weekly_hours, whole_weeks
from shinrai.workload.rules.jobs import jobs as ranked
from shinrai.workload.rules.kinds import TIER_3
from shinrai.workload.tables import WORK

HELD = "work_held"


@dataclass(frozen=True)
class TierWeeks:
    """What a week asks of one tier, in hours; None: nobody knows which tier it was."""

    tier: int | None
    hours: Weekly | Unknown


@dataclass(frozen=True)
class ModeWork:
    """The work of one mode: kinds of job, heaviest first; weeks; interruptions of tier 3."""

    mode: str
    jobs: tuple[Job, ...]
    tiers: tuple[TierWeeks, ...]
    tier3_hours: Weekly | Unknown
    interruptions: Weekly

    @property
    def spent_s(self) -> int | Unknown:
        """Add up all seconds; unknown where nobody wrote minutes down."""
        return sum(job.spent_s for job in self.jobs) or NO_MINUTES


@dataclass(frozen=True)
class WorkSummary:
    """The work of a workspace between two dates, mode by mode; modes never mix."""

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
    """Answer what was worked between two dates, both included (without them: of all time)."""
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
    by_job, by_week = answers["jobs"].records(), answers["weeks"].records()
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
        versions=answers["jobs"].versions,
        fresh=answers["jobs"].fresh,
    )


@lru_cache(maxsize=16)
def _expressions(names: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    held = entries(WORK.unbound(), **of_shape(names, "at", "since", "until", "mode"))
    found = ibis.table(held.schema(), name=HELD)
    return {HELD: held}, {"jobs": jobs(found), "weeks": weeks(found)}


def _mode(
    mode: str,
    by_job: Iterable[Mapping[str, Any]],
    by_week: Iterable[Mapping[str, Any]],
    spans: tuple[date, ...],
) -> ModeWork:
    spent: dict[int | None, dict[date, int]] = defaultdict(dict)
    called: dict[date, float] = defaultdict(float)
    for row in by_week:
        if row["spent_s"]:
            spent[row["tier"]][row["week"]] = int(row["spent_s"])
        called[row["week"]] += int(row["interruptions"])
    tiers = sorted(spent, key=lambda tier: (tier is None, tier))
    return ModeWork(
        mode=mode,
        jobs=ranked(by_job),
        tiers=tuple(TierWeeks(tier, weekly_hours(spent[tier], spans)) for tier in tiers),
        tier3_hours=weekly_hours(spent.get(TIER_3, {}), spans),
        interruptions=weekly(called, spans),
    )
