"""Hanako's issue on GitHub: from files and by the API, again, next week, and taken back."""

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.importers.github.pull import client as github_client
from shinrai.importers.github.pull import limited, pull
from shinrai.importers.github.source import GITHUB
from shinrai.importers.models import QuarantinedRow
from shinrai.importers.pull.errors import BadAddress, PullFailed, PullRefused
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.retry import LimitedResponse
from shinrai.importers.pull.spool import open_spool
from shinrai.importers.run.undo import undo_import
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.github import REPOSITORY, FakeGitHub
from tests.importers.fakes.pulled import files_in, pull_in
from tests.importers.fakes.server import Ask, FakeServer, Reply
from tests.importers.github.repository import (
    KEN,
    MORI,
    event,
    issue,
    moment,
    our_own,
    request,
    said,
    same,
    unanswered,
    whole,
)

KEY = "michinote/app#12"
LIFE = [
    ("06-01 00:10", "received"),
    ("06-01 00:11", "outbound"),  # a machine's
    ("06-01 01:00", "outbound"),
    ("06-01 01:01", "labelled"),
    ("06-01 01:01", "waiting"),
    ("06-02 02:00", "inbound"),
    ("06-02 02:05", "resumed"),
    ("06-02 02:06", "assigned"),
    ("06-03 05:00", "outbound"),
    ("06-03 05:00", "solved"),
    ("06-04 01:00", "inbound"),
    ("06-04 01:30", "reopened"),
    ("06-05 06:00", "solved"),
]


def life(desk: Desk, number: int = 12) -> list[tuple[str, str]]:
    """Say what happened to an issue, and when."""
    told = desk.told(f"michinote/app#{number}")
    return sorted((f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2]) for step in told)


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


def everything() -> list[dict[str, Any]]:
    """Give the whole repository, as a pull keeps it."""
    return [whole(), same(), our_own(), request(), unanswered()]


