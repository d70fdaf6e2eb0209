"""The rows of the outbox: added with what causes them, claimed once, ended once, emptied."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import get_language

from shinrai.delivery.errors import NotDelivered, PutOff
from shinrai.delivery.models import Outbox
from shinrai.postgres.queue import add_job
from shinrai.privacy.rules.encryption import decrypt, encrypt
from shinrai.units.moments import loud_for
from shinrai.units.text import Text, in_both_languages

SEND: Final = "delivery:send"
# A try that never came back belongs to a worker that was killed: no request takes so long.
LEASE: Final = timedelta(minutes=2)
PAUSES: Final = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)
)  # after them it is given up, some 22 hours after the first try
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class OutgoingMessage:
    """What is to be sent, to whom, by whom, and the name under which it is sent once."""

    workspace_id: int
    sender: str
    once: str
    channel: str  # mail, webhook, signed, push
    target: str = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    secret: str = field(default="", repr=False)  # or several, each of which signs it
    has_words: bool = True  # of customers, which erasing has to reach
    quiet: Mapping[str, Any] = field(default_factory=dict)  # `quiet_document`


@dataclass(frozen=True)
class Claimed:
    """A message that this worker alone sends."""

    id: int
    message: OutgoingMessage
    attempts: int
    claimed_at: datetime


@dataclass(frozen=True)
class Delivery:
    """What became of a message."""

    id: int
    sender: str
    once: str
    state: str
    attempts: int
    error: Mapping[str, str]
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None
    is_emptied: bool  # and cannot be sent again

    @property
    def why(self) -> str:
        """Return why it was not sent, or not yet, in the reader's language."""
        return self.error.get("ja" if get_language() == "ja" else "en", "")


def add_message(
    message: OutgoingMessage,
    *,
    at: datetime,
    due_at: datetime | None = None,
    is_again: bool = False,
) -> bool:
    """Add a message in the caller's transaction, unless it is there; return whether it was added.

    A worker sends it as soon as the transaction is committed, or at `due_at` if that is later. With
    `is_again` one that was given up is written anew, as somebody asked for it.
    """
    if is_again:
        Outbox.objects.filter(once=message.once, state="failed").delete()
    _row, is_new = Outbox.objects.get_or_create(
        once=message.once,
        defaults={
            "workspace_id": message.workspace_id,
            "sender": message.sender,
            "channel": message.channel,
            "target": _sealed(message.target),
            "secret": _sealed(message.secret),
            "content": dict(message.content),
            "has_words": message.has_words,
            "state": "waiting",
            "quiet": dict(message.quiet),
            "made_at": at,
            "due_at": loud_for(message.quiet, max(at, due_at or at)),
        },
    )
    if is_new:
        add_job(SEND, lock=SEND, once=SEND)
    return is_new


