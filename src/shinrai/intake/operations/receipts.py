"""What came through connections: stored once, handled once, or shown as failed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import F

from shinrai.accounts.operations.audit import record_action
from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection, Receipt
from shinrai.intake.queries import connection_view
from shinrai.intake.rules.channels import PAUSES_S, ReceiptView
from shinrai.postgres.failpoints import passed
from shinrai.postgres.queue import add_job
from shinrai.privacy.rules.encryption import decrypt_bytes, encrypt
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_both_languages

HANDLE: Final = "intake:handle"
KEPT: Final = timedelta(days=30)
LONGEST_ID: Final = 200
FAULT: Final = Text("a fault of ours; the log of the worker names it")

log = logging.getLogger("shinrai.intake")


def id_within(outside_id: str) -> str:
    """Return an id as it is stored: one that is too long, empty or no text, by its hash."""
    raw = outside_id.encode("utf-8", "surrogatepass")
    is_text = raw.decode("utf-8", "replace") == outside_id and "\0" not in outside_id
    if is_text and 0 < len(outside_id) <= LONGEST_ID:
        return outside_id
    return blake2b(raw, digest_size=32).hexdigest()


def receive(*, connection_id: int, outside_id: str, body: bytes, at: datetime) -> bool:
    """Store what came, unless it is there already; return whether it is new.

    The sender may be answered once the caller's transaction is committed.
    """
    with transaction.atomic():
        _row, is_new = Receipt.objects.get_or_create(
            connection_id=connection_id,
            outside_id=id_within(outside_id),
            defaults={
                "state": "waiting",
                "body": encrypt(settings.SHINRAI_MASTER_KEY, body),
                "came_at": at,
                "due_at": at,
            },
        )
        if is_new:
            add_job(HANDLE, lock=HANDLE, once=HANDLE)
    passed("intake.received")
    return is_new


def handle_now(*, connection_id: int, outside_id: str, at: datetime) -> None:
    """Handle what came while its sender waits, if no statement takes a second; else a worker does.

    Whatever fails here is tried again by the worker, which tells of it.
    """
    there = Receipt.objects.filter(connection_id=connection_id, outside_id=id_within(outside_id))
    number = there.filter(state="waiting").values_list("id", flat=True).first()
    if number is None:
        return
    try:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '1s'")
            _handle(number, at=at)
    except Exception:
        log.warning("receipt %s is left to the worker", number, exc_info=True)


def handle_waiting(*, clock: Callable[[], datetime]) -> int:
    """Handle what waits, the oldest first, each in a transaction of its own; return how many."""
    handled = 0
    waiting = Receipt.objects.filter(state="waiting", due_at__lte=clock()).order_by("id")
    for number in list(waiting.values_list("id", flat=True)):
        try:
            handled += _handle(number, at=clock())
        except UserError as error:
            _put_off(number, error.text, at=clock())
        except Exception:
            log.exception("receipt %s cannot be handled", number)
            _put_off(number, FAULT, at=clock())
    return handled


def _handle(number: int, *, at: datetime) -> bool:
    with transaction.atomic():
        rows = Receipt.objects.select_for_update(skip_locked=True)
        row = rows.filter(id=number, state="waiting").first()
        if row is None:
            return False
        there = Connection.objects.get(id=row.connection_id)
        if there.ended_at is not None:
            _end(row, "ignored", at, reason=Text("the connection was ended before"))
            return True
        view = ReceiptView(
            row.pk,
            row.outside_id,
            decrypt_bytes(settings.SHINRAI_MASTER_KEY, bytes(row.body)),
            row.came_at,
            row.attempts,
        )
        found = channel_of(there.kind).handle(connection_view(there), view, at=at)
        row.case_id = found.case_id
        _end(row, "ignored" if found.ignored else "done", at, reason=found.ignored)
        passed("intake.handled")
    return True


def _end(row: Receipt, state: str, at: datetime, *, reason: Text | None) -> None:
    row.state, row.ended_at = state, at
    row.reason = in_both_languages(reason) if reason else {}
    row.attempts += 1
    if state == "done":
        row.body = b""
    row.save()


def _put_off(number: int, why: Text, *, at: datetime) -> None:
    """Try again later what could not be handled; after the last try it stands as failed."""
    there = Receipt.objects.filter(id=number, state="waiting")
    tried = there.values_list("attempts", flat=True).first()
    if tried is None:
        return
    told = in_both_languages(why)
    if tried < len(PAUSES_S):
        due_at = at + timedelta(seconds=PAUSES_S[tried])
        there.update(attempts=F("attempts") + 1, due_at=due_at, reason=told)
    else:
        there.update(attempts=F("attempts") + 1, state="failed", ended_at=at, reason=told)


def retry_receipt(*, workspace_id: int, number: int, at: datetime, by: str) -> bool:
    """Handle anew what failed or was ignored; return whether its body is still there."""
    with transaction.atomic():
        rows = Receipt.objects.filter(
            id=number, connection__workspace_id=workspace_id, state__in=("failed", "ignored")
        ).exclude(body=b"")
        found = rows.update(state="waiting", attempts=0, due_at=at, ended_at=None, reason={})
        if found:
            subject = f"receipt:{number}"
            record_action(
                workspace_id=workspace_id, what="receipt retried", subject=subject, at=at, by=by
            )
            add_job(HANDLE, lock=HANDLE, once=HANDLE)
    return bool(found)


def forget_bodies(*, at: datetime) -> int:
    """Empty what ended 30 days ago; that it came stays. Return how many."""
    ended = Receipt.objects.filter(ended_at__lte=at - KEPT).exclude(body=b"")
    return ended.update(body=b"")


def erase_bodies(*, workspace_id: int) -> None:
    """Empty what ended, and delete what waits, as both may hold words of the person erased."""
    there = Receipt.objects.filter(connection__workspace_id=workspace_id)
    there.filter(state="waiting").delete()
    there.exclude(body=b"").update(body=b"")
