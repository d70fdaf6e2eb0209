"""Rows set aside are kept for 90 days: long enough to mend a sheet, no longer than that."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from shinrai.importers.models import QuarantinedRow, Run
from shinrai.importers.operations import NotNow, give_up_import
from shinrai.ledger.queries import batch as find_batch
from shinrai.privacy.operations import destroy_key, forget_words

LIFE = timedelta(days=90)

log = logging.getLogger("shinrai.importers")


def forget_set_aside(*, at: datetime) -> int:
    """Delete the rows that imports begun 90 days ago set aside, with words and key; say how many.

    The ledger is not touched: an import's own report goes on saying how many rows there were. An
    import that was cut off so long ago is given up, for it could not be completed without them.
    """
    begun = Run.objects.filter(batch__started_at__lte=at - LIFE)
    waiting = QuarantinedRow.objects.filter(batch_id__in=begun.values("batch_id"))
    forgotten = 0
    for batch_id in waiting.order_by("batch_id").values_list("batch_id", flat=True).distinct():
        try:
            forgotten += _forget(batch_id, at)
        except NotNow as error:
            log.warning("rows of import %s are forgotten later: %s", batch_id, type(error).__name__)
    return forgotten


def _forget(batch_id: int, at: datetime) -> int:
    found = find_batch(batch_id)
    rows = QuarantinedRow.objects.filter(batch_id=batch_id)
    count = rows.count()
    if found is not None and found.completed_at is None:
        give_up_import(batch_id=batch_id, at=at)
        return count
    with transaction.atomic():
        forget_words(words_ids=rows.values_list("words_id", flat=True))
        rows.delete()
        for run in Run.objects.filter(batch_id=batch_id).select_related("batch"):
            destroy_key(workspace_id=run.batch.workspace_id, key_id=run.key_id)
    return count
