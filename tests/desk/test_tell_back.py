"""E-401 is fixed in 3.3: 高橋 writes what everybody reads, 小林 approves, and it goes out once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from shinrai.accounts.models import AuditEntry
from shinrai.customers.operations import record_customers
from shinrai.delivery.models import Outbox
from shinrai.delivery.sender import send_due
from shinrai.desk.models import TellBackMessage
from shinrai.desk.operations.defects import fix_defect, link_defect
from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.operations.tell_back import (
    approve_text,
    follow_tell_backs,
    propose_text,
    return_text,
    set_silent_policy,
)
from shinrai.desk.queries.defects import defect_view
from shinrai.desk.queries.tell_back import TellBack, tell_back
from shinrai.desk.rules.defects import BadDefect
from shinrai.desk.rules.tell_back import checked_text, filled_text
from shinrai.inquiries.operations import receive_inquiry
from shinrai.postgres import failpoints
from tests.cast import Cast
from tests.desk.stage import tokyo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
TEXT = "不具合は {release} で直りました。ご連絡ありがとうございました。"
WRITERS = ("hanako@example.com", "taro@example.com", "L-77")
FIXED = tokyo(10, 12)


def write(cast: Cast, key: str, name: str) -> int:
    at = tokyo(8, 9)
    found = record_customers(
        workspace_id=cast.workspace.id, source="desk", identifiers=[name], at=at
    )[name]
    return receive_inquiry(
        workspace_id=cast.workspace.id, source_key=key, at=at, by="customer:1", words="無音です",
        customer=(found.id, found.key_id),
    )  # fmt: skip


@pytest.fixture
def defect(cast: Cast, settings: Any, tmp_path: Any) -> int:
    """Three wrote; 鈴木 filed one of them; it is fixed on Wednesday 10 June."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    number = 0
    for place, name in enumerate(WRITERS, 1):
        case_id = write(cast, f"Q-{place}", name)
        number = link_defect(
            case_id=case_id, url="https://t.example/E-401", title="無音", at=tokyo(8, 10), by="s"
        )
    filed = file_investigation(
        workspace_id=cast.workspace.id, source_key="INV-1", at=tokyo(8, 11),
        by=cast.agent.member.key, words="無音", inquiry_id=case_id,
    )  # fmt: skip
    link_defect(case_id=filed, url="https://t.example/E-401", title="", at=tokyo(8, 12), by="s")
    fix_defect(workspace_id=cast.workspace.id, defect_id=number, release="3.3", at=FIXED, by="s")
    return number


def found(cast: Cast, number: int, at: Any = FIXED) -> TellBack:
    answer = tell_back(workspace=cast.workspace, number=number, at=at)
    assert answer is not None
    return answer


def states(cast: Cast, number: int) -> dict[str, dict[str, int]]:
    return {one.group: dict(one.states) for one in found(cast, number).counts if one.states}


def propose(cast: Cast, number: int, text: str = TEXT) -> None:
    by = cast.engineer.member.key
    propose_text(workspace=cast.workspace, number=number, text=text, at=FIXED, by=by)


def approve(cast: Cast, number: int, part: str = "manager") -> int:
    by = cast.everybody[part].member
    assert by is not None
    return approve_text(workspace=cast.workspace, number=number, at=FIXED, by=by)


class TestText:
    def test_the_release_is_filled(self) -> None:
        assert filled_text(checked_text(TEXT), "3.3", "無音").startswith(
            "不具合は 3.3 で直りました"
        )

    @pytest.mark.parametrize(
        ("text", "said"),
        [("  ", "write 1 to"), ("x" * 4001, "write 1 to"), ("{name}", "no variable")],
    )
    def test_what_cannot_be_sent_says_why(self, text: str, said: str) -> None:
        with pytest.raises(BadDefect, match=said):
            checked_text(text)


