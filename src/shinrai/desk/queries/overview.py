"""The overview: what is lost, late and due next, what the last weeks brought, what is open."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import Queue, QueueRequest, queue_of
from shinrai.ledger.queries import has_cases, steps_of
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import FrozenVerdict, ObjectiveReport
from shinrai.objectives.queries.weekly import KeptWeek, kept_weeks
from shinrai.objectives.rules.sentences.standings import MissedAbout
from shinrai.objectives.rules.states import STATES
from shinrai.quality.queries.span import last_date
from shinrai.quality.queries.weeks import SPAN, WEEKS, PastWeeks, past_weeks
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.topics.rules.labels import topic_of
from shinrai.units.share import Share
from shinrai.warehouse.store import Warehouse

FIRST_ROWS = 5
CLOSED_LATELY = timedelta(days=7)  # so long a window that closed unmet leads the page
MOST_MISSES = 200  # whose topics are looked up
MOST_TOPICS = 2
MISSED = tuple(STATES.index(state) for state in ("missed", "overdue"))


@dataclass(frozen=True)
class Overview:
    """All that the overview page of a workspace shows.

    The queue is read from the database and is current. Reports and weeks come from what the worker
    prepared, at most a few minutes ago; `reports[0].standing.at` is their moment.
    """

    queue: Queue
    reports: tuple[ObjectiveReport, ...]
    kept: dict[str, tuple[KeptWeek, ...]]
    weeks: PastWeeks | None
    weeks_until: date | None  # the last date there is anything of, where that is long ago
    book: Codebook
    missed_about: MissedAbout | None
    has_cases: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether the workspace has no cases and no reports yet."""
        return not (self.reports or self.has_cases)

    @property
    def closed_unmet(self) -> tuple[ObjectiveReport, FrozenVerdict] | None:
        """Return an objective whose last window closed unmet in the last days, if none is lost."""
        for report in self.reports:
            at, last = report.standing.at, report.verdicts[:1]
            if last and last[0].is_met is False and at - last[0].window.end < CLOSED_LATELY:
                return report, last[0]
        return None

    @property
    def pressing(self) -> ObjectiveReport | None:
        """Return the objective at the highest level of escalation, if any is at one."""
        found = [one for one in self.reports if one.standing.escalation.level is not None]
        return max(found, key=lambda one: one.standing.escalation.level or 0, default=None)

    def kept_shares(self, name: str) -> tuple[Share, Share]:
        """Return the share an objective kept in the last whole weeks, and in as many before."""
        over = [week.share for week in self.kept.get(name, ()) if week.is_over]
        return _added(over[-SPAN:]), _added(over[-2 * SPAN : -SPAN])


def overview_of(
    *,
    workspace: WorkspaceRecord,
    member: MemberRecord | None = None,
    at: datetime,
    warehouse: Warehouse,
) -> Overview:
    """Return the overview of a workspace as of now."""
    today = at.astimezone(zone_named(workspace.zone)).date()
    last = last_date(workspace_id=workspace.id)
    long_ago = last is not None and last < today - timedelta(weeks=WEEKS)
    ends = last if last is not None and long_ago else today
    place = queue_place(workspace, member, at=at)
    queue = queue_of(QueueRequest([place], at, most=FIRST_ROWS))
    weeks = past_weeks(workspace=workspace, until=ends, at=at)
    reports = shown_objectives(workspace_id=workspace.id, at=at, warehouse=warehouse)
    book = codebook(workspace_id=workspace.id)
    return Overview(
        queue=queue,
        reports=reports,
        kept=kept_weeks(workspace_id=workspace.id, today=ends, count=WEEKS),
        weeks=weeks,
        weeks_until=last if long_ago else None,
        book=book,
        missed_about=_missed_about(reports[0], book, workspace.id) if reports else None,
        has_cases=has_cases(workspace_id=workspace.id),
    )


def _missed_about(report: ObjectiveReport, book: Codebook, workspace_id: int) -> MissedAbout | None:
    """Return the topics that most misses of a lost window are about, if there are such."""
    due = report.due
    missed = [
        case_id
        for case_id, code in zip(due.table.case_id.tolist(), due.codes.tolist(), strict=True)
        if code in MISSED
    ]
    if not report.standing.is_lost or not 1 < len(missed) <= MOST_MISSES:
        return None
    steps = steps_of(missed, workspace_id=workspace_id)
    topics = (topic_of(steps.get(case_id, ())) for case_id in missed)
    most = Counter(book.counts_as(topic) for topic in topics if topic).most_common(MOST_TOPICS)
    count = sum(number for _, number in most)
    if 2 * count < len(missed):
        return None
    return MissedAbout(count, tuple(book.name(topic) for topic, _ in most))


def _added(shares: list[Share]) -> Share:
    return Share(sum(share.count for share in shares), sum(share.of for share in shares))
