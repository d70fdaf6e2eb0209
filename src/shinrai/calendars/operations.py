"""The operations that save a calendar, and declare and remove events."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.operations.workspaces import set_zone
from shinrai.calendars.models import CalendarRevision, DeclaredEvent, EventRemoval, SavedCalendar
from shinrai.calendars.queries import (
    CalendarRecord,
    EventRecord,
    calendar_named,
    declared_event,
    declared_events,
)
from shinrai.calendars.rules.declared_events import EventDeclaration
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


class UnknownEvent(UserError, LookupError):
    """The workspace has no declared event with this number, or it was removed."""


def declare_events(
    *, workspace_id: int, declarations: Iterable[EventDeclaration], at: datetime, by: str
) -> tuple[int, ...]:
    """Declare events and return their numbers; what is declared already is not declared twice."""
    with transaction.atomic():
        lock_in_transaction(f"events:{workspace_id}")
        known = {_declared(record) for record in declared_events(workspace_id=workspace_id)}
        new = [one for one in dict.fromkeys(declarations) if one not in known]
        return tuple(_declare(workspace_id, one, at, by) for one in new)


def remove_event(*, workspace_id: int, number: int, at: datetime, by: str) -> EventRecord:
    """Remove an event that was declared wrongly: no chart marks it any more.

    Raises: UnknownEvent.
    """
    with transaction.atomic():
        lock_in_transaction(f"events:{workspace_id}")
        found = declared_event(workspace_id=workspace_id, number=number)
        if found is None or found.is_removed:
            raise UnknownEvent(
                Text("there is no event {number}; `shinrai calendars event list`", number=number)
            )
        EventRemoval.objects.create(event_id=number, removed_at=at, by=by)
        record_action(
            workspace_id=workspace_id, what="remove event", subject=f"event:{number}", at=at, by=by
        )
    return found


def _declare(workspace_id: int, one: EventDeclaration, at: datetime, by: str) -> int:
    row = DeclaredEvent.objects.create(
        workspace_id=workspace_id, declared_at=at, by=by, **asdict(one)
    )
    record_action(
        workspace_id=workspace_id, what="declare event", subject=f"event:{row.pk}", at=at, by=by
    )
    return int(row.pk)


def _declared(record: EventRecord) -> EventDeclaration:
    return EventDeclaration(
        record.kind, record.name, record.first_on, record.last_on, record.service
    )
