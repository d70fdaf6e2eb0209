"""What files say, a stretch at a time: told in one place, numbered in another, packed in the first.

Only the books know by which number a person or a case goes. So of each stretch it is told first who
and what it speaks of; once that is numbered, what was said of each case is laid together as
PostgreSQL's own bytes. Nothing here asks PostgreSQL, and all that is handed over is plain data: it
may run in another process.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shinrai.books.binary import NULL, bigint, boolean, integer, json, raw, smallint, text
from shinrai.importers.rules.checks.look_ahead import LookAhead
from shinrai.importers.rules.moments import IN_CELL, MomentReader
from shinrai.importers.rules.observation.cell_values import Taker
from shinrai.importers.rules.observation.chunks import stretch_observer
from shinrai.importers.rules.observation.header import Header
from shinrai.importers.rules.observation.packed_rows import (
    Packing,
    Swap,
    moments_packed,
    swap,
)
from shinrai.importers.rules.observation.rows import Observed, whose_row
from shinrai.importers.run.chunk import Asked, Gathered
from shinrai.importers.run.file_reader import Problem, Reading
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.importers.tables.files import stretches

MOST_LETTERS = 8_000_000  # of the words in a stretch: they wait in memory to be sealed
GROWN = 5  # times as many rows in a stretch, late in a long file
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
    _packing: Packing = field(default_factory=Packing)

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
        return list(self._packed(self._file, self._waiting.pop(0), numbered))

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
            writing=file.writing,
        )
        reading = Reading(observe, file.table, whose_row(file.table, header))
        watch = self._watcher(file)
        begun = count = 0
        stretch = self._gather(file)
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
            if count - begun >= self._wanted(begun) or stretch.letters >= MOST_LETTERS:
                if count > already:
                    yield count, stretch
                begun, stretch = count, self._gather(file)
        if count > max(begun, already):
            yield count, stretch

    def _packed(self, file: PlannedFile, stretch: Gathered, numbered: Numbered) -> Iterator[bytes]:
        table = file.table
        of_file = text(table.name) + text(table.rows) + boolean(table.joins is not None)
        of_file += smallint(file.number)
        rows_of: dict[int, list[int]] = defaultdict(list)
        for place, head in enumerate(stretch.head_of):
            if (case_id := numbered.cases[head]) is not None:
                rows_of[case_id].append(place)
        for_all, for_case = self._swaps(stretch, numbered)
        words, doubts = _words(stretch, numbered), _doubts(stretch, numbered)
        said, moments = stretch.said, stretch.moments
        for case_id, places in rows_of.items():
            its_swaps = [*for_all, *for_case[case_id]]
            packed = self._packing.together([said[place] for place in places], its_swaps)
            spoken = [at for place in places for at in moments[place]]
            its_words = {words[place][0]: words[place][1] for place in places if place in words}
            its_doubts = [doubts[place] for place in places if place in doubts]
            yield b"".join(
                (
                    self.front,
                    bigint(case_id),
                    of_file,
                    integer(len(places)),
                    raw(packed),
                    raw(moments_packed(spoken)),
                    json(its_words) if its_words else NULL,
                    json(its_doubts) if its_doubts else NULL,
                )
            )

    def _swaps(
        self, stretch: Gathered, numbered: Numbered
    ) -> tuple[list[Swap], Mapping[int, list[Swap]]]:
        """Put numbers in the place of stand-ins: of staff anywhere, of customers by their cases."""
        numbers = dict(zip(stretch.persons, numbered.persons, strict=True))
        of_person: dict[int, Swap] = {}
        for_all: dict[Swap, None] = {}
        for known_as, person in stretch.named.items():
            if (number := numbers[person]) is None:
                continue
            self._packing.number(person, number)
            if (stand_in := stretch.standing.get(known_as)) is not None:
                of_person[known_as] = swap(stand_in, number)
                if person.kind != "customer":
                    for_all[of_person[known_as]] = None
        for_case: dict[int, list[Swap]] = defaultdict(list)
        for head, case_id in zip(stretch.heads, numbered.cases, strict=True):
            if case_id is not None:
                named = (of_person.get(id(person)) for person in head.customers())
                for_case[case_id] += [found for found in named if found is not None]
        return list(for_all), for_case

    def _wanted(self, done: int) -> int:
        """Say how many rows the next stretch holds, when so many of the file are read.

        The first are few, for they are waited for. Later ones are more: where rows come by time, a
        case lies in many stretches, and each piece of it is looked up, written and read by itself.
        """
        return min(max(self.size, done // 20), GROWN * self.size)

    def _gather(self, file: PlannedFile) -> Gathered:
        return Gathered(self._packing, is_sheet=file.table.rows == "cases")

    def _watcher(self, file: PlannedFile) -> LookAhead | None:
        table = file.table
        if table.rows != "states" or table.at is None or table.begins is None:
            return None
        if table.name not in self.look_ahead:
            moments = MomentReader(table.moments, file.zone or IN_CELL, table.clocks, file.writing)
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


def _words(stretch: Gathered, numbered: Numbered) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Say by place of row where its words lie."""
    keys = {row.place: row.row_key for row in stretch.talking}
    return {place: (keys[place], words) for place, words in numbered.words.items() if words}


def _doubts(stretch: Gathered, numbered: Numbered) -> dict[int, tuple[int, list[str]]]:
    """Say by place of row on which line it stands and what is doubtful about it."""
    found = dict(stretch.doubts)
    if any(numbered.doubts):
        for place, head in enumerate(stretch.head_of):
            if more := numbered.doubts[head]:
                found[place] = (*found.get(place, ()), *more)
    return {place: (stretch.lines[place], sorted(set(codes))) for place, codes in found.items()}


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
