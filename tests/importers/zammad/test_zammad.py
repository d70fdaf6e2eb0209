"""Hanako's ticket in Zammad: from files and by the API, again, next week, and taken back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.models import QuarantinedRow
from shinrai.importers.pull.errors import PullFailed
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.spool import open_spool
from shinrai.importers.run.undo import undo_import
from shinrai.importers.zammad.pull import pull
from shinrai.importers.zammad.source import ZAMMAD
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in, paged, pull_in
from tests.importers.fakes.server import Ask, FakeServer, Reply, client_of
from tests.importers.zammad.desk_of_zammad import (
    articles,
    change,
    history,
    merged,
    moment,
    ticket,
    whole,
)

LIFE = [
    ("06-01 00:10", "received"),
    ("06-01 00:10", "assigned"),
    ("06-01 00:10", "inbound"),
    ("06-01 00:11", "outbound"),
    ("06-01 00:30", "assigned"),
    ("06-01 00:40", "waiting"),
    ("06-01 00:40", "outbound"),
    ("06-02 01:00", "resumed"),
    ("06-02 01:00", "inbound"),
    ("06-02 01:30", "assigned"),
    ("06-02 01:30", "assigned"),
    ("06-02 01:30", "note"),
    ("06-03 05:00", "closed"),
    ("06-03 05:00", "outbound"),
]


def life(desk: Desk, case: str = "7") -> list[tuple[str, str]]:
    """Say what happened to a ticket, and when."""
    told = [(f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2]) for step in desk.told(case)]
    return sorted(told)


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


class TestFlat:
    def test_the_same_records_give_the_same_bytes_in_any_order(self, tmp_path: Path) -> None:
        one = written(tmp_path / "a.ndjson", whole(), merged())
        other = written(tmp_path / "b.ndjson", merged(), history(), *articles(), ticket())
        folders = [tmp_path / "one", tmp_path / "two"]
        told = []
        for source, folder in zip((one, other), folders, strict=True):
            folder.mkdir()
            told.append(
                {path.name: _without_raw(path) for path in ZAMMAD.flatten([source], folder)}
            )

        assert told[0] == told[1]
        assert set(told[0]) == {
            "tickets.csv", "states.csv", "inbound.csv", "outbound.csv", "notes.csv", "merges.csv",
        }  # fmt: skip

    def test_of_a_ticket_that_comes_twice_the_later_one_counts(self, tmp_path: Path) -> None:
        early = ticket(article_count=1, updated_at=moment(1, "00:10"))

        [path, *_] = ZAMMAD.flatten([written(tmp_path / "a.ndjson", ticket(), early)], tmp_path)

        assert ",4," in path.read_text("utf-8").splitlines()[1]


def _without_raw(path: Path) -> list[list[str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return [row[:-2] for row in csv.reader(file)]


@pytest.mark.django_db
class TestFromFiles:
    def test_a_life_is_told_whole(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole()))

        assert life(desk) == sorted(LIFE)
        assert (report.counts.quarantined, report.flags) == (0, ())
        told = desk.told("7")
        waits = next(step for step in told if step[2] == "waiting")
        assert (waits[3], waits[6]) == ("kurata@example.jp", {"on": "customer"})
        handed = [step[6] for step in told if step[2] == "assigned"]
        assert {"group": "CRE", "to": "mori@example.jp"} in handed
        automatic = [step[6].get("automatic", False) for step in told if step[2] == "outbound"]
        assert sorted(automatic) == [False, False, True]

    def test_the_organisation_is_the_account_and_without_one_none_is_named(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        theirs = whole() | {"ticket": ticket(organization_id=12)}
        files_in(ZAMMAD, written(tmp_path / "t.ndjson", theirs, ticket(9)))

        opened = {
            case: next(step[6] for step in desk.told(case) if step[2] == "received")
            for case in ("7", "9")
        }
        assert [detail.get("account") for detail in opened.values()] == ["12", None]

    def test_markup_is_read_and_what_only_looks_like_it_is_kept(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole()))

        said = [step[7] for step in desk.told("7") if step[2] == "inbound"]
        assert said == ["連続記録が消えた", "3 < 4 です"]

    def test_twice_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        first = files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole(), merged()))
        again = files_in(ZAMMAD, written(tmp_path / "again.ndjson", merged(), whole()))

        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps

    def test_next_weeks_reopening_is_a_step_at_its_own_time(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole()))
        later = whole()
        later["ticket"] |= {"state": "open", "updated_at": moment(8, "03:00")}
        later["history"]["history"].append(
            change(120, "state", "closed", "open", 21, moment(8, "03:00"))
        )

        report = files_in(
            ZAMMAD, written(tmp_path / "u.ndjson", later), at=NOON + timedelta(days=7)
        )

        assert (report.counts.steps, report.counts.corrected) == (1, 0)
        [reopened] = [step for step in desk.told("7") if step[2] == "reopened"]
        assert reopened[1] == datetime(2026, 6, 8, 3, tzinfo=UTC)

    def test_a_merge_is_told_at_both_ends(self, desk: Desk, tmp_path: Path) -> None:
        files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole(), merged()))

        [gone] = [step for step in desk.told("8") if step[2] == "cancelled"]
        assert gone[6] == {"reason": "merged", "into": "7"}
        begun = [step for step in desk.told("7") if step[2] == "received"]
        assert begun[0][1] == datetime(2026, 6, 1, 0, 5, tzinfo=UTC)
        assert begun[0][6] == {"merged_from": "8"}

    def test_without_history_it_says_what_is_unknown(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZAMMAD, written(tmp_path / "t.json", ticket()))

        assert {flag.code: flag.count for flag in report.flags} == {
            "no_state_history": 1,
            "no_messages": 1,
        }
        assert life(desk) == [("06-01 00:10", "received"), ("06-03 05:00", "closed")]

    def test_what_nobody_can_read_is_set_aside_and_told_where(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        strange = whole()
        strange["history"]["history"][2]["value_to"] = "on the moon"

        report = files_in(ZAMMAD, written(tmp_path / "t.ndjson", {"what": "is this"}, strange))

        assert report.counts.quarantined == QuarantinedRow.objects.count()
        reasons = " ".join(row.reason["en"] for row in report.set_aside)
        assert "on the moon" in {row.cell for row in report.set_aside}
        assert "none of the records" in reasons

    def test_taken_back_it_is_gone(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZAMMAD, written(tmp_path / "t.ndjson", whole()))
        assert report.batch is not None

        undo_import(batch_id=report.batch, reason="wrong desk", at=NOON, by="staff:1")

        assert desk.told() == []


class Zammad:
    """What a server of Zammad's knows; it is asked page by page."""

    def __init__(self) -> None:
        self.tickets = [ticket(), merged()["ticket"]]

    def answers(self) -> dict[str, Any]:
        """Answer as the API does."""
        return {
            "/api/v1/tickets": paged(lambda: self.tickets, 1),
            "/api/v1/ticket_articles/by_ticket/7": lambda _: articles(),
            "/api/v1/ticket_articles/by_ticket/8": lambda _: [],
            "/api/v1/ticket_history/7": lambda _: history(),
            "/api/v1/ticket_history/8": lambda _: merged()["history"],
        }


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(Zammad().answers()) as fake:
        yield fake


