"""Reads CSV files: compressed or not, in the declared encodings, with errors in their rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from shinrai.importers.tables.encoding import declared_encodings, encoding_of
from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.lines import Lines, lines_in, whole_lines, with_separator
from shinrai.importers.tables.table import (
    LARGEST_CELL,
    LOOKED_AT,
    ReadOptions,
    RowChunk,
    Survey,
    TableRow,
    UnreadableTable,
    checked_row,
)
from shinrai.units.text import Text

GLANCE: Final = 1 << 18  # bytes
BLANK: Final = b" \t\r\x0b\x0c\x1c\x1d\x1e\x1f"  # within a line, of ASCII: see `str.strip`
AT_ONCE: Final = 500  # records: few enough that they stay in the processor's own memory
_FIRST: Final = itemgetter(0)


def first_rows(path: Path, how: ReadOptions) -> tuple[tuple[str, ...], ...]:
    """Read the header in the first declared encoding that fits it, and a few rows below it.

    Raises: UnreadableTable.
    """
    try:
        how = with_separator(path, how)
        for encoding in declared_encodings(path, how):
            walk = _records(path, encoding, (), how, AT_ONCE)
            first = next(walk, None)
            if first is None:
                raise UnreadableTable(
                    Text(
                        "{path}: there is no header in row {header_row}",
                        path=path,
                        header_row=how.header_row,
                    ),
                )
            record = _single_row(first)
            if record.problem is not None:
                continue
            names = tuple(map(str, record.cells))
            if any("\x00" in name for name in names):
                raise UnreadableTable(
                    Text(
                        "{path}, line {line}: this is no table of text (NUL bytes)",
                        path=path,
                        line=record.line,
                    ),
                )
            if not any("\ud800" <= sign <= "\udfff" for sign in "".join(names)):
                return names, *_below(walk)  # a surrogate is a byte that did not decode
    except UnicodeError as error:
        raise _other_encoding(path, error) from error
    raise UnreadableTable(
        Text(
            "{path}: the header cannot be read in any of {encodings}; is this a CSV?",
            path=path,
            encodings=", ".join(how.encodings),
        ),
    )


def _below(walk: Iterator[RowChunk]) -> Iterator[tuple[str, ...]]:
    try:
        for cells in next(walk, RowChunk((), ())).cells[: LOOKED_AT - 1]:
            yield tuple(map(str, cells))
    except (UnreadableTable, UnicodeError):
        return  # the survey will say what breaks the file further down


def survey(path: Path, digest: str, how: ReadOptions) -> Survey:
    """Find the encoding and the header, and count the rows to the end of the file.

    Raises: UnreadableTable.
    """
    try:
        how = with_separator(path, how)
        encoding, bad = encoding_of(path, how)
        walk = _records(path, encoding, bad, how, AT_ONCE)
        first = next(walk, None)
        names = None if first is None else _header(path, _single_row(first), how)
        count = None
        if first is not None and not bad:
            count = _unquoted(path, encoding, how, after=_single_row(first).line)
        if count is None:
            count = sum(_count(some, len(names)) for some in walk) if names is not None else 0
    except UnicodeError as error:
        raise _other_encoding(path, error) from error
    if names is None:
        raise UnreadableTable(
            Text(
                "{path}: there is no header in row {header_row}; export it again",
                path=path,
                header_row=how.header_row,
            ),
        )
    return Survey(path, digest, names, count, encoding=encoding, bad_lines=frozenset(bad))


def row_chunks(surveyed: Survey, how: ReadOptions, size: int) -> Iterator[RowChunk]:
    """Yield the rows below the header, `size` at a time."""
    assert surveyed.encoding is not None
    width = len(surveyed.header)
    how = with_separator(surveyed.path, how)
    walk = _records(surveyed.path, surveyed.encoding, surveyed.bad_lines, how, size)
    next(walk)
    for some in walk:
        if _are_plainly_whole(some.cells, width):
            yield some
            continue
        found = [
            row
            for line, cells in zip(some.lines, some.cells, strict=True)
            if (row := checked_row(line, cells, width)) is not None
        ]
        whole = [row for row in found if row.problem is None]
        broken = [row for row in found if row.problem is not None]
        yield RowChunk(
            [row.line for row in whole], [row.cells for row in whole], [*some.broken, *broken]
        )


def _unquoted(path: Path, encoding: str, how: ReadOptions, *, after: int) -> int | None:
    """Count the rows after a line, in a file without quotation marks: each line is a row.

    None if that is not sure, and the records must be parsed. Counting this way is three times as
    fast, and most files of steps have no quotation marks.
    """
    if encoding.startswith("utf-16"):
        return None
    count = 0
    with open_bytes(path) as raw:
        if any(b'"' in raw.readline(LARGEST_CELL) for _ in range(after)):
            return None
        for block in whole_lines(path, raw, GLANCE):
            if b'"' in block or block.count(b"\r") != block.count(b"\r\n"):
                return None
            if len(block) > LARGEST_CELL:
                return None
            count += lines_in(block) - _blank_lines(block, encoding, how.delimiter)
    return count


def _blank_lines(block: bytes, encoding: str, delimiter: str) -> int:
    """Count the lines that hold nothing but spaces and delimiters."""
    if block.isascii():
        rest = block.translate(None, BLANK + delimiter.encode())
        if b"\n\n" not in b"\n" + rest + (b"" if block.endswith(b"\n") else b"\n"):
            return 0
    lines = io.StringIO(block.decode(encoding, errors="replace"), newline="\n")
    return sum(not line.replace(delimiter, "").strip() for line in lines)


def _count(some: RowChunk, width: int) -> int:
    """Count the rows among records; empty lines are not counted."""
    if _are_plainly_whole(some.cells, width):
        return len(some.cells) + len(some.broken)
    return len(some.broken) + sum(checked_row(0, cells, width) is not None for cells in some.cells)


def _are_plainly_whole(records: Sequence[Sequence[Any]], width: int) -> bool:
    """Return whether all records have the right width and a first cell: a fast check."""
    return set(map(len, records)) == {width} and all(map(str.strip, map(_FIRST, records)))


def _single_row(some: RowChunk) -> TableRow:
    return some.broken[0] if some.broken else TableRow(some.lines[0], some.cells[0])


def _header(path: Path, row: TableRow, how: ReadOptions) -> tuple[str, ...]:
    if row.problem is not None:
        raise UnreadableTable(
            Text(
                "{path}, line {line}: the header cannot be read: {problem}",
                path=path,
                line=row.line,
                problem=row.problem,
            ),
        )
    names = tuple(str(cell) for cell in row.cells)
    if len(names) == 1:
        for sign in ("\t", ";", ","):
            if sign != how.delimiter and sign in names[0]:
                raise UnreadableTable(
                    Text(
                        "{path}, line {line}: the header is one single cell; the delimiter seems "
                        "to be {sign!r}: say so by `delimiter` in the mapping",
                        path=path,
                        line=row.line,
                        sign=sign,
                    ),
                )
    return names


def _records(
    path: Path, encoding: str, bad: Iterable[int], how: ReadOptions, size: int
) -> Iterator[RowChunk]:
    """Yield the header, then records `size` at a time, with the file's line each starts on."""
    csv.field_size_limit(LARGEST_CELL)
    suspicious = frozenset(bad)
    lines = Lines(path, encoding)
    reader = csv.reader(chain.from_iterable(lines), delimiter=how.delimiter, strict=True)
    skip, wanted = how.header_row - 1, 1
    while True:
        lines.wanted_from = line = reader.line_num + 1
        found: list[list[str]] = []
        broken: list[TableRow] = []
        problem = None
        try:
            found.extend(islice(reader, wanted))  # what was read before an error stays in it
        except csv.Error as error:
            problem = str(error)
        if problem is None and not found:
            return
        starts, line = _starts(found, line, reader.line_num + 1 if problem is None else None)
        if problem is not None:
            broken.append(_unreadable(path, line, problem, lines.text(line, reader.line_num)))
        if skip and not broken:
            skip -= 1
            continue
        if suspicious and not suspicious.isdisjoint(range(lines.wanted_from, line)):
            mixed = _mixed_records(starts, line, suspicious)
            broken = [
                TableRow(
                    start, cells, _mixed(mixed[start][0], encoding), lines.text(*mixed[start][1])
                )
                for start, cells in zip(starts, found, strict=True)
                if start in mixed
            ] + broken
            found = [
                [] if start in mixed else cells for start, cells in zip(starts, found, strict=True)
            ]
        if [] in found:
            starts = [start for start, cells in zip(starts, found, strict=True) if cells]
            found = [cells for cells in found if cells]
        if found or broken:
            yield RowChunk(starts, found, broken)
            wanted = size


