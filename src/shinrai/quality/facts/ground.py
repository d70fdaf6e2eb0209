"""What the facts of a workspace are computed with: calendar, time zones, holidays, our rules."""

import hashlib
from dataclasses import dataclass, field
from importlib.metadata import version

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.calendars.queries import calendar_named, calendars
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.timetable import Timetable
from shinrai.quality.models import Basis
from shinrai.quality.rules import facts
from shinrai.quality.rules.business import around_the_clock, timetable_of

AROUND_THE_CLOCK = "around_the_clock"


@dataclass(frozen=True)
class Ground:
    """The settings with which the facts of one workspace are computed.

    `calendar_name` is None if no calendar applies: then the desk counts as always open.
    """

    workspace_id: int
    zone: str
    calendar: Calendar
    calendar_name: str | None
    calendar_digest: str
    timetables: dict[tuple[int, int], Timetable] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def digest(self) -> str:
        """Return a hash of these settings; if it changes, all facts must be computed again."""
        parts = (
            self.calendar_digest,
            self.zone,
            version("tzdata"),
            version("holidays"),
            str(facts.VERSION),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def timetable(self, years: tuple[int, int]) -> Timetable:
        """Compile the calendar for whole years, once for each pair of first and last year."""
        if years not in self.timetables:
            self.timetables[years] = timetable_of(self.calendar, years)
        return self.timetables[years]


def ground_of(workspace: WorkspaceRecord, *, calendar: str | None = None) -> Ground:
    """Return the settings with which a workspace's facts are computed.

    The calendar is the one asked for by name; else the one stored in `Basis`; else the only one
    saved; else none, and the desk counts as always open, in the workspace's zone.
    Raises: UnknownCalendar if the one asked for is not saved.
    """
    saved = {record.name: record for record in calendars(workspace_id=workspace.id)}
    settled = Basis.objects.filter(workspace_id=workspace.id).values_list("calendar_name").first()
    name = calendar or (settled[0] if settled and settled[0] in saved else None)
    if name is None and len(saved) == 1:
        [name] = saved
    if name is None:
        always = around_the_clock(workspace.zone)
        return Ground(workspace.id, workspace.zone, always, None, AROUND_THE_CLOCK)
    record = saved.get(name) or calendar_named(workspace_id=workspace.id, name=name)
    return Ground(workspace.id, workspace.zone, record.calendar, record.name, record.digest)


def all_grounds() -> dict[int, Ground]:
    """Return the settings of every workspace, by its id."""
    return {workspace.id: ground_of(workspace) for workspace in workspaces()}
