"""Receive events into the inbox, or set aside those that cannot count."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from shinrai.postgres.bulk import copy_rows, one_of
from shinrai.postgres.locks import exclusive_lock
from shinrai.privacy.rules.encryption import encrypt
from shinrai.units.text import Text, in_both_languages
from shinrai.usage.models import QuarantinedEvent
from shinrai.usage.queries.actors import same_person
from shinrai.usage.rules.event import SameActor, UsageEvent
from shinrai.warehouse.store import Warehouse

COLUMNS = ("workspace_id", "document", "received_at")
MOVE = "usage:move"  # the task, and the lock under which the published tables are written
ACTORS = "usage"  # the source of customers who did something
KEPT = timedelta(days=90)
OF_CLAIM: Final = b'{"kind":"same",'  # how the inbox tells the two apart
OF_EVENT: Final = b'{"kind":"event",'
_encode = msgspec.json.Encoder().encode
_claim, _event = msgspec.json.Decoder(SameActor).decode, msgspec.json.Decoder(UsageEvent).decode
compact_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def receive_events(
    *, workspace_id: int, events: Iterable[UsageEvent | SameActor], received_at: datetime
) -> int:
    """Store checked events in the inbox, in one COPY, which is a transaction if there is none."""
    rows = ((workspace_id, encoded(event), received_at) for event in events)
    return copy_rows("usage_inboxevent", COLUMNS, rows)


def set_aside(
    *, workspace_id: int, origin: str, bad: Iterable[tuple[str, Text, bytes]], at: datetime
) -> None:
    """Keep events that cannot count: each with its place, the reason, and itself, encrypted."""
    with transaction.atomic():
        _keep(workspace_id, origin, ((place, why, body, at) for place, why, body in bad))


def _keep(workspace_id: int, origin: str, bad: Iterable[tuple[str, Text, bytes, datetime]]) -> None:
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            workspace_id=workspace_id,
            origin=origin,
            place=place,
            reason=in_both_languages(why),
            body=encrypt(settings.SHINRAI_MASTER_KEY, body),
            at=at,
        )
        for place, why, body, at in bad
    )


def set_aside_once(
    *,
    workspace_id: int,
    origin: str,
    bad: Mapping[str, tuple[Text, bytes, datetime]],
    good: Collection[str],
) -> None:
    """Keep what cannot count by its place, once however often it comes; until it is `good`."""
    with transaction.atomic():
        there = QuarantinedEvent.objects.filter(
            one_of("place", [*bad, *good]), workspace_id=workspace_id, origin=origin
        )
        kept = dict(there.values_list("place", "id"))
        there.filter(id__in=[kept[one] for one in good if one in kept]).delete()
        new = ((place, *one) for place, one in bad.items() if place not in kept)
        _keep(workspace_id, origin, new)


def forget_set_aside(*, at: datetime) -> int:
    """Delete what was set aside 90 days ago; return how many."""
    return QuarantinedEvent.objects.filter(at__lt=at - KEPT).delete()[0]


def erase_set_aside(*, workspace_id: int) -> int:
    """Empty what was set aside in a workspace, as it may be of the person erased; return how many.

    It is sealed under the master key, and names people as a client or a file wrote them.
    """
    rows = QuarantinedEvent.objects.filter(workspace_id=workspace_id).exclude(body=b"")
    return rows.update(body=b"")


def erase_properties(*, workspace_id: int, actor: int) -> int:
    """Empty the properties of a person's events, of all merged actors; return how many had any.

    Older files hold them until `warehouse.compaction.clear` deletes those, a week later.
    """
    from shinrai.usage.facts import EVENTS  # Ibis and Delta: slow to load

    named = ", ".join(f"{one:d}" for one in same_person(workspace_id, actor))
    with exclusive_lock(MOVE, waits=True):
        delta = Warehouse(settings.SHINRAI_WAREHOUSE).delta(EVENTS)
        if delta is None:
            return 0
        done = delta.update(
            updates={"properties": "CAST(NULL AS STRING)"},
            predicate=f"workspace_id = {workspace_id:d} AND actor_id IN ({named})"
            " AND properties IS NOT NULL",
        )
        return int(done["num_updated_rows"])


def encoded(event: UsageEvent | SameActor) -> bytes:
    """Return an event as the inbox holds it."""
    kind = OF_CLAIM if isinstance(event, SameActor) else OF_EVENT
    return kind + _encode(event)[1:]


def decoded(document: bytes) -> UsageEvent | SameActor:
    """Return the event that the inbox holds."""
    return (_claim if document.startswith(OF_CLAIM) else _event)(document)
