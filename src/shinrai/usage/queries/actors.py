"""Read who is one person, and what was set aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from shinrai.privacy.rules.encryption import decrypt_bytes
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.models import ActorMerge, QuarantinedEvent
from shinrai.usage.rules.identity import UNDONE, merged


class UnknownMerge(UserError, LookupError):
    """The workspace has no merge with this number that stands."""


class UnknownSetAside(UserError, LookupError):
    """The workspace has no event set aside under this number."""


@dataclass(frozen=True)
class MergeRecord:
    """A step that made two actors one person, or took one out again."""

    number: int
    actor: int
    into: int
    how: str
    at: datetime
    by: str
    stands: bool


@dataclass(frozen=True)
class EventSetAside:
    """An event that cannot count: from where, its place there, and why, by language."""

    number: int
    origin: str
    place: str
    reason: Mapping[str, str]
    at: datetime


def actors_merged(workspace_id: int) -> Mapping[int, int]:
    """Return into which actor each merged one resolves; others are themselves."""
    rows = ActorMerge.objects.filter(workspace_id=workspace_id).order_by("id")
    return merged(rows.values_list("actor_id", "into_id", "how").iterator(10_000))


def root_of(workspace_id: int, actor: int) -> int:
    """Return the actor that one belongs to; itself, if it was never merged."""
    if not ActorMerge.objects.filter(workspace_id=workspace_id, actor_id=actor).exists():
        return actor
    return actors_merged(workspace_id).get(actor, actor)


def same_person(workspace_id: int, actor: int) -> list[int]:
    """Return all actors that are one person with this one, in rising order."""
    return sorted(merged_with(workspace_id, [actor]))


def merged_with(workspace_id: int, actors: Iterable[int]) -> dict[int, int]:
    """Return all actors that are one person with any of these, each with the person it is.

    Reads the merges of these alone, however many a workspace has.
    """
    mine = set(actors)
    found, outer, steps = set(mine), set(mine), dict[int, tuple[int, int, str]]()
    rows = ActorMerge.objects.filter(workspace_id=workspace_id)
    while outer:
        for end in ("actor_id", "into_id"):
            touched = rows.filter(**{f"{end}__in": outer})
            some = touched.values_list("id", "actor_id", "into_id", "how")
            steps |= {number: (actor, into, how) for number, actor, into, how in some}
        outer = {one for actor, into, _ in steps.values() for one in (actor, into)} - found
        found |= outer
    roots = merged(steps[number] for number in sorted(steps))
    persons = {roots.get(one, one) for one in mine}
    return {one: root for one in found if (root := roots.get(one, one)) in persons}


def merges(workspace_id: int) -> tuple[MergeRecord, ...]:
    """List the steps of a workspace, the oldest first; those stand that are an actor's newest."""
    rows = list(ActorMerge.objects.filter(workspace_id=workspace_id).order_by("id"))
    newest = {row.actor_id: row.pk for row in rows}
    return tuple(
        MergeRecord(
            row.pk,
            row.actor_id,
            row.into_id,
            row.how,
            row.at,
            row.by,
            stands=row.how != UNDONE and newest[row.actor_id] == row.pk,
        )
        for row in rows
    )


def standing_merge(*, workspace_id: int, number: int) -> MergeRecord:
    """Return a merge that stands. Raises: UnknownMerge."""
    found = next((one for one in merges(workspace_id) if one.number == number), None)
    if found is None or not found.stands:
        raise UnknownMerge(
            Text(
                "there is no merge {number} that stands; see: shinrai usage merges list",
                number=number,
            )
        )
    return found


def set_aside_events(
    workspace_id: int, *, limit: int = 200, origin: str = ""
) -> tuple[EventSetAside, ...]:
    """List what was set aside, the newest first; of all origins, or of one."""
    rows = QuarantinedEvent.objects.filter(workspace_id=workspace_id).order_by("-id")
    some = (rows.filter(origin=origin) if origin else rows)[:limit]
    return tuple(EventSetAside(row.pk, row.origin, row.place, row.reason, row.at) for row in some)


def set_aside_event(*, workspace_id: int, number: int) -> EventSetAside:
    """Return what was set aside under a number. Raises: UnknownSetAside."""
    row = QuarantinedEvent.objects.filter(workspace_id=workspace_id, id=number).first()
    if row is None:
        raise UnknownSetAside(Text("there is no event {number} set aside", number=number))
    return EventSetAside(row.pk, row.origin, row.place, row.reason, row.at)


def set_aside_body(*, workspace_id: int, number: int) -> bytes:
    """Return an event that was set aside as it came; empty once a person was erased.

    Raises: UnknownSetAside.
    """
    row = QuarantinedEvent.objects.filter(workspace_id=workspace_id, id=number).first()
    if row is None:
        raise UnknownSetAside(Text("there is no event {number} set aside", number=number))
    return decrypt_bytes(settings.SHINRAI_MASTER_KEY, bytes(row.body)) if row.body else b""


def set_aside_count(workspace_id: int) -> int:
    """Return how many events of a workspace were set aside."""
    return QuarantinedEvent.objects.filter(workspace_id=workspace_id).count()


def inbox_bytes() -> int:
    """Return how large the inbox is on disk, which costs less to know than how many rows wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('usage_inboxevent')")
        [found] = cursor.fetchone()
    return int(found)
