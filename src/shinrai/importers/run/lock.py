"""The lock that lets one import of a source run at a time in a workspace."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from shinrai.importers.queries import imports
from shinrai.importers.run.errors import RetryLater
from shinrai.postgres.locks import AlreadyHeld, exclusive_lock
from shinrai.units.text import Text, verbatim


class ImportRunning(RetryLater):
    """Another import from this source into this workspace is running."""


class DatabaseFailed(RetryLater):
    """PostgreSQL failed during the import; nothing half-written counts."""


@contextmanager
def import_lock(workspace_id: int, source: str) -> Iterator[None]:
    """Hold the lock for a source's imports. Raises: ImportRunning, DatabaseFailed."""
    try:
        with exclusive_lock(f"import:{workspace_id}:{source}"):
            yield
    except AlreadyHeld as error:
        raise ImportRunning(_running_words(workspace_id, source)) from error
    except (DatabaseError, InterfaceError) as error:
        raise DatabaseFailed(_failure_words(error)) from error


def _running_words(workspace_id: int, source: str) -> Text:
    running = next(
        (
            record
            for record in imports(workspace_id=workspace_id)
            if record.source == source and record.state == "unfinished"
        ),
        None,
    )
    if running is None:
        return Text(
            "another import from {source} into this workspace is running; wait until it is done, "
            "or stop it and give the same command again: it goes on where it stopped",
            source=source,
        )
    return Text(
        "another import from {source} into this workspace is running, begun "
        "{at:%Y-%m-%d %H:%M} UTC by {by} (import {id}); wait until it is done, or stop it and "
        "give the same command again: it goes on where it stopped",
        source=source,
        at=running.started_at,
        by=running.by,
        id=running.id,
    )


def _failure_words(error: Exception) -> Text:
    state = getattr(error.__cause__, "sqlstate", None) or ""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    what = verbatim(first)
    if state == "53100":
        what = Text("the disk of the database is full; free some space")
    elif state.startswith(("57", "08")) or not state:
        what = Text("the database went away ({first})", first=first)
    return Text(
        "{what}. Nothing half-written counts: give the same command again, and the "
        "import goes on where it stopped",
        what=what,
    )
