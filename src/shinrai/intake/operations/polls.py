"""Read the sources of connections that are not told of what is new, and their history."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection
from shinrai.intake.operations.receipts import FAULT
from shinrai.intake.queries import connection_view
from shinrai.intake.rules.channels import NotReached
from shinrai.postgres.locks import AlreadyHeld, exclusive_lock
from shinrai.postgres.queue import add_job
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_both_languages

POLL: Final = "intake:poll"
HISTORY_EVERY: Final = timedelta(minutes=4)  # so that figures are five minutes old at most
Poll = Callable[..., Mapping[str, Any]]

log = logging.getLogger("shinrai.intake")


def poll_connections(*, clock: Callable[[], datetime]) -> int:
    """Read every source that is due; return how many were read.

    One that fails is put off, and does not keep the others waiting.
    """
    at = clock()
    due = Connection.objects.filter(Q(due_at=None) | Q(due_at__lte=at), ended_at=None)
    return sum(poll_connection(number, clock=clock) for number in due.values_list("id", flat=True))


def poll_connection(number: int, *, clock: Callable[[], datetime]) -> bool:
    """Read one source from its cursor; return whether it was read.

    The cursor is written after what came is stored: a kill between reads some of it again, and
    what is there already is stored once.
    """
    row = Connection.objects.get(id=number)
    poll = channel_of(row.kind).poll
    if poll is None or row.ended_at is not None:
        return False
    try:
        return _read(row, poll, clock=clock)
    except AlreadyHeld:  # another worker reads it
        return False


def poll_soon() -> None:
    """Read the sources that are due at once, as one of them said that something is new."""
    add_job(POLL, lock=POLL, once=POLL)


def read_histories(*, clock: Callable[[], datetime]) -> int:
    """Import what changed in other desks, one after the other; return how many were read.

    It may take hours, and so is a job of its own. Each begins four minutes after it began before.
    """
    numbers = Connection.objects.filter(ended_at=None).order_by("id").values_list("id", flat=True)
    return sum(_read_history(number, clock=clock) for number in list(numbers))


def _read_history(number: int, *, clock: Callable[[], datetime]) -> bool:
    at, row = clock(), Connection.objects.get(id=number)
    read, due_at = channel_of(row.kind).read_history, row.history.get("due_at", "")
    if read is None or row.ended_at is not None or due_at > at.astimezone(UTC).isoformat():
        return False
    said: Text | None = None
    wait = HISTORY_EVERY
    try:
        with exclusive_lock(f"intake:history:{number}"):
            read(connection_view(row), at=at)
    except AlreadyHeld:
        return False
    except NotReached as error:
        said, wait = error.text, max(HISTORY_EVERY, timedelta(seconds=error.after_s))
    except UserError as error:
        said = error.text
    except Exception:
        log.exception("the history of connection %s cannot be read", number)
        said = FAULT
    history: dict[str, Any] = {"due_at": (at + wait).astimezone(UTC).isoformat()}
    history |= {"error": in_both_languages(said)} if said else {}
    Connection.objects.filter(id=number).update(history=history)
    return said is None


def _read(row: Connection, poll: Poll, *, clock: Callable[[], datetime]) -> bool:
    with exclusive_lock(f"intake:poll:{row.pk}"):
        at = clock()
        try:
            row.refresh_from_db()
            row.cursor = dict(poll(connection_view(row), at=at))
            row.read_at, row.due_at, row.error = at, None, {}
        except NotReached as error:
            _put_off(row, error.text, at, max(60.0, error.after_s))
        except UserError as error:
            _put_off(row, error.text, at, 300.0)
        except Exception:
            log.exception("connection %s cannot be read", row.pk)
            _put_off(row, FAULT, at, 300.0)
        fields = ["cursor", "read_at", "due_at", "error"]
        row.save(update_fields=fields)
    return not row.error


def _put_off(row: Connection, why: Text, at: datetime, after_s: float) -> None:
    row.error, row.due_at = in_both_languages(why), at + timedelta(seconds=after_s)
