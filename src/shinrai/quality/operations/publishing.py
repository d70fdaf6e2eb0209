"""Publish the facts of what changed in the ledger; cost follows what is new."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pyarrow as pa

from shinrai.ledger.queries import ChangedCase, changed_cases
from shinrai.quality.facts import INQUIRIES, INVESTIGATIONS
from shinrai.quality.operations.basis import Ground, all_grounds, note_published, outdated
from shinrai.quality.operations.batches import inquiry_batch, investigation_batch
from shinrai.quality.operations.counting import count_what_changed
from shinrai.quality.operations.publishing_reviews import publish_reviews
from shinrai.quality.operations.reading import (
    all_inquiry_rows,
    all_investigation_rows,
    chunks,
    inquiry_rows,
    investigation_rows,
)
from shinrai.topics.operations.publishing import publish_topics
from shinrai.warehouse.following import follow
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact

APP = "quality"
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class PublishedFacts:
    """How many rows of facts were published."""

    inquiries: int
    investigations: int


def publish_facts(*, warehouse: Warehouse, at: datetime) -> PublishedFacts:
    """Publish the facts of every case that changed, of every workspace, and count its days.

    Where a calendar, the time zones, the holidays or our rules are others than those the published
    facts rest on, all facts of the workspace are computed again. Raises: NotPublished;
    PublishedMeanwhile if others kept publishing faster.
    """
    publish_topics(warehouse=warehouse, at=at)
    publish_reviews(warehouse=warehouse, at=at)
    grounds = all_grounds()
    again = outdated(grounds)
    reading = _Reading(grounds, again)
    inquiries = follow(warehouse, INQUIRIES, reading.inquiries, app=APP, at=at)
    investigations = follow(warehouse, INVESTIGATIONS, reading.investigations, app=APP, at=at)
    if again and not inquiries.done_before:
        note_published(grounds, again)
    for table, done in ((INQUIRIES, inquiries), (INVESTIGATIONS, investigations)):
        if done.rows:
            compact(warehouse, table)  # only once small files have piled up
    count_what_changed(warehouse=warehouse, at=at)
    return PublishedFacts(inquiries.rows, investigations.rows)


@dataclass(frozen=True)
class _Reading:
    """Which rows are made: of all cases of workspaces that are `again`, else of what changed."""

    grounds: dict[int, Ground]
    again: set[int]

    def inquiries(self, since: int | None, upto: int) -> Batches:
        """Make rows of inquiries; one changes also by an investigation about it."""
        for ground in self._whole(since):
            for rows in all_inquiry_rows(workspace_id=ground.workspace_id):
                yield inquiry_batch(rows, ground, revision=upto)
        yield from self._changed(since, upto, _inquiry_of, self._some_inquiries)

    def investigations(self, since: int | None, upto: int) -> Batches:
        """Make rows of investigations; no calendar bears on them."""
        for ground in self._whole(since) if since is None else ():
            for rows in all_investigation_rows(workspace_id=ground.workspace_id):
                yield investigation_batch(rows, ground, revision=upto)
        yield from self._changed(
            since, upto, _investigation_of, self._some_investigations, is_whole_apart=False
        )

    def _whole(self, since: int | None) -> Iterator[Ground]:
        for there, ground in self.grounds.items():
            if since is None or there in self.again:
                yield ground

    def _changed(
        self,
        since: int | None,
        upto: int,
        wanted: Callable[[ChangedCase], int | None],
        made: Callable[[list[int], Ground, int], pa.RecordBatch],
        *,
        is_whole_apart: bool = True,
    ) -> Batches:
        if since is None:
            return
        walk = changed_cases(since=since, upto=upto)
        for there, changed in groupby(walk, lambda case: case.workspace_id):
            ids = {found for case in changed if (found := wanted(case)) is not None}
            if there not in self.grounds or (is_whole_apart and there in self.again):
                continue
            for some in chunks(sorted(ids)):
                yield made(some, self.grounds[there], upto)

    def _some_inquiries(self, ids: list[int], ground: Ground, upto: int) -> pa.RecordBatch:
        rows = inquiry_rows(ids, workspace_id=ground.workspace_id)
        return inquiry_batch(rows, ground, revision=upto)

    def _some_investigations(self, ids: list[int], ground: Ground, upto: int) -> pa.RecordBatch:
        rows = investigation_rows(ids, workspace_id=ground.workspace_id)
        return investigation_batch(rows, ground, revision=upto)


def _inquiry_of(case: ChangedCase) -> int | None:
    return case.id if case.record == "inquiry" else case.parent_id


def _investigation_of(case: ChangedCase) -> int | None:
    return case.id if case.record == "investigation" else None
