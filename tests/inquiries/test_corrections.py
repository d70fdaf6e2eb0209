"""What a person may put in a wrong step's place, and what stays as it was."""

import pytest

from shinrai.inquiries.rules.corrections import NotToBeCorrected, corrections_of
from shinrai.inquiries.rules.replay import replay
from shinrai.ledger.rules.steps import Step, standing
from tests.quality.stories import june, told

TALK = told(
    (june(1, 9), "received"),
    (june(1, 10), "outbound", {"by": "staff:1", "substantive": False, "rule": 1}),
    (june(1, 11), "waiting", {"on": "customer"}),
    (june(2, 9), "resumed"),
    (june(2, 10), "labelled", {"by": "staff:1", "topic": "login"}),
)


def stands(sequence: int, change: dict, why: str = "slip") -> list[Step]:
    """Correct a step of the talk and give what stands then."""
    made = [
        Step(
            100 + place,
            step.at,
            june(3),
            "corrected",
            step.by,
            step.role,
            step.tier,
            detail,
            step.words_id,
            corrects=step.sequence,
        )
        for place, (step, detail) in enumerate(corrections_of(TALK, sequence, change, why))
    ]
    return standing([*TALK, *made])


class TestCorrections:
    def test_a_message_the_rule_took_for_thanks_counts_and_keeps_its_author(self) -> None:
        found = stands(2, {"substantive": True}, "rule_wrong")

        assert found[1].kind == "outbound"
        assert found[1].by == "staff:1"
        assert found[1].detail == {"substantive": True, "rule": 1, "corrected": True}
        assert replay(found).messages[-1].substantive

    def test_a_wait_on_somebody_else(self) -> None:
        [pause] = replay(stands(3, {"on": "third_party"})).pauses

        assert (pause.reason, pause.since, pause.until) == ("third_party", june(1, 11), june(2, 9))

    def test_a_wait_that_never_was_takes_its_end_along(self) -> None:
        found = stands(3, {"gone": True})

        assert [step.kind for step in found] == ["received", "outbound", "labelled"]
        assert replay(found).pauses == ()
        assert replay(found).flags == ()

    def test_a_label_taken_away(self) -> None:
        assert [step.kind for step in stands(5, {"gone": True})][-1] == "resumed"

    @pytest.mark.parametrize(
        ("sequence", "change", "why", "said"),
        [
            (1, {"gone": True}, "slip", "not one that can be corrected"),
            (99, {"gone": True}, "slip", "not one that can be corrected"),
            (2, {"gone": True}, "slip", "cannot be unsaid"),
            (2, {"substantive": False}, "slip", "nothing would be other"),
            (3, {"on": "customer"}, "slip", "nothing would be other"),
            (3, {"on": "the moon"}, "slip", "nothing would be other"),
            (5, {"topic": "login"}, "slip", "nothing would be other"),
            (5, {"on": "customer"}, "slip", "nothing would be other"),
            (5, {"topic": "billing"}, "because", "say why"),
        ],
    )
    def test_what_cannot_be_is_refused(self, sequence, change, why, said) -> None:
        with pytest.raises(NotToBeCorrected, match=said):
            corrections_of(TALK, sequence, change, why)
