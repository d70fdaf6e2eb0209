"""Take in files of events: tables (CSV, Parquet) and messages (one JSON document a line).

Rows are read one after the other, so memory stays flat. An event without an id is known by a hash
of its row and its ordinal among equal rows of the file: imported twice, it counts once.
"""

import csv
import gzip
import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.models import QuarantinedEvent
from shinrai.usage.operations.events import compact_json, receive_events, set_aside
from shinrai.usage.rules.dialects.messages import message_events, read_json
from shinrai.usage.rules.event import BadEvent, RowIds, SameActor, UsageEvent
from shinrai.usage.rules.table_mapping import EventMapping, EventRowReader

ROWS: Final = 20_000  # a transaction
MOST_LINE: Final = 1 << 20
MOST_KEPT: Final = 32 * 1024  # of a row that is set aside
GZIP: Final = b"\x1f\x8b"
PARQUET: Final = b"PAR1"
Read = Callable[[], list[UsageEvent | SameActor]]
Row = tuple[str, bytes | Sequence[Any], Read]  # its place, itself, and how it is read


class UnreadableEvents(UserError, ValueError):
    """A file that is none of those that can be taken in."""


@dataclass(frozen=True)
class FileResult:
    """What a file held: rows, those that wait in the inbox now, and those that were set aside."""

    rows: int
    received: int
    quarantined: int


def take_in_file(
    path: Path, *, workspace: WorkspaceRecord, mapping: EventMapping | None, at: datetime
) -> FileResult:
    """Put the events of a file into the inbox, and what cannot count into the quarantine.

    Raises: BadEventMapping; UnreadableEvents, also for one that is damaged further on. What came
            before counts, and counts once when the mended file is taken in.
    """
    origin = f"{path.name[:60]} {_digest(path)}"
    rows = received = quarantined = 0
    with _counted() as count:
        found = _rows(path, mapping, workspace.zone, RowIds(count), at)
        while part := list(islice(found, ROWS)):
            good: list[UsageEvent | SameActor] = []
            bad: list[tuple[str, Text, bytes]] = []
            for place, row, read in part:
                try:
                    good += read()
                except BadEvent as error:
                    body = row if isinstance(row, bytes) else compact_json(list(map(str, row)))
                    bad.append((place, error.text, _bytes(body)[:MOST_KEPT]))
            with transaction.atomic():
                if not rows:  # imported again, they are not set aside twice
                    QuarantinedEvent.objects.filter(
                        workspace_id=workspace.id, origin=origin
                    ).delete()
                receive_events(workspace_id=workspace.id, events=good, received_at=at)
                set_aside(workspace_id=workspace.id, origin=origin, bad=bad, at=at)
            rows, received = rows + len(part), received + len(part) - len(bad)
            quarantined += len(bad)
    return FileResult(rows, received, quarantined)


def events_in(
    path: Path, mapping: EventMapping | None, zone: str, *, at: datetime
) -> Iterator[UsageEvent | SameActor]:
    """Return the events of a file that can count, under the ids that `take_in_file` gives them."""
    with _counted() as count:
        for _place, _row, read in _rows(path, mapping, zone, RowIds(count), at):
            with suppress(BadEvent):
                yield from read()


def _rows(
    path: Path, mapping: EventMapping | None, zone: str, ids: RowIds, at: datetime
) -> Iterator[Row]:
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning == PARQUET:
        yield from _parquet_rows(path, mapping or EventMapping(), zone, ids, at)
        return
    with gzip.open(path) if beginning[:2] == GZIP else path.open("rb") as file:
        lines = _lines(path, file)
        first = next(lines, None)
        if first is None:
            return
        again: Iterator[tuple[int, bytes]] = _with(first, lines)
        if mapping is None and first[1].lstrip(b"\xef\xbb\xbf \t")[:1] in (b"{", b"["):
            yield from _message_rows(path, first, again, ids, at)
        else:
            yield from _table_rows(path, again, mapping or EventMapping(), zone, ids, at)


