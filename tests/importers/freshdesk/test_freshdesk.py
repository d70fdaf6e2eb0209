"""Ken's ticket in Freshdesk: by the API, from files, from the exported list; what is unknown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.freshdesk import pull
from shinrai.importers.freshdesk.source import FRESHDESK, flatten
from shinrai.importers.pull.errors import PullFailed
from shinrai.importers.pull.spool import open_spool
from shinrai.importers.run.undo import undo_import
from shinrai.importers.tables.table import UnreadableTable
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in, pull_in
from tests.importers.fakes.server import Ask, FakeServer, client_of

KEN, OTA = 501, 9


def moment(day: int, clock: str) -> str:
    """Write a moment of June 2026 as Freshdesk does."""
    return f"2026-06-{day:02d}T{clock}:00Z"


def ticket(number: int = 4, **more: Any) -> dict[str, Any]:
    """Give a ticket with its stats: Ken asked on 1 June, Ota answered; it waits for Ken."""
    return {
        "id": number, "subject": "Cannot sign in", "description": "<p>It says <b>no</b>.</p>",
        "status": 3, "priority": 2, "source": 1, "type": "Problem", "requester_id": KEN,
        "responder_id": OTA, "group_id": 70, "spam": False, "tags": ["login", "app"],
        "due_by": moment(4, "00:00"), "fr_due_by": moment(2, "00:00"),
        "is_escalated": False, "fr_escalated": True,
        "created_at": moment(1, "01:00"), "updated_at": moment(1, "02:00"),
        "stats": {
            "first_responded_at": moment(1, "02:00"), "agent_responded_at": moment(1, "02:00"),
            "requester_responded_at": None, "status_updated_at": moment(1, "02:00"),
            "pending_since": moment(1, "02:00"), "reopened_at": None, "resolved_at": None,
            "closed_at": None,
        },
        **more,
    }  # fmt: skip


def solved(number: int = 4) -> dict[str, Any]:
    """Give the ticket a week later: Ken answered, and it was resolved."""
    later = ticket(number, status=4, updated_at=moment(9, "05:00"))
    later["stats"] = {
        **later["stats"],
        "pending_since": None,
        "status_updated_at": moment(9, "05:00"),
        "resolved_at": moment(9, "05:00"),
    }
    return later


def said(number: int, at: str, body: str, **more: Any) -> dict[str, Any]:
    """Give a conversation of ticket 4."""
    return {
        "id": number, "ticket_id": 4, "user_id": OTA, "body": body, "incoming": False,
        "private": False, "source": 0, "created_at": at, "updated_at": at, **more,
    }  # fmt: skip


def conversations() -> list[dict[str, Any]]:
    """List what was said in ticket 4."""
    return [
        said(61, moment(1, "02:00"), "<div>Which device?</div>"),
        said(62, moment(1, "02:05"), "a known fault?", private=True, source=2),
        said(63, moment(3, "03:00"), "A tablet.", user_id=KEN, incoming=True),
    ]


RATING = {
    "id": 8, "ticket_id": 4, "user_id": KEN, "agent_id": OTA, "survey_id": 1, "feedback": "fast",
    "ratings": {"default_question": 103, "question_7": 100}, "created_at": moment(9, "06:00"),
}  # fmt: skip
AGENTS = [{"id": OTA, "available": True, "contact": {"name": "Ota", "email": "ota@example.jp"}}]
GROUPS = [{"id": 70, "name": "CRE", "agent_ids": [OTA], "escalate_to": None}]


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


def life(desk: Desk, case: str = "4") -> list[tuple[str, str]]:
    """Say what happened to a ticket, and when."""
    return sorted((f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2]) for step in desk.told(case))


class Freshdesk:
    """What a server of Freshdesk's knows: lists in the order of the last change."""

    def __init__(self, *tickets: dict[str, Any]) -> None:
        self.tickets = list(tickets)
        self.said = conversations()

    def answers(self) -> dict[str, Any]:
        """Answer as the API does."""
        return {
            "/api/v2/tickets": self._list,
            "/api/v2/tickets/": self._talk,
            "/api/v2/agents": lambda _: AGENTS,
            "/api/v2/groups": lambda _: GROUPS,
            "/api/v2/surveys/satisfaction_ratings": lambda _: [RATING],
        }

    def _talk(self, ask: Ask) -> list[dict[str, Any]]:
        asked = [o for o in self.said if ask.path.endswith(f"/{o['ticket_id']}/conversations")]
        return _page(asked, ask)

    def _list(self, ask: Ask) -> list[dict[str, Any]]:
        wanted = {"spam": "spam", "deleted": "deleted"}.get(ask.one("filter"))
        found = [
            one
            for one in self.tickets
            if one["updated_at"] >= ask.one("updated_since")
            and (one.get(wanted) if wanted else not (one.get("spam") or one.get("deleted")))
        ]
        found.sort(key=lambda one: one["updated_at"])
        return _page(found, ask)


