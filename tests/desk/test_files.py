"""Files of a case: attached to any step, sealed under its key, sent to members alone."""

from typing import Any

import pytest
from django.db import connection

from shinrai.accounts.models import AuditEntry
from shinrai.desk.models import CaseFile
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.files import files_of
from shinrai.desk.rules.files import MOST_A_CASE, BadFile, NewFile
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.queries import case_heads
from shinrai.privacy.models import SealedWords
from shinrai.privacy.operations import destroy_key
from tests.cast import MEMBERS, Cast
from tests.desk.stage import tokyo
from tests.desk.test_file_types import PNG

pytestmark = pytest.mark.django_db
AT = tokyo(3, 14, 10)
LOG = b"03-Jun 11:40 yui@example.jp E-401"


@pytest.fixture
def case(cast: Cast) -> int:
    return file_investigation(
        workspace_id=cast.workspace.id, source_key="INV-1", at=AT, by="staff:1", words="動画"
    )


def noted(case_id: int, *files: NewFile, at: Any = AT) -> int:
    """Take a note with files, as an action does."""
    sequence = take_step(
        case_id=case_id, kind="note", at=at, by="staff:1", role="engineer", words="添付します"
    )
    attach_files(case_id=case_id, sequence=sequence, files=files, at=at, by="staff:1")
    return sequence


def address(case_id: int, file_id: int, workspace: str = "tanuki") -> str:
    return f"/w/{workspace}/cases/{case_id}/files/{file_id}/"


def test_files_hang_on_their_step_with_masked_names(case: int) -> None:
    sequence = noted(case, NewFile("yui@example.jp.log", LOG), NewFile("画面.png", PNG))

    found = files_of(case)

    assert list(found) == [sequence]
    assert [file.is_image for file in found[sequence]] == [False, True]
    assert found[sequence][0].size == len(LOG)
    assert "yui" not in (found[sequence][0].name or "")


def test_all_of_them_or_none(case: int) -> None:
    with pytest.raises(BadFile):
        noted(case, NewFile("画面.png", PNG), NewFile("empty.log", b""))

    assert not CaseFile.objects.exists()


def test_a_case_holds_a_thousand(case: int) -> None:
    row: dict[str, Any] = {"workspace_id": 1, "case_id": case, "sequence": 1, "name_words_id": 0}
    row |= {"content_words_id": 0, "media_type": "image/png", "size": 1, "at": AT, "by": "x"}
    CaseFile.objects.bulk_create(CaseFile(**row) for _ in range(MOST_A_CASE))

    with pytest.raises(BadFile) as refused:
        noted(case, NewFile("画面.png", PNG))

    assert "INV-1" in str(refused.value)


def test_neither_name_nor_content_lies_in_the_clear(case: int) -> None:
    noted(case, NewFile("花村すみれ.log", LOG))

    with connection.cursor() as cursor:
        for table in ("desk_casefile", "privacy_sealedwords"):
            cursor.execute(f"SELECT whole::text FROM {table} AS whole")
            text = str(cursor.fetchall())
            for secret in ("花村", "花村".encode().hex(), LOG.hex()):
                assert secret not in text


def test_once_the_key_is_gone_there_was_a_file_and_no_more_comes(cast: Cast, case: int) -> None:
    sequence = noted(case, NewFile("画面.png", PNG))
    head = case_heads([case])[case]
    destroy_key(workspace_id=head.workspace_id, key_id=head.key_id or 0)

    [file] = files_of(case)[sequence]
    page = cast.agent.client().get("/w/tanuki/investigations/INV-1/").content.decode()

    assert file.name is None
    assert address(case, file.id) not in page
    assert cast.agent.client().get(address(case, file.id)).status_code == 404
    assert not SealedWords.objects.filter(key_id=head.key_id).exists()
    with pytest.raises(NoKey):
        attach_files(case_id=case, sequence=sequence, files=[NewFile("b.png", PNG)], at=AT, by="x")


@pytest.mark.end_to_end
class TestDownload:
    def test_a_log_is_saved_and_nothing_in_it_can_act(self, cast: Cast, case: int) -> None:
        sequence = noted(case, NewFile("記録.log", LOG))
        [file] = files_of(case)[sequence]

        sent = cast.agent.client().get(address(case, file.id))

        assert sent.content == LOG
        assert sent["Content-Type"] == "text/plain; charset=utf-8"
        assert sent["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in sent["Cache-Control"]
        entry = AuditEntry.objects.get(what="file of a case")
        assert entry.subject == f"investigation:{case} file:{file.id}"
        assert entry.by == cast.agent.member.key  # type: ignore[union-attr]

    def test_a_picture_is_shown(self, cast: Cast, case: int) -> None:
        sequence = noted(case, NewFile("画面.png", PNG))
        [file] = files_of(case)[sequence]

        page = cast.agent.client().get("/w/tanuki/investigations/INV-1/").content.decode()
        sent = cast.agent.client().get(address(case, file.id))

        assert f'<img src="{address(case, file.id)}"' in page
        assert sent["Content-Disposition"].startswith("inline")

    def test_members_of_the_workspace_alone(self, cast: Cast, case: int) -> None:
        sequence = noted(case, NewFile("画面.png", PNG))
        [file] = files_of(case)[sequence]

        statuses = {
            part: person.client().get(address(case, file.id)).status_code
            for part, person in cast.everybody.items()
        }
        elsewhere = cast.stranger.client().get(address(case, file.id, "elsewhere"))

        assert statuses == {
            **dict.fromkeys(MEMBERS, 200),
            **dict.fromkeys(("guardian", "stranger"), 404),
            "nobody": 302,
        }
        assert elsewhere.status_code == 404, "the case is of another workspace"

    def test_visitors_of_invented_cases_see_none(self, cast: Cast) -> None:
        case_id = file_investigation(
            workspace_id=cast.simulated.id, source_key="INV-1", at=AT, by="staff:1", words="動画"
        )
        sequence = noted(case_id, NewFile("画面.png", PNG))
        [file] = files_of(case_id)[sequence]
        client = cast.nobody.client()

        assert "画面.png" not in client.get("/w/kitsune/investigations/INV-1/").content.decode()
        assert client.get(address(case_id, file.id, "kitsune")).status_code == 302
