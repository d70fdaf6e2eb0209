"""What other desks hand over, dropped on the page: logs, records and mail, tried and brought in."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from shinrai.importers import queries
from tests.cast import Cast
from tests.importers.github import repository
from tests.importers.jira import desk_of_jira
from tests.importers.jira.test_investigations import investigation
from tests.importers.mbox.desk_of_mail import acknowledged, answered, asked, mbox, thanked
from tests.importers.zammad.desk_of_zammad import whole

LOG = """<?xml version="1.0"?><log><trace><string key="concept:name" value="1"/>
<event><string key="concept:name" value="Assign seriousness"/>
<string key="lifecycle:transition" value="complete"/><string key="org:resource" value="V1"/>
<date key="time:timestamp" value="2026-06-01T09:10:00+09:00"/><string key="customer" value="C1"/>
<string key="product" value="P"/><string key="service_level" value="S"/>
<string key="service_type" value="T"/><string key="seriousness" value="1"/>
<string key="seriousness_2" value="1"/><string key="workgroup" value="W"/>
<string key="responsible_section" value="R"/><string key="support_section" value="U"/>
</event></trace></log>"""


@pytest.fixture
def house(cast: Cast, settings, tmp_path: Path, worker_at_once: None) -> Cast:
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return cast


def tried(house: Cast, name: str, content: bytes, **chosen: str) -> str:
    """Upload a file and say what its trial says."""
    return tried_all(house, {name: content}, **chosen)


def tried_all(house: Cast, content: dict[str, bytes], **chosen: str) -> str:
    """Upload files together and say what their trial says."""
    client = house.engineer.client()
    files = [SimpleUploadedFile(name, each) for name, each in content.items()]
    answer = client.post("/w/tanuki/imports/drafts/", {"file": files, **chosen}, follow=True)
    assert answer.status_code == 200
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def lines(*records: Any) -> bytes:
    """Write records, one a line."""
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


def confirmed(house: Cast, name: str, content: bytes, **chosen: str) -> queries.ImportRecord:
    """Upload a file, confirm what its trial shows, and say which import it became."""
    client = house.engineer.client()
    file = SimpleUploadedFile(name, content)
    trial = client.post("/w/tanuki/imports/drafts/", {"file": file, **chosen})
    address = trial.headers["Location"]
    page = client.get(address).content.decode()
    assert "confirmations/" in page
    client.post(f"{address}confirmations/", follow=True)
    found = queries.imports(workspace_id=house.workspace.id)
    return next(one for one in found if one.names == (name,))


def letters(folder: Path) -> bytes:
    """Write Hanako's thread as an mbox."""
    return mbox(folder / "a.mbox", asked(), acknowledged(), answered(), thanked()).read_bytes()


@pytest.mark.django_db
class TestWhatOtherDesksHandOver:
    def test_mail_is_read_once_it_is_said_which_is_ours(self, house: Cast, tmp_path: Path) -> None:
        content = letters(tmp_path)

        said = tried(house, "inbox.mbox", content)
        assert "say below which addresses are yours" in said

        said = tried(house, "inbox.mbox", content, ours="@example.jp")
        assert "5 new steps would come in, of 1 inquiry." in said

    def test_mail_is_brought_in_under_its_own_name(self, house: Cast, tmp_path: Path) -> None:
        found = confirmed(house, "inbox.mbox", letters(tmp_path), ours="@example.jp")

        assert (found.source, found.state, found.report["inquiries"]) == ("mbox", "complete", 1)

    def test_records_are_read_as_those_of_the_desk_they_show(self, house: Cast) -> None:
        content = json.dumps(whole()).encode()

        said = tried(house, "tickets.ndjson", content)

        assert "14 new steps would come in, of 1 inquiry." in said
        assert "read with zammad" in said

    def test_records_that_show_no_desk_are_asked_for(self, house: Cast) -> None:
        said = tried(house, "board.json", b'[{"cards": 3}]')

        assert "choose below whose they are: zendesk" in said
        assert "jira, jira_investigations, github" in said

    def test_a_log_is_read_by_the_mapping_that_fits(self, house: Cast) -> None:
        said = tried(house, "log.xes", LOG.encode())

        assert "read with helpdesk_italy" in said
        assert "of 1 inquiry." in said

    def test_a_log_that_is_cut_off_is_explained_without_our_folders(self, house: Cast) -> None:
        said = tried(house, "log.xes", LOG.encode()[:200])

        assert "log.xes" in said
        assert "/files" not in said


