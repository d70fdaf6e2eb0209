"""What files say, a stretch at a time: told in one place, numbered in another, packed in the first.

Only the books know by which number a person or a case goes. So of each stretch it is told first who
and what it speaks of; once that is numbered, its rows are packed as PostgreSQL's own bytes. Nothing
here asks PostgreSQL, and all that is handed over is plain data: it may run in another process.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shinrai.books.binary import NULL, bigint, boolean, integer, json, raw, smallint, text
from shinrai.importers.csv.files import stretches
from shinrai.importers.csv.gathering import Asked, Gathered
from shinrai.importers.csv.planning import Plan, PlannedFile
from shinrai.importers.csv.reading import Problem, Reading
from shinrai.importers.rules.moments import IN_CELL, MomentReader
from shinrai.importers.rules.observing.packing import moments_in, packer
from shinrai.importers.rules.observing.rows import Observed
from shinrai.importers.rules.observing.stretches import stretch_observer
from shinrai.importers.rules.observing.taking import Header, Person, Taker
from shinrai.importers.rules.plausibility.look_ahead import LookAhead

AT_ONCE = 1_000  # rows read together: few enough for the processor's own memory
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


class Numbered(NamedTuple):
    """The answer: numbers by place; None for whom and what is left out. Words by place of row."""

    persons: Sequence[str | None]
    cases: Sequence[int | None]
    doubts: Sequence[Sequence[str]]
    words: Mapping[int, Mapping[str, Any]]


@dataclass
class Telling:
    """One import's files as they are told. A stretch is packed after the next was asked for."""

    plan: Plan
    size: int
    front: bytes
    look_ahead: dict[str, LookAhead] = field(default_factory=dict)
    _file: PlannedFile | None = None
    _walk: Iterator[tuple[int, Gathered]] | None = None
    _waiting: list[Gathered] = field(default_factory=list)

    def open(self, number: int, already: int) -> None:
        """Go on with a file of the plan, of which so many rows are written."""
        [self._file] = [file for file in self.plan.files if file.number == number]
        self._walk = self._told(self._file, already)

    def ask(self) -> Asked | None:
        """Tell who and what the next stretch speaks of; None at the end of the file."""
        assert self._walk is not None
        told = next(self._walk, None)
        if told is None:
            return None
        count, stretch = told
        self._waiting.append(stretch)
        return stretch.asked(count)

    def pack(self, numbered: Numbered) -> list[bytes]:
        """Pack the earliest stretch not yet packed: the bytes of a row per case, for `COLUMNS`."""
        assert self._file is not None
        stretch = self._waiting.pop(0)
        rows, head_of = stretch.rows, stretch.head_of
        of_case: dict[int, list[Observed]] = defaultdict(list)
        cases = numbered.cases
        for row, head in zip(rows, head_of, strict=True):
            if (case_id := cases[head]) is not None:
                of_case[case_id].append(row)
        for place, words in numbered.words.items():
            rows[place].words = dict(words)
        if any(numbered.doubts):
            for row, head in zip(rows, head_of, strict=True):
                row.doubts += tuple(numbered.doubts[head])
        numbers = dict(zip(stretch.persons, numbered.persons, strict=True))
        return list(_packed(self._file, self.front, of_case, numbers))

    def found_ahead(self) -> list[tuple[str, int, int]]:
        """Name the columns that know the future: on how many rows they stand and say too much."""
        return [
            (column, *counts)
            for watch in self.look_ahead.values()
            for column, counts in watch.found().items()
        ]

    def _told(self, file: PlannedFile, already: int) -> Iterator[tuple[int, Gathered]]:
        """Read a file, a stretch at a time; what was written before is read for its keys alone."""
        header = Header(file.survey.header, str(file.survey.path))
        observe = stretch_observer(
            self.plan.mapping,
            file.table,
            header,
            file.zone or IN_CELL,
            has_dates=file.survey.sheet is not None,
        )
        reading = Reading(observe, file.table)
        watch = self._watcher(file)
        begun = count = 0
        stretch = Gathered()
        for some in stretches(file.survey, file.how, min(self.size, AT_ONCE)):
            good, cells, bad = reading.read(some)
            if watch is not None:
                for row, its in zip(good, cells, strict=True):
                    if row.at_us is not None:
                        watch.watch(row.case_key, row.at_us, its)
            lines = some.all_lines()
            if count + len(lines) > already:
                stretch.add(*_unwritten(already - count, lines, good, bad))
            count += len(lines)
            if count - begun >= self.size:
                if count > already:
                    yield count, stretch
                begun, stretch = count, Gathered()
        if count > max(begun, already):
            yield count, stretch

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


def _unwritten(
    done: int, lines: Sequence[int], rows: list[Observed], problems: list[Problem]
) -> tuple[list[Observed], list[Problem]]:
    """Leave out what stands on the first `done` lines; none of them if there are none."""
    if done <= 0:
        return rows, problems
    last = lines[done - 1]
    return (
        [row for row in rows if row.line > last],
        [problem for problem in problems if problem.line > last],
    )


def _packed(
    file: PlannedFile,
    front: bytes,
    of_case: Mapping[int, Sequence[Observed]],
    numbers: Mapping[Person, str | None],
) -> Iterator[bytes]:
    table = file.table
    is_sheet = table.rows == "cases"
    pack = packer(lambda person: numbers[person] or "")
    of_file = text(table.name) + text(table.rows) + boolean(table.joins is not None)
    of_file += smallint(file.number)
    for case_id, rows in of_case.items():
        words = {row.row_key: row.words for row in rows if row.words}
        doubts = [(row.line, sorted(set(row.doubts))) for row in rows if row.doubts]
        yield b"".join(
            (
                front,
                bigint(case_id),
                of_file,
                integer(len(rows)),
                raw(pack(rows)),
                raw(moments_in(rows, is_sheet=is_sheet)),
                json(words) if words else NULL,
                json(doubts) if doubts else NULL,
            )
        )


_tellings: dict[str, Telling] = {}  # of this process, by the name that their import gave them


def begin(name: str, plan: Plan, size: int, front: bytes) -> None:
    """Begin to tell an import's files, so many rows a stretch, under a name of its own."""
    _tellings[name] = Telling(plan, size, front)


def open_file(name: str, number: int, already: int) -> None:
    """Go on with a file: see `Telling.open`."""
    _tellings[name].open(number, already)


def ask(name: str) -> Asked | None:
    """Tell who and what the next stretch speaks of: see `Telling.ask`."""
    return _tellings[name].ask()


def pack(name: str, numbered: Numbered) -> list[bytes]:
    """Pack the earliest stretch not yet packed: see `Telling.pack`."""
    return _tellings[name].pack(numbered)


def end(name: str) -> list[tuple[str, int, int]]:
    """Let go of an import, and name the columns that know the future."""
    return _tellings.pop(name).found_ahead()
