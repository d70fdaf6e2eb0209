"""CSV as it comes: compressed or not, in declared encodings, with whatever breaks in it."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from shinrai.importers.csv.lines import Lines, declared, encoding_of
from shinrai.importers.csv.tables import (
    LARGEST_CELL,
    BadTable,
    HowToRead,
    Row,
    Survey,
    checked,
)
from shinrai.units.wording import Words, both


def header(path: Path, how: HowToRead) -> tuple[str, ...]:
    """Read the header alone, in the first declared encoding that fits it.

    Raises: BadTable.
    """
    try:
        for encoding in declared(path, how):
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
        encoding, bad = encoding_of(path, how)
        names: tuple[str, ...] | None = None
        count = width = 0
        for row in _records(path, encoding, bad, how):
            if names is None:
                names = _header(path, row, how)
                width = len(names)
            elif row.problem is not None or _is_plainly_whole(row.cells, width):
                count += 1
            else:
                count += _is_row(row, width)
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
        if row.problem is not None or _is_plainly_whole(row.cells, width):
            yield row
        elif (found := checked(row.line, row.cells, width)) is not None:
            yield found


def _is_plainly_whole(cells: Sequence[str | datetime], width: int) -> bool:
    """Tell at a glance that a row is one: most begin with their key."""
    return len(cells) == width and cells[0][:1].isalnum()  # type: ignore[index]


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
    lines = Lines(path, encoding)
    reader = csv.reader(chain.from_iterable(lines), delimiter=how.delimiter, strict=True)
    skipped = 0
    while True:
        start = lines.wanted_from = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable(path, start, str(error), lines.text(start, reader.line_num))
            continue
        if skipped < how.header_row - 1:
            skipped += 1
            continue
        if not cells:
            continue
        mixed = suspicious.intersection(range(start, reader.line_num + 1)) if suspicious else None
        if mixed:
            raw = lines.text(start, reader.line_num)
            yield Row(start, tuple(cells), _mixed(min(mixed), encoding), raw)
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


def _cut_off(path: Path, error: Exception) -> BadTable:
    return BadTable(
        f"{path}: the compressed file is cut off or damaged ({error}); copy or export it again",
        f"{path}: 圧縮ファイルが途中で切れているか壊れています。"
        "もう一度コピーするか書き出してください",
    )