@pytest.mark.django_db
class TestByTheApi:
    def test_pages_limits_and_faults_are_lived_through(
        self, desk: Desk, server: FakeServer
    ) -> None:
        server.trouble = ["", "429 30", "500", "cut", "", "503"]

        report = pull_in(ZAMMAD, server.url)

        assert report.counts.inquiries == 2
        assert len(life(desk)) == len(LIFE) + 1  # and Taro's receipt
        assert server.asked[0].headers["Authorization"] == "Token token=t"

    def test_the_next_pull_asks_only_for_what_changed(self, desk: Desk) -> None:
        zammad = Zammad()
        with FakeServer(zammad.answers()) as server:
            pull_in(ZAMMAD, server.url)
            zammad.tickets[1] = {**zammad.tickets[1], "updated_at": moment(9, "00:00")}
            before = len(server.asked)
            report = pull_in(ZAMMAD, server.url, at=NOON + timedelta(days=7))
            asked = [path for path in server.paths()[before:] if "history" in path]

        # The last one that was known comes again: others may have changed in its millisecond.
        assert asked == ["/api/v1/ticket_history/7", "/api/v1/ticket_history/8"]
        assert (report.counts.steps, report.counts.corrected) == (0, 0)

    def test_a_history_nobody_may_see_is_flagged(self, desk: Desk) -> None:
        answers = Zammad().answers() | {
            "/api/v1/ticket_history/7": lambda _: Reply(403, {"error": "Not authorized"})
        }
        with FakeServer(answers) as server:
            report = pull_in(ZAMMAD, server.url)

        assert [flag.code for flag in report.flags] == ["no_state_history"]


class TestPulling:
    def _pull(self, root: Path, client: HttpClient) -> list[int]:
        with open_spool(root, workspace="w", source="zammad", account="a") as spool:
            pull(client, spool, lambda *_: None)
            kept = spool.stream("tickets").read()
            return [page["ticket"]["id"] for page in kept if page]

    def test_a_killed_pull_goes_on_and_keeps_nothing_twice(
        self, server: FakeServer, tmp_path: Path
    ) -> None:
        server.trouble = ["", "", "", "", *["500"] * 9]
        with client_of(server, []) as client, pytest.raises(PullFailed):
            self._pull(tmp_path, client)
        server.trouble = []
        with client_of(server, []) as client:
            kept = self._pull(tmp_path, client)

        assert kept == [7, 8]
        assert server.paths().count("/api/v1/ticket_history/7") == 1

    def test_a_ticket_deleted_meanwhile_hides_no_other(self, tmp_path: Path) -> None:
        zammad = Zammad()
        zammad.tickets.append(ticket(9))
        answers = zammad.answers()

        def deletes(_: Ask) -> Any:
            zammad.tickets = [one for one in zammad.tickets if one["id"] != 7]
            return articles()

        answers["/api/v1/ticket_articles/by_ticket/7"] = deletes
        answers |= {
            "/api/v1/ticket_articles/by_ticket/9": lambda _: [],
            "/api/v1/ticket_history/9": lambda _: history(),
        }
        with FakeServer(answers) as server, client_of(server, []) as client:
            kept = self._pull(tmp_path, client)

        assert sorted(kept) == [7, 8, 9]
