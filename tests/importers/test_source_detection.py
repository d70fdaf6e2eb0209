"""Whose records a file holds, told by what stands first in it; or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.source_detection import sources_of_files
from tests.importers.chatwoot import test_chatwoot as chatwoot
from tests.importers.freshdesk import test_freshdesk as freshdesk
from tests.importers.github import repository
from tests.importers.jira import desk_of_jira as jira
from tests.importers.zammad import desk_of_zammad as zammad
from tests.importers.zendesk import desk_of_zendesk as zendesk

SHOWN: list[tuple[str, Any]] = [
    ("zendesk", zendesk.ticket()),
    ("zendesk", zendesk.audits()),
    ("zendesk", {"tickets": [zendesk.ticket()], "users": zendesk.USERS, "count": 1}),
    ("zendesk", zendesk.metric_set()),
    ("zammad", zammad.ticket()),
    ("zammad", zammad.articles()),
    ("zammad", zammad.whole()),
    ("freshdesk", freshdesk.ticket()),
    ("freshdesk", {"ticket": freshdesk.ticket(), "conversations": []}),
    ("chatwoot", chatwoot.conversation()),
    ("chatwoot", chatwoot.messages()),
    ("chatwoot", {"data": {"payload": [chatwoot.conversation()]}}),
    ("jira", jira.whole()),
    ("jira", jira.whole()["issue"]),
    ("jira", {"issues": [jira.whole()["issue"]], "total": 1}),
    ("jira", jira.FIELDS),
    ("jira", {"self": "https://acme.atlassian.net/rest/api/3/issue/1/comment/2", "body": "x"}),
    ("github", repository.whole()),
    ("github", repository.whole()["issue"]),
    ("github", repository.whole()["timeline"]),
    ("github", [repository.request()["issue"]]),
]


@pytest.mark.parametrize(("desk", "document"), SHOWN)
def test_each_desk_is_told_by_what_is_its_own(desk: str, document: Any, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps(document, indent=1), "utf-8")

    assert sources_of_files([path]) == {"records.json": desk}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        7,
        [{"id": 1, "name": "CRE"}],
        {"number": 12, "title": "x", "url": "https://github.com/acme/app/issues/12"},  # not the API
        {"iid": 3, "title": "x", "web_url": "https://gitlab.example.com/a/b/-/issues/3"},
    ],
)
def test_what_several_might_say_is_nobodys(document: Any, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps(document), "utf-8")

    assert sources_of_files([path]) == {}


def test_names_may_stand_before_the_first_case(tmp_path: Path) -> None:
    path = tmp_path / "records.ndjson"
    names = [{"id": number, "name": "somebody"} for number in range(60)]
    path.write_text("\n".join(map(json.dumps, [*names, repository.whole()])), "utf-8")

    assert sources_of_files([path]) == {"records.ndjson": "github"}
