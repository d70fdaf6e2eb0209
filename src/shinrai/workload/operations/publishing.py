"""Publish the work of what changed in the ledger; cost follows what is new."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.accounts.queries import workspaces
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import case_heads, cases_with, changed_cases, standing_of
from shinrai.units.moments import epoch_us
from shinrai.warehouse.following import follow
from shinrai.warehouse.publishing import Published
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact
from shinrai.workload.rules.entries import CaseWork, case_work
from shinrai.workload.rules.kinds import TIER_3
from shinrai.workload.tables import WORK

APP = "workload"
CHUNK = 5_000


def publish_work(*, warehouse: Warehouse, at: datetime) -> Published:
    """Publish the entries of every case that changed since last time, of every workspace.

    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    done = follow(warehouse, WORK, _rows, app=APP, at=at)
    if done.rows:
        compact(warehouse, WORK)  # only once small files have piled up
    return done


def _rows(since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
    """Make rows of what changed; at first, of the cases that weigh anything at all."""
    zones = {there.id: ZoneInfo(there.zone) for there in workspaces()}
    if since is None:
        for there, zone in zones.items():
            found = cases_with(workspace_id=there, kinds=("worked", "consulted"), tier=TIER_3)
            for some in _chunks(found):
                yield _batch(some, there, zone, upto)
        return
    changed = changed_cases(since=since, upto=upto)
    for there, cases in groupby(changed, lambda case: case.workspace_id):
        if there in zones:
            for some in _chunks([case.id for case in cases]):
                yield _batch(some, there, zones[there], upto)


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])


def _batch(ids: list[int], workspace_id: int, zone: ZoneInfo, upto: int) -> pa.RecordBatch:
    heads = case_heads(ids)
    found = standing_of(ids, workspace_id=workspace_id)
    rows: list[tuple[Any, ...]] = []
    for case_id in ids:
        record = heads[case_id].record
        steps = found.get(case_id, [])
        life = replay_inquiry(steps) if record == "inquiry" else replay_investigation(steps)
        work = case_work(steps, life.stretches) if steps else CaseWork(None, ())
        head = (case_id, record, life.mode, work.topic)
        rows.append((*head, 0, "case", None, None, "", 0, None))
        rows += (
            (*head, place, entry.kind, entry.at, entry.tier, entry.job, entry.spent_s, entry.doubt)
            for place, entry in enumerate(work.entries, start=1)
        )
    return _columns(rows, workspace_id, zone, upto)


def _columns(
    rows: Sequence[tuple[Any, ...]], workspace_id: int, zone: ZoneInfo, upto: int
) -> pa.RecordBatch:
    case_id, record, mode, topic, index, entry, at, tier, job, spent, doubt = zip(
        *rows, strict=True
    )
    days = [None if moment is None else moment.astimezone(zone).date() for moment in at]
    count = len(rows)
    return WORK.batch(
        {
            "workspace_id": [workspace_id] * count,
            "case_id": case_id,
            "index": index,
            "reading": [upto] * count,
            "record": record,
            "mode": mode,
            "topic": topic,
            "entry": entry,
            "happened_us": [None if moment is None else epoch_us(moment) for moment in at],
            "happened_on": days,
            "week_on": [_monday(day) for day in days],
            "tier": tier,
            "job": job,
            "spent_s": spent,
            "doubt": doubt,
            "revision": [upto] * count,
            "gone": [False] * count,
        }
    )


def _monday(day: date | None) -> date | None:
    return None if day is None else day - timedelta(days=day.weekday())
