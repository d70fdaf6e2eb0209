"""Read from the ledger: which batches count, which cases there are and which steps they have.

A step counts unless it belongs to a batch that is not completed, or is withdrawn.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal, Case
from shinrai.ledger.models import Step as StepRow
from shinrai.ledger.rules.steps import BatchLife, Step, batch_counts, standing
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.bulk import one_of
from shinrai.postgres.statements import statement

FETCHED = 5_000  # cases whose steps are fetched at once
CHANGED_FETCHED = 10_000
_SEQUENCE = itemgetter(1)
_new = tuple.__new__  # what a named tuple's own constructor calls, for millions of them
_FIELDS = (
    "case_id",
    "id",
    "at",
    "recorded_at",
    "kind",
    "by",
    "role",
    "tier",
    "detail",
    "words_id",
    "source",
    "source_key",
    "source_order",
    "batch_id",
    "corrects",
)


@dataclass(frozen=True, slots=True)
class CaseHead:
    """A case without its steps: its record, source, encryption key, customer and parent."""

    id: int
    workspace_id: int
    record: str
    source: str
    source_key: str
    key_id: int | None
    customer_id: int | None
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """An import: its files, when it began to count, and whether it was withdrawn."""

    id: int
    workspace_id: int
    source: str
    files: tuple[dict[str, Any], ...]
    started_at: datetime
    by: str
    completed_at: datetime | None
    report: dict[str, Any]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


_HEAD = ("id", "workspace_id", "record", "source", "source_key", "key_id", "customer_id", "parent")


def batches(*, workspace_id: int) -> list[BatchRecord]:
    """Return a workspace's imports, newest first."""
    rows = (
        Batch.objects.filter(workspace_id=workspace_id)
        .select_related("completion", "withdrawal")
        .order_by("-id")
    )
    return [_batch_record(row) for row in rows]


def import_moments(*, workspace_id: int) -> list[tuple[datetime, str]]:
    """Return when each import that counts began to count, and its source, in order."""
    rows = Batch.objects.filter(
        workspace_id=workspace_id, completion__isnull=False, withdrawal__isnull=True
    )
    return list(rows.order_by("completion__at").values_list("completion__at", "source"))


def batch(batch_id: int) -> BatchRecord | None:
    """Return an import by its number; None if there is none."""
    rows = Batch.objects.filter(pk=batch_id).select_related("completion", "withdrawal")
    return next((_batch_record(row) for row in rows), None)


def open_batch(*, workspace_id: int, source: str, fingerprint: str) -> int | None:
    """Return the number of an import of the same files that was begun but not completed.

    None if there is none; the newest if there are several.
    """
    rows = Batch.objects.filter(
        workspace_id=workspace_id,
        source=source,
        fingerprint=fingerprint,
        completion__isnull=True,
    )
    return rows.order_by("-id").values_list("id", flat=True).first()


def hidden_batches(*, workspace_id: int, known: datetime | None = None) -> frozenset[int]:
    """Return the batches whose steps do not count, as known at a moment (None: now)."""
    return _hidden(Batch.objects.filter(workspace_id=workspace_id), known)


def _hidden(rows: QuerySet[Batch], known: datetime | None) -> frozenset[int]:
    lives = rows.values_list("id", "completion__at", "withdrawal__at")
    return frozenset(
        batch_id
        for batch_id, completed_at, withdrawn_at in lives
        if not batch_counts(BatchLife(completed_at, withdrawn_at), known)
    )


def case_head(*, workspace_id: int, record: str, source_key: str) -> CaseHead | None:
    """Return a case by its source's key; if several sources use this key, the newest case."""
    rows = Case.objects.filter(workspace_id=workspace_id, record=record, source_key=source_key)
    row = rows.order_by("-id").values_list(*_HEAD).first()
    return CaseHead(*row) if row else None


def has_cases(*, workspace_id: int, record: str | None = None) -> bool:
    """Return whether a workspace has any steps that count (of cases of one record)."""
    steps = StepRow.objects.filter(workspace_id=workspace_id)
    steps = steps if record is None else steps.filter(case__record=record)
    hidden = hidden_batches(workspace_id=workspace_id)
    return steps.exclude(batch_id__in=hidden).exists() if hidden else steps.exists()


def cases_of(*, workspace_id: int, record: str | None) -> list[int]:
    """Return the numbers of a workspace's cases of one record (None: of all)."""
    rows = Case.objects.filter(workspace_id=workspace_id)
    rows = rows if record is None else rows.filter(record=record)
    return list(rows.values_list("id", flat=True))


def case_heads(ids: Iterable[int]) -> dict[int, CaseHead]:
    """Return cases by their numbers."""
    rows = Case.objects.filter(one_of("id", ids)).values_list(*_HEAD)
    return {row[0]: CaseHead(*row) for row in rows}


def cases_of_customer(*, workspace_id: int, number: int) -> tuple[CaseHead, ...]:
    """Return the cases of a customer, ordered by number."""
    rows = Case.objects.filter(workspace_id=workspace_id, customer_id=number).order_by("id")
    return tuple(CaseHead(*row) for row in rows.values_list(*_HEAD))


