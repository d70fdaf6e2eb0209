"""Phase 1: every row of every file is observed, or set aside with the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from psycopg.types.json import Jsonb

from shinrai.books.binary import (
    NULL,
    bigint,
    boolean,
    copy_rows,
    integer,
    json,
    raw,
    smallint,
    text,
)
from shinrai.books.bulk import copy_in
from shinrai.books.failpoints import passed
from shinrai.importers.csv.ahead import one_ahead
from shinrai.importers.csv.cases import Cases
from shinrai.importers.csv.people import People
from shinrai.importers.csv.planning import Plan, PlannedFile
from shinrai.importers.csv.reading import Problem, Reading
from shinrai.importers.csv.tables import stretches
from shinrai.importers.models import Run
from shinrai.importers.rules.mapping.parts import Table
from shinrai.importers.rules.moments import IN_CELL, MomentReader
from shinrai.importers.rules.observing.packing import moments_in, packer
from shinrai.importers.rules.observing.rows import Observed
from shinrai.importers.rules.observing.stretches import stretch_observer
from shinrai.importers.rules.observing.taking import Header, Taker
from shinrai.importers.rules.plausibility.look_ahead import LookAhead
from shinrai.privacy.operations import mark_of, open_keys, put_away
from shinrai.units.wording import shortened

CHUNK = 20_000  # rows written in one transaction
AT_ONCE = 1_000  # rows read together: few enough for the processor's own memory
LONGEST_RAW = 100_000
LONGEST_REASON = 500
COLUMNS = (
    "workspace_id",
    "batch_id",
    "case_id",
    "table",
    "rows",
    "joins",
    "file",
    "count",
    "said",
    "moments",
    "words",
    "doubts",
)

Progress = Callable[[str, int, int], None]


class Told(NamedTuple):
    """What a stretch of rows says: on which lines they stand, those understood, those not."""

    lines: list[int]
    good: list[Observed]
    bad: list[Problem]

    def add(self, lines: Sequence[int], good: Sequence[Observed], bad: Sequence[Problem]) -> None:
        """Add the rows that follow."""
        self.lines.extend(lines)
        self.good.extend(good)
        self.bad.extend(bad)

    def after(self, count: int) -> "Told":
        """Leave out so many rows at the beginning."""
        if count <= 0:
            return self
        done = self.lines[count - 1]
        return Told(
            self.lines[count:],
            [row for row in self.good if row.line > done],
            [problem for problem in self.bad if problem.line > done],
        )


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
        already = int(self.run.rows_done.get(str(file.number), 0))
        count = 0
        with one_ahead(self._told(file)) as all_told:
            for told in all_told:
                before, count = count, count + len(told.lines)
                if count <= already:
                    continue
                # Rows this import wrote before it was killed were read again only for their keys.
                self._write(file, told.after(already - before), count)
        self.done += count

    def _told(self, file: PlannedFile) -> Iterator[Told]:
        """Read a file, a stretch at a time; nothing here asks PostgreSQL."""
        header = Header(file.survey.header, str(file.survey.path))
        observe = stretch_observer(self.plan.mapping, file.table, header, file.zone or IN_CELL)
        reading = Reading(observe, file.table)
        watch = self._watcher(file)
        told = Told([], [], [])
        for some in stretches(file.survey, file.how, min(CHUNK, AT_ONCE)):
            good, cells, bad = reading.read(some)
            if watch is not None:
                for row, its in zip(good, cells, strict=True):
                    if row.at_us is not None:
                        watch.watch(row.case_key, row.at_us, its)
            told.add(some.all_lines(), good, bad)
            if len(told.lines) >= CHUNK:
                yield told
                told = Told([], [], [])
        if told.lines:
            yield told

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

    def _write(self, file: PlannedFile, told: Told, count: int) -> None:
        """Write a stretch of rows, and how far we are, in one transaction."""
        good = told.good
        with transaction.atomic():
            named = {id(person): person for row in good for person in row.persons}
            persons = dict.fromkeys(named.values())
            self.people.meet(persons)
            passed("import.people_met")
            gone = {person for person in persons if self.people.is_erased(person)}
            kept = [row for row in good if gone.isdisjoint(row.persons)] if gone else good
            kept = self.cases.find(kept, file.table)
            passed("import.cases_recorded")
            self._copy_observations(file, kept)
            self._copy_quarantine(file, told.bad)
            self.run.rows_done[str(file.number)] = count
            self.run.erased_count += len(good) - len(kept)
            self.run.save(update_fields=["rows_done", "erased_count"])
            passed("import.rows_copied")
            self.progress("observing", self.done + count, self.plan.rows)
        passed("import.stretch_kept")
        self.progress("observed", self.done + count, self.plan.rows)

    def _copy_observations(self, file: PlannedFile, kept: Sequence[Observed]) -> None:
        """Write what the rows say, those of one case together."""
        self._seal(file.table, kept)
        passed("import.words_sealed")
        cases: dict[str, list[Observed]] = {}
        for row in kept:
            cases.setdefault(row.case_key, []).append(row)
        copy_rows("importers_observation", COLUMNS, self._observations(file, cases))

    def _observations(
        self, file: PlannedFile, cases: Mapping[str, Sequence[Observed]]
    ) -> Iterator[bytes]:
        table = file.table
        is_sheet = table.rows == "cases"
        pack = packer(self.people.key_of)
        front = bigint(self.workspace_id) + bigint(self.batch_id)
        of_file = text(table.name) + text(table.rows) + boolean(table.joins is not None)
        of_file += smallint(file.number)
        for case_key, of_case in cases.items():
            words = {row.row_key: row.words for row in of_case if row.words}
            doubts = [(row.line, sorted(set(row.doubts))) for row in of_case if row.doubts]
            yield b"".join(
                (
                    front,
                    bigint(self.cases.number(case_key)),
                    of_file,
                    integer(len(of_case)),
                    raw(pack(of_case)),
                    raw(moments_in(of_case, is_sheet=is_sheet)),
                    json(words) if words else NULL,
                    json(doubts) if doubts else NULL,
                )
            )

    def _seal(self, table: Table, kept: Sequence[Observed]) -> None:
        """Seal texts under the case's key; a text that has not changed stays where it lies."""
        talking = [row for row in kept if row.texts]
        known = self.cases.known_words(talking, table)
        sealing: list[tuple[int, bytes, str]] = []
        places: list[tuple[dict[str, Any], str, str]] = []
        for row in talking:
            found: dict[str, Any] = {}
            before = known.get((row.case_key, row.row_key), {})
            for name, words in row.texts.items():
                mark = mark_of("words", words).hex()
                if name in before and before[name][1] == mark:
                    found[name] = before[name]
                else:
                    key_id, key = self.cases.key(row.case_key)
                    sealing.append((key_id, key, words))
                    places.append((found, name, mark))
            row.words = found
        for words_id, (found, name, mark) in zip(put_away(sealing), places, strict=True):
            found[name] = [words_id, mark]

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
