"""Python's garbage collection of cycles, made rare while millions of short-lived rows are read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARE = 2_000_000  # more objects than a chunk of rows ever holds; Python's own is 700


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect garbage cycles rarely in this block: rows make none, and it took much time.

    Rows are freed without it once they are written. Cycles that other code leaves are still found
    before they take much memory. Objects that exist before the block are not searched.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(RARE, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
