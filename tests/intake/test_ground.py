"""What comes through a connection has its effect once, and every place outside is told in the end.

The channel here is a double: it files an investigation for each receipt and remembers what it told.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.intake.models import Connection, Receipt, Thread
from shinrai.intake.operations import connections as writing
from shinrai.intake.operations.receipts import erase_bodies, handle_waiting, receive, retry_receipt
from shinrai.intake.operations.threads import open_thread, retry_thread, tell_threads
from shinrai.intake.queries import connections, receipts, untold_threads
from shinrai.intake.rules.channels import (
    PAUSES_S,
    Channel,
    ConnectionField,
    ConnectionView,
    NotReached,
    Outcome,
    ReceiptView,
    RefusedThere,
    Told,
    UnusableConnection,
)
from shinrai.intake.status import CaseStatus
from shinrai.ledger.models import Case
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from tests.cast import Cast
from tests.desk.stage import NOW

pytestmark = pytest.mark.django_db


def _same(at: datetime) -> datetime:
    return at


class Double:
    """A channel whose other side can be made to fail."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.handle_fails: Exception | None = None
        self.tell_fails: Exception | None = None
        self.channel = Channel(
            key="mail",
            title=Text("a mailbox"),
            explained=Text("a mailbox"),
            fields=(
                ConnectionField("address", Text("address")),
                ConnectionField("password", Text("password"), is_secret=True),
            ),
            handle=self.handle,
            tell=self.tell,
        )

    def handle(self, connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
        case_id = file_investigation(
            workspace_id=connection.workspace_id,
            source_key=f"INV-{receipt.outside_id}",
            at=receipt.came_at,
            by=connection.author,
            words=receipt.body.decode(),
        )
        if self.handle_fails:
            raise self.handle_fails
        open_thread(
            connection_id=connection.id, case_id=case_id, outside_id=receipt.outside_id, at=at
        )
        return Outcome(case_id)

    def tell(
        self, connection: ConnectionView, thread: Any, status: CaseStatus, *, at: datetime
    ) -> Told:
        if self.tell_fails:
            raise self.tell_fails
        self.told.append((status.head.source_key, status.phase))
        return Told(note_id="note-1")


@pytest.fixture
def workspace(cast: Cast) -> WorkspaceRecord:
    return cast.workspace


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Double:
    found = Double()
    for module in ("operations.connections", "operations.receipts", "operations.threads"):
        monkeypatch.setattr(f"shinrai.intake.{module}.channel_of", lambda _kind: found.channel)
    monkeypatch.setattr("shinrai.intake.queries.channel_of", lambda _kind: found.channel)
    return found


@pytest.fixture
def mailbox(double: Double, workspace: WorkspaceRecord) -> int:
    return writing.connect(
        workspace_id=workspace.id,
        kind="mail",
        name="Support",
        given={"address": "help@kitsune.example", "password": "hush-hush"},
        at=NOW,
        by="staff:1",
    )


def come(number: int, name: str, words: str = "The pen draws nothing.") -> bool:
    return receive(connection_id=number, outside_id=name, body=words.encode(), at=NOW)


def test_what_comes_three_times_files_one_investigation(mailbox: int) -> None:
    assert [come(mailbox, "a") for _ in range(3)] == [True, False, False]

    handle_waiting(clock=lambda: NOW)
    handle_waiting(clock=lambda: NOW)

    assert Case.objects.count() == 1


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "x" * 201])
def test_an_id_that_cannot_be_stored_counts_once_as_well(mailbox: int, name: str) -> None:
    assert [come(mailbox, name) for _ in range(2)] == [True, False]


def test_what_fails_leaves_nothing_and_is_tried_again(double: Double, mailbox: int) -> None:
    come(mailbox, "a")
    double.handle_fails = RuntimeError("a fault")
    handle_waiting(clock=lambda: NOW)
    assert Case.objects.count() == 0

    double.handle_fails = None
    handle_waiting(clock=lambda: NOW)  # too early
    assert Case.objects.count() == 0
    handle_waiting(clock=lambda: NOW + timedelta(seconds=PAUSES_S[0]))

    assert Case.objects.count() == 1
    assert bytes(Receipt.objects.get().body) == b""


