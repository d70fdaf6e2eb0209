"""Publish drawn answers and what reviewers said of them; cost follows what is new."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db.models import Q, QuerySet

from shinrai.accounts.queries import rezoned_workspaces, workspaces
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.quality.facts import ANSWERS
from shinrai.quality.models import SampledAnswer
from shinrai.quality.queries.reviews import standing_reviews
from shinrai.quality.rules.criteria import CRITERIA, REVIEWERS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.following import follow
from shinrai.warehouse.publishing import Published
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact

APP = "reviews"
CHUNK = 5_000


def publish_reviews(*, warehouse: Warehouse, at: datetime) -> Published:
    """Publish the answers that were drawn or judged since last time.

    Raises: NotPublished; PublishedMeanwhile if others kept publishing faster.
    """
    done = follow(warehouse, ANSWERS, _rows, app=APP, at=at)
    if done.rows:
        compact(warehouse, ANSWERS)
    return done


def reviews_as_of(*, workspace_id: int, until: datetime) -> Iterator[pa.RecordBatch]:
    """Give a workspace's drawn answers as they were at a moment."""
    found = SampledAnswer.objects.filter(sample__workspace_id=workspace_id, sample__at__lte=until)
    return _batches(found, revision=1, until=until)


def _rows(since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
    found = SampledAnswer.objects.filter(written_in__lt=upto)
    if since is not None:
        drawn = Q(written_in__gte=since, written_in__lt=upto)
        judged = Q(reviews__written_in__gte=since, reviews__written_in__lt=upto)
        rezoned = Q(sample__workspace_id__in=rezoned_workspaces(since=since, upto=upto))
        found = SampledAnswer.objects.filter(drawn | judged | rezoned).distinct()
    yield from _batches(found, revision=upto, until=None)


def _batches(
    found: "QuerySet[SampledAnswer]", *, revision: int, until: datetime | None
) -> Iterator[pa.RecordBatch]:
    zones = {there.id: zone_named(there.zone) for there in workspaces()}
    ids = list(found.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        by_workspace: dict[int, list[SampledAnswer]] = defaultdict(list)
        rows = SampledAnswer.objects.filter(id__in=some).select_related("sample").order_by("id")
        for answer in rows:
            by_workspace[answer.sample.workspace_id].append(answer)
        for there, answers in by_workspace.items():
            yield _batch(answers, there, zones[there], revision, until)


def _batch(
    answers: Sequence[SampledAnswer],
    workspace_id: int,
    zone: ZoneInfo,
    revision: int,
    until: datetime | None,
) -> pa.RecordBatch:
    said: dict[int, list[dict[str, str]]] = defaultdict(list)
    for review in standing_reviews([answer.pk for answer in answers], until=until):
        said[review.answer_id].append(review.marks)
    count = len(answers)
    marks = {
        f"{name}_marks": [
            "\n".join(sorted(mark[name] for mark in said[answer.pk]))
            if len(said[answer.pk]) >= REVIEWERS
            else None
            for answer in answers
        ]
        for name in CRITERIA
    }
    return ANSWERS.batch(
        {
            "workspace_id": [workspace_id] * count,
            "answer_id": [answer.pk for answer in answers],
            "case_id": [answer.case_id for answer in answers],
            "mode": [answer.sample.mode for answer in answers],
            "week_on": [answer.sample.week_on for answer in answers],
            "answered_us": [epoch_us(answer.answered_at) for answer in answers],
            "answered_on": [answer.answered_at.astimezone(zone).date() for answer in answers],
            "reviewers_count": [len(said[answer.pk]) for answer in answers],
            **marks,
            "revision": [revision] * count,
        }
    )
