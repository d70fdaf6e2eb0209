"""CSV as it comes: compressed or not, in declared encodings, with whatever breaks in it."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from shinrai.importers.csv.tables import (
    LARGEST_CELL,
    BadTable,
    HowToRead,
    Row,
    Survey,
    checked,
)
from shinrai.importers.rules.wording import Words, both

GZIP = b"\x1f\x8b"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
USUAL = ("utf-8-sig", "cp932", "euc_jp")
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
    bad: list[int] | None = None
    first: str | None = None


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone, in the first declared encoding that fits it.

    Raises: BadTable.
    """
    try:
        for encoding in _declared(path, how):
            record = next(_records(path, encoding, (), how), None)
            if record is None:
                raise BadTable(
                    f"{path}: there is no header in row {how.header_row}",
                    f"{path}: {how.header_row} 行目に見出しがありません",
                )
            if record.problem is not None:
                continue
            names = tuple(map(str, record.cells))
            if any("\x00" in name for name in names):
                raise BadTable(
                    f"{path}, line {record.line}: this is no table of text (NUL bytes)",
                    f"{path}、{record.line} 行目: 文字の表ではありません（NUL バイト）",
                )
            if not any("\ud800" <= sign <= "\udfff" for sign in "".join(names)):
                return names  # a surrogate is a byte that did not decode
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeError) as error:
        raise _cut_off(path, error) from error
    raise BadTable(
        f"{path}: the header cannot be read in any of {', '.join(how.encodings)}; is this a CSV?",
        f"{path}: {', '.join(how.encodings)} のどれでも見出しを読めません。CSV でしょうか",
    )


def survey(path: Path, digest: str, how: HowToRead) -> Survey:
    """Find the encoding and the header, and read the file to its end.

    Raises: BadTable.
    """
    try:
        encoding, bad = _encoding(path, how)
        names: tuple[str, ...] | None = None
        count = 0
        for row in _records(path, encoding, bad, how):
            if names is None:
                names = _header(path, row, how)
            else:
                count += row.problem is not None or _is_row(row, len(names))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _cut_off(path, error) from error
    if names is None:
        raise BadTable(
            f"{path}: there is no header in row {how.header_row}; export it again",
            f"{path}: {how.header_row} 行目に見出しがありません。もう一度書き出してください",
        )
    return Survey(path, digest, names, count, encoding=encoding, bad_lines=frozenset(bad))


def rows(surveyed: Survey, how: HowToRead) -> Iterator[Row]:
    """Stream the rows below the header."""
    assert surveyed.encoding is not None
    width = len(surveyed.header)
    records = _records(surveyed.path, surveyed.encoding, surveyed.bad_lines, how)
    next(records)
    for row in records:
        if row.problem is not None:
            yield row
        elif (found := checked(row.line, row.cells, width)) is not None:
            yield found


def _is_row(row: Row, width: int) -> bool:
    return checked(row.line, row.cells, width) is not None


def _header(path: Path, row: Row, how: HowToRead) -> tuple[str, ...]:
    if row.problem is not None:
        raise BadTable(
            f"{path}, line {row.line}: the header cannot be read: {row.problem['en']}",
            f"{path}、{row.line} 行目: 見出しを読めません。{row.problem['ja']}",
        )
    names = tuple(str(cell) for cell in row.cells)
    if len(names) == 1:
        for sign in ("\t", ";", ","):
            if sign != how.delimiter and sign in names[0]:
                raise BadTable(
                    f"{path}, line {row.line}: the header is one single cell; the delimiter seems "
                    f"to be {sign!r}: say so by `delimiter` in the mapping",
                    f"{path}、{row.line} 行目: 見出しが 1 セルになっています。"
                    f"区切り文字は {sign!r} のようです。対応表の `delimiter` に書いてください",
                )
    return names


def _records(path: Path, encoding: str, bad: Iterable[int], how: HowToRead) -> Iterator[Row]:
    """Read records from the header on, with the physical line each starts on."""
    csv.field_size_limit(LARGEST_CELL)
    suspicious = frozenset(bad)
    taken: list[str] = []

    def feed() -> Iterator[str]:
        for line in _lines(path, encoding):
            taken.append(line)
            yield line

    reader = csv.reader(feed(), delimiter=how.delimiter, strict=True)
    skipped = 0
    while True:
        start = reader.line_num + 1
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable(path, start, str(error), "".join(taken))
            continue
        if skipped < how.header_row - 1:
            skipped += 1
            continue
        if not cells:
            continue
        mixed = suspicious.intersection(range(start, reader.line_num + 1)) if suspicious else None
        if mixed:
            yield Row(start, tuple(cells), _mixed(min(mixed), encoding), "".join(taken))
        else:
            yield Row(start, tuple(cells))


