"""Opens files for their bytes, decompressed if they are gzip, up to a limit.

A megabyte of gzip may hold a gigabyte of nothing. Real data shrinks to a tenth or a thirtieth; a
file that unpacks to a hundred times its size is not real data.
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
    """Open a file for its bytes, decompressed if it is gzip.

    Raises: UnreadableTable if compressed data is cut off, damaged, or too large once unpacked.
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
    """The decompressed bytes of a gzip file, up to a limit."""

    def __init__(self, inside: gzip.GzipFile, path: Path) -> None:
        self._inside, self._path = inside, path
        self._left = self._most = ALWAYS + MOST_TIMES * path.stat().st_size

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, into: Any) -> int:
        """Decompress some bytes into `into`; return how many.

        Raises: UnreadableTable once they are more than the limit.
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
