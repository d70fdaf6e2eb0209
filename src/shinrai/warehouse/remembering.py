"""Answers kept in memory for as long as the tables they were computed from stand.

A page asks the same of the same versions again and again. What was answered once is handed out
until one of the tables has another version: no page shows less than the version it names.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, TypeVar, cast

from shinrai.warehouse.store import Warehouse, version_of
from shinrai.warehouse.tables import Table

T = TypeVar("T")
KEPT = 256  # answers; they are counts, lists of a page, and reports


class Shelf:
    """Keep a bounded number of answers, those asked for last; each is made by one thread alone."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Hand out what lies under a key, or make it; whoever else asks meanwhile waits for it."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(T, self._found[key])
            turn = self._making.setdefault(key, Lock())
        with turn:
            with self._lock:
                if key in self._found:
                    return cast(T, self._found[key])
            try:
                made = make()
                with self._lock:
                    self._found[key] = made
                    while len(self._found) > self._most:
                        self._found.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether something lies under a key."""
        return key in self._found

    def __len__(self) -> int:
        """Count the answers kept."""
        return len(self._found)


_shelf = Shelf()


def remembered(
    warehouse: Warehouse, tables: Iterable[Table], key: tuple[Hashable, ...], make: Callable[[], T]
) -> T:
    """Hand out what was made under this key from these tables as they stand, or make it now.

    `key` names everything else the answer depends on: the question, the workspace, what was asked.
    """
    return _shelf.get(_key(warehouse, tables, key), make)


def is_remembered(warehouse: Warehouse, tables: Iterable[Table], key: tuple[Hashable, ...]) -> bool:
    """Tell whether `remembered` would hand something out at once."""
    return _key(warehouse, tables, key) in _shelf


def _key(
    warehouse: Warehouse, tables: Iterable[Table], key: tuple[Hashable, ...]
) -> tuple[Hashable, ...]:
    versions = tuple((table.name, table.version, version_of(warehouse, table)) for table in tables)
    return (warehouse.root, versions, *key)
