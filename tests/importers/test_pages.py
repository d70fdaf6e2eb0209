"""Bringing a sheet in by a page: tried first, confirmed, taken back; and by whom."""

import html
import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from shinrai.importers import queries
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.models import Upload
from shinrai.importers.operations import import_files
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.upload.inbox import (
    LARGEST,
    LIFE,
    NoSuchUpload,
    NotATable,
    TooLarge,
    check_files,
    files_of,
    find_upload,
    folder_of,
    put_upload,
    sweep,
)
from shinrai.ledger.models import Step
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.downloads import column, json_rows

HEAD = (
    "管理番号,起票日時,起票者,件名,依頼内容,優先度,担当者,差し戻し日時,差し戻し理由,再提出日時,"
    "回答日時,判定,回答（CS向け）,顧客ID"
)
ROWS = (
    "Q-1,2026/6/3 14:10,森下,画面が白い,白いです,中,髙橋,,,,2026/6/5 11:20,不具合,直しました,U-1",
    "Q-2,2026/6/4 11:00,森下,消えた,記録が消えた,高,髙橋,,,,,,,U-2",
    "Q-3,2026/6/31 11:00,森下,届かない,通知が来ない,低,髙橋,,,,,,,U-3",
)
SHEET = "\r\n".join([HEAD, *ROWS]) + "\r\n"


