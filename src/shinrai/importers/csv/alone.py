"""One import of a source at a time; and what to say when the books cannot go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from shinrai.books.locks import AlreadyHeld, only_one
from shinrai.importers.queries import imports


class ImportRunning(RuntimeError):
    """Somebody imports from this source into this workspace at the moment."""


class BooksFailed(RuntimeError):
    """PostgreSQL could not go on; nothing half-written counts."""


@contextmanager
def alone(workspace_id: int, source: str) -> Iterator[None]:
    """Be the only one who imports from this source; say so if somebody else does."""
    try:
        with only_one(f"import:{workspace_id}:{source}"):
            yield
    except AlreadyHeld as error:
        raise ImportRunning(_who_imports(workspace_id, source)) from error
    except (DatabaseError, InterfaceError) as error:
        raise BooksFailed(_what_failed(error)) from error


def _who_imports(workspace_id: int, source: str) -> str:
    running = next(
        (
            record
            for record in imports(workspace_id=workspace_id)
            if record.source == source and record.state == "unfinished"
        ),
        None,
    )
    who = (
        f", begun {running.started_at:%Y-%m-%d %H:%M} UTC by {running.by} (import {running.id})"
        if running
        else ""
    )
    return (
        f"another import from {source} into this workspace is running{who}; wait until it is done, "
        "or stop it and give the same command again: it goes on where it stopped"
    )


def _what_failed(error: Exception) -> str:
    state = getattr(error.__cause__, "sqlstate", None) or ""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if state == "53100":
        first = "the disk of the database is full; free some space"
    elif state.startswith(("57", "08")) or not state:
        first = f"the database went away ({first})"
    return (
        f"{first}. Nothing half-written counts: give the same command again, and the import goes "
        "on where it stopped"
    )
