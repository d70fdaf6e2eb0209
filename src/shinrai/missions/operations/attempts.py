"""Record attempts, each once, give the pins they earn, and note what was offered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.missions.models import Offer, PinGiven
from shinrai.missions.queries.declarations import activity_states, every_activity, pin_versions
from shinrai.missions.queries.learner import (
    Learner,
    TodayRecord,
    attempts_of,
    learner_numbered,
    today_of,
)
from shinrai.missions.queries.preview import attempts_by_learner
from shinrai.missions.rules.attempt import BadAttempt, ReportedAttempt, checked
from shinrai.missions.rules.pins import earned_pins
from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.statements import statement
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS, receive_events, set_aside
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.rules.event import BadEvent, UsageEvent, checked_event

COMPLETED: Final = "activity_completed"
STARTED: Final = "activity_started"
ORIGIN: Final = "completions"


@dataclass(frozen=True)
class RecordedAttempts:
    """How many attempts are new, were known, or were of erased persons; and which do not count."""

    new: int = 0
    known: int = 0
    erased: int = 0
    refused: Mapping[int, Text] = field(default_factory=dict)


def record_attempts(
    *,
    workspace: WorkspaceRecord,
    reports: Sequence[ReportedAttempt],
    received_at: datetime,
    is_history: bool = False,
    counts_days: bool = True,
) -> RecordedAttempts:
    """Record attempts as they are reported, and give the pins they earn, in one transaction.

    What cannot count is set aside with its reason, by its place in `reports`. `is_history`: known
    since they happened, as attempts of a file are. `counts_days`: the day counts as one of use, by
    an event under the same id; not where the attempt comes from such an event.
    """
    states = activity_states(workspace.id)
    refused: dict[int, Text] = {}
    good: list[tuple[ReportedAttempt, UsageEvent]] = []
    for place, reported in enumerate(reports):
        try:
            one = checked(reported, received_at=received_at, retired=states, contract_from=None)
            good.append((one, checked_event(_event(one), received_at=received_at)))
        except (BadAttempt, BadEvent) as error:
            refused[place] = error.text
    with transaction.atomic():
        persons = record_customers(
            workspace_id=workspace.id,
            source=ACTORS,
            identifiers=[one.learner for one, _ in good],
            at=received_at,
        )
        kept = [(one, event) for one, event in good if one.learner in persons]
        learners = {one.learner: persons[one.learner].id for one, _ in kept}
        new = _store(workspace, [one for one, _ in kept], learners, received_at, is_history)
        if counts_days:
            receive_events(
                workspace_id=workspace.id,
                events=[event for _, event in kept],
                received_at=received_at,
            )
        if refused:
            set_aside(
                workspace_id=workspace.id,
                origin=ORIGIN,
                bad=[
                    (str(place), why, repr(reports[place]).encode("utf-8", "replace"))
                    for place, why in refused.items()
                ],
                at=received_at,
            )
        give_pins(workspace=workspace, learners=set(learners.values()), at=received_at)
    return RecordedAttempts(new, len(kept) - new, len(good) - len(kept), refused)


def _event(one: ReportedAttempt) -> UsageEvent:
    properties: dict[str, str | float] = {"activity": one.activity}
    if one.score is not None:
        properties["score"] = one.score
    name = COMPLETED if one.is_completed else STARTED
    return UsageEvent(
        one.id, one.learner, name, one.at, zone=one.zone, properties=properties, said_at=one.at
    )


def _store(
    workspace: WorkspaceRecord,
    reports: Iterable[ReportedAttempt],
    learners: Mapping[str, int],
    received_at: datetime,
    is_history: bool,
) -> int:
    """Store attempts; of an id, that which arrived first stays. Return how many ids are new."""
    columns: defaultdict[str, list[object]] = defaultdict(list)
    seen = set()
    for one in sorted(reports, key=lambda one: (one.id, one.at)):
        if one.id in seen:
            continue
        seen.add(one.id)
        columns["ids"].append(one.id)
        columns["learners"].append(learners[one.learner])
        columns["activities"].append(one.activity)
        columns["moments"].append(one.at)
        columns["days"].append(one.at.astimezone(_zone(one.zone, workspace.zone)).date())
        columns["known"].append(one.at if is_history else received_at)
        columns["completed"].append(one.is_completed)
        columns["scores"].append(None if one.score is None else one.score / one.most)
    if not columns:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            statement("missions", "store_attempts"), {"workspace": workspace.id, **columns}
        )
        return sum(is_new for (is_new,) in cursor.fetchall())


def _zone(named: str | None, usual: str) -> ZoneInfo:
    try:
        return ZoneInfo(named or usual)
    except (KeyError, ValueError, OSError):  # what a device calls so
        return ZoneInfo(usual)


def give_pins(*, workspace: WorkspaceRecord, learners: Iterable[int], at: datetime) -> int:
    """Give learners the pins they have earned and not been given; return how many were given."""
    versions = pin_versions(workspace.id)
    if not versions:
        return 0
    activities = every_activity(workspace.id)
    given = []
    with transaction.atomic():
        for number in sorted(set(learners)):
            learner = learner_numbered(workspace, number)
            lock_in_transaction(f"missions:pins-of:{learner.id}")
            has = set(
                PinGiven.objects.filter(learner_id__in=learner.actors).values_list("key", flat=True)
            )
            given += [
                PinGiven(
                    workspace_id=workspace.id,
                    learner_id=learner.id,
                    key=one.key,
                    version=one.version,
                    given_at=at,
                )
                for one in earned_pins(versions, attempts_of(learner), activities, at=at)
                if one.key not in has
            ]
        PinGiven.objects.bulk_create(given)
    return len(given)


def give_pins_to_all(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Give all learners the pins they have earned, in one pass; return how many were given.

    What somebody was given meanwhile, or under another of their actors, is not given again.
    """
    versions, activities = pin_versions(workspace.id), every_activity(workspace.id)
    if not versions:
        return 0
    roots = actors_merged(workspace.id)
    rows = PinGiven.objects.filter(workspace_id=workspace.id).values_list("learner_id", "key")
    has = {(roots.get(learner, learner), key) for learner, key in rows.iterator(10_000)}
    given = [
        PinGiven(
            workspace_id=workspace.id,
            learner_id=learner,
            key=one.key,
            version=one.version,
            given_at=at,
        )
        for learner, attempts in attempts_by_learner(workspace.id)
        for one in earned_pins(versions, attempts, activities, at=at)
        if (learner, one.key) not in has
    ]
    PinGiven.objects.bulk_create(given, batch_size=5_000, ignore_conflicts=True)
    return len(given)


def offer_today(learner: Learner, *, at: datetime) -> TodayRecord:
    """Return what is recommended today, and note once that it was shown, and by which policy."""
    found = today_of(learner, at=at)
    Offer.objects.bulk_create(
        [
            Offer(
                workspace_id=learner.workspace.id,
                learner_id=learner.id,
                on=found.on,
                place=place,
                activity=one.activity.key,
                reason=one.reason,
                policy=found.policy.name,
                chance=found.policy.chance,
                shown_at=at,
            )
            for place, one in enumerate(found.recommendations, 1)
        ],
        ignore_conflicts=True,
    )
    return found
