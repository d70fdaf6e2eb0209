"""Save a version of a kind of investigation, and retire one."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.desk.models import InvestigationKind
from shinrai.desk.queries.kinds import kind_named, kinds_of
from shinrai.desk.rules.case_facts import SHIPPED, BadFiling, CaseKind, write_facts
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import LANGUAGES, Text, translated

OWN = "own-"


def save_kind(*, workspace_id: int, kind: CaseKind, at: datetime, by: str) -> str:
    """Save a version of a kind, or a new kind if it has no key; return its key.

    A kind that was retired is offered again. Nothing is saved if nothing differs.
    Raises: UnknownKind, BadFiling if another kind has this name.
    """
    with transaction.atomic():
        lock_in_transaction(f"investigation kinds:{workspace_id}")
        known = kinds_of(workspace_id=workspace_id, also_retired=True)
        if kind.key:
            before = kind_named(workspace_id=workspace_id, key=kind.key, also_retired=True)
            if str(kind.name) in _names(before):
                kind = replace(kind, name=before.name)
            if kind == before:
                return kind.key
        else:
            count = sum(one.key.startswith(OWN) for one in known)
            kind = replace(kind, key=f"{OWN}{count + 1}")
        taken = (_names(one) for one in known if one.key != kind.key and not one.is_retired)
        if any(str(kind.name) in names for names in taken):
            raise BadFiling(
                {"name": Text("There is a kind “{name}” already.", name=str(kind.name))}
            )
        _save(workspace_id, kind, at, by)
        record_action(
            workspace_id=workspace_id,
            what="save investigation kind",
            subject=f"kind:{kind.key}",
            at=at,
            by=by,
        )
    return kind.key


def retire_kind(*, workspace_id: int, key: str, at: datetime, by: str) -> None:
    """Offer a kind no longer; what was filed with it keeps it.

    Raises: UnknownKind, BadFiling if it is the last one.
    """
    with transaction.atomic():
        lock_in_transaction(f"investigation kinds:{workspace_id}")
        kind = kind_named(workspace_id=workspace_id, key=key)
        if len(kinds_of(workspace_id=workspace_id)) == 1:
            raise BadFiling({"": Text("This is the last kind; add another one first.")})
        _save(workspace_id, replace(kind, is_retired=True), at, by)
        record_action(
            workspace_id=workspace_id,
            what="retire investigation kind",
            subject=f"kind:{key}",
            at=at,
            by=by,
        )


def _names(kind: CaseKind) -> set[str]:
    return {translated(kind.name, language) for language in LANGUAGES}


def _save(workspace_id: int, kind: CaseKind, at: datetime, by: str) -> None:
    is_ours = any(kind.key == one.key and kind.name == one.name for one in SHIPPED)
    InvestigationKind.objects.create(
        workspace_id=workspace_id,
        key=kind.key,
        name="" if is_ours else str(kind.name),
        facts=write_facts(kind.facts),
        is_retired=kind.is_retired,
        at=at,
        by=by,
    )
