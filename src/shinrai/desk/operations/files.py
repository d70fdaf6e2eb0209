"""Attach files to a step of a case, encrypted under the key of the case."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shinrai.desk.models import CaseFile
from shinrai.desk.rules.files import MOST_A_CASE, BadFile, NewFile, check_files
from shinrai.ledger.operations.steps import seal
from shinrai.ledger.queries import case_heads
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text


def attach_files(
    *, case_id: int, sequence: int, files: Sequence[NewFile], at: datetime, by: str
) -> None:
    """Attach files to the step with this number; all of them or none.

    Raises: BadFile, NoKey.
    """
    if not files:
        return
    typed = check_files(files)
    with transaction.atomic():
        lock_in_transaction(f"case:{case_id}")
        head = case_heads([case_id])[case_id]
        count = CaseFile.objects.filter(case_id=case_id).count()
        if count + len(typed) > MOST_A_CASE:
            raise BadFile(
                Text(
                    "{key} has {count:,} files already; a case holds at most {most:,}.",
                    key=head.source_key,
                    count=count,
                    most=MOST_A_CASE,
                )
            )
        words = seal(head, [part for file in typed for part in (file.name, file.content)])
        CaseFile.objects.bulk_create(
            CaseFile(
                workspace_id=head.workspace_id,
                case_id=case_id,
                sequence=sequence,
                name_words_id=name,
                content_words_id=content,
                media_type=file.media_type,
                size=len(file.content),
                at=at,
                by=by,
            )
            for file, name, content in zip(typed, words[::2], words[1::2], strict=True)
        )
