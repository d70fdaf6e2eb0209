"""Try an event that was set aside again, after what was wrong is mended, or discard it."""

from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.models import QuarantinedEvent
from shinrai.usage.operations.events import receive_events
from shinrai.usage.queries.actors import set_aside_body, set_aside_event
from shinrai.usage.rules.dialects.messages import message_events, read_json
from shinrai.usage.rules.event import BadEvent, RowIds


class StillWrong(UserError, ValueError):
    """An event that was tried again and cannot count."""


def retry_set_aside(*, workspace_id: int, number: int, at: datetime, by: str) -> int:
    """Read a message that was set aside once more; return how many events it holds.

    It counts from when it came. Rows of a table are brought in again with their file.

    Raises: UnknownSetAside; StillWrong.
    """
    found = set_aside_event(workspace_id=workspace_id, number=number)
    try:
        message = read_json(set_aside_body(workspace_id=workspace_id, number=number))
        if isinstance(message, list):
            raise StillWrong(Text("a row of a table is brought in again with its file"))
        dialect = _dialect(found.origin)
        events = message_events(message, dialect=dialect, received_at=found.at, ids=RowIds())
    except BadEvent as error:
        raise StillWrong(Text("it cannot count still: {why}", why=error.text)) from error
    with transaction.atomic():
        receive_events(workspace_id=workspace_id, events=events, received_at=found.at)
        _remove(workspace_id, number, "retry event set aside", at=at, by=by)
    return len(events)


def discard_set_aside(
    *, workspace_id: int, number: int, reason: str, at: datetime, by: str
) -> None:
    """Delete an event that was set aside, for a reason.

    Raises: UnknownSetAside; StillWrong without a reason.
    """
    words = " ".join(reason.replace("\0", "").split())[:200]
    if not words:
        raise StillWrong(Text("say why it is discarded"))
    set_aside_event(workspace_id=workspace_id, number=number)
    with transaction.atomic():
        _remove(workspace_id, number, "discard event set aside", at=at, by=by, reason=words)


def _dialect(origin: str) -> str:
    """Return the dialect of the door an event came by; a file's is told by each message."""
    if not origin.startswith("POST "):
        return ""
    return "segment" if origin.startswith("POST /v1/") else "posthog"


def _remove(
    workspace_id: int, number: int, what: str, *, at: datetime, by: str, reason: str = ""
) -> None:
    QuarantinedEvent.objects.filter(workspace_id=workspace_id, id=number).delete()
    record_action(
        workspace_id=workspace_id,
        what=what,
        subject=f"event:{number}",
        reason=reason,
        at=at,
        by=by,
    )