def _page(rows: list[dict[str, Any]], ask: Ask) -> list[dict[str, Any]]:
    size, page = int(ask.one("per_page")), int(ask.one("page"))
    return rows[(page - 1) * size : page * size]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(Freshdesk(ticket()).answers()) as fake:
        yield fake


@pytest.mark.django_db
class TestByTheApi:
    def test_a_ticket_is_told_as_far_as_it_can_be(self, desk: Desk, server: FakeServer) -> None:
        server.trouble = ["", "429 20", "500", "", "cut"]

        report = pull_in(FRESHDESK, server.url)

        assert life(desk) == [
            ("06-01 01:00", "inbound"),
            ("06-01 01:00", "received"),
            ("06-01 02:00", "assigned"),
            ("06-01 02:00", "outbound"),
            ("06-01 02:00", "waiting"),
            ("06-01 02:05", "note"),
            ("06-03 03:00", "inbound"),
            ("06-09 06:00", "rated"),
        ]
        assert [flag.code for flag in report.flags] == ["no_state_history"]
        rated = desk.told("4")[-1]
        assert (rated[6]["score"], rated[6]["agent"], rated[7]) == ("103", "ota@example.jp", "fast")

    def test_the_company_is_the_account_and_without_one_none_is_named(self, desk: Desk) -> None:
        theirs = ticket(5, company_id=1077)
        with FakeServer(Freshdesk(ticket(), theirs).answers()) as server:
            pull_in(FRESHDESK, server.url)

        opened = [
            next(step[6] for step in desk.told(case) if step[2] == "received")
            for case in ("5", "4")
        ]
        assert [detail.get("account") for detail in opened] == ["1077", None]

    def test_next_weeks_change_is_added_to_what_was_seen(self, desk: Desk) -> None:
        freshdesk = Freshdesk(ticket())
        with FakeServer(freshdesk.answers()) as server:
            pull_in(FRESHDESK, server.url)
            freshdesk.tickets = [solved()]
            report = pull_in(FRESHDESK, server.url, at=NOON + timedelta(days=7))

        [end] = [step for step in desk.told("4") if step[2] == "solved"]
        assert end[1] == datetime(2026, 6, 9, 5, tzinfo=UTC)
        assert (report.counts.steps, report.counts.corrected) == (1, 0)
        assert ("06-01 02:00", "waiting") in life(desk)  # which the desk itself has forgotten

    def test_twice_changes_nothing(self, desk: Desk, server: FakeServer) -> None:
        pull_in(FRESHDESK, server.url)
        again = pull_in(FRESHDESK, server.url, is_afresh=True)

        assert (again.counts.steps, again.counts.corrected) == (0, 0)

    def test_spam_is_cancelled_and_taken_back_it_is_gone(self, desk: Desk) -> None:
        spam = ticket(5, spam=True, stats={})
        with FakeServer(Freshdesk(ticket(), spam).answers()) as server:
            report = pull_in(FRESHDESK, server.url)

        [end] = [step for step in desk.told("5") if step[2] == "cancelled"]
        assert end[6] == {"reason": "spam"}
        assert report.batch is not None
        undo_import(batch_id=report.batch, reason="no", at=NOON, by="staff:1")
        assert desk.told() == []


