"""Send what is due in the outbox: claim, send, record."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from shinrai.delivery import mail, push, webhook
from shinrai.delivery.errors import NotDelivered
from shinrai.delivery.outbox import (
    Claimed,
    claim_message,
    due_messages,
    record_failure,
    record_sent,
)
from shinrai.delivery.smtp import backend
from shinrai.postgres.failpoints import passed
from shinrai.units.text import Text


def send_due(*, clock: Callable[[], datetime]) -> int:
    """Send all messages that are due, each in a try of its own; return how many were sent.

    A try whose worker is killed is taken up again after two minutes. If the message had left by
    then, it leaves twice, under the same idempotency key or Message-ID: nobody can know.
    """
    sent = 0
    for number in due_messages(at=clock()):
        claimed = claim_message(number, at=clock())
        if claimed is None:
            continue
        passed("delivery.claimed")
        try:
            _send(claimed, clock())
        except NotDelivered as error:
            record_failure(claimed, error, at=clock())
        else:
            record_sent(claimed, at=clock())
            sent += 1
    return sent


def _send(claimed: Claimed, at: datetime) -> None:
    """Raises: NotDelivered, PutOff."""
    message = claimed.message
    if not message.content:
        raise NotDelivered(Text("its words were erased before it was sent"))
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SHINRAI_ADDRESS}/{message.once}"))
    if message.channel == "mail":
        server = backend(message.secret) if message.secret else None
        mail.send(message.target, message_id=key, server=server, **message.content)
        return
    if message.channel == "push":
        push.send(message.target, message.content, topic=key, at=at)
        return
    body = webhook.encoded(message.content)
    webhook.post(
        message.target,
        body,
        headers={"Idempotency-Key": key, **webhook.signature(message.secret, key, at, body)},
        at=at,
        allow_private=settings.SHINRAI_PRIVATE_TARGETS,
    )
