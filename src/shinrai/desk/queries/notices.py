"""What is to be told and to whom: clocks at risk and overdue, leads, duties, and what was sent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import quote

import numpy as np

from shinrai.accounts.queries import MemberRecord, WorkspaceRecord, members, workspace_numbered
from shinrai.accounts.rules.role import Role
from shinrai.calendars.rules.arrays import elapsed_array
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import GivenName
from shinrai.delivery.outbox import Delivery, deliveries
from shinrai.desk.models import (
    Duty,
    Notice,
    NoticeChannel,
    NoticePreference,
    NoticeSettings,
    TierLead,
)
from shinrai.desk.rules.notices import NoticePlan, ToldEvent, is_posted
from shinrai.desk.rules.open_case import case_standing
from shinrai.desk.rules.webhook_events import gets_event
from shinrai.ledger.queries import CaseHead, case_heads, newest_step
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.queries.alarms import stored_alarms
from shinrai.objectives.queries.going import clocks_due
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.queries.lines import ClockLine, clocks_of_case
from shinrai.units.moments import QuietHours, epoch_us

# What fell due longer ago is not told any more: a first import brings cases late by years. It is
# longer than the longest holidays, after which leads are told of what was overdue before them.
LOOK_BACK = timedelta(days=14)
LOOK_AHEAD = timedelta(days=31)  # what is due later is not looked at yet
WEEK = timedelta(weeks=1)
SECOND_US = 1_000_000


@dataclass(frozen=True)
class ChannelRecord:
    """A webhook that notices go to."""

    id: int
    channel: str
    wants: str
    shown: str
    language: str
    events: tuple[str, ...] = ()  # that a program chose; none: as it wants
    secret_at: datetime | None = None

    def gets(self, kind: str) -> bool:
        """Tell whether events of a kind go there."""
        if self.channel == "signed":
            return gets_event(self.wants, self.events, kind)
        return is_posted(self.wants, kind)


@dataclass(frozen=True)
class Team:
    """Who can be told: members by key who sign in here, their wishes, leads and this week's duty.

    `duties` are by tier, this week's and the next one's.
    """

    members: Mapping[str, MemberRecord]
    wants: Mapping[str, tuple[str, str]]  # by key: of what, in which language
    leads: Mapping[int, str]
    duties: tuple[Mapping[int, str], Mapping[int, str]]

    @property
    def managers(self) -> tuple[str, ...]:
        """Return the keys of the managers, or of the owners where there are none."""
        for role in (Role.MANAGER, Role.OWNER):
            found = tuple(key for key, one in self.members.items() if role in one.roles)
            if found:
                return found
        return ()


@dataclass(frozen=True)
class SentNotice:
    """What became of a message: of which kind it is, about what, and to whom it goes."""

    delivery: Delivery
    kind: str
    about: str
    to: str

    @property
    def can_be_sent_again(self) -> bool:
        """Tell whether it has ended and its content is still there."""
        return self.delivery.state in ("failed", "sent") and not self.delivery.is_emptied


def notice_plan(*, workspace_id: int) -> NoticePlan:
    """Return what a workspace has set, or what is usual."""
    row = NoticeSettings.objects.filter(workspace_id=workspace_id).first()
    if row is None:
        return NoticePlan()
    quiet = QuietHours(row.quiet_from, row.quiet_until, frozenset(row.days_off))
    return NoticePlan(row.at_risk_percent, timedelta(seconds=row.lead_after_s), quiet)


def notice_channels(*, workspace_id: int) -> tuple[ChannelRecord, ...]:
    """List the webhooks that notices go to."""
    rows = NoticeChannel.objects.filter(workspace_id=workspace_id, ended_at=None).order_by("id")
    return tuple(
        ChannelRecord(
            id=row.id,
            channel=row.channel,
            wants=row.wants,
            shown=row.shown,
            language=row.language,
            events=tuple(row.events),
            secret_at=row.secret_at,
        )
        for row in rows
    )


def week_of_duty(at: datetime, zone: str) -> date:
    """Return the Monday with which the week of a moment begins in a zone."""
    today = at.astimezone(zone_named(zone)).date()
    return today - timedelta(days=today.weekday())


def on_duty(*, workspace_id: int, at: datetime, tier: int) -> MemberRecord | None:
    """Return who is on duty in a tier in the week of a moment; None if nobody is, or left."""
    team = team_of(workspace_numbered(workspace_id), at=at)
    return team.members.get(team.duties[0].get(tier, ""))


def on_duty_names(*, workspace_id: int, at: datetime) -> list[str]:
    """Return the names of those on duty in the week of a moment, from the first line up."""
    team = team_of(workspace_numbered(workspace_id), at=at)
    keys = (team.duties[0].get(tier, "") for tier in sorted(team.duties[0]))
    return [team.members[key].display_name for key in keys if key in team.members]


def team_of(workspace: WorkspaceRecord, *, at: datetime) -> Team:
    """Return who can be told in a workspace: who left, or never signed in, cannot."""
    monday = week_of_duty(at, workspace.zone)
    there = [one for one in members(workspace_id=workspace.id) if one.email and not one.has_left]
    found = {one.key: one for one in there}
    asked = NoticePreference.objects.filter(member_id__in=[one.id for one in there])
    usual = ("all", workspace.language if workspace.language == "ja" else "en")
    wants = {f"staff:{row.member_id}": (row.wants, row.language) for row in asked}
    leads = TierLead.objects.filter(workspace_id=workspace.id)
    weeks: dict[date, dict[int, str]] = {monday: {}, monday + WEEK: {}}
    for row in Duty.objects.filter(workspace_id=workspace.id, week_on__in=weeks):
        weeks[row.week_on][row.tier] = f"staff:{row.member_id}"
    return Team(
        members=found,
        wants=dict.fromkeys(found, usual) | wants,
        leads={row.tier: f"staff:{row.member_id}" for row in leads},
        duties=(weeks[monday], weeks[monday + WEEK]),
    )


def case_path(record: str, key: str) -> str:
    """Return the path of a case's page within its workspace."""
    return f"{'investigations' if record == 'investigation' else 'inquiries'}/" + (
        quote(GivenName().to_url(key), safe="/~") + "/"
    )


