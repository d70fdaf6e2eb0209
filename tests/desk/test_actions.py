"""Cases worked here: 鈴木 files, 高橋 sends back, finds and answers; one transaction each."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.actions import ActionRequest, CaseChanged, act
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.board import board_of
from shinrai.desk.queries.case import case_view
from shinrai.desk.queries.files import files_of
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import QueueRequest
from shinrai.desk.rules.action_steps import BadFields
from shinrai.desk.rules.actions import ActionRefused
from shinrai.inquiries.operations import receive_inquiry
from shinrai.inquiries.queries import inquiry
from shinrai.investigations.queries import investigation
from shinrai.ledger.models import Case, Step
from shinrai.ledger.queries import newest_step
from shinrai.objectives.models import Clock
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.desk.test_pages import shown

pytestmark = [pytest.mark.django_db, pytest.mark.records]
HERE = "/w/tanuki/"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """Tuesday 9 June: 鈴木 has filed T-1 at 10:00 about Q-1 of the day before."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.workspace)
    there = cast.workspace.id
    q = receive_inquiry(
        workspace_id=there, source_key="Q-1", at=tokyo(8, 9), by="customer:1", words="入れません"
    )
    file_investigation(
        workspace_id=there, source_key="T-1", at=tokyo(9, 10), by=cast.agent.member.key,
        words="ログインできません", inquiry_id=q,
    )  # fmt: skip
    return cast


def number(desk: Cast, key: str = "T-1") -> int:
    return Case.objects.get(workspace_id=desk.workspace.id, source_key=key).pk


def do(desk: Cast, part: str, action: str, at, key: str = "T-1", seen=None, **given: str):
    return act(
        ActionRequest(number(desk, key), action, given, desk.everybody[part].member, at, seen=seen)
    )


def kinds(desk: Cast, key: str = "T-1") -> list[str]:
    steps = Step.objects.filter(case_id=number(desk, key)).order_by("at", "id")
    return list(steps.values_list("kind", flat=True))


def clock(desk: Cast, key: str = "T-1") -> Clock:
    return Clock.objects.filter(case_id=number(desk, key), gone=False).latest("index")


class TestAnInvestigation:
    def test_goes_from_filing_to_the_plain_answer_and_its_clock_agrees(self, desk: Cast) -> None:
        assert clock(desk).due_at == tokyo(11, 18)
        do(desk, "engineer", "send_back", tokyo(9, 11), missing="version", words="どの版ですか")
        assert clock(desk).due_at is None
        do(desk, "agent", "resubmit", tokyo(9, 15), **{"fact:version": "3.2"})
        assert clock(desk).due_at == tokyo(11, 18)
        do(desk, "engineer", "take", tokyo(9, 16))
        do(
            desk, "engineer", "answer", tokyo(10, 12), verdict="defect",
            technical="token refresh fails in 3.2", plain="3.3 で直ります",
        )  # fmt: skip

        stands = clock(desk)
        assert (stands.stopped_at, stands.due_at) == (tokyo(10, 12), tokyo(11, 18))
        found = case_view(workspace_id=desk.workspace.id, source_key="T-1", at=tokyo(10, 13))
        assert [step.kind for step in found.steps] == [
            "filed", "sent_back", "resubmitted", "assigned", "finding", "answered",
        ]  # fmt: skip
        assert found.answer is not None
        assert (found.answer.words, found.verdict) == ("3.3 で直ります", "defect")
        assert found.clock is not None
        assert found.clock.facts.state == "kept"
        at = tokyo(10, 13)
        place = queue_place(desk.workspace, desk.engineer.member, at=at)
        board = board_of(QueueRequest([place], at), is_now=True)
        assert "T-1" not in {row.case_key for row in board.rows}

    def test_an_answer_without_plain_words_leaves_nothing_half_written(self, desk: Cast) -> None:
        before = kinds(desk)

        with pytest.raises(BadFields, match="plain words"):
            do(desk, "engineer", "answer", tokyo(9, 12), verdict="defect", technical="NPE")

        assert kinds(desk) == before

    def test_reopening_starts_the_second_clock(self, desk: Cast) -> None:
        do(desk, "engineer", "answer", tokyo(9, 12), verdict="unknown", technical="x", plain="y")
        do(desk, "agent", "contradict", tokyo(9, 13), words="まだ入れないそうです")
        do(desk, "agent", "reopen", tokyo(9, 14), words="まだです")

        stands = clock(desk)
        assert (stands.index, stands.started_at, stands.due_at) == (2, tokyo(9, 14), tokyo(11, 18))
        state = investigation(workspace_id=desk.workspace.id, source_key="T-1").state
        assert state.contradicted

    def test_asking_the_third_line_leaves_it_where_it_is(self, desk: Cast) -> None:
        do(desk, "engineer", "consult", tokyo(9, 12), tier="3", words="既知ですか")
        state = investigation(workspace_id=desk.workspace.id, source_key="T-1").state
        assert (state.holder, state.consulted_tier) == ("tier:2", 3)

        do(desk, "engineer", "escalate", tokyo(9, 13), tier="3", words="お願いします")
        state = investigation(workspace_id=desk.workspace.id, source_key="T-1").state
        assert (state.holder, state.highest_tier) == ("tier:3", 3)

    def test_an_exempted_clock_stays_out_of_the_share(self, desk: Cast) -> None:
        do(desk, "engineer", "exempt", tokyo(9, 12), clock="investigation", words="現地を訪ねる")

        assert clock(desk).exempted_at == tokyo(9, 12)

    def test_a_server_clock_set_back_an_hour_puts_nothing_out_of_order(self, desk: Cast) -> None:
        do(desk, "engineer", "send_back", tokyo(9, 12), missing="version")
        do(desk, "agent", "resubmit", tokyo(9, 11), **{"fact:version": "3.2"})

        state = investigation(workspace_id=desk.workspace.id, source_key="T-1").state
        assert (state.phase, state.flags) == ("open", ())


