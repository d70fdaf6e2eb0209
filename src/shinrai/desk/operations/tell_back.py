"""Tell people that a defect is fixed: a text, approved by somebody else, sent once to everybody."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord, workspace_numbered
from shinrai.delivery.mail import NO_SERVER, has_server
from shinrai.delivery.outbox import OutgoingMessage, add_message, message_states
from shinrai.desk.models import (
    DefectCase,
    DefectFix,
    TellBackMessage,
    TellBackPolicy,
    TellBackStep,
    ToldBack,
)
from shinrai.desk.queries.tell_back import (
    LIST,
    WRITTEN_ANEW,
    TellBack,
    silent_of_fix,
    tell_back,
)
from shinrai.desk.queries.tell_back_recipients import planned_recipients
from shinrai.desk.rules.defects import BadDefect
from shinrai.desk.rules.tell_back import (
    POLICIES,
    Recipient,
    checked_text,
    filled_text,
    sender_of,
)
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.satisfaction.operations.asking import stop_mails
from shinrai.units.errors import UserError
from shinrai.units.text import Language, Text, translated

SYSTEM: Final = "system"
FOLLOWED: Final = timedelta(days=3)  # longer than any message is tried
SUBJECT: Final = Text("About the problem you told us of")
FILED: Final = Text("Fixed: {title}")
SILENT: Final = Text("A problem that you may have met is fixed")
MET: Final = Text("Our records say that you may have met this problem, so we write to you once:")
STOP: Final = Text("If you want no mails that you did not ask for: {stop}")
SIMULATED: Final = Text("This workspace is simulated: no mail leaves it.")
SALT: Final = "tell back"


class UnknownStop(UserError, LookupError):
    """The link by which a person ends such mails is not complete."""


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
    """Approve a text and put it into the outbox for everybody; return how many messages that are.

    All of it in one transaction: killed before its end nobody is written to, and nobody twice.
    Raises: BadDefect, also for a member who approves their own text.
    """
    with transaction.atomic():
        found = _locked(workspace, number, at)
        if found.text.kind != "proposed":
            raise BadDefect(Text("no text is proposed"))
        if found.text.by == by.key:
            raise BadDefect(Text("somebody else approves what you wrote"))
        if workspace.is_simulated:
            raise BadDefect(SIMULATED)
        if not has_server():
            raise BadDefect(NO_SERVER)
        if found.is_looking:
            raise BadDefect(
                Text("who was affected and never wrote is still looked up; approve in some minutes")
            )
        TellBackStep.objects.create(fix_id=found.fix_id, kind="approved", at=at, by=by.key)
        TellBackMessage.objects.bulk_create(
            TellBackMessage(
                fix_id=found.fix_id,
                group=one.group,
                person_id=one.person,
                member_key=one.member,
                once=_name(found.fix_id, one),
                why="" if one.state in ("ready", LIST) else one.state,
                at=at,
            )
            for one in found.recipients
        )
        sent = _add_messages(workspace, found, at)
        _audit(workspace.id, "approve tell-back", number, at, by.key)
        passed("desk.tell_back_added")
    return sent


def follow_tell_backs(*, at: datetime) -> int:
    """Record as told whose message has left, and write anew what erasing took while it waited.

    A customer is told in every case of the defect that is theirs. Return how many cases that were.
    """
    told = 0
    steps = TellBackStep.objects.filter(kind="approved", at__gt=at - FOLLOWED)
    for step in steps.select_related("fix__defect"):
        rows = list(TellBackMessage.objects.filter(fix=step.fix).exclude(once__in=("", LIST)))
        states = message_states({row.once for row in rows})
        lost = {row.once for row in rows} - set(states)
        if lost and at < step.at + WRITTEN_ANEW:
            _restore(step.fix, lost, at)
        persons = {
            row.person_id
            for row in rows
            if row.group == "customer" and states.get(row.once, ("", {}))[0] == "sent"
        }
        links = DefectCase.objects.filter(
            defect_id=step.fix.defect_id, case__customer_id__in=[one for one in persons if one]
        ).exclude(told__at__gte=step.fix.at)
        for link in links:
            ToldBack.objects.create(defect_case=link, at=at, by=SYSTEM)
            told += 1
    return told


def stop_unasked_mails(token: str, *, at: datetime) -> None:
    """Send a person no more mails that they did not ask for.

    Raises: UnknownStop.
    """
    workspace_id, person = read_stop(token)
    stop_mails(workspace_id=workspace_id, person=person, at=at)


def read_stop(token: str) -> tuple[int, int]:
    """Return the workspace and the person of a link to stop. Raises: UnknownStop."""
    try:
        workspace_id, person = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        said = Text("This link is not complete. Open it from the mail once more.")
        raise UnknownStop(said) from error
    return int(workspace_id), int(person)


def _restore(fix: DefectFix, lost: Collection[str], at: datetime) -> None:
    """Write messages anew that erasing took while they waited; who was erased gets none."""
    there = workspace_numbered(fix.defect.workspace_id)
    found = tell_back(workspace=there, number=fix.defect_id, at=at)
    if found is None or found.fix_id != fix.pk:
        return
    recipients = planned_recipients(
        workspace=there,
        found=found.defect,
        silent=silent_of_fix(fix.pk) or (),
        policy=found.policy,
        at=at,
    )
    kept = tuple(one for one in recipients if _name(fix.pk, one) in lost)
    with transaction.atomic():
        _add_messages(there, replace(found, recipients=kept), at)


def _add_messages(workspace: WorkspaceRecord, found: TellBack, at: datetime) -> int:
    """Put a message into the outbox for everybody who is ready; return how many are new."""
    language: Language = "ja" if workspace.language == "ja" else "en"
    defect = found.defect.defect
    text = filled_text(found.text.text, defect.release, defect.title)
    count = 0
    for one in found.recipients:
        if one.state != "ready":
            continue
        subject, parts = SUBJECT, [text]
        headers = {"Auto-Submitted": "auto-generated"}
        if one.group == "filer":
            subject = FILED.using(title=defect.title)
        elif one.group == "silent":
            token = signing.dumps([workspace.id, one.written_to], salt=SALT)
            stop = f"{settings.SHINRAI_ADDRESS}/told/stop/{token}/"
            headers["List-Unsubscribe"] = f"<{stop}>"  # RFC 8058
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            words = (MET, STOP.using(stop=stop))
            parts = [translated(words[0], language), text, translated(words[1], language)]
            subject = SILENT
        content: dict[str, Any] = {
            "subject": translated(subject, language),
            "text": "\n\n".join(parts) + "\n",
            "headers": headers,
        }
        message = OutgoingMessage(
            workspace_id=workspace.id,
            sender=sender_of(found.fix_id),
            once=_name(found.fix_id, one),
            channel="mail",
            target=one.address,
            content=content,
        )
        count += add_message(message, at=at)
    return count


def _name(fix_id: int, one: Recipient) -> str:
    """Return the name of somebody's message, sent once; "list" if the product tells them."""
    if one.state == "ready":
        return f"tell-back:{fix_id}:{one.whom}"
    return LIST if one.state == LIST else ""


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
