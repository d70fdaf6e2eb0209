"""Deeds of the ledger: batches begin, count, and are taken back; steps are appended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.books.binary import bigint, copy_framed, copy_rows
from shinrai.books.bulk import copy_in, reserve_ids
from shinrai.books.locks import wait_in_transaction
from shinrai.ledger.copying import STEP_COLUMNS, step_writer
from shinrai.ledger.copying import NewStep as NewStep  # named by whoever appends steps
from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal, Case
from shinrai.ledger.queries import CaseHead, case_heads, steps_of
from shinrai.ledger.rules.refusals import refuse_unless_allowed
from shinrai.ledger.rules.steps import Step, standing
from shinrai.privacy.operations import open_keys, put_away
from shinrai.units.wording import SaidInBoth


class UnknownBatch(SaidInBoth, LookupError):
    """No such import."""


class BatchAlreadyWithdrawn(SaidInBoth, ValueError):
    """This import was taken back before."""


class BatchNotComplete(SaidInBoth, ValueError):
    """This import never began to count."""


class NoKey(SaidInBoth, ValueError):
    """There is no key to seal words under: none was made, or the person was erased."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be recorded."""

    record: str
    source: str
    source_key: str
    key_id: int | None = None
    customer_id: int | None = None
    parent_id: int | None = None


def begin_batch(
    *,
    workspace_id: int,
    source: str,
    mapping: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    fingerprint: str,
    at: datetime,
    by: str,
) -> int:
    """Open a batch; nothing in it counts before `complete_batch`."""
    return Batch.objects.create(
        workspace_id=workspace_id,
        source=source,
        mapping=dict(mapping),
        files=list(files),
        fingerprint=fingerprint,
        started_at=at,
        by=by,
    ).pk


def complete_batch(*, batch_id: int, report: Mapping[str, Any], at: datetime) -> None:
    """Let a batch count from now on."""
    BatchCompletion.objects.create(batch_id=batch_id, report=dict(report), at=at)


def unknown_batch(batch_id: int) -> UnknownBatch:
    """Make the error that says there is no such import."""
    return UnknownBatch(
        f"there is no import {batch_id}; see `shinrai import list`",
        f"取り込み {batch_id} はありません。`shinrai import list` で確認してください",
    )


def withdraw_batch(*, batch_id: int, reason: str, at: datetime, by: str) -> None:
    """Take all steps of a batch out of every replay; nothing is deleted.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn.
    """
    with transaction.atomic():
        batch = Batch.objects.filter(pk=batch_id).first()
        if batch is None:
            raise unknown_batch(batch_id)
        if not BatchCompletion.objects.filter(batch_id=batch_id).exists():
            raise BatchNotComplete(
                f"import {batch_id} was never completed, so nothing of it counts; run the same "
                "import again to resume it",
                f"取り込み {batch_id} は未完了で、集計に入っていません。"
                "続けるには、同じ取り込みをもう一度実行してください",
            )
        if BatchWithdrawal.objects.filter(batch_id=batch_id).exists():
            raise BatchAlreadyWithdrawn(
                f"import {batch_id} was already taken back; to have it again, import the same "
                "files once more",
                f"取り込み {batch_id} はすでに取り消されています。"
                "元に戻すには、同じファイルをもう一度取り込んでください",
            )
        BatchWithdrawal.objects.create(batch_id=batch_id, reason=reason, at=at, by=by)


def record_cases(*, workspace_id: int, cases: Sequence[NewCase]) -> list[int]:
    """Record cases that are not there yet and answer their identifiers, in order."""
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


def adopt_key(
    *, workspace_id: int, case_id: int, key_id: int, customer_id: int | None = None
) -> None:
    """Give a case that had none the key its words are sealed under, and its customer if known."""
    rows = Case.objects.filter(workspace_id=workspace_id, pk=case_id, customer_id__isnull=True)
    rows.update(key_id=key_id, customer_id=customer_id)


def append_steps(
    *,
    workspace_id: int,
    steps: Iterable[NewStep],
    count: int,
    recorded_at: datetime,
    batch_id: int | None = None,
) -> list[int]:
    """Append `count` steps by COPY and answer their sequences, in order."""
    ids = reserve_ids("ledger_step", count)
    write = step_writer(workspace_id=workspace_id, recorded_at=recorded_at, batch_id=batch_id)
    rows = (bigint(number) + write(*step) for number, step in zip(ids, steps, strict=True))
    copy_rows("ledger_step", ("id", *STEP_COLUMNS), rows)
    return ids


def pour_steps(pieces: Iterable[bytes]) -> int:
    """Append steps as `copying.step_writer` wrote them and `copying.laid` laid them; say how many.

    Their sequences rise in this order.
    """
    return copy_framed("ledger_step", STEP_COLUMNS, pieces)


def take_step(
    *,
    step: NewStep,
    words: str | None,
    may: Mapping[str, Sequence[str]],
    phase_of: Callable[[list[Step]], str],
    at: datetime,
) -> int:
    """Append one step a person takes now, its words sealed under the case's key.

    `may` and `phase_of` come from the room that knows the record: in which phases a step may be
    taken, and which phase standing steps add up to. One step of a case at a time.
    Raises: StepRefused if it does not fit; NoKey if there is nothing to seal its words under.
    """
    with transaction.atomic():
        wait_in_transaction(f"case:{step.case_id}")
        head = case_heads([step.case_id])[step.case_id]
        steps = steps_of([step.case_id], workspace_id=head.workspace_id).get(step.case_id, [])
        refuse_unless_allowed(
            record=f"{head.record} {head.source_key}",
            kind=step.kind,
            phase=phase_of(standing(steps)),
            may=may,
        )
        [sequence] = append_steps(
            workspace_id=head.workspace_id,
            steps=[step._replace(words_id=_put_away(head, words) if words else None)],
            count=1,
            recorded_at=at,
        )
    return sequence


def _put_away(head: CaseHead, words: str) -> int:
    keys = open_keys([] if head.key_id is None else [head.key_id])
    if head.key_id not in keys:
        raise NoKey(
            f"{head.record} {head.source_key} has no key to seal words under: none was made, or "
            "the person was erased; nothing can be added to it",
            f"{head.source_key} には文面を封じる鍵がありません（未作成か、本人の情報が消去済み）。"
            "この案件には追記できません",
        )
    [words_id] = put_away([(head.key_id, keys[head.key_id], words)])
    return words_id
