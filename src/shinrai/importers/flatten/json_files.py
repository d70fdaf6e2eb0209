"""Yields the records in files: one JSON document, or one JSON document per line."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from shinrai.importers.flatten.json_documents import DEEPEST, TooDeep, parse_document
from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.table import UnreadableTable, check_file
from shinrai.units.text import Text

JSON_ENDINGS: Final = (
    ".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz",
)  # fmt: skip
TOO_DEEP: Final = None  # a document that no source knows, so it is set aside with its line
LARGEST_LINE: Final = 64 * 1024 * 1024  # a page of a thousand tickets has a few megabytes
LARGEST_DOCUMENT: Final = 256 * 1024 * 1024  # as Python's objects it takes six times that


class RawRecord(NamedTuple):
    """A value in a file: the line it begins on, the value, and its path in the document.

    The path is empty for the document itself; otherwise it is such as `tickets[3].comments[0]`.
    """

    file: str
    line: int
    value: Any
    path: str = ""

    def each(self, name: str, values: Any) -> Iterator["RawRecord"]:
        """Yield the items of a list in this record; nothing if it is not a list."""
        gap = "." if self.path and name else ""
        for number, value in enumerate(values if isinstance(values, list) else ()):
            yield self._replace(value=value, path=f"{self.path}{gap}{name}[{number}]")

    def at(self, name: str, value: Any) -> "RawRecord":
        """Return the value of a field as a record, with its path."""
        return self._replace(value=value, path=f"{self.path}.{name}" if self.path else name)


def records_of(paths: Sequence[Path], *, endings: Sequence[str]) -> Iterator[RawRecord]:
    """Yield the JSON documents of files, and of the files in folders, in their order.

    A file is NDJSON (a document per line, as a pull stores pages) or one document.

    Raises: UnreadableTable with the file, the line and what to do next.
    """
    for path in files_in(paths, endings=endings):
        yield from records_in(path)


def files_in(paths: Sequence[Path], *, endings: Sequence[str]) -> tuple[Path, ...]:
    """Return the files among paths, and those in folders that have one of the endings.

    Raises: UnreadableTable for a path that does not exist or is empty, or a folder without files.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            check_file(path)
            found.append(path)
            continue
        inside = sorted(
            entry
            for entry in path.rglob("*")
            if entry.is_file() and entry.name.lower().endswith(tuple(endings))
        )
        if not inside:
            raise UnreadableTable(
                Text(
                    "{path}: there is no file in this folder that ends in {endings}",
                    path=path,
                    endings=[*endings],
                ),
            )
        found += inside
    return tuple(dict.fromkeys(found))


def records_in(path: Path) -> Iterator[RawRecord]:
    """Yield the JSON documents of one file.

    Raises: UnreadableTable.
    """
    with open_file(path) as file:
        first = file.readline(LARGEST_LINE + 1)
        if _is_whole(first):
            yield from _lines(path, file, first)
        else:
            yield _document(path, first + file.read(LARGEST_DOCUMENT))


def open_file(path: Path) -> AbstractContextManager[BinaryIO]:
    """Open a file for its bytes, decompressed if it is gzip.

    Raises: UnreadableTable if compressed data is cut off, damaged, or too large once unpacked.
    """
    check_file(path)
    return open_bytes(path)


def _is_whole(line: bytes) -> bool:
    """Return whether a line is a whole document, not the first line of a longer one."""
    try:
        parse_document(line.decode("utf-8-sig"))
    except TooDeep:
        return True
    except ValueError:
        return False
    return True


def _lines(path: Path, file: BinaryIO, first: bytes) -> Iterator[RawRecord]:
    line, number = first, 1
    while line:
        if len(line) > LARGEST_LINE:
            raise UnreadableTable(
                Text(
                    "{path}, line {number}: a line of more than {largest_line} MiB is no record",
                    path=path,
                    number=number,
                    largest_line=LARGEST_LINE >> 20,
                ),
            )
        following = file.readline(LARGEST_LINE + 1)
        if line.strip():
            found = _parsed(path, number, line)
            if found is TOO_DEEP and number == 1 and not following:
                raise _too_deep(path)  # the whole file is that one document
            yield RawRecord(path.name, number, found)
        line, number = following, number + 1


def _document(path: Path, text: bytes) -> RawRecord:
    if len(text) >= LARGEST_DOCUMENT:
        raise UnreadableTable(
            Text(
                "{path}: one document of more than {largest_document} MiB; export it as "
                "NDJSON, one record a line",
                path=path,
                largest_document=LARGEST_DOCUMENT >> 20,
            ),
        )
    found = _parsed(path, 1, text)
    if found is TOO_DEEP:
        raise _too_deep(path)
    return RawRecord(path.name, 1, found)


def _too_deep(path: Path) -> UnreadableTable:
    return UnreadableTable(
        Text(
            "{path}: lists and records lie more than {deepest} deep in each other; "
            "this is no desk's export",
            path=path,
            deepest=DEEPEST,
        ),
    )


def _parsed(path: Path, line: int, text: bytes) -> Any:
    try:
        return parse_document(text.decode("utf-8-sig"))
    except TooDeep:
        return TOO_DEEP
    except UnicodeDecodeError as error:
        raise UnreadableTable(
            Text(
                "{path}, line {line}: this is not UTF-8; save it again as UTF-8",
                path=path,
                line=line,
            ),
        ) from error
    except ValueError as error:
        at = line + getattr(error, "lineno", 1) - 1
        raise UnreadableTable(
            Text(
                "{path}, line {at}: this is not JSON, or it is cut off ({error}); export it again",
                path=path,
                at=at,
                error=error,
            ),
        ) from error