def _apart(kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an issue, and its comments and events as the API's own lists show them."""
    records = [kept["issue"]]
    for told in kept["timeline"]:
        own = {**told, "issue_url": kept["issue"]["url"]}
        if told["event"] == "commented":
            del own["event"]
        else:
            own["issue"] = kept["issue"]
        records.append(own)
    return records


class TestFlat:
    def test_the_same_records_give_the_same_bytes_in_any_order_and_form(
        self, tmp_path: Path
    ) -> None:
        """As a pull keeps them; and as lists of issues, of comments, and of events saved apart."""
        kept = [whole(), same()]
        apart = [record for one in kept for record in _apart(one)]
        events = [record for record in apart if "event" in record]
        others = [record for record in apart if "event" not in record]
        forms: list[list[Any]] = [kept, [list(reversed(events)), others]]
        told = []
        for number, records in enumerate(forms):
            folder = tmp_path / str(number)
            folder.mkdir()
            tables = GITHUB.flatten([written(tmp_path / f"{number}.json", *records)], folder)
            told.append({path.name: _without_raw(path) for path in tables})

        assert told[0] == told[1]
        assert set(told[0]) == {
            "issues.csv", "states.csv", "inbound.csv", "outbound.csv", "events.csv",
        }  # fmt: skip

    @given(st.permutations(_apart(whole()) + _apart(same()) + [request()]))
    @settings(max_examples=20, deadline=None)
    def test_records_apart_in_any_order_are_the_same_records(
        self, tmp_path_factory: pytest.TempPathFactory, records: list[Any]
    ) -> None:
        mixed, kept = (tmp_path_factory.mktemp("flat") for _ in range(2))
        one = GITHUB.flatten([written(mixed / "a.ndjson", *records)], mixed)
        other = GITHUB.flatten([written(kept / "b.ndjson", whole(), same())], kept)

        assert [_without_raw(path) for path in one] == [_without_raw(path) for path in other]

    def test_pull_requests_are_left_out_with_all_they_have(self, tmp_path: Path) -> None:
        """A list of comments names them by their page alone."""
        alone = said(72, moment(2, "07:00"), MORI, "Merged") | {
            "html_url": "https://github.com/michinote/app/pull/15#issuecomment-72",
            "issue_url": "https://api.github.com/repos/michinote/app/issues/15",
        }
        del alone["event"]

        assert GITHUB.flatten([written(tmp_path / "a.json", request(), alone)], tmp_path) == ()


def _without_raw(path: Path) -> list[list[str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return [row[:-2] for row in csv.reader(file)]


@pytest.mark.django_db
class TestFromFiles:
    def test_a_life_is_told_whole(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))

        assert report.counts.inquiries == 4
        assert life(desk) == sorted(LIFE)
        assert (report.counts.quarantined, report.flags) == (0, ())
        told = desk.told(KEY)
        received, waits, labelled, given = (
            next(step for step in told if step[2] == kind)
            for kind in ("received", "waiting", "labelled", "assigned")
        )
        assert (received[3], received[4], received[6]["mode"]) == ("501", "customer", "direct")
        assert received[7] == "Streak lost\n\nIt says 0 since today."
        assert (waits[3], waits[6]) == ("mori", {"on": "customer"})
        assert labelled[6] == {"label": "Needs-Info"}
        assert given[6] == {"to": "kurata"}

    def test_the_association_of_an_author_says_which_way_a_comment_went(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))

        told = [
            (step[3], step[2], step[6].get("automatic", False))
            for step in desk.told(KEY) + desk.told("michinote/app#14")
            if step[2] in ("inbound", "outbound")
        ]
        assert sorted(told) == [
            ("501", "inbound", False),
            ("501", "inbound", False),
            ("502", "inbound", False),  # Ken, of Mori's issue
            ("kurata", "outbound", False),
            ("mori", "outbound", False),
            ("system", "outbound", True),
        ]

    def test_how_an_issue_was_closed_says_what_became_of_it(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """A duplicate is cancelled, and so is what is not planned: nobody calls it solved."""
        files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))

        [gone] = [step for step in desk.told("michinote/app#13") if step[2] == "cancelled"]
        assert (gone[3], gone[6]) == ("mori", {"reason": "duplicate"})
        [_, stale] = desk.told("michinote/app#16")
        assert (stale[2], stale[3], stale[6]) == ("cancelled", "system", {"reason": "mistake"})
        ours = desk.told("michinote/app#14")
        assert (ours[0][3], ours[0][4], ours[0][6]["mode"]) == ("mori", "agent", "proactive")

    def test_an_issue_that_came_from_another_repository_says_when(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        moved = our_own()
        moved["timeline"].append(event(62, moment(2, "05:00"), MORI, "transferred"))

        files_in(GITHUB, written(tmp_path / "t.ndjson", moved))

        [step] = [step for step in desk.told("michinote/app#14") if step[2] == "assigned"]
        assert step[6] == {"group": "michinote/app"}

    def test_twice_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        first = files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))
        again = files_in(GITHUB, written(tmp_path / "u.json", *reversed(everything())))

        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps

    def test_two_halves_are_the_whole(self, desk: Desk, tmp_path: Path) -> None:
        """What was known on Tuesday evening, and on Friday, against Friday alone."""
        half = whole()
        half["issue"] |= {
            "state": "open", "state_reason": None, "closed_at": None, "comments": 3,
            "updated_at": moment(2, "02:06"),
        }  # fmt: skip
        half["timeline"] = half["timeline"][:6]

        files_in(GITHUB, written(tmp_path / "a.ndjson", half))
        assert life(desk) == sorted(LIFE)[:8]
        second = files_in(GITHUB, written(tmp_path / "b.ndjson", *everything()))
        told = desk.told()
        undo_import(batch_id=second.batch or 0, reason="", at=NOON, by="staff:1")
        assert life(desk) == sorted(LIFE)[:8]
        files_in(GITHUB, written(tmp_path / "c.ndjson", *everything()))

        assert second.counts.corrected == 0
        assert desk.told() == told

    def test_without_a_timeline_it_says_what_is_unknown(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(GITHUB, written(tmp_path / "t.json", whole()["issue"]))

        assert {flag.code: flag.count for flag in report.flags} == {
            "no_state_history": 1,
            "no_messages": 1,
        }
        assert desk.kinds(KEY) == ["received", "solved"]

    def test_what_nobody_can_read_is_set_aside_and_told_where(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        strange = unanswered()
        strange["timeline"][0]["state_reason"] = "on_the_moon"
        alone = {**event(99, moment(1, "00:00"), MORI, "closed"), "issue": issue(99, KEN, "")}

        report = files_in(
            GITHUB, written(tmp_path / "t.ndjson", {"what": "is this"}, strange, alone)
        )

        assert report.counts.quarantined == 3 == QuarantinedRow.objects.count()
        reasons = " ".join(row.reason["en"] for row in report.set_aside)
        assert "closed_on_the_moon" in {row.cell for row in report.set_aside}
        assert "none of the records" in reasons
        assert "an issue that is not among these records" in reasons

    def test_what_github_counts_itself_is_what_we_count(self, desk: Desk, tmp_path: Path) -> None:
        """Four issues with 5, 0, 1 and 0 comments, three of them closed."""
        from shinrai.importers.reconciliation.queries import reconcile

        report = files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))

        found = reconcile(batch_id=report.batch or 0)
        told = {entry.metric.name: (entry.n, entry.equal) for entry in found.entries}
        assert told == {"comments": (4, 4), "closed_at": (3, 3)}

    def test_a_contributor_may_be_made_to_speak_for_us(self, desk: Desk, tmp_path: Path) -> None:
        from shinrai.importers.mapping_files import SHIPPED, parse

        by_association = "{column: association, words: {CONTRIBUTOR: outbound}, otherwise: inbound}"
        shipped = SHIPPED.joinpath("github.yaml").read_text("utf-8")
        text = shipped.replace("direction: {fixed: inbound}", f"direction: {by_association}")
        own = our_own()
        own["timeline"][0]["author_association"] = "CONTRIBUTOR"

        files_in(GITHUB, written(tmp_path / "t.json", own), mapping=parse(text, where="ours"))

        [step] = [step for step in desk.told("michinote/app#14") if step[7] == "I see this, too!"]
        assert (step[2], step[3], step[4]) == ("outbound", "502", "volunteer")

    def test_taken_back_it_is_gone(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(GITHUB, written(tmp_path / "t.ndjson", *everything()))

        undo_import(batch_id=report.batch or 0, reason="wrong desk", at=NOON, by="staff:1")

        assert desk.told() == []


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub(everything())
    with fake.server():
        yield fake


@pytest.mark.django_db
class TestByTheApi:
    def test_pages_limits_and_faults_are_lived_through(
        self, desk: Desk, github: FakeGitHub
    ) -> None:
        github.made.trouble = ["", "429 30", "500", "cut", "", "403 60", "503"]

        report = pull_in(GITHUB, github.url)

        assert report.counts.inquiries == 4  # and no pull request
        assert life(desk) == sorted(LIFE)
        asked = github.made.asked[0]
        assert asked.headers["Authorization"] == "Bearer t"
        assert not [path for path in github.made.paths() if "/15/" in path]

    def test_the_next_pull_asks_only_for_what_changed(self, desk: Desk, github: FakeGitHub) -> None:
        pull_in(GITHUB, github.url)
        github.issues[2]["issue"]["updated_at"] = moment(9, "00:00")
        before = len(github.made.asked)

        report = pull_in(GITHUB, github.url, at=NOON + timedelta(days=7))

        asked = github.made.asked[before:]
        # The last one that was known comes again: others may have changed in its second.
        assert asked[0].one("since") == moment(5, "06:00")
        assert sorted({ask.path for ask in asked[1:]}) == [
            f"{REPOSITORY}/issues/12/timeline",
            f"{REPOSITORY}/issues/14/timeline",
        ]
        assert (report.counts.steps, report.counts.corrected) == (0, 0)

    def test_a_token_that_may_not_is_told_so_at_once(self, desk: Desk) -> None:
        answers = {"/": lambda _: Reply(403, {"message": "Resource not accessible by token"})}

        with FakeServer(answers) as server, pytest.raises(PullRefused, match="not accessible"):
            pull_in(GITHUB, f"{server.url}{REPOSITORY}")
        assert len(server.asked) == 1


class TestPulling:
    def _pull(self, root: Path, client: HttpClient) -> list[int]:
        with open_spool(root, workspace="w", source="github", account="a") as spool:
            pull(client, spool, lambda *_: None)
            return [page["issue"]["number"] for page in spool.stream("issues").read() if page]

    def _client(self, url: str, naps: list[float]) -> HttpClient:
        made = github_client(url, "t")
        for holder in (made, made._limit):
            holder._sleep, holder._clock = naps.append, lambda: sum(naps)
        made._wall_clock = lambda: 1_000_000 + sum(naps)
        return made

    def test_a_killed_pull_goes_on_and_keeps_nothing_twice(
        self, github: FakeGitHub, tmp_path: Path
    ) -> None:
        github.made.trouble = ["", "", "", *["500"] * 9]
        with self._client(github.url, []) as client, pytest.raises(PullFailed):
            self._pull(tmp_path, client)
        github.made.trouble = []
        with self._client(github.url, []) as client:
            kept = self._pull(tmp_path, client)

        assert kept == [13, 14, 16, 12]
        assert github.made.paths().count(f"{REPOSITORY}/issues/13/timeline") == 1

    def test_it_waits_until_the_hour_is_over(self, github: FakeGitHub, tmp_path: Path) -> None:
        """All 5,000 requests are spent, and 1,800 s are left of the hour."""
        spent = Reply(
            403,
            {"message": "API rate limit exceeded"},
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1001800"},
        )
        answers, tries = dict(github.made.answers), []

        def once(ask: Ask) -> Any:
            tries.append(ask)
            return spent if len(tries) == 1 else answers[f"{REPOSITORY}/issues"](ask)

        github.made.answers = {**answers, f"{REPOSITORY}/issues": once}
        naps: list[float] = []
        with self._client(github.url, naps) as client:
            kept = self._pull(tmp_path, client)

        assert len(kept) == 4
        assert naps[0] == 1800.0

    def test_an_issue_that_changes_meanwhile_hides_no_other(
        self, github: FakeGitHub, tmp_path: Path
    ) -> None:
        """Ken's issue is the first; while it is told it changes, and all others move forward."""
        answers = dict(github.made.answers)

        def changes(ask: Ask) -> Any:
            github.issues[1]["issue"]["updated_at"] = moment(6, "00:00")
            return answers[f"{REPOSITORY}/issues/"](ask)

        github.made.answers = {**answers, f"{REPOSITORY}/issues/13/": changes}
        with self._client(github.url, []) as client:
            kept = self._pull(tmp_path, client)

        assert kept == [13, 14, 16, 12, 13]

    def test_many_that_changed_in_one_second_are_listed_by_their_links(
        self, github: FakeGitHub, tmp_path: Path
    ) -> None:
        for kept in github.issues:
            kept["issue"]["updated_at"] = moment(5, "06:00")
        with self._client(github.url, []) as client:
            found = self._pull(tmp_path, client)

        assert sorted(found) == [12, 13, 14, 16]

    def test_an_issue_deleted_meanwhile_is_kept_as_it_was_listed(
        self, github: FakeGitHub, tmp_path: Path
    ) -> None:
        gone = {f"{REPOSITORY}/issues/13/": lambda _: Reply(410, {"message": "deleted"})}
        github.made.answers = {**github.made.answers, **gone}
        with self._client(github.url, []) as client:
            kept = self._pull(tmp_path, client)

        assert kept == [13, 14, 16, 12]


class TestLimits:
    @pytest.mark.parametrize(
        ("status", "headers", "said", "asked", "waits"),
        [
            (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "160"}, "", None, 60.0),
            (403, {}, "You have exceeded a secondary rate limit", None, 60.0),
            (403, {}, "You have exceeded a secondary rate limit", 90.0, 90.0),
            (429, {}, "", None, 60.0),
            (403, {"x-ratelimit-remaining": "4999"}, "Resource not accessible", None, None),
            (404, {}, "Not Found", None, None),
        ],
    )
    def test_a_limit_is_told_from_a_refusal(
        self,
        status: int,
        headers: dict[str, str],
        said: str,
        asked: float | None,
        waits: float | None,
    ) -> None:
        answer = LimitedResponse(status, headers, said, retry_after_s=asked, now=100.0)

        assert limited(answer) == waits


class TestClient:
    def test_the_address_of_the_browser_will_do(self) -> None:
        with github_client("https://github.com/michinote/app/issues", "t") as made:
            assert made.base_url == "https://api.github.com/repos/michinote/app"
            assert made.host == "api.github.com-michinote-app"

    def test_an_address_without_a_repository_is_refused(self) -> None:
        with pytest.raises(BadAddress, match="repos/acme/app"):
            github_client("https://api.github.com", "t")
