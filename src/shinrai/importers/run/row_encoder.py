"""Worker process: reads rows in chunks, waits for their ids, and encodes them for COPY.

The ids of persons and cases come from the database. So a chunk is summarised first (its persons and
cases); once the importing process has looked up their ids, the rows of each case are encoded as one
row of PostgreSQL's binary COPY. Nothing here uses the database, and all that is exchanged is plain
data.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shinrai.importers.rules.checks.look_ahead import LookAhead
from shinrai.importers.rules.moments import IN_CELL, MomentReader
from shinrai.importers.rules.observation.cell_values import CellReader
from shinrai.importers.rules.observation.chunks import chunk_observer
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.packed_rows import (
    Replacement,
    RowPacker,
    pack_moments,
    replacement,
)
from shinrai.importers.rules.observation.rows import ObservedRow, row_owner
from shinrai.importers.run.chunk import Chunk, ChunkSummary
from shinrai.importers.run.file_reader import FileReader, RejectedRow
from shinrai.importers.run.plan import Plan, PlannedFile
from shinrai.importers.tables.files import row_chunks
from shinrai.postgres.binary import NULL, bigint, boolean, integer, json, raw, smallint, text

MOST_CHARACTERS = 8_000_000  # of the words in a chunk: they wait in memory to be sealed
LATE_FACTOR = 5  # times as many rows in a chunk, late in a long file
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


class ChunkIds(NamedTuple):
    """Ids of a chunk's persons and cases, by index (None: left out); texts by index of the row."""

    persons: Sequence[str | None]
    cases: Sequence[int | None]
    doubts: Sequence[Sequence[str]]
    words: Mapping[int, Mapping[str, Any]]


