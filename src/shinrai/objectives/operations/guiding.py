"""Save a guideline or a new version of it; its value is computed only when it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.objectives.models import Guideline
from shinrai.objectives.operations.saving import SavedObjective
from shinrai.objectives.rules.guideline import read_guideline
from shinrai.postgres.locks import lock_in_transaction


def save_guideline(
    *, workspace_id: int, document: Mapping[str, Any], at: datetime, by: str
) -> SavedObjective:
    """Save a guideline: the same document changes nothing, a changed one becomes a new version.

    Raises: BadGuideline.
    """
    name = read_guideline(document).name
    with transaction.atomic():
        lock_in_transaction(f"guideline:{workspace_id}:{name}")
        rows = Guideline.objects.filter(workspace_id=workspace_id, name=name)
        last = rows.order_by("-number").first()
        if last is not None and last.document == document:
            return SavedObjective(name, last.number, is_new=False)
        number = 1 if last is None else last.number + 1
        Guideline.objects.create(
            workspace_id=workspace_id,
            name=name,
            number=number,
            document=document,
            saved_at=at,
            by=by,
        )
    return SavedObjective(name, number, is_new=True)
