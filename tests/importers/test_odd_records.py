"""One odd record among a desk's is set aside with its field; the others come in. All six desks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.commands import import_
from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.github.source import GITHUB
from shinrai.importers.jira.source import JIRA
from shinrai.importers.sources import Source
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.importers.zendesk.source import ZENDESK
from tests.importers.chatwoot import test_chatwoot as chatwoot
from tests.importers.desk import Desk
from tests.importers.fakes.pulled import files_in
from tests.importers.freshdesk import test_freshdesk as freshdesk
from tests.importers.github import repository as github
from tests.importers.jira import desk_of_jira as jira
from tests.importers.zammad import desk_of_zammad as zammad
from tests.importers.zendesk import desk_of_zendesk as zendesk

JUNE = zendesk.moment(1, "00:00")


def of_jira(number: int, **more: Any) -> dict[str, Any]:
    return (
        jira.issue(
            number, f"CS-{number}", JUNE, JUNE, status=jira.status(next(iter(jira.STATUSES)))
        )
        | more
    )


def of_github(number: int, **more: Any) -> dict[str, Any]:
    return github.issue(number, github.HANAKO, JUNE, **more)


def of_zendesk(number: int, **more: Any) -> dict[str, Any]:
    return zendesk.ticket(number, **more)


MAKE: dict[str, tuple[Source, Callable[..., dict[str, Any]]]] = {
    "zendesk": (ZENDESK, of_zendesk),
    "jira": (JIRA, of_jira),
    "chatwoot": (CHATWOOT, chatwoot.conversation),
    "github": (GITHUB, of_github),
    "freshdesk": (FRESHDESK, freshdesk.ticket),
    "zammad": (ZAMMAD, zammad.ticket),
}
BY_TURNS = [
    ("zendesk", {"via": "email"}, "via"),
    ("zendesk", {"id": None}, "id"),
    ("zendesk", {"created_at": 17}, "created_at"),
    ("zendesk", {"tags": {"a": 1}}, "tags"),
    ("zendesk", {"audits": [{"id": [1], "ticket_id": 8}]}, "audits[0].id"),
    ("zendesk", {"comments": [{"body": "no number"}]}, "comments[0].id"),
    ("zendesk", {"metric_set": {"reopens": "often"}}, "metric_set.reopens"),
    ("jira", {"id": None}, "id"),
    ("jira", {"changelog": {"histories": 7}}, "changelog.histories"),
    ("jira", {"fields": {"project": "CS"}}, "fields.project"),
    ("chatwoot", {"meta": {"sender": "Yui"}}, "meta.sender"),
    ("chatwoot", {"messages": [{"content": ["x"]}]}, "messages[0].content"),
    ("github", {"user": "hanako"}, "user"),
    ("github", {"labels": [["bug"]]}, "labels[0]"),
    ("freshdesk", {"stats": {"closed_at": {}}}, "stats.closed_at"),
    ("freshdesk", {"requester_id": True}, "requester_id"),
    ("zammad", {"id": {}}, "id"),
    ("zammad", {"articles": ["hello"]}, "articles[0]"),
]  # fmt: skip


def written(path: Path, *records: Any) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


@pytest.mark.django_db
class TestAnOddRecord:
    @pytest.mark.parametrize(("name", "odd", "field"), BY_TURNS)
    def test_it_is_set_aside_with_file_line_and_field_and_the_others_come_in(
        self, desk: Desk, tmp_path: Path, name: str, odd: dict[str, Any], field: str
    ) -> None:
        source, make = MAKE[name]
        path = written(tmp_path / "desk.ndjson", make(7), make(8, **odd), make(9))

        report = files_in(source, path)

        [row] = [row for row in report.set_aside if row.field == field]
        assert (row.file, row.line) == ("desk.ndjson", 2)
        assert all("expected" in text or "missing" in text for text in [row.reason["en"]])
        assert report.counts.inquiries == (3 if "[" in field and name != "github" else
                                           3 if field.startswith("metric_set") else 2)  # fmt: skip

    def test_one_of_a_page_is_named_by_its_place(self, desk: Desk, tmp_path: Path) -> None:
        page = {"tickets": [of_zendesk(7), of_zendesk(8, via=3), of_zendesk(9, via=[3])]}
        path = tmp_path / "page.json"
        path.write_text(json.dumps(page), "utf-8")

        report = files_in(ZENDESK, path)

        fields = sorted(row.field for row in report.set_aside)
        assert fields == ["tickets[1].via", "tickets[2].via"]
        assert report.counts.inquiries == 1

    @pytest.mark.parametrize("name", list(MAKE))
    def test_half_an_emoji_comes_in_as_the_sign_for_what_is_missing(
        self, desk: Desk, tmp_path: Path, name: str
    ) -> None:
        source, make = MAKE[name]
        half = {"subject": "cut \ud83d", "raw_subject": "cut \ud83d", "title": "cut \ud83d",
                "description": "cut \ud83d", "\ude00": "\u0000\ud83d"}  # fmt: skip
        record = make(7) | half
        if name == "jira":
            record["fields"] |= {"summary": "cut \ud83d", "customfield_1": "\ud83d"}
        if name == "chatwoot":
            record |= {"messages": [chatwoot.message(1, 0, chatwoot.epoch(1, "00:00"), "\ud83d")]}

        report = files_in(source, written(tmp_path / "desk.ndjson", record))

        assert (report.counts.inquiries, report.counts.quarantined) == (1, 0)
        [case] = report_cases(desk)
        assert any("\ufffd" in str(step[7]) for step in desk.told(case))

    def test_a_ticket_of_the_year_9999_or_0_is_set_aside(self, desk: Desk, tmp_path: Path) -> None:
        far = of_zendesk(8, created_at="9999-12-31T23:59:59Z")
        none = of_zendesk(9, created_at="0000-01-01T00:00:00Z")

        report = files_in(ZENDESK, written(tmp_path / "t.ndjson", of_zendesk(7), far, none))

        assert report.counts.inquiries == 1
        assert {row.line for row in report.set_aside} == {2, 3}

    def test_a_number_of_seconds_is_a_moment(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(
            ZENDESK, written(tmp_path / "t.ndjson", of_zendesk(7, created_at=1780272600))
        )

        assert report.counts.quarantined == 0
        assert str(desk.told("7")[0][1]).startswith("2026-06-01 00:10")


def report_cases(desk: Desk) -> list[str]:
    from shinrai.ledger.models import Case

    return list(Case.objects.values_list("source_key", flat=True))


@pytest.mark.django_db
class TestAFileOfNoDesk:
    @pytest.mark.parametrize("name", list(MAKE))
    @pytest.mark.parametrize(
        ("file", "content", "says"),
        [
            (
                "export.csv",
                b"Issue key,Summary\nA-1,x\n",
                "JSON or NDJSON|Ticket ID",
            ),
            ("export.xlsx", b"PK\x03\x04 and so on", "shinrai import csv"),
            ("photo.json", b"\x89PNG\r\n\x1a\n\x00", "JSON or NDJSON"),
            ("empty.json", b"", "the file is empty"),
            ("none.json", b"[]", "there is no (case|issue) in it"),
        ],
    )
    def test_it_is_refused_and_never_nothing_new(
        self, desk: Desk, tmp_path: Path, name: str, file: str, content: bytes, says: str
    ) -> None:
        path = tmp_path / file
        path.write_bytes(content)

        answer = CliRunner().invoke(import_, [name, str(path), "-w", "desk"])

        assert answer.exit_code == 2
        assert "nothing new" not in answer.output
        assert_says(says, answer.output)

    @pytest.mark.parametrize("name", [name for name in MAKE if name != "zammad"])
    def test_records_of_another_desk_are_named(self, desk: Desk, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / "t.ndjson", zammad.ticket())

        answer = CliRunner().invoke(import_, [name, str(path), "-w", "desk"])

        assert answer.exit_code == 2
        assert "these are records of Zammad" in answer.output

    def test_a_sheet_of_jira_is_sent_where_it_is_read(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "export.csv"
        path.write_text("Issue key\nA-1\n")

        answer = CliRunner().invoke(import_, ["jira", str(path), "-w", "desk"])

        assert f"shinrai import csv {path} --mapping jira_csv" in " ".join(answer.output.split())


def assert_says(pattern: str, output: str) -> None:
    import re

    assert re.search(pattern, " ".join(output.split())), output