@pytest.mark.django_db
class TestIssues:
    """Issues of Jira and of GitHub, as their APIs give them, saved to a file."""

    def test_of_jira_somebody_says_what_an_issue_is(self, house: Cast) -> None:
        content = lines(desk_of_jira.names(), desk_of_jira.whole(), desk_of_jira.reopened())

        asked_which = tried(house, "issues.ndjson", content)
        assert "issues.ndjson: these are Jira's issues; choose below" in asked_which
        assert "/files" not in asked_which

        assert "of 2 inquiries." in tried(house, "issues.ndjson", content, mapping="jira")

    def test_of_jira_an_issue_may_be_an_investigation(self, house: Cast) -> None:
        content = lines(desk_of_jira.names(), investigation())

        found = confirmed(house, "cre.ndjson", content, mapping="jira_investigations")

        assert (found.source, found.state) == ("jira", "complete")
        assert (found.report["investigations"], found.report["inquiries"]) == (1, 0)

    def test_of_jira_the_question_is_asked_in_japanese(self, house: Cast) -> None:
        content = lines(desk_of_jira.whole())
        client = house.engineer.client()
        file = SimpleUploadedFile("issues.ndjson", content)

        answer = client.post("/w/tanuki/imports/drafts/", {"file": file},
                             follow=True, headers={"accept-language": "ja"})  # fmt: skip

        assert "問い合わせとして取り込むか（jira）" in answer.content.decode()

    def test_of_github_nothing_need_be_chosen(self, house: Cast) -> None:
        content = lines(repository.whole(), repository.same(), repository.request())

        said = tried(house, "issues.json", content)
        found = confirmed(house, "issues.json", content)

        assert "read with github" in said
        assert (found.source, found.report["inquiries"]) == (
            "github",
            2,
        )  # the pull request is none

    def test_lists_that_belong_together_come_together(self, house: Cast) -> None:
        """What the API calls issues, comments and events, each saved to a file of its own."""
        own = repository.whole()
        address = {"issue_url": own["issue"]["url"]}
        said = [one | address for one in own["timeline"] if one["event"] == "commented"]
        for one in said:
            del one["event"]
        files = {
            "issues.json": json.dumps([own["issue"]], indent=1).encode(),
            "comments.json": json.dumps(said).encode(),
        }

        trial = tried_all(house, files)

        assert "of 1 inquiry." in trial

    def test_pull_requests_alone_are_no_issues(self, house: Cast) -> None:
        said = tried(house, "pulls.json", lines(repository.request()))

        assert "pulls.json: there is no issue in it (pull requests are left out)" in said

    def test_records_of_another_desk_than_was_chosen_are_refused(self, house: Cast) -> None:
        issues = lines(repository.whole())

        assert "records of GitHub, which the mapping jira does not read; choose github" in tried(
            house, "issues.json", issues, mapping="jira"
        )
        assert "the mapping jira_csv does not read; choose jira or jira_investigations" in tried(
            house, "issues.json", lines(desk_of_jira.whole()), mapping="jira_csv"
        )

    def test_records_of_two_desks_do_not_come_together(self, house: Cast) -> None:
        files = {"a.json": lines(desk_of_jira.whole()), "b.json": lines(repository.whole())}

        said = tried_all(house, files)

        assert "a.json is Jira's; b.json is GitHub's: these are records of several desks" in said

    def test_a_file_that_is_cut_off_is_told_with_its_line(self, house: Cast) -> None:
        content = lines(desk_of_jira.names()) + lines(desk_of_jira.whole())[:200]

        said = tried(house, "issues.ndjson", content, mapping="jira")

        assert "issues.ndjson, line 2: this is not JSON, or it is cut off" in said
        assert "/files" not in said
