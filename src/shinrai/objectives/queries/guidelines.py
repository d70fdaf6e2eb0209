"""Guidelines of a workspace, each compared with the value quality measured in its window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.ledger.queries import has_steps_after
from shinrai.objectives import models
from shinrai.objectives.rules.guideline import Guideline, Held, hold_against, read_guideline
from shinrai.objectives.rules.sentences.guidelines import guideline_words
from shinrai.objectives.rules.windows import RollingWindow, window_at
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.summary import summary_now
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse

NOTHING = Unknown("nothing came this way in this window")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class GuidelineReport:
    """A guideline's value over the inquiries received between two dates, both included."""

    guideline: Guideline
    version: int
    document: Mapping[str, Any]
    since: date
    until: date
    held: Held | Unknown

    @property
    def words(self) -> Text:
        """Return the result in one sentence."""
        return guideline_words(self.guideline, self.held)


def guideline_reports(
    *, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse
) -> tuple[GuidelineReport, ...]:
    """Compare every guideline of a workspace with its measure; sorted by name."""
    rows = models.Guideline.objects.filter(workspace_id=workspace.id).order_by("name", "-number")
    newest = rows.distinct("name")
    return tuple(_report(workspace, row, at, warehouse) for row in newest)


def _report(
    workspace: WorkspaceRecord, row: models.Guideline, at: datetime, warehouse: Warehouse
) -> GuidelineReport:
    guideline = read_guideline(row.document)
    since, until = _dates(guideline, workspace.zone, at)
    found = None
    if not has_steps_after(workspace_id=workspace.id, at=at):
        found = summary_now(workspace=workspace, since=since, until=until)
    if found is None:  # a past moment, or nothing counted yet
        found = quality_summary(
            workspace=workspace, at=at, warehouse=warehouse, since=since, until=until
        )
    figures = found.modes.get(guideline.mode)
    held = NOTHING if figures is None else hold_against(guideline, figures[guideline.measure])
    return GuidelineReport(guideline, row.number, row.document, since, until, held)


def _dates(guideline: Guideline, zone: str, at: datetime) -> tuple[date, date]:
    """Return the first and last date of receipt of a window; both end today, today included."""
    span = window_at(guideline.window, at)
    today = at.astimezone(zone_named(zone)).date()
    if isinstance(guideline.window, RollingWindow):
        return today - (guideline.window.days - 1) * DAY, today
    return span.start.astimezone(zone_named(zone)).date(), today