def step_event(head: CaseHead, kind: str, steps: Sequence[Step], *, at: datetime) -> ToldEvent:
    """Return the event of the last step of a kind, with the moment the case is due next.

    A step that is not among those that hold (a correction) is the newest of the case.
    """
    last = next((step.sequence for step in reversed(steps) if step.kind == kind), None)
    lines = clocks_of_case(workspace_id=head.workspace_id, case_id=head.id, at=at)
    dues = [line.row.due_at for line in lines if line.state in ("running", "overdue")]
    event = ToldEvent(
        kind=kind,
        subject=f"case-{head.id}",
        mark=str(newest_step(head.id) if last is None else last),
        key=head.source_key,
        path=case_path(head.record, head.source_key),
        due_at=min((due for due in dues if due is not None), default=None),
    )
    return with_standing(event, head.record, steps)


def with_standing(event: ToldEvent, record: str, steps: Sequence[Step]) -> ToldEvent:
    """Return an event of a case with how these steps leave the case, for programs."""
    found = case_standing(record, steps)
    phase, holder = (found.phase, found.holder) if found else ("", "")
    return replace(event, record=record, phase=phase, holder=holder)


def clock_events(*, workspace_id: int, plan: NoticePlan, at: datetime) -> list[ToldEvent]:
    """Return what clocks have to tell at a moment, whether or not it was told before.

    The cost grows with the open clocks due about now, never with history.
    """
    lines = clocks_due(
        workspace_id=workspace_id, at=at, since=at - LOOK_BACK, until=at + LOOK_AHEAD
    )
    by_objective: dict[str, list[ClockLine]] = defaultdict(list)
    for line in lines:
        by_objective[line.objective].append(line)
    newest = {judge.objective.name: judge for judge in judges_of(workspace_id=workspace_id)}
    found: list[ToldEvent] = []
    for name, mine in by_objective.items():
        judge = newest[name]
        apart = _apart(judge, mine, at)
        for line, away in zip(mine, apart, strict=True):
            found += [
                _clock_event(line, kind, value, judge.record)
                for kind, value in _standing(line, away, plan)
            ]
    return found


def _apart(judge: Judge, lines: Sequence[ClockLine], at: datetime) -> list[timedelta]:
    """Return the open time between each due moment and now, whichever comes first."""
    due = np.array([epoch_us(line.row.due_at) for line in lines if line.row.due_at], np.int64)
    now = np.full(len(due), epoch_us(at), np.int64)
    timetable = judge.years((at - LOOK_BACK).year - 1, (at + LOOK_AHEAD).year)
    open_us = elapsed_array(timetable, np.minimum(due, now), np.maximum(due, now))
    return [timedelta(microseconds=us) for us in open_us.tolist()]


