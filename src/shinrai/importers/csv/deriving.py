"""Phase 2: the steps of every case spoken of, compared with the ledger, differences appended."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from shinrai.books.failpoints import passed
from shinrai.importers.csv.observe import Progress
from shinrai.importers.csv.seeing import Packed, newest, said_of
from shinrai.importers.rules.comparing import Correction, differences
from shinrai.importers.rules.derive.case import derive
from shinrai.importers.rules.derive.seen import Against, DerivedStep, Note
from shinrai.ledger.copying import NewStep, WriteStep, step_writer
from shinrai.ledger.operations import pour_steps
from shinrai.ledger.queries import steps_of
from shinrai.ledger.rules.steps import Step

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


class Fetched(NamedTuple):
    """A stretch of cases, the steps the ledger holds of them, and what was said of them."""

    case_ids: Sequence[int]
    held: Mapping[int, Sequence[Step]]
    said: Mapping[int, Sequence[Packed]]


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
        stretches = [case_ids[start : start + CHUNK] for start in range(0, len(case_ids), CHUNK)]
        if not stretches:
            return self.tally
        done = 0
        with ThreadPoolExecutor(1, thread_name_prefix="derive") as aside:
            coming = aside.submit(self._derived, self._fetched(stretches[0]))
            for place, stretch in enumerate(stretches, 1):
                done += len(stretch)
                with transaction.atomic():
                    rows = coming.result()
                    if place < len(stretches):
                        coming = aside.submit(self._derived, self._fetched(stretches[place]))
                    pour_steps(rows)
                    passed("import.steps_copied")
                    self.progress("deriving", done, len(case_ids))
                passed("import.cases_kept")
                self.progress("derived", done, len(case_ids))
        return self.tally

    def _fetched(self, case_ids: Sequence[int]) -> Fetched:
        return Fetched(
            case_ids,
            steps_of(case_ids, workspace_id=self.workspace_id, also_batch=self.batch_id),
            said_of(case_ids, workspace_id=self.workspace_id, also_batch=self.batch_id),
        )

    def _derived(self, fetched: Fetched) -> list[bytes]:
        """Derive case by case, while PostgreSQL takes in the steps of those before."""
        write = step_writer(
            workspace_id=self.workspace_id, recorded_at=self.at, batch_id=self.batch_id
        )
        rows: list[bytes] = []
        for case_id in fetched.case_ids:
            seen = newest(fetched.said.get(case_id, ()))
            steps, notes = derive(seen, record=self.record, against=self.against)
            rows += self._compared(case_id, fetched.held.get(case_id, ()), steps, write)
            if notes:
                self._note(case_id, notes)
        return rows

    def _compared(
        self,
        case_id: int,
        held: Sequence[Step],
        derived: Sequence[DerivedStep],
        write: WriteStep,
    ) -> list[bytes]:
        found = differences(held, derived, source=self.source, batch_id=self.batch_id)
        own = [step for step in held if step.batch_id == self.batch_id]
        again = sum(step.corrects is not None for step in own)
        tally = self.tally
        tally.steps += len(found.new) + len(own) - again
        tally.corrected += len(found.corrections) + again
        tally.unchanged += found.unchanged
        tally.appended += len(found.new)
        tally.corrected_now += len(found.corrections)
        tally.kinds.update([step.kind for step in derived])
        if derived:
            tally.with_steps.append(case_id)
        if found.new or found.corrections or own:
            tally.changed.append(case_id)
        source = self.source
        rows = [
            write(
                case_id, at_us, kind, by, role, tier, detail, words and words[0], source, key, order
            )
            for key, at_us, kind, by, role, tier, detail, words, order in found.new
        ]
        rows += [write(*self._correction(case_id, wrong)) for wrong in found.corrections]
        return rows

    def _note(self, case_id: int, notes: Sequence[Note]) -> None:
        for code, at_us in {note.code: note.at_us for note in reversed(notes)}.items():
            self.tally.notes[code].append((case_id, at_us))

    def _new(self, case_id: int, step: DerivedStep) -> NewStep:
        source_key, at_us, kind, by, role, tier, detail, words, source_order = step
        words_id = words[0] if words else None
        return NewStep(
            case_id,
            at_us,
            kind,
            by,
            role,
            tier,
            detail,
            words_id,
            self.source,
            source_key,
            source_order,
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
            corrects=correction.origin,
        )
