"""Let guardians in: links that open once, asked for by mail or by the product."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import workspace_numbered
from shinrai.delivery.outbox import OutgoingMessage, add_message
from shinrai.family.models import WayIn
from shinrai.family.queries.guardians import (
    GuardianRecord,
    guardian_numbered,
    guardians_known_at,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined, translated

LIFE: Final = timedelta(minutes=15)
MOST_AN_HOUR: Final = 5  # links of a guardian, so that nobody fills a mailbox
KEPT: Final = timedelta(days=1)


class WayInSpent(UserError):
    """A link is unknown, too old, or was used."""


@dataclass(frozen=True)
class NewWayIn:
    """A link that was just made; its token is only in this object."""

    address: str
    digest: str
    expires_at: datetime


def make_way_in(guardian: GuardianRecord, *, at: datetime, by: str) -> NewWayIn:
    """Make a link that lets a guardian in once, within a quarter of an hour."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        WayIn.objects.filter(guardian_id=guardian.id, expires_at__lte=at - KEPT).delete()
        made = WayIn.objects.create(
            guardian_id=guardian.id, digest=_digest(token), made_at=at, expires_at=at + LIFE
        )
        record_action(
            workspace_id=guardian.workspace,
            what="make guardian link",
            subject=f"customer:{guardian.id}",
            at=at,
            by=by,
        )
    address = f"{settings.SHINRAI_ADDRESS}{reverse('family_way_in', args=[token])}"
    return NewWayIn(address, made.digest, made.expires_at)


def mail_ways_in(*, address: str, at: datetime, onward: str = "") -> None:
    """Mail a link to each guardian who gave this address; nobody learns whether there is one.

    `onward`: the path of the page to which it leads after coming in.
    """
    for guardian in guardians_known_at(address):
        recent = WayIn.objects.filter(guardian_id=guardian.id, made_at__gt=at - timedelta(hours=1))
        if guardian.address is None or recent.count() >= MOST_AN_HOUR:
            continue
        with transaction.atomic():
            made = make_way_in(guardian, at=at, by=f"guardian:{guardian.id}")
            add_message(_mail(guardian, made, onward), at=at)


def use_way_in(token: str, *, at: datetime) -> GuardianRecord:
    """Use a link, which then opens nothing any more; return who comes in.

    Raises: WayInSpent, with the same words for every cause.
    """
    with transaction.atomic():
        row = WayIn.objects.filter(digest=_digest(token)).select_related("guardian").first()
        used = WayIn.objects.filter(
            digest=_digest(token), used_at=None, made_at__lte=at, expires_at__gt=at
        ).update(used_at=at)
        found = (
            guardian_numbered(row.guardian.workspace_id, row.guardian_id) if row and used else None
        )
        if found is None:
            raise WayInSpent(Text("This link was used already, or is older than 15 minutes."))
        record_action(
            workspace_id=found.workspace,
            what="guardian came in",
            subject=f"customer:{found.id}",
            at=at,
            by=f"guardian:{found.id}",
        )
    return found


def _mail(guardian: GuardianRecord, made: NewWayIn, onward: str) -> OutgoingMessage:
    name = workspace_numbered(guardian.workspace).name
    text = joined(
        [
            Text("With this link you read what your child studied, at {name}:", name=name),
            made.address + (f"?{urlencode({'next': onward})}" if onward else ""),
            Text("It opens once, within 15 minutes. If you did not ask for it, do nothing."),
        ],
        by="\n\n",
    )
    subject = Text("Your link to {name}", name=name)
    return OutgoingMessage(
        workspace_id=guardian.workspace,
        sender=f"family:{guardian.id}",
        once=f"family-way-in:{made.digest}",
        channel="mail",
        target=guardian.address or "",
        content={
            "subject": translated(subject, guardian.language),
            "text": translated(text, guardian.language) + "\n",
        },
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