def cases_with_key(*, workspace_id: int, part: str, most: int) -> list[int]:
    """Return the newest cases in whose key a text stands, whatever its capitals."""
    rows = Case.objects.filter(workspace_id=workspace_id, source_key__icontains=part)
    return list(rows.order_by("-id").values_list("id", flat=True)[:most])


def newest_changes(*, workspace_id: int, since: int, most: int) -> list[int]:
    """Return the cases that transactions from `since` on changed last, but for imports."""
    rows = StepRow.objects.filter(workspace_id=workspace_id, batch=None, written_in__gte=since)
    found = rows.order_by("-written_in").values_list("case_id", flat=True)[: 20 * most]
    return list(dict.fromkeys(found))[:most]


def has_imports_since(*, workspace_id: int, since: int) -> bool:
    """Return whether an import began to count, or was withdrawn, from a transaction on."""
    there: dict[str, Any] = {"batch__workspace_id": workspace_id, "written_in__gte": since}
    return any(one.objects.filter(**there).exists() for one in (BatchCompletion, BatchWithdrawal))


def case_keys(ids: Iterable[int]) -> dict[int, str]:
    """Give the key each of these cases has in its source, by the case's number."""
    rows = Case.objects.filter(id__in=list(ids))
    return dict(rows.values_list("id", "source_key"))


def cases_by_key(
    *, workspace_id: int, record: str, source: str, keys: Sequence[str]
) -> dict[str, CaseHead]:
    """Return the cases that a source's keys belong to, by key; unknown keys are left out."""
    given = {"keys": list(keys), "workspace": workspace_id, "record": record, "source": source}
    rows = fetch_rows(statement("ledger", "cases_by_key"), given)
    return {row[4]: CaseHead(*row) for row in rows}


def steps_of(
    ids: Iterable[int],
    *,
    workspace_id: int,
    known: datetime | None = None,
    also_batch: int | None = None,
    kinds: Collection[str] | None = None,
) -> dict[int, list[Step]]:
    """Return the steps of these cases that count, by case number.

    Steps of the batch `also_batch` are included as if it were complete. With `kinds`, only steps of
    these kinds are read.
    """
    found: dict[int, list[Step]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), FETCHED):
        some = wanted[start : start + FETCHED]
        # Between the first and the last, so that they are read from the index whatever PostgreSQL
        # knows about the table's size: in a first import that is nothing, or long past.
        rows = StepRow.objects.filter(
            one_of("case_id", some), case_id__gte=min(some), case_id__lte=max(some)
        )
        rows = rows if kinds is None else rows.filter(kind__in=kinds)
        found |= _counting_steps(rows, known, also_batch)
    return found


def newest_step(case_id: int) -> int:
    """Return the number of a case's newest step, apart from minutes worked; 0 without steps."""
    rows = StepRow.objects.filter(case_id=case_id).exclude(kind="worked")
    found: int | None = rows.aggregate(newest=Max("id"))["newest"]
    return found or 0


def all_steps(
    *, workspace_id: int, record: str, known: datetime | None = None, also_batch: int | None = None
) -> Iterator[tuple[int, list[Step]]]:
    """Yield all cases of a record with their steps, by case number; fetches 5,000 cases at a time.

    Each fetch asks for a range of case numbers, so that PostgreSQL uses the index even before it
    has statistics about the tables, as in a first import.
    """
    cases = Case.objects.filter(workspace_id=workspace_id, record=record)
    numbers = cases.order_by("id").values_list("id", flat=True)
    last = 0
    while some := list(numbers.filter(id__gt=last)[:FETCHED]):
        last = some[-1]
        rows = StepRow.objects.filter(
            workspace_id=workspace_id, case_id__gte=some[0], case_id__lte=last
        )
        found = _counting_steps(rows, known, also_batch)
        yield from ((case_id, found[case_id]) for case_id in some if case_id in found)


def _counting_steps(
    rows: QuerySet[StepRow], known: datetime | None, also_batch: int | None
) -> dict[int, list[Step]]:
    """Return the steps that count, by case number.

    Steps are read first and then whether their batches count, so a batch never appears in part.
    """
    asked = rows.order_by().values_list(*_FIELDS)
    found_rows = fetch_rows(*asked.query.sql_with_params())
    found_rows.sort(key=_SEQUENCE)  # asked in this order, a walk over all steps may seem shorter
    steps = [(case_id, _new(Step, step)) for case_id, *step in found_rows]
    batch_ids = {s.batch_id for _, s in steps if s.batch_id is not None} - {also_batch}
    hidden = _hidden(Batch.objects.filter(id__in=batch_ids), known) if batch_ids else frozenset()
    found: dict[int, list[Step]] = defaultdict(list)
    for case_id, step in steps:
        if step.batch_id not in hidden:
            found[case_id].append(step)
    return dict(found)


