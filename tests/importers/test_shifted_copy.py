"""A copy of a log whose clock was turned is found out beside the other; alone it may look sound."""

import numpy as np
import pytest

from shinrai.importers.rules.checks.shifted_copy import HOUR_US, find_shift
from tests.importers.test_checks import Moments, office, wall


def told(moments: Moments) -> tuple[Moments, Moments]:
    return np.unique(moments // HOUR_US * HOUR_US, return_counts=True)


class TestTurn:
    @pytest.mark.parametrize("hours", [-9, -5, 3, 8, 12])
    def test_the_hours_a_copy_was_turned_by(self, hours: int) -> None:
        original = office("2026-01-05", 90, 12, seed=1)
        copy = office("2026-01-05", 90, 12, seed=2) + hours * HOUR_US

        turn = find_shift(told(copy), told(original))

        assert turn is not None
        assert turn.hours == (hours,)

    def test_a_copy_that_is_off_by_another_hour_in_summer_says_both(self) -> None:
        original = office("2026-01-05", 360, 20, seed=3)
        summer = (original >= wall("2026-04-01")) & (original < wall("2026-11-01"))
        copy = original + np.where(summer, 6, 9) * HOUR_US

        turn = find_shift(told(copy), told(original))

        assert turn is not None
        assert turn.hours == (6, 9)

    @pytest.mark.parametrize("seed", range(20))
    def test_the_same_desk_at_the_same_hours_is_silent(self, seed: int) -> None:
        one, other = (office("2026-01-05", 90, 12, seed=s) for s in (seed, seed + 100))

        assert find_shift(told(one), told(other)) is None

    def test_a_season_the_other_does_not_hold_cannot_be_compared(self) -> None:
        spring = office("2026-02-02", 20, 30, seed=5)
        autumn = office("2026-09-07", 20, 30, seed=6) + 9 * HOUR_US

        assert find_shift(told(autumn), told(spring)) is None

    def test_a_night_shift_of_its_own_is_no_turned_clock(self) -> None:
        """Half of the work moved into the night; turning the rest back makes nothing alike."""
        days = office("2026-01-05", 60, 20, seed=7)
        mixed = np.concatenate([days, office("2026-01-05", 60, 20, seed=8, middle=2.0)])

        assert find_shift(told(mixed), told(days)) is None
