"""Open a file from outside for its bytes: unpacked if it is gzip, and never to more than it may be.

A megabyte of gzip may hold a gigabyte of nothing. What desks, logs and mail hold shrinks to a tenth
or a thirtieth; a file that unpacks to a hundred times its size is none of them.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from shinrai.importers.tables.table import BLOCK, UnreadableTable
from shinrai.units.text import Text

GZIP: Final = b"\x1f\x8b"
MOST_TIMES: Final = 100
ALWAYS: Final = 64 * 1024 * 1024  # bytes that may come of however small a file


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for its bytes, unpacked if it is gzip.

    Raises: UnreadableTable where what is packed is cut off, damaged, or swells.
    """
    with path.open("rb") as file:
        if file.read(2) != GZIP:
            file.seek(0)
            yield file
            return
    try:
        with (
            gzip.open(path) as inside,
            io.BufferedReader(_LimitedBytes(inside, path), BLOCK) as limited,
        ):
            yield limited
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableTable(
            Text(
                "{path}: the compressed file is cut off or damaged ({error}); copy or "
                "export it again",
                path=path,
                error=error,
            ),
        ) from error


class _LimitedBytes(io.RawIOBase):
    """The bytes in a gzip file, up to as many as it may hold."""

    def __init__(self, inside: gzip.GzipFile, path: Path) -> None:
        self._inside, self._path = inside, path
        self._left = self._most = ALWAYS + MOST_TIMES * path.stat().st_size

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, into: Any) -> int:
        """Unpack some bytes.

        Raises: UnreadableTable once they are more than the file may hold.
        """
        count: int = self._inside.readinto(into)
        self._left -= count
        if self._left < 0:
            most = self._most >> 20
            raise UnreadableTable(
                Text(
                    "{path}: unpacked it has more than {most:,} MB, {most_times} times what "
                    "was sent; unpack it, look at what is in it, and import that",
                    path=self._path,
                    most=most,
                    most_times=MOST_TIMES,
                ),
            )
        return count
