"""Tell people that a defect is fixed: a text, approved by somebody else, sent once to everybody."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord, members
from shinrai.delivery.outbox import OutgoingMessage, add_message, message_states
from shinrai.desk.models import (
    DefectCase,
    DefectFix,
    TellBackMessage,
    TellBackPolicy,
    TellBackStep,
    ToldBack,
)
from shinrai.desk.queries.tell_back import TellBack, mail_address, tell_back
from shinrai.desk.rules.defects import BadDefect
from shinrai.desk.rules.tell_back import POLICIES, Recipient, checked_text, filled_text
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text, translated

SYSTEM: Final = "system"
SUBJECT: Final = Text("About the problem you told us of")
LIST: Final = "list"  # in place of a message's name: the product tells them


def set_silent_policy(*, workspace_id: int, silent: str, at: datetime, by: str) -> None:
    """Say whether those affected who never wrote are written to.

    Raises: BadDefect.
    """
    if silent not in POLICIES:
        raise BadDefect(Text("choose: {kinds}", kinds=list(POLICIES.values())))
    with transaction.atomic():
        TellBackPolicy.objects.create(workspace_id=workspace_id, silent=silent, at=at, by=by)
        record_action(
            workspace_id=workspace_id,
            what="set tell-back policy",
            subject=f"workspace:{workspace_id}",
            at=at,
            by=by,
        )


def propose_text(
    *, workspace: WorkspaceRecord, number: int, text: str, at: datetime, by: str
) -> None:
    """Propose what people are told of a fix; somebody else approves it.

    Raises: BadDefect before a fix, after it was sent, and for a text that cannot be sent.
    """
    text = checked_text(text)
    with transaction.atomic():
        found = _locked(workspace, number, at)
        if not any(one.state == "ready" for one in found.recipients):
            raise BadDefect(Text("there is nobody to write to: see below why"))
        TellBackStep.objects.create(fix_id=found.fix_id, kind="proposed", text=text, at=at, by=by)
        _audit(workspace.id, "propose tell-back", number, at, by)


def return_text(
    *, workspace: WorkspaceRecord, number: int, reason: str, at: datetime, by: str
) -> None:
    """Send a proposed text back with a reason.

    Raises: BadDefect.
    """
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise BadDefect(Text("say what should be otherwise"))
    with transaction.atomic():
        found = _locked(workspace, number, at)
        if found.text.kind != "proposed":
            raise BadDefect(Text("no text is proposed"))
        TellBackStep.objects.create(
            fix_id=found.fix_id, kind="sent_back", reason=reason, at=at, by=by
        )
        _audit(workspace.id, "return tell-back", number, at, by)


def approve_text(*, workspace: WorkspaceRecord, number: int, at: datetime, by: MemberRecord) -> int:
    """Approve a text and put it into the outbox for everybody; return for how many.

    All of it in one transaction: killed before its end nobody is written to, and nobody twice.
    Raises: BadDefect, also for a member who approves their own text.
    """
    with transaction.atomic():
        found = _locked(workspace, number, at)
        if found.text.kind != "proposed":
            raise BadDefect(Text("no text is proposed"))
        if found.text.by == by.key:
            raise BadDefect(Text("somebody else approves what you wrote"))
        TellBackStep.objects.create(fix_id=found.fix_id, kind="approved", at=at, by=by.key)
        staff = {one.key: one for one in members(workspace_id=workspace.id)}
        text = filled_text(found.text.text, found.defect.defect.release)
        sent = sum(_send(workspace, found, one, text, staff, at) for one in found.recipients)
        _audit(workspace.id, "approve tell-back", number, at, by.key)
        passed("desk.tell_back_added")
    return sent


def follow_tell_backs(*, at: datetime) -> int:
    """Record as told whose message has left; return how many cases that were.

    A customer is told in every case of the defect that is theirs.
    """
    told = 0
    fixes = TellBackStep.objects.filter(kind="approved").values_list("fix_id", flat=True)
    for fix in DefectFix.objects.filter(pk__in=list(fixes)):
        rows = {
            row.once: row.person_id
            for row in TellBackMessage.objects.filter(fix=fix, group="customer").exclude(once="")
        }
        states = message_states(rows)
        persons = {rows[once] for once, (state, _) in states.items() if state == "sent"}
        links = DefectCase.objects.filter(
            defect_id=fix.defect_id, case__customer_id__in=[one for one in persons if one]
        ).exclude(told__at__gte=fix.at)
        for link in links:
            ToldBack.objects.create(defect_case=link, at=at, by=SYSTEM)
            told += 1
    return told


def _send(
    workspace: WorkspaceRecord,
    found: TellBack,
    one: Recipient,
    text: str,
    staff: dict[str, MemberRecord],
    at: datetime,
) -> bool:
    """Record a recipient, with their message if there is one; tell whether they are written to."""
    once, to = "", ""
    if one.state == LIST:
        once = LIST
    elif one.state == "ready":
        whom = one.member or f"person:{one.person}"
        once = f"tell-back:{found.fix_id}:{whom}"
        to = (
            staff[one.member].email or ""
            if one.member
            else mail_address(workspace_id=workspace.id, person=one.written_to or 0)
        )
    TellBackMessage.objects.create(
        fix_id=found.fix_id,
        group=one.group,
        person_id=one.person,
        member_key=one.member,
        once=once if to or one.state == LIST else "",
        at=at,
    )
    if not to:
        return False
    content: dict[str, Any] = {
        "subject": translated(SUBJECT, "ja" if workspace.language == "ja" else "en"),
        "text": text + "\n",
    }
    message = OutgoingMessage(
        workspace_id=workspace.id,
        sender=f"tell-back:{found.fix_id}",
        once=once,
        channel="mail",
        target=to,
        content=content,
        has_words=False,
    )
    return add_message(message, at=at)


def _locked(workspace: WorkspaceRecord, number: int, at: datetime) -> TellBack:
    """Return the last fix of a defect, under a lock, if nothing was sent of it yet.

    Raises: BadDefect.
    """
    lock_in_transaction(f"tell-back:{number}")
    found = tell_back(workspace=workspace, number=number, at=at)
    if found is None:
        raise BadDefect(
            Text("this defect is not fixed yet; say first in which release it is fixed")
        )
    if found.text.kind == "approved":
        raise BadDefect(Text("everybody was written to about this fix already"))
    return found


def _audit(workspace_id: int, what: str, number: int, at: datetime, by: str) -> None:
    subject = f"defect:{number}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
