"""The places outside where cases are told of: opened by what came in, and kept up to date."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection, Thread
from shinrai.intake.operations.receipts import FAULT, id_within
from shinrai.intake.queries import connection_view, thread_view, threads_behind
from shinrai.intake.rules.channels import PAUSES_S, NotReached, RefusedThere
from shinrai.intake.status import case_status
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.queue import add_job
from shinrai.units.text import Text, in_both_languages

TELL: Final = "intake:tell"

log = logging.getLogger("shinrai.intake")


def open_thread(
    *,
    connection_id: int,
    case_id: int,
    outside_id: str,
    at: datetime,
    url: str = "",
    detail: Mapping[str, Any] | None = None,
    told_sequence: int = 0,
) -> int:
    """Tell of a case at a place outside from now on; return the number of the thread.

    Steps up to `told_sequence` are not told there, as they came from there.
    """
    row, _is_new = Thread.objects.get_or_create(
        connection_id=connection_id,
        case_id=case_id,
        outside_id=id_within(outside_id),
        defaults={
            "url": url,
            "detail": dict(detail or {}),
            "told_sequence": told_sequence,
            "made_at": at,
        },
    )
    add_job(TELL, lock=TELL, once=TELL)
    return row.pk


def tell_threads(*, clock: Callable[[], datetime]) -> int:
    """Bring every place outside up to the state of its case; return how many were.

    A connection that is not reached once is not called again in this run: each call may wait long.
    """
    told, unreached = 0, set[int]()
    for number, source in threads_behind(at=clock()):
        if source in unreached:
            continue
        try:
            told += _tell(number, clock=clock)
        except NotReached as error:
            unreached.add(source)
            _put_off(number, error.text, at=clock(), after_s=error.after_s)
    return told


def _tell(number: int, *, clock: Callable[[], datetime]) -> bool:
    """Tell one thread; what goes wrong is written to it, and tried again later.

    Raises: NotReached.

    """
    # The lock keeps a second worker from writing a second note. It is held while the other side is
    # called, for the time its client waits at most.
    at = clock()
    try:
        with transaction.atomic():
            lock_in_transaction(f"thread:{number}")
            row = Thread.objects.get(id=number)
            there = Connection.objects.get(id=row.connection_id)
            channel = channel_of(there.kind)
            if channel.tell is None or there.ended_at is not None:
                return False
            status = case_status(row.case_id, at=at)
            if status.newest_sequence <= row.told_sequence:
                return False
            done = channel.tell(connection_view(there), thread_view(row), status, at=at)
            row.note_id = row.note_id if done.note_id is None else done.note_id
            row.told = row.told if done.told is None else done.told
            row.detail = row.detail if done.detail is None else dict(done.detail)
            row.told_sequence, row.told_at = status.newest_sequence, at
            row.attempts, row.due_at, row.is_given_up = 0, None, False
            row.error = row.error if done.is_silent else {}
            row.save()
            passed("intake.told")
    except NotReached:
        raise
    except RefusedThere as error:
        _put_off(number, error.text, at=at, is_final=True)
    except Exception:
        log.exception("thread %s cannot be told", number)
        _put_off(number, FAULT, at=at)
    else:
        return True
    return False


def _put_off(
    number: int, why: Text, *, at: datetime, after_s: float = 0.0, is_final: bool = False
) -> None:
    with transaction.atomic():
        row = Thread.objects.select_for_update().get(id=number)
        row.error = in_both_languages(why)
        row.is_given_up = is_final or row.attempts >= len(PAUSES_S)
        pause = max(PAUSES_S[min(row.attempts, len(PAUSES_S) - 1)], after_s)
        row.attempts += 1
        row.due_at = at + timedelta(seconds=pause)
        row.save()


def change_thread(
    number: int,
    *,
    detail: Mapping[str, Any],
    error: Text | None = None,
    told_sequence: int | None = None,
    is_given_up: bool = False,
) -> None:
    """Write what became known of a thread: what its channel keeps of it, and what went wrong.

    With an earlier `told_sequence`, the steps after it are told again.
    """
    with transaction.atomic():
        row = Thread.objects.select_for_update().get(id=number)
        row.detail, row.is_given_up, row.due_at = dict(detail), is_given_up, None
        row.error = in_both_languages(error) if error else {}
        row.told_sequence = row.told_sequence if told_sequence is None else told_sequence
        row.save()


def tell_again(number: int) -> None:
    """Tell a thread what it was told before, as the place or the time has changed meanwhile."""
    Thread.objects.filter(id=number).update(told_sequence=0)


def retry_thread(*, workspace_id: int, number: int, at: datetime) -> bool:
    """Tell a thread anew that was given up; return whether there is such a one."""
    rows = Thread.objects.filter(id=number, connection__workspace_id=workspace_id, is_given_up=True)
    found = rows.update(is_given_up=False, attempts=0, due_at=at)
    if found:
        add_job(TELL, lock=TELL, once=TELL)
    return bool(found)


def tell_in_desk(*, workspace_id: int, case_id: int, address: str, at: datetime, by: str) -> bool:
    """Tell of a case in a ticket of a connected desk as well; return whether a desk has it.

    Raises: NotReached, RefusedThere.
    """
    for row in Connection.objects.filter(workspace_id=workspace_id, ended_at=None).order_by("id"):
        link = channel_of(row.kind).link
        if link and link(connection_view(row), case_id=case_id, address=address, at=at):
            record_action(
                workspace_id=workspace_id,
                what="case linked to a ticket",
                subject=f"case:{case_id}",
                at=at,
                by=by,
            )
            return True
    return False
