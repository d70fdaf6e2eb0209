"""Publish which label counts as which topic; a codebook is small, and goes out whole."""

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa

from shinrai.topics.facts import TOPICS
from shinrai.topics.queries import changed_codebooks, codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.warehouse.following import follow
from shinrai.warehouse.publishing import Published
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact

APP = "topics"


def publish_topics(*, warehouse: Warehouse, at: datetime) -> Published:
    """Publish the codebooks that changed since last time.

    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    done = follow(warehouse, TOPICS, _rows, app=APP, at=at)
    if done.rows:
        compact(warehouse, TOPICS)
    return done


def topics_as_of(*, workspace_id: int, until: datetime) -> list[pa.RecordBatch]:
    """Give a workspace's codebook as it was at a moment."""
    found = codebook(workspace_id=workspace_id, until=until)
    return [_batch(found, workspace_id, 1)] if found.topics else []


def _rows(since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
    for there in changed_codebooks(since=since, upto=upto):
        yield _batch(codebook(workspace_id=there), there, upto)


def _batch(found: Codebook, workspace_id: int, revision: int) -> pa.RecordBatch:
    count = len(found.topics)
    return TOPICS.batch(
        {
            "workspace_id": [workspace_id] * count,
            "label": list(found.topics),
            "topic": [found.counts_as(key) for key in found.topics],
            "codebook": [topic.codebook for topic in found.topics.values()],
            "revision": [revision] * count,
        }
    )