class TestSomebodyElseWrote:
    def test_the_second_is_refused_and_writes_nothing(self, desk: Cast) -> None:
        seen = newest_step(number(desk))
        do(desk, "engineer", "take", tokyo(9, 12), seen=seen)
        before = kinds(desk)

        with pytest.raises(CaseChanged, match="T-1 has changed"):
            do(desk, "owner", "note", tokyo(9, 13), seen=seen, words="見ました")

        assert kinds(desk) == before

    def test_minutes_worked_are_no_change(self, desk: Cast) -> None:
        seen = newest_step(number(desk))
        take_step(
            case_id=number(desk), kind="worked", at=tokyo(9, 12), by=desk.owner.member.key,
            role="engineer", detail={"minutes": 5, "job": "other"},
        )  # fmt: skip

        do(desk, "engineer", "take", tokyo(9, 12), seen=seen)

    def test_the_page_shows_what_is_new_and_keeps_what_was_typed(self, desk: Cast) -> None:
        seen = newest_step(number(desk))
        do(desk, "owner", "note", tokyo(9, 12), words="こちらで見ています")

        with time_machine.travel(tokyo(9, 13), tick=False):
            answer = desk.engineer.client().post(
                f"{HERE}cases/{number(desk)}/actions/answer/",
                {"seen": seen, "verdict": "defect", "technical": "NPE", "plain": "直しました"},
            )

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "has changed since you opened it" in page
        assert 'class="is-new"' in page
        assert ">直しました</textarea>" in page
        assert '<option value="defect" selected>' in page
        assert kinds(desk) == ["filed", "note"]


