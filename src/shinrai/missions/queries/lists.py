"""What is declared, as the pages list it: activities, pins, rests, policies compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shinrai.missions.models import (
    ActivityVersion,
    AttemptRow,
    DeclaredRest,
    PinGiven,
    PinVersionRow,
    PolicyExperiment,
)
from shinrai.missions.queries.declarations import activities_of, pin_versions
from shinrai.missions.rules.activity import Activity, declared
from shinrai.missions.rules.pins import PinRule


@dataclass(frozen=True)
class ActivityRecord:
    """An activity, how often it was completed, and since when it is gone; None: it is there."""

    activity: Activity
    completions: int
    gone_at: datetime | None


@dataclass(frozen=True)
class ActivityChanges:
    """What a declaration would change: keys that are new, changed and gone, and how many stay."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    same: int


@dataclass(frozen=True)
class PinStep:
    """A version of a pin's rule, since when it holds, and by whom; without a rule: the end."""

    key: str
    number: int
    rule: PinRule | None
    since: datetime
    by: str
    is_newest: bool
    given: int


@dataclass(frozen=True)
class RestRecord:
    """Dates of rest of a learner, or (None) of all."""

    learner_id: int | None
    first_on: date
    last_on: date
    kind: str
    declared_at: datetime
    by: str


@dataclass(frozen=True)
class ComparisonRecord:
    """Which policies hold since a moment; one alone holds for all."""

    name: str
    policies: tuple[str, ...]
    since: datetime
    by: str
    is_newest: bool


def activity_records(workspace_id: int) -> list[ActivityRecord]:
    """Return every activity ever declared, in the order of the declaration, gone ones last."""
    rows = ActivityVersion.objects.filter(workspace_id=workspace_id).order_by("id")
    newest: dict[str, ActivityVersion] = {}
    documents: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in rows:
        newest[row.key] = row
        if row.document is not None:
            documents[row.key] = (row.place, row.document)
    done = AttemptRow.objects.filter(workspace_id=workspace_id, is_completed=True)
    counts = Counter(done.values_list("activity", flat=True).iterator(10_000))
    found = [
        (
            newest[key].document is None,
            place,
            ActivityRecord(
                Activity(**{**document, "after": tuple(document["after"])}),
                counts[key],
                newest[key].declared_at if newest[key].document is None else None,
            ),
        )
        for key, (place, document) in documents.items()
    ]
    return [record for *_order, record in sorted(found, key=lambda one: one[:2])]


def activity_changes(workspace_id: int, rows: Sequence[Mapping[str, Any]]) -> ActivityChanges:
    """Return what a declaration of all activities would change. Raises: BadActivity."""
    wanted = declared(rows)
    now = {one.key: (place, one) for place, one in enumerate(activities_of(workspace_id))}
    new = tuple(one.key for one in wanted if one.key not in now)
    changed = tuple(
        one.key
        for place, one in enumerate(wanted)
        if one.key in now and now[one.key] != (place, one)
    )
    gone = tuple(sorted(set(now) - {one.key for one in wanted}))
    return ActivityChanges(new, changed, gone, len(wanted) - len(new) - len(changed))


def pin_steps(workspace_id: int) -> list[PinStep]:
    """Return every version of every pin, by key, the newest first."""
    rows = list(PinVersionRow.objects.filter(workspace_id=workspace_id).order_by("key", "-number"))
    newest = {row.key: row.pk for row in reversed(rows)}
    given = PinGiven.objects.filter(workspace_id=workspace_id).values_list("key", "version")
    counts = Counter(given.iterator(10_000))
    return [
        PinStep(
            row.key,
            row.number,
            None if row.document is None else PinRule(**row.document),
            row.since,
            row.by,
            newest[row.key] == row.pk,
            counts[row.key, row.number],
        )
        for row in rows
    ]


def pin_now(workspace_id: int, key: str) -> PinRule | None:
    """Return the rule of a pin that holds now; None if there is none."""
    rules = (one.rule for one in pin_versions(workspace_id) if one.until is None)
    return next((rule for rule in rules if rule.key == key), None)


def rest_records(workspace_id: int) -> list[RestRecord]:
    """Return what was declared as rest, the newest dates first."""
    rows = DeclaredRest.objects.filter(workspace_id=workspace_id).order_by("-first_on", "-id")
    names = ("learner_id", "first_on", "last_on", "kind", "declared_at", "by")
    return [RestRecord(*row) for row in rows.values_list(*names)]


def comparison_records(workspace_id: int) -> list[ComparisonRecord]:
    """Return which policies were compared, or held for all, the newest first."""
    rows = PolicyExperiment.objects.filter(workspace_id=workspace_id).order_by("-id")
    return [
        ComparisonRecord(row.name, tuple(row.policies), row.since, row.by, is_newest=place == 0)
        for place, row in enumerate(rows)
    ]
