"""Which steps stand: corrections replace, knowledge has a date, withdrawn batches count no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shinrai.ledger.rules.steps import BatchLife, Step, batch_counts, standing

TUESDAY = datetime(2026, 6, 2, 2, tzinfo=UTC)
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)
FRIDAY = TUESDAY + timedelta(days=3)


class TestStanding:
    def test_a_correction_takes_the_place_of_what_was_wrong(self):
        """Sato typed Tuesday; on Friday the export said the answer went out on Wednesday."""
        filed = Step(1, TUESDAY, TUESDAY, "filed")
        wrong = Step(2, THURSDAY, THURSDAY, "answered")
        right = Step(
            3,
            WEDNESDAY,
            FRIDAY,
            "corrected",
            corrects=2,
            detail={"instead": "answered"},
        )

        kinds = [(step.kind, step.at) for step in standing([filed, wrong, right])]

        assert kinds == [("filed", TUESDAY), ("answered", WEDNESDAY)]

    def test_what_was_known_before_the_correction_stays_knowable(self):
        wrong = Step(2, THURSDAY, THURSDAY, "answered")
        right = Step(3, WEDNESDAY, FRIDAY, "corrected", corrects=2, detail={"instead": "answered"})

        assert standing([wrong, right], known=THURSDAY) == [wrong]

    def test_a_step_that_never_happened_is_gone(self):
        wrong = Step(2, THURSDAY, THURSDAY, "answered")
        never = Step(3, THURSDAY, FRIDAY, "corrected", corrects=2, detail={"instead": None})

        assert standing([wrong, never]) == []

    def test_of_a_chain_of_corrections_the_last_stands(self):
        first = Step(1, THURSDAY, THURSDAY, "answered")
        second = Step(2, WEDNESDAY, FRIDAY, "corrected", corrects=1, detail={"instead": "answered"})
        third = Step(3, TUESDAY, FRIDAY, "corrected", corrects=2, detail={"instead": "withdrawn"})

        [step] = standing([first, second, third])

        assert (step.kind, step.at, step.sequence) == ("withdrawn", TUESDAY, 1)

    def test_later_steps_are_not_yet_there(self):
        assert standing([Step(1, FRIDAY, FRIDAY, "filed")], until=THURSDAY) == []

    @given(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8),
        st.randoms(use_true_random=False),
    )
    def test_the_order_of_arrival_does_not_matter(self, moments, random):
        steps = [
            Step(n, TUESDAY + timedelta(days=day), TUESDAY, "note", source_order=order)
            for n, (day, order) in enumerate(moments)
        ]
        shuffled = list(steps)
        random.shuffle(shuffled)

        assert standing(shuffled) == standing(steps)


class TestBatches:
    def test_counts_from_completion_until_it_is_taken_back(self):
        taken_back = BatchLife(WEDNESDAY, FRIDAY)

        assert not batch_counts(taken_back)
        assert not batch_counts(taken_back, known=TUESDAY)
        assert batch_counts(taken_back, known=THURSDAY)

    def test_a_batch_that_was_never_completed_does_not_count(self):
        assert not batch_counts(BatchLife(None))
