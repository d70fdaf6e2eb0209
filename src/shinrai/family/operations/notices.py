"""Say to guardians what there is to say: each notice once, by the channels they want."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.console.rules.wording import language_of
from shinrai.customers.queries import customer_by_number
from shinrai.delivery.mail import has_server
from shinrai.delivery.outbox import (
    OutgoingMessage,
    add_message,
    message_states,
    stop_messages,
)
from shinrai.desk.operations.notices import tell_programs_of_guardian
from shinrai.family.models import (
    Guardian,
    GuardianNotice,
    NoticeDelivery,
    NoticeSchedule,
    PushSubscription,
)
from shinrai.family.queries.guardians import (
    GuardianRecord,
    guardian_numbered,
    learners_linked,
    linked_learners,
)
from shinrai.family.queries.notices import (
    NoticeRecord,
    child_facts,
    due_guardians,
    notice_records,
    open_subscriptions,
    plan_of_guardian,
)
from shinrai.family.queries.study import ChildStudy, child_studies, child_study
from shinrai.family.rules.notice import (
    NoticeText,
    link_notice,
    mail_text,
    notices_of_day,
    subject_of,
)
from shinrai.family.rules.plan import CHANNELS, Channel, GuardianPlan, look_after, week_told
from shinrai.family.rules.plan import next_look as first_look
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import open_keys, store_words
from shinrai.units.moments import quiet_document
from shinrai.units.text import translated

MOST_A_RUN: Final = 500
NOW: Final = datetime.max.replace(tzinfo=UTC)  # whatever is recorded
UNSUBSCRIBE: Final = "family unsubscribe"
log = logging.getLogger("shinrai.family")


def schedule_new_guardians(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Give a first look to guardians who have none yet; return how many."""
    rows = Guardian.objects.filter(workspace_id=workspace.id, schedule=None)
    new = [
        NoticeSchedule(
            guardian=row,
            workspace_id=workspace.id,
            due_at=first_look(plan_of_guardian(row.pk), row.zone, after=at),
        )
        for row in rows
    ]
    return len(NoticeSchedule.objects.bulk_create(new, ignore_conflicts=True))


