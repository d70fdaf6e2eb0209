"""Phase 1: store every row of every file as an observation, or quarantine it with the reason."""

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from shinrai.importers.models import Run
from shinrai.importers.rules.cells import possible_keys
from shinrai.importers.rules.mapping.definition import TableMapping
from shinrai.importers.rules.observation.cell_values import NamedPerson
from shinrai.importers.run import row_encoder
from shinrai.importers.run.cases import Cases
from shinrai.importers.run.chunk import ChunkSummary, RowGroup
from shinrai.importers.run.file_reader import RejectedRow
from shinrai.importers.run.people import People
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.quarantine import quarantine_rows
from shinrai.importers.run.row_encoder import ChunkIds
from shinrai.postgres.binary import bigint, copy_rows
from shinrai.postgres.failpoints import passed
from shinrai.privacy.operations import erased_marks, mark_of, store_words

CHUNK = 20_000  # rows written in one transaction, at least; see `RowEncoder`
AHEAD = 3  # chunks that are read before the first of them is written


@dataclass
class ObservationPhase:
    """The first phase of one import. Rows are read and encoded by `executor`."""

    plan: Plan
    run: Run
    workspace_id: int
    batch_id: int
    people: People
    cases: Cases
    at: datetime
    progress: Progress
    executor: Executor
    look_ahead: Sequence[tuple[str, int, int]] = ()
    done: int = 0
    _name: str = field(default_factory=lambda: uuid4().hex)

    def observe_files(self) -> None:
        """Observe the rows of every file, from where a killed import stopped."""
        front = bigint(self.workspace_id) + bigint(self.batch_id)
        self.executor.submit(row_encoder.open_encoder, self._name, self.plan, CHUNK, front).result()
        try:
            for file in self.plan.files:
                self._observe_file(file)
        finally:
            closed = self.executor.submit(row_encoder.close_encoder, self._name)
        self.look_ahead = closed.result()

    def _observe_file(self, file: PlannedFile) -> None:
        already = int(self.run.rows_done.get(str(file.number), 0))
        opened = self.executor.submit(row_encoder.open_file, self._name, file.number, already)
        pending = deque(self._next_chunk() for _ in range(AHEAD))
        opened.result()
        count = already
        while (summary := pending.popleft().result()) is not None:
            self._write(file, summary, pending)
            count = summary.done
        self.done += count

    def _next_chunk(self) -> Future[ChunkSummary | None]:
        return self.executor.submit(row_encoder.next_chunk, self._name)

    def _write(
        self, file: PlannedFile, summary: ChunkSummary, pending: deque[Future[ChunkSummary | None]]
    ) -> None:
        """Write the observations of a chunk, and the progress, in one transaction."""
        with transaction.atomic():
            self.people.meet([*summary.persons, *(p.customer for p in summary.bad if p.customer)])
            passed("import.people_met")
            groups = [
                group for group in summary.groups if not any(map(self._is_gone, group.customers()))
            ]
            kept = self.cases.find(groups, file.table)
            passed("import.cases_recorded")
            words = self._seal(file.table, summary, kept)
            passed("import.words_sealed")
            ids = self._ids(summary, kept, words)
            packed = self.executor.submit(row_encoder.encode_chunk, self._name, ids)
            pending.append(self._next_chunk())  # read while what is packed now is written
            erased = erased_marks(workspace_id=self.workspace_id)
            bad = [problem for problem in summary.bad if not self._is_of_erased(problem, erased)]
            quarantine_rows(self.run, file, bad, self.people)
            copy_rows("importers_observation", row_encoder.COLUMNS, packed.result())
            self.run.rows_done[str(file.number)] = summary.done
            self.run.erased_count += sum(group.count for group in summary.groups) - sum(
                group.count for group in kept
            )
            self.run.erased_count += len(summary.bad) - len(bad)
            self.run.save(update_fields=["rows_done", "erased_count"])
            passed("import.rows_copied")
            self.progress("observing", self.done + summary.done, self.plan.rows)
        passed("import.stretch_kept")
        self.progress("observed", self.done + summary.done, self.plan.rows)

    def _is_gone(self, customer: NamedPerson) -> bool:
        return self.people.is_erased(customer)

    def _ids(
        self,
        summary: ChunkSummary,
        kept: Sequence[RowGroup],
        words: Mapping[int, Mapping[str, Any]],
    ) -> ChunkIds:
        """Return the ids of the persons and cases of a chunk; None for those left out."""
        known = {id(group) for group in kept}
        return ChunkIds(
            [None if self._is_gone(p) else self.people.key_of(p) for p in summary.persons],
            [self.cases.number(h.case_key) if id(h) in known else None for h in summary.groups],
            [group.doubts for group in summary.groups],
            words,
        )

    def _seal(
        self, table: TableMapping, summary: ChunkSummary, kept: Sequence[RowGroup]
    ) -> dict[int, Mapping[str, Any]]:
        """Encrypt texts with their cases' keys; an unchanged text keeps its stored id."""
        there = {id(group) for group in kept}
        with_texts = [row for row in summary.with_texts if id(summary.groups[row.group]) in there]
        known = self.cases.known_words(with_texts, table)
        sealing: list[tuple[int, bytes, str]] = []
        places: list[tuple[dict[str, Any], str, str]] = []
        words: dict[int, Mapping[str, Any]] = {}
        for row in with_texts:
            found: dict[str, Any] = {}
            before = known.get((row.case_key, row.row_key), {})
            for name, text in row.texts.items():
                mark = mark_of("words", text).hex()
                if name in before and before[name][1] == mark:
                    found[name] = before[name]
                else:
                    key_id, key = self.cases.key(row.case_key)
                    sealing.append((key_id, key, text))
                    places.append((found, name, mark))
            words[row.place] = found
        for words_id, (found, name, mark) in zip(store_words(sealing), places, strict=True):
            found[name] = [words_id, mark]
        return words

    def _is_of_erased(self, problem: RejectedRow, erased: frozenset[bytes]) -> bool:
        """Return whether a rejected row belongs to an erased person or case, by its cells too."""
        if problem.customer is not None and self._is_gone(problem.customer):
            return True
        if not erased:
            return False
        source = self.plan.mapping.source
        names = possible_keys(problem.raw)
        cases = names if problem.case_key is None else {problem.case_key}
        marks = {mark_of("person", source, name) for name in names}
        marks |= {mark_of("case", source, key) for key in cases}
        return not erased.isdisjoint(marks)
