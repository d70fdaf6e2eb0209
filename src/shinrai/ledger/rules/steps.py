"""Steps, and which of them apply at one moment as known at another (MEASURES §1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

STATING = ("received", "filed", "resubmitted")  # steps that give a case its facts


class Step(NamedTuple):
    """One thing that happened to a case.

    `at` is when it happened, `recorded_at` when it was recorded; `sequence` is its number in the
    order of recording. A correction (`corrects`) has the right values in its own fields, and the
    right kind in `detail["instead"]` (null: the step never happened).
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
    """When a batch began to count, and when it was withdrawn; None if it was not."""

    completed_at: datetime | None
    withdrawn_at: datetime | None = None


def standing(
    steps: Iterable[Step],
    *,
    until: datetime | None = None,
    known: datetime | None = None,
) -> list[Step]:
    """Return the steps that happened by `until`, as they were known at `known`, in order.

    None means no limit. Steps are ordered by (at, source order, sequence). A corrected step is
    replaced by its correction, or by the last one of a chain. Steps of batches that do not count
    must not be passed in (see `batch_counts`).
    """
    learned = [step for step in steps if known is None or step.recorded_at <= known]
    if any(step.corrects is not None for step in learned):
        learned = _corrected(learned)
    if until is not None:
        learned = [step for step in learned if step.at <= until]
    learned.sort(key=_order)
    return learned


def stated(steps: Iterable[Step], name: str) -> str:
    """Return what a case says of a fact when it is opened, or later instead: "" if nothing."""
    said = [step.detail.get(name) for step in steps if step.kind in STATING]
    return str(next((value for value in reversed(said) if value), ""))


def _order(step: Step) -> tuple[datetime, int, int]:
    return (step.at, step.source_order, step.sequence)


def _corrected(steps: list[Step]) -> list[Step]:
    """Replace steps by their corrections.

    Where a correction is itself corrected, only the last one applies. Of two corrections of the
    same step, the one recorded later applies.
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
    """Return whether a batch's steps count, as known at a moment (None: now)."""
    if batch.completed_at is None or (known is not None and batch.completed_at > known):
        return False
    return batch.withdrawn_at is None or (known is not None and batch.withdrawn_at > known)
