"""Derived steps of cases, compared with those of the ledger; uses no database."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from shinrai.importers.rules.derive.case import derive
from shinrai.importers.rules.derive.step import CaseDoubt, DerivationContext, DerivedStep
from shinrai.importers.rules.differences import LedgerCorrection, differences
from shinrai.importers.run.newest_rows import PackedRows, newest_rows
from shinrai.ledger.operations.step_encoding import NewStep, StepEncoder, frame_steps, step_encoder
from shinrai.ledger.rules.steps import Step


@dataclass
class DerivationCounts:
    """The counts and cases that the comparison of derived steps with the ledger found."""

    steps: int = 0
    corrected: int = 0
    unchanged: int = 0
    appended: int = 0
    corrected_now: int = 0
    with_steps: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    changed: list[int] = field(default_factory=list)
    notes: dict[str, list[tuple[int, int | None]]] = field(
        default_factory=partial(defaultdict, list)
    )

    def add(self, other: "DerivationCounts") -> None:
        """Add the counts and cases of another chunk."""
        self.steps += other.steps
        self.corrected += other.corrected
        self.unchanged += other.unchanged
        self.appended += other.appended
        self.corrected_now += other.corrected_now
        self.with_steps += other.with_steps
        self.kinds += other.kinds
        self.changed += other.changed
        for code, cases in other.notes.items():
            self.notes[code] += cases


class FetchedCases(NamedTuple):
    """A chunk of cases, with the steps the ledger holds and the observations, both by case id."""

    case_ids: Sequence[int]
    held: Mapping[int, Sequence[Step]]
    said: Mapping[int, Sequence[PackedRows]]


class DerivedCases(NamedTuple):
    """The steps to append to some cases, encoded for COPY, and the counts of the comparison."""

    case_ids: Sequence[int]
    pieces: list[bytes]
    counts: DerivationCounts


@dataclass(frozen=True)
class StepDerivation:
    """Derives the steps of cases; holds what all cases of an import have in common."""

    workspace_id: int
    batch_id: int
    source: str
    record: str
    context: DerivationContext
    at: datetime

    def derive(self, fetched: FetchedCases) -> DerivedCases:
        """Derive each case's steps, compare them with the ledger's, and encode the differences."""
        write = step_encoder(
            workspace_id=self.workspace_id, recorded_at=self.at, batch_id=self.batch_id
        )
        rows: list[bytes] = []
        counts = DerivationCounts()
        for case_id in fetched.case_ids:
            seen = newest_rows(fetched.said.get(case_id, ()))
            steps, notes = derive(seen, record=self.record, context=self.context)
            held = fetched.held.get(case_id, ())
            rows += self._compare(case_id, held, steps, write, counts)
            if notes:
                _note(case_id, notes, counts)
        return DerivedCases(fetched.case_ids, list(frame_steps(rows)), counts)

    def _compare(
        self,
        case_id: int,
        held: Sequence[Step],
        derived: Sequence[DerivedStep],
        write: StepEncoder,
        counts: DerivationCounts,
    ) -> list[bytes]:
        found = differences(held, derived, source=self.source, batch_id=self.batch_id)
        own = [step for step in held if step.batch_id == self.batch_id]
        again = sum(step.corrects is not None for step in own)
        counts.steps += len(found.new) + len(own) - again
        counts.corrected += len(found.corrections) + again
        counts.unchanged += found.unchanged
        counts.appended += len(found.new)
        counts.corrected_now += len(found.corrections)
        counts.kinds.update([step.kind for step in derived])
        if derived:
            counts.with_steps.append(case_id)
        if found.new or found.corrections or own:
            counts.changed.append(case_id)
        source = self.source
        rows = [
            write(
                case_id, at_us, kind, by, role, tier, detail, words and words[0], source, key, order
            )
            for key, at_us, kind, by, role, tier, detail, words, order in found.new
        ]
        rows += [write(*self._correction(case_id, wrong)) for wrong in found.corrections]
        return rows

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

    def _correction(self, case_id: int, correction: LedgerCorrection) -> NewStep:
        instead, wrong = correction.instead, correction.wrong
        if instead is not None:
            new, detail = self._new(case_id, instead), {**instead.detail, "instead": instead.kind}
        else:
            new, detail = (
                NewStep(
                    case_id,
                    wrong.at,
                    wrong.kind,
                    wrong.by,
                    wrong.role,
                    wrong.tier,
                    source=self.source,
                    source_key=wrong.source_key,
                    source_order=wrong.source_order,
                ),
                {"instead": None},
            )
        detail["why"] = f"import {self.batch_id}"
        return new._replace(kind="corrected", detail=detail, corrects=correction.origin)


def _note(case_id: int, notes: Sequence[CaseDoubt], counts: DerivationCounts) -> None:
    for code, at_us in {note.code: note.at_us for note in reversed(notes)}.items():
        counts.notes[code].append((case_id, at_us))
