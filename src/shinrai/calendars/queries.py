"""Queries about saved calendars and declared events: frozen records, never model objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from shinrai.calendars.models import CalendarRevision, DeclaredEvent
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.stored_document import StoredCalendar, read_stored_calendar
from shinrai.units.errors import UserError
from shinrai.units.text import Text

KEPT = 64  # calendars held in memory, the oldest let go first


class UnknownCalendar(UserError, LookupError):
    """The workspace has no calendar with this name."""


@dataclass(frozen=True)
class CalendarRecord:
    """A calendar as it was last saved.

    `refused` is the error about a part that today's rules refuse; `calendar` is without that part.
    """

    id: int
    name: str
    revision: int
    digest: str
    saved_at: datetime
    by: str
    calendar: Calendar
    refused: BadCalendar | None = None


@dataclass(frozen=True)
class RevisionRecord:
    """A calendar's document as it was saved at one time."""

    number: int
    saved_at: datetime
    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        """Return the document as YAML, the form in which teams edit it."""
        return written_text(self.document)


def written_text(document: Mapping[str, Any]) -> str:
    """Return a calendar's document as YAML."""
    text: str = yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False)
    return text


def calendar_named(*, workspace_id: int, name: str) -> CalendarRecord:
    """Return the latest revision of a calendar.

    Raises: UnknownCalendar, whose text lists the existing ones.
    """
    revision = (
        CalendarRevision.objects.filter(calendar__workspace_id=workspace_id, calendar__name=name)
        .select_related("calendar")
        .defer("document")
        .order_by("-number")
        .first()
    )
    if revision is None:
        known = [record.name for record in calendars(workspace_id=workspace_id)]
        raise UnknownCalendar(
            Text(
                "there is no calendar {name!r}; saved are: {known}; save one with "
                "`shinrai calendars add FILE --workspace W`",
                name=name,
                known=known or Text("none"),
            )
        )
    return _record(revision)


def calendars(*, workspace_id: int) -> tuple[CalendarRecord, ...]:
    """List the calendars of a workspace by name, each in its latest revision."""
    latest = (
        CalendarRevision.objects.filter(calendar__workspace_id=workspace_id)
        .select_related("calendar")
        .defer("document")
        .order_by("calendar__name", "-number")
        .distinct("calendar__name")
    )
    return tuple(_record(revision) for revision in latest)


def revisions(*, workspace_id: int, name: str) -> tuple[RevisionRecord, ...]:
    """List all revisions of a calendar, the latest first."""
    rows = CalendarRevision.objects.filter(
        calendar__workspace_id=workspace_id, calendar__name=name
    ).order_by("-number")
    return tuple(RevisionRecord(row.number, row.saved_at, row.document) for row in rows)


@dataclass(frozen=True)
class EventRecord:
    """A declared event, and whether it was removed later."""

    id: int
    kind: str
    name: str
    service: str
    first_on: date
    last_on: date
    declared_at: datetime
    by: str
    is_removed: bool


def declared_events(*, workspace_id: int) -> tuple[EventRecord, ...]:
    """List the declared events of a workspace that were not removed, the latest first."""
    rows = DeclaredEvent.objects.filter(workspace_id=workspace_id, removal=None)
    return tuple(_event(row, is_removed=False) for row in rows.order_by("-first_on", "-id"))


def declared_event(*, workspace_id: int, number: int) -> EventRecord | None:
    """Return a declared event by its number, also a removed one; None if there is none."""
    rows = DeclaredEvent.objects.select_related("removal")
    row = rows.filter(workspace_id=workspace_id, pk=number).first()
    return None if row is None else _event(row, is_removed=hasattr(row, "removal"))


def _event(row: DeclaredEvent, *, is_removed: bool) -> EventRecord:
    return EventRecord(
        row.pk, row.kind, row.name, row.service, row.first_on, row.last_on, row.declared_at,
        row.by, is_removed,
    )  # fmt: skip


def _record(revision: CalendarRevision) -> CalendarRecord:
    stored = _stored(revision)
    return CalendarRecord(
        id=revision.calendar.pk,
        name=revision.calendar.name,
        revision=revision.number,
        digest=revision.digest,
        saved_at=revision.saved_at,
        by=revision.by,
        calendar=stored.calendar,
        refused=stored.refused,
    )


_read: dict[str, StoredCalendar] = {}


def _stored(revision: CalendarRevision) -> StoredCalendar:
    """Return the parsed calendar of a revision; it is cached with the days computed so far.

    The document is fetched from the database only if it is not in the cache.
    """
    if revision.digest not in _read:
        while len(_read) >= KEPT:
            _read.pop(next(iter(_read)))
        _read[revision.digest] = read_stored_calendar(revision.document)
    return _read[revision.digest]
