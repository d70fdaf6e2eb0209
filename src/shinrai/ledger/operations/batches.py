"""Begin, complete and withdraw batches; a batch is what one import brought."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownBatch(UserError, LookupError):
    """There is no import with this number."""


class BatchAlreadyWithdrawn(UserError, ValueError):
    """The import was already withdrawn."""


class BatchNotComplete(UserError, ValueError):
    """The import was never completed, so there is nothing to withdraw."""


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
    """Create a batch and return its number; its steps do not count before `complete_batch`."""
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
    """Make the steps of a batch count from now on."""
    BatchCompletion.objects.create(batch_id=batch_id, report=dict(report), at=at)


def unknown_batch(batch_id: int) -> UnknownBatch:
    """Return the error that there is no import with this number."""
    return UnknownBatch(
        Text("there is no import {batch_id}; see `shinrai import list`", batch_id=batch_id),
    )


def withdraw_batch(*, batch_id: int, reason: str, at: datetime, by: str) -> None:
    """Withdraw a batch, so that its steps no longer count; nothing is deleted.

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
