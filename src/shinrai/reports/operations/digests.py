"""Make a digest of a sprint, write in it, decide its items, and close it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.rules.defects import BadDefect, web_address
from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.queue import add_job
from shinrai.reports.models import (
    DigestItem,
    DigestStep,
    ItemDecision,
    ItemRevision,
    SprintDigest,
)
from shinrai.reports.queries.digests import (
    DigestRecord,
    ItemRecord,
    digest_named,
    newest_digest,
)
from shinrai.reports.rules.digest import (
    MOST_ITEMS,
    BadDigest,
    DecisionRequest,
    DigestRequest,
    NewItem,
    checked_decision,
    checked_horizon,
    checked_period,
    checked_text,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text

PREPARE: Final = "reports:prepare_sprint"


class DigestRefused(UserError, ValueError):
    """What a digest cannot take in its state."""


def open_digest(
    *, workspace: WorkspaceRecord, asked: DigestRequest, at: datetime, by: str
) -> DigestRecord:
    """Begin a digest; it has no items until it is prepared.

    One is open at a time, so that no item can fall between two. Raises: BadDigest, DigestRefused.
    """
    asked = checked_period(asked, today=at.astimezone(zone_named(workspace.zone)).date())
    with transaction.atomic():
        lock_in_transaction(f"sprint-digest:{workspace.id}")
        last = newest_digest(workspace_id=workspace.id)
        if last is not None and last.state != "closed":
            raise DigestRefused(
                Text("Digest {key} is still open: close it first, and what is undecided comes into"
                     " the new one by itself.", key=last.key)
            )  # fmt: skip
        if last is not None and asked.last <= last.last:
            raise BadDigest(
                "last", Text("Digest {key} goes to {last}: a new one ends later.", key=last.key,
                             last=last.last)
            )  # fmt: skip
        if SprintDigest.objects.filter(workspace_id=workspace.id, key=asked.name).exists():
            raise BadDigest("key", Text("There is a digest {key} already.", key=asked.name))
        SprintDigest.objects.create(
            workspace_id=workspace.id,
            key=asked.name,
            first_on=asked.first,
            last_on=asked.last,
            made_at=at,
            by=by,
        )
        audit_digest(workspace.id, "open digest", asked.name, at, by)
    return digest_named(workspace_id=workspace.id, key=asked.name)


def ask_for_digest(*, workspace: WorkspaceRecord, key: str) -> None:
    """Ask the worker to prepare a digest that is open; requests for the same are joined."""
    once = f"{PREPARE}:{workspace.slug}:{key}"
    add_job(PREPARE, lock=PREPARE, once=once, workspace=workspace.slug, key=key)


def edit_item(
    *, workspace_id: int, key: str, number: int, text: str, place: int | None = None,
    horizon: str = "", at: datetime, by: str,
) -> DigestRecord:  # fmt: skip
    """Write what people say of an item, its place among others, and a proposal's horizon.

    Raises: UnknownDigest, DigestRefused, BadDigest.
    """
    with transaction.atomic():
        found = _open(workspace_id, key)
        item = found.item(number)
        said = checked_text(text, "text")
        within = checked_horizon(horizon or item.horizon) if item.kind == "proposal" else ""
        where = item.place if place is None else max(1, min(place, MOST_ITEMS))
        if (said, within, where) != (item.text, item.horizon, item.place):
            _write(item.id, said, within, where, at, by)
            audit_digest(workspace_id, "edit digest", f"{key}#{number}", at, by)
    return digest_named(workspace_id=workspace_id, key=key)


def add_proposal(
    *, workspace_id: int, key: str, text: str, horizon: str, at: datetime, by: str
) -> DigestRecord:
    """Add a proposal of people's own, which no figure stands behind.

    Raises: UnknownDigest, DigestRefused, BadDigest.
    """
    with transaction.atomic():
        found = _open(workspace_id, key)
        if len(found.items) >= MOST_ITEMS:
            raise BadDigest("text", Text("A digest has at most {most} items.", most=MOST_ITEMS))
        said = checked_text(text, "text")
        if not said:
            raise BadDigest("text", Text("Write what is proposed."))
        item = NewItem("proposal", "", {"grade": "none", "why": ""}, checked_horizon(horizon))
        number = max((one.number for one in found.items), default=0) + 1
        new_item(found.id, number, item, None, at, by, text=said)
        audit_digest(workspace_id, "edit digest", f"{key}#{number}", at, by)
    return digest_named(workspace_id=workspace_id, key=key)


def decide_item(
    *, workspace: WorkspaceRecord, key: str, number: int, asked: DecisionRequest, at: datetime,
    by: str,
) -> DigestRecord:  # fmt: skip
    """Record what the sprint decided about an item; the newest decision counts.

    Raises: UnknownDigest, DigestRefused, BadDigest.
    """
    asked = checked_decision(asked, today=at.astimezone(zone_named(workspace.zone)).date())
    try:
        ticket = web_address(asked.ticket) if asked.ticket else ""
    except BadDefect as error:
        raise BadDigest("ticket", error.text) from error
    with transaction.atomic():
        item = _open(workspace.id, key).item(number)
        if item.kind == "quote":
            raise DigestRefused(Text("A quote needs no decision."))
        ItemDecision.objects.create(
            item_id=item.id,
            verdict=asked.verdict,
            ticket=ticket,
            owner=asked.owner,
            until=asked.until,
            reason=asked.reason,
            at=at,
            by=by,
        )
        audit_digest(workspace.id, "decide digest", f"{key}#{number}", at, by)
    return digest_named(workspace_id=workspace.id, key=key)


def close_digest(*, workspace_id: int, key: str, at: datetime, by: str) -> DigestRecord:
    """Close a digest; what nobody decided is noted, and comes into the next one by itself.

    Raises: UnknownDigest, DigestRefused.
    """
    with transaction.atomic():
        found = _open(workspace_id, key)
        DigestStep.objects.create(
            digest_id=found.id, kind="closed", document={"carried": found.undecided}, at=at, by=by
        )
        audit_digest(workspace_id, "close digest", key, at, by)
    return digest_named(workspace_id=workspace_id, key=key)


def _open(workspace_id: int, key: str) -> DigestRecord:
    lock_in_transaction(f"sprint-digest:{workspace_id}")
    found = digest_named(workspace_id=workspace_id, key=key)
    if found.state == "preparing":
        raise DigestRefused(Text("Digest {key} is being prepared. Try again soon.", key=key))
    if found.state == "closed":
        raise DigestRefused(
            Text("Digest {key} is closed: it stays as it was. Decide in the next one.", key=key)
        )
    return found


def new_item(
    digest_id: int, number: int, item: NewItem, carried: ItemRecord | None, at: datetime, by: str,
    *, text: str = "",
) -> None:  # fmt: skip
    row = DigestItem.objects.create(
        digest_id=digest_id,
        number=number,
        kind=item.kind,
        topic=item.topic,
        evidence=item.evidence,
        carried_id=carried.id if carried else None,
    )
    _write(row.pk, carried.text if carried else text, item.horizon, number, at, by)


def _write(item_id: int, text: str, horizon: str, place: int, at: datetime, by: str) -> None:
    ItemRevision.objects.create(
        item_id=item_id, text=text, horizon=horizon, place=place, at=at, by=by
    )


def audit_digest(workspace_id: int, what: str, subject: str, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=f"digest:{subject}", at=at, by=by)
