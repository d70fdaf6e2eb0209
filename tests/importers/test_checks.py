"""Hours that jump, hours that point at another zone, columns that know the future; and silence."""

import csv
import gzip
import re
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from shinrai.importers.rules.checks.daily_hours import find_jumps, find_odd_night
from shinrai.importers.rules.checks.flags import WORDS, counted_flag
from shinrai.importers.rules.checks.look_ahead import LookAhead
from shinrai.importers.rules.moments import MomentReader

Moments = npt.NDArray[np.int64]
HOUR = 3_600_000_000
DAY = 24 * HOUR


def wall(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds() * 1e6)


def office(first: str, days: int, per_day: int, *, seed: int, middle: float = 14.0) -> Moments:
    """Draw the moments of a desk that works around an hour of the day."""
    random = np.random.default_rng(seed)
    hours = random.normal(middle, 2.5, days * per_day)
    starts = np.repeat(np.arange(days) * DAY, per_day) + wall(first)
    return (starts + (hours % 24) * HOUR).astype(np.int64)


class TestJumps:
    @pytest.mark.parametrize("turn", [-9, -5, 3, 8, 12])
    def test_the_day_a_clock_turned_is_found_to_the_day(self, turn: int) -> None:
        moments = office("2026-01-05", 120, 40, seed=turn + 50)
        turned = moments + np.where(moments >= wall("2026-03-03"), turn * HOUR, 0)

        [jump] = find_jumps(turned)

        assert abs((jump.on - date(2026, 3, 3)).days) <= 1
        assert turn in jump.turned_hours or (turn == 12 and -12 in jump.turned_hours)

    def test_everything_up_to_the_end_of_that_month_is_in_doubt(self) -> None:
        moments = office("2026-01-05", 120, 40, seed=7)
        turned = moments + np.where(moments >= wall("2026-03-10"), 8 * HOUR, 0)

        [jump] = find_jumps(turned)

        assert jump.doubtful_until_on == date(2026, 4, 1)

    def test_december_ends_with_the_year(self) -> None:
        moments = office("2025-11-03", 120, 40, seed=8)
        turned = moments + np.where(moments >= wall("2025-12-10"), 8 * HOUR, 0)

        assert find_jumps(turned)[0].doubtful_until_on == date(2026, 1, 1)

    def test_daylight_saving_is_no_jump(self) -> None:
        moments = office("2026-01-05", 120, 60, seed=3)
        turned = moments + np.where(moments >= wall("2026-03-29"), HOUR, 0)

        assert find_jumps(turned) == ()

    def test_a_new_night_shift_is_no_jump(self) -> None:
        """Work that is added at other hours is not work that moved there."""
        days = office("2026-01-05", 120, 40, seed=4)
        nights = office("2026-03-03", 60, 25, seed=5, middle=2.0)

        assert find_jumps(np.concatenate([days, nights])) == ()

    def test_clean_logs_stay_silent(self) -> None:
        """Forty desks of forty seeds; the threshold is three times what chance makes."""
        found = [find_jumps(office("2026-01-05", 100, 12, seed=seed)) for seed in range(40)]

        assert found == [()] * 40

    def test_too_few_moments_say_nothing(self) -> None:
        assert find_jumps(office("2026-01-05", 20, 5, seed=1)) == ()


class TestNights:
    def test_a_desk_read_nine_hours_off_is_seen(self) -> None:
        """Tokyo's desk, written in UTC and read as Tokyo time: it would rest in the afternoon."""
        odd = find_odd_night(office("2026-06-01", 30, 10, seed=2) - 9 * HOUR)

        assert odd is not None
        assert odd.fitting_hours in range(7, 12)

    def test_a_desk_read_right_is_not(self) -> None:
        assert find_odd_night(office("2026-06-01", 30, 10, seed=2)) is None

    def test_early_and_late_desks_are_not(self) -> None:
        assert find_odd_night(office("2026-06-01", 30, 10, seed=2, middle=11.0)) is None
        assert find_odd_night(office("2026-06-01", 30, 10, seed=2, middle=17.0)) is None

    def test_machines_that_never_sleep_say_nothing(self) -> None:
        random = np.random.default_rng(6)

        assert find_odd_night(random.integers(0, 30 * DAY, 3000)) is None


