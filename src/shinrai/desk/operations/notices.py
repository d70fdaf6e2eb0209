"""Tell people what happened to a case, a clock or an objective: once, through the outbox."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.console.rules.wording import language_of
from shinrai.delivery.mail import has_server
from shinrai.delivery.outbox import OutgoingMessage, add_message, resend_message
from shinrai.desk.models import Notice, NoticeChannel
from shinrai.desk.queries.notices import (
    ChannelRecord,
    Team,
    alarm_events,
    channel_sender,
    clock_events,
    level_told,
    notice_channels,
    notice_plan,
    objective_event,
    sender_of,
    senders_to_people,
    step_event,
    team_of,
    untold,
    with_standing,
)
from shinrai.desk.rules.notices import (
    FEW,
    STEPS,
    CaseHands,
    NoticePlan,
    NoticeWords,
    ToldEvent,
    hands_of,
    is_wanted,
)
from shinrai.desk.rules.webhook_events import (
    OF_CASES,
    OF_GUARDIAN,
    TYPES,
    event_document,
    signing_secret,
)
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.queries.standings import all_reports
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.rules.encryption import decrypt
from shinrai.units.moments import quiet_document
from shinrai.warehouse.store import Warehouse

Whom = tuple[str, str]  # the key of a member, and why they are told
MANY: Final = "several"


def tell_of_step(
    *, head: CaseHead, kind: str, detail: Mapping[str, Any], by: str, at: datetime
) -> None:
    """Tell of a step that was just appended, in its transaction, whom it concerns.

    The clocks must be refreshed before, as the message says until when the case is due. Nobody is
    told of their own deed: if it concerns its author first, nobody is.
    """
    if kind not in OF_CASES:
        return
    channels = notice_channels(workspace_id=head.workspace_id)
    if kind not in STEPS and not any(one.gets(kind) for one in channels):
        return
    workspace = workspace_numbered(head.workspace_id)
    steps = standing_of([head.id], workspace_id=workspace.id)[head.id]
    event = step_event(head, kind, steps, at=at)
    team = team_of(workspace, at=at)
    whom = _of_step(head, kind, detail, team, steps) if kind in STEPS else []
    told = [(event, [one for one in whom if one[0] != by])]
    _Teller(workspace, team, channels, notice_plan(workspace_id=workspace.id), at).tell(told)


def _of_step(
    head: CaseHead, kind: str, detail: Mapping[str, Any], team: Team, steps: Sequence[Step]
) -> Sequence[Whom]:
    """Return whom a step concerns first."""
    hands = hands_of(head.record, steps)
    tier = _of_tier(team, hands.tier)
    asked: Sequence[Whom] = {
        "assigned": [(str(detail.get("to", "")), "assignee")],
        "escalated": [(str(detail.get("to", "")), "assignee"), *tier],
        "returned": [(str(detail.get("to", "")), "assignee"), *tier, (hands.filer, "filer")],
        "inbound": [(hands.person, "assignee")],
        "sent_back": [(hands.filer, "filer")],
        "answered": [(hands.filer, "filer")],
    }.get(kind, [(hands.person, "assignee"), *tier])
    return _first(team, asked)


def tell_of_clocks(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Tell of the clocks that are at risk or overdue and were not told of; return how many.

    The holder is told first, and later, if the case is still overdue, who leads the tier. Nothing
    is decided here: whether a clock is kept is read from its moments, whoever was told when.
    """
    with transaction.atomic():
        lock_in_transaction(f"notices:{workspace.id}")
        plan = notice_plan(workspace_id=workspace.id)
        events = clock_events(workspace_id=workspace.id, plan=plan, at=at)
        found = untold(events, workspace_id=workspace.id)
        if not found:
            return 0
        team = team_of(workspace, at=at)
        cases = [_case_of(event) for event in found]
        heads, steps = case_heads(cases), standing_of(cases, workspace_id=workspace.id)
        hands = {
            number: hands_of(head.record, steps.get(number, ())) for number, head in heads.items()
        }
        told = [
            (
                with_standing(event, heads[number].record, steps.get(number, ())),
                _of_clock(event, team, hands[number]),
            )
            for event in found
            for number in [_case_of(event)]
        ]
        _Teller.of(workspace, team, at, plan).tell(told)
        _record(workspace.id, found, at)
        passed("desk.told")
    return len(found)


