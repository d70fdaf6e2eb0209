"""Prepare what usage says of linked learners, so that the page of a child need not ask for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import known_customers, person_keys
from shinrai.family.models import PreparedStudy
from shinrai.family.queries.guardians import links_of_workspace
from shinrai.family.queries.study import is_current, usages_asked
from shinrai.initiatives.operations.exposures import record_flags
from shinrai.missions.operations.events import record_events
from shinrai.missions.queries.learner import learners_numbered
from shinrai.postgres.bulk import one_of
from shinrai.privacy.operations import delete_words, open_keys, store_words
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.rules.event import UsageEvent
from shinrai.usage.rules.periods import today


def read_events(
    *, workspace_id: int, events: Sequence[tuple[UsageEvent, datetime]], at: datetime
) -> None:
    """Hand events that were published to missions and initiatives, and mark prepared studies.

    In the caller's transaction; a study is marked that lacks them, of learners with a link alone.
    """
    record_flags(workspace_id=workspace_id, events=events, at=at)
    record_events(workspace_id=workspace_id, events=events, at=at)
    rows = PreparedStudy.objects.filter(workspace_id=workspace_id)
    actors = dict(rows.values_list("pk", "actors"))
    if not actors:
        return
    names = {event.actor for event, _ in events}
    found = known_customers(workspace_id=workspace_id, source=ACTORS, identifiers=names)
    acted = set(found.values())
    touched = [number for number, of in actors.items() if not acted.isdisjoint(of)]
    rows.filter(one_of("learner_id", touched)).update(
        marks=F("marks") + 1, stale_at=Coalesce("stale_at", at)
    )


def prepare_studies(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Prepare the usage of linked learners where it is not current, and return of how many it was.

    In one question for all: those with new events, and once a day each. Where no link is left,
    nothing is kept.
    """
    links = links_of_workspace(workspace.id, at)
    linked = {one.learner for one in links if one.state == "linked"}
    studies = PreparedStudy.objects.filter(workspace_id=workspace.id)
    _forget([row for row in studies if row.pk not in linked])
    ids = person_keys(workspace_id=workspace.id, numbers=linked)
    keys = open_keys(ids.values())
    learners = learners_numbered(workspace, [one for one in ids if ids[one] in keys])
    # Rows know their actors before the warehouse is asked: what comes meanwhile can mark them.
    actors = dict(studies.values_list("pk", "actors"))
    PreparedStudy.objects.bulk_create(
        [
            PreparedStudy(learner_id=number, workspace_id=workspace.id, actors=list(one.actors))
            for number, one in learners.items()
            if actors.get(number) != list(one.actors)
        ],
        update_conflicts=True,
        unique_fields=["learner"],
        update_fields=["actors", "on"],
    )
    rows = {row.pk: row for row in studies.all()}
    wanted = {
        number: one for number, one in learners.items() if not is_current(rows[number], one, at=at)
    }
    usages = usages_asked(workspace, wanted, at=at)
    with transaction.atomic():
        delete_words(words_ids={rows[number].words_id for number in usages})
        sealed = [(ids[one], keys[ids[one]], usage.document) for one, usage in usages.items()]
        for number, words_id in zip(usages, store_words(sealed), strict=True):
            row = rows[number]
            row.words_id, row.on = words_id, today(workspace.zone, at)
        read = [rows[number] for number in usages]
        PreparedStudy.objects.bulk_update(read, ["words_id", "on"], batch_size=500)
        # What was marked meanwhile stays marked, since now.
        stale = studies.exclude(stale_at=None)
        for row in read:
            stale.filter(pk=row.pk, marks=row.marks).update(stale_at=None)
        stale.filter(one_of("learner_id", usages)).update(stale_at=at)
    return len(usages)


def _forget(rows: Sequence[PreparedStudy]) -> None:
    with transaction.atomic():
        delete_words(words_ids={row.words_id for row in rows})
        PreparedStudy.objects.filter(one_of("learner_id", [row.pk for row in rows])).delete()
