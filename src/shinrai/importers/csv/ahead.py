"""Python computes the next stretch while PostgreSQL takes in the one before."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

Item = TypeVar("Item")
_END: Final = object()


@contextmanager
def one_ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """Make items in a thread of their own, one ahead of whoever uses them in this block.

    What makes them must not ask PostgreSQL: another thread would be another connection. What goes
    wrong while one is made is raised where it would have been used.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as aside:
        yield _walk(items, aside)


def _walk(items: Iterator[Item], aside: ThreadPoolExecutor) -> Iterator[Item]:
    coming = aside.submit(next, items, _END)
    while (item := coming.result()) is not _END:
        coming = aside.submit(next, items, _END)
        yield item  # type: ignore[misc]
