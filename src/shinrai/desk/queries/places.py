"""The workspaces whose cases a list holds: their names, objectives, and what is at risk there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts.queries import MemberRecord, WorkspaceRecord, members
from shinrai.accounts.rules.role import TIERS
from shinrai.calendars.rules.days import NothingOpen, days_since
from shinrai.calendars.rules.hours import OpenDay
from shinrai.desk.rules.countdown import open_intervals
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.queries.usual import UsualTime, risk_moments, usual_times
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.text import Text

DIGEST = 12  # characters that tell calendars apart


@dataclass(frozen=True)
class CaseNames:
    """The names of persons, by their key, and of topics; persons have none for visitors."""

    persons: Mapping[str, str]
    book: Codebook

    def topic(self, label: str) -> Text | None:
        """Return the name of the topic that a label counts as today."""
        return self.book.name(self.book.counts_as(label)) if label else None


@dataclass(frozen=True)
class QueuePlace:
    """A workspace of a list, with the reader's membership there if they have one.

    `judges` are the newest versions of its objectives by number; `risk` says of each before which
    moment what falls due is at risk.
    """

    workspace: WorkspaceRecord
    member: MemberRecord | None
    names: CaseNames
    judges: Mapping[int, Judge]
    day: OpenDay | None
    usual: Mapping[str, UsualTime]
    risk: Mapping[int, datetime]

    @property
    def closes_at(self) -> datetime | None:
        """Return when the business day closes that closes next."""
        return self.day.close if self.day else None

    def closes_today(self, at: datetime) -> bool:
        """Tell whether that is today, where one of its calendars is."""
        day = self.day
        every = self.judges.values()
        return day is not None and any(j.calendar.local(at).date() == day.on for j in every)

    @property
    def tiers(self) -> list[int]:
        """Return the lines of support the reader works in."""
        roles = self.member.roles if self.member else frozenset()
        return [tier for role, tier in TIERS.items() if role in roles]

    def hours(self, at: datetime) -> dict[str, list[tuple[int, int]]]:
        """Return the open intervals ahead of each calendar that due moments follow."""
        found = {calendar_mark(one): one.calendar for one in self.judges.values()}
        return {mark: open_intervals(calendar, at) for mark, calendar in found.items()}

    def usual_titles(self) -> dict[str, UsualTime]:
        """Return the usual times by the title of their objective."""
        titles = {one.objective.name: one.objective.title for one in self.judges.values()}
        return {titles[name]: one for name, one in self.usual.items() if name in titles}


def calendar_mark(judge: Judge) -> str:
    """Return a mark that tells a judge's calendar from others on the same page."""
    return judge.calendar_digest.removeprefix("partial:")[:DIGEST]


def case_names(*, workspace_id: int, has_names: bool) -> CaseNames:
    """Return the names in a workspace; those of persons are for its members alone."""
    staff = members(workspace_id=workspace_id) if has_names else ()
    return CaseNames(
        {one.key: one.display_name for one in staff}, codebook(workspace_id=workspace_id)
    )


def queue_place(
    workspace: WorkspaceRecord,
    member: MemberRecord | None,
    *,
    at: datetime,
    record: str | None = None,
) -> QueuePlace:
    """Return a workspace as a list of its cases needs it, as of a moment."""
    every = judges_of(workspace_id=workspace.id)
    newest = {j.objective.name: j for j in every if record is None or j.record == record}
    day = _next_day(newest, at)
    usual = usual_times(workspace_id=workspace.id, at=at)
    risk = risk_moments(newest.values(), usual, at=at, closes_at=day.close if day else None)
    return QueuePlace(
        workspace=workspace,
        member=member,
        names=case_names(workspace_id=workspace.id, has_names=member is not None),
        judges={judge.objective_id: judge for judge in newest.values()},
        day=day,
        usual=usual,
        risk={newest[name].objective_id: moment for name, moment in risk.items()},
    )


def _next_day(judges: Mapping[str, Judge], at: datetime) -> OpenDay | None:
    """Return the business day that closes next."""
    days: list[OpenDay] = []
    for judge in judges.values():
        try:
            days.append(next(days_since(judge.calendar, at)))
        except NothingOpen:
            continue
    return min(days, key=lambda day: day.close, default=None)
