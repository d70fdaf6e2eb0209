"""What other desks hand over, dropped on the page: logs, records and mail, tried and brought in."""

import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from shinrai.importers import queries
from tests.cast import Cast
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
    client = house.engineer.client()
    file = SimpleUploadedFile(name, content)
    answer = client.post("/w/tanuki/imports/drafts/", {"file": file, **chosen}, follow=True)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


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
        client = house.engineer.client()
        file = SimpleUploadedFile("inbox.mbox", letters(tmp_path))
        trial = client.post("/w/tanuki/imports/drafts/", {"file": file, "ours": "@example.jp"})
        address = trial.headers["Location"]
        page = client.get(address).content.decode()
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        token = address.split("?")[0].rstrip("/").rsplit("/", 1)[1]

        client.post(f"/w/tanuki/imports/drafts/{token}/confirmations/", dict(hidden), follow=True)

        [found] = [
            one for one in queries.imports(workspace_id=house.workspace.id) if one.source == "mbox"
        ]
        assert (found.state, found.names, found.report["inquiries"]) == (
            "complete",
            ("inbox.mbox",),
            1,
        )

    def test_records_are_read_once_it_is_said_whose_they_are(self, house: Cast) -> None:
        content = json.dumps(whole()).encode()

        assert "choose below whose they are" in tried(house, "tickets.ndjson", content)
        said = tried(house, "tickets.ndjson", content, mapping="zammad")
        assert "14 new steps would come in, of 1 inquiry." in said

    def test_a_log_is_read_by_the_mapping_that_fits(self, house: Cast) -> None:
        said = tried(house, "log.xes", LOG.encode())

        assert "read with helpdesk_italy" in said
        assert "of 1 inquiry." in said

    def test_a_log_that_is_cut_off_is_explained_without_our_folders(self, house: Cast) -> None:
        said = tried(house, "log.xes", LOG.encode()[:200])

        assert "log.xes" in said
        assert "/files" not in said
