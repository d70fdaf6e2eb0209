"""What files say, a stretch at a time: told in one place, numbered in another, packed in the first.

Only the books know by which number a person or a case goes. So of each stretch it is told first who
and what it speaks of; once that is numbered, its rows are packed as PostgreSQL's own bytes. Nothing
here asks PostgreSQL, and all that is handed over is plain data: it may run in another process.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

from shinrai.books.binary import NULL, bigint, boolean, integer, json, raw, smallint, text
from shinrai.importers.csv.files import stretches
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
_texts = attrgetter("texts")


@dataclass(slots=True)
class Head:
    """Rows of one case that name the same customers: what holds for one of them holds for all.

    `others` are customers they name besides. `doubts` is for whoever numbers the case.
    """

    case_key: str
    customer: Person | None
    others: tuple[Person, ...]
    has_texts: bool
    count: int = 0
    doubts: list[str] = field(default_factory=list)

    def customers(self) -> Iterator[Person]:
        """Walk all customers these rows name."""
        if self.customer is not None:
            yield self.customer
        yield from self.others


@dataclass(slots=True)
class Talking:
    """A row with words, by its place in the stretch and that of its head."""

    place: int
    head: int
    case_key: str
    row_key: str
    texts: Mapping[str, str]


class Asked(NamedTuple):
    """Who and what a stretch speaks of. `done` rows of the file are read by now."""

    done: int
    persons: Sequence[Person]
    heads: Sequence[Head]
    talking: Sequence[Talking]
    bad: Sequence[Problem]


class Numbered(NamedTuple):
    """The answer: numbers by place; None for whom and what is left out. Words by place of row."""

    persons: Sequence[str | None]
    cases: Sequence[int | None]
    doubts: Sequence[Sequence[str]]
    words: Mapping[int, Mapping[str, Any]]


class _Stretch(NamedTuple):
    rows: list[Observed]
    head_of: list[int]
    persons: list[Person]


@dataclass
class Telling:
    """One import's files as they are told. A stretch is packed after the next was asked for."""

    plan: Plan
    size: int
    front: bytes
    look_ahead: dict[str, LookAhead] = field(default_factory=dict)
    _file: PlannedFile | None = None
    _walk: Iterator[tuple[int, list[Observed], list[Problem]]] | None = None
    _waiting: list[_Stretch] = field(default_factory=list)

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
        count, rows, bad = told
        named = {id(person): person for row in rows for person in row.persons}
        persons = list(dict.fromkeys(named.values()))
        heads, head_of = _heads(rows, {key for key, p in named.items() if p.kind == "customer"})
        talking = [
            Talking(place, head_of[place], rows[place].case_key, rows[place].row_key, texts)
            for place, texts in compress(enumerate(map(_texts, rows)), map(_texts, rows))
        ]
        self._waiting.append(_Stretch(rows, head_of, persons))
        return Asked(count, persons, heads, talking, bad)

    def pack(self, numbered: Numbered) -> list[bytes]:
        """Pack the earliest stretch not yet packed: the bytes of a row per case, for `COLUMNS`."""
        assert self._file is not None
        rows, head_of, persons = self._waiting.pop(0)
        of_case: dict[int, list[Observed]] = {}
        for row, head in zip(rows, head_of, strict=True):
            case_id = numbered.cases[head]
            if case_id is not None:
                of_case.setdefault(case_id, []).append(row)
        for place, words in numbered.words.items():
            rows[place].words = dict(words)
        if any(numbered.doubts):
            for row, head in zip(rows, head_of, strict=True):
                row.doubts += numbered.doubts[head]
        numbers = dict(zip(persons, numbered.persons, strict=True))
        return list(_packed(self._file, self.front, of_case, numbers))

    def found_ahead(self) -> list[tuple[str, int, int]]:
        """Name the columns that know the future: on how many rows they stand and say too much."""
        return [
            (column, *counts)
            for watch in self.look_ahead.values()
            for column, counts in watch.found().items()
        ]

    def _told(
        self, file: PlannedFile, already: int
    ) -> Iterator[tuple[int, list[Observed], list[Problem]]]:
        """Read a file, a stretch at a time; what was written before is read for its keys alone."""
        header = Header(file.survey.header, str(file.survey.path))
        observe = stretch_observer(self.plan.mapping, file.table, header, file.zone or IN_CELL)
        reading = Reading(observe, file.table)
        watch = self._watcher(file)
        count = 0
        lines: list[int] = []
        rows: list[Observed] = []
        problems: list[Problem] = []
        for some in stretches(file.survey, file.how, min(self.size, AT_ONCE)):
            good, cells, bad = reading.read(some)
            if watch is not None:
                for row, its in zip(good, cells, strict=True):
                    if row.at_us is not None:
                        watch.watch(row.case_key, row.at_us, its)
            lines += some.all_lines()
            rows += good
            problems += bad
            if len(lines) >= self.size:
                count += len(lines)
                if count > already:
                    done = already - count + len(lines)
                    yield count, *_unwritten(done, lines, rows, problems)
                lines, rows, problems = [], [], []
        count += len(lines)
        if lines and count > already:
            yield count, *_unwritten(already - count + len(lines), lines, rows, problems)

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
    done: int, lines: list[int], rows: list[Observed], problems: list[Problem]
) -> tuple[list[Observed], list[Problem]]:
    """Leave out what stands on the first `done` lines; none of them if there are none."""
    if done <= 0:
        return rows, problems
    last = lines[done - 1]
    return (
        [row for row in rows if row.line > last],
        [problem for problem in problems if problem.line > last],
    )


def _heads(rows: Sequence[Observed], customers: Set[int]) -> tuple[list[Head], list[int]]:
    """Find which rows are alike in their case and customers, in the order in which they come.

    Customers come by `id`: the same person is one object in many rows.
    """
    known: dict[Any, int] = {}
    heads: list[Head] = []
    head_of: list[int] = []
    last: Observed | None = None
    place = 0
    for row in rows:
        customer, persons = row.customer, row.persons
        # Most rows are like the one before: of the same case and customer, and of no other.
        if (
            last is None
            or row.case_key != last.case_key
            or customer is not last.customer
            or row.texts
            or len(persons) > 1 + (customer is not None)
            or (len(persons) > (customer is not None) and id(persons[-1]) in customers)
        ):
            others = tuple([p for p in persons if id(p) in customers and p is not customer])
            key = (row.case_key, id(customer), bool(row.texts), *map(id, others))
            place = known.setdefault(key, len(heads))
            if place == len(heads):
                heads.append(Head(row.case_key, customer, others, bool(row.texts)))
            last = None if row.texts or others else row
        heads[place].count += 1
        head_of.append(place)
    return heads, head_of


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
