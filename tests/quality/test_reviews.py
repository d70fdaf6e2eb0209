"""Answers are drawn on Monday and judged by two who do not see each other: 鈴木 and 高橋, and 佐藤.

Week of Mon 1 June 2026: 内田 (imported, no sign-in) answers four inquiries, 鈴木 one.
"""

import json
from datetime import date

import pytest
import time_machine
from click.testing import CliRunner
from django.db import DatabaseError, transaction

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import record_staff
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.quality.commands.summary import group
from shinrai.quality.models import AnswerSample, Review, SampledAnswer, SamplePlan
from shinrai.quality.operations.reviewing import NotToBeReviewed, review_answer
from shinrai.quality.operations.sampling import BadSampleSize, draw_samples, plan_samples
from shinrai.quality.queries.documents import summary_document
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.reviews import (
    UnknownAnswer,
    answer_to_review,
    reviews_of,
    samples,
    standing_reviews,
)
from shinrai.quality.queries.summary import summary_now
from shinrai.quality.rules.criteria import CRITERIA
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import Reader, lead, shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
HERE = "/w/tanuki/reviews/"
MONDAY = tokyo(8, 9)
WEEK = date(2026, 6, 1)
YES = dict.fromkeys(CRITERIA, "yes")
UCHIDA = "内田"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    uchida = record_staff(
        workspace_id=there, source="test", names=[UCHIDA], at=tokyo(1, 1), by="test"
    )[UCHIDA]
    plan_samples(workspace_id=there, size=10, at=tokyo(31, 9, month=5), by="test")
    for n in range(5):
        case_id = receive_inquiry(
            workspace_id=there, source_key=f"Q-{n}", at=tokyo(2, 9, n), by="customer:1",
            words=f"画面{n}が開きません。yui@example.jp",
        )  # fmt: skip
        by = cast.agent.member.key if n == 4 else uchida
        words = f"サポートの{UCHIDA}です。手順{n}をお試しください。設定から変更できます。"
        take_step(case_id=case_id, kind="outbound", at=tokyo(3, 9, n), by=by, role="agent",
                  words=words)  # fmt: skip
        take_step(case_id=case_id, kind="outbound", at=tokyo(9, 9, n), by=by, role="agent",
                  words="次の週の返信です。こちらは先週の抜き出しには入りません。")  # fmt: skip
    draw_samples(workspace=cast.workspace, at=MONDAY)
    return cast


def key(desk: Cast, part: str) -> str:
    return desk.everybody[part].member.key


def judge(desk: Cast, answer: int, part: str, **marks: str) -> int:
    return review_answer(
        workspace_id=desk.workspace.id,
        answer_id=answer,
        marks=YES | marks,
        at=MONDAY,
        by=key(desk, part),
    )


def answers(desk: Cast, *, of: str = "") -> list[int]:
    """List the drawn answers, of others than somebody."""
    rows = SampledAnswer.objects.order_by("place")
    return list(rows.exclude(by=of).values_list("id", flat=True))


def page(desk: Cast, part: str, address: str = HERE, language: str = "en") -> str:
    with time_machine.travel(MONDAY, tick=False):
        return shown(desk.everybody[part].client(), address, language)


def send(desk: Cast, part: str, answer: int, **marks: str):
    with time_machine.travel(MONDAY, tick=False):
        return desk.everybody[part].client().post(f"{HERE}{answer}/marks/", YES | marks)