def tell_of_objectives(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> int:
    """Tell managers of alarms, and of levels of the escalation that changed; return how many."""
    reports = all_reports(workspace_id=workspace.id, at=at, warehouse=warehouse)
    with transaction.atomic():
        lock_in_transaction(f"notices:{workspace.id}")
        events = untold(alarm_events(workspace_id=workspace.id, at=at), workspace_id=workspace.id)
        for report in reports:
            name, level = report.standing.objective.name, report.standing.escalation.level or 0
            if level != level_told(workspace_id=workspace.id, name=name):
                kind = "level" if level else "calm"
                events.append(objective_event(kind, name, at.isoformat(timespec="minutes"), level))
        if events:
            team = team_of(workspace, at=at)
            whom = [(key, "manager") for key in team.managers]
            _Teller.of(workspace, team, at).tell([(event, whom) for event in events])
            _record(workspace.id, events, at)
    return len(events)


def send_test(*, workspace: WorkspaceRecord, to: str, at: datetime, by: str) -> bool:
    """Send a test to a member (`staff:1`) or a channel (`channel:1`); tell whether one can."""
    team, test = team_of(workspace, at=at), ToldEvent("test", "test", str(int(at.timestamp())))
    with transaction.atomic():
        teller = _Teller.of(workspace, team, at, NoticePlan())  # at once, in quiet hours too
        if to in team.members:
            is_sent = teller.mail(to, [(test, "test")])
        else:
            named = [one for one in teller.channels if f"channel:{one.id}" == to]
            is_sent = any(teller.post(one, [test]) for one in named)
        if is_sent:
            _audit(workspace.id, "test notices", to, at, by)
    return is_sent


def resend_notice(*, workspace_id: int, number: int, at: datetime, by: str) -> bool:
    """Send a notice to people again that was given up; return whether there is such a one."""
    with transaction.atomic():
        senders = senders_to_people(workspace_id)
        is_there = any(resend_message(number, sender=one, at=at) for one in senders)
        if is_there:
            _audit(workspace_id, "send notice again", f"notice:{number}", at, by)
    return is_there


def tell_programs_of_guardian(
    *,
    workspace: WorkspaceRecord,
    about: str,
    data: Mapping[str, Any],
    quiet: Mapping[str, Any],
    at: datetime,
) -> None:
    """Tell the programs that asked for it of a notice to a guardian, in the caller's transaction.

    `about` names it, and it is told once to each; the product shows it to a person, so it waits
    while that person is not to be disturbed.
    """
    for channel in notice_channels(workspace_id=workspace.id):
        if channel.channel == "signed" and channel.gets(OF_GUARDIAN):
            target, secret = _target_of(channel, at)
            document = {"type": TYPES[OF_GUARDIAN], "timestamp": at.isoformat()}
            message = OutgoingMessage(
                workspace_id=workspace.id,
                sender=channel_sender(channel.id),
                once=f"notice:{workspace.id}:{about}:{OF_GUARDIAN}::channel-{channel.id}",
                channel="signed",
                target=target,
                content={**document, "data": {"workspace": workspace.slug, **data}},
                secret=secret,
                quiet=quiet,
            )
            add_message(message, at=at)


def _target_of(channel: ChannelRecord, at: datetime) -> tuple[str, str]:
    """Return the address of a channel, and what signs what goes there."""
    row, key = NoticeChannel.objects.get(id=channel.id), settings.SHINRAI_MASTER_KEY
    secrets = decrypt(key, bytes(row.secret)) if row.secret else ""
    return decrypt(key, bytes(row.target)), signing_secret(secrets, channel.secret_at, at)


def _of_clock(event: ToldEvent, team: Team, hands: CaseHands) -> Sequence[Whom]:
    """Return whom a clock's event concerns first; for one still overdue, the next above them."""
    everybody = [(key, "manager") for key in team.managers]
    tier = _of_tier(team, hands.tier)
    first = _first(team, [(hands.person, "assignee"), *tier]) or everybody
    if event.kind != "still_overdue":
        return first
    told = {key for key, _ in first}
    lead = _first(team, [one for one in tier if one[1] == "lead" and one[0] not in told])
    return lead or [one for one in everybody if one[0] not in told]


def _of_tier(team: Team, tier: int) -> Sequence[Whom]:
    return [(team.duties[0].get(tier, ""), "on_duty"), (team.leads.get(tier, ""), "lead")]


def _first(team: Team, asked: Iterable[Whom]) -> Sequence[Whom]:
    """Return the first of these whom a mail can reach, alone, or nobody."""
    return [one for one in asked if one[0] in team.members][:1]


def _case_of(event: ToldEvent) -> int:
    return int(event.subject.removeprefix("case-"))


def _record(workspace_id: int, events: Sequence[ToldEvent], at: datetime) -> None:
    Notice.objects.bulk_create(
        Notice(
            workspace_id=workspace_id,
            name=event.name,
            subject=event.subject,
            kind=event.kind,
            value=event.value if event.kind == "level" else 0,
            at=at,
        )
        for event in events
    )


def _audit(workspace_id: int, what: str, subject: str, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)


@dataclass(frozen=True)
class _Teller:
    """Writes the messages of a workspace into the outbox, within the caller's transaction."""

    workspace: WorkspaceRecord
    team: Team
    channels: tuple[ChannelRecord, ...]
    plan: NoticePlan
    at: datetime

    @classmethod
    def of(
        cls, workspace: WorkspaceRecord, team: Team, at: datetime, plan: NoticePlan | None = None
    ) -> "_Teller":
        plan = plan or notice_plan(workspace_id=workspace.id)
        return cls(workspace, team, notice_channels(workspace_id=workspace.id), plan, at)

    def tell(self, told: Sequence[tuple[ToldEvent, Sequence[Whom]]]) -> None:
        """Tell each member, and each channel, of what they want to hear."""
        mine: dict[str, list[tuple[ToldEvent, str]]] = defaultdict(list)
        for event, whom in told:
            for key, why in whom:
                is_own = why == "assignee"
                if is_wanted(self.team.wants[key][0], event.kind, is_own=is_own):
                    mine[key].append((event, why))
        for key, events in mine.items():
            self.mail(key, events)
        for channel in self.channels:
            self.post(channel, [one for one, _ in told if channel.gets(one.kind)])

    def mail(self, key: str, events: Sequence[tuple[ToldEvent, str]]) -> bool:
        """Mail a member of some events, one by one or, if there are many, of all in one."""
        if not has_server():
            return False
        words = self._words(self.team.wants[key][1])
        address = self.team.members[key].email or ""
        if len(events) > FEW:
            many = [event for event, _ in events]
            content = {
                "subject": words.subject_of(many),
                "text": words.text_of(many, events[0][1]),
            }
            self._add(_name_of(many), key, "mail", address, content)
            return True
        for event, why in events:
            content = {"subject": words.subject(event), "text": words.text(event, why)}
            self._add(event.name, key, "mail", address, content)
        return bool(events)

    def post(self, channel: ChannelRecord, events: Sequence[ToldEvent]) -> bool:
        """Post some events to a webhook; a program is told of each, people of many in one."""
        if not events:
            return False
        target, secret = _target_of(channel, self.at)
        words, to = self._words(channel.language), f"channel:{channel.id}"
        if channel.channel == "signed":
            for event in events:
                content = event_document(
                    event, workspace=words.slug, address=words.link(""), at=self.at
                )
                self._add(event.name, to, "signed", target, content, secret)
        else:
            groups = [events] if len(events) > FEW else [[event] for event in events]
            for group in groups:
                name = _name_of(group) if len(group) > 1 else group[0].name
                self._add(name, to, "webhook", target, {"text": words.slack(group)})
        return True

    def _add(
        self,
        name: str,
        to: str,
        channel: str,
        target: str,
        content: Mapping[str, Any],
        secret: str = "",
    ) -> None:
        workspace_id, zone, number = self.workspace.id, self.workspace.zone, to.partition(":")[2]
        message = OutgoingMessage(
            workspace_id=workspace_id,
            sender=channel_sender(int(number)) if channel != "mail" else sender_of(workspace_id),
            once=f"notice:{workspace_id}:{name}:{to.replace(':', '-')}",
            channel=channel,
            target=target,
            content=content,
            secret=secret,
            has_words=False,
            # A program is not disturbed at night.
            quiet=quiet_document(self.plan.quiet, zone) if channel != "signed" else {},
        )
        add_message(message, at=self.at)

    def _words(self, language: str) -> NoticeWords:
        return NoticeWords(
            workspace=self.workspace.name,
            slug=self.workspace.slug,
            zone=self.workspace.zone,
            address=settings.SHINRAI_ADDRESS,
            language=language_of(language),
            at=self.at,
        )


def _name_of(events: Sequence[ToldEvent]) -> str:
    """Return the name of a message about many events; no other is about the same ones."""
    names = "\n".join(event.name for event in events)
    return f"{MANY}:{MANY}:{hashlib.blake2b(names.encode(), digest_size=12).hexdigest()}"
