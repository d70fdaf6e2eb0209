"""The first sentence of the overview and of the queue, in both languages."""

import pytest

from shinrai.desk.rules.sentences import Pressing, overview_clauses, queue_clauses


class TestSentences:
    @pytest.mark.parametrize(
        ("pressing", "said"),
        [
            (Pressing(0, 0, 0, ""), ["Nothing is waiting for us"]),
            (Pressing(1, 0, 1, "18:00"), ["1 case is late", "nothing falls due by 18:00"]),
            (Pressing(0, 1, 3, "18:00"), ["Nothing is late", "1 falls due by 18:00"]),
            (Pressing(2, 3, 9, "18:00"), ["2 cases are late", "3 more fall due by 18:00"]),
        ],
    )
    def test_the_queue_in_english(self, pressing: Pressing, said: list[str]) -> None:
        assert [words for words, _ in queue_clauses(pressing, "en")] == said

    def test_only_what_is_late_or_broken_is_set_apart(self) -> None:
        clauses = overview_clauses(
            Pressing(1, 1, 3, "18:00"), broken=1, objectives=2, language="ja"
        )

        assert clauses == [
            ("1件が期限を過ぎています", True),
            ("18:00までに期限を迎えるのは1件です", False),
            ("目標2つのうち1つは達成できなくなりました", True),
        ]
