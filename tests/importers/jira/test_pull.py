"""Pulling Jira: Cloud by tokens, a data center by numbers; limits, faults, a kill, next week."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.jira.pull import client as jira_client
from shinrai.importers.jira.pull import pull
from shinrai.importers.jira.source import JIRA, jira
from shinrai.importers.pull.errors import PullFailed, PullRefused
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.spool import open_spool
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.jira import FakeJira
from tests.importers.fakes.pulled import pull_in
from tests.importers.fakes.server import Ask, FakeServer, Reply, client_of
from tests.importers.jira.desk_of_jira import (
    FIELDS,
    KURATA,
    MORI,
    STATUSES,
    change,
    given,
    issue,
    moment,
    reopened,
    status,
    whole,
)
from tests.importers.jira.test_jira import LIFE, life


def site(**more: Any) -> FakeJira:
    """Give a site with a service desk, where Hanako and Taro asked, and a project of its own."""
    other = issue(
        10003, "APP-1", moment(1, "08:00"), moment(1, "08:00"), status=status("調査中"),
        project={"id": "200", "key": "APP", "projectTypeKey": "software"}, summary="CI が遅い",
    )  # fmt: skip
    return FakeJira(
        issues=[
            whole(),
            reopened(),
            {"issue": other, "changelog": [], "comments": [], "sla": []},
        ],
        fields=FIELDS,
        statuses=[status(name) for name in STATUSES],
        projects=[
            {"key": "HELP", "projectTypeKey": "service_desk"},
            {"key": "APP", "projectTypeKey": "software"},
        ],
        **more,
    )


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with site().server() as fake:
        yield fake


@pytest.mark.django_db
class TestByTheApi:
    def test_pages_limits_and_faults_are_lived_through(
        self, desk: Desk, server: FakeServer
    ) -> None:
        server.trouble = ["", "429 30", "500", "cut", "", "503", "", "", "", "", "cut", "429 5"]

        report = pull_in(JIRA, server.url)

        assert report.counts.inquiries == 2  # of the service desk, not of the other project
        assert life(desk) == sorted(LIFE)
        assert report.flags == ()
        assert server.asked[0].headers["Authorization"] == "Bearer t"

    def test_what_an_issue_shows_in_part_is_asked_for_whole(
        self, desk: Desk, server: FakeServer
    ) -> None:
        pull_in(JIRA, server.url)

        asked = [path for path in server.paths() if "10001" in path]
        assert set(asked) == {
            "/rest/api/3/issue/10001/changelog",  # five changes, two a page
            "/rest/api/3/issue/10001/comment",
            "/rest/servicedeskapi/request/10001/sla",
        }
        assert asked.count("/rest/api/3/issue/10001/changelog") == 3
        assert asked.count("/rest/servicedeskapi/request/10001/sla") == 2

    def test_a_data_center_tells_the_same_life(self, desk: Desk) -> None:
        """It leads on by numbers, shows its changelog whole, and marks comments by properties."""
        center = site(is_cloud=False, shown=100)
        for kept in center.issues:
            for said in kept["comments"]:
                is_internal = not said.pop("jsdPublic")
                said["properties"] = [
                    {"key": "sd.public.comment", "value": {"internal": is_internal}}
                ]

        with center.server() as server:
            report = pull_in(JIRA, server.url)

        assert report.counts.inquiries == 2
        assert life(desk) == sorted(LIFE)
        asked = [ask for ask in server.asked if ask.path.endswith("10001/comment")]
        assert {ask.one("expand") for ask in asked} == {"properties"}

    def test_the_next_pull_asks_only_for_what_changed(self, desk: Desk) -> None:
        """The last change seen was on Wednesday at 15:00; the next pull begins two hours before."""
        fake = site()
        with fake.server() as server:
            pull_in(JIRA, server.url)
            before = len(server.asked)
            report = pull_in(JIRA, server.url, at=NOON + timedelta(days=7))
            asked = server.asked[before:]

        queries = {ask.one("jql") for ask in asked if ask.one("jql")}
        assert queries == {
            'project in ("HELP") AND updated >= "2026/06/03 13:00" ORDER BY created ASC, key ASC'
        }
        assert not [ask for ask in asked if "10002" in ask.path]
        assert (report.counts.steps, report.counts.corrected) == (0, 0)

    def test_two_of_one_name_are_told_apart_alike_in_every_pull(self, desk: Desk) -> None:
        """There is another Mori, with an earlier account, who never worked on an issue."""
        other = {**MORI, "accountId": "557:a-mori"}
        fake = site(users=[KURATA, MORI, other])
        with fake.server() as server:
            pull_in(JIRA, server.url)
            later = moment(4, "09:00")
            fake.issues[0]["changelog"].append(change(90, later, other, given(MORI, other)))
            fake.issues[0]["issue"]["fields"] |= {"updated": later, "assignee": other}
            report = pull_in(JIRA, server.url, at=NOON + timedelta(days=7))

        assert (report.counts.steps, report.counts.corrected) == (1, 0)
        told = [step[6]["to"] for step in desk.told("HELP-1") if step[6].get("to")]
        assert told == ["Kurata", "Mori (557:mori)", "Mori"]

    def test_a_query_of_ones_own_says_which_issues(self, desk: Desk, server: FakeServer) -> None:
        source = jira("project = APP ORDER BY rank")

        report = pull_in(source, server.url)

        assert report.counts.inquiries == 1
        [query] = {ask.one("jql") for ask in server.asked if ask.one("jql")}
        assert query.startswith('(project = APP) AND updated >= "1970/01/02 00:00"')

    def test_an_sla_nobody_may_see_is_done_without(self, desk: Desk) -> None:
        with site(closed=("/rest/servicedeskapi/",)).server() as server:
            report = pull_in(JIRA, server.url)

        assert (report.counts.inquiries, report.flags) == (2, ())

    def test_a_token_that_is_refused_says_so(self, desk: Desk) -> None:
        refusing = FakeServer({"/": lambda _: Reply(401, {"message": "Unauthorized"})})

        with refusing as server, pytest.raises(PullRefused, match="the token is not accepted"):
            pull_in(JIRA, server.url)


class TestPulling:
    def _pull(self, root: Path, client: HttpClient) -> list[str]:
        with open_spool(root, workspace="w", source="jira", account="a") as spool:
            pull(client, spool, lambda *_: None)
            return [kept["issue"]["key"] for kept in spool.stream("issues").read() if kept]

    def test_a_killed_pull_goes_on_and_keeps_nothing_twice(
        self, server: FakeServer, tmp_path: Path
    ) -> None:
        server.trouble = [*[""] * 14, *["500"] * 9]  # Hanako's issue is kept, Taro's is not
        with client_of(server, []) as client, pytest.raises(PullFailed):
            self._pull(tmp_path, client)
        server.trouble = []
        with client_of(server, []) as client:
            kept = self._pull(tmp_path, client)

        assert kept == ["HELP-1", "HELP-2"]
        assert server.paths().count("/rest/api/3/issue/10001/changelog") == 3

    def test_a_token_that_ran_out_begins_the_walk_again(
        self, server: FakeServer, tmp_path: Path
    ) -> None:
        server.trouble = [*[""] * 14, *["500"] * 9]
        with client_of(server, []) as client, pytest.raises(PullFailed):
            self._pull(tmp_path, client)
        state = next(tmp_path.rglob("state.json"))
        place = state.read_text("utf-8")
        state.write_text(place.replace(r"\"page\": null", r"\"page\": \"x\""), "utf-8")
        server.trouble = []
        with client_of(server, []) as client:
            kept = self._pull(tmp_path, client)

        assert "x" in {ask.one("nextPageToken") for ask in server.asked}  # answered with 400
        assert kept == ["HELP-1", "HELP-2"]

    def test_what_changes_or_goes_behind_the_back_of_a_walk_is_found(self, tmp_path: Path) -> None:
        """While Taro's issue is told, Hanako's changes, and an older one is deleted."""
        fake = site(is_cloud=False)
        gone = whole(10000)
        gone["issue"]["key"] = "HELP-0"
        gone["issue"]["fields"]["created"] = moment(1, "07:00")
        late = whole(10009)
        late["issue"]["key"] = "HELP-9"
        late["issue"]["fields"]["created"] = moment(1, "11:00")
        fake.issues += [gone, late]
        with fake.server() as server:
            comments = server.answers["/rest/api/2/issue/"]

            def meanwhile(ask: Ask) -> Any:
                if ask.path.endswith("10002/comment") and gone in fake.issues:
                    fake.issues.remove(gone)
                    fake.issues[0]["issue"]["fields"]["updated"] = moment(4, "09:00")
                return comments(ask)

            server.answers = {**server.answers, "/rest/api/2/issue/": meanwhile}
            with client_of(server, []) as client:
                kept = self._pull(tmp_path, client)

        assert kept == ["HELP-0", "HELP-1", "HELP-2", "HELP-1", "HELP-9"]

    def test_a_list_that_repeats_itself_ends(self, tmp_path: Path) -> None:
        """A server that answers every page of its users, and of a changelog, with the first."""
        fake = site(users=[KURATA, MORI])
        again = {
            "/rest/api/3/users/search": lambda _: fake.users,
            "/rest/api/3/issue/10001/changelog": lambda _: {
                "values": whole()["changelog"][:2], "isLast": False
            },
        }  # fmt: skip
        with fake.server() as server:
            server.answers = {**server.answers, **again}
            with client_of(server, []) as client:
                kept = self._pull(tmp_path, client)

        assert kept == ["HELP-1", "HELP-2"]
        assert server.paths().count("/rest/api/3/users/search") == 2

    def test_an_account_without_a_zone_is_asked_a_day_earlier(self, tmp_path: Path) -> None:
        fake = site()
        with fake.server() as server:
            server.answers = {**server.answers, "/rest/api/2/myself": lambda _: {}}
            for _ in range(2):
                with open_spool(tmp_path, workspace="w", source="jira", account="a") as spool:
                    with client_of(server, []) as client:
                        pull(client, spool, lambda *_: None)
                    spool.finish()

        last = server.asked[-1].one("jql")
        assert 'updated >= "2026/06/02 04:00"' in last  # 06:00 in Greenwich on the 3rd, less 26 h


class TestClient:
    def test_a_token_of_cloud_is_signed_with_its_mail_and_queries_have_their_own_cursors(
        self, server: FakeServer
    ) -> None:
        with (
            jira_client(server.url, "kurata@example.jp:KEY", jql="project = CRE") as one,
            jira_client(server.url, "pat") as other,
        ):
            one.get("rest/api/2/myself")
            assert server.asked[0].headers["Authorization"].startswith("Basic a3VyYXRhQ")
            assert one.host != other.host
