"""Quarantine: rows that could not be read, kept encrypted for 90 days so people can fix them."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from psycopg.types.json import Jsonb

from shinrai.importers.models import QuarantinedRow, Run
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.file_reader import RejectedRow
from shinrai.importers.run.people import People
from shinrai.importers.run.plan import PlannedFile
from shinrai.importers.run.undo import give_up_import
from shinrai.ledger.queries import batch as find_batch
from shinrai.postgres.bulk import copy_in
from shinrai.privacy.operations import delete_words, destroy_key, open_keys, store_words
from shinrai.units.text import in_both_languages

LIFE = timedelta(days=90)
LONGEST_RAW = 100_000  # characters
LONGEST_REASON = 500

log = logging.getLogger("shinrai.importers")


def quarantine_rows(
    run: Run, file: PlannedFile, bad: Sequence[RejectedRow], people: People
) -> None:
    """Store rejected rows, each encrypted with the key of its customer, or else the import's."""
    if not bad:
        return
    own = (run.key_id, open_keys([run.key_id])[run.key_id])
    words = store_words(
        [(*_key_of(problem, people, own), problem.sealed(LONGEST_RAW)) for problem in bad]
    )
    copy_in(
        "importers_quarantinedrow",
        ("batch_id", "table", "file", "line", "field", "reason", "words_id"),
        (
            (
                run.batch_id,
                file.table.name,
                file.number,
                problem.line,
                problem.field[:200],
                Jsonb(in_both_languages(problem.reason, LONGEST_REASON)),
                words_id,
            )
            for problem, words_id in zip(bad, words, strict=True)
        ),
    )


def _key_of(problem: RejectedRow, people: People, own: tuple[int, bytes]) -> tuple[int, bytes]:
    known = people.customers[problem.customer.name] if problem.customer else None
    return own if known is None else (known.key_id, known.key)


def forget_set_aside(*, at: datetime) -> int:
    """Delete quarantined rows of imports begun 90 days ago, with texts and key; return how many.

    The ledger is not changed: the report of an import still counts the rows. An import that was
    never completed in that time is given up, as it could not be completed without those rows.
    """
    begun = Run.objects.filter(batch__started_at__lte=at - LIFE)
    waiting = QuarantinedRow.objects.filter(batch_id__in=begun.values("batch_id"))
    forgotten = 0
    for batch_id in waiting.order_by("batch_id").values_list("batch_id", flat=True).distinct():
        try:
            forgotten += _forget(batch_id, at)
        except RetryLater as error:
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
        delete_words(words_ids=rows.values_list("words_id", flat=True))
        rows.delete()
        for run in Run.objects.filter(batch_id=batch_id).select_related("batch"):
            destroy_key(workspace_id=run.batch.workspace_id, key_id=run.key_id)
    return count
