"""Whose an inquiry is, when we last reached them, and what was worked: Sakura Juku in June 2026."""

import pytest

from shinrai.quality.rules.touches import account_of
from tests.quality.stories import facts, june, told

OPENED = (june(1, 9), "received", {"account": "S-7"})


class TestAccount:
    @pytest.mark.parametrize(
        ("named", "account"),
        [
            ("S-7", "S-7"),
            (360001, "360001"),
            ("  さくら　塾\n本校 ", "さくら 塾 本校"),
            (["S-7"], "S-7"),
            (["S-7", "S-8"], None),  # whose of the two it is, nobody says
            ([], None),
            ("", None),
            (None, None),
            ("hanako@example.jp", None),  # a person, and no company
            ("x" * 200, "x" * 100),
        ],
    )
    def test_is_what_the_source_names_when_it_came(self, named, account):
        assert account_of(told((june(1), "received", {"account": named}))) == account

    def test_is_not_that_of_one_merged_into_it(self):
        """Midori Gakuen's mail of 9:00 was merged into Sakura Juku's of 10:00."""
        steps = told(
            (june(1, 9), "received", {"merged_from": "T-2", "account": "S-8"}),
            (june(1, 10), "received", {"account": "S-7"}),
        )

        assert account_of(steps) == "S-7"

    def test_a_message_that_names_one_says_nothing_of_the_matter(self):
        assert (
            facts((june(1), "received"), (june(2), "inbound", {"account": "S-7"})).account is None
        )


class TestTouch:
    def test_is_the_last_message_of_substance_that_a_person_sent(self):
        found = facts(
            OPENED,
            (june(2, 9), "outbound"),
            (june(3, 9), "outbound"),
            (june(4, 9), "outbound", {"automatic": True}),
            (june(5, 9), "outbound", {"substantive": False, "substantive_rule": 1}),
            (june(6, 9), "inbound"),
            (june(7, 9), "note"),
            (june(8, 9), "escalated", {"tier": 2}),
            (june(9, 9), "solved"),
        )

        assert found.touched_at == june(3, 9)

    def test_is_none_while_only_they_and_machines_spoke(self):
        said = (june(1, 10), "outbound", {"automatic": True})

        assert facts(OPENED, said, (june(5), "inbound")).touched_at is None

    def test_a_case_we_opened_is_one_unless_it_was_a_mistake(self):
        ours = (june(1, 9), "received", {"mode": "proactive", "account": "S-7"})

        assert facts(ours).touched_at == june(1, 9)
        assert facts(ours, (june(2), "outbound")).touched_at == june(2)
        assert facts(ours, (june(3), "cancelled", {"reason": "mistake"})).touched_at is None


class TestWorked:
    def test_is_what_can_be_and_is_not_in_doubt(self):
        found = facts(
            OPENED,
            (june(1, 10), "worked", {"minutes": 30}),
            (june(1, 11), "worked", {"minutes": "12.5"}),
            (june(1, 12), "worked", {"minutes": -3}),
            (june(1, 13), "worked", {"minutes": 9000}),
            (june(1, 14), "worked", {"minutes": 60, "doubt": "guessed_meaning"}),
        )

        assert found.worked_s == 30 * 60 + 750
