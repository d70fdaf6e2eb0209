"""The overview: what is late and due next, what is left of every budget, and how weeks went."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.zones import zone_named
from shinrai.desk.queries.queue import Queue, queue
from shinrai.ledger.queries import has_cases, has_steps_after
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.queries.weekly import KeptWeek, kept_weeks
from shinrai.quality.queries.lines import Lines, Stretch, lines_now
from shinrai.quality.queries.span import last_date
from shinrai.warehouse.remembering import remembered
from shinrai.warehouse.store import Warehouse

WEEKS = 13
FIRST_ROWS = 6
FIVE_MINUTES_S = 300


@dataclass(frozen=True)
class Overview:
    """A workspace at a glance.

    The queue is that of the books, now. Reports and lines come from the published tables; they are
    at most a few minutes older, as `reports[0].standing.at` says.
    """

    queue: Queue
    reports: tuple[ObjectiveReport, ...]
    kept: dict[str, tuple[KeptWeek, ...]]
    lines: Lines
    lines_until: date | None  # the last date there is anything of, where that is long ago
    has_cases: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing here yet."""
        return not (self.reports or self.has_cases)

    @property
    def modes(self) -> list[tuple[str, tuple[Stretch, ...], int]]:
        """Order the modes by how many came in these weeks, each with that number."""
        counted = [
            (mode, weeks, sum(week.inquiries + week.filed for week in weeks))
            for mode, weeks in self.lines.items()
        ]
        return sorted(counted, key=lambda one: -one[2])


def overview(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> Overview:
    """Gather what a team looks at first, as of now."""
    today = at.astimezone(zone_named(workspace.zone)).date()
    last = last_date(workspace_id=workspace.id)
    long_ago = last is not None and last < today - timedelta(weeks=WEEKS)
    ends = last if last is not None and long_ago else today
    return Overview(
        queue=queue(workspace_id=workspace.id, at=at, most=FIRST_ROWS),
        reports=_reports(workspace.id, at, warehouse),
        kept=_kept(workspace.id, at, today, warehouse),
        lines=lines_now(workspace=workspace, today=ends, period="W", count=WEEKS),
        lines_until=last if long_ago else None,
        has_cases=has_cases(workspace_id=workspace.id),
    )


def _reports(workspace_id: int, at: datetime, warehouse: Warehouse) -> tuple[ObjectiveReport, ...]:
    """Report all objectives; what published clocks say is kept for five minutes at most."""

    def made() -> tuple[ObjectiveReport, ...]:
        return shown_objectives(workspace_id=workspace_id, at=at, warehouse=warehouse)

    if has_steps_after(workspace_id=workspace_id, at=at):
        return made()
    judges = judges_of(workspace_id=workspace_id)
    basis = tuple((judge.version_id, judge.calendar_digest) for judge in judges)
    key = ("standings", workspace_id, basis, int(at.timestamp()) // FIVE_MINUTES_S)
    return remembered(warehouse, [CLOCKS], key, made)


def _kept(
    workspace_id: int, at: datetime, today: date, warehouse: Warehouse
) -> dict[str, tuple[KeptWeek, ...]]:
    key = ("kept_weeks", workspace_id, today, int(at.timestamp()) // FIVE_MINUTES_S)
    return remembered(
        warehouse,
        [CLOCKS],
        key,
        lambda: kept_weeks(
            workspace_id=workspace_id, at=at, today=today, warehouse=warehouse, count=WEEKS
        ),
    )
