"""Blocks of rows, to work on arrays of any length with little memory."""

from collections.abc import Iterator

BLOCK = 1 << 14  # rows at once: few enough for the cache, enough to make calls cheap


def blocks(rows: int) -> Iterator[slice]:
    """Yield slices that cut this number of rows into blocks."""
    for start in range(0, rows, BLOCK):
        yield slice(start, min(start + BLOCK, rows))
