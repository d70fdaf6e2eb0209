"""Read the sources of connections that are not told of what is new."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection
from shinrai.intake.operations.receipts import FAULT
from shinrai.intake.queries import connection_view
from shinrai.intake.rules.channels import NotReached
from shinrai.postgres.locks import AlreadyHeld, exclusive_lock
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_both_languages

POLL: Final = "intake:poll"
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
