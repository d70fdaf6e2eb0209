"""The overview: what is late and due next, what is left of every budget, and past weeks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.queries.queue import Queue, queue_of
from shinrai.ledger.queries import has_cases
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.queries.weekly import KeptWeek, kept_weeks
from shinrai.quality.queries.lines import Lines, PeriodFigures, lines_now
from shinrai.quality.queries.span import last_date
from shinrai.warehouse.store import Warehouse

WEEKS = 13
FIRST_ROWS = 6
FIVE_MINUTES_S = 300


@dataclass(frozen=True)
class Overview:
    """All that the overview page of a workspace shows.

    The queue is read from the database and is current. Reports and lines come from the published
    tables, which are at most a few minutes older; `reports[0].standing.at` is their moment.
    """

    queue: Queue
    reports: tuple[ObjectiveReport, ...]
    kept: dict[str, tuple[KeptWeek, ...]]
    lines: Lines
    lines_until: date | None  # the last date there is anything of, where that is long ago
    has_cases: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether the workspace has no cases and no reports yet."""
        return not (self.reports or self.has_cases)

    @property
    def modes(self) -> list[tuple[str, tuple[PeriodFigures, ...], int]]:
        """List the modes with their weeks and number of new cases, the largest first."""
        counted = [
            (mode, weeks, sum(week.inquiries + week.filed for week in weeks))
            for mode, weeks in self.lines.items()
        ]
        return sorted(counted, key=lambda one: -one[2])


def overview_of(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> Overview:
    """Return the overview of a workspace as of now."""
    today = at.astimezone(zone_named(workspace.zone)).date()
    last = last_date(workspace_id=workspace.id)
    long_ago = last is not None and last < today - timedelta(weeks=WEEKS)
    ends = last if last is not None and long_ago else today
    return Overview(
        queue=queue_of(workspace_id=workspace.id, at=at, most=FIRST_ROWS),
        reports=shown_objectives(workspace_id=workspace.id, at=at, warehouse=warehouse),
        kept=kept_weeks(workspace_id=workspace.id, today=today, count=WEEKS),
        lines=lines_now(workspace=workspace, today=ends, period="W", count=WEEKS),
        lines_until=last if long_ago else None,
        has_cases=has_cases(workspace_id=workspace.id),
    )
