"""The first sentence of the overview and of the queue, in both languages."""

from types import SimpleNamespace

import pytest

from shinrai.desk.rules.sentences import QueueCounts, overview_clauses, queue_clauses
from shinrai.units.text import translated


def said_in(language, clauses):
    return [(translated(text, language), is_late) for text, is_late in clauses]


class TestSentences:
    @pytest.mark.parametrize(
        ("pressing", "said"),
        [
            (QueueCounts(0, 0, 0, ""), ["Nothing is waiting for us"]),
            (QueueCounts(1, 0, 1, "18:00"), ["1 case is late", "nothing falls due by 18:00"]),
            (QueueCounts(0, 1, 3, "18:00"), ["Nothing is late", "1 falls due by 18:00"]),
            (QueueCounts(2, 3, 9, "18:00"), ["2 cases are late", "3 more fall due by 18:00"]),
        ],
    )
    def test_the_queue_in_english(self, pressing: QueueCounts, said: list[str]) -> None:
        assert [words for words, _ in said_in("en", queue_clauses(pressing))] == said

    def test_only_what_is_late_or_broken_is_set_apart(self) -> None:
        lost, holding = (SimpleNamespace(is_lost=one, outcome="holds") for one in (True, False))
        clauses = said_in("ja", overview_clauses(QueueCounts(1, 1, 3, "18:00"), [lost, holding]))

        assert clauses == [
            ("1件が超過中です", True),
            ("目標2件のうち1件は達成できなくなりました", True),
            ("18:00までに期限を迎えるのは1件です", False),
        ]

    def test_no_comfort_stands_before_a_loss(self) -> None:
        lost = SimpleNamespace(is_lost=True, outcome="broken")

        for language in ("en", "ja"):
            pressing = QueueCounts(0, 2, 3, "18:00")
            first, *others = said_in(language, overview_clauses(pressing, [lost]))
            assert first[1]
            assert [words for words, _ in others] == [
                words for words, _ in said_in(language, queue_clauses(pressing))[1:]
            ]

    @pytest.mark.parametrize(
        ("outcomes", "said"),
        [
            (["holds", "holds"], "every objective still holds"),
            (["holds", None], "1 of 2 objectives still hold, of the others it cannot be told yet"),
            ([None, None], "whether the objectives hold cannot be told yet"),
        ],
    )
    def test_what_is_not_known_is_not_called_holding(self, outcomes: list, said: str) -> None:
        found = [SimpleNamespace(is_lost=False, outcome=one) for one in outcomes]

        assert said_in("en", overview_clauses(QueueCounts(0, 0, 1, ""), found))[-1] == (said, False)
