"""Phase 2: the steps of every case spoken of, compared with the ledger, differences appended."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from django.db import transaction

from shinrai.books.failpoints import passed
from shinrai.importers.run.derived_steps import Derived, Fetched, Following, Tally
from shinrai.importers.run.observations import said_of
from shinrai.importers.run.progress import Progress
from shinrai.ledger.operations import pour_steps
from shinrai.ledger.queries import steps_of

CHUNK = 2_000
AHEAD = 4  # stretches fetched and handed over while those before are written


@dataclass
class Deriving:
    """The second phase of one import. It can be done again: what is there is not appended twice."""

    following: Following
    progress: Progress
    aside: Executor
    tally: Tally = field(default_factory=Tally)

    def derive_all(self, case_ids: Sequence[int]) -> Tally:
        """Derive cases in the order of their numbers, a stretch per transaction."""
        done = 0
        for derived in self._derived(case_ids):
            with transaction.atomic():
                pour_steps(derived.pieces)
                passed("import.steps_copied")
                done += len(derived.case_ids)
                self.progress("deriving", done, len(case_ids))
            self.tally.add(derived.tally)
            passed("import.cases_kept")
            self.progress("derived", done, len(case_ids))
        return self.tally

    def _derived(self, case_ids: Sequence[int]) -> Iterator[Derived]:
        """Have stretches derived aside, the next while PostgreSQL takes in the steps of one."""
        coming: deque[Future[Derived]] = deque()
        for start in range(0, len(case_ids), CHUNK):
            coming.append(
                self.aside.submit(
                    self.following.derived, self._fetched(case_ids[start : start + CHUNK])
                )
            )
            if len(coming) == AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()

    def _fetched(self, case_ids: Sequence[int]) -> Fetched:
        there, batch = self.following.workspace_id, self.following.batch_id
        return Fetched(
            case_ids,
            steps_of(case_ids, workspace_id=there, also_batch=batch),
            said_of(case_ids, workspace_id=there, also_batch=batch),
        )
