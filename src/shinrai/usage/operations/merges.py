"""Make actors one person, as client libraries claim, or take them apart again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.customers.queries import known_customers
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.models import ActorMerge
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.queries.actors import standing_merge
from shinrai.usage.rules.event import SameActor
from shinrai.usage.rules.identity import MERGE, UNDONE, MergeStanding


class UnusableMerge(UserError, ValueError):
    """Two identifiers cannot be made one person."""


def record_claims(
    *, workspace_id: int, claims: Iterable[SameActor], actors: Mapping[str, int], at: datetime
) -> int:
    """Record the claims that make a step, in the caller's transaction; return how many."""
    standing = _standing(workspace_id)
    steps: list[ActorMerge] = []
    for claim in claims:
        actor, into = actors.get(claim.anonymous), actors.get(claim.known)
        if actor and into and standing.accepts(actor, into, claim.how):
            standing.step(actor, into, claim.how)
            steps.append(
                ActorMerge(
                    workspace_id=workspace_id,
                    actor_id=actor,
                    into_id=into,
                    how=claim.how,
                    at=claim.at,
                    recorded_at=at,
                    by=ACTORS,
                )
            )
    ActorMerge.objects.bulk_create(steps)
    return len(steps)


def undo_merge(*, workspace_id: int, number: int, at: datetime, by: str) -> int:
    """Take an actor out of the one it was merged into; return the number of the new step.

    Client libraries that claim the same pair again are not believed.

    Raises: UnknownMerge.
    """
    with transaction.atomic():
        found = standing_merge(workspace_id=workspace_id, number=number)
        row = ActorMerge.objects.create(
            workspace_id=workspace_id,
            actor_id=found.actor,
            into_id=found.actor,
            how=UNDONE,
            at=at,
            recorded_at=at,
            by=by,
        )
        record_action(
            workspace_id=workspace_id, what="undo merge", subject=f"merge:{number}", at=at, by=by
        )
    return row.pk


def join_actors(*, workspace_id: int, names: tuple[str, str], at: datetime, by: str) -> int:
    """Make the first of two identifiers one person with the second; return the step's number.

    Raises: UnusableMerge.
    """
    found = known_customers(workspace_id=workspace_id, source=ACTORS, identifiers=names)
    for name in names:
        if name not in found:
            raise UnusableMerge(Text("nobody used the service as {name!r}", name=name[:80]))
    actor, into = (found[name] for name in names)
    with transaction.atomic():
        if not _standing(workspace_id).accepts(actor, into, MERGE):
            raise UnusableMerge(Text("they are one person already"))
        row = ActorMerge.objects.create(
            workspace_id=workspace_id,
            actor_id=actor,
            into_id=into,
            how=MERGE,
            at=at,
            recorded_at=at,
            by=by,
        )
        record_action(
            workspace_id=workspace_id, what="join persons", subject=f"merge:{row.pk}", at=at, by=by
        )
    return row.pk


def _standing(workspace_id: int) -> MergeStanding:
    """Return how the merges of a workspace stand."""
    standing = MergeStanding()
    rows = ActorMerge.objects.filter(workspace_id=workspace_id).order_by("id")
    for actor, into, how in rows.values_list("actor_id", "into_id", "how").iterator(10_000):
        standing.step(actor, into, how)
    return standing