class TestAnInquiry:
    def test_is_answered_waits_and_is_solved(self, desk: Cast) -> None:
        do(desk, "agent", "reply", tokyo(8, 10), "Q-1", message="お試しください", then="waiting")
        do(desk, "agent", "record_message", tokyo(8, 11), "Q-1", message="できました！ありがとう")
        do(desk, "agent", "resume", tokyo(8, 11), "Q-1")
        do(desk, "agent", "solve", tokyo(8, 12), "Q-1")

        state = inquiry(workspace_id=desk.workspace.id, source_key="Q-1").state
        assert state.phase == "solved"
        assert [message.inbound for message in state.messages] == [False, True]

    def test_one_mail_with_two_matters_is_split(self, desk: Cast) -> None:
        do(desk, "agent", "split", tokyo(8, 10), "Q-1", message="領収書もほしい")

        other = inquiry(workspace_id=desk.workspace.id, source_key="Q-1-2")
        assert other.state.received_at == tokyo(8, 9), "the customer waits since then"
        assert other.steps[0].recorded_at == tokyo(8, 10)
        assert other.head.key_id == Case.objects.get(pk=number(desk, "Q-1")).key_id
        assert kinds(desk, "Q-1")[-1] == "split"

    def test_a_double_is_merged_and_lives_on_in_the_other(self, desk: Cast) -> None:
        receive_inquiry(
            workspace_id=desk.workspace.id, source_key="Q-2", at=tokyo(8, 12), by="customer:1",
            words="まだですか",
        )  # fmt: skip

        do(desk, "agent", "merge", tokyo(8, 13), "Q-1", into="Q-2")

        state = inquiry(workspace_id=desk.workspace.id, source_key="Q-2").state
        assert (state.phase, state.received_at) == ("open", tokyo(8, 9))
        merged = inquiry(workspace_id=desk.workspace.id, source_key="Q-1").state
        assert (merged.phase, merged.cancelled_for) == ("cancelled", "merged")

    @pytest.mark.parametrize(("into", "says"), [("Q-99", "no inquiry"), ("Q-1", "itself")])
    def test_it_is_merged_into_another_that_is_there(self, desk: Cast, into, says) -> None:
        with pytest.raises(BadFields, match=says):
            do(desk, "agent", "merge", tokyo(8, 13), "Q-1", into=into)

    def test_a_duplicate_says_of_which(self, desk: Cast) -> None:
        receive_inquiry(
            workspace_id=desk.workspace.id, source_key="Q-2", at=tokyo(8, 12), by="customer:1",
            words="二通目",
        )  # fmt: skip

        do(desk, "agent", "cancel", tokyo(8, 13), "Q-2", cancelled_for="duplicate", into="Q-1")

        last = Step.objects.filter(case_id=number(desk, "Q-2")).latest("id")
        assert last.detail == {"reason": "duplicate", "duplicate_of": "Q-1"}


class TestACaseOfAnotherDesk:
    def test_is_noted_here_and_solved_there(self, desk: Cast) -> None:
        Case.objects.filter(pk=number(desk, "Q-1")).update(source="zendesk")

        do(desk, "agent", "note", tokyo(8, 10), "Q-1", words="CRE に聞いた")
        with pytest.raises(ActionRefused, match="worked in zendesk"):
            do(desk, "agent", "solve", tokyo(8, 11), "Q-1")

        with time_machine.travel(tokyo(8, 12), tick=False):
            page = shown(desk.agent.client(), f"{HERE}inquiries/Q-1/")
        assert "This case is worked in zendesk" in page
        assert "actions/note/" in page
        assert "actions/solve/" not in page


