"""What guardians do with notices: choose, end a channel, confirm an address, subscribe, read."""

from datetime import datetime

from django.core import signing
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.customers.queries import customer_by_number
from shinrai.delivery.push import read_subscription
from shinrai.family.models import (
    Guardian,
    GuardianNotice,
    GuardianWish,
    NoticeSchedule,
    PushSubscription,
)
from shinrai.family.operations.notices import UNSUBSCRIBE, stop_waiting
from shinrai.family.queries.guardians import GuardianRecord, guardian_numbered
from shinrai.family.queries.notices import notice_of, plan_of_guardian
from shinrai.family.rules.plan import CHANNELS, Channel, GuardianPlan, next_look, plan_of
from shinrai.privacy.operations import mark_of, open_keys, store_words
from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES, Text


class UnknownUnsubscription(UserError, LookupError):
    """The address that ends a channel was not made here, or its guardian was erased."""


def set_plan(*, guardian: GuardianRecord, plan: GuardianPlan, at: datetime, by: str) -> None:
    """Set what a guardian is told, by which channel and when. Raises: UnusablePlan."""
    checked = plan_of(plan.document)
    with transaction.atomic():
        GuardianWish.objects.create(
            guardian_id=guardian.id, document=checked.document, at=at, by=by
        )
        # Only forwards: a look that is due now is not skipped, nor done twice a day.
        NoticeSchedule.objects.filter(pk=guardian.id, due_at__gt=at).update(
            due_at=next_look(checked, guardian.zone, after=at)
        )
        for channel in CHANNELS:
            if not checked.wishes.get(channel):
                stop_waiting(guardian_id=guardian.id, channel=channel, at=at)
        _audit(guardian, "set guardian notices", at, by)


def set_language(*, guardian: GuardianRecord, language: str) -> None:
    """Write to a guardian in a language from now on; one that is not known changes nothing."""
    if language in LANGUAGES:
        Guardian.objects.filter(pk=guardian.id).update(language=language)


def guardian_of_token(token: str) -> tuple[GuardianRecord, Channel]:
    """Return whose channel an address ends. Raises: UnknownUnsubscription."""
    try:
        number, channel = signing.loads(token, salt=UNSUBSCRIBE)
        workspace = Guardian.objects.values_list("workspace_id", flat=True).get(pk=number)
    except (signing.BadSignature, ValueError, TypeError, Guardian.DoesNotExist) as error:
        raise _unknown() from error
    found = guardian_numbered(workspace, number)
    if found is None:
        raise _unknown()
    return found, channel


def end_channel(token: str, *, at: datetime) -> None:
    """End a channel of a guardian, who does not have to sign in.

    Raises: UnknownUnsubscription.
    """
    guardian, channel = guardian_of_token(token)
    plan = plan_of_guardian(guardian.id)
    if plan.wishes.get(channel):
        set_plan(guardian=guardian, plan=plan.without(channel), at=at, by="one click")


def confirm_address(*, guardian: GuardianRecord, at: datetime, by: str) -> None:
    """Send mail again to an address that bounced, as its guardian says that it works."""
    with transaction.atomic():
        rows = Guardian.objects.filter(pk=guardian.id).exclude(bounced_at=None)
        if rows.update(bounced_at=None):
            _audit(guardian, "confirm guardian address", at, by)


def subscribe(*, guardian: GuardianRecord, document: object, at: datetime, by: str) -> None:
    """Tell a guardian in a browser from now on. Raises: NotDelivered if it cannot be reached."""
    target = read_subscription(document)
    with transaction.atomic():
        person = customer_by_number(workspace_id=guardian.workspace, number=guardian.id)
        assert person is not None  # who was erased has no session
        key = open_keys([person.key_id])[person.key_id]
        [words_id] = store_words([(person.key_id, key, target)])
        values = {"target_words_id": words_id, "ended_at": None}
        PushSubscription.objects.update_or_create(
            guardian_id=guardian.id,
            mark=_mark(document),
            defaults=values,
            create_defaults={**values, "made_at": at},
        )
        _audit(guardian, "subscribe guardian", at, by)


def end_subscriptions(*, guardian: GuardianRecord, at: datetime, by: str) -> None:
    """Tell a guardian in no browser any more."""
    with transaction.atomic():
        rows = PushSubscription.objects.filter(guardian_id=guardian.id, ended_at=None)
        if rows.update(ended_at=at):
            stop_waiting(guardian_id=guardian.id, channel="push", at=at)
            _audit(guardian, "end guardian subscriptions", at, by)


def read_notice(*, guardian_id: int, number: int, at: datetime) -> None:
    """Record that a guardian read a notice, once. Raises: UnknownNotice."""
    notice_of(guardian_id, number, at=at)
    rows = GuardianNotice.objects.filter(pk=number, guardian_id=guardian_id, read_at=None)
    rows.update(read_at=at)


def _mark(document: object) -> bytes:
    endpoint = document["endpoint"] if isinstance(document, dict) else ""
    return mark_of("push subscription", str(endpoint))


def _audit(guardian: GuardianRecord, what: str, at: datetime, by: str) -> None:
    subject = f"customer:{guardian.id}"
    record_action(workspace_id=guardian.workspace, what=what, subject=subject, at=at, by=by)


def _unknown() -> UnknownUnsubscription:
    return UnknownUnsubscription(
        Text("This address ends nothing. Choose on the page of your settings what you are told.")
    )
