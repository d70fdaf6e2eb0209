"""The life of an investigation as a story: Sato files, Mori finds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shinrai.investigations.rules.kinds import KINDS
from shinrai.investigations.rules.replay import replay
from shinrai.ledger.rules.steps import Step

NINE = datetime(2026, 6, 2, 0, tzinfo=UTC)


def at(hours):
    return NINE + timedelta(hours=hours)


def step(hours, kind, tier=None, **detail):
    return Step(hours, at(hours), at(hours), kind, tier=tier, detail=detail)


class TestReplay:
    def test_sent_back_and_resubmitted(self):
        """The filer holds it in between, and the clock may rest."""
        case = replay(
            [step(0, "filed"), step(2, "sent_back"), step(5, "resubmitted"), step(9, "answered")]
        )

        held = [(item.holder, item.since, item.until) for item in case.stretches]
        assert held == [
            ("tier:2", at(0), at(2)),
            ("filer", at(2), at(5)),
            ("tier:2", at(5), at(9)),
        ]
        [once] = case.rounds
        assert [(p.reason, p.since, p.until) for p in once.pauses] == [("sent_back", at(2), at(5))]
        assert (case.phase, case.answered_at, case.holder) == ("answered", at(9), None)

    def test_a_reopening_starts_clock_two(self):
        case = replay([step(0, "filed"), step(4, "answered"), step(8, "reopened")])

        assert [(r.index, r.started_at, r.stopped_at) for r in case.rounds] == [
            (1, at(0), at(4)),
            (2, at(8), None),
        ]

    def test_escalated_to_product_engineers(self):
        case = replay([step(0, "filed"), step(3, "escalated", tier=3), step(6, "answered")])

        assert [item.holder for item in case.stretches] == ["tier:2", "tier:3"]
        assert case.highest_tier == 3

    def test_an_answer_ends_the_pause_it_meets(self):
        case = replay([step(0, "filed"), step(2, "sent_back"), step(4, "answered")])

        assert [(p.since, p.until) for p in case.rounds[0].pauses] == [(at(2), at(4))]

    def test_an_answer_before_the_question_is_kept_and_flagged(self):
        case = replay([step(0, "answered"), step(1, "filed")])

        assert [flag.code for flag in case.flags] == ["out_of_order"]
        assert case.phase == "open"

    def test_an_exemption_after_the_answer_belongs_to_that_round(self):
        case = replay([step(0, "filed"), step(4, "answered"), step(5, "exempted", reason="KPI外")])

        assert case.rounds[0].exempted == (("investigation", at(5), "KPI外"),)


@given(st.lists(st.sampled_from(KINDS), max_size=14))
def test_stretches_partition_a_life_whatever_happens(kinds):
    """From filing to the end exactly one holds the work at every moment, and nobody after."""
    steps = [step(0, "filed")]
    steps += [step(n, kind, tier=3) for n, kind in enumerate(kinds, start=1)]
    case = replay(steps)
    ends = [item.until for item in case.stretches]

    assert case.stretches[0].since == at(0)
    assert all(end is not None for end in ends[:-1])
    for before, after in zip(case.stretches, case.stretches[1:], strict=False):
        assert before.until is not None
        assert before.until <= after.since
    open_now = case.phase in ("open", "sent_back", "waiting")
    assert open_now == (ends[-1] is None)