class TestPulling:
    def test_more_than_a_page_is_asked_for_from_the_last_change_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What changes meanwhile moves to the end; counted pages would pass over its neighbour."""
        monkeypatch.setattr(pull, "PER_PAGE", 2)
        tickets = [ticket(n, updated_at=moment(n, "00:00")) for n in range(1, 8)]
        freshdesk = Freshdesk(*tickets)
        answers = freshdesk.answers()
        talk = answers["/api/v2/tickets/"]

        def changes(ask: Ask) -> Any:
            if ask.path.endswith("/2/conversations"):
                freshdesk.tickets[0] = {**tickets[0], "updated_at": moment(20, "00:00")}
            return talk(ask)

        answers["/api/v2/tickets/"] = changes
        with FakeServer(answers) as server, client_of(server, []) as client:
            kept = _kept(tmp_path, client)

        assert sorted(kept) == [1, 1, 2, 3, 4, 5, 6, 7]

    def test_a_desk_that_knows_no_pages_is_asked_no_more_than_twice(
        self, server: FakeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy in front of some desks drops `page`, and says the same again for ever."""
        monkeypatch.setattr(pull, "PER_PAGE", 1)
        with client_of(server, []) as client:
            assert pull._all(client, "/api/v2/agents") == AGENTS

        assert server.paths().count("/api/v2/agents") == 2

    def test_a_killed_pull_goes_on(self, server: FakeServer, tmp_path: Path) -> None:
        server.trouble = ["", "", "", "", *["503"] * 9]
        with client_of(server, []) as client, pytest.raises(PullFailed):
            _kept(tmp_path, client)
        server.trouble = []
        with client_of(server, []) as client:
            kept = _kept(tmp_path, client)

        assert kept == [4]
        assert server.paths().count("/api/v2/agents") == 1


def _kept(root: Path, client: Any) -> list[int]:
    with open_spool(root, workspace="w", source="freshdesk", account="a") as spool:
        pull.pull(client, spool, lambda *_: None)
        return [page["ticket"]["id"] for page in spool.stream("tickets").read() if page]


LIST = (
    "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Last update time,"
    "Initial response time,Resolved time,Closed time,Tags,Contact ID\n"
    "4,Cannot sign in,Resolved,Medium,Email,Problem,Ota,CRE,2026-06-01 10:00:00,"
    "2026-06-03 14:00:00,2026-06-01 11:00:00,2026-06-03 14:00:00,,login,501\n"
    "5,Where?,Pending,Low,Portal,Question,No Agent,No Group,2026-06-01 10:00:00,"
    "2026-06-03 14:00:00,,,,,502\n"
)


@pytest.mark.django_db
class TestFromFiles:
    def test_the_exported_list_says_what_it_cannot(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "tickets.csv"
        path.write_text(LIST, "utf-8")

        report = files_in(FRESHDESK, path, zone="Asia/Tokyo")

        assert life(desk, "4") == [("06-01 01:00", "received"), ("06-03 05:00", "solved")]
        assert {flag.code: flag.count for flag in report.flags} == {
            "no_messages": 2,
            "no_state_history": 2,
            "waits_without_a_moment": 1,
        }

    def test_without_a_zone_its_rows_are_set_aside(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "tickets.csv"
        path.write_text(LIST, "utf-8")

        report = files_in(FRESHDESK, path)

        assert report.counts.inquiries == 0
        assert "--zone" in report.set_aside[0].reason["en"]

    def test_json_and_names_in_files_of_their_own(self, desk: Desk, tmp_path: Path) -> None:
        written(tmp_path / "a.json", *AGENTS, *GROUPS)
        written(tmp_path / "c.ndjson", *conversations())
        written(tmp_path / "t.ndjson", ticket(status=42))

        report = files_in(FRESHDESK, tmp_path)

        assert report.counts.quarantined == 2  # a state of their own, at two moments
        assert report.set_aside[0].cell == "42"
        assert ("06-03 03:00", "inbound") in life(desk)


class TestRefusing:
    def test_another_table_is_named_for_what_it_is_not(self, tmp_path: Path) -> None:
        path = tmp_path / "other.csv"
        path.write_text("Ticket,When\n1,2\n", "utf-8")

        with pytest.raises(UnreadableTable, match="no column 'Ticket ID'"):
            flatten([path], tmp_path)
