"""The facts of an inquiry: what was said, who held it, when it came back, what is in doubt."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.quality.rules.runs import Runs, runs_of
from tests.quality.stories import facts, june, told

THANKS = {"substantive": False, "substantive_rule": 1}
REPLY = {"substantive": True, "substantive_rule": 1}
talks = st.lists(st.booleans(), max_size=40)


class TestRuns:
    @given(talks)
    def test_are_the_turns_of_talk_from_them_to_us(self, talk):
        turns = sum(theirs and not ours for theirs, ours in pairwise(talk))

        assert runs_of(talk) == Runs(turns, int(bool(talk) and talk[-1]))

    @given(talks, talks)
    def test_add_up_where_the_talk_is_cut_after_one_of_ours(self, before, after):
        before = [*before, False]

        whole, parts = runs_of([*before, *after]), (runs_of(before), runs_of(after))

        assert whole.answered == sum(part.answered for part in parts)

    @given(talks)
    def test_saying_everything_twice_makes_no_more_of_them(self, talk):
        assert runs_of([theirs for theirs in talk for _ in range(2)]) == runs_of(talk)


class TestMessages:
    def test_the_matter_itself_is_the_first_message(self):
        """Inoue writes on Monday, Suzuki answers, Inoue thanks: one round trip."""
        found = facts(
            (june(1, 9), "received"),
            (june(1, 10), "outbound", REPLY),
            (june(1, 11), "inbound", THANKS),
        ).messages

        assert found.runs == Runs(1, 0)
        assert found.runs_every == Runs(1, 1)
        assert (found.judged, found.thanks, found.rule) == (2, 1, 1)

    def test_an_automatic_receipt_is_no_reply(self):
        found = facts(
            (june(1, 9), "received"),
            (june(1, 9, 1), "outbound", {"automatic": True}),
            (june(2, 10), "outbound"),
        ).messages

        assert found.first_reply_at == june(2, 10)
        assert (found.outbound, found.outbound_every) == (1, 2)

    def test_what_we_open_is_no_run_until_they_answer(self):
        found = facts(
            (june(1, 9), "received", {"mode": "proactive"}),
            (june(1, 9), "outbound"),
            (june(1, 12), "inbound"),
            (june(1, 13), "outbound"),
        ).messages

        assert found.runs == Runs(1, 0)

    def test_an_answer_from_before_the_question_follows_it_all_the_same(self):
        """The clocks of 12 April 2023 went wrong: the matter still came first."""
        found = facts(
            (june(1, 8), "outbound", {"doubt": "answered_before_asked"}),
            (june(1, 9), "received"),
        ).messages

        assert found.runs_every == Runs(1, 0)
        assert found.first_reply_at is None
        assert found.first_outbound_at == june(1, 8)
        assert found.order_doubt

    def test_a_source_without_text_counts_every_message_and_has_no_rule(self):
        found = facts((june(1, 9), "received"), (june(1, 10), "outbound")).messages

        assert (found.outbound, found.judged, found.rule) == (1, 0, None)

    def test_what_a_source_marks_itself_is_no_hit_of_our_rule(self):
        """A chat tool marks "ok" as noise: it carries nothing, but our rule judged none."""
        found = facts(
            (june(1, 9), "received"),
            (june(1, 10), "inbound", {"substantive": False}),
            (june(1, 11), "outbound", {"substantive": False, "corrected": True}),
        ).messages

        assert (found.inbound, found.inbound_every) == (0, 1)
        assert (found.judged, found.thanks, found.overridden) == (0, 0, 0)


class TestComingBack:
    def test_a_word_of_substance_after_the_solution(self):
        found = facts(
            (june(1, 9), "received"),
            (june(2, 9), "solved"),
            (june(2, 10), "inbound", THANKS),
            (june(3, 9), "inbound", REPLY),
        )

        assert (found.first_solved_at, found.returned_at) == (june(2, 9), june(3, 9))
        assert found.late_return_at is None

    def test_late_is_later_than_fourteen_days_to_the_second(self):
        solved = june(1, 12)
        just = solved + timedelta(days=14)
        found = facts(
            (june(1, 9), "received"),
            (solved, "solved"),
            (just, "reopened"),
            (just + timedelta(hours=1), "solved"),
            (just + timedelta(hours=2), "reopened"),
        )

        assert found.returned_at == just
        assert found.late_return_at == just + timedelta(hours=2)

    def test_solved_after_solved_is_flagged_and_no_reopening(self):
        found = facts((june(1), "received"), (june(2), "solved"), (june(3), "solved"))

        assert found.solved_twice
        assert (found.solved_steps, found.returned_at) == (2, None)
        assert not found.out_of_order

    def test_a_matter_can_name_the_one_it_goes_on_with(self):
        assert facts((june(1), "received", {"follow_up_of": "T-7"})).follow_up_of == "T-7"


class TestHolding:
    def test_without_tiers_nothing_is_said_of_them(self):
        found = facts((june(1), "received"), (june(1, 9), "assigned", {"group": "desk"}))

        assert (found.held_tiers, found.highest_tier) == (0, None)

    def test_from_the_desk_to_cre_and_back(self):
        """Suzuki's desk hands over to CRE on Tuesday; Takahashi asks product and gives it back."""
        found = facts(
            (june(1, 9), "received", {"tier": 1}),
            (june(2, 9), "escalated", {"tier": 2, "group": "cre"}),
            (june(2, 10), "consulted", {"tier": 3}),
            (june(3, 9), "returned", {"tier": 1, "group": "desk"}),
        )

        assert found.held_tiers == 0b110
        assert (found.highest_tier, found.consulted_tier) == (2, 3)

    def test_whoever_holds_an_investigation_holds_the_work(self):
        filed = replay_investigation(told((june(1, 10), "filed"), (june(1, 12), "answered")))

        found = facts((june(1, 9), "received"), investigations=[filed])

        assert found.held_tiers == 0b110
        assert found.highest_tier == 2

    def test_ping_pong_is_coming_back_to_a_group(self):
        groups = ("a", "b", "a", "c", "b", "b")
        found = facts(
            (june(1), "received"),
            *((june(2, hour), "assigned", {"group": g}) for hour, g in enumerate(groups)),
        )

        assert (found.handovers, found.group_returns) == (4, 2)

    def test_waits_are_counted_by_whom_and_a_guess_by_nobody(self):
        found = facts(
            (june(1), "received"),
            (june(2), "waiting", {"on": "customer"}),
            (june(3), "resumed"),
            (june(4), "waiting", {"on": "customer", "doubt": "guessed_meaning"}),
        )

        assert (found.waits_customer, found.waits_unsure) == (1, 1)


class TestDoubt:
    @pytest.mark.parametrize(
        ("doubtful", "names"),
        [
            ("received", "received_doubt"),
            ("outbound", "reply_doubt"),
            ("solved", "solved_doubt"),
        ],
    )
    def test_is_named_at_the_moment_it_is_about(self, doubtful, names):
        kinds = {"received": june(1), "outbound": june(2), "solved": june(3)}
        found = facts(
            *(
                (at, kind, {"doubt": "zone_jump"} if kind == doubtful else {})
                for kind, at in kinds.items()
            )
        )

        marks = {name: getattr(found, name) for name in ("received_doubt", "reply_doubt")}
        marks["solved_doubt"] = found.solved_doubt
        assert marks == dict.fromkeys(marks) | {names: "zone_jump"}
        assert found.any_doubt == "zone_jump"