def sheet(text: str = SHEET, name: str = "調査.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("cp932"), content_type="text/csv")


@pytest.fixture
def house(cast: Cast, settings, tmp_path, worker_at_once: None) -> Cast:
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return cast


def upload(client: Client, *, slug: str = "tanuki", **fields) -> str:
    """Upload a sheet and answer the address of its trial."""
    answer = client.post(f"/w/{slug}/imports/drafts/", {"file": sheet(), **fields})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestATrial:
    def test_says_what_would_come_in_and_writes_nothing(self, house: Cast) -> None:
        client = house.engineer.client()
        with time_machine.travel(NOW, tick=False):
            trial = client.get(upload(client))

        # filed, finding, answered; Q-2: filed; Q-3 names a day that June does not have.
        assert "4 new steps would come in, of 2 investigations. 1 row is set aside." in words(trial)
        assert re.search(r"調査.csv4起票日時.*2026/6/31", words(trial))
        assert not Step.objects.exists()
        assert queries.imports(workspace_id=house.workspace.id) == ()

    def test_says_so_in_japanese(self, house: Cast) -> None:
        client = house.engineer.client()
        with time_machine.travel(NOW, tick=False):
            trial = client.get(upload(client), headers={"accept-language": "ja"})

        assert "調査2件、新しいできごと4件を取り込みます。1行は保留になります。" in words(trial)
        assert "このような日時はありません" in words(trial)
        assert "セルの値：2026/6/31 11:00" in html.unescape(words(trial))
        assert "cannot be" not in words(trial)

    def test_a_table_nobody_knows_is_explained_without_our_folders(self, house: Cast) -> None:
        client = house.engineer.client()
        trial = client.get(upload(client, file=sheet("a,b\r\n1,2\r\n", "other.csv")))

        assert trial.status_code == 200
        assert "These files cannot be imported like this." in words(trial)
        assert "other.csv: no column of the table at A1 holds dates" in words(trial)
        assert str(house.workspace.id) not in words(trial).split()
        assert "inbox" not in words(trial)

    def test_another_mapping_can_be_tried_without_uploading_again(self, house: Cast) -> None:
        client = house.engineer.client()
        address = upload(client)

        refused = client.post(f"{address}readings/", {"mapping": "jira_csv"}, follow=True)
        again = client.post(f"{address}readings/", {"mapping": ""}, follow=True)

        assert "These files cannot be imported like this." in words(refused)
        assert "would come in" in words(again)

    def test_a_mapping_of_ones_own(self, house: Cast) -> None:
        client = house.engineer.client()
        own = SimpleUploadedFile("mine.yaml", b"mapping: mine\n")

        address = upload(client, own_mapping=own)

        assert "mapping.yaml" in words(client.get(address))

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc", "\x00"])
    def test_a_zone_that_is_none_is_explained(self, house: Cast, zone: str) -> None:
        client = house.engineer.client()
        answer = client.get(upload(client, zone=zone))

        assert answer.status_code == 200
        assert "These files cannot be imported like this." in words(answer)

    def test_warns_that_made_up_workspaces_close(self, house: Cast) -> None:
        open_slug = house.simulated.slug
        assert "Sign in to import" in words(
            house.nobody.client().get(f"/w/{open_slug}/imports/new/")
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestConfirming:
    def test_brings_it_in_lets_the_files_go_and_can_be_taken_back(
        self, house: Cast, tmp_path
    ) -> None:
        client = house.engineer.client()
        with time_machine.travel(NOW, tick=False):
            done = client.post(f"{upload(client)}confirmations/", follow=True)

            assert "Import" in words(done)
            assert "2 of 3 rows came in, as 2 investigations; 1 is set aside." in words(done)
            assert list((tmp_path / "inbox").rglob("*.csv")) == []
            [found] = queries.imports(workspace_id=house.workspace.id)
            assert house.engineer.member
            assert found.by == house.engineer.member.key
            assert [dict(file)["name"] for file in found.files] == ["調査.csv"]

            back = client.post(
                f"/w/tanuki/imports/{found.id}/withdrawals/", {"reason": "wrong"}, follow=True
            )

        assert "is withdrawn" in words(back)
        [found] = queries.imports(workspace_id=house.workspace.id)
        assert (found.state, found.withdrawn_reason) == ("withdrawn", "wrong")

    def test_the_same_sheet_again_changes_nothing(self, house: Cast) -> None:
        client = house.engineer.client()
        with time_machine.travel(NOW, tick=False):
            client.post(f"{upload(client)}confirmations/")
            again = client.get(upload(client))

        assert "Nothing would change" in words(again)

    def test_confirming_twice_imports_once(self, house: Cast) -> None:
        client = house.engineer.client()
        with time_machine.travel(NOW, tick=False):
            address = upload(client)
            ends = [client.post(f"{address}confirmations/", follow=True) for _ in range(2)]

        [found] = queries.imports(workspace_id=house.workspace.id)
        assert {end.request["PATH_INFO"] for end in ends} == {f"/w/tanuki/imports/{found.id}/"}


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestWhoMay:
    @pytest.mark.parametrize("who", ["agent", "guardian", "stranger", "nobody"])
    def test_others_cannot_upload(self, house: Cast, tmp_path: Path, who: str) -> None:
        client = house.everybody[who].client()
        statuses = {
            slug: client.post(f"/w/{slug}/imports/drafts/", {"file": sheet()}).status_code
            for slug in ("tanuki", "kitsune")
        }

        assert set(statuses.values()) <= {403, 404}
        assert not (tmp_path / "inbox").exists()

    def test_an_agent_is_told_who_may(self, house: Cast) -> None:
        page = words(house.agent.client().get("/w/tanuki/imports/new/"))

        assert "CRE engineers, managers and owners may" in page

    def test_the_draft_of_one_member_is_not_anothers(self, house: Cast) -> None:
        address = upload(house.engineer.client())

        assert house.owner.client().get(address).status_code == 404
        assert house.engineer.client().get(address).status_code == 200

    def test_an_import_of_another_workspace_is_not_found(self, house: Cast) -> None:
        assert house.owner.client().get("/w/tanuki/imports/999999/").status_code == 404
        answer = house.owner.client().post("/w/tanuki/imports/999999/withdrawals/")
        assert answer.status_code == 404


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestRefusals:
    def test_no_file(self, house: Cast) -> None:
        answer = house.engineer.client().post("/w/tanuki/imports/drafts/", {"zone": "Asia/Tokyo"})

        assert answer.status_code == 422
        assert "Choose the sheet to import." in words(answer)
        assert 'value="Asia/Tokyo"' in answer.content.decode()

    def test_no_table(self, house: Cast) -> None:
        fields = {"file": SimpleUploadedFile("photo.png", b"x")}
        answer = house.engineer.client().post("/w/tanuki/imports/drafts/", fields)

        assert answer.status_code == 422
        assert "photo.png is no table" in words(answer)


@pytest.mark.django_db
class TestInbox:
    """The folder itself: private, forgetful, and deaf to clever names."""

    def put(self, house: Cast, **changes) -> Upload:
        assert house.engineer.member
        given = {
            "workspace_id": house.workspace.id,
            "files": [sheet()],
            "mapping": None,
            "choices": {},
            "at": NOW,
            "by": house.engineer.member.key,
        }
        return put_upload(**(given | changes))

    def test_only_its_owner_may_read_it(self, house: Cast, tmp_path: Path) -> None:
        upload = self.put(house)

        for path in [tmp_path / "inbox", *(tmp_path / "inbox").rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert upload.names == ["調査.csv"]
        assert upload.size == len(SHEET.encode("cp932"))

    def test_a_week_later_it_is_gone(self, house: Cast) -> None:
        upload = self.put(house)
        whose = {"workspace_id": house.workspace.id, "by": upload.by}
        later = NOW + LIFE

        assert find_upload(upload.token, **whose, at=later) == upload
        with pytest.raises(NoSuchUpload, match="upload them again"):
            find_upload(upload.token, **whose, at=later + timedelta(seconds=1))
        assert sweep(later + timedelta(seconds=1)) == 1
        assert not folder_of(upload).exists()
        assert not Upload.objects.exists()

    @pytest.mark.parametrize(
        "other", [{"workspace_id": 8}, {"by": "staff:2"}, {"token": "a" * 32}, {"token": "../x"}]
    )
    def test_others_do_not_find_it(self, house: Cast, other: dict) -> None:
        upload = self.put(house)
        whose = {"token": upload.token, "workspace_id": house.workspace.id, "by": upload.by}
        asked = whose | other

        with pytest.raises(NoSuchUpload):
            find_upload(asked.pop("token"), **asked, at=NOW)

    @pytest.mark.parametrize(
        "name", ["../../up.csv", "/etc/x.csv", ".hidden.csv", "draft.json.csv", "あ" * 300 + ".csv"]
    )
    def test_names_cannot_lead_out(self, house: Cast, name: str) -> None:
        file = sheet()
        file._name = name  # as a hostile browser would send it

        upload = self.put(house, files=[file, sheet(name="x.csv")])

        assert all(path.parent == folder_of(upload) / "files" for path in files_of(upload))
        assert len(files_of(upload)) == 2

    def test_two_files_of_one_name_are_both_kept(self, house: Cast) -> None:
        assert len(files_of(self.put(house, files=[sheet(), sheet(), sheet()]))) == 3

    def test_too_much_is_refused_before_anything_is_kept(self, house: Cast, tmp_path: Path) -> None:
        file = sheet()
        file.size = LARGEST + 1

        with pytest.raises(TooLarge, match="shinrai import csv"):
            self.put(house, files=[file])
        assert not (tmp_path / "inbox").exists()

    def test_what_was_cut_off_leaves_nothing(self, house: Cast, tmp_path: Path) -> None:
        class CutOff:
            name, size = "x.csv", 10

            def chunks(self):
                yield b"12345"
                raise OSError("the line went dead")

        with pytest.raises(OSError, match="line"):
            self.put(house, files=[CutOff()])
        assert list((tmp_path / "inbox").iterdir()) == []
        assert not Upload.objects.exists()

    @pytest.mark.parametrize("name", ["x.xls", "x.pdf", "csv", "x.csv.exe"])
    def test_what_is_no_table_is_refused(self, name: str) -> None:
        with pytest.raises(NotATable, match="no table"):
            check_files([SimpleUploadedFile(name, b"x")])


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestManyRowsSetAside:
    def test_are_counted_by_field_and_shown_page_by_page(self, house: Cast, tmp_path: Path) -> None:
        bad = [f"B-{n},2026/6/31 11:00,森下,届かない,来ない,低,髙橋,,,,,,,U-3" for n in range(120)]
        path = tmp_path / "many.csv"
        path.write_bytes("\r\n".join([HEAD, ROWS[0], *bad]).encode("cp932"))
        report = import_files(
            workspace_id=house.workspace.id,
            request=ImportRequest(
                mapping=load_mapping("investigations_sheet_ja"), paths=(path,), at=NOW, by="staff:1"
            ),
        )
        client = house.engineer.client()

        first = words(client.get(f"/w/tanuki/imports/{report.batch}/"))
        last = words(client.get(f"/w/tanuki/imports/{report.batch}/?page=3"))
        beyond = words(client.get(f"/w/tanuki/imports/{report.batch}/?page=99999999999"))

        assert "1 of 121 rows came in, as 1 investigation; 120 are set aside." in first
        assert "120 rows: 起票日時" in first
        assert "Page 1 of 3" in first
        assert "many.csv3起票日時" in first
        assert "Page 3 of 3" in last
        assert "many.csv122起票日時" in last
        assert "many.csv3起票日時" not in last
        assert "Page 1 of 3" in beyond  # no page is called so
        with_field = words(client.get(f"/w/tanuki/imports/{report.batch}/?q=起票&page=2"))
        turned = words(client.get(f"/w/tanuki/imports/{report.batch}/?sort=-line"))
        none = words(client.get(f"/w/tanuki/imports/{report.batch}/?q=nothing"))
        assert "Page 2 of 3" in with_field
        assert "many.csv122起票日時" in turned
        assert "Nothing here holds “nothing”." in none
        lines = column(client, f"/w/tanuki/imports/{report.batch}/?sort=-line", "line")
        assert lines == list(range(122, 2, -1))
        [one] = json_rows(client, f"/w/tanuki/imports/{report.batch}/?q=77")
        assert (one["line"], one["cell"]) == (77, "2026/6/31 11:00")

    def test_what_a_cell_held_is_for_members_also_in_a_download(
        self, house: Cast, tmp_path: Path
    ) -> None:
        path = tmp_path / "one.csv"
        path.write_bytes(
            "\r\n".join(
                [HEAD, ROWS[0], "B-1,2026/6/31 11:00,森下,届かない,来ない,低,髙橋,,,,,,,U-3"]
            ).encode("cp932")
        )
        report = import_files(
            workspace_id=house.simulated.id,
            request=ImportRequest(
                mapping=load_mapping("investigations_sheet_ja"),
                paths=(path,),
                at=NOW,
                by="staff:1",
                is_simulated=True,
            ),
        )

        [row] = json_rows(house.nobody.client(), f"/w/kitsune/imports/{report.batch}/")

        assert row["field"] == "起票日時"
        assert row["cell"] is None


class TestTheListOfImports:
    def test_is_sorted_searched_and_taken_away(self, house: Cast) -> None:
        client = house.engineer.client()
        for name in ("六月.csv", "七月.csv"):
            text = SHEET.replace("A-", f"{name[0]}-")
            client.post(f"{upload(client, file=sheet(text, name))}confirmations/")
        here = "/w/tanuki/imports/"

        assert column(client, here, "files") == ["七月.csv", "六月.csv"]
        assert column(client, f"{here}?sort=at", "files") == ["六月.csv", "七月.csv"]
        assert column(client, f"{here}?q=六月", "files") == ["六月.csv"]
        page = words(client.get(f"{here}?q=六月"))
        assert "七月.csv" not in page
