"""Take apart two actors that were merged by mistake."""

from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.usage.models import ActorMerge
from shinrai.usage.queries import standing_merge
from shinrai.usage.rules.identity import UNDONE


def undo_merge(*, workspace_id: int, number: int, at: datetime, by: str) -> int:
    """Take an actor out of the one it was merged into; return the number of the new step.

    Client libraries that claim the same pair again are not believed.

    Raises: UnknownMerge.
    """
    with transaction.atomic():
        found = standing_merge(workspace_id=workspace_id, number=number)
        row = ActorMerge.objects.create(
            workspace_id=workspace_id,
            actor_id=found.actor,
            into_id=found.actor,
            how=UNDONE,
            at=at,
            recorded_at=at,
            by=by,
        )
        record_action(
            workspace_id=workspace_id, what="undo merge", subject=f"merge:{number}", at=at, by=by
        )
    return row.pk
