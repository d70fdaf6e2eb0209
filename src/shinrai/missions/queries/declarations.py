"""Read what is declared: activities, pins, rests, and the policies that are compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q

from shinrai.missions.models import (
    ActivityVersion,
    CompletionEvents,
    DeclaredRest,
    PinVersionRow,
    PolicyExperiment,
)
from shinrai.missions.rules.activity import Activity
from shinrai.missions.rules.events import EventNames
from shinrai.missions.rules.pins import PinRule, PinVersion
from shinrai.missions.rules.recommendation import USUAL, policy_for
from shinrai.missions.rules.week import Rest
from shinrai.postgres.bulk import one_of


@dataclass(frozen=True)
class ChosenPolicy:
    """The policy of a learner, and the chance with which they got it."""

    name: str
    chance: float


@dataclass(frozen=True)
class Declared:
    """How many were declared anew or otherwise, stayed as they were, and are gone."""

    changed: int
    same: int
    gone: int


def activities_of(workspace_id: int, *, at: datetime | None = None) -> tuple[Activity, ...]:
    """Return the activities that are there, in order; as declared before `at`."""
    rows = ActivityVersion.objects.filter(workspace_id=workspace_id)
    if at is not None:
        rows = rows.filter(declared_at__lt=at)
    newest = {row.key: row for row in rows.order_by("id")}
    there = [row for row in newest.values() if row.document is not None]
    return tuple(_activity(row) for row in sorted(there, key=lambda row: (row.place, row.pk)))


def every_activity(workspace_id: int) -> dict[str, Activity]:
    """Return every activity as it was declared last, gone or not."""
    rows = ActivityVersion.objects.filter(workspace_id=workspace_id, document__isnull=False)
    return {row.key: _activity(row) for row in rows.order_by("id")}


def activity_states(workspace_id: int, keys: Iterable[str]) -> dict[str, datetime | None]:
    """Return which of these were ever declared, and since when each is gone; None: it is there."""
    rows = ActivityVersion.objects.filter(one_of("key", set(keys)), workspace_id=workspace_id)
    return {
        row.key: row.declared_at if row.document is None else None for row in rows.order_by("id")
    }


def has_activities(workspace_id: int) -> bool:
    """Return whether a workspace ever declared an activity."""
    return ActivityVersion.objects.filter(workspace_id=workspace_id).exists()


def event_names(workspace_id: int) -> EventNames:
    """Return which usage events of a workspace are attempts; without a declaration, the usual."""
    newest = CompletionEvents.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    return EventNames(**newest.document) if newest else EventNames()


def pin_versions(workspace_id: int) -> tuple[PinVersion, ...]:
    """Return every version of every rule, and until when it held."""
    rows = PinVersionRow.objects.filter(workspace_id=workspace_id).order_by("key", "number")
    found = []
    for _key, steps in groupby(rows, key=lambda row: row.key):
        versions = list(steps)
        for row, after in zip(versions, [*versions[1:], None], strict=True):
            if row.document is not None:
                until = after.since if after else None
                found.append(PinVersion(row.number, PinRule(**row.document), row.since, until))
    return tuple(found)


def rests_of(workspace_id: int, learners: Sequence[int]) -> tuple[Rest, ...]:
    """Return the rests of a learner, and those of all."""
    rows = DeclaredRest.objects.filter(
        Q(learner_id=None) | Q(learner_id__in=learners), workspace_id=workspace_id
    ).order_by("id")
    return tuple(Rest(row.first_on, row.last_on, row.declared_at, row.kind) for row in rows)


def chosen_policy(workspace_id: int, learner: int, *, at: datetime) -> ChosenPolicy:
    """Return the policy of a learner under the newest comparison before a moment."""
    rows = PolicyExperiment.objects.filter(workspace_id=workspace_id, since__lt=at)
    newest = rows.order_by("-id").first()
    if newest is None:
        return ChosenPolicy(USUAL, 1.0)
    name = policy_for(learner, newest.name, newest.policies)
    return ChosenPolicy(name, 1 / len(newest.policies))


def _activity(row: ActivityVersion) -> Activity:
    document = dict(row.document or {})
    return Activity(**{**document, "after": tuple(document["after"])})
