"""Append steps: many at once by COPY, or a single one that a person takes now."""

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
    """There is no key to encrypt words with: none was created, or the person was erased."""


def append_steps(
    *,
    workspace_id: int,
    steps: Iterable[NewStep],
    count: int,
    recorded_at: datetime,
    batch_id: int | None = None,
) -> list[int]:
    """Append `count` steps by COPY and return their numbers, in the same order."""
    ids = reserve_ids("ledger_step", count)
    write = step_encoder(workspace_id=workspace_id, recorded_at=recorded_at, batch_id=batch_id)
    rows = (bigint(number) + write(*step) for number, step in zip(ids, steps, strict=True))
    copy_rows("ledger_step", ("id", *STEP_COLUMNS), rows)
    return ids


def copy_steps(pieces: Iterable[bytes]) -> int:
    """Append steps that `frame_steps` has joined and return how many there were.

    Their numbers rise in this order.
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
    """Append one step that a person takes now, with its words encrypted, and return its number.

    `may` gives the phases of a case in which each kind of step is allowed. `phase_of` returns the
    phase that a case has after the steps passed to it. A lock allows one step per case at a time.

    Raises: StepRefused if the phase does not allow it; NoKey if its words cannot be encrypted.
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
            steps=[step._replace(words_id=seal(head, [words])[0] if words else None)],
            count=1,
            recorded_at=at,
        )
    return sequence


def seal(head: CaseHead, words: Sequence[str | bytes]) -> list[int]:
    """Store texts, or the bytes of files, under the key of a case; return their identifiers.

    Raises: NoKey.
    """
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
    return store_words([(head.key_id, keys[head.key_id], text) for text in words])
