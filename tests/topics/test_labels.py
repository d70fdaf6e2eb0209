"""Who says what it is about: 鈴木 (staff:1) first, 高橋 (staff:2), 内田 (staff:3) blindly."""

from shinrai.ledger.rules.steps import Step, standing
from shinrai.topics.rules.labels import is_drawn, judgements, labels_of, topic_of
from tests.quality.stories import june, told


def labelled(day: int, by: str, topic: str, **more: object) -> tuple:
    return june(day), "labelled", {"by": by, "topic": topic, **more}


def blind(day: int, by: str, topic: str) -> tuple:
    return labelled(day, by, topic, purpose="agreement")


class TestTopic:
    def test_is_as_last_labelled(self) -> None:
        steps = told(labelled(1, "staff:1", "login"), labelled(2, "staff:2", "billing"))

        assert topic_of(steps) == "billing"

    def test_a_blind_label_decides_nothing(self) -> None:
        steps = told(labelled(1, "staff:1", "login"), blind(2, "staff:2", "billing"))

        assert topic_of(steps) == "login"

    def test_a_source_may_say_it_with_the_receipt(self) -> None:
        assert topic_of(told((june(1), "received", {"topic": "login"}))) == "login"
        assert topic_of(told((june(1), "received"))) is None


class TestJudgements:
    def test_the_first_label_and_blind_ones_stand_side_by_side(self) -> None:
        steps = told(
            labelled(1, "staff:1", "login"),
            blind(2, "staff:2", "login"),
            blind(3, "staff:3", "billing"),
        )

        assert judgements(labels_of(steps)) == ("billing", "login", "login")

    def test_one_person_alone_is_no_agreement(self) -> None:
        again = told(labelled(1, "staff:1", "login"), blind(2, "staff:1", "login"))

        assert judgements(labels_of(again)) == ()

    def test_a_label_made_in_sight_of_another_is_none(self) -> None:
        steps = told(labelled(1, "staff:1", "login"), labelled(2, "staff:2", "login"))

        assert judgements(labels_of(steps)) == ()

    def test_nor_is_one_that_no_person_made(self) -> None:
        steps = told(labelled(1, "system", "login"), blind(2, "staff:2", "login"))

        assert judgements(labels_of(steps)) == ()

    def test_a_corrected_label_says_what_it_is_about_but_is_no_judgement(self) -> None:
        steps = told(labelled(1, "staff:1", "billing"), blind(2, "staff:2", "login"))
        mended = Step(
            3, june(1), june(3), "corrected", "staff:3", corrects=1,
            detail={"instead": "labelled", "topic": "login", "corrected": True, "why": "slip"},
        )  # fmt: skip

        stands = standing([*steps, mended])

        assert topic_of(stands) == "login"
        assert judgements(labels_of(stands)) == ()


class TestDrawing:
    def test_whoever_asks_gets_the_same_and_about_as_many_as_wanted(self) -> None:
        drawn = [n for n in range(20_000) if is_drawn(n, seed="spring", per_mille=30)]

        assert drawn == [n for n in range(20_000) if is_drawn(n, seed="spring", per_mille=30)]
        assert 500 < len(drawn) < 700
        assert drawn != [n for n in range(20_000) if is_drawn(n, seed="autumn", per_mille=30)]

    def test_a_larger_share_keeps_those_drawn_before(self) -> None:
        few = {n for n in range(5_000) if is_drawn(n, seed="s", per_mille=10)}

        assert few < {n for n in range(5_000) if is_drawn(n, seed="s", per_mille=100)}
        assert not any(is_drawn(n, seed="s", per_mille=0) for n in range(5_000))