class TestSent:
    def test_listed_approved_sent_once_and_counted_when_it_has_left(
        self, cast: Cast, defect: int
    ) -> None:
        assert states(cast, defect) == {
            "customer": {"ready": 2, "no_address": 1},
            "filer": {"ready": 1},
        }
        propose(cast, defect)
        assert approve(cast, defect) == 3
        assert states(cast, defect)["customer"] == {"waiting": 2, "no_address": 1}

        assert follow_tell_backs(at=FIXED) == 0
        send_due(clock=lambda: FIXED + timedelta(minutes=1))
        assert sorted(one.to[0] for one in mail.outbox)[:1] == ["hanako@example.com"]
        assert {one.body for one in mail.outbox} == {filled_text(TEXT, "3.3", "無音") + "\n"}
        assert follow_tell_backs(at=FIXED + timedelta(minutes=2)) == 2
        assert follow_tell_backs(at=FIXED + timedelta(minutes=3)) == 0

        assert states(cast, defect)["customer"] == {"sent": 2, "no_address": 1}
        view = defect_view(workspace_id=cast.workspace.id, number=defect)
        assert view is not None
        assert (view.defect.told.count, view.defect.told.of) == (2, 3)
        with pytest.raises(BadDefect, match="already"):
            propose(cast, defect)
        assert {"propose tell-back", "approve tell-back"} <= set(
            AuditEntry.objects.values_list("what", flat=True)
        )

    def test_nobody_approves_their_own_text(self, cast: Cast, defect: int) -> None:
        propose(cast, defect)

        with pytest.raises(BadDefect, match="somebody else"):
            approve(cast, defect, "engineer")
        assert not Outbox.objects.exists()

    def test_sent_back_with_a_reason_it_is_written_anew(self, cast: Cast, defect: int) -> None:
        propose(cast, defect, "直りました。")
        mine = {"workspace": cast.workspace, "number": defect, "at": FIXED, "by": "staff:9"}
        with pytest.raises(BadDefect, match="otherwise"):
            return_text(reason=" ", **mine)
        return_text(reason="版を書いてください", **mine)
        with pytest.raises(BadDefect, match="no text is proposed"):
            approve(cast, defect)
        propose(cast, defect)

        assert approve(cast, defect) == 3

    def test_a_worker_killed_before_the_end_wrote_to_nobody(
        self, cast: Cast, defect: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(name: str) -> None:
            if name == "desk.tell_back_added":
                raise KeyboardInterrupt

        propose(cast, defect)
        monkeypatch.setattr("shinrai.desk.operations.tell_back.passed", die)
        with pytest.raises(KeyboardInterrupt):
            approve(cast, defect)
        assert (Outbox.objects.count(), TellBackMessage.objects.count()) == (0, 0)

        monkeypatch.setattr("shinrai.desk.operations.tell_back.passed", failpoints.passed)
        assert approve(cast, defect) == 3
        assert Outbox.objects.count() == 3

    def test_another_release_is_told_anew(self, cast: Cast, defect: int) -> None:
        propose(cast, defect)
        approve(cast, defect)
        later = FIXED + timedelta(days=3)
        fix_defect(
            workspace_id=cast.workspace.id, defect_id=defect, release="3.4", at=later, by="s"
        )

        assert states(cast, defect)["customer"] == {"ready": 2, "no_address": 1}

    def test_before_a_fix_there_is_nothing_to_tell(self, cast: Cast, defect: int) -> None:
        number = link_defect(
            case_id=write(cast, "Q-9", "jiro@example.com"), url="https://t.example/E-9",
            title="別件", at=tokyo(8, 10), by="s",
        )  # fmt: skip

        with pytest.raises(BadDefect, match="not fixed yet"):
            propose(cast, number)

    def test_the_silent_are_left_alone_unless_the_policy_says_so(
        self, cast: Cast, defect: int
    ) -> None:
        with pytest.raises(BadDefect):
            set_silent_policy(
                workspace_id=cast.workspace.id, silent="always", at=FIXED, by="staff:1"
            )
        assert found(cast, defect).policy == "never"
        assert "silent" not in states(cast, defect)


class TestPage:
    def test_two_members_tell_everybody(self, cast: Cast, defect: int) -> None:
        address = f"/w/tanuki/defects/{defect}/tell-back/"
        with time_machine.travel(FIXED, tick=False):
            engineer, manager = cast.engineer.client(), cast.manager.client()
            shown = engineer.get(f"/w/tanuki/defects/{defect}/").content.decode()
            assert address in shown
            page = engineer.get(address, headers={"Accept-Language": "en"}).content.decode()
            assert 'no address: <span class="count">1<' in page
            assert "hanako@example.com" not in page  # masked
            assert engineer.post(address, {"what": "propose", "text": "{x}"}).status_code == 422
            engineer.post(address, {"what": "propose", "text": TEXT})
            waits = manager.get(address, headers={"Accept-Language": "en"}).content.decode()
            assert "A text waits for your approval." in waits
            assert "3.3 で直りました" in waits
            manager.post(address, {"what": "approve"})

        assert Outbox.objects.count() == 3
        assert cast.stranger.client().get(address).status_code in (403, 404)
