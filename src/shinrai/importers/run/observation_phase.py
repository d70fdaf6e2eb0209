"""Phase 1: every row of every file is observed, or set aside with the reason."""

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from shinrai.books.binary import bigint, copy_rows
from shinrai.books.failpoints import passed
from shinrai.importers.models import Run
from shinrai.importers.rules.mapping.definition import Table
from shinrai.importers.rules.observation.cell_values import Person
from shinrai.importers.run import row_encoder
from shinrai.importers.run.cases import Cases
from shinrai.importers.run.chunk import Asked, Head
from shinrai.importers.run.file_reader import Problem, names_in
from shinrai.importers.run.people import People
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.quarantine import quarantine_rows
from shinrai.importers.run.row_encoder import Numbered
from shinrai.privacy.operations import erased_marks, mark_of, put_away

CHUNK = 20_000  # rows written in one transaction, at least; see `Telling`
AHEAD = 3  # stretches that are read before the first of them is written


@dataclass
class Observing:
    """The first phase of one import, as far as it has come. Rows are read and packed `aside`."""

    plan: Plan
    run: Run
    workspace_id: int
    batch_id: int
    people: People
    cases: Cases
    at: datetime
    progress: Progress
    aside: Executor
    look_ahead: Sequence[tuple[str, int, int]] = ()
    done: int = 0
    _name: str = field(default_factory=lambda: uuid4().hex)

    def observe_all(self) -> None:
        """Observe the rows of every file, going on where a killed import stopped."""
        front = bigint(self.workspace_id) + bigint(self.batch_id)
        self.aside.submit(row_encoder.begin, self._name, self.plan, CHUNK, front).result()
        try:
            for file in self.plan.files:
                self._observe_file(file)
        finally:
            ended = self.aside.submit(row_encoder.end, self._name)
        self.look_ahead = ended.result()

    def _observe_file(self, file: PlannedFile) -> None:
        already = int(self.run.rows_done.get(str(file.number), 0))
        opened = self.aside.submit(row_encoder.open_file, self._name, file.number, already)
        coming = deque(self._ask() for _ in range(AHEAD))
        opened.result()
        count = already
        while (asked := coming.popleft().result()) is not None:
            self._write(file, asked, coming)
            count = asked.done
        self.done += count

    def _ask(self) -> Future[Asked | None]:
        return self.aside.submit(row_encoder.ask, self._name)

    def _write(self, file: PlannedFile, asked: Asked, coming: deque[Future[Asked | None]]) -> None:
        """Write a stretch of rows, and how far we are, in one transaction."""
        with transaction.atomic():
            self.people.meet([*asked.persons, *(p.customer for p in asked.bad if p.customer)])
            passed("import.people_met")
            heads = [head for head in asked.heads if not any(map(self._is_gone, head.customers()))]
            kept = self.cases.find(heads, file.table)
            passed("import.cases_recorded")
            words = self._seal(file.table, asked, kept)
            passed("import.words_sealed")
            numbered = self._numbered(asked, kept, words)
            packed = self.aside.submit(row_encoder.pack, self._name, numbered)
            coming.append(self._ask())  # read while what is packed now is written
            erased = erased_marks(workspace_id=self.workspace_id)
            bad = [problem for problem in asked.bad if not self._is_of_erased(problem, erased)]
            quarantine_rows(self.run, file, bad, self.people)
            copy_rows("importers_observation", row_encoder.COLUMNS, packed.result())
            self.run.rows_done[str(file.number)] = asked.done
            self.run.erased_count += sum(head.count for head in asked.heads) - sum(
                head.count for head in kept
            )
            self.run.erased_count += len(asked.bad) - len(bad)
            self.run.save(update_fields=["rows_done", "erased_count"])
            passed("import.rows_copied")
            self.progress("observing", self.done + asked.done, self.plan.rows)
        passed("import.stretch_kept")
        self.progress("observed", self.done + asked.done, self.plan.rows)

    def _is_gone(self, customer: Person) -> bool:
        return self.people.is_erased(customer)

    def _numbered(
        self, asked: Asked, kept: Sequence[Head], words: Mapping[int, Mapping[str, Any]]
    ) -> Numbered:
        """Say by which numbers everybody and everything goes; what is left out has none."""
        known = {id(head) for head in kept}
        return Numbered(
            [None if self._is_gone(p) else self.people.key_of(p) for p in asked.persons],
            [self.cases.number(h.case_key) if id(h) in known else None for h in asked.heads],
            [head.doubts for head in asked.heads],
            words,
        )

    def _seal(
        self, table: Table, asked: Asked, kept: Sequence[Head]
    ) -> dict[int, Mapping[str, Any]]:
        """Seal texts under the case's key; a text that has not changed stays where it lies."""
        there = {id(head) for head in kept}
        talking = [row for row in asked.talking if id(asked.heads[row.head]) in there]
        known = self.cases.known_words(talking, table)
        sealing: list[tuple[int, bytes, str]] = []
        places: list[tuple[dict[str, Any], str, str]] = []
        words: dict[int, Mapping[str, Any]] = {}
        for row in talking:
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
        for words_id, (found, name, mark) in zip(put_away(sealing), places, strict=True):
            found[name] = [words_id, mark]
        return words

    def _is_of_erased(self, problem: Problem, erased: frozenset[bytes]) -> bool:
        """Tell whether a row set aside is of somebody erased: as it says itself, or by a cell."""
        if problem.customer is not None and self._is_gone(problem.customer):
            return True
        if not erased:
            return False
        source = self.plan.mapping.source
        names = names_in(problem.raw)
        cases = names if problem.case_key is None else {problem.case_key}
        marks = {mark_of("person", source, name) for name in names}
        marks |= {mark_of("case", source, key) for key in cases}
        return not erased.isdisjoint(marks)
