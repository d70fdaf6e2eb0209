"""Reads the lines of a text file, decoded in blocks."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np

from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.table import LARGEST_CELL, ReadOptions, UnreadableTable
from shinrai.units.text import Text

AT_ONCE = 1 << 20  # bytes
LARGEST_RECORD = 8 * LARGEST_CELL  # bytes of the records that are read together
OF_A_LINE = 50  # bytes that Python needs beside its characters
MOST_BLANK = 5_000_000  # lines
EMPTY = (b"\n\n", b"\n\r\n", b"\n\x00\n", b"\n\x00\r\x00\n")  # of UTF-16 too
SEPARATOR = re.compile(rb'(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?"?sep=([ -~\t])"?\r?\n', re.IGNORECASE)
_END = ord("\n")


class Lines:
    """The lines of a file, many at once; the lines of the current record are kept in memory.

    Bytes that do not decode are kept as surrogate characters.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.wanted_from = 1
        self._held: list[tuple[int, list[str], int]] = []

    def __iter__(self) -> Iterator[list[str]]:
        number = 1
        for lines in self._read():
            self._held = [some for some in self._held if some[0] + len(some[1]) > self.wanted_from]
            self._held.append((number, lines, sum(map(len, lines)) + OF_A_LINE * len(lines)))
            if sum(length for *_, length in self._held) > LARGEST_RECORD:
                raise _too_long(self.path, self.wanted_from, "record")
            number += len(lines)
            yield lines

    def text(self, first: int, last: int) -> str:
        """Return these lines of the current record, unchanged."""
        return "".join(
            line
            for number, lines, _ in self._held
            for line in lines[max(first - number, 0) : max(last + 1 - number, 0)]
        )

    def _read(self) -> Iterator[list[str]]:
        encoding = self.encoding
        with open_bytes(self.path) as raw:
            if encoding.startswith("utf-16"):
                yield from self._wide(raw)
                return
            for block in whole_lines(self.path, raw, AT_ONCE):
                yield _decoded(block, encoding)
                encoding = "utf-8" if encoding == "utf-8-sig" else encoding

    def _wide(self, raw: IO[bytes]) -> Iterator[list[str]]:
        """Yield the lines of a file in UTF-16."""
        decode = codecs.getincrementaldecoder(self.encoding)().decode
        rest, number = "", 1
        for block in _blocks(self.path, raw, AT_ONCE):
            lines = io.StringIO(rest + decode(block), newline="").readlines()
            rest = lines.pop() if lines else ""
            if len(rest) > LARGEST_CELL:
                raise _too_long(self.path, number + len(lines), "line")
            number += len(lines)
            yield lines
        yield [rest + decode(b"", final=True)] if rest else []


def whole_lines(path: Path, raw: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield a file in blocks of about `size` bytes, each to the end of its last line.

    Raises: UnreadableTable if a line is too long, or if there are millions of empty lines.
    """
    lines = 0
    for block in _blocks(path, raw, size):
        if not block.endswith(b"\n"):
            block += (rest := raw.readline(LARGEST_CELL))
            if len(rest) == LARGEST_CELL:
                raise _too_long(path, lines + lines_in(block), "line")
        yield block
        lines += lines_in(block)


def _blocks(path: Path, raw: IO[bytes], size: int) -> Iterator[bytes]:
    blank = 0
    while block := raw.read(size):
        blank += sum(map(block.count, EMPTY))
        if blank > MOST_BLANK:
            raise UnreadableTable(
                Text(
                    "{path}: the file holds millions of empty lines; export it again without them",
                    path=path,
                ),
            )
        yield block


def _too_long(path: Path, line: int, what: str) -> UnreadableTable:
    return UnreadableTable(
        Text(
            "{path}, line {line}: this {what} is longer than any of a table, by "
            "millions of characters; is this a CSV? Export it again",
            path=path,
            line=line,
            what=what,
        ),
    )


def with_separator(path: Path, how: ReadOptions) -> ReadOptions:
    """Read the delimiter from a first line such as `sep=;`, which Excel writes above a table."""
    with open_bytes(path) as file:
        found = SEPARATOR.match(file.read(40).replace(b"\x00", b""))
    if found is None:
        return how
    return replace(how, delimiter=found[1].decode(), header_row=how.header_row + 1)


def lines_in(block: bytes) -> int:
    """Count lines; the last one may have no line end."""
    ends = np.count_nonzero(np.frombuffer(block, np.uint8) == _END)
    return int(ends) + (not block.endswith(b"\n"))


def _decoded(block: bytes, encoding: str) -> list[str]:
    """Decode lines, all together if that gives the same as one by one."""
    if block.isascii() or encoding.startswith("utf"):
        try:
            return io.StringIO(block.decode(encoding), newline="\n").readlines()
        except UnicodeDecodeError:
            pass
    rest = "utf-8" if encoding == "utf-8-sig" else encoding
    return [
        line.decode(rest if number else encoding, errors="surrogateescape")
        for number, line in enumerate(io.BytesIO(block))
    ]
