"""The first sentence of the overview and of the queue, in both languages."""

from types import SimpleNamespace

import pytest

from shinrai.desk.rules.sentences import QueueCounts, open_clauses, overview_clauses, queue_clauses
from shinrai.units.text import Text, translated


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

    def test_what_is_lost_leads_and_what_is_late_follows(self) -> None:
        lost, holding = (SimpleNamespace(is_lost=one, outcome="holds") for one in (True, False))
        november = Text("November can no longer be kept")
        pressing = QueueCounts(1, 1, 3, "18:00")

        clauses = said_in("en", overview_clauses(pressing, [lost, holding], november))

        assert clauses == [
            ("November can no longer be kept", True),
            ("1 case is late", True),
            ("1 more falls due by 18:00", False),
        ]

    def test_of_several_that_are_lost_the_count_comes_first(self) -> None:
        lost = SimpleNamespace(is_lost=True, outcome="broken")
        clauses = overview_clauses(QueueCounts(0, 0, 0, ""), [lost, lost], Text("x"))

        assert said_in("ja", clauses)[0] == ("目標2件のうち2件は達成できなくなりました", True)

    def test_no_comfort_stands_beside_a_loss(self) -> None:
        lost = SimpleNamespace(is_lost=True, outcome="broken")

        for language in ("en", "ja"):
            pressing = QueueCounts(0, 2, 3, "18:00")
            clauses = overview_clauses(pressing, [lost], Text("lost"))
            first, *others = said_in(language, clauses)
            assert first == ("lost", True)
            assert [words for words, _ in others] == [
                words for words, _ in said_in(language, queue_clauses(pressing))[1:]
            ]

    @pytest.mark.parametrize(
        ("counts", "said"),
        [
            ((2, 1), ["2 inquiries are open", "1 investigation is open"]),
            ((0, 3), ["3 investigations are open"]),
            ((0, 0), ["No case is open"]),
        ],
    )
    def test_without_a_promise_what_is_open_is_counted(
        self, counts: tuple[int, int], said: list[str]
    ) -> None:
        *clauses, undue = said_in("en", open_clauses(*counts))

        assert [words for words, _ in clauses] == said
        assert undue == ("no objective says by when they are due", False)

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