@dataclass
class RowEncoder:
    """Reads and encodes the files of one import. A chunk is encoded after the next one is read."""

    plan: Plan
    size: int
    front: bytes
    look_ahead: dict[str, LookAhead] = field(default_factory=dict)
    _file: PlannedFile | None = None
    _walk: Iterator[tuple[int, Chunk]] | None = None
    _waiting: list[Chunk] = field(default_factory=list)
    _packing: RowPacker = field(default_factory=RowPacker)

    def open(self, number: int, already: int) -> None:
        """Open a file of the plan, of which `already` rows are written."""
        [self._file] = [file for file in self.plan.files if file.number == number]
        self._walk = self._chunks(self._file, already)

    def next_chunk(self) -> ChunkSummary | None:
        """Read the next chunk and return its summary; None at the end of the file."""
        assert self._walk is not None
        told = next(self._walk, None)
        if told is None:
            return None
        count, chunk = told
        self._waiting.append(chunk)
        return chunk.summary(count)

    def encode(self, ids: ChunkIds) -> list[bytes]:
        """Encode the earliest chunk not yet encoded: one COPY row for each case, of `COLUMNS`."""
        assert self._file is not None
        return list(self._encoded(self._file, self._waiting.pop(0), ids))

    def look_ahead_columns(self) -> list[tuple[str, int, int]]:
        """Return columns with times later than their row: name, count of values, of later ones."""
        return [
            (column, *counts)
            for watch in self.look_ahead.values()
            for column, counts in watch.found().items()
        ]

    def _chunks(self, file: PlannedFile, already: int) -> Iterator[tuple[int, Chunk]]:
        """Yield the chunks of a file; rows already written are read only to find repeated keys."""
        header = TableHeader(file.survey.header, str(file.survey.path))
        observe = chunk_observer(
            self.plan.mapping,
            file.table,
            header,
            file.zone or IN_CELL,
            has_dates=file.survey.sheet is not None,
            writing=file.writing,
        )
        reading = FileReader(observe, file.table, row_owner(file.table, header))
        watch = self._watcher(file)
        begun = count = 0
        chunk = self._new_chunk(file)
        for some in row_chunks(file.survey, file.how, min(self.size, AT_ONCE)):
            good, cells, bad = reading.read(some)
            if watch is not None:
                for row, its in zip(good, cells, strict=True):
                    if row.at_us is not None:
                        watch.watch(row.case_key, row.at_us, its)
            lines = some.all_lines()
            if count + len(lines) > already:
                chunk.add(*_unwritten(already - count, lines, good, bad))
            count += len(lines)
            if count - begun >= self._chunk_size(begun) or chunk.characters >= MOST_CHARACTERS:
                if count > already:
                    yield count, chunk
                begun, chunk = count, self._new_chunk(file)
        if count > max(begun, already):
            yield count, chunk

    def _encoded(self, file: PlannedFile, chunk: Chunk, ids: ChunkIds) -> Iterator[bytes]:
        table = file.table
        of_file = text(table.name) + text(table.rows) + boolean(table.joins is not None)
        of_file += smallint(file.number)
        rows_of: dict[int, list[int]] = defaultdict(list)
        for place, group in enumerate(chunk.group_of):
            if (case_id := ids.cases[group]) is not None:
                rows_of[case_id].append(place)
        for_all, for_case = self._replacements(chunk, ids)
        words, doubts = _words(chunk, ids), _doubts(chunk, ids)
        said, moments = chunk.said, chunk.moments
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
                    raw(pack_moments(spoken)),
                    json(its_words) if its_words else NULL,
                    json(its_doubts) if its_doubts else NULL,
                )
            )

    def _replacements(
        self, chunk: Chunk, ids: ChunkIds
    ) -> tuple[list[Replacement], Mapping[int, list[Replacement]]]:
        """Return what replaces stand-ins by ids: of staff in all cases, of customers by case."""
        numbers = dict(zip(chunk.persons, ids.persons, strict=True))
        of_person: dict[int, Replacement] = {}
        for_all: dict[Replacement, None] = {}
        for known_as, person in chunk.named.items():
            if (number := numbers[person]) is None:
                continue
            self._packing.number(person, number)
            if (stand_in := chunk.stand_ins.get(known_as)) is not None:
                of_person[known_as] = replacement(stand_in, number)
                if person.kind != "customer":
                    for_all[of_person[known_as]] = None
        for_case: dict[int, list[Replacement]] = defaultdict(list)
        for group, case_id in zip(chunk.groups, ids.cases, strict=True):
            if case_id is not None:
                named = (of_person.get(id(person)) for person in group.customers())
                for_case[case_id] += [found for found in named if found is not None]
        return list(for_all), for_case

    def _chunk_size(self, done: int) -> int:
        """Return how many rows the next chunk holds, when `done` rows of the file are read.

        The first chunks are small, as the import waits for them. Later ones are larger: in a file
        sorted by time a case is in many chunks, and each part of it is looked up and written apart.
        """
        return min(max(self.size, done // 20), LATE_FACTOR * self.size)

    def _new_chunk(self, file: PlannedFile) -> Chunk:
        return Chunk(self._packing, is_sheet=file.table.rows == "cases")

    def _watcher(self, file: PlannedFile) -> LookAhead | None:
        table = file.table
        if table.rows != "states" or table.at is None or table.begins is None:
            return None
        if table.name not in self.look_ahead:
            moments = MomentReader(table.moments, file.zone or IN_CELL, table.clocks, file.writing)
            reader = CellReader(table, TableHeader(file.survey.header, ""), moments)
            reader.moment(table.at)
            reader.moment(table.begins.at)
            self.look_ahead[table.name] = LookAhead(
                file.survey.header, moments, table.missing, frozenset(reader.used)
            )
        return self.look_ahead[table.name]


def _unwritten(
    done: int, lines: Sequence[int], rows: list[ObservedRow], problems: list[RejectedRow]
) -> tuple[list[ObservedRow], list[RejectedRow]]:
    """Leave out the rows on the first `done` lines, which are written already."""
    if done <= 0:
        return rows, problems
    last = lines[done - 1]
    return (
        [row for row in rows if row.line > last],
        [problem for problem in problems if problem.line > last],
    )


def _words(chunk: Chunk, ids: ChunkIds) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Return by index of a row its key and where its texts are stored."""
    keys = {row.place: row.row_key for row in chunk.with_texts}
    return {place: (keys[place], words) for place, words in ids.words.items() if words}


def _doubts(chunk: Chunk, ids: ChunkIds) -> dict[int, tuple[int, list[str]]]:
    """Return by index of a row its line and the codes of its doubts."""
    found = dict(chunk.doubts)
    if any(ids.doubts):
        for place, group in enumerate(chunk.group_of):
            if more := ids.doubts[group]:
                found[place] = (*found.get(place, ()), *more)
    return {place: (chunk.lines[place], sorted(set(codes))) for place, codes in found.items()}


_encoders: dict[str, RowEncoder] = {}  # of this process, by the name that their import gave them


def open_encoder(name: str, plan: Plan, size: int, front: bytes) -> None:
    """Open an encoder for an import's files, `size` rows a chunk, under a unique name."""
    _encoders[name] = RowEncoder(plan, size, front)


def open_file(name: str, number: int, already: int) -> None:
    """Open a file: see `RowEncoder.open`."""
    _encoders[name].open(number, already)


def next_chunk(name: str) -> ChunkSummary | None:
    """Summarise the next chunk: see `RowEncoder.next_chunk`."""
    return _encoders[name].next_chunk()


def encode_chunk(name: str, ids: ChunkIds) -> list[bytes]:
    """Encode the earliest chunk: see `RowEncoder.encode`."""
    return _encoders[name].encode(ids)


def close_encoder(name: str) -> list[tuple[str, int, int]]:
    """Close an encoder; return its look-ahead columns."""
    return _encoders.pop(name).look_ahead_columns()
