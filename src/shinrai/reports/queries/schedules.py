"""To whom the report of the week is sent, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.delivery.outbox import Delivery, deliveries
from shinrai.delivery.targets import CHANNELS
from shinrai.reports.models import ReportSchedule
from shinrai.units.text import Text

TEST = ":test:"
REPORTED = {key: CHANNELS[key] for key in ("slack", "teams", "mail", "json")}


@dataclass(frozen=True)
class ScheduleRecord:
    """Where the report goes, in which language, since when and by whom."""

    id: int
    workspace_id: int
    channel: str
    shown: str
    language: str
    made_at: datetime
    made_by: str

    @property
    def sender(self) -> str:
        """Return the name under which its messages stand in the outbox."""
        return f"report-schedule:{self.id}"

    @property
    def name(self) -> Text:
        return CHANNELS[self.channel]


@dataclass(frozen=True)
class SentReport:
    """A message of a schedule, and whether it was a test."""

    delivery: Delivery
    schedule: ScheduleRecord
    is_test: bool
    week: str


def schedules(*, workspace_id: int) -> tuple[ScheduleRecord, ...]:
    """List where the report of a workspace is sent."""
    rows = ReportSchedule.objects.filter(workspace_id=workspace_id, ended_at=None).order_by("id")
    return tuple(
        ScheduleRecord(
            id=row.id,
            workspace_id=row.workspace_id,
            channel=row.channel,
            shown=row.shown,
            language=row.language,
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in rows
    )


def sent_reports(of: tuple[ScheduleRecord, ...]) -> tuple[SentReport, ...]:
    """List what became of the messages of these schedules, the newest first."""
    by_sender = {schedule.sender: schedule for schedule in of}
    return tuple(
        SentReport(
            delivery=one,
            schedule=by_sender[one.sender],
            is_test=TEST in one.once,
            week=one.once.split(":")[2] if TEST not in one.once else "",
        )
        for one in deliveries(senders=list(by_sender))
    )
