"""A webhook that programs are told through, and what became of what was sent to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.delivery.outbox import count_deliveries, deliveries
from shinrai.desk.queries.notices import (
    ChannelRecord,
    SentNotice,
    channel_sender,
    described,
    notice_channels,
)
from shinrai.desk.rules.webhook_events import EVENTS, TYPES
from shinrai.ledger.queries import case_head
from shinrai.units.errors import UserError
from shinrai.units.text import Text

STATES = ("waiting", "sent", "failed")


class UnknownWebhook(UserError, LookupError):
    """There is no such webhook in the workspace, or it was ended."""


@dataclass(frozen=True)
class DeliveryFilter:
    """Which messages are listed: to a webhook, of a state, of an event's kind, about a case."""

    webhook: int | None = None
    state: str = ""
    kind: str = ""
    key: str = ""


def webhook_numbered(*, workspace_id: int, number: int) -> ChannelRecord:
    """Return a webhook.

    Raises: UnknownWebhook.
    """
    for one in notice_channels(workspace_id=workspace_id):
        if one.id == number:
            return one
    raise UnknownWebhook(Text("there is no webhook {number} in this workspace", number=number))


def webhook_deliveries(
    *, workspace: WorkspaceRecord, asked: DeliveryFilter, skip: int = 0, most: int = 50
) -> tuple[tuple[SentNotice, ...], int]:
    """List what was sent to webhooks, the newest first; and how many messages there are.

    Raises: UnknownWebhook.
    """
    channels, parts = notice_channels(workspace_id=workspace.id), [asked.kind]
    if asked.webhook is not None:
        channels = (webhook_numbered(workspace_id=workspace.id, number=asked.webhook),)
    senders = [channel_sender(one.id) for one in channels]
    if asked.key:
        heads = [
            case_head(workspace_id=workspace.id, record=record, source_key=asked.key)
            for record in ("investigation", "inquiry")
        ]
        parts = [next((f"case-{head.id}" for head in heads if head), "no-case"), asked.kind]
    about = ":".join(["", *filter(None, parts), ""]) if any(parts) else ""
    found = deliveries(senders=senders, most=most, skip=skip, state=asked.state, about=about)
    counts = count_deliveries(senders=senders, state=asked.state, about=about)
    return described(found, workspace), sum(counts.values())


def failed_by_webhook(*, workspace_id: int) -> dict[int, int]:
    """Return how many messages to each webhook could not be sent."""
    numbers = [one.id for one in notice_channels(workspace_id=workspace_id)]
    found = count_deliveries(senders=list(map(channel_sender, numbers)), state="failed")
    return {number: found.get(channel_sender(number), 0) for number in numbers}


def webhook_document(one: ChannelRecord, failed: Mapping[int, int]) -> dict[str, Any]:
    """Return what programs and commands are told of a webhook."""
    events = [TYPES[kind] for kind in TYPES if TYPES[kind] in EVENTS and one.gets(kind)]
    return {
        "webhook": one.id,
        "channel": one.channel,
        "address": one.shown,
        "events": events if one.channel == "signed" else [],
        "failed": failed.get(one.id, 0),
    }


def delivery_document(one: SentNotice, language: str) -> dict[str, Any]:
    """Return what programs and commands are told of a message, beside its number."""
    sent = one.delivery
    return {
        "kind": one.kind,
        "about": one.about,
        "to": one.to,
        "state": sent.state,
        "attempts": sent.attempts,
        "made_at": sent.made_at,
        "due_at": sent.due_at,
        "sent_at": sent.sent_at,
        "why": sent.error.get(language, ""),
    }
