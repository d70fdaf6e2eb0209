"""Answer quality on rows typed by hand, and which answers are drawn."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.quality.rules.answer_quality import answer_quality_figure
from shinrai.quality.rules.criteria import CRITERIA, DEFINITIONS, NAMES, BadMarks, read_marks
from shinrai.quality.rules.drawing import Candidate, drawn, monday_of, without_names
from shinrai.quality.rules.figures import plain
from tests.quality.stories import june

SEED, OTHER = "00" * 32, "01" * 32
WEEK = date(2026, 6, 1)


def rows(**counts: dict[str | None, int]) -> list[dict]:
    return [
        {"criterion": name, "marks": marks, "count": count}
        for name in CRITERIA
        for marks, count in counts.get(name, counts["right"]).items()
    ]


class TestFigure:
    """Of 10, 8 judged by two: 5 right by both, 1 by one, 1 by none; 1 somebody cannot tell."""

    ROWS = rows(right={"yes\nyes": 5, "no\nyes": 1, "no\nno": 1, "unsure\nyes": 1, None: 2})

    def test_right_is_what_both_say(self):
        found = answer_quality_figure(self.ROWS)

        assert (found["count"], found["of"]) == (5, 7)
        assert (found["drawn"], found["reviewed"], found["cannot_tell"]) == (10, 8, 1)
        assert found["low"] < 5 / 7 < found["high"]

    def test_alpha_stands_beside_each_question(self):
        """Seven pairs: observed 2/14; names 11 yes, 3 no: expected (196-121-9)/13/14 = 66/182."""
        found = answer_quality_figure(self.ROWS)

        for name in CRITERIA:
            agreed = found["criteria"][name]["agreement"]
            assert agreed["alpha"] == pytest.approx(1 - (2 / 14) / (66 / 182))
            assert agreed["of"] == 7

    def test_questions_are_counted_apart(self):
        found = answer_quality_figure(
            rows(right={"yes\nyes": 4}, kind={"no\nno": 3, "yes\nyes": 1})
        )

        assert (found["criteria"]["right"]["count"], found["criteria"]["kind"]["count"]) == (4, 1)
        assert "unknown" in plain(found["criteria"]["right"]["agreement"])  # all judged the same

    def test_is_unknown_below_two_reviewers(self):
        found = answer_quality_figure(rows(right={None: 10}))

        assert plain(found) == {
            "unknown": "fewer than two reviewers have judged a sample",
            "drawn": 10,
            "reviewed": 0,
        }
        assert "unknown" in plain(answer_quality_figure([]))

    def test_is_unknown_where_nobody_could_tell(self):
        found = plain(answer_quality_figure(rows(right={"unsure\nyes": 3})))

        assert found["unknown"] == "the reviewers could not tell"
        assert found["reviewed"] == 3


class TestMarks:
    def test_one_for_each_question(self):
        marks = {"right": "yes", "complete": "no", "plain": "unsure", "kind": "yes"}

        assert read_marks(marks) == marks

    @pytest.mark.parametrize("mark", ["", "maybe"])
    def test_a_question_without_is_named(self, mark):
        with pytest.raises(BadMarks) as refused:
            read_marks({"right": "yes", "complete": mark, "plain": "yes", "kind": "yes"})

        assert refused.value.text["en"].startswith("complete")
        assert "過不足がない" in refused.value.text["ja"]

    def test_every_question_is_defined_in_both_languages(self):
        for name in CRITERIA:
            for text in (NAMES[name], DEFINITIONS[name]):
                assert text["en"]
                assert text["ja"] not in ("", text["en"])


def candidates(count: int, mode: str = "via_cs") -> list[Candidate]:
    return [Candidate(n, 1_000 + n, mode, "staff:1", june(2)) for n in range(count)]


class TestDraw:
    @given(st.permutations(candidates(12)))
    def test_does_not_depend_on_the_order_in_which_they_are_found(self, some):
        assert drawn(some, seed=SEED, week=WEEK, size=4) == drawn(
            candidates(12), seed=SEED, week=WEEK, size=4
        )

    def test_another_seed_or_week_draws_others(self):
        one = drawn(candidates(60), seed=SEED, week=WEEK, size=10)["via_cs"]

        assert one != drawn(candidates(60), seed=OTHER, week=WEEK, size=10)["via_cs"]
        assert one != drawn(candidates(60), seed=SEED, week=date(2026, 6, 8), size=10)["via_cs"]

    def test_a_larger_sample_keeps_the_smaller(self):
        few = drawn(candidates(60), seed=SEED, week=WEEK, size=5)["via_cs"]

        assert few == drawn(candidates(60), seed=SEED, week=WEEK, size=20)["via_cs"][:5]

    def test_each_mode_has_its_own(self):
        found = drawn([*candidates(9), *candidates(2, "direct")], seed=SEED, week=WEEK, size=3)

        assert {mode: len(some) for mode, some in found.items()} == {"via_cs": 3, "direct": 2}

    def test_every_answer_is_drawn_about_as_often(self):
        """Of 20 answers 5 are drawn: a quarter, over a thousand seeds, give or take four errors."""
        seeds = [f"{n:064x}" for n in range(1_000)]
        hits = [0] * 20
        for seed in seeds:
            for one in drawn(candidates(20), seed=seed, week=WEEK, size=5)["via_cs"]:
                hits[one.case_id] += 1

        assert all(abs(hit - 250) < 4 * (1_000 * 0.25 * 0.75) ** 0.5 for hit in hits)

    def test_weeks_begin_on_monday(self):
        assert monday_of(date(2026, 6, 7)) == monday_of(date(2026, 6, 1)) == WEEK


class TestNames:
    def test_staff_are_not_named_to_reviewers(self):
        words = "サポートの内田です。佐藤 花子からもご連絡します。花子"

        assert without_names(words, ["内田", "佐藤 花子"]) == (
            "サポートの〔staff〕です。〔staff〕からもご連絡します。〔staff〕"
        )

    def test_a_single_letter_is_no_name_to_hide(self):
        assert without_names("林檎を買う", ["林"]) == "林檎を買う"
