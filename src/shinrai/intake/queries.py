"""Read connections, what came through them, and where cases are told of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db.models import Count
from django.utils.translation import get_language

from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection, Receipt, Thread
from shinrai.intake.rules.channels import ConnectionView, ThreadView
from shinrai.ledger.queries import case_heads
from shinrai.postgres.statements import statement
from shinrai.privacy.rules.encryption import decrypt
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownConnection(UserError, LookupError):
    """There is no such connection in the workspace, or it was ended."""


@dataclass(frozen=True)
class ConnectionRecord:
    """A connection as pages show it: without secrets."""

    id: int
    kind: str
    name: str
    title: Text
    settings: dict[str, str]
    address: str
    error: str
    read_at: datetime | None
    made_at: datetime
    waiting: int
    failed: int


@dataclass(frozen=True)
class ReceiptRecord:
    """What came, and what became of it."""

    id: int
    connection: str
    state: str
    reason: str
    record: str
    key: str
    case_id: int | None
    came_at: datetime
    attempts: int
    has_body: bool


@dataclass(frozen=True)
class ThreadRecord:
    """Where a case is told of, and whether it was."""

    id: int
    kind: str
    connection: str
    url: str
    told_at: datetime | None
    error: str
    is_given_up: bool


def connection_view(row: Connection) -> ConnectionView:
    """Return a connection as channels get it, its secrets readable."""
    secrets = decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.secret)) if row.secret else "{}"
    return ConnectionView(
        id=row.pk,
        workspace_id=row.workspace_id,
        kind=row.kind,
        name=row.name,
        settings=row.settings,
        secrets=json.loads(secrets),
        token=row.token,
        made_at=row.made_at,
        cursor=row.cursor,
    )


def connection_of_token(token: str) -> ConnectionView | None:
    """Return the connection that an address names, unless it was ended."""
    row = Connection.objects.filter(token=token, ended_at=None).first()
    return None if row is None else connection_view(row)


def connection_numbered(*, workspace_id: int, number: int) -> ConnectionView:
    """Return a connection of a workspace. Raises: UnknownConnection."""
    row = Connection.objects.filter(workspace_id=workspace_id, id=number, ended_at=None).first()
    if row is None:
        raise UnknownConnection(
            Text("there is no connection {number} in this workspace", number=number)
        )
    return connection_view(row)


def connections(*, workspace_id: int) -> tuple[ConnectionRecord, ...]:
    """List the connections of a workspace, with how many receipts wait or failed."""
    rows = Connection.objects.filter(workspace_id=workspace_id, ended_at=None).order_by("id")
    open_ones = Receipt.objects.filter(
        connection__workspace_id=workspace_id, state__in=("waiting", "failed")
    )
    counts = {
        (one["connection"], one["state"]): one["n"]
        for one in open_ones.values("connection", "state").annotate(n=Count("id"))
    }
    return tuple(
        ConnectionRecord(
            id=row.pk,
            kind=row.kind,
            name=row.name,
            title=channel_of(row.kind).title,
            settings=row.settings,
            address=hook_address(row.kind, row.token),
            error=_said(row.error) or _said(row.history.get("error", {})),
            read_at=row.read_at,
            made_at=row.made_at,
            waiting=counts.get((row.pk, "waiting"), 0),
            failed=counts.get((row.pk, "failed"), 0),
        )
        for row in rows
    )


def hook_address(kind: str, token: str) -> str:
    """Return the address that the other side calls, or "" if it calls none."""
    return f"{settings.SHINRAI_ADDRESS}/hooks/{token}/" if channel_of(kind).accept else ""


def form_address(workspace_id: int) -> str:
    """Return the address of a workspace's oldest form, by which customers write; "" without one."""
    rows = Connection.objects.filter(workspace_id=workspace_id, kind="form", ended_at=None)
    row = rows.order_by("id").first()
    return f"{settings.SHINRAI_ADDRESS}/forms/{row.token}/" if row else ""


