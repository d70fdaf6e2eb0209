"""Phase 2: the steps of every case spoken of, compared with the ledger, differences appended."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from shinrai.importers.csv.observe import Progress
from shinrai.importers.models import Observation
from shinrai.importers.rules.comparing import Correction, differences
from shinrai.importers.rules.derive.case import derive
from shinrai.importers.rules.derive.seen import Against, DerivedStep, Note, Seen
from shinrai.ledger.operations import NewStep, append_steps, digest_of
from shinrai.ledger.queries import hidden_batches, steps_of
from shinrai.ledger.rules.steps import Step
from shinrai.units.moments import epoch_us, from_us

CHUNK = 2_000


@dataclass
class Tally:
    """What the comparison found."""

    steps: int = 0
    corrected: int = 0
    unchanged: int = 0
    appended: int = 0
    corrected_now: int = 0
    with_steps: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    changed: list[int] = field(default_factory=list)
    notes: dict[str, list[tuple[int, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@dataclass
class Deriving:
    """The second phase of one import. It can be done again: what is there is not appended twice."""

    workspace_id: int
    batch_id: int
    source: str
    record: str
    against: Against
    at: datetime
    progress: Progress
    tally: Tally = field(default_factory=Tally)

    def derive_all(self, case_ids: Sequence[int]) -> Tally:
        """Derive cases in the order of their numbers, a stretch per transaction."""
        for start in range(0, len(case_ids), CHUNK):
            stretch = case_ids[start : start + CHUNK]
            done = start + len(stretch)
            with transaction.atomic():
                self._derive(stretch)
                self.progress("deriving", done, len(case_ids))
            self.progress("derived", done, len(case_ids))
        return self.tally

    def _derive(self, case_ids: Sequence[int]) -> None:
        held = steps_of(case_ids, workspace_id=self.workspace_id, also_batch=self.batch_id)
        seen = visible(case_ids, workspace_id=self.workspace_id, also_batch=self.batch_id)
        appended: list[NewStep] = []
        for case_id in case_ids:
            steps, notes = derive(seen.get(case_id, ()), record=self.record, against=self.against)
            appended += self._compared(case_id, held.get(case_id, []), steps)
            self._note(case_id, notes)
        append_steps(
            workspace_id=self.workspace_id,
            steps=appended,
            count=len(appended),
            recorded_at=self.at,
            batch_id=self.batch_id,
        )

    def _compared(
        self, case_id: int, held: Sequence[Step], derived: Sequence[DerivedStep]
    ) -> list[NewStep]:
        found = differences(held, derived, source=self.source, batch_id=self.batch_id)
        own = [step for step in held if step.batch_id == self.batch_id]
        again = sum(step.corrects is not None for step in own)
        tally = self.tally
        tally.steps += len(found.new) + len(own) - again
        tally.corrected += len(found.corrections) + again
        tally.unchanged += found.unchanged
        tally.appended += len(found.new)
        tally.corrected_now += len(found.corrections)
        tally.kinds.update(step.kind for step in derived)
        if derived:
            tally.with_steps.append(case_id)
        if found.new or found.corrections or own:
            tally.changed.append(case_id)
        return [
            *(self._new(case_id, step) for step in found.new),
            *(self._correction(case_id, correction) for correction in found.corrections),
        ]

    def _note(self, case_id: int, notes: Sequence[Note]) -> None:
        for code, at_us in {note.code: note.at_us for note in reversed(notes)}.items():
            self.tally.notes[code].append((case_id, at_us))

    def _new(self, case_id: int, step: DerivedStep) -> NewStep:
        return NewStep(
            case_id=case_id,
            at=from_us(step.at_us),
            kind=step.kind,
            by=step.by,
            role=step.role,
            tier=step.tier,
            detail=step.detail,
            words_id=step.words[0] if step.words else None,
            source=self.source,
            source_key=step.source_key,
            source_order=step.source_order,
            digest=_digest(step),
        )

    def _correction(self, case_id: int, correction: Correction) -> NewStep:
        why = f"import {self.batch_id}"
        instead, wrong = correction.instead, correction.wrong
        if instead is not None:
            new = self._new(case_id, instead)
            detail = {**instead.detail, "instead": instead.kind, "why": why}
        else:
            detail = {"instead": None, "why": why}
            new = NewStep(
                case_id=case_id,
                at=wrong.at,
                kind=wrong.kind,
                by=wrong.by,
                role=wrong.role,
                tier=wrong.tier,
                source=self.source,
                source_key=wrong.source_key,
                source_order=wrong.source_order,
            )
        return NewStep(
            case_id=case_id,
            at=new.at,
            kind="corrected",
            by=new.by,
            role=new.role,
            tier=new.tier,
            detail=detail,
            words_id=new.words_id,
            source=new.source,
            source_key=new.source_key,
            source_order=new.source_order,
            digest=new.digest,
            corrects=correction.origin,
        )


def visible(
    case_ids: Sequence[int], *, workspace_id: int, also_batch: int | None
) -> dict[int, list[Seen]]:
    """Find the newest observation of every row of cases, of imports that count."""
    hidden = hidden_batches(workspace_id=workspace_id) - {also_batch}
    rows = (
        Observation.objects.filter(case_id__in=list(case_ids))
        .exclude(batch_id__in=hidden)
        .order_by("batch_id", "file", "id")
        .values_list("case_id", "table", "rows", "row_key", "facts", "words", "joins")
    )
    newest: dict[int, dict[tuple[str, str], Seen]] = defaultdict(dict)
    for case_id, *rest in rows.iterator(chunk_size=20_000):
        seen = Seen(*rest)
        newest[case_id][seen.table, seen.row_key] = seen
    return {case_id: list(found.values()) for case_id, found in newest.items()}


def spoken_of(*, batch_id: int) -> list[int]:
    """List the cases an import has rows about."""
    rows = Observation.objects.filter(batch_id=batch_id).values_list("case_id", flat=True)
    return sorted(set(rows.distinct()))


def all_spoken_of(*, batch_ids: Sequence[int]) -> list[int]:
    """List the cases several imports have rows about."""
    rows = Observation.objects.filter(batch_id__in=batch_ids).values_list("case_id", flat=True)
    return sorted(set(rows.distinct()))


def moments_seen(*, batch_ids: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Walk all moments that imports speak of, with the table each stands in."""
    rows = Observation.objects.filter(batch_id__in=batch_ids)
    plain = rows.exclude(rows="cases").values_list("table", "at")
    for table, at in plain.iterator(chunk_size=50_000):
        if at is not None:
            yield table, epoch_us(at)
    sheets = rows.filter(rows="cases").values_list("table", "facts")
    for table, facts in sheets.iterator(chunk_size=10_000):
        for step in facts["steps"]:
            yield table, step["at"]


def _digest(step: DerivedStep) -> bytes:
    return digest_of(
        at=from_us(step.at_us),
        kind=step.kind,
        by=step.by,
        role=step.role,
        tier=step.tier,
        detail=step.detail,
        words=step.words[1] if step.words else None,
    )
