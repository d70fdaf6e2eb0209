"""To whom the report of the week is sent: add, end, test."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.delivery.outbox import OutgoingMessage, add_message, stop_messages
from shinrai.delivery.targets import UnusableTarget, masked, usable_target
from shinrai.privacy.rules.encryption import decrypt, encrypt
from shinrai.reports.models import ReportSchedule
from shinrai.reports.queries.schedules import REPORTED, TEST, ScheduleRecord
from shinrai.reports.queries.short_report import message_content
from shinrai.reports.rules.schedule import last_due, week_sent
from shinrai.units.text import Text

LANGUAGES: Final = ("en", "ja")


def add_schedule(
    *,
    workspace: WorkspaceRecord,
    channel: str,
    target: str,
    language: str,
    at: datetime,
    by: str,
) -> int:
    """Send the report of the week to a target from the next Monday on; return the schedule's id.

    Raises: UnusableTarget.
    """
    if channel not in REPORTED or language not in LANGUAGES:
        raise UnusableTarget(Text("Choose where the report goes, and in which language."))
    target = usable_target(channel, target)
    with transaction.atomic():
        row = ReportSchedule.objects.create(
            workspace_id=workspace.id,
            channel=channel,
            target=encrypt(settings.SHINRAI_MASTER_KEY, target),
            shown=masked(channel, target),
            language=language,
            made_at=at,
            made_by=by,
        )
        _audit(workspace.id, "schedule report", row.id, at, by)
    return int(row.id)


def end_schedule(*, workspace_id: int, number: int, at: datetime, by: str) -> bool:
    """Send nothing more by a schedule; return whether it was there."""
    with transaction.atomic():
        mine = ReportSchedule.objects.filter(
            id=number, workspace_id=workspace_id, ended_at__isnull=True
        )
        if not mine.update(ended_at=at, ended_by=by):
            return False
        stop_messages(sender=f"report-schedule:{number}", at=at)
        _audit(workspace_id, "end report schedule", number, at, by)
    return True


def send_test(
    *, workspace: WorkspaceRecord, schedule: ScheduleRecord, at: datetime, by: str
) -> bool:
    """Send the last prepared report of a week by a schedule; return whether there is one."""
    period = week_sent(last_due(at, workspace.zone), workspace.zone)
    content = message_content(workspace, schedule, period)
    if content is None:
        return False
    once = f"report:{schedule.id}{TEST}{at.isoformat()}"
    return post_report(schedule, once, content, what="test report schedule", at=at, by=by)


def post_report(
    schedule: ScheduleRecord,
    once: str,
    content: Mapping[str, Any],
    *,
    what: str,
    at: datetime,
    by: str,
) -> bool:
    """Put a report into the outbox and into the audit; return whether it was not there yet."""
    row = ReportSchedule.objects.get(id=schedule.id)
    message = OutgoingMessage(
        workspace_id=schedule.workspace_id,
        sender=schedule.sender,
        once=once,
        channel="mail" if schedule.channel == "mail" else "webhook",
        target=decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.target)),
        content=content,
    )
    with transaction.atomic():
        is_new = add_message(message, at=at)
        if is_new:
            _audit(schedule.workspace_id, what, schedule.id, at, by)
    return is_new


def _audit(workspace_id: int, what: str, number: int, at: datetime, by: str) -> None:
    subject = f"report-schedule:{number}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