def receipts(
    *, workspace_id: int, number: int | None = None, state: str = ""
) -> list[ReceiptRecord]:
    """List what came newest first, of one connection or all of a workspace: 500 at most."""
    rows = Receipt.objects.filter(connection__workspace_id=workspace_id).order_by("-id")
    rows = rows.filter(connection_id=number) if number is not None else rows
    rows = rows.filter(state=state) if state else rows
    return _receipt_records(list(rows.select_related("connection")[:500]))


def receipt_of(*, connection_id: int, outside_id: str) -> ReceiptRecord:
    """Return what became of something that came."""
    rows = Receipt.objects.filter(connection_id=connection_id, outside_id=outside_id)
    return _receipt_records(list(rows.select_related("connection")))[0]


def _receipt_records(found: list[Receipt]) -> list[ReceiptRecord]:
    heads = case_heads(row.case_id for row in found if row.case_id is not None)
    return [
        ReceiptRecord(
            id=row.pk,
            connection=row.connection.name,
            state=row.state,
            reason=_said(row.reason),
            record=heads[row.case_id].record if row.case_id in heads else "",
            key=heads[row.case_id].source_key if row.case_id in heads else "",
            case_id=row.case_id,
            came_at=row.came_at,
            attempts=row.attempts,
            has_body=bool(row.body),
        )
        for row in found
    ]


def case_of_receipt(*, connection_id: int, outside_id: str) -> int | None:
    """Return the case that something which came before belongs to."""
    rows = Receipt.objects.filter(connection_id=connection_id, outside_id=outside_id)
    found: int | None = rows.values_list("case_id", flat=True).first()
    return found


def case_of_mail(*, connection_id: int, names: Sequence[str]) -> int | None:
    """Return the case of a mail by the first of these names that is known.

    The id of a mail is its name, `#` and eight digits, as programs use a Message-ID again.
    """
    rows = Receipt.objects.filter(connection_id=connection_id, case_id__isnull=False)
    for name in names:
        same = rows.filter(outside_id__range=(f"{name}#00000000", f"{name}#ffffffff"))
        found: int | None = same.order_by("id").values_list("case_id", flat=True).first()
        if found is not None:
            return found
    return None


def receipts_of_cases(*, connection_id: int, cases: Sequence[int], since: datetime) -> int:
    """Count what came through a connection since a moment and belongs to these cases."""
    rows = Receipt.objects.filter(connection_id=connection_id, case_id__in=cases)
    return rows.filter(came_at__gt=since).count()


def receipt_state(*, connection_id: int, outside_id: str) -> str:
    """Return the state of something that came, or "" if it never did."""
    rows = Receipt.objects.filter(connection_id=connection_id, outside_id=outside_id)
    return rows.values_list("state", flat=True).first() or ""


def threads_with(*, connection_id: int, **detail: Any) -> tuple[ThreadView, ...]:
    """List the threads of a connection whose detail is so, such as `state="open"`."""
    conditions = {f"detail__{name}": value for name, value in detail.items()}
    rows = Thread.objects.filter(connection_id=connection_id, is_given_up=False, **conditions)
    return tuple(map(thread_view, rows.order_by("id")))


def receipt_standing(*, connection_id: int, outside_id: str) -> tuple[datetime, str] | None:
    """Return when something came, and the key of its case or ""; None if it never came."""
    rows = Receipt.objects.filter(connection_id=connection_id, outside_id=outside_id)
    row = rows.only("came_at", "case_id").first()
    if row is None:
        return None
    heads = case_heads([] if row.case_id is None else [row.case_id])
    return row.came_at, "".join(head.source_key for head in heads.values())


def threads_behind(*, at: datetime) -> list[tuple[int, int]]:
    """List threads whose case has steps not told there, and that are due, each with its source."""
    with database.cursor() as cursor:
        cursor.execute(statement("intake", "threads_behind"), {"at": at})
        return [(thread, source) for thread, source in cursor.fetchall()]


