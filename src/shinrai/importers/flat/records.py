"""Stream the records that files hold: JSON documents, or one JSON document a line."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from shinrai.importers.csv.tables import BadTable
from shinrai.importers.packed import unpacked

LARGEST_LINE: Final = 64 * 1024 * 1024  # a page of a thousand tickets has a few megabytes
LARGEST_DOCUMENT: Final = 256 * 1024 * 1024  # as Python's objects it takes six times that
DEEPEST: Final = 100


class RawRecord(NamedTuple):
    """One JSON document: the file it is in, the line it begins at, and what it says."""

    file: str
    line: int
    value: Any


def records_of(paths: Sequence[Path], *, endings: Sequence[str]) -> Iterator[RawRecord]:
    """Stream the JSON documents of files; a folder stands for the files in it, in their order.

    A file is NDJSON (a document a line, also of pages as a pull keeps them) or one document.
    Raises: BadTable naming file, line and what to do next.
    """
    for path in files_in(paths, endings=endings):
        yield from records_in(path)


def files_in(paths: Sequence[Path], *, endings: Sequence[str]) -> tuple[Path, ...]:
    """List the files meant by paths: those named, and those of a folder with one of the endings.

    Raises: BadTable for what is not there, is empty, or is a folder without any such file.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            _check_there(path)
            found.append(path)
            continue
        inside = sorted(
            entry
            for entry in path.rglob("*")
            if entry.is_file() and entry.name.lower().endswith(tuple(endings))
        )
        if not inside:
            raise BadTable(
                f"{path}: there is no file in this folder that ends in {', '.join(endings)}",
                f"{path}: このフォルダーに {'、'.join(endings)} のファイルがありません",
            )
        found += inside
    return tuple(dict.fromkeys(found))


def records_in(path: Path) -> Iterator[RawRecord]:
    """Stream the JSON documents of one file.

    Raises: BadTable.
    """
    with opened(path) as file:
        first = file.readline(LARGEST_LINE + 1)
        if _is_whole(first):
            yield from _lines(path, file, first)
        else:
            yield _document(path, first + file.read(LARGEST_DOCUMENT))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for its bytes, unpacked if it is gzip.

    Raises: BadTable where what is packed is cut off or damaged, or swells.
    """
    _check_there(path)
    with unpacked(path) as file:
        yield file


def _is_whole(line: bytes) -> bool:
    """Tell a line that is a document from the first line of one over many lines."""
    try:
        json.loads(line)
    except ValueError:
        return False
    except RecursionError:  # told where it is read
        return True
    return True


def _lines(path: Path, file: BinaryIO, first: bytes) -> Iterator[RawRecord]:
    line, number = first, 1
    while line:
        if len(line) > LARGEST_LINE:
            raise BadTable(
                f"{path}, line {number}: a line of more than {LARGEST_LINE >> 20} MiB is no record",
                f"{path}、{number} 行目: {LARGEST_LINE >> 20} MiB を超える行は読めません",
            )
        if line.strip():
            yield RawRecord(path.name, number, _parsed(path, number, line))
        line, number = file.readline(LARGEST_LINE + 1), number + 1


def _document(path: Path, text: bytes) -> RawRecord:
    if len(text) >= LARGEST_DOCUMENT:
        raise BadTable(
            f"{path}: one document of more than {LARGEST_DOCUMENT >> 20} MiB; export it as NDJSON, "
            "one record a line",
            f"{path}: 一つの文書が {LARGEST_DOCUMENT >> 20} MiB を超えています。"
            "一行一件の NDJSON で書き出してください",
        )
    return RawRecord(path.name, 1, _parsed(path, 1, text))


def _parsed(path: Path, line: int, text: bytes) -> Any:
    try:
        value = json.loads(text.decode("utf-8-sig"))
        if text.count(b"[") + text.count(b"{") > DEEPEST and _is_deep(value):
            raise _too_deep(path, line)
        return value
    except RecursionError as error:
        raise _too_deep(path, line) from error
    except UnicodeDecodeError as error:
        raise BadTable(
            f"{path}, line {line}: this is not UTF-8; save it again as UTF-8",
            f"{path}、{line} 行目: UTF-8 ではありません。UTF-8 で保存し直してください",
        ) from error
    except BadTable:
        raise
    except ValueError as error:
        at = line + getattr(error, "lineno", 1) - 1
        raise BadTable(
            f"{path}, line {at}: this is not JSON, or it is cut off ({error}); export it again",
            f"{path}、{at} 行目: JSON として読めないか、途中で切れています。"
            "もう一度書き出してください",
        ) from error


def _is_deep(value: Any) -> bool:
    """Tell whether lists and records lie in each other deeper than any desk's do."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _too_deep(path: Path, line: int) -> BadTable:
    return BadTable(
        f"{path}, line {line}: lists and records lie more than {DEEPEST} deep in each other; this "
        "is no desk's export",
        f"{path}、{line} 行目: 入れ子が {DEEPEST} 段を超えています。"
        "ヘルプデスクの書き出しではありません",
    )


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file", f"{path}: ファイルがありません")
    if path.stat().st_size == 0:
        raise BadTable(
            f"{path}: the file is empty; export it again",
            f"{path}: ファイルが空です。もう一度書き出してください",
        )