def _unreadable(path: Path, line: int, error: str, raw: str) -> Row:
    """Set one broken record aside; one that swallows the rest of the file breaks the file."""
    if "unexpected end of data" in error or "field larger" in error:
        raise BadTable(
            f"{path}, line {line}: a quotation mark opened in this row is never closed, so the "
            "rest of the file lies in one cell; the file is cut off, or the mark must be doubled",
            f"{path}、{line} 行目: この行で開いた引用符が閉じていません。"
            "ファイルが途中で切れているか、引用符を二つ重ねる必要があります",
        )
    problem = both(
        en=f"the quotation marks of this line cannot be read ({error})",
        ja="この行の引用符を読み取れません。セルの中の引用符は二つ重ねてください",
    )
    return Row(line, (), problem, raw)


def _mixed(line: int, encoding: str) -> Words:
    other = "CP932" if encoding.startswith("utf") else "UTF-8"
    return both(
        en=f"line {line} is not in {encoding} like the rest of the file, probably in {other}: the "
        "file mixes encodings; save this row again and import the file once more",
        ja=f"{line} 行目だけが {encoding} ではなく、おそらく {other} です。文字コードが"
        "混在しています。この行を保存し直して、ファイルをもう一度取り込んでください",
    )


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Decode line by line; bytes that do not decode survive as surrogates in rows set aside."""
    if encoding.startswith("utf-16"):
        with io.TextIOWrapper(_bytes(path), encoding=encoding, newline="") as file:
            yield from file
        return
    rest = "utf-8" if encoding == "utf-8-sig" else encoding
    with _bytes(path) as raw:
        for number, line in enumerate(raw):
            yield line.decode(encoding if number == 0 else rest, errors="surrogateescape")


def _bytes(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_compressed = file.read(2) == GZIP
    if is_compressed:
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _encoding(path: Path, how: HowToRead) -> tuple[str, list[int]]:
    """Take the first declared encoding that fits every line; else the one that fits almost all.

    A byte order mark decides by itself.

    Raises: BadTable naming file, line, byte and what to try.
    """
    declared = _declared(path, how)
    tried = []
    for encoding in declared:
        attempt = _tried(path, encoding)
        if not attempt.bad:
            return encoding, []
        tried.append(attempt)
    best = min(tried, key=lambda attempt: len(attempt.bad or ()))
    if len(best.bad or ()) <= BAD_SHARE * best.lines:
        return best.encoding, list(best.bad or ())
    fits = [name for name in USUAL if name not in declared and not _tried(path, name).bad]
    advice = (
        f"it reads as {fits[0]}: add that to `encodings` in the mapping"
        if fits
        else "save the file as UTF-8 and import it again"
    )
    raise BadTable(
        f"{path}, {best.first}: not {best.encoding} (tried {', '.join(declared)}); {advice}",
        f"{path}、{best.first}: {best.encoding} として読めません（試した文字コード: "
        f"{', '.join(declared)}）。対応表の `encodings` に正しい文字コードを書いてください",
    )


def _declared(path: Path, how: HowToRead) -> tuple[str, ...]:
    with _bytes(path) as file:
        start = file.read(3)
    return next(((name,) for bom, name in BOMS if start.startswith(bom)), how.encodings)


def _cut_off(path: Path, error: Exception) -> BadTable:
    return BadTable(
        f"{path}: the compressed file is cut off or damaged ({error}); copy or export it again",
        f"{path}: 圧縮ファイルが途中で切れているか壊れています。"
        "もう一度コピーするか書き出してください",
    )


def _tried(path: Path, encoding: str) -> _Try:
    attempt = _Try(encoding, bad=[])
    assert attempt.bad is not None
    if encoding.startswith("utf-16"):
        try:
            attempt.lines = sum(1 for _ in _lines(path, encoding))
        except UnicodeError as error:
            attempt.bad, attempt.lines = [1], 1
            attempt.first = f"byte {getattr(error, 'start', 0) + 1}"
        return attempt
    is_unicode = encoding.startswith("utf")
    rest = "utf-8" if encoding == "utf-8-sig" else encoding
    with _bytes(path) as raw:
        for number, line in enumerate(raw, start=1):
            attempt.lines = number
            if line.isascii():
                continue
            problem = _problem(line, encoding if number == 1 else rest, is_unicode=is_unicode)
            if problem is not None:
                attempt.bad.append(number)
                attempt.first = attempt.first or f"line {number}, {problem}"
    return attempt


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