class TestThePage:
    def test_offers_what_the_table_allows_and_no_more(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(9, 12), tick=False):
            agents = shown(desk.agent.client(), f"{HERE}investigations/T-1/")
            engineers = shown(desk.engineer.client(), f"{HERE}investigations/T-1/", "ja")

        assert "?do=answer" not in agents
        assert "?do=withdraw" in agents
        assert "?do=answer" in engineers
        assert "平易な言葉での回答" in engineers

    def test_a_refused_form_keeps_what_was_typed_and_says_what_is_missing(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(9, 12), tick=False):
            answer = desk.engineer.client().post(
                f"{HERE}cases/{number(desk)}/actions/answer/", {"technical": "NPE <b>in</b> sync"}
            )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert ">NPE &lt;b&gt;in&lt;/b&gt; sync</textarea>" in page
        assert "say it in plain words" in page
        assert kinds(desk) == ["filed"]

    @pytest.mark.parametrize("part", ["guardian", "stranger", "nobody"])
    def test_who_does_not_belong_here_does_nothing(self, desk: Cast, part: str) -> None:
        address = f"{HERE}cases/{number(desk)}/actions/note/"
        answer = desk.everybody[part].client().post(address, {"words": "hello"})

        assert answer.status_code in (403, 404)
        assert kinds(desk) == ["filed"]

    def test_an_answer_takes_a_log_and_no_program(self, desk: Cast) -> None:
        address = f"{HERE}cases/{number(desk)}/actions/answer/"
        typed = {"verdict": "defect", "technical": "NPE", "plain": "直しました"}
        program = SimpleUploadedFile("trace.log", b"MZ\x90\x00\x03" + bytes(64))
        log = SimpleUploadedFile("trace.log", "12:04 E-104 初期化".encode())

        with time_machine.travel(tokyo(9, 12), tick=False):
            refused = desk.engineer.client().post(address, typed | {"files": program})
            assert kinds(desk) == ["filed"], "nothing half-written"
            answered = desk.engineer.client().post(address, typed | {"files": log})

        assert refused.status_code == 422
        assert "trace.log" in refused.content.decode()
        assert answered.status_code == 302
        finding = Step.objects.get(case_id=number(desk), kind="finding").pk
        [[file]] = files_of(number(desk)).values()
        assert (list(files_of(number(desk))), file.name) == ([finding], "trace.log")

    @pytest.mark.parametrize(
        ("action", "typed"),
        [
            ("send_back", {"missing_other": "契約\0番号"}),
            ("send_back", {"missing_other": "\n".join(f"情報{n}" for n in range(500))}),
            ("note", {"words": "\0"}),
        ],
    )
    def test_what_no_database_keeps_breaks_nothing(self, desk: Cast, action: str, typed) -> None:
        with time_machine.travel(tokyo(9, 12), tick=False):
            address = f"{HERE}cases/{number(desk)}/actions/{action}/"
            answer = desk.engineer.client().post(address, typed)

        assert answer.status_code == (302 if "番号" in str(typed) else 422)

    def test_a_key_of_a_megabyte_or_with_a_nul_is_refused_at_its_field(self, desk: Cast) -> None:
        for key in ("Q" * 1_000_000, "Q-\0"):
            with pytest.raises(BadFields) as refused:
                do(desk, "agent", "merge", tokyo(8, 13), "Q-1", into=key)
            assert set(refused.value.errors) == {"into"}

    def test_names_of_missing_facts_are_masked_where_they_lie_open(self, desk: Cast) -> None:
        do(desk, "engineer", "send_back", tokyo(9, 12), missing="yui@example.jp の契約")

        last = Step.objects.filter(case_id=number(desk)).latest("id")
        assert last.detail["missing"] == ["〔mail〕 の契約"]

    def test_an_unknown_action_is_refused_with_what_is_possible(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(9, 12), tick=False):
            answer = desk.engineer.client().post(f"{HERE}cases/{number(desk)}/actions/explode/", {})

        assert answer.status_code == 409
        assert "there is no action" in answer.content.decode()

    def test_an_action_is_audited(self, desk: Cast) -> None:
        with time_machine.travel(tokyo(9, 12), tick=False):
            answer = desk.engineer.client().post(f"{HERE}cases/{number(desk)}/actions/take/", {})

        assert answer.status_code == 302
        entry = AuditEntry.objects.filter(what="case action").latest("id")
        assert (entry.subject, entry.reason) == (f"investigation:{number(desk)}", "take")


def test_no_words_lie_open_in_the_ledger(desk: Cast) -> None:
    secret = "秘密の言葉です"
    do(desk, "engineer", "send_back", tokyo(9, 11), missing="version", words=secret)
    do(desk, "agent", "resubmit", tokyo(9, 12), **{"fact:version": "3.2"}, words=secret)
    do(desk, "engineer", "answer", tokyo(9, 13), verdict="abuse", technical=secret, plain=secret)

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(detail::text, ' ') FROM ledger_step")
        [found] = cursor.fetchone()
    assert secret not in found.encode().decode("unicode-escape", "ignore")
    assert "秘密" not in found
