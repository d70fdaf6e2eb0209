"""Whom to tell of a fix, how far its text is, and who was reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord, members
from shinrai.customers.queries import erased_among, masked_identifiers
from shinrai.delivery.outbox import message_states
from shinrai.desk.models import (
    DefectFix,
    SilentAffected,
    TellBackMessage,
    TellBackPolicy,
    TellBackStep,
)
from shinrai.desk.queries.defects import DefectView, known_defect
from shinrai.desk.queries.tell_back_recipients import planned_recipients
from shinrai.desk.rules.tell_back import GroupCount, Recipient, counted

LIST: Final = "list"  # in place of a message's name: the product tells them
WRITTEN_ANEW: Final = timedelta(days=2)


@dataclass(frozen=True)
class TellBackText:
    """The text of a fix as it stands; `kind` is "" before anybody wrote one."""

    kind: str = ""
    text: str = ""
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class TellBack:
    """The last fix of a defect, its text, and whom it concerns."""

    defect: DefectView
    fix_id: int
    fixed_at: datetime
    text: TellBackText
    recipients: tuple[Recipient, ...]
    policy: str
    is_looking: bool  # the worker has not found yet who was affected and silent

    @property
    def counts(self) -> tuple[GroupCount, ...]:
        return counted(self.recipients)


def silent_policy(*, workspace_id: int) -> str:
    """Return whether those affected who never wrote are written to."""
    rows = TellBackPolicy.objects.filter(workspace_id=workspace_id).order_by("-id")
    return rows.values_list("silent", flat=True).first() or "never"


def text_of_fix(fix_id: int) -> TellBackText:
    """Return the text of a fix as it stands."""
    rows = list(TellBackStep.objects.filter(fix_id=fix_id).order_by("id"))
    if not rows:
        return TellBackText()
    text = next((row.text for row in reversed(rows) if row.text), "")
    last = rows[-1]
    return TellBackText(last.kind, text, last.reason, last.by, last.at)


def tell_back(*, workspace: WorkspaceRecord, number: int, at: datetime) -> TellBack | None:
    """Return whom to tell of the last fix of a defect; None before a fix.

    Once a text is approved, these are the persons it was sent to. Raises: UnknownDefect.
    """
    found = known_defect(workspace_id=workspace.id, number=number)
    fix = DefectFix.objects.filter(defect_id=number).order_by("-id").first()
    if fix is None:
        return None
    text, policy = text_of_fix(fix.pk), silent_policy(workspace_id=workspace.id)
    silent = None if policy == "never" else silent_of_fix(fix.pk)
    recipients = (
        _sent(workspace.id, fix.pk, at)
        if text.kind == "approved"
        else planned_recipients(
            workspace=workspace, found=found, silent=silent or (), policy=policy, at=at
        )
    )
    is_looking = policy != "never" and silent is None and text.kind != "approved"
    return TellBack(found, fix.pk, fix.at, text, tuple(recipients), policy, is_looking)


def silent_of_fix(fix_id: int) -> tuple[int, ...] | None:
    """Return who was affected and never wrote, as the worker found; None if it did not look yet."""
    row = SilentAffected.objects.filter(fix_id=fix_id).first()
    return None if row is None else tuple(row.persons)


def tell_back_document(found: TellBack | None) -> dict[str, Any]:
    """Return whom to tell as programs read it: by number; {"fixed": false} before a fix.

    `told_back` counts persons; `cases` counts the cases of the defect, as the list of defects does.
    """
    if found is None:
        return {"fixed": False}
    told, cases = sum(one.states["sent"] for one in found.counts), found.defect.defect.told
    return {
        "fixed": True,
        "release": found.defect.defect.release,
        "text": {"state": found.text.kind or None, "text": found.text.text or None},
        "policy": found.policy,
        "told_back": {"count": told, "of": len(found.recipients)},
        "cases": {"count": cases.count, "of": cases.of},
        "is_looking_for_silent": found.is_looking,
        "groups": {one.group: dict(one.states) for one in found.counts},
        "recipients": [
            {
                "group": one.group,
                "state": one.state,
                "customer": one.person,
                "member": one.member or None,
            }
            for one in found.recipients
        ],
    }


def _sent(workspace_id: int, fix_id: int, at: datetime) -> list[Recipient]:
    rows = list(TellBackMessage.objects.filter(fix_id=fix_id).order_by("id"))
    states = message_states({row.once for row in rows if row.once})
    persons = [row.person_id for row in rows if row.person_id]
    shown = masked_identifiers(workspace_id=workspace_id, numbers=persons)
    erased = erased_among(persons)
    names = {one.key: one.display_name for one in members(workspace_id=workspace_id)}

    def state(row: TellBackMessage) -> str:
        if row.person_id in erased:
            return "erased"
        if row.once in ("", LIST):
            return row.once or row.why or "no_address"
        # Erasing deletes what waits; it is written anew for the others as long as that is of use.
        lost = "waiting" if at < row.at + WRITTEN_ANEW else "failed"
        found = states.get(row.once, (lost, {}))[0]
        return "waiting" if found == "sending" else found

    return [
        Recipient(
            row.group, state(row), row.person_id, row.member_key,
            shown=shown.get(row.person_id or 0, "") or names.get(row.member_key, ""),
        )
        for row in rows
    ]  # fmt: skip
