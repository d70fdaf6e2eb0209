"""What changed in another desk is imported every four minutes, so figures are five minutes old."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from shinrai.desk.operations.filing import FilingRequest, file_case
from shinrai.intake.models import Connection
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.polls import read_histories
from shinrai.intake.queries import connections
from shinrai.ledger.models import Case
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.importers.fakes.server import FakeServer
from tests.importers.fakes.zendesk import FakeZendesk
from tests.intake.desks.fakes import FIELD

pytestmark = pytest.mark.django_db


def ticket(number: int, at: datetime) -> dict[str, Any]:
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": number,
        "subject": "The pen draws nothing",
        "status": "open",
        "requester_id": 20,
        "submitter_id": 20,
        "created_at": moment,
        "updated_at": moment,
        "via": {"channel": "email"},
        "tags": [],
        "audits": [],
    }


@pytest.fixture
def account() -> FakeZendesk:
    return FakeZendesk(tickets=[ticket(7, NOW - timedelta(days=1))])


@pytest.fixture
def server(account: FakeZendesk, cast: Cast, settings: Any, tmp_path: Any) -> Iterator[FakeServer]:
    settings.SHINRAI_PRIVATE_TARGETS, settings.SHINRAI_HOME = True, tmp_path
    with account.server() as found:
        given = {"url": found.url, "token": "t", "tag": "shinrai", "kind": "other", "field": FIELD}
        connect(
            workspace_id=cast.workspace.id,
            kind="zendesk",
            name="Zendesk",
            given=given | {"history": "yes"},
            at=NOW,
            by="staff:1",
        )
        yield found


def keys() -> list[str]:
    return sorted(Case.objects.filter(record="inquiry").values_list("source_key", flat=True))


def test_what_changed_there_is_here_within_five_minutes(
    account: FakeZendesk, server: FakeServer
) -> None:
    assert read_histories(clock=lambda: NOW) == 1
    assert keys() == ["7"]

    account.tickets.append(ticket(8, NOW))
    before = len(server.asked)
    assert read_histories(clock=lambda: NOW + timedelta(minutes=3)) == 0
    assert len(server.asked) == before
    assert read_histories(clock=lambda: NOW + timedelta(minutes=4)) == 1
    assert keys() == ["7", "8"]
    assert any("cursor" in one.query for one in server.asked[before:])  # from where it stopped


def test_an_investigation_of_a_ticket_is_about_the_inquiry_that_came(
    cast: Cast, server: FakeServer
) -> None:
    read_histories(clock=lambda: NOW)
    case_id = file_case(
        FilingRequest(cast.workspace, "other", "pen", "Why?", NOW, "connection:1", inquiry="7")
    )

    assert Case.objects.get(id=case_id).parent_id == Case.objects.get(source_key="7").id


def test_a_desk_that_is_down_is_read_later_and_the_page_says_why(
    account: FakeZendesk, server: FakeServer, cast: Cast
) -> None:
    server.trouble = ["429 7200"]
    assert read_histories(clock=lambda: NOW) == 0
    [row] = connections(workspace_id=cast.workspace.id)
    assert "gives no answer now" in row.error
    assert read_histories(clock=lambda: NOW + timedelta(minutes=119)) == 0

    assert read_histories(clock=lambda: NOW + timedelta(minutes=121)) == 1
    assert keys() == ["7"]
    [row] = connections(workspace_id=cast.workspace.id)
    assert row.error == ""


def test_one_that_is_killed_goes_on(
    account: FakeZendesk, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def end(point: str) -> None:
        if point == "import.completing":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("shinrai.postgres.failpoints._listeners", [end])
        with pytest.raises(Killed):
            read_histories(clock=lambda: NOW)
    before = len(server.asked)
    assert read_histories(clock=lambda: NOW) == 1

    assert keys() == ["7"]
    assert len(server.asked) == before  # its pages were there


@pytest.mark.parametrize("address", ["https://127.0.0.1:9", "http://localhost:9"])
def test_an_address_inside_the_network_is_not_read(
    server: FakeServer, settings: Any, address: str, cast: Cast
) -> None:
    settings.SHINRAI_PRIVATE_TARGETS = False
    Connection.objects.update(settings=Connection.objects.get().settings | {"url": address})

    assert read_histories(clock=lambda: NOW) == 0
    [row] = connections(workspace_id=cast.workspace.id)
    assert row.error
