"""Finds the encoding of a text file: the declared one that fits every or almost every line."""

import io
from dataclasses import dataclass, field
from pathlib import Path

from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.lines import AT_ONCE, Lines, lines_in, whole_lines
from shinrai.importers.tables.table import ReadOptions, UnreadableTable
from shinrai.units.text import Text

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LOOKED_AT = 4_096  # bytes
USUAL = ("utf-8-sig", "cp932", "euc_jp")
BAD_SHARE = 0.05  # above it the file is not mixed, it is in another encoding
NO_CHARACTERS = (
    "\x80",
    "\xa0",
    "\uf8f0",
    "\uf8f1",
    "\uf8f2",
    "\uf8f3",
)  # cp932 bytes of no character


@dataclass
class _Attempt:
    """How many lines of a file an encoding was tried on, and which did not fit."""

    encoding: str
    lines: int = 0
    bad: list[int] = field(default_factory=list)
    first: str | None = None


def encoding_of(path: Path, how: ReadOptions) -> tuple[str, list[int]]:
    """Return the first declared encoding that fits every line, or else the one that fits most.

    With it come the numbers of the lines that do not fit. A byte order mark decides alone.

    Raises: UnreadableTable with the file, the line, the byte and what to try.
    """
    wanted = declared_encodings(path, how)
    tried = []
    for encoding in wanted:
        attempt = _attempt(path, encoding)
        if not attempt.bad:
            return encoding, []
        tried.append(attempt)
    best = min(tried, key=lambda attempt: len(attempt.bad))
    if len(best.bad) <= BAD_SHARE * best.lines:
        return best.encoding, best.bad
    fits = [name for name in USUAL if name not in wanted and not _attempt(path, name).bad]
    advice = (
        f"it reads as {fits[0]}: add that to `encodings` in the mapping"
        if fits
        else "save the file as UTF-8 and import it again"
    )
    raise UnreadableTable(
        Text(
            "{path}, {first}: not {encoding} (tried {wanted}); {advice}",
            path=path,
            first=best.first,
            encoding=best.encoding,
            wanted=", ".join(wanted),
            advice=advice,
        ),
    )


def declared_encodings(path: Path, how: ReadOptions) -> tuple[str, ...]:
    """Return the encodings a file may be in; a byte order mark decides alone.

    So do zero bytes: a table has digits, delimiters and line ends, and UTF-16 writes each of them
    with a zero byte, before or after.
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


def _attempt(path: Path, encoding: str) -> _Attempt:
    attempt = _Attempt(encoding)
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
    """Return whether many lines surely are in this encoding: a fast check."""
    if block.isascii():
        return True
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return is_unicode


def _problem(line: bytes, encoding: str, *, is_unicode: bool) -> str | None:
    """Return why a line is not in this encoding; None if it may be."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} (0x{line[error.start]:02x})"
    if is_unicode:
        return None
    if any(sign in text for sign in NO_CHARACTERS):
        return "a byte that stands for no character"
    # Japanese UTF-8 decodes as CP932 now and then, into characters nobody typed. A line of real
    # CP932 that is valid UTF-8 with three-byte characters does not occur by chance.
    try:
        other = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "which is UTF-8" if any(sign >= "\u0800" for sign in other) else None
