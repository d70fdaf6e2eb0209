"""PostgreSQL locks, which are released when the process that holds them dies."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from shinrai.units.errors import Misuse


class AlreadyHeld(Misuse, RuntimeError):
    """Another process holds the lock."""


def _number(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def exclusive_lock(name: str, *, waits: bool = False) -> Iterator[None]:
    """Hold the lock of this name within a `with` block; also released if the process dies.

    Raises: AlreadyHeld at once, unless it `waits`.
    """
    number = _number(name)
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT true FROM (SELECT pg_advisory_lock(%s)) AS held", [number])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise AlreadyHeld(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def lock_in_transaction(name: str) -> None:
    """Wait for the lock of this name and hold it until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])
