"""One-time sign-in links: make them, use them, take them back."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from shinrai.accounts import queries
from shinrai.accounts.models import (
    SignInLink,
    SignInLinkUse,
    User,
)
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.rules.invitation import LINK_LIFE_S
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class LinkSpent(UserError):
    """A sign-in link is unknown, expired, or used."""


@dataclass(frozen=True)
class Invitation:
    """A new one-time link; its token is only in this object and is stored nowhere."""

    email: str
    token: str
    expires_at: datetime


def revoke_links(*, user_id: int, at: datetime, by: str, workspace_id: int | None = None) -> int:
    """Take back a user's unused sign-in links; return their number."""
    with transaction.atomic():
        ended = _end_links(user_id, at=at, by=by)
        if ended:
            what = "take back sign-in links"
            record_action(
                workspace_id=workspace_id, what=what, subject=f"user:{user_id}", at=at, by=by
            )
    return ended


def make_link(*, email: str, at: datetime, by: str) -> Invitation:
    """Make a new one-time link for a user.

    Raises: UnknownUser.
    """
    user = User.objects.get(pk=queries.user_id_of(email=email))
    return fresh_link(user, at=at, by=by)


def use_link(*, token: str, at: datetime) -> int:
    """Use a one-time link, which ends the person's other links too; return the user's id.

    Raises: LinkSpent, with the same words for every cause, so that guessing reveals nothing.
    """
    spent = LinkSpent(
        Text(
            "this link was used, is too old, or was never made; ask for a new one: "
            "shinrai accounts link EMAIL"
        ),
    )
    link = SignInLink.objects.select_related("user").filter(digest=_digest(token)).first()
    if link is None or not link.made_at <= at < link.expires_at or not link.user.is_active:
        raise spent
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=link.user_id)  # one of their links at a time
            SignInLinkUse.objects.create(link=link, at=at)  # the unique key decides a race
            _end_links(link.user_id, at=at, by=f"user:{link.user_id}")
    except IntegrityError as error:
        raise spent from error
    return link.user_id


def fresh_link(user: User, *, at: datetime, by: str, workspace_id: int | None = None) -> Invitation:
    """Make a new one-time link; the audit of a workspace shows it if one is given."""
    token = secrets.token_urlsafe(32)
    expires_at = at + timedelta(seconds=LINK_LIFE_S)
    SignInLink.objects.create(
        user=user, digest=_digest(token), made_at=at, made_by=by, expires_at=expires_at
    )
    record_action(
        workspace_id=workspace_id, what="make sign-in link", subject=f"user:{user.pk}", at=at, by=by
    )
    return Invitation(email=user.email, token=token, expires_at=expires_at)


def _end_links(user_id: int, *, at: datetime, by: str) -> int:
    links = SignInLink.objects.filter(user_id=user_id, use__isnull=True, expires_at__gt=at)
    ended = [SignInLinkUse(link=link, at=at, by=by) for link in links]
    SignInLinkUse.objects.bulk_create(ended, ignore_conflicts=True)
    return len(ended)


def end_sessions(user_id: int) -> None:
    """Delete all sessions of a user; as a session names its user only inside, reads all."""
    UserSession.objects.filter(user_id=user_id).delete()  # the list that its owner sees
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
