"""Mark what has become stale, and prepare what pages of knowledge show; done by the worker."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.knowledge.models import (
    ArticleMark,
    ArticleUse,
    ArticleVersion,
    EmptySearch,
    PreparedKnowledge,
)
from shinrai.knowledge.queries.articles import ArticleRecord, articles
from shinrai.knowledge.queries.outcomes import (
    arrived_cases,
    contradicted_since,
    returned_uses,
    topics_of_one,
)
from shinrai.knowledge.rules.staleness import comes_back_too_often
from shinrai.units.share import Share
from shinrai.warehouse.day_counts import fill_of
from shinrai.warehouse.store import Warehouse

BY: Final = "system"
LOOKED_BACK: Final = timedelta(days=14)  # imports tell late
SEARCHES_KEPT: Final = timedelta(days=90)


def mark_contradicted(*, workspace_id: int, topic: str, case_key: str, at: datetime) -> int:
    """Mark the published articles of a topic in which an answer was contradicted; return how many.

    What is marked for a case is not marked for it again, also after somebody found it fresh.
    """
    if not topic:
        return 0
    return sum(
        _mark(workspace_id, one, "contradicted", case_key, at)
        for one in articles(workspace_id=workspace_id)
        if one.article.is_published and one.fields.topic == topic and one.written_at < at
    )


def mark_released(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Mark the published articles of a release after which a newer one is out; return how many."""
    zone = zone_named(workspace.zone)
    there = [
        one
        for one in articles(workspace_id=workspace.id)
        if one.article.is_published and one.fields.release
    ]
    releases = [
        one
        for one in (declared_events(workspace_id=workspace.id) if there else ())
        if one.kind == "release" and not one.is_removed
    ]
    return sum(
        _mark(workspace.id, one, "release", release.name, at)
        for one in there
        for release in releases
        if release.name != one.fields.release
        and one.written_at.astimezone(zone).date() < release.first_on <= at.astimezone(zone).date()
    )


def prepare_knowledge(*, workspace: WorkspaceRecord, at: datetime) -> bool:
    """Count what became of uses and who answers alone, where something changed since the last time.

    Marks articles after which too many customers come back. Return whether anything was done.
    """
    fill = fill_of("quality", workspace_id=workspace.id)
    if fill is None:
        return False
    ground: dict[str, Any] = {
        "basis": fill.basis,
        "hour": f"{at.astimezone(zone_named(workspace.zone)):%Y-%m-%d %H}",
        "uses": _last(ArticleUse.objects.all(), workspace.id),
        # Written or checked in between, an article is judged by other uses.
        "versions": _last(ArticleVersion.objects.all(), workspace.id),
        "marks": _last(ArticleMark.objects.filter(kind="fresh"), workspace.id),
    }
    if PreparedKnowledge.objects.filter(workspace_id=workspace.id, rests_on=ground).exists():
        return False
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    arrived = arrived_cases(workspace, at=at, warehouse=warehouse)
    there = articles(workspace_id=workspace.id)
    since = {one.key: one.staleness.since or one.written_at for one in there}
    returned = returned_uses(workspace_id=workspace.id, arrived=arrived, since=since, at=at)
    alone = topics_of_one(workspace_id=workspace.id, arrived=arrived, at=at)
    document = {
        "returned": returned,
        "solitary": [
            {
                "topic": one.topic,
                "person": one.person,
                "count": one.share.count,
                "of": one.share.of,
                "last_case": one.last_case,
            }
            for one in alone
        ],
    }
    with transaction.atomic():
        PreparedKnowledge.objects.update_or_create(
            workspace_id=workspace.id,
            defaults={"prepared_at": at, "rests_on": ground, "document": document},
        )
        _mark_returned(workspace, there, returned, at)
        for topic, case_key, wrong_at in contradicted_since(
            workspace, arrived, since=at - LOOKED_BACK, warehouse=warehouse
        ):
            mark_contradicted(
                workspace_id=workspace.id, topic=topic, case_key=case_key, at=wrong_at
            )
        EmptySearch.objects.filter(workspace_id=workspace.id, at__lt=at - SEARCHES_KEPT).delete()
    return True


def _mark_returned(
    workspace: WorkspaceRecord,
    there: Iterable[ArticleRecord],
    returned: Mapping[str, tuple[int, int]],
    at: datetime,
) -> None:
    on = at.astimezone(zone_named(workspace.zone)).date()
    for one in there:
        share = Share(*returned.get(one.key, (0, 0)))
        is_marked = any(mark.kind == "returned" for mark in one.staleness.marks)
        # Once until it is written or checked again: more who come back say nothing new.
        if one.article.is_published and not is_marked and comes_back_too_often(share):
            _mark(workspace.id, one, "returned", f"{on}: {share.count} / {share.of}", at)


def _last(rows: Any, workspace_id: int) -> int | None:
    rows = rows.filter(workspace_id=workspace_id)
    found: int | None = rows.order_by("-id").values_list("id", flat=True).first()
    return found


def _mark(workspace_id: int, one: ArticleRecord, kind: str, cause: str, at: datetime) -> bool:
    _, is_new = ArticleMark.objects.get_or_create(
        workspace_id=workspace_id,
        key=one.key,
        kind=kind,
        cause=cause[:120],
        defaults={"at": at, "by": BY},
    )
    return is_new