def _standing(line: ClockLine, away: timedelta, plan: NoticePlan) -> Iterable[tuple[str, int]]:
    """Yield the kinds of events a clock stands for, each with the share used up in percent."""
    if line.state == "overdue":
        yield "overdue", 100
        if away >= plan.lead_after:
            yield "still_overdue", 100
        return
    whole = timedelta(seconds=line.row.open_s - line.row.paused_open_s)
    used = whole - away
    if whole > timedelta(0) and used * 100 >= whole * plan.at_risk_percent:
        yield "at_risk", min(99, used * 100 // whole)


def _clock_event(line: ClockLine, kind: str, value: int, record: str) -> ToldEvent:
    due = line.row.due_at
    assert due is not None, "clocks without a due moment are not asked for"
    return ToldEvent(
        kind=kind,
        subject=f"case-{line.row.case_id}",
        mark=f"{line.objective}:{line.row.index}:{epoch_us(due) // SECOND_US}",
        key=line.case_key,
        path=case_path(record, line.case_key),
        value=value,
        due_at=due,
        objective=line.objective,
    )


def alarm_events(*, workspace_id: int, at: datetime) -> list[ToldEvent]:
    """Return the alarms that objectives raised lately."""
    names = {one.objective_id: one.objective.name for one in judges_of(workspace_id=workspace_id)}
    found = []
    for number, stored in stored_alarms(objective_ids=names).items():
        alarmed = getattr(stored.alarm, "alarmed_at", ())
        last = alarmed[-1] if alarmed else None
        if last is not None and at - last < LOOK_BACK:
            found.append(
                objective_event("alarm", names[number], str(epoch_us(last) // SECOND_US), 2)
            )
    return found


def objective_event(kind: str, name: str, mark: str, value: int) -> ToldEvent:
    """Return an event of an objective."""
    path = f"objectives/{quote(name, safe='')}/"
    return ToldEvent(kind, f"objective-{name}", mark, name, path, value, objective=name)


def level_told(*, workspace_id: int, name: str) -> int:
    """Return the level of an objective's escalation that was told last; 0: none holds."""
    rows = Notice.objects.filter(
        workspace_id=workspace_id, subject=f"objective-{name}", kind__in=("level", "calm")
    )
    found = rows.order_by("-id").values_list("value", flat=True).first()
    return found or 0


def untold(events: Sequence[ToldEvent], *, workspace_id: int) -> list[ToldEvent]:
    """Return the events that were not told yet."""
    names = [event.name for event in events]
    rows = Notice.objects.filter(workspace_id=workspace_id, name__in=names)
    known = set(rows.values_list("name", flat=True))
    return [event for event in events if event.name not in known]


def sender_of(workspace_id: int) -> str:
    """Return the name under which the mails of a workspace stand in the outbox."""
    return f"notices:{workspace_id}"


def channel_sender(number: int) -> str:
    """Return the name under which what goes to a webhook stands in the outbox."""
    return f"webhook:{number}"


def senders_to_people(workspace_id: int) -> list[str]:
    """Return the senders of what people read: mails, and channels of people, ended ones too."""
    rows = NoticeChannel.objects.filter(workspace_id=workspace_id).exclude(channel="signed")
    numbers = rows.values_list("id", flat=True)
    return [sender_of(workspace_id), *map(channel_sender, numbers)]


def sent_notices(
    *, workspace: WorkspaceRecord, state: str = "", most: int = 200
) -> tuple[SentNotice, ...]:
    """List what became of the newest messages to people, of all or of those in a state."""
    found = deliveries(senders=senders_to_people(workspace.id), most=most, state=state)
    return described(found, workspace)


def described(found: Sequence[Delivery], workspace: WorkspaceRecord) -> tuple[SentNotice, ...]:
    """Say of messages which event each tells, of what, and to whom."""
    parts = {one.id: one.once.split(":") for one in found}
    cases = [int(about[5:]) for _, _, about, *_ in parts.values() if about.startswith("case-")]
    keys = {f"case-{number}": head.source_key for number, head in case_heads(cases).items()}
    names = {f"staff-{one.id}": one.display_name for one in members(workspace_id=workspace.id)}
    rows = NoticeChannel.objects.filter(workspace_id=workspace.id)
    names |= {f"channel-{row.id}": row.shown for row in rows}
    return tuple(
        SentNotice(
            delivery=one,
            kind=parts[one.id][3],
            about=keys.get(parts[one.id][2], parts[one.id][2].removeprefix("objective-")),
            to=names.get(parts[one.id][-1], ""),
        )
        for one in found
    )
