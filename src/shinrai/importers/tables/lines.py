"""The lines of a file of text, in the encoding it turns out to be in."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from shinrai.importers.gzip_files import open_bytes
from shinrai.importers.tables.table import LARGEST_CELL, BadTable, HowToRead

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LOOKED_AT = 4_096  # bytes
USUAL = ("utf-8-sig", "cp932", "euc_jp")
AT_ONCE = 1 << 20  # bytes
LARGEST_RECORD = 8 * LARGEST_CELL  # bytes of the records that are read together
OF_A_LINE = 50  # bytes that Python needs beside its characters
MOST_BLANK = 5_000_000  # lines
EMPTY = (b"\n\n", b"\n\r\n", b"\n\x00\n", b"\n\x00\r\x00\n")  # of UTF-16 too
SEPARATOR = re.compile(rb'(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?"?sep=([ -~\t])"?\r?\n', re.IGNORECASE)
_END = ord("\n")
BAD_SHARE = 0.05  # above it the file is not mixed, it is in another encoding
NEVER_TYPED = (
    "\x80",
    "\xa0",
    "\uf8f0",
    "\uf8f1",
    "\uf8f2",
    "\uf8f3",
)  # cp932 bytes of no character


@dataclass
class _Try:
    """How far an encoding gets through a file."""

    encoding: str
    lines: int = 0
    bad: list[int] = field(default_factory=list)
    first: str | None = None


class Lines:
    """The lines of a file, many at once; those of the record being read are kept at hand.

    Bytes that do not decode survive as surrogates in rows set aside.
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
        """Give the lines of the record being read as they stand."""
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
        """Read lines of two bytes a character."""
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
    """Read a file in blocks of so many bytes, each to the end of its last line.

    Raises: BadTable for a line that is longer than any table has, and for millions of empty lines.
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
            raise BadTable(
                f"{path}: the file holds millions of empty lines; export it again without them",
                f"{path}: 空の行が何百万行もあります。空行なしで書き出しなおしてください",
            )
        yield block


def _too_long(path: Path, line: int, what: str) -> BadTable:
    return BadTable(
        f"{path}, line {line}: this {what} is longer than any of a table, by millions of "
        "characters; is this a CSV? Export it again",
        f"{path}、{line} 行目: この行は長すぎます（数百万文字以上）。CSV でしょうか。"
        "もう一度書き出してください",
    )


def with_separator(path: Path, how: HowToRead) -> HowToRead:
    """Honour the line `sep=;` that Excel reads and writes above a table."""
    with open_bytes(path) as file:
        found = SEPARATOR.match(file.read(40).replace(b"\x00", b""))
    if found is None:
        return how
    return replace(how, delimiter=found[1].decode(), header_row=how.header_row + 1)


def lines_in(block: bytes) -> int:
    """Count lines; the last may have no end."""
    ends = np.count_nonzero(np.frombuffer(block, np.uint8) == _END)
    return int(ends) + (not block.endswith(b"\n"))


def _decoded(block: bytes, encoding: str) -> list[str]:
    """Decode lines together where that is the same as one by one."""
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


def encoding_of(path: Path, how: HowToRead) -> tuple[str, list[int]]:
    """Take the first declared encoding that fits every line; else the one that fits almost all.

    A byte order mark decides by itself.

    Raises: BadTable naming file, line, byte and what to try.
    """
    wanted = declared(path, how)
    tried = []
    for encoding in wanted:
        attempt = _tried(path, encoding)
        if not attempt.bad:
            return encoding, []
        tried.append(attempt)
    best = min(tried, key=lambda attempt: len(attempt.bad))
    if len(best.bad) <= BAD_SHARE * best.lines:
        return best.encoding, best.bad
    fits = [name for name in USUAL if name not in wanted and not _tried(path, name).bad]
    advice = (
        f"it reads as {fits[0]}: add that to `encodings` in the mapping"
        if fits
        else "save the file as UTF-8 and import it again"
    )
    raise BadTable(
        f"{path}, {best.first}: not {best.encoding} (tried {', '.join(wanted)}); {advice}",
        f"{path}、{best.first}: {best.encoding} として読めません（試した文字コード: "
        f"{', '.join(wanted)}）。対応表の `encodings` に正しい文字コードを書いてください",
    )


def declared(path: Path, how: HowToRead) -> tuple[str, ...]:
    """List the encodings a file may be in; a byte order mark decides by itself.

    So do bytes of zero: a table has digits, delimiters and line ends, and UTF-16 writes each of
    them with one, in front or behind.
    """
    with open_bytes(path) as file:
        start = file.read(LOOKED_AT)
    for bom, name in BOMS:
        if start.startswith(bom):
            return (name,)
    for name, zeros, others in (
        ("utf-16-le", start[1::2], start[::2]),
        ("utf-16-be", start[::2], start[1::2]),
    ):
        is_wide = b"\x00" in zeros and b"\x00" not in others
        if is_wide and "\n" in start.decode(name, errors="ignore"):
            return (name,)
    return how.encodings


def _tried(path: Path, encoding: str) -> _Try:
    attempt = _Try(encoding)
    if encoding.startswith("utf-16"):
        try:
            attempt.lines = sum(map(len, Lines(path, encoding)))
        except UnicodeError as error:
            attempt.bad, attempt.lines = [1], 1
            attempt.first = f"byte {getattr(error, 'start', 0) + 1}"
        return attempt
    is_unicode = encoding.startswith("utf")
    rest = "utf-8" if encoding == "utf-8-sig" else encoding
    with open_bytes(path) as raw:
        for block in whole_lines(path, raw, AT_ONCE):
            before, attempt.lines = attempt.lines, attempt.lines + lines_in(block)
            if _fits(block, rest if before else encoding, is_unicode=is_unicode):
                continue
            for number, line in enumerate(io.BytesIO(block), start=before + 1):
                if line.isascii():
                    continue
                problem = _problem(line, encoding if number == 1 else rest, is_unicode=is_unicode)
                if problem is not None:
                    attempt.bad.append(number)
                    attempt.first = attempt.first or f"line {number}, {problem}"
    return attempt


def _fits(block: bytes, encoding: str, *, is_unicode: bool) -> bool:
    """Tell at one glance that nothing speaks against many lines being in this encoding."""
    if block.isascii():
        return True
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return is_unicode


def _problem(line: bytes, encoding: str, *, is_unicode: bool) -> str | None:
    """Say what speaks against a line being in this encoding."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} (0x{line[error.start]:02x})"
    if is_unicode:
        return None
    if any(sign in text for sign in NEVER_TYPED):
        return "a byte that stands for no character"
    # Japanese UTF-8 decodes as CP932 now and then, into characters nobody typed. A line of real
    # CP932 that is valid UTF-8 with three-byte characters does not occur by chance.
    try:
        other = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "which is UTF-8" if any(sign >= "\u0800" for sign in other) else None
