"""Record attempts, each once, give the pins they earn, and note what was offered."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.customers.queries import guardians_alone, known_customers
from shinrai.missions.models import AttemptRow, Offer, PinGiven
from shinrai.missions.queries.declarations import (
    activity_states,
    event_names,
    every_activity,
    pin_versions,
)
from shinrai.missions.queries.learner import (
    Learner,
    TodayRecord,
    attempts_of_persons,
    today_of,
)
from shinrai.missions.rules.attempt import (
    BadAttempt,
    ReportedAttempt,
    checked,
    why_not_theirs,
)
from shinrai.missions.rules.events import message, usage_event
from shinrai.missions.rules.pins import earned_pins
from shinrai.postgres.bulk import one_of
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.statements import statement
from shinrai.revenue.queries.learners import first_contracts
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS, receive_events, set_aside_once
from shinrai.usage.queries.actors import merged_with
from shinrai.usage.rules.event import BadEvent, UsageEvent, checked_event, clean_text

ORIGIN: Final = "completions"
LOCKS: Final = 64  # of a workspace; one lock a learner is more than PostgreSQL holds
LEARNERS: Final = 1_000  # whose attempts are in memory at once
Owners = dict[str, tuple[int, datetime]]  # of an id: the actor, and since when it is known


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
    names = event_names(workspace.id)
    states = activity_states(workspace.id, {clean_text(one.activity) for one in reports})
    refused: dict[int, Text] = {}
    good: dict[int, tuple[ReportedAttempt, UsageEvent]] = {}
    for place, said in enumerate(reports):
        known_at = said.at if is_history else said.known_at or received_at
        try:
            one = checked(replace(said, known_at=known_at), received_at=received_at, retired=states)
            good[place] = one, checked_event(usage_event(one, names), received_at=received_at)
        except (BadAttempt, BadEvent) as error:
            refused[place] = error.text
    with transaction.atomic():
        customers = record_customers(
            workspace_id=workspace.id,
            source=ACTORS,
            identifiers=[one.learner for one, _ in good.values()],
            at=received_at,
        )
        learners = {name: customer.id for name, customer in customers.items()}
        kept = {place: one for place, (one, _) in good.items() if one.learner in learners}
        persons = merged_with(workspace.id, learners.values())
        owners = _owners(workspace.id, {one.id for one in kept.values()})
        wrong, fresh = _sorted_out(workspace, kept, learners, persons, owners)
        new = _store(workspace, fresh, learners)
        passed("missions.attempts_stored")
        counted = {place: one for place, one in kept.items() if place not in wrong}
        if counts_days:
            receive_events(
                workspace_id=workspace.id,
                events=[good[place][1] for place in counted],
                received_at=received_at,
            )
        refused |= wrong
        bad = {place: reports[place] for place in refused}
        settled = {_place(one) for one in counted.values()} | _settled(workspace.id, bad.values())
        set_aside_once(
            workspace_id=workspace.id,
            origin=ORIGIN,
            bad={
                where: (
                    refused[place],
                    message(one, names),
                    received_at if is_history else one.known_at or received_at,
                )
                for place, one in bad.items()
                if (where := _place(one)) not in settled
            },
            good=settled,
        )
        give_pins(
            workspace=workspace, learners={learners[one.learner] for one in fresh}, at=received_at
        )
        passed("missions.pins_given")
    return RecordedAttempts(
        new, len(counted) - new, len(good) - len(kept), dict(sorted(refused.items()))
    )


def _owners(workspace_id: int, ids: Iterable[str]) -> Owners:
    """Return whose attempts already have these ids."""
    rows = AttemptRow.objects.filter(one_of("attempt_id", ids), workspace_id=workspace_id)
    return {
        id: (actor, at)
        for id, actor, at in rows.values_list("attempt_id", "learner_id", "known_at")
    }


def _sorted_out(
    workspace: WorkspaceRecord,
    kept: Mapping[int, ReportedAttempt],
    learners: Mapping[str, int],
    persons: Mapping[int, int],
    owners: Owners,
) -> tuple[dict[int, Text], list[ReportedAttempt]]:
    """Return what cannot count for its learner, by place; and what is new, each id once."""
    guardians = guardians_alone(workspace_id=workspace.id, persons=persons)
    zone = ZoneInfo(workspace.zone)
    since = {
        person: datetime.combine(day, time(), zone)
        for person, day in first_contracts(workspace_id=workspace.id, persons=persons).items()
    }
    wrong: dict[int, Text] = {}
    fresh: dict[str, ReportedAttempt] = {}
    for place, one in sorted(kept.items(), key=lambda item: _arrival(item[1])):
        actor = learners[one.learner]
        person, known = persons[actor], one.known_at or one.at
        owner, known_at = owners.get(one.id, (actor, None))
        why = why_not_theirs(
            one,
            is_others=persons.get(owner, owner) != person,
            is_guardian=person in guardians,
            contract_from=since.get(person),
        )
        if why is not None:
            wrong[place] = why
        elif one.id not in fresh and (known_at is None or known <= known_at):
            fresh[one.id] = one
            owners.setdefault(one.id, (actor, known))
    return wrong, list(fresh.values())


def _arrival(one: ReportedAttempt) -> tuple[object, ...]:
    """Return the order in which attempts of an id are believed: as the statement that stores it."""
    score = -1.0 if one.score is None else one.score / one.most
    return one.id, one.known_at, one.at, one.activity, one.is_completed, score


def _place(one: ReportedAttempt) -> str:
    """Return under which place an attempt is set aside: one of each learner's ids."""
    said = f"{one.learner}\0{one.id}".encode("utf-8", "replace")
    return f"{hashlib.blake2b(said, digest_size=5).hexdigest()} {clean_text(one.id)[:29]}"


