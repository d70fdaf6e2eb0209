"""Columns of any length, worked on a block of rows at a time."""

from collections.abc import Iterator

BLOCK = 1 << 14  # rows at once: few enough for the cache, enough to make calls cheap


def blocks(rows: int) -> Iterator[slice]:
    """Cut so many rows into blocks."""
    for start in range(0, rows, BLOCK):
        yield slice(start, min(start + BLOCK, rows))