def test_what_fails_for_good_is_shown_and_can_be_handled_again(
    double: Double, mailbox: int, workspace: WorkspaceRecord
) -> None:
    come(mailbox, "a")
    double.handle_fails = UserError(Text("the facts are not there"))
    at = NOW
    for pause in (*PAUSES_S, 0):
        handle_waiting(clock=partial(_same, at))
        at += timedelta(seconds=pause)

    [row] = receipts(workspace_id=workspace.id, state="failed")
    assert row.reason == "the facts are not there"

    double.handle_fails = None
    assert retry_receipt(workspace_id=workspace.id, number=row.id, at=at, by="staff:1")
    handle_waiting(clock=lambda: at)
    assert Case.objects.count() == 1


def test_a_place_outside_is_told_each_new_state_once(double: Double, mailbox: int) -> None:
    come(mailbox, "a")
    handle_waiting(clock=lambda: NOW)
    tell_threads(clock=lambda: NOW)
    tell_threads(clock=lambda: NOW)
    case_id = Case.objects.get().id
    take_step(case_id=case_id, kind="acknowledged", at=NOW, by="staff:1", role="agent", tier=2)
    tell_threads(clock=lambda: NOW)
    tell_threads(clock=lambda: NOW)

    assert double.told == [("INV-a", "open"), ("INV-a", "open")]
    assert Thread.objects.get().note_id == "note-1"


@pytest.mark.parametrize("error", [NotReached(Text("no answer")), RuntimeError("a fault")])
def test_a_place_that_is_down_for_two_hours_is_told_after_it(
    double: Double, mailbox: int, error: Exception
) -> None:
    come(mailbox, "a")
    handle_waiting(clock=lambda: NOW)
    double.tell_fails = error
    for minutes in range(0, 120, 5):
        tell_threads(clock=partial(_same, NOW + timedelta(minutes=minutes)))
    double.tell_fails = None

    tell_threads(clock=lambda: NOW + timedelta(hours=4))

    assert double.told == [("INV-a", "open")]


def test_a_place_that_refuses_stands_as_given_up_until_somebody_asks_again(
    double: Double, mailbox: int, workspace: WorkspaceRecord
) -> None:
    come(mailbox, "a")
    handle_waiting(clock=lambda: NOW)
    double.tell_fails = RefusedThere(Text("the ticket is closed"))
    tell_threads(clock=lambda: NOW)

    [(thread, _record, key)] = untold_threads(workspace_id=workspace.id)
    assert (thread.is_given_up, thread.error, key) == (True, "the ticket is closed", "INV-a")

    double.tell_fails = None
    assert tell_threads(clock=lambda: NOW + timedelta(days=3)) == 0
    assert retry_thread(workspace_id=workspace.id, number=thread.id, at=NOW)
    assert tell_threads(clock=lambda: NOW) == 1


def test_a_secret_is_sealed_and_kept_where_it_is_left_empty(
    mailbox: int, workspace: WorkspaceRecord
) -> None:
    row = Connection.objects.get()
    assert "password" not in row.settings
    assert b"hush-hush" not in bytes(row.secret)

    writing.change_connection(
        workspace_id=workspace.id,
        number=mailbox,
        name="Support",
        given={"address": "support@kitsune.example", "password": ""},
        at=NOW,
        by="staff:1",
    )

    [found] = connections(workspace_id=workspace.id)
    assert found.settings == {"address": "support@kitsune.example"}
    assert bytes(Connection.objects.get().secret) != b""


def test_a_field_that_is_missing_is_named(double: Double, workspace: WorkspaceRecord) -> None:
    with pytest.raises(UnusableConnection) as refused:
        writing.connect(
            workspace_id=workspace.id, kind="mail", name="Support", given={}, at=NOW, by="staff:1"
        )

    assert set(refused.value.by_field) == {"address", "password"}


def test_erasing_leaves_no_body(mailbox: int, workspace: WorkspaceRecord, double: Double) -> None:
    come(mailbox, "a", "Haruto's pen")
    double.handle_fails = UserError(Text("no"))
    handle_waiting(clock=lambda: NOW)

    erase_bodies(workspace_id=workspace.id)

    assert not Receipt.objects.exclude(body=b"").exists()
