"""Set what is told to whom: at risk and quiet hours, wishes, leads, duties, webhooks."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.delivery.outbox import stop_messages
from shinrai.delivery.targets import UnusableTarget, masked, usable_target
from shinrai.delivery.webhook import new_secret
from shinrai.desk.models import (
    Duty,
    NoticeChannel,
    NoticePreference,
    NoticeSettings,
    TierLead,
)
from shinrai.desk.queries.notices import channel_sender
from shinrai.desk.rules.notices import CHANNEL_WANTS, TIERS, WANTS, NoticePlan, UnusableNotices
from shinrai.desk.rules.webhook_events import checked_events
from shinrai.privacy.rules.encryption import encrypt
from shinrai.units.text import LANGUAGES, Text

CHANNELS: Final = ("slack", "signed")


def set_plan(*, workspace_id: int, plan: NoticePlan, at: datetime, by: str) -> None:
    """Set when a workspace is told of its clocks, and its quiet hours.

    Raises: UnusableNotices.
    """
    plan = plan.checked()
    with transaction.atomic():
        NoticeSettings.objects.update_or_create(
            workspace_id=workspace_id,
            defaults={
                "at_risk_percent": plan.at_risk_percent,
                "lead_after_s": round(plan.lead_after.total_seconds()),
                "quiet_from": plan.quiet.since,
                "quiet_until": plan.quiet.until,
                "days_off": sorted(plan.quiet.days_off),
            },
        )
        _audit(workspace_id, "set notices", "notices", at, by)


def set_preference(*, member_id: int, wants: str, language: str) -> None:
    """Set of what a member wants mail.

    Raises: UnusableNotices.
    """
    if wants not in WANTS or language not in LANGUAGES:
        raise UnusableNotices(Text("Choose what you want mail of, and in which language."))
    NoticePreference.objects.update_or_create(
        member_id=member_id, defaults={"wants": wants, "language": language}
    )


def set_people(
    *,
    workspace_id: int,
    leads: Mapping[int, int | None],
    duties: Mapping[tuple[int, date], int | None],
    at: datetime,
    by: str,
) -> None:
    """Set who leads each tier, and who is on duty in which weeks; None: nobody.

    The members are numbers of this workspace's staff, which the caller has made sure of.
    """
    with transaction.atomic():
        for tier, member in leads.items():
            _set(TierLead, {"workspace_id": workspace_id, "tier": tier}, member)
        for (tier, week_on), member in duties.items():
            which: dict[str, Any] = {"workspace_id": workspace_id, "tier": tier, "week_on": week_on}
            _set(Duty, which, member)
        _audit(workspace_id, "set duties", "duties", at, by)


def _set(model: type[models.Model], which: dict[str, Any], member: int | None) -> None:
    if which["tier"] not in TIERS:
        raise UnusableNotices(Text("There is no such line."))
    rows = model._default_manager
    if member is None:
        rows.filter(**which).delete()
    else:
        rows.update_or_create(**which, defaults={"member_id": member})


def add_channel(
    *,
    workspace_id: int,
    asked: Mapping[str, str],
    at: datetime,
    by: str,
    events: Iterable[str] = (),
) -> tuple[int, str]:
    """Send notices to a webhook from now on; return its number, and the secret it is signed with.

    The secret is shown to whoever adds the webhook, and never again. `asked` has `channel`,
    `target`, `wants` and `language`; a signed one is told of `events`, or of what it wants.
    Raises: UnusableTarget, UnusableEvents.
    """
    channel, wants, language = asked["channel"], asked["wants"], asked["language"]
    if channel not in CHANNELS or wants not in CHANNEL_WANTS or language not in LANGUAGES:
        raise UnusableTarget(Text("Choose what is sent, where it goes, and in which language."))
    target = usable_target(channel, asked["target"])
    secret = new_secret() if channel == "signed" else ""
    with transaction.atomic():
        row = NoticeChannel.objects.create(
            workspace_id=workspace_id,
            channel=channel,
            wants=wants,
            target=encrypt(settings.SHINRAI_MASTER_KEY, target),
            secret=encrypt(settings.SHINRAI_MASTER_KEY, secret),
            events=checked_events(events) if channel == "signed" else [],
            shown=masked(channel, target),
            language=language,
            made_at=at,
            made_by=by,
        )
        _audit(workspace_id, "add notice channel", f"channel:{row.pk}", at, by)
    return int(row.pk), secret


def end_channel(*, workspace_id: int, number: int, at: datetime, by: str) -> bool:
    """Send nothing more to a webhook; return whether it was there."""
    mine = NoticeChannel.objects.filter(id=number, workspace_id=workspace_id, ended_at=None)
    with transaction.atomic():
        if not mine.update(ended_at=at, ended_by=by):
            return False
        stop_messages(sender=channel_sender(number), at=at)
        _audit(workspace_id, "end notice channel", f"channel:{number}", at, by)
    return True


def _audit(workspace_id: int, what: str, subject: str, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