def look_at_guardians(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Look what there is to say to the guardians who are due; return how many were looked at.

    Each in a transaction of their own, which also names the next look: whoever is killed has said
    nothing, or all of it. One who fails is tried again, and does not keep the others waiting.
    """
    looked, due = 0, due_guardians(workspace.id, at, MOST_A_RUN)
    studies = child_studies(workspace, learners_linked(due, at), at=at) if due else {}
    for number in due:
        try:
            with transaction.atomic():
                looked += _look(workspace, number, studies, at)
                passed("family.composed")
        except Exception:
            log.exception("guardian %s of %s cannot be told", number, workspace.slug)
    return looked


def _look(
    workspace: WorkspaceRecord, number: int, studies: Mapping[int, ChildStudy], at: datetime
) -> bool:
    rows = NoticeSchedule.objects.select_for_update(skip_locked=True)
    row = rows.filter(pk=number, due_at__lte=at).first()
    if row is None:
        return False
    guardian, plan = guardian_numbered(workspace.id, number), plan_of_guardian(number)
    zone = guardian.zone if guardian else workspace.zone
    for one in sorted(learners_linked([number], at)):
        lock_in_transaction(f"family:learner:{one}")  # as `end_links` does
    made: list[GuardianNotice] = []
    # Of a link that has ended since the run began nothing is said.
    for link in linked_learners(number, NOW) if guardian else ():
        study = studies.get(link.learner)  # None: linked since they were read
        facts = child_facts(
            study or child_study(workspace, link.learner, at=at),
            link,
            guardian_id=number,
            week=week_told(plan, zone, row.due_at),
            language=language_of(guardian.language if guardian else "en"),
        )
        wanted = [one for one in notices_of_day(facts) if _is_wanted(plan, one)]
        made += _keep(guardian, link.learner, wanted, at)
    if guardian and made:
        _deliver(workspace, guardian, plan, made, at)
    row.due_at = look_after(plan, zone, due_at=row.due_at, at=at)
    row.save()
    return True


@dataclass(frozen=True)
class LinkChange:
    """A link that was made or has ended, by which side; `name` is how the child is called."""

    learner_id: int
    guardian_id: int
    name: str
    side: str
    is_made: bool


def tell_of_link(*, workspace: WorkspaceRecord, change: LinkChange, at: datetime) -> None:
    """Tell a guardian that a link was made or has ended, in the caller's transaction.

    What waits to be said about the child is stopped when the link has ended.
    """
    number, plan = change.guardian_id, plan_of_guardian(change.guardian_id)
    guardian = guardian_numbered(workspace.id, number)
    if not change.is_made:
        stop_waiting(guardian_id=number, learner_id=change.learner_id, at=at)
    if guardian is None:
        return
    said = link_notice(name=change.name, is_made=change.is_made, side=change.side, at=at)
    if _is_wanted(plan, said):
        made = _keep(guardian, change.learner_id, [said], at)
        if made:
            _deliver(workspace, guardian, plan, made, at)


def follow_messages(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Record what became of the messages to guardians; return how many ended.

    An address that bounced gets no more mail until it is confirmed; a browser that is gone is
    told nothing any more. A message that erasing another child's words took away is written anew.
    """
    rows = NoticeDelivery.objects.filter(notice__workspace_id=workspace.id, state="waiting")
    names = set(rows.values_list("once", flat=True))
    states, ended = message_states(names), 0
    for once in sorted(names):
        state, error = states.get(once, ("", {}))
        with transaction.atomic():
            mine = rows.filter(once=once)
            if state in ("sent", "failed"):
                ended += mine.update(state=state, ended_at=at)
                if state == "failed":
                    _give_up(once, error.get("what", ""), at)
            elif not state and not _write_again(workspace, once, at):
                mine.update(state="stopped", ended_at=at)
    return ended


def stop_waiting(
    *, guardian_id: int, at: datetime, channel: str = "", learner_id: int | None = None
) -> None:
    """Stop what waits to leave to a guardian: by a channel, or about a child."""
    rows = NoticeDelivery.objects.filter(notice__guardian_id=guardian_id, state="waiting")
    rows = rows.filter(channel=channel) if channel else rows
    rows = rows.filter(notice__learner_id=learner_id) if learner_id is not None else rows
    names = list(rows.values_list("once", flat=True))
    stop_messages(names=names, at=at)
    NoticeDelivery.objects.filter(once__in=names, state="waiting").update(
        state="stopped", ended_at=at
    )


def unsubscribe_token(guardian_id: int, channel: str) -> str:
    """Return what ends a channel of a guardian without signing in; it does not expire."""
    return signing.dumps([guardian_id, channel], salt=UNSUBSCRIBE)


def _is_wanted(plan: GuardianPlan, notice: NoticeText) -> bool:
    return any(plan.wants(channel, notice.kind) for channel in CHANNELS)


def _keep(
    guardian: GuardianRecord | None, learner: int, said: Sequence[NoticeText], at: datetime
) -> list[GuardianNotice]:
    """Store notices that are new, their words under the learner's key."""
    if guardian is None or not said:
        return []
    person = customer_by_number(workspace_id=guardian.workspace, number=learner)
    keys = open_keys([person.key_id]) if person else {}
    if person is None or person.key_id not in keys:
        return []
    made = []
    for one in said:
        row, is_new = GuardianNotice.objects.get_or_create(
            guardian_id=guardian.id,
            learner_id=learner,
            kind=one.kind,
            what=one.what,
            defaults={
                "workspace_id": guardian.workspace,
                "facts": dict(one.facts),
                "made_at": at,
            },
        )
        if is_new:
            words = json.dumps(one.words(language_of(guardian.language)), ensure_ascii=False)
            [row.words_id] = store_words([(person.key_id, keys[person.key_id], words)])
            row.save(update_fields=["words_id"])
            made.append(row)
    return made


def _deliver(
    workspace: WorkspaceRecord,
    guardian: GuardianRecord,
    plan: GuardianPlan,
    made: Sequence[GuardianNotice],
    at: datetime,
) -> None:
    """Put new notices on their way: all of a channel in one message."""
    for channel in CHANNELS:
        rows = [row for row in made if plan.wants(channel, row.kind)]
        if not rows:
            continue
        writer = _Writer(workspace, guardian, plan)
        if channel == "app":
            for one in notice_records(rows):
                writer.tell_product(one, at)
        name = f"guardian:{guardian.id}:{channel}:{rows[0].id}"
        messages = writer.messages(name, channel, notice_records(rows))
        names = [""] if channel == "app" else [one.once for one in messages]
        for message in messages:
            add_message(message, at=at)
        for once in names:
            state = "waiting" if once else "sent"  # the product asks for it, or is told besides
            NoticeDelivery.objects.bulk_create(
                [
                    NoticeDelivery(
                        notice=row, channel=channel, once=once, state=state,
                        ended_at=None if once else at,
                    )
                    for row in rows
                ]
            )  # fmt: skip


class _Writer:
    """Writes the messages to a guardian."""

    def __init__(
        self, workspace: WorkspaceRecord, guardian: GuardianRecord, plan: GuardianPlan
    ) -> None:
        self.workspace, self.guardian = workspace, guardian
        self.quiet = quiet_document(plan.quiet, guardian.zone)
        self.language = language_of(guardian.language)

    def address(self, path: str) -> str:
        return f"{settings.SHINRAI_ADDRESS}/family/{path}"

    def messages(
        self, name: str, channel: Channel, records: Sequence[NoticeRecord]
    ) -> list[OutgoingMessage]:
        """Return the messages that tell notices: one mail, or one for each browser.

        Of made-up children nothing leaves.
        """
        if self.workspace.is_simulated:
            return []
        if channel == "push":
            found = open_subscriptions(self.guardian.id)
            return [self.push(f"{name}:{one}", to, records) for one, to in found.items()]
        is_reached = self.guardian.address and self.guardian.bounced_at is None
        if channel == "mail" and has_server() and is_reached:
            return [self.mail(name, records)]
        return []

    def subject(self, records: Sequence[NoticeRecord]) -> str:
        said = subject_of([one.kind for one in records], self.workspace.name)
        return translated(said, self.language)

    def mail(self, name: str, records: Sequence[NoticeRecord]) -> OutgoingMessage:
        """Return the mail: plain text, with the header by which a mailbox ends it in one click."""
        stops = self.address(f"stop/{unsubscribe_token(self.guardian.id, 'mail')}/")
        told = [
            (self.address(f"notices/{one.id}/"), {"lines": one.lines, "why": one.why})
            for one in records
        ]
        text = mail_text(told, stops=stops, settings=self.address("settings/"),
                         language=self.language)  # fmt: skip
        headers = {
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stops}>",  # RFC 8058
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        content = {"subject": self.subject(records), "text": text, "headers": headers}
        return self._message(name, "mail", self.guardian.address or "", content)

    def push(self, name: str, target: str, records: Sequence[NoticeRecord]) -> OutgoingMessage:
        """Return what a browser shows: the line that says nothing private, and where it leads."""
        path = f"/family/notices/{records[0].id}/" if len(records) == 1 else "/family/notices/"
        content = {"title": self.subject(records), "url": path}
        return self._message(name, "push", target, content)

    def tell_product(self, one: NoticeRecord, at: datetime) -> None:
        """Tell the programs of the product that asked for it."""
        number = self.workspace.id
        who = customer_by_number(workspace_id=number, number=self.guardian.id)
        child = customer_by_number(workspace_id=number, number=one.learner)
        data = {
            **one.document,
            "guardian": who.identifier if who else None,
            "learner": child.identifier if child else None,
            "language": self.language,
            "title": self.subject([one]),
            "url": self.address(f"notices/{one.id}/"),
        }
        del data["channels"], data["read_at"]
        about = f"guardian-{one.id}"
        tell_programs_of_guardian(
            workspace=self.workspace, about=about, data=data, quiet=self.quiet, at=at
        )

    def _message(
        self, name: str, channel: str, target: str, content: Mapping[str, object]
    ) -> OutgoingMessage:
        return OutgoingMessage(
            workspace_id=self.workspace.id,
            sender=f"guardian:{self.guardian.id}",
            once=name,
            channel=channel,
            target=target,
            content=content,
            quiet=self.quiet,
        )


def _write_again(workspace: WorkspaceRecord, once: str, at: datetime) -> bool:
    """Write a message anew that is not in the outbox any more; return whether there is one."""
    rows = list(GuardianNotice.objects.filter(deliveries__once=once).order_by("id"))
    guardian = guardian_numbered(workspace.id, rows[0].guardian_id) if rows else None
    if guardian is None:
        return False
    records = [one for one in notice_records(rows) if one.lines]
    if not records:
        return False
    channel: Channel = "mail" if once.split(":")[2] == "mail" else "push"
    name = ":".join(once.split(":")[:4])
    writer = _Writer(workspace, guardian, plan_of_guardian(guardian.id))
    messages = [one for one in writer.messages(name, channel, records) if one.once == once]
    for message in messages:
        add_message(message, at=at)
    return bool(messages)


def _give_up(once: str, what: str, at: datetime) -> None:
    """Draw the conclusion from a message that was refused for good."""
    _guardian, number, channel, *rest = once.split(":")
    if channel == "mail" and what == "refused":
        Guardian.objects.filter(pk=int(number), bounced_at=None).update(bounced_at=at)
        stop_waiting(guardian_id=int(number), channel="mail", at=at)
    if channel == "push" and what == "gone":
        PushSubscription.objects.filter(pk=rest[-1], ended_at=None).update(ended_at=at)
