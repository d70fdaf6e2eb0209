"""Set what a program is told through a webhook, change its secret, and send again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.delivery.outbox import Resending, renew_secret, resend_messages
from shinrai.delivery.webhook import new_secret
from shinrai.desk.models import NoticeChannel
from shinrai.desk.queries.notices import channel_sender
from shinrai.desk.queries.webhooks import UnknownWebhook, webhook_numbered
from shinrai.desk.rules.webhook_events import checked_events, signing_secret
from shinrai.privacy.rules.encryption import decrypt, encrypt
from shinrai.units.text import Text

DONE: Final = ("failed", "sent")


@dataclass(frozen=True)
class ReplayRequest:
    """Which messages to a webhook are sent again: one, or those made in a span of time."""

    workspace_id: int
    webhook: int
    at: datetime
    by: str
    message: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_failed_only: bool = False


def choose_events(
    *, workspace_id: int, number: int, events: list[str], at: datetime, by: str
) -> None:
    """Choose of which events a program is told; none or all: of everything.

    Raises: UnknownWebhook, UnusableEvents.
    """
    chosen = checked_events(events)
    with transaction.atomic():
        row = _signed(workspace_id, number)
        row.events, row.wants = chosen, "all"
        row.save(update_fields=["events", "wants"])
        _audit(workspace_id, "choose webhook events", number, at, by)


def change_secret(*, workspace_id: int, number: int, at: datetime, by: str) -> str:
    """Give a webhook a new secret and return it, which is shown once; the old one signs for a day.

    Raises: UnknownWebhook.
    """
    with transaction.atomic():
        row, new = _signed(workspace_id, number), new_secret()
        both = f"{new} {decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.secret)).split()[0]}"
        row.secret, row.secret_at = encrypt(settings.SHINRAI_MASTER_KEY, both), at
        row.save(update_fields=["secret", "secret_at"])
        renew_secret(sender=channel_sender(number), secret=both)
        _audit(workspace_id, "change webhook secret", number, at, by)
    return new


def replay(asked: ReplayRequest) -> int:
    """Send messages to a webhook again, each under its old id; return how many.

    What was delivered the receiver knows by its id. What ended 30 days ago is gone.
    Raises: UnknownWebhook.
    """
    with transaction.atomic():
        there = webhook_numbered(workspace_id=asked.workspace_id, number=asked.webhook)
        sealed = bytes(NoticeChannel.objects.get(id=there.id).secret)
        secrets = decrypt(settings.SHINRAI_MASTER_KEY, sealed)
        which = Resending(
            sender=channel_sender(there.id),
            secret=signing_secret(secrets, there.secret_at, asked.at),
            states=DONE[:1] if asked.is_failed_only else DONE,
            number=asked.message,
            since=asked.since,
            until=asked.until,
        )
        found = resend_messages(which, at=asked.at)
        if found:
            _audit(asked.workspace_id, "send webhook again", there.id, asked.at, asked.by)
    return found


def _signed(workspace_id: int, number: int) -> NoticeChannel:
    """Return the row of a signed webhook, locked. Raises: UnknownWebhook."""
    rows = NoticeChannel.objects.select_for_update()
    row = rows.filter(id=number, workspace_id=workspace_id, channel="signed", ended_at=None).first()
    if row is None:
        raise UnknownWebhook(
            Text("there is no signed webhook {number} in this workspace", number=number)
        )
    return row


def _audit(workspace_id: int, what: str, number: int, at: datetime, by: str) -> None:
    subject = f"channel:{number}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