def cases_of_batch(*, batch_id: int) -> list[int]:
    """Return the numbers of the cases that a batch has steps in."""
    rows = StepRow.objects.filter(batch_id=batch_id).values_list("case_id", flat=True)
    return sorted(set(rows.distinct()))


def _batch_record(row: Batch) -> BatchRecord:
    completion = getattr(row, "completion", None)
    withdrawal = getattr(row, "withdrawal", None)
    return BatchRecord(
        id=row.pk,
        workspace_id=row.workspace_id,
        source=row.source,
        files=tuple(row.files),
        started_at=row.started_at,
        by=row.by,
        completed_at=completion.at if completion else None,
        report=completion.report if completion else {},
        withdrawn_at=withdrawal.at if withdrawal else None,
        withdrawn_by=withdrawal.by if withdrawal else None,
        withdrawn_reason=withdrawal.reason if withdrawal else None,
    )


def cases_with(*, workspace_id: int, kinds: Collection[str], tier: int) -> list[int]:
    """Return the cases with a step of these kinds (also by correction), or at `tier` or above."""
    wanted = Q(kind__in=kinds) | Q(detail__instead__in=list(kinds)) | Q(tier__gte=tier)
    rows = StepRow.objects.filter(wanted, workspace_id=workspace_id)
    return sorted(rows.values_list("case_id", flat=True).distinct())


def cases_between(
    *, workspace_id: int, record: str, since: datetime, until: datetime, kind: str | None = None
) -> list[int]:
    """Return the cases of a record with a step in [since, until), of a kind if one is given.

    Steps that were corrected later are included.
    """
    rows = StepRow.objects.filter(
        workspace_id=workspace_id, at__gte=since, at__lt=until, case__record=record
    )
    rows = rows if kind is None else rows.filter(kind=kind)
    return sorted(rows.values_list("case_id", flat=True).distinct())


def standing_case(
    *,
    workspace_id: int,
    record: str,
    source_key: str,
    until: datetime | None = None,
    known: datetime | None = None,
) -> tuple[CaseHead, tuple[Step, ...]] | None:
    """Return a case, found by its source's key, with its steps at a moment, corrections applied.

    None if there is no such case, or if none of its steps count.
    """
    head = case_head(workspace_id=workspace_id, record=record, source_key=source_key)
    if head is None:
        return None
    found = steps_of([head.id], workspace_id=workspace_id, known=known).get(head.id)
    return None if not found else (head, tuple(standing(found, until=until, known=known)))


def standing_of(
    ids: Iterable[int],
    *,
    workspace_id: int,
    also_batch: int | None = None,
    until: datetime | None = None,
) -> dict[int, list[Step]]:
    """Return the steps of some cases by case number, with corrections applied.

    With `until`, only steps up to that moment; cases without any are left out.
    """
    found = steps_of(ids, workspace_id=workspace_id, also_batch=also_batch)
    stands = {case_id: standing(steps, until=until) for case_id, steps in found.items()}
    return stands if until is None else {case_id: kept for case_id, kept in stands.items() if kept}


def all_standing(
    *,
    workspace_id: int,
    record: str,
    until: datetime | None = None,
    known: datetime | None = None,
) -> Iterator[tuple[int, list[Step]]]:
    """Yield all cases of a record with their steps at a moment, corrections applied."""
    for case_id, steps in all_steps(workspace_id=workspace_id, record=record, known=known):
        kept = standing(steps, until=until, known=known)
        if kept:
            yield case_id, kept


def cases_under_way(*, workspace_id: int, at: datetime, record: str | None) -> list[int]:
    """Return the cases that have steps both by the moment `at` and after it.

    Every other case that had begun by then has not changed since.
    """
    before = StepRow.objects.filter(case_id=OuterRef("case_id"), at__lte=at)
    rows = StepRow.objects.filter(Exists(before), workspace_id=workspace_id, at__gt=at)
    rows = rows if record is None else rows.filter(case__record=record)
    return sorted(rows.values_list("case_id", flat=True).distinct())


def parents_changed_after(*, workspace_id: int, at: datetime) -> list[int]:
    """Return the inquiries that have an investigation with steps after the moment `at`."""
    rows = StepRow.objects.filter(
        workspace_id=workspace_id, at__gt=at, case__parent_id__isnull=False
    )
    found = rows.values_list("case__parent_id", flat=True).distinct()
    return sorted(parent_id for parent_id in found if parent_id is not None)


def has_steps_after(*, workspace_id: int, at: datetime) -> bool:
    """Return whether a step that counts happened after the moment `at`."""
    rows = StepRow.objects.filter(workspace_id=workspace_id, at__gt=at)
    hidden = hidden_batches(workspace_id=workspace_id)
    return (rows.exclude(batch_id__in=hidden) if hidden else rows).exists()


def investigations_under(ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the investigations about some inquiries, by the inquiry's number."""
    found: dict[int, list[int]] = {}
    rows = Case.objects.filter(parent_id__in=list(ids), record="investigation").order_by("id")
    for parent_id, case_id in rows.values_list("parent_id", "id"):
        found.setdefault(parent_id, []).append(case_id)
    return found