def _starts(
    found: Sequence[Sequence[str]], line: int, until: int | None
) -> tuple[Sequence[int], int]:
    """Return the lines that records start on, and the line of the next record (`until` if known).

    A record takes one line, and one more for each line break within its cells.
    """
    if until == line + len(found):
        return range(line, until), until
    starts: list[int] = []
    for cells in found:
        starts.append(line)
        line += 1 + sum(cell.count("\n") for cell in cells)
    return starts, line


def _mixed_records(
    starts: Sequence[int], end: int, suspicious: frozenset[int]
) -> dict[int, tuple[int, tuple[int, int]]]:
    """Return by first line the records with a line in another encoding: that line, and range."""
    return {
        start: (min(odd), (start, until - 1))
        for start, until in zip(starts, [*starts[1:], end], strict=True)
        if (odd := suspicious.intersection(range(start, until)))
    }


def _unreadable(path: Path, line: int, error: str, raw: str) -> TableRow:
    """Return a broken record as a row with its problem. Raises: UnreadableTable."""
    if "unexpected end of data" in error or "field larger" in error:
        raise UnreadableTable(
            Text(
                "{path}, line {line}: a quotation mark opened in this row is never closed, "
                "so the rest of the file lies in one cell; the file is cut off, or the "
                "mark must be doubled",
                path=path,
                line=line,
            ),
        )
    problem = Text("the quotation marks of this line cannot be read ({error})", error=error)
    return TableRow(line, (), problem, raw)


def _mixed(line: int, encoding: str) -> Text:
    other = "CP932" if encoding.startswith("utf") else "UTF-8"
    return Text(
        "line {line} is not in {encoding} like the rest of the file, probably in "
        "{other}: the file mixes encodings; save this row again and import the "
        "file once more",
        line=line,
        encoding=encoding,
        other=other,
    )


def _other_encoding(path: Path, error: UnicodeError) -> UnreadableTable:
    encoding, place = getattr(error, "encoding", "text"), getattr(error, "start", 0) + 1
    return UnreadableTable(
        Text(
            "{path}: the file cannot be read as {encoding} (near byte {place}); it is "
            "cut off or in another encoding: save it as UTF-8 and import it again",
            path=path,
            encoding=encoding,
            place=place,
        ),
    )