class TestLookAhead:
    NAMES = ("number", "at", "opened", "resolved", "count", "next")

    def watch(self, *rows: tuple[str, ...]) -> dict[str, tuple[int, int]]:
        reader = MomentReader(("%Y-%m-%d %H:%M",), "UTC")
        found = LookAhead(self.NAMES, reader, frozenset({"", "?"}), frozenset({1}))
        for row in rows:
            found.watch(row[0], reader.read(row[1]), row)
        return dict(found.found())

    def test_a_column_that_names_the_end_on_every_row_is_found(self) -> None:
        found = self.watch(
            ("7", "2026-06-01 09:00", "2026-06-01 08:00", "2026-06-02 12:00", "0", "?"),
            ("7", "2026-06-01 10:00", "2026-06-01 08:00", "2026-06-02 12:00", "1", "?"),
            ("7", "2026-06-02 12:00", "2026-06-01 08:00", "2026-06-02 12:00", "2", "?"),
        )

        assert found == {"resolved": (3, 2)}

    def test_a_plan_that_moves_with_the_rows_is_not(self) -> None:
        found = self.watch(
            *(
                ("7", f"2026-06-0{day} 09:00", "?", "?", "0", f"2026-06-0{day + 1} 09:00")
                for day in range(1, 7)
            )
        )

        assert found == {}


class TestRealLogs:
    def test_the_forums_zone_jumps_in_november_2023(self, shared: Path) -> None:
        moments = []
        for name in ("questions", "answers"):
            path = shared / "data" / "thunderbird_forum" / f"{name}_2023_2024.csv.gz"
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                csv.field_size_limit(10**9)
                moments += [row["created"][:19] for row in csv.DictReader(file)]
        walls = np.array([wall(text) for text in moments], dtype=np.int64)

        [jump] = find_jumps(walls)

        assert 8 in jump.turned_hours  # Pacific standard time to UTC
        assert jump.on == date(2023, 11, 29)  # the log is silent from 09:06 to 20:44 the day before
        assert jump.doubtful_until_on == date(2023, 12, 1)
        assert find_jumps(walls[walls >= wall("2023-12-01")]) == ()
        assert find_jumps(walls[walls < wall("2023-11-28")]) == ()

    def test_the_incident_log_is_clean(self, shared: Path) -> None:
        path = shared / "data" / "servicenow_incidents" / "incident_event_log_2016_03_04.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = MomentReader(("%d/%m/%Y %H:%M",), "UTC")
            moments = [reader.read(row["sys_updated_at"]) for row in csv.DictReader(file)]
        walls = np.array(moments, dtype=np.int64)

        assert find_jumps(walls) == ()
        assert find_odd_night(walls) is None


class TestWords:
    def test_of_one_are_those_of_one(self) -> None:
        def said(code: str, count: int) -> str:
            return counted_flag(code, count).text["en"]

        assert said("before_opening", 1).startswith("1 case has a step")
        assert said("before_opening", 2).startswith("2 cases have a step")
        assert said("non_monotonic", 1).startswith("in 1 case the numbers")
        assert said("mail_without_states", 1).startswith("1 inquiry comes by mail")
        assert said("mail_copy", 1).startswith("1 copy stands in other folders")
        assert said("answered_before_asked", 1).startswith("1 case was answered")
        assert said("our_own", 1) == "1 row is marked our_own"

    @pytest.mark.parametrize("code", sorted(WORDS))
    def test_of_one_never_speak_of_several(self, code: str) -> None:
        said = counted_flag(code, 1).text["en"].partition(";")[0]

        assert not re.search(r"\b(they|them|their)\b", said)
        assert not re.search(r"\b1 [a-z]+ (have|carry|begin|come|hold|are|were|do)\b", said)
