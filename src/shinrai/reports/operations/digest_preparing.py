"""Prepare a digest of a sprint: draft its items, and say what became of the last one's."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.queries.defects import DefectRow, defects
from shinrai.postgres.locks import lock_in_transaction
from shinrai.reports.models import DigestStep
from shinrai.reports.operations.digests import audit_digest, new_item, open_digest
from shinrai.reports.queries.digest_evidence import DigestEvidence
from shinrai.reports.queries.digests import (
    DigestRecord,
    ItemRecord,
    digest_named,
    newest_digest,
    waiting_items,
)
from shinrai.reports.rules.digest import HORIZONS, KINDS, DigestRequest, NewItem


def prepare_digest(*, workspace: WorkspaceRecord, key: str, at: datetime, by: str) -> DigestRecord:
    """Draft the items of a digest and freeze their evidence; done once.

    Raises: UnknownDigest.
    """
    found = digest_named(workspace_id=workspace.id, key=key)
    if found.state != "preparing":
        return found
    evidence = DigestEvidence(workspace, DigestRequest(found.first, found.last, key), at)
    last = newest_digest(workspace_id=workspace.id, before=found.id)
    older = waiting_items(workspace_id=workspace.id, before=last.id) if last else []
    drafted = evidence.items()
    with transaction.atomic():
        lock_in_transaction(f"sprint-digest:{workspace.id}")
        if digest_named(workspace_id=workspace.id, key=key).state != "preparing":
            return digest_named(workspace_id=workspace.id, key=key)
        past = _past(evidence, last, older, found.last)
        for number, (item, carried) in enumerate(_joined(drafted, last, older, past), start=1):
            new_item(found.id, number, item, carried, at, by)
        DigestStep.objects.create(
            digest_id=found.id,
            kind="prepared",
            document={"past": past, "previous": last.key if last else ""},
            at=at,
            by=by,
        )
        audit_digest(workspace.id, "prepare digest", key, at, by)
    return digest_named(workspace_id=workspace.id, key=key)


def draft_digest(
    *, workspace: WorkspaceRecord, asked: DigestRequest, at: datetime, by: str
) -> DigestRecord:
    """Begin a digest and prepare it. Raises: BadDigest, DigestRefused."""
    opened = open_digest(workspace=workspace, asked=asked, at=at, by=by)
    return prepare_digest(workspace=workspace, key=opened.key, at=at, by=by)


def _joined(
    drafted: list[NewItem],
    last: DigestRecord | None,
    older: list[tuple[str, date, ItemRecord]],
    past: list[dict[str, Any]],
) -> list[tuple[NewItem, ItemRecord | None]]:
    """Put items that come back before those drafted; one drafted again has the new evidence."""
    back = {one["item"] for one in past if one["comes_back"]}
    mine = [*(last.items if last else ()), *(item for _key, _last, item in older)]
    fresh = {(one.kind, one.topic): one for one in drafted}
    found: list[tuple[NewItem, ItemRecord | None]] = []
    for item in mine:
        if item.id in back:
            new = fresh.pop((item.kind, item.topic), None) if item.topic else None
            evidence = new.evidence if new else dict(item.evidence)
            found.append((NewItem(item.kind, item.topic, evidence, item.horizon), item))
    every = [*found, *((one, None) for one in fresh.values())]
    order = {name: place for place, name in enumerate(("", *KINDS, *HORIZONS))}
    return sorted(every, key=lambda pair: (order[pair[0].kind], order[pair[0].horizon]))


def _past(
    evidence: DigestEvidence,
    last: DigestRecord | None,
    older: list[tuple[str, date, ItemRecord]],
    until: date,
) -> list[dict[str, Any]]:
    """Say what became of the last digest's items, and of older ones that still waited then."""
    if last is None or last.prepared_at is None:
        return []
    tickets = {one.url: one for one in defects(workspace_id=evidence.workspace.id)}
    mine = [(last.key, last.last, one) for one in last.items if one.kind != "quote"]
    found = []
    for key, since, item in [*mine, *older]:
        said, is_last = item.decision, key == last.key
        defect = tickets.get(said.ticket) if said and said.ticket else None
        was_open = defect is not None and not (
            defect.fixed_at is not None and defect.fixed_at <= last.prepared_at
        )
        if not (is_last or was_open or item.verdict == "later"):
            continue
        is_due = said is not None and said.verdict == "later" and (said.until or until) <= until
        found.append(
            {
                "digest": key,
                "item": item.id,
                "defect": defect and _defect(defect),
                "weeks": evidence.fall(item.topic, since) if item.topic else None,
                "covered": is_last and not item.verdict and item.number not in last.carried,
                "comes_back": is_due or (is_last and item.number in last.carried),
            }
        )
    return found


def _defect(one: DefectRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "release": one.release,
        "told": {"count": one.told.count, "of": one.told.of},
    }
