"""Phase 2: derive the steps of every observed case; append what differs from the ledger."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from django.db import transaction

from shinrai.importers.run.derived_steps import (
    DerivationCounts,
    DerivedCases,
    FetchedCases,
    StepDerivation,
)
from shinrai.importers.run.observations import observations_of
from shinrai.importers.run.progress import Progress
from shinrai.ledger.operations.steps import copy_steps
from shinrai.ledger.queries import steps_of
from shinrai.postgres.failpoints import passed

CHUNK = 2_000
AHEAD = 4  # chunks fetched and handed over while those before are written


@dataclass
class DerivationPhase:
    """The second phase of one import. It can be repeated: nothing is appended twice."""

    derivation: StepDerivation
    progress: Progress
    executor: Executor
    counts: DerivationCounts = field(default_factory=DerivationCounts)

    def derive_cases(self, case_ids: Sequence[int]) -> DerivationCounts:
        """Derive cases in the order of their ids, one chunk per transaction; return the counts."""
        done = 0
        for derived in self._derived_chunks(case_ids):
            with transaction.atomic():
                copy_steps(derived.pieces)
                passed("import.steps_copied")
                done += len(derived.case_ids)
                self.progress("deriving", done, len(case_ids))
            self.counts.add(derived.counts)
            passed("import.cases_kept")
            self.progress("derived", done, len(case_ids))
        return self.counts

    def _derived_chunks(self, case_ids: Sequence[int]) -> Iterator[DerivedCases]:
        """Yield derived chunks: the executor derives the next ones while PostgreSQL stores one."""
        pending: deque[Future[DerivedCases]] = deque()
        for start in range(0, len(case_ids), CHUNK):
            pending.append(
                self.executor.submit(
                    self.derivation.derive, self._fetch(case_ids[start : start + CHUNK])
                )
            )
            if len(pending) == AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def _fetch(self, case_ids: Sequence[int]) -> FetchedCases:
        there, batch = self.derivation.workspace_id, self.derivation.batch_id
        return FetchedCases(
            case_ids,
            steps_of(case_ids, workspace_id=there, also_batch=batch),
            observations_of(case_ids, workspace_id=there, also_batch=batch),
        )
