"""Write the rows of open cases: with each step, and by the worker after an import."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from shinrai.desk.models import FollowedTransactions, OpenCase
from shinrai.desk.rules.open_case import case_standing
from shinrai.ledger.facts import changed_cases
from shinrai.ledger.queries import case_heads, cases_of, has_imports_since, standing_of
from shinrai.postgres.bulk import one_of
from shinrai.postgres.queue import add_job
from shinrai.postgres.transactions import oldest_running_transaction

FOLLOW = "desk:follow_cases"
TOGETHER = 5_000  # cases whose steps are in memory at once
_KEY = ("case_id",)
_COLUMNS = tuple(one.attname for one in OpenCase._meta.fields if one.attname not in _KEY)


def refresh_open_cases(*, workspace_id: int, case_ids: Sequence[int]) -> int:
    """Write anew the rows of these cases, in the transaction that changed their steps.

    Only open cases have a row. Return how many of these are open.
    """
    count = 0
    for start in range(0, len(case_ids), TOGETHER):
        some = sorted(set(case_ids[start : start + TOGETHER]))
        with transaction.atomic():
            rows = list(_rows(workspace_id, some))
            still_open = {row.case_id for row in rows}
            ended = [case_id for case_id in some if case_id not in still_open]
            OpenCase.objects.filter(one_of("case_id", ended)).delete()
            OpenCase.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=_KEY, update_fields=_COLUMNS
            )
        count += len(rows)
    return count


def follow_open_cases() -> int:
    """Write the rows of all cases that changed since the last time; return how many are open.

    After an import of a million inquiries their numbers alone are kept, in 8 bytes each; steps are
    read and rows written by `TOGETHER`, so that no person waits long for a row. A person's step
    that comes meanwhile wins in the end: the next run sees its case again.
    """
    changed: dict[int, array[int]] = {}
    with transaction.atomic():
        upto = oldest_running_transaction()
        for case in changed_cases(since=_followed_upto(), upto=upto):
            changed.setdefault(case.workspace_id, array("q")).append(case.id)
    count = sum(
        refresh_open_cases(workspace_id=workspace_id, case_ids=ids)
        for workspace_id, ids in changed.items()
    )
    # Last: after a run that was cut off, the next one does all of it again.
    FollowedTransactions.objects.update_or_create(pk=1, defaults={"upto": upto})
    return count


def rebuild_open_cases(*, workspace_id: int) -> int:
    """Compute all rows of a workspace anew from its steps; return how many there are."""
    with transaction.atomic():
        OpenCase.objects.filter(workspace_id=workspace_id).delete()
        ids = cases_of(workspace_id=workspace_id, record=None)
        return refresh_open_cases(workspace_id=workspace_id, case_ids=ids)


def is_following(*, workspace_id: int) -> bool:
    """Tell whether an import changed cases whose rows a worker has not written yet."""
    return has_imports_since(workspace_id=workspace_id, since=_followed_upto())


def request_following() -> None:
    """Ask a worker to follow what changed, once the transaction is committed."""
    add_job(FOLLOW, lock=FOLLOW, once=FOLLOW)


def _rows(workspace_id: int, ids: Iterable[int]) -> Iterator[OpenCase]:
    steps = standing_of(ids, workspace_id=workspace_id)
    heads = case_heads(steps)
    for case_id, some in steps.items():
        stands = case_standing(heads[case_id].record, some)
        if stands is not None and stands.is_open:
            head = heads[case_id]
            yield OpenCase(
                case_id=case_id,
                workspace_id=workspace_id,
                record=head.record,
                source=head.source,
                source_key=head.source_key,
                **stands.columns,
            )


def _followed_upto() -> int:
    return FollowedTransactions.objects.values_list("upto", flat=True).first() or 0