class TestDrawing:
    def test_a_week_that_is_over_is_drawn_once(self, desk: Cast) -> None:
        assert [(s.week, s.mode, s.drawn, s.candidates) for s in samples_(desk)] == [
            (WEEK, "via_cs", 5, 5)
        ]
        assert draw_samples(workspace=desk.workspace, at=MONDAY) == []
        assert AnswerSample.objects.count() == 1

    def test_the_running_week_waits(self, desk: Cast) -> None:
        assert draw_samples(workspace=desk.workspace, at=tokyo(14, 23)) == []
        assert len(draw_samples(workspace=desk.workspace, at=tokyo(15, 0))) == 1

    def test_a_plan_holds_for_weeks_that_begin_after_it(self, desk: Cast) -> None:
        """One stored on Wednesday the 10th draws nothing of that week, and two of the next."""
        there = desk.workspace.id
        plan_samples(workspace_id=there, size=0, at=tokyo(7, 12), by="test")
        plan_samples(workspace_id=there, size=2, at=tokyo(10, 12), by="test")

        assert draw_samples(workspace=desk.workspace, at=tokyo(15, 9)) == []

    def test_without_a_plan_before_it_nothing_is_drawn(self, cast: Cast) -> None:
        plan_samples(workspace_id=cast.workspace.id, size=5, at=tokyo(2, 9), by="test")

        assert draw_samples(workspace=cast.workspace, at=MONDAY) == []

    @pytest.mark.parametrize("size", [-1, 501])
    def test_a_size_that_cannot_be(self, cast: Cast, size: int) -> None:
        with pytest.raises(BadSampleSize):
            plan_samples(workspace_id=cast.workspace.id, size=size, at=MONDAY, by="test")

    def test_the_seed_lies_in_the_books_before_and_cannot_be_changed(self, desk: Cast) -> None:
        [plan] = SamplePlan.objects.all()

        assert len(bytes.fromhex(plan.seed)) == 32
        for wrong in (
            lambda: SamplePlan.objects.update(seed="00" * 32),
            lambda: SampledAnswer.objects.update(place=0),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                wrong()


def samples_(desk: Cast):
    return samples(workspace_id=desk.workspace.id)


class TestBlindness:
    def test_takahashi_reads_neither_marks_nor_names(self, desk: Cast) -> None:
        """鈴木 has judged all she may, each way; what 高橋 sees is what he saw before."""
        before = [shown_to(desk, "engineer", answer) for answer in answers(desk)]
        pages = page(desk, "engineer", language="ja")
        for n, answer in enumerate(answers(desk, of=key(desk, "agent"))):
            judge(desk, answer, "agent", right=("yes", "no", "unsure")[n % 3])

        assert [shown_to(desk, "engineer", answer) for answer in answers(desk)] == before
        again = page(desk, "engineer", language="ja")
        assert strip_tokens(again) == strip_tokens(pages)
        for name in (UCHIDA, "鈴木", key(desk, "agent"), "checked", "yui@example.jp"):
            assert name not in main(again), name
        assert "〔staff〕です" in main(again)

    def test_her_own_marks_come_back_to_her_alone(self, desk: Cast) -> None:
        [first, *_] = answers(desk, of=key(desk, "agent"))
        judge(desk, first, "agent", kind="no")

        hers = main(page(desk, "agent", f"{HERE}{first}/"))
        his = main(page(desk, "engineer", f"{HERE}{first}/"))
        assert 'id="kind-no" name="kind" value="no" required checked' in hers
        assert "checked" not in his

    def test_nobody_judges_their_own_answer(self, desk: Cast) -> None:
        [own] = SampledAnswer.objects.filter(by=key(desk, "agent"))

        assert (
            own.pk
            not in reviews_of(workspace_id=desk.workspace.id, member=key(desk, "agent")).waiting
        )
        with pytest.raises(NotToBeReviewed):
            judge(desk, own.pk, "agent")
        with pytest.raises(UnknownAnswer):
            shown_to(desk, "agent", own.pk)

    def test_the_words_end_with_the_answer(self, desk: Cast) -> None:
        found = shown_to(desk, "engineer", answers(desk)[0])

        assert [one.is_judged for one in found.said] == [False, True]
        assert "次の週" not in "".join(one.words for one in found.said)

    def test_who_opened_the_words_is_noted(self, desk: Cast) -> None:
        page(desk, "engineer")

        assert AuditEntry.objects.get(what="words for a review").by == key(desk, "engineer")


def shown_to(desk: Cast, part: str, answer: int):
    return answer_to_review(
        workspace_id=desk.workspace.id, answer_id=answer, member=key(desk, part)
    )


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def strip_tokens(text: str) -> list[str]:
    return [line for line in main(text).splitlines() if "csrfmiddlewaretoken" not in line]


class TestReviewing:
    def test_two_are_enough(self, desk: Cast) -> None:
        [first, *_] = answers(desk, of=key(desk, "agent"))
        judge(desk, first, "agent")
        judge(desk, first, "engineer")

        with pytest.raises(NotToBeReviewed, match="two others"):
            judge(desk, first, "owner")
        with pytest.raises(UnknownAnswer):
            shown_to(desk, "owner", first)

    def test_a_change_replaces_and_keeps_what_was_said(self, desk: Cast) -> None:
        [first, *_] = answers(desk, of=key(desk, "agent"))
        said = judge(desk, first, "agent", right="no")
        mended = judge(desk, first, "agent", right="yes")

        [stands] = standing_reviews([first])
        assert (stands.id, stands.marks["right"]) == (mended, "yes")
        assert Review.objects.get(pk=mended).replaces_id == said
        assert Review.objects.get(pk=said).right == "no"

    def test_on_the_page_a_question_left_out_keeps_the_others(self, desk: Cast) -> None:
        [first, *_] = answers(desk)

        answer = send(desk, "engineer", first, plain="")

        assert answer.status_code == 422
        assert "plain: choose yes, no or cannot tell" in answer.content.decode()
        assert "checked" in main(answer.content.decode())
        assert Review.objects.count() == 0

    def test_on_the_page_one_goes_on_to_the_next(self, desk: Cast) -> None:
        [first, *_] = answers(desk)

        assert send(desk, "engineer", first).headers["location"] == HERE
        assert lead(page(desk, "engineer")).startswith("4 answers wait")

    def test_an_answer_of_another_workspace_is_not_there(self, desk: Cast) -> None:
        address = f"/w/elsewhere/reviews/{answers(desk)[0]}/marks/"

        assert desk.stranger.client().post(address, YES).status_code == 404

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_keeps_the_manners_of_a_page(self, desk: Cast, language: str) -> None:
        reader = Reader()
        reader.feed(page(desk, "engineer", language=language))

        assert reader.forbidden == []
        assert reader.headings[0] == "h1"


class TestFigure:
    def summary(self, desk: Cast, settings, at=None):
        """Give the figure as the command says it; the page, which adds days up, says the same."""
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        refresh(warehouse, at=tokyo(10, 9))
        asked = {"workspace": desk.workspace, "at": at or tokyo(10, 9), "warehouse": warehouse}
        found = summary_document(quality_summary(**asked))["answer_quality"]
        if at is None:  # a page is always about now
            page = summary_document(summary_now(workspace=desk.workspace))["answer_quality"]
            assert page == found
        return found

    def test_is_unknown_until_two_have_judged(self, desk: Cast, settings) -> None:
        for answer in answers(desk, of=key(desk, "agent")):
            judge(desk, answer, "agent")

        found = self.summary(desk, settings)
        assert found["unknown"] == "fewer than two reviewers have judged a sample"
        assert (found["drawn"], found["reviewed"]) == (5, 0)

    def test_comes_from_what_both_said(self, desk: Cast, settings) -> None:
        """Three of four right by both; one only by 鈴木."""
        mine = answers(desk, of=key(desk, "agent"))
        for n, answer in enumerate(mine):
            judge(desk, answer, "agent")
            judge(desk, answer, "engineer", right="no" if n == 0 else "yes")

        found = self.summary(desk, settings)

        assert (found["count"], found["of"], found["drawn"]) == (3, 4, 5)
        assert (found["criteria"]["kind"]["count"], found["criteria"]["kind"]["of"]) == (4, 4)
        assert found["criteria"]["right"]["agreement"]["of"] == 4

    def test_a_review_makes_one_row_anew_and_a_moment_before_knows_none(
        self, desk: Cast, settings
    ) -> None:
        [first, *_] = answers(desk, of=key(desk, "agent"))
        self.summary(desk, settings)
        judge(desk, first, "agent")
        judge(desk, first, "engineer")

        assert self.summary(desk, settings)["reviewed"] == 1
        assert self.summary(desk, settings, at=tokyo(7, 9))["drawn"] == 0


class TestCommands:
    def test_the_plan_the_draw_and_the_list(self, desk: Cast) -> None:
        def asked(*words: str):
            done = CliRunner().invoke(group, ["sample", *words, "--json"])
            assert done.exit_code == 0, done.output
            return json.loads(done.stdout)

        with time_machine.travel(tokyo(15, 9), tick=False):
            assert asked("draw", "-w", "tanuki")["drawn"][0]["candidates"] == 5
            assert asked("plan", "3", "-w", "tanuki")["size"] == 3
            listed = asked("list", "-w", "tanuki")["samples"]
        assert [row["week"] for row in listed] == ["2026-06-08", "2026-06-01"]
        assert set(asked("codebook")["criteria"]) == set(CRITERIA)