def thread_view(row: Thread) -> ThreadView:
    """Return a thread as channels get it."""
    return ThreadView(
        id=row.pk,
        case_id=row.case_id,
        outside_id=row.outside_id,
        url=row.url,
        detail=row.detail,
        note_id=row.note_id,
        told=row.told,
        told_sequence=row.told_sequence,
        made_at=row.made_at,
    )


def thread_numbered(*, connection_id: int, number: int) -> ThreadView | None:
    """Return a thread of a connection by its number."""
    row = Thread.objects.filter(connection_id=connection_id, id=number).first()
    return None if row is None else thread_view(row)


def threads_sent(*, connection_id: int) -> tuple[ThreadView, ...]:
    """List the threads whose messages are still on their way, as their detail says."""
    rows = Thread.objects.filter(connection_id=connection_id, detail__has_key="sent")
    return tuple(map(thread_view, rows.order_by("id")[:500]))


def threads_at(*, connection_id: int, outside_id: str) -> tuple[ThreadView, ...]:
    """List the threads at a place outside, the newest first."""
    rows = Thread.objects.filter(connection_id=connection_id, outside_id=outside_id)
    return tuple(map(thread_view, rows.order_by("-id")))


def threads_of_case(case_id: int) -> tuple[ThreadRecord, ...]:
    """List where a case is told of."""
    rows = Thread.objects.filter(case_id=case_id, connection__ended_at=None).order_by("id")
    return tuple(
        ThreadRecord(
            id=row.pk,
            kind=row.connection.kind,
            connection=row.connection.name,
            url=row.url,
            told_at=row.told_at,
            error=_said(row.error),
            is_given_up=row.is_given_up,
        )
        for row in rows.select_related("connection")
    )


def thread_noted(*, connection_id: int, note_id: str) -> ThreadView | None:
    """Return the thread whose one message or note outside this is."""
    row = Thread.objects.filter(connection_id=connection_id, note_id=note_id).first()
    return None if row is None else thread_view(row)


def is_received(*, connection_id: int, outside_id: str) -> bool:
    """Tell whether something came before."""
    return Receipt.objects.filter(connection_id=connection_id, outside_id=outside_id).exists()


def cases_told(*, connection_id: int) -> frozenset[int]:
    """Return the cases that a connection tells of somewhere, or was told to and gave up."""
    rows = Thread.objects.filter(connection_id=connection_id)
    return frozenset(rows.values_list("case_id", flat=True))


def is_only_one(*, workspace_id: int, kind: str) -> bool:
    """Tell whether a workspace has one connection of a kind: keys of its source are that one's."""
    rows = Connection.objects.filter(workspace_id=workspace_id, kind=kind, ended_at=None)
    return rows.count() == 1


def has_desks(*, workspace_id: int) -> bool:
    """Tell whether a case of a workspace can be told of in tickets of other desks."""
    rows = Connection.objects.filter(workspace_id=workspace_id, ended_at=None)
    return any(channel_of(kind).link for kind in set(rows.values_list("kind", flat=True)))


def untold_threads(*, workspace_id: int) -> list[tuple[ThreadRecord, str, str]]:
    """List the threads that could not be told, with the record and key of their cases."""
    rows = Thread.objects.filter(connection__workspace_id=workspace_id, connection__ended_at=None)
    bad = list(rows.exclude(error={}).select_related("connection").order_by("-id")[:100])
    heads = case_heads(row.case_id for row in bad)
    return [
        (
            ThreadRecord(
                row.pk,
                row.connection.kind,
                row.connection.name,
                row.url,
                row.told_at,
                _said(row.error),
                row.is_given_up,
            ),
            heads[row.case_id].record,
            heads[row.case_id].source_key,
        )
        for row in bad
    ]


def _said(by_language: dict[str, Any]) -> str:
    return str(by_language.get("ja" if get_language() == "ja" else "en", ""))
