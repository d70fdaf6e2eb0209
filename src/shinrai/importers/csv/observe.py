"""Phase 1: every row of every file becomes an observation, or is set aside with the reason."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from shinrai.books.bulk import copy_in
from shinrai.importers.csv.cases import Cases
from shinrai.importers.csv.people import People, persons_in
from shinrai.importers.csv.planning import Plan, PlannedFile
from shinrai.importers.csv.tables import Row, rows
from shinrai.importers.models import Run
from shinrai.importers.rules.mapping.parts import Table
from shinrai.importers.rules.moments import IN_CELL, MomentReader
from shinrai.importers.rules.observing.rows import Observe, Observed, row_observer
from shinrai.importers.rules.observing.taking import Header, SetAside, Taker, as_text
from shinrai.importers.rules.plausibility.look_ahead import LookAhead
from shinrai.importers.rules.wording import Words, both, shortened
from shinrai.privacy.operations import mark_of, open_keys, put_away
from shinrai.units.moments import from_us

CHUNK = 5_000
LONGEST_RAW = 100_000
LONGEST_REASON = 500

Progress = Callable[[str, int, int], None]


@dataclass
class Problem:
    """A row to be set aside."""

    line: int
    field: str
    reason: Words
    raw: str


@dataclass
class Observing:
    """The first phase of one import, as far as it has come."""

    plan: Plan
    run: Run
    workspace_id: int
    batch_id: int
    people: People
    cases: Cases
    at: datetime
    progress: Progress
    look_ahead: dict[str, LookAhead] = field(default_factory=dict)
    done: int = 0

    def observe_all(self) -> None:
        """Observe the rows of every file, going on where a killed import stopped."""
        for file in self.plan.files:
            self._observe_file(file)

    def _observe_file(self, file: PlannedFile) -> None:
        header = Header(file.survey.header, str(file.survey.path))
        observe = row_observer(self.plan.mapping, file.table, header, file.zone or IN_CELL)
        watch = self._watcher(file)
        already = int(self.run.rows_done.get(str(file.number), 0))
        seen: dict[int, int] = {}
        good: list[Observed] = []
        bad: list[Problem] = []
        count = 0
        for count, row in enumerate(rows(file.survey, file.how), start=1):
            read = _read(row, observe, file.table, seen)
            if watch is not None and isinstance(read, Observed) and read.at_us is not None:
                watch.watch(read.case_key, read.at_us, row.cells)
            if count <= already:
                continue
            if isinstance(read, Observed):
                good.append(read)
            else:
                bad.append(read)
            if len(good) + len(bad) >= CHUNK:
                self._write(file, good, bad, count)
                good, bad = [], []
        if good or bad:
            self._write(file, good, bad, count)
        self.done += count

    def _watcher(self, file: PlannedFile) -> LookAhead | None:
        table = file.table
        if table.rows != "states" or table.at is None or table.begins is None:
            return None
        if table.name not in self.look_ahead:
            moments = MomentReader(table.moments, file.zone or IN_CELL, table.clocks)
            taker = Taker(table, Header(file.survey.header, ""), moments)
            taker.moment(table.at)
            taker.moment(table.begins.at)
            self.look_ahead[table.name] = LookAhead(
                file.survey.header, moments, table.missing, frozenset(taker.used)
            )
        return self.look_ahead[table.name]

    def _write(
        self, file: PlannedFile, good: Sequence[Observed], bad: Sequence[Problem], count: int
    ) -> None:
        """Write a stretch of rows, and how far we are, in one transaction."""
        with transaction.atomic():
            named = [persons_in([row.facts, row.customer]) for row in good]
            self.people.meet(person for persons in named for person in persons)
            kept = [
                row
                for row, persons in zip(good, named, strict=True)
                if not any(map(self.people.is_erased, persons))
            ]
            kept = self.cases.find(kept, file.table)
            self._copy_observations(file, kept)
            self._copy_quarantine(file, bad)
            self.run.rows_done[str(file.number)] = count
            self.run.erased_count += len(good) - len(kept)
            self.run.save(update_fields=["rows_done", "erased_count"])
            self.progress("observing", self.done + count, self.plan.rows)
        self.progress("observed", self.done + count, self.plan.rows)

    def _copy_observations(self, file: PlannedFile, kept: Sequence[Observed]) -> None:
        words = self._seal(file.table, kept)
        columns = (
            "workspace_id",
            "batch_id",
            "case_id",
            "table",
            "rows",
            "joins",
            "row_key",
            "file",
            "line",
            "at",
            "digest",
            "facts",
            "words",
            "doubts",
        )
        copy_in("importers_observation", columns, self._observation_rows(file, kept, words))

    def _observation_rows(
        self, file: PlannedFile, kept: Sequence[Observed], words: Sequence[dict[str, Any]]
    ) -> Iterator[tuple[Any, ...]]:
        table = file.table
        for row, texts in zip(kept, words, strict=True):
            facts = self.people.numbered(row.facts)
            doubts = sorted(set(row.doubts)) or None
            marks = {name: mark for name, (_, mark) in texts.items()}
            digest = mark_of(json.dumps([facts, marks, doubts], sort_keys=True))
            yield (
                self.workspace_id,
                self.batch_id,
                self.cases.number(row.case_key),
                table.name,
                table.rows,
                table.joins is not None,
                row.row_key,
                file.number,
                row.line,
                None if row.at_us is None else from_us(row.at_us),
                digest,
                Jsonb(facts),
                Jsonb(texts),
                None if doubts is None else Jsonb(doubts),
            )

    def _seal(self, table: Table, kept: Sequence[Observed]) -> list[dict[str, Any]]:
        """Seal texts under the case's key; a text that has not changed stays where it lies."""
        known = self.cases.known_words(kept, table)
        sealing: list[tuple[int, bytes, str]] = []
        places: list[tuple[dict[str, Any], str, str]] = []
        answer: list[dict[str, Any]] = []
        for row in kept:
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
            answer.append(found)
        for words_id, (found, name, mark) in zip(put_away(sealing), places, strict=True):
            found[name] = [words_id, mark]
        return answer

    def _copy_quarantine(self, file: PlannedFile, bad: Sequence[Problem]) -> None:
        if not bad:
            return
        key_id = self.run.key_id
        key = open_keys([key_id])[key_id]
        words = put_away([(key_id, key, problem.raw[:LONGEST_RAW]) for problem in bad])
        copy_in(
            "importers_quarantinedrow",
            ("batch_id", "table", "file", "line", "field", "reason", "words_id"),
            (
                (
                    self.batch_id,
                    file.table.name,
                    file.number,
                    problem.line,
                    problem.field[:200],
                    Jsonb(shortened(problem.reason, LONGEST_REASON)),
                    words_id,
                )
                for problem, words_id in zip(bad, words, strict=True)
            ),
        )


def _read(row: Row, observe: Observe, table: Table, seen: dict[int, int]) -> Observed | Problem:
    """Read one row, or say why not. A key that stands twice in one file is set aside."""
    if row.problem is not None:
        return Problem(row.line, "", row.problem, row.raw or _raw(row))
    try:
        observed = observe(row.line, row.cells)
    except SetAside as aside:
        return Problem(row.line, aside.field, aside.reason, _raw(row))
    identity = observed.row_key
    if table.joins is None and table.rows in ("states", "steps"):
        identity = f"{observed.case_key}\x1f{identity}"
    number = int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big")
    if (first := seen.setdefault(number, row.line)) != row.line:
        return Problem(
            row.line,
            table.key.columns[0] if table.key.columns else "",
            both(
                en=f"the same key stands in line {first} of this file already; "
                "one of the two is wrong",
                ja=f"同じキーがこのファイルの {first} 行目にもあります。どちらかが誤りです",
            ),
            _raw(row),
        )
    return observed


def _raw(row: Row) -> str:
    if row.raw is not None:
        return row.raw
    return json.dumps([as_text(cell) for cell in row.cells], ensure_ascii=False)
