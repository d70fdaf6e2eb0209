"""Whom to tell of a fix, how far its text is, and who was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord, members
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.customers.queries import (
    customer_by_number,
    erased_among,
    masked_identifiers,
    person_links,
)
from shinrai.delivery.outbox import message_states
from shinrai.delivery.targets import MAIL
from shinrai.desk.models import DefectFix, TellBackMessage, TellBackPolicy, TellBackStep
from shinrai.desk.queries.defects import DefectView, known_defect
from shinrai.desk.rules.attributes import attributes_of
from shinrai.desk.rules.tell_back import GroupCount, Recipient, counted
from shinrai.ledger.queries import standing_of, steps_of
from shinrai.satisfaction.queries.addresses import has_stopped_mails
from shinrai.topics.queries import codebook


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
    text: TellBackText
    recipients: tuple[Recipient, ...]
    policy: str

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
    recipients = (
        _sent(workspace.id, fix.pk)
        if text.kind == "approved"
        else _planned(workspace, found, policy, fix.at, at)
    )
    return TellBack(found, fix.pk, text, tuple(recipients), policy)


def tell_back_document(found: TellBack | None) -> dict[str, Any]:
    """Return whom to tell as programs read it: by number; {"fixed": false} before a fix."""
    if found is None:
        return {"fixed": False}
    told = sum(one.states["sent"] for one in found.counts)
    return {
        "fixed": True,
        "release": found.defect.defect.release,
        "text": {"state": found.text.kind or None, "text": found.text.text or None},
        "policy": found.policy,
        "told_back": {"count": told, "of": len(found.recipients)},
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


def mail_address(*, workspace_id: int, person: int) -> str:
    """Return where a customer gets mail: some sources know customers by their address; else ""."""
    found = customer_by_number(workspace_id=workspace_id, number=person)
    known = (found.identifier if found else None) or ""
    return known if MAIL.fullmatch(known) else ""


def _sent(workspace_id: int, fix_id: int) -> list[Recipient]:
    rows = list(TellBackMessage.objects.filter(fix_id=fix_id).order_by("id"))
    states = message_states({row.once for row in rows if row.once})
    shown = masked_identifiers(
        workspace_id=workspace_id, numbers=[row.person_id for row in rows if row.person_id]
    )
    names = {one.key: one.display_name for one in members(workspace_id=workspace_id)}
    found = []
    for row in rows:
        state = states.get(row.once, ("waiting", {}))[0] if row.once else "no_address"
        state = "waiting" if state == "sending" else state
        found.append(
            Recipient(
                row.group,
                "list" if row.once == "list" else state,
                row.person_id,
                row.member_key,
                shown=shown.get(row.person_id or 0, "") or names.get(row.member_key, ""),
            )
        )
    return found


def _planned(
    workspace: WorkspaceRecord, found: DefectView, policy: str, fixed_at: datetime, at: datetime
) -> list[Recipient]:
    there = workspace.id
    on = at.astimezone(zone_named(workspace.zone)).date()
    wrote = {one.person.customer for one in found.cases if one.person and one.person.customer}
    silent = _silent(workspace, found, wrote, fixed_at, at) if policy != "never" else set()
    guardians = _guardians(there, on)
    erased = erased_among(wrote | silent)
    shown = masked_identifiers(workspace_id=there, numbers=wrote | silent)
    rows = []
    for group, persons in (("customer", wrote), ("silent", silent)):
        for person in sorted(persons):
            state, to = "no_address", None
            if person in erased:
                state = "erased"
            elif group == "silent" and policy == "product":
                state = "list"
            else:
                # A child is never written to; without a guardian nobody is.
                for one in guardians.get(person, [person]):
                    if mail_address(workspace_id=there, person=one):
                        state, to = "ready", one
                        break
                if group == "silent" and to and has_stopped_mails(workspace_id=there, person=to):
                    state, to = "stopped", None
            rows.append(Recipient(group, state, person, written_to=to, shown=shown.get(person, "")))
    rows += _filers(there, found)
    return rows


def _filers(workspace_id: int, found: DefectView) -> list[Recipient]:
    cases = [one.head.id for one in found.cases if one.head.record == "investigation"]
    steps = steps_of(cases, workspace_id=workspace_id, kinds=("filed",))
    filed = {step.by for some in steps.values() for step in some}
    staff = {one.key: one for one in members(workspace_id=workspace_id) if not one.has_left}
    return [
        Recipient(
            "filer", "ready" if staff[key].email else "no_address", member=key,
            shown=staff[key].display_name,
        )
        for key in sorted(filed)
        if key in staff
    ]  # fmt: skip


def _guardians(workspace_id: int, on: date) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one in person_links(workspace_id=workspace_id, on=on):
        found.setdefault(one.learner_id, []).append(one.guardian_id)
    return found


def _silent(
    workspace: WorkspaceRecord,
    found: DefectView,
    wrote: set[int],
    fixed_at: datetime,
    at: datetime,
) -> set[int]:
    """Return whose usage shows the failure of the defect's topics, and who did not write of it."""
    from shinrai.trends.queries.report import Trends

    cases = [one.head.id for one in found.cases]
    cases += [one.head.parent_id for one in found.cases if one.head.parent_id]
    stands = standing_of(cases, workspace_id=workspace.id)
    book = codebook(workspace_id=workspace.id)
    topics = {
        book.counts_as(said) for some in stands.values() if (said := attributes_of(some).topic)
    }
    began = min((some[0].at for some in stands.values() if some), default=fixed_at)
    if not topics:
        return set()
    zone, trends = zone_named(workspace.zone), Trends(workspace, at)
    first, last = began.astimezone(zone).date(), fixed_at.astimezone(zone).date()
    affected = {
        person
        for topic in topics
        for person in trends.affected.silent_persons(topic, trends.every, first=first, last=last)
    }
    return affected - wrote
