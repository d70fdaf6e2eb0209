"""Record cases, and the key with which the words of each are encrypted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from shinrai.ledger.models import Case
from shinrai.postgres.bulk import copy_in, reserve_ids
from shinrai.postgres.statements import statement


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be recorded."""

    record: str
    source: str
    source_key: str
    key_id: int | None = None
    customer_id: int | None = None
    parent_id: int | None = None


def record_cases(*, workspace_id: int, cases: Sequence[NewCase]) -> list[int]:
    """Record cases that are not there yet and return their numbers, in the same order."""
    ids = reserve_ids("ledger_case", len(cases))
    copy_in(
        "ledger_case",
        (
            "id",
            "workspace_id",
            "record",
            "source",
            "source_key",
            "key_id",
            "customer_id",
            "parent_id",
        ),
        (
            (
                case_id,
                workspace_id,
                case.record,
                case.source,
                case.source_key,
                case.key_id,
                case.customer_id,
                case.parent_id,
            )
            for case_id, case in zip(ids, cases, strict=True)
        ),
    )
    return ids


def set_case_key(
    *, workspace_id: int, case_id: int, key_id: int, customer_id: int | None = None
) -> None:
    """Set the encryption key of a case without a customer, and its customer if known."""
    rows = Case.objects.filter(workspace_id=workspace_id, pk=case_id, customer_id__isnull=True)
    rows.update(key_id=key_id, customer_id=customer_id)


def replace_case_keys(*, keys: Mapping[int, int]) -> None:
    """Give all cases with old keys the new ones; whatever the old ones encrypted is erased."""
    with connection.cursor() as cursor:
        cursor.execute(statement("ledger", "replace_case_keys"), [list(keys), list(keys.values())])
