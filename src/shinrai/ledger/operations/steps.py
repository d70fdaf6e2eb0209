"""Append steps: many by COPY, or one that a person takes now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from shinrai.ledger.operations.step_encoding import STEP_COLUMNS, NewStep, step_encoder
from shinrai.ledger.queries import CaseHead, case_heads, steps_of
from shinrai.ledger.rules.refusals import refuse_unless_allowed
from shinrai.ledger.rules.steps import Step, standing
from shinrai.postgres.binary import bigint, copy_framed, copy_rows
from shinrai.postgres.bulk import reserve_ids
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import open_keys, store_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class NoKey(UserError, ValueError):
    """There is no key to seal words under: none was made, or the person was erased."""


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
    write = step_encoder(workspace_id=workspace_id, recorded_at=recorded_at, batch_id=batch_id)
    rows = (bigint(number) + write(*step) for number, step in zip(ids, steps, strict=True))
    copy_rows("ledger_step", ("id", *STEP_COLUMNS), rows)
    return ids


def copy_steps(pieces: Iterable[bytes]) -> int:
    """Append steps as `copying.step_encoder` wrote them and `copying.laid` laid them; say how many.

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

    `may` and `phase_of` come from the package that knows the record: in which phases a step may be
    taken, and which phase standing steps add up to. One step of a case at a time.
    Raises: StepRefused if it does not fit; NoKey if there is nothing to seal its words under.
    """
    with transaction.atomic():
        lock_in_transaction(f"case:{step.case_id}")
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
            steps=[step._replace(words_id=_store_words(head, words) if words else None)],
            count=1,
            recorded_at=at,
        )
    return sequence


def _store_words(head: CaseHead, words: str) -> int:
    keys = open_keys([] if head.key_id is None else [head.key_id])
    if head.key_id not in keys:
        raise NoKey(
            Text(
                "{record} {source_key} has no key to seal words under: none was made, or "
                "the person was erased; nothing can be added to it",
                record=head.record,
                source_key=head.source_key,
            ),
        )
    [words_id] = store_words([(head.key_id, keys[head.key_id], words)])
    return words_id
