"""A step, and which steps hold at a moment as known at another (MEASURES §1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One thing that happened to a case.

    `at` is when it happened, `recorded_at` when we learned it; `sequence` is the
    ledger's own order.
    A correction carries what it puts in the wrong step's place in its own fields, and the true kind
    in `detail["instead"]` (null: the step never happened).
    """

    sequence: int
    at: datetime
    recorded_at: datetime
    kind: str
    by: str = "system"
    role: str = "system"
    tier: int | None = None
    detail: Mapping[str, Any] = {}
    words_id: int | None = None
    source: str = "shinrai"
    source_key: str = ""
    source_order: int = 0
    batch_id: int | None = None
    corrects: int | None = None


class BatchLife(NamedTuple):
    """When a batch began to count and when it was taken back; None: not (yet)."""

    completed_at: datetime | None
    withdrawn_at: datetime | None = None


def standing(
    steps: Iterable[Step],
    *,
    until: datetime | None = None,
    known: datetime | None = None,
) -> list[Step]:
    """Give the steps that hold: happened by `until`, as known at `known` (None: now), in order.

    Order: (at, source order, sequence). A corrected step is replaced by its correction; a chain of
    corrections by the last. Batches are the business of `visible_batches`: steps of hidden ones
    must not be passed in.
    """
    learned = [step for step in steps if known is None or step.recorded_at <= known]
    if any(step.corrects is not None for step in learned):
        learned = _corrected(learned)
    if until is not None:
        learned = [step for step in learned if step.at <= until]
    learned.sort(key=_order)
    return learned


def _order(step: Step) -> tuple[datetime, int, int]:
    return (step.at, step.source_order, step.sequence)


def _corrected(steps: list[Step]) -> list[Step]:
    """Put corrections in the place of what they correct.

    A corrected correction counts for nothing itself: the chain's last one stands. Two corrections
    of one step: the later recorded one stands.
    """
    replaced = {step.corrects for step in steps if step.corrects is not None}
    last: dict[int, Step] = {}
    origin: dict[int, int] = {}
    for step in sorted(steps, key=lambda step: step.sequence):
        if step.corrects is None:
            continue
        first = origin.get(step.corrects, step.corrects)
        origin[step.sequence] = first
        last[first] = step
    kept = [step for step in steps if step.corrects is None and step.sequence not in replaced]
    for first, step in last.items():
        instead = step.detail.get("instead")
        if instead is None:
            continue
        detail = {key: value for key, value in step.detail.items() if key not in ("instead", "why")}
        kept.append(step._replace(sequence=first, kind=instead, detail=detail, corrects=None))
    return kept


def batch_counts(batch: BatchLife, known: datetime | None = None) -> bool:
    """Tell whether a batch's steps count, as known at a moment (None: now)."""
    if batch.completed_at is None or (known is not None and batch.completed_at > known):
        return False
    return batch.withdrawn_at is None or (known is not None and batch.withdrawn_at > known)
