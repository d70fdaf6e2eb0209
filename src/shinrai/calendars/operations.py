"""The operation that saves a calendar."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.operations.workspaces import set_zone
from shinrai.calendars.models import CalendarRevision, SavedCalendar
from shinrai.calendars.queries import CalendarRecord, calendar_named
from shinrai.calendars.rules.document import calendar_digest, read_calendar, write_calendar
from shinrai.calendars.rules.fields import NAME_LENGTH, is_calendar_name
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class BadCalendarName(UserError, ValueError):
    """The name is empty, too long, or has invisible characters or blanks at its ends."""


def save_calendar(
    *, workspace_id: int, name: str, document: Mapping[str, Any], at: datetime, by: str
) -> CalendarRecord:
    """Save a calendar as a new revision; an unchanged document adds none.

    `document` must contain the texts of iCalendar files, not their paths. If nobody has set the
    workspace's time zone, the calendar's is set.
    Raises: BadCalendar, BadCalendarName.
    """
    check_name(name)
    calendar = read_calendar(document)
    written = write_calendar(calendar)
    digest = calendar_digest(written)
    with transaction.atomic():
        lock_in_transaction(f"calendar:{workspace_id}:{name}")
        saved, _is_new = SavedCalendar.objects.get_or_create(workspace_id=workspace_id, name=name)
        latest = saved.revisions.order_by("-number").first()
        if latest is None or latest.digest != digest:
            number = latest.number + 1 if latest else 1
            CalendarRevision.objects.create(
                calendar=saved, number=number, document=written, digest=digest, saved_at=at, by=by
            )
            record_action(
                workspace_id=workspace_id,
                what="save calendar",
                subject=f"calendar:{saved.pk}",
                at=at,
                by=by,
                reason=f"revision {number}",
            )
        # The hours a desk keeps say where it is, if nobody did.
        set_zone(
            workspace_id=workspace_id,
            zone=calendar.versions[-1].zone,
            at=at,
            by=by,
            source=f"calendar {name}",
            keep_said=True,
        )
        return calendar_named(workspace_id=workspace_id, name=name)


def check_name(name: str) -> None:
    """Raise an error unless objectives can refer to a calendar by this name.

    Raises: BadCalendarName.
    """
    if not is_calendar_name(name):
        raise BadCalendarName(
            Text(
                "{name!r} is no name for a calendar; take up to {name_length} letters, "
                "without blanks at the ends",
                name=name,
                name_length=NAME_LENGTH,
            ),
        )