def _message_rows(
    path: Path,
    first: tuple[int, bytes],
    lines: Iterable[tuple[int, bytes]],
    ids: RowIds,
    at: datetime,
) -> Iterator[Row]:
    """Read one JSON document a line, or a batch as a client library sends it."""
    if first[1].lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
        raise UnreadableEvents(
            Text("{path} is one JSON list; write one document a line", path=path.name)
        )

    def reading(line: bytes) -> Read:
        return lambda: message_events(read_json(line), received_at=at, ids=ids)

    for number, line in lines:
        if plain := line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield f"line {number}", line, reading(plain)


def _table_rows(
    path: Path,
    lines: Iterable[tuple[int, bytes]],
    mapping: EventMapping,
    zone: str,
    ids: RowIds,
    at: datetime,
) -> Iterator[Row]:
    number = 0

    def texts() -> Iterator[str]:
        nonlocal number
        for number, line in lines:  # noqa: B007 - the line that was read last
            yield _decoded(line)

    source: Iterator[Sequence[str]]
    text = texts()
    head = next(text)
    delimiter = mapping.delimiter or _delimiter(head)
    if delimiter == " ":
        source = (line.split() for line in _with(head, text))
    else:
        source = csv.reader(_with(head, text), delimiter=delimiter)
    cells = [cell.strip() for cell in next(source)]
    header = cells if mapping.has_header else [str(place + 1) for place in range(len(cells))]
    reader = EventRowReader(header, mapping, zone=zone)
    every = source if mapping.has_header else _with(cells, source)
    try:
        for row in every:
            if row:
                yield _row(f"line {number}", row, reader, ids, at)
    except csv.Error as error:
        raise UnreadableEvents(
            Text("{path}, line {number}: {why}", path=path.name, number=number, why=str(error))
        ) from error


def _parquet_rows(
    path: Path, mapping: EventMapping, zone: str, ids: RowIds, at: datetime
) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        reader = EventRowReader(names, mapping, zone=zone)
        for batch in file.iter_batches(batch_size=ROWS):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield _row(f"row {number}", row, reader, ids, at)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableEvents(
            Text("{path} is no readable Parquet file: {why}", path=path.name, why=str(error)[:200])
        ) from error


def _row(place: str, row: Sequence[Any], reader: EventRowReader, ids: RowIds, at: datetime) -> Row:
    return place, row, lambda: [reader.read(row, ids=ids, received_at=at)]


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def _lines(path: Path, file: Any) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        while line := file.readline(MOST_LINE):
            number += 1
            if len(line) >= MOST_LINE:
                raise UnreadableEvents(
                    Text("{path}, line {number} is too long", path=path.name, number=number)
                )
            yield number, line
    except (OSError, EOFError) as error:
        raise UnreadableEvents(
            Text("{path} is damaged after line {number}", path=path.name, number=number)
        ) from error


def _decoded(line: bytes) -> str:
    """Return a line as text: UTF-8, or Shift_JIS as Excel in Japan writes it."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")


def _delimiter(head: str) -> str:
    """Return the delimiter that a first line uses most; blanks only where there is no other."""
    counts = {sign: head.count(sign) for sign in (",", "\t", ";", "|")}
    most = max(counts, key=lambda sign: counts[sign])
    return most if counts[most] else " "


def _with(first: Any, rest: Iterable[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()[:16]
    except OSError as error:
        raise UnreadableEvents(
            Text("cannot read {path}: {why}", path=str(path), why=error.strerror or "")
        ) from error


@contextmanager
def _counted() -> Iterator[Callable[[bytes], int]]:
    """Count how often each hash of a file came, on disk: a file may have any number of rows."""
    with (
        tempfile.TemporaryDirectory(prefix="shinrai-rows-") as folder,
        closing(sqlite3.connect(Path(folder) / "rows", isolation_level=None)) as rows,
    ):
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -65536"):
            rows.execute(f"PRAGMA {pragma}")
        rows.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, count INT) WITHOUT ROWID")
        rows.execute("BEGIN")

        def count(digest: bytes) -> int:
            [found] = rows.execute(
                "INSERT INTO seen VALUES (?, 1) ON CONFLICT (digest) DO UPDATE"
                " SET count = count + 1 RETURNING count",
                [digest],
            ).fetchone()
            return int(found)

        yield count
