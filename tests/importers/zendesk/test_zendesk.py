"""Hanako's ticket in Zendesk: from files and by the API, again, next week, and taken back."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.calendars.operations import save_calendar
from shinrai.importers.pull.errors import PullFailed
from shinrai.importers.pull.spool import open_spool
from shinrai.importers.reconciliation.queries import reconcile
from shinrai.importers.run.observations import observed_cases, visible_rows
from shinrai.importers.run.undo import undo_import
from shinrai.importers.sources import NothingNew
from shinrai.importers.zendesk.metrics import COUNTS, IN_BOTH
from shinrai.importers.zendesk.pull import pull
from shinrai.importers.zendesk.schedules import chosen, schedules_in
from shinrai.importers.zendesk.source import ZENDESK, flatten
from shinrai.ledger.models import Case
from shinrai.ledger.queries import case_heads, steps_of
from shinrai.ledger.rules.steps import standing
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in, pull_in
from tests.importers.fakes.server import client_of
from tests.importers.fakes.zendesk import FakeZendesk
from tests.importers.zendesk.desk_of_zendesk import (
    GROUPS,
    HANAKO,
    HOLIDAY,
    KURATA,
    MORI,
    SCHEDULE,
    USERS,
    audit,
    audits,
    comment,
    deleted,
    field,
    follow_up,
    merged,
    metric_events,
    metric_set,
    moment,
    people,
    ticket,
    whole,
)

LIFE = [
    ("06-01 00:10", "received", "9001"),
    ("06-01 00:10", "assigned", "9001"),
    ("06-01 00:11", "outbound", "system"),
    ("06-01 00:30", "assigned", "倉田 実"),
    ("06-01 00:30", "outbound", "倉田 実"),
    ("06-01 00:30", "waiting", "倉田 実"),
    ("06-02 01:00", "inbound", "9001"),
    ("06-02 01:00", "resumed", "9001"),
    ("06-02 01:30", "assigned", "倉田 実"),
    ("06-02 01:30", "note", "倉田 実"),
    ("06-02 03:00", "waiting", "森 彩"),
    ("06-02 05:00", "resumed", "森 彩"),
    ("06-03 05:00", "outbound", "森 彩"),
    ("06-03 05:00", "solved", "森 彩"),
    ("06-04 05:00", "inbound", "9001"),
    ("06-04 05:00", "reopened", "9001"),
    ("06-04 08:00", "outbound", "森 彩"),
    ("06-04 08:00", "solved", "森 彩"),
    ("06-04 09:00", "rated", "9001"),
    ("06-08 09:00", "closed", "system"),
]


def life(desk: Desk, case: str = "7") -> list[tuple[str, str, str]]:
    """Say what happened to a ticket, when, and by whom."""
    told = [
        (f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2], step[3]) for step in desk.told(case)
    ]
    return sorted(told)


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


def account() -> FakeZendesk:
    """Give an account with all four tickets."""
    return FakeZendesk(
        tickets=[whole(), merged(), deleted(), follow_up()],
        users=USERS,
        groups=GROUPS,
        schedules=[SCHEDULE],
        holidays=[HOLIDAY],
        metric_events=metric_events(),
    )


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.SHINRAI_HOME = tmp_path / "home"
    return tmp_path / "home"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestFlat:
    def test_the_same_records_give_the_same_tables_in_any_order(self, tmp_path: Path) -> None:
        one = written(tmp_path / "a.ndjson", *people(), whole(), merged())
        other = written(
            tmp_path / "b.ndjson",
            {"audits": merged()["audits"]},
            {"audits": audits()[::-1], "metric_sets": [metric_set()]},
            {"tickets": [merged() | {"audits": []}, ticket()]},
            {"ticket_id": 7, "audits": audits()},
            *people()[::-1],
        )
        told = []
        for source in (one, other):
            folder = tmp_path / f"{source.name}.flat"
            folder.mkdir()
            rows = {path.name: read(path) for path in flatten([source], folder)}
            for table in rows.values():
                for row in table:
                    del row["raw_file"], row["raw_line"]
            told.append(rows)

        assert told[0] == told[1]
        assert set(told[0]) == {"tickets.csv", "states.csv", "comments.csv", "ratings.csv",
                                "merges.csv"}  # fmt: skip

    def test_of_two_agents_of_one_name_the_later_one_carries_a_number(self, tmp_path: Path) -> None:
        twin = {"id": 503, "name": "倉田 実", "role": "agent"}
        path = written(tmp_path / "a.ndjson", {"users": [twin, *USERS]}, whole())

        states = next(p for p in flatten([path], tmp_path) if p.name == "states.csv")

        assert {row["by"] for row in read(states)} == {"", "倉田 実", "森 彩"}

    def test_a_comment_made_private_later_is_a_note(self, tmp_path: Path) -> None:
        hide = {"id": 9, "type": "CommentPrivacyChange", "comment_id": 303, "public": False}
        later = [*audits(), audit(113, moment(9, "00:00"), MORI, hide)]
        path = written(tmp_path / "a.ndjson", *people(), whole() | {"audits": later})

        comments = next(p for p in flatten([path], tmp_path) if p.name == "comments.csv")

        what = {row["comment_id"]: row["what"] for row in read(comments)}
        assert what["303"] == "staff_private"
        assert what["308"] == "staff_public"
        assert "301" not in what  # the ticket's own text


@pytest.mark.django_db
class TestFromFiles:
    def test_a_life_is_told_whole(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), whole()))

        assert life(desk) == sorted(LIFE)
        assert (report.counts.quarantined, report.flags) == (0, ())
        told = desk.told("7")
        waits = [step[6] for step in told if step[2] == "waiting"]
        assert waits == [{"on": "customer"}, {"on": "third_party"}]
        handed = [step[6] for step in told if step[2] == "assigned"]
        assert handed[-1] == {"group": "CRE", "to": "森 彩"}
        [received] = [step for step in told if step[2] == "received"]
        assert received[6]["priority"] == "normal"  # as it was then, not as it is now
        assert received[7] == "連続記録が消えた\n\n朝ひらいたら0日になっていました。"
        automatic = [step[6].get("automatic", False) for step in told if step[2] == "outbound"]
        assert automatic == [True, False, False, False]

    def test_the_organisation_is_the_account_and_without_one_none_is_named(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        theirs = whole() | {"organization_id": 360001}
        files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), theirs, follow_up()))

        opened = [
            next(step[6] for step in desk.told(case) if step[2] == "received")
            for case in ("7", "10")
        ]
        assert [detail.get("account") for detail in opened] == ["360001", None]

    def test_twice_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        first = files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), whole(), merged()))
        again = files_in(ZENDESK, written(tmp_path / "u.ndjson", merged(), whole(), *people()))

        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps

    def test_a_merged_ticket_lives_on_in_the_other_from_its_own_beginning(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), whole(), merged()))

        [cancelled] = [step for step in desk.told("8") if step[2] == "cancelled"]
        assert cancelled[6] == {"reason": "merged", "into": "7"}
        received = [step for step in desk.told("7") if step[2] == "received"]
        assert [(step[1].minute, step[6].get("merged_from")) for step in received] == [
            (5, "8"),
            (10, None),
        ]

    def test_a_deleted_ticket_is_cancelled_and_a_follow_up_names_what_it_goes_on_with(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), deleted(), follow_up()))

        [cancelled] = [step for step in desk.told("9") if step[2] == "cancelled"]
        assert cancelled[6] == {"reason": "mistake"}
        [received] = [step for step in desk.told("10") if step[2] == "received"]
        assert received[6]["follow_up_of"] == "7"

    @pytest.mark.parametrize("name", ["via_followup_source_id", "followup_source_id"])
    def test_a_follow_up_may_be_named_in_other_ways(
        self, desk: Desk, tmp_path: Path, name: str
    ) -> None:
        plain = {**follow_up(), "via": {"channel": "api"}, name: 7}
        files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), plain))

        assert desk.told("10")[0][6]["follow_up_of"] == "7"

    def test_what_an_export_without_audits_cannot_tell_is_flagged(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """A line of the account export: the ticket with its comments, and nothing of its past."""
        said = [
            comment(
                301, HANAKO, "朝ひらいたら0日になっていました。", created_at=moment(1, "00:10")
            ),
            comment(303, KURATA, "端末を教えてください。", created_at=moment(1, "00:30")),
        ]
        line = {**ticket(), "comments": said, "metric_set": metric_set()}
        waiting = {**ticket(11, status="pending"), "comments": said[:1]}
        report = files_in(ZENDESK, written(tmp_path / "export.ndjson", line, waiting))

        assert life(desk) == [
            ("06-01 00:10", "received", "9001"),
            ("06-01 00:30", "outbound", "#501"),
            ("06-02 01:30", "assigned", "system"),
            ("06-04 08:00", "solved", "system"),
        ]
        assert {flag.code: flag.count for flag in report.flags} == {
            "no_state_history": 2,
            "reopened_without_a_moment": 1,
            "waits_without_a_moment": 1,
        }
        assert sorted(desk.kinds("11")) == ["assigned", "received"]

    def test_what_is_none_of_zendesks_is_set_aside(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZENDESK, written(tmp_path / "t.ndjson", whole(), {"hello": 1}, 3))

        assert report.counts.quarantined == 2
        assert len(life(desk)) == len(LIFE)

    def test_a_status_nobody_has_told_of_is_set_aside_not_guessed(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        odd = audit(120, moment(8, "10:00"), MORI, field("status", "archived", "closed"))
        report = files_in(
            ZENDESK, written(tmp_path / "t.ndjson", {**whole(), "audits": [*audits(), odd]})
        )

        assert report.counts.quarantined == 1
        assert report.set_aside[0].field == "status"

    def test_undone_nothing_is_left(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), whole()))
        assert report.batch is not None
        undo_import(batch_id=report.batch, reason="wrong file", at=NOON, by="staff:1")

        assert desk.told() == []


@pytest.mark.django_db
def test_its_own_figures_stand_beside(desk: Desk, tmp_path: Path) -> None:
    events = {"ticket_metric_events": metric_events()}
    report = files_in(ZENDESK, written(tmp_path / "t.ndjson", *people(), whole(), events))
    assert report.batch is not None
    cases = observed_cases(batch_id=report.batch)
    says = [
        seen.facts["says"]
        for rows in visible_rows(cases, workspace_id=desk.id, also_batch=None).values()
        for seen in rows
        if "says" in seen.facts
    ]

    [own] = [one for one in says if "reopens" in one]
    assert own["reopens"] == "1"
    assert own["full_resolution_time_in_minutes.business"] == "2040"
    assert own["tags"] == ["streak", "app"]
    events_said = sorted((one["sla_event"], one.get("sla_target_minutes")) for one in says
                         if "sla_event" in one)  # fmt: skip
    assert events_said == [("apply_sla", "60"), ("fulfill", None), ("update_status", None)]


@pytest.mark.django_db
def test_ours_equal_its_own_by_its_own_schedule(desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "t.ndjson", *people(), whole(), {"schedules": [SCHEDULE]})
    document = chosen(schedules_in([path]), None).document()
    save_calendar(workspace_id=desk.id, name="desk", document=document, at=NOON, by="staff:1")
    report = files_in(ZENDESK, path)

    compared = reconcile(batch_id=report.batch or 0)

    times = {f"{time}.{calendar}" for time in IN_BOTH for calendar in ("calendar", "business")}
    assert {entry.metric.name for entry in compared.entries} == {*COUNTS, *times}
    assert {(entry.n, entry.equal) for entry in compared.entries} == {(1, 1)}


@pytest.mark.django_db
class TestPulled:
    def test_the_api_tells_what_the_files_tell(
        self, desk: Desk, tmp_path: Path, home: Path
    ) -> None:
        with account().server() as server:
            server.trouble = ["429 30", "500", "", "cut", "", "503", "", "", "429 60"]
            report = pull_in(ZENDESK, server.url)

        assert life(desk)[1:] == sorted(LIFE)  # and the receipt of Taro's, merged into it
        assert report.counts.inquiries == 4
        assert report.counts.quarantined == 0
        assert list(home.rglob("*.jsonl")) == []
        assert not any((home / "flat").iterdir())

    def test_next_week_brings_what_changed_and_nothing_else(self, desk: Desk) -> None:
        zendesk = account()
        with zendesk.server() as server:
            pull_in(ZENDESK, server.url)
            with pytest.raises(NothingNew):
                pull_in(ZENDESK, server.url)
            asked = len(server.asked)
            reply = audit(402, moment(10, "01:00"), MORI, comment(501, MORI, "確認します。"),
                          field("status", "pending", "new"), ticket_id=10)  # fmt: skip
            later = follow_up()
            later |= {"updated_at": moment(10, "01:00"), "audits": [*later["audits"], reply]}
            zendesk.tickets[3] = later
            report = pull_in(ZENDESK, server.url, at=NOON + timedelta(days=7))
            paths = server.paths()[asked:]

        assert [path for path in paths if "/audits" in path] == ["/api/v2/tickets/10/audits.json"]
        assert (report.counts.steps, report.counts.corrected) == (2, 0)
        assert desk.kinds("10") == ["received", "outbound", "waiting"]
        assert life(desk)[1:] == sorted(LIFE)

    def test_killed_anywhere_it_goes_on_where_it_stopped(self, desk: Desk, tmp_path: Path) -> None:
        """Cut off after every second request; the pages are then those of one smooth pull."""
        zendesk, place = account(), {"workspace": "desk", "source": "zendesk", "account": "x"}
        with zendesk.server() as server:
            with open_spool(tmp_path / "smooth", **place) as smooth:
                pull(client_of(server, []), smooth, _quiet)
                wanted = _kept(smooth.files())
            whole_way = len(server.asked)
            for number in range(0, whole_way, 2):
                root = tmp_path / f"cut-{number}"
                server.trouble = [""] * number + ["500"] * 2
                with open_spool(root, **place) as spool, pytest.raises(PullFailed):
                    pull(client_of(server, [], tries=2), spool, _quiet)
                with open_spool(root, **place) as spool:
                    pull(client_of(server, []), spool, _quiet)
                    assert spool.is_complete
                    assert _kept(spool.files()) == wanted

    def test_exports_keep_to_ten_requests_a_minute(self, desk: Desk, tmp_path: Path) -> None:
        many = [ticket(number, updated_at=moment(1, "01:00")) for number in range(100, 160)]
        naps: list[float] = []
        place = {"workspace": "desk", "source": "zendesk", "account": "x"}
        with (
            FakeZendesk(tickets=many, per_page=2).server() as server,
            open_spool(tmp_path / "spool", **place) as spool,
        ):
            pull(client_of(server, naps), spool, _quiet)

        assert sum(naps) >= 2 * 60  # thirty pages of an export

    def test_what_the_plan_does_not_open_is_done_without(self, desk: Desk) -> None:
        zendesk = account()
        zendesk.closed = (
            "/api/v2/business_hours/schedules.json",
            "/api/v2/slas/policies.json",
            "/api/v2/satisfaction_ratings.json",
            "/api/v2/incremental/ticket_metric_events.json",
        )
        with zendesk.server() as server:
            pull_in(ZENDESK, server.url)

        assert life(desk)[1:] == sorted(LIFE)

    def test_a_rating_with_its_words_is_the_customers(self, desk: Desk) -> None:
        zendesk = account()
        zendesk.ratings = [{
            "id": 1, "ticket_id": 7, "score": "bad", "comment": "遅い", "reason": "時間がかかった",
            "created_at": moment(4, "09:00"), "updated_at": moment(4, "09:30"),
        }]  # fmt: skip
        with zendesk.server() as server:
            pull_in(ZENDESK, server.url)

        [rated] = [step for step in desk.told("7") if step[2] == "rated"]
        assert (rated[3], rated[6]["score"], rated[7]) == (str(HANAKO), "bad", "遅い")


def _quiet(_phase: str, _done: int, _total: int) -> None:
    """Say nothing."""


def _kept(paths: Any) -> dict[str, list[Any]]:
    """Give what pages hold, without what was asked twice around a cut."""
    kept: dict[str, list[Any]] = {}
    for path in paths:
        pages = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        kept[path.name] = [page for n, page in enumerate(pages) if page not in pages[:n]]
    return kept


@pytest.mark.django_db
def test_the_tables_of_a_warehouse_load(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "load"
    folder.mkdir()
    tables = {
        "ticket_data": "id,created_at,updated_at,status,priority,requester_id,submitter_id,"
        "assignee_id,group_id,subject,description,via_channel,via_followup_source_id,"
        "merged_ticket_ids\n"
        "7,2026-06-01 00:10:00,2026-06-08 09:00:00,solved,high,9001,9001,501,71,消えた,朝から,"
        "email,,[8]\n"
        "8,2026-06-01 00:05:00,2026-06-01 00:40:00,closed,,9002,9002,,71,消えた,ない,web,,[]\n",
        "ticket_field_history_data": "field_name,ticket_id,updated,user_id,value\n"
        "status,7,2026-06-01 00:10:00,,new\ngroup_id,7,2026-06-01 00:10:00,,71\n"
        "status,7,2026-06-01 00:30:00,501,pending\nassignee_id,7,2026-06-01 00:30:00,501,501\n"
        "status,7,2026-06-02 01:00:00,9001,open\nstatus,7,2026-06-03 05:00:00,501,solved\n"
        "status,8,2026-06-01 00:05:00,,new\nstatus,8,2026-06-01 00:40:00,501,closed\n",
        "ticket_comment_data": "id,ticket_id,user_id,public,created,body\n"
        "1,7,9001,TRUE,2026-06-01 00:10:00,朝から\n"
        "2,7,501,TRUE,2026-06-01 00:30:00,端末は?\n3,7,501,FALSE,2026-06-01 00:31:00,メモ\n",
        "user_data": "id,name,role\n501,倉田 実,agent\n9001,花子,end-user\n",
        "group_data": "id,name\n71,CS\n",
        "sla_policy_metric_history_data": "sla_policy_id,sla_policy_updated_at,business_hours,"
        "metric,priority,target\n1,2026-01-01 00:00:00,TRUE,first_reply_time,high,60\n"
        "1,2026-07-01 00:00:00,TRUE,first_reply_time,high,30\n",
        "ticket_sla_policy_data": "ticket_id,sla_policy_id,policy_applied_at\n"
        "7,1,2026-06-01 00:10:00\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")

    report = files_in(ZENDESK, folder)

    assert report.counts.quarantined == 0
    assert [step for step in life(desk) if step[0] > "06-01 00:05"] == [
        ("06-01 00:10", "assigned", "system"),
        ("06-01 00:10", "received", "9001"),
        ("06-01 00:30", "assigned", "倉田 実"),
        ("06-01 00:30", "outbound", "倉田 実"),
        ("06-01 00:30", "waiting", "倉田 実"),
        ("06-01 00:31", "note", "倉田 実"),
        ("06-02 01:00", "resumed", "9001"),
        ("06-03 05:00", "solved", "倉田 実"),
    ]
    [cancelled] = [step for step in desk.told("8") if step[2] == "cancelled"]
    assert cancelled[6] == {"reason": "merged", "into": "7"}
    seen = visible_rows(list(case_heads(observed_cases(batch_id=report.batch or 0))),
                   workspace_id=desk.id, also_batch=None)  # fmt: skip
    targets = [row.facts["says"]["sla_target_minutes"] for rows in seen.values() for row in rows
               if row.table == "sla"]  # fmt: skip
    assert targets == ["60"]  # as it was in June, not as it is since July


@pytest.mark.django_db
def test_a_real_loads_shape(desk: Desk, shared: Path) -> None:
    folder = shared / "data" / "connector_seeds" / "zendesk"

    report = files_in(ZENDESK, folder, at=datetime(2026, 11, 20, tzinfo=UTC))

    assert report.counts.inquiries >= 10
    assert report.counts.quarantined == 0
    kinds = [step[2] for step in desk.told("11071")]
    assert kinds.count("waiting") == 7
    assert kinds[-2:] == ["solved", "closed"]


@pytest.mark.django_db
class TestACallSolvedAtOnce:
    def test_it_is_received_and_then_solved(self, desk: Desk, tmp_path: Path) -> None:
        """Mori writes a call down at 9:10 and solves it in the same stroke."""
        begun = moment(1, "00:10")
        solved = audit(31, begun, MORI, field("status", "solved", new=True))
        called = ticket(7, status="solved", submitter_id=MORI, audits=[solved])

        report = files_in(ZENDESK, written(tmp_path / "t.ndjson", called))

        [steps] = steps_of(Case.objects.values_list("id", flat=True), workspace_id=desk.id).values()
        assert [step.kind for step in standing(steps)] == ["received", "solved"]
        assert "out_of_order" not in {flag.code for flag in report.flags}
