"""Batches: what one import brings begins, counts, and is withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownBatch(UserError, LookupError):
    """No such import."""


class BatchAlreadyWithdrawn(UserError, ValueError):
    """This import was taken back before."""


class BatchNotComplete(UserError, ValueError):
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
        Text("there is no import {batch_id}; see `shinrai import list`", batch_id=batch_id),
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
                Text(
                    "import {batch_id} was never completed, so nothing of it counts; run the "
                    "same import again to resume it",
                    batch_id=batch_id,
                ),
            )
        if BatchWithdrawal.objects.filter(batch_id=batch_id).exists():
            raise BatchAlreadyWithdrawn(
                Text(
                    "import {batch_id} was already taken back; to have it again, import the "
                    "same files once more",
                    batch_id=batch_id,
                ),
            )
        BatchWithdrawal.objects.create(batch_id=batch_id, reason=reason, at=at, by=by)
