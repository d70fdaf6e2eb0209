"""Python's search for cycles, held back while millions of short-lived rows go by."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARE = 2_000_000  # more objects than a chunk of rows ever holds; Python's own is 700


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles seldom in this block: rows make none, and looking took a quarter of the time.

    Rows are let go of as soon as they are written, without any search; should something else leave
    cycles behind, they are found before they weigh. What there was before is left out of it.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(RARE, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