def message_states(names: Collection[str]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Return by name how messages stand, and why they were not sent; those not there are left out.

    One that waits may be deleted by erasing: whoever added it adds it again.
    """
    rows = Outbox.objects.filter(once__in=names).values_list("once", "state", "error")
    return {once: (state, error) for once, state, error in rows}


def has_message(once: str) -> bool:
    """Tell whether a message of this name was ever added."""
    return Outbox.objects.filter(once=once).exists()


def due_messages(*, at: datetime) -> list[int]:
    """List the messages to be tried now, those of killed workers among them."""
    lost = Q(state="sending", claimed_at__lte=at - LEASE)
    rows = Outbox.objects.filter(Q(state="waiting", due_at__lte=at) | lost)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True))


def claim_message(number: int, *, at: datetime) -> Claimed | None:
    """Claim a message for sending; None if another worker has it, or if it has ended.

    One that is late, as the worker was, and has come into quiet hours waits until they end.
    """
    free = Q(state="waiting", due_at__lte=at) | Q(state="sending", claimed_at__lte=at - LEASE)
    claimed = Outbox.objects.filter(free, id=number).update(
        state="sending", claimed_at=at, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    row = Outbox.objects.get(id=number)
    if (loud := loud_for(row.quiet, at)) > at:
        Outbox.objects.filter(id=number, state="sending", claimed_at=at).update(
            state="waiting", due_at=loud, attempts=F("attempts") - 1
        )
        return None
    return Claimed(
        id=row.id,
        message=OutgoingMessage(
            workspace_id=row.workspace_id,
            sender=row.sender,
            once=row.once,
            channel=row.channel,
            target=decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.target)) if row.target else "",
            content=row.content,
            secret=decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.secret)) if row.secret else "",
        ),
        attempts=row.attempts,
        claimed_at=at,
    )


def record_sent(claimed: Claimed, *, at: datetime) -> None:
    """Record that a message reached its target."""
    _end(claimed, state="sent", sent_at=at, ended_at=at, error={})


def record_failure(claimed: Claimed, error: NotDelivered, *, at: datetime) -> None:
    """Record why a message was not sent, and when it is tried again, if it is."""
    told = in_both_languages(error.text) | ({"what": error.what} if error.what else {})
    if isinstance(error, PutOff) and claimed.attempts <= len(PAUSES):
        pause = max(PAUSES[claimed.attempts - 1], timedelta(seconds=error.after_s or 0))
        _end(claimed, state="waiting", due_at=at + pause, error=told)
    else:
        _end(claimed, state="failed", ended_at=at, error=told)


def _end(claimed: Claimed, **values: Any) -> None:
    """Write the result of a try, unless the message was claimed anew in the meantime."""
    mine = Outbox.objects.filter(id=claimed.id, state="sending", claimed_at=claimed.claimed_at)
    mine.update(**values)


def deliveries(
    *, senders: list[str], most: int = 20, skip: int = 0, state: str = "", about: str = ""
) -> tuple[Delivery, ...]:
    """List what became of the messages of these senders, the newest first.

    Of those in a state, and of those whose names hold `about`.
    """
    rows = _of(senders, state=state, about=about).order_by("-id")
    return tuple(
        Delivery(
            id=row.id,
            sender=row.sender,
            once=row.once,
            state=row.state,
            attempts=row.attempts,
            error=row.error,
            made_at=row.made_at,
            due_at=row.due_at,
            sent_at=row.sent_at,
            is_emptied=not row.content,
        )
        for row in rows[skip : skip + most]
    )


def count_deliveries(*, senders: list[str], state: str = "", about: str = "") -> dict[str, int]:
    """Return how many messages `deliveries` would list, by sender."""
    rows = _of(senders, state=state, about=about).values_list("sender")
    return dict(rows.annotate(count=Count("id")))


def message_counts(*, workspace_id: int) -> dict[str, int]:
    """Count a workspace's messages that are to be sent, and those that were given up."""
    rows = Outbox.objects.filter(workspace_id=workspace_id)
    waiting = Count("id", filter=Q(state__in=("waiting", "sending")))
    return rows.aggregate(waiting=waiting, failed=Count("id", filter=Q(state="failed")))


def _of(senders: list[str], *, state: str, about: str) -> QuerySet[Outbox]:
    rows = Outbox.objects.filter(sender__in=senders)
    rows = rows.filter(state=state) if state else rows
    return rows.filter(once__contains=about) if about else rows


def resend_message(number: int, *, sender: str, at: datetime, secret: str = "") -> bool:
    """Try a message anew that was given up; return whether there was one that can be sent."""
    there = Resending(sender, secret, number=number)
    return bool(resend_messages(there, at=at))


@dataclass(frozen=True)
class Resending:
    """Which messages of a sender are tried anew: one, or all made from `since` until `until`."""

    sender: str
    secret: str = field(default="", repr=False)  # which signs them now; "": as before
    states: tuple[str, ...] = ("failed",)  # sent: the receiver knows it by its idempotency key
    number: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def resend_messages(asked: Resending, *, at: datetime) -> int:
    """Try messages anew; return how many. Those whose content was emptied cannot be."""
    rows = Outbox.objects.filter(sender=asked.sender, state__in=asked.states).exclude(content={})
    rows = rows if asked.number is None else rows.filter(id=asked.number)
    rows = rows if asked.since is None else rows.filter(made_at__gte=asked.since)
    rows = rows if asked.until is None else rows.filter(made_at__lt=asked.until)
    anew: dict[str, Any] = {"state": "waiting", "attempts": 0, "due_at": at, "ended_at": None}
    anew |= {"secret": _sealed(asked.secret)} if asked.secret else {}
    with transaction.atomic():
        found = rows.update(**anew, error={})
        if found:
            add_job(SEND, lock=SEND, once=SEND)
    return found


def renew_secret(*, sender: str, secret: str) -> None:
    """Sign what waits of a sender with other secrets."""
    waiting = Outbox.objects.filter(sender=sender, state__in=("waiting", "sending"))
    waiting.update(secret=_sealed(secret))


def _sealed(text: str) -> bytes:
    return encrypt(settings.SHINRAI_MASTER_KEY, text)


def forget_contents(*, at: datetime) -> int:
    """Empty the messages that ended 30 days ago; their state stays. Return how many."""
    ended = Outbox.objects.filter(ended_at__lte=at - KEPT).exclude(content={})
    return ended.update(content={}, target=b"", secret=b"")


def stop_messages(*, sender: str = "", names: Collection[str] = (), at: datetime) -> None:
    """Give up what waits of a sender that was taken away, or under these names."""
    told = in_both_languages(Text("taken away before it was sent"))
    asked = Q(sender=sender) if sender else Q(once__in=names)
    Outbox.objects.filter(asked, state="waiting").update(state="failed", ended_at=at, error=told)


def erase_contents(*, workspace_id: int) -> None:
    """Delete the messages that wait, which are then written anew, and empty all others.

    Those that hold no words stay.
    """
    there = Outbox.objects.filter(workspace_id=workspace_id, has_words=True)
    there.filter(state="waiting").delete()
    there.exclude(content={}).update(content={}, target=b"", secret=b"")