def _settled(workspace_id: int, bad: Iterable[ReportedAttempt]) -> set[str]:
    """Return the places of those whose learner already has an attempt under the id that counts."""
    asked = {clean_text(one.id): one for one in bad}
    if not asked:
        return set()
    actors = known_customers(
        workspace_id=workspace_id,
        source=ACTORS,
        identifiers=[clean_text(one.learner) for one in asked.values()],
    )
    owners = _owners(workspace_id, asked)
    return {
        _place(one)
        for id, one in asked.items()
        if id in owners and owners[id][0] == actors.get(one.learner)
    }


def _store(
    workspace: WorkspaceRecord, reports: Iterable[ReportedAttempt], learners: Mapping[str, int]
) -> int:
    """Store attempts; of an id, that which arrived first stays. Return how many ids are new."""
    columns: defaultdict[str, list[object]] = defaultdict(list)
    for one in reports:
        columns["ids"].append(one.id)
        columns["learners"].append(learners[one.learner])
        columns["activities"].append(one.activity)
        columns["moments"].append(one.at)
        columns["days"].append(one.at.astimezone(_zone(one.zone, workspace.zone)).date())
        columns["known"].append(one.known_at)
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
    there = workspace.id
    versions = pin_versions(there)
    persons = merged_with(there, learners) if versions else {}
    if not persons:
        return 0
    asks_where = any(one.rule.subject or one.rule.unit for one in versions)
    activities = every_activity(there) if asks_where else {}
    actors = defaultdict(list)
    for actor, person in persons.items():
        actors[person].append(actor)
    count = 0
    with transaction.atomic():
        # Two syncs at the same moment: the later one sees what the earlier one recorded.
        for bucket in sorted({person % LOCKS for person in actors}):
            lock_in_transaction(f"missions:pins-of:{there}:{bucket}")
        has = defaultdict(set)
        given = PinGiven.objects.filter(one_of("learner_id", persons), workspace_id=there)
        for actor, key in given.values_list("learner_id", "key"):
            has[persons[actor]].add(key)
        everyone = sorted(actors)
        for first in range(0, len(everyone), LEARNERS):
            some = everyone[first : first + LEARNERS]
            theirs = {actor: person for person in some for actor in actors[person]}
            new = [
                PinGiven(
                    workspace_id=there,
                    learner_id=person,
                    key=one.key,
                    version=one.version,
                    given_at=at,
                )
                for person, attempts in attempts_of_persons(there, theirs).items()
                for one in earned_pins(
                    [one for one in versions if one.rule.key not in has[person]],
                    attempts,
                    activities,
                    at=at,
                )
            ]
            PinGiven.objects.bulk_create(new)
            count += len(new)
    return count


def give_pins_to_all(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Give all learners the pins they have earned; return how many were given."""
    learners = AttemptRow.objects.filter(workspace_id=workspace.id).values_list("learner_id")
    found = [learner for (learner,) in learners.distinct()]
    return give_pins(workspace=workspace, learners=found, at=at)


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
