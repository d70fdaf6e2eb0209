"""Batches: what one import brings begins, counts, and is withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal
from shinrai.units.wording import SaidInBoth


class UnknownBatch(SaidInBoth, LookupError):
    """No such import."""


class BatchAlreadyWithdrawn(SaidInBoth, ValueError):
    """This import was taken back before."""


class BatchNotComplete(SaidInBoth, ValueError):
    """This import never began to count."""


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
