"""A workspace's calendars: the present state, the next year, and which objectives use them."""

from dataclasses import dataclass
from datetime import date, datetime

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import (
    CalendarRecord,
    RevisionRecord,
    calendar_named,
    calendars,
    revisions,
)
from shinrai.calendars.rules.hours import Calendar, CalendarVersion
from shinrai.calendars.rules.open_state import OpenState, open_state
from shinrai.calendars.rules.warnings import CalendarWarning, horizon_warnings, saving_warnings
from shinrai.calendars.rules.year import Month, Special, specials, year_of
from shinrai.console.reader import reader_text
from shinrai.objectives.queries.uses import CalendarUse, uses_of_calendars
from shinrai.quality.facts.ground import ground_of

SOON = 3  # special dates a list of calendars shows of each


@dataclass(frozen=True)
class DatedVersion:
    """A version of the hours, until when it holds, and whether it holds now."""

    version: CalendarVersion
    number: int
    until: date | None
    is_in_force: bool


@dataclass(frozen=True)
class CalendarView:
    """A calendar at a moment, with all that its page shows."""

    record: CalendarRecord
    now: OpenState
    versions: tuple[DatedVersion, ...]
    months: tuple[Month, ...]
    specials: tuple[Special, ...]
    notes: tuple[CalendarWarning, ...]
    uses: tuple[CalendarUse, ...]
    is_of_quality: bool

    @property
    def refused_words(self) -> str:
        """Return why a part of the stored calendar is refused, in words; "" if none is."""
        return reader_text(self.record.refused.text) if self.record.refused else ""

    @property
    def in_force(self) -> DatedVersion:
        """Return the version that holds now, or the first if none holds yet."""
        return next((v for v in self.versions if v.is_in_force), self.versions[0])

    @property
    def soon(self) -> tuple[Special, ...]:
        """Return the next few dates that differ from the weekly hours."""
        return self.specials[:SOON]


def calendar_views(*, workspace: WorkspaceRecord, at: datetime) -> tuple[CalendarView, ...]:
    """Return every calendar of a workspace, ordered by name."""
    found = calendars(workspace_id=workspace.id)
    uses = uses_of_calendars(workspace_id=workspace.id) if found else {}
    of_quality = ground_of(workspace).calendar_name
    return tuple(
        _view(record, uses.get(record.name, ()), of_quality == record.name, at) for record in found
    )


def calendar_view(*, workspace: WorkspaceRecord, name: str, at: datetime) -> CalendarView:
    """Return one calendar.

    Raises: UnknownCalendar.
    """
    record = calendar_named(workspace_id=workspace.id, name=name)
    uses = uses_of_calendars(workspace_id=workspace.id).get(record.name, ())
    return _view(record, uses, ground_of(workspace).calendar_name == record.name, at)


def unsaved_calendar_view(*, name: str, calendar: Calendar, at: datetime) -> CalendarView:
    """Return the view of a calendar that is not saved yet, for a preview."""
    unsaved = CalendarRecord(
        id=0, name=name, revision=0, digest="", saved_at=at, by="", calendar=calendar
    )
    return _view(unsaved, (), is_of_quality=False, at=at)


def saved_revisions(*, workspace: WorkspaceRecord, name: str) -> tuple[RevisionRecord, ...]:
    """List all saved revisions of a calendar, the latest first."""
    return revisions(workspace_id=workspace.id, name=name)


def _view(
    record: CalendarRecord, uses: tuple[CalendarUse, ...], is_of_quality: bool, at: datetime
) -> CalendarView:
    calendar = record.calendar
    today = calendar.local(at).date()
    months = year_of(calendar, today)
    last = months[-1].days[-1].on
    return CalendarView(
        record=record,
        now=open_state(calendar, at),
        versions=_versions(calendar.versions, today),
        months=months,
        specials=specials(months, today),
        notes=(*saving_warnings(calendar), *horizon_warnings(calendar, today, last)),
        uses=uses,
        is_of_quality=is_of_quality,
    )


def _versions(versions: tuple[CalendarVersion, ...], today: date) -> tuple[DatedVersion, ...]:
    ends = [*(version.valid_from for version in versions[1:]), None]
    return tuple(
        DatedVersion(
            version=version,
            number=number,
            until=until,
            is_in_force=(version.valid_from is None or version.valid_from <= today)
            and (until is None or today < until),
        )
        for number, (version, until) in enumerate(zip(versions, ends, strict=True), start=1)
    )
