"""How an objective stands, and the sentence its reader came for, in both languages."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest

from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.document import read_objective
from shinrai.objectives.rules.forecast import due_without_pauses
from shinrai.objectives.rules.sentences import standings
from shinrai.objectives.rules.standing import Standing, standing
from shinrai.objectives.rules.states import ClockTable, clock_table
from shinrai.units.share import Share
from shinrai.units.text import translated, verbatim
from shinrai.units.unknown import Unknown
from tests.objectives.rules.desk import OFFICE, TIMETABLE, TWO_DAYS, jst, objective_document, span

MONTHLY = read_objective(objective_document())
ROLLING = read_objective(objective_document(timeWindow=[{"duration": "30d", "isRolling": True}]))
THURSDAY = "2026-06-18T15:30"


def en(text):
    return translated(text, "en")


def ja(text):
    return translated(text, "ja")


def history(*, until: str = "2026-06-15T10:00", late: tuple[int, ...] = ()) -> list:
    """File two every working day since January, answered in an hour; some a week late."""
    found, day, number = [], jst("2026-01-05T11:00"), 0
    while day < jst(until):
        for hour in (0, 3):
            filed = day + timedelta(hours=hour)
            took = timedelta(days=9) if number in late else timedelta(hours=1)
            number += 1
            if filed.weekday() < 5:
                one = span("2026-01-05T11:00", case_id=number)
                found.append(replace(one, started_at=filed, stopped_at=filed + took))
        day += timedelta(days=1)
    return found


def table(spans: list) -> ClockTable:
    return clock_table([clock_row(TWO_DAYS, OFFICE, one) for one in spans])


def stands(spans: list, *, at: str = THURSDAY, objective=MONTHLY, since="2026-01-05") -> Standing:
    return standing(
        objective,
        [(objective.target, table(spans))],
        version=1,
        known_since=jst(f"{since}T00:00"),
        at=jst(at),
        due_of=due_without_pauses(TWO_DAYS, TIMETABLE),
        zone="Asia/Tokyo",
    )


class TestStanding:
    def test_says_what_is_late_what_is_due_and_what_is_left(self):
        """On Thursday 18 June two are late and one is due at the close."""
        open_ones = [
            span("2026-06-12T11:00", case_id=9001),
            span("2026-06-15T11:00", case_id=9002),
            span("2026-06-16T12:00", case_id=9003),
        ]
        found = stands(history() + open_ones)

        assert found.late == 2
        assert (found.counts.kept, found.counts.overdue, found.counts.running) == (24, 2, 1)
        assert found.outcome == "cannot_be_kept"
        assert en(standings.headline(found)) == (
            "The target of 95 % can no longer be kept this month; "
            "2 investigations are late, 1 is due by 18:00."
        )
        assert ja(standings.headline(found)) == (
            "今月の目標95%はもう達成できません。"
            "調査2件が超過中です。本日18:00までに期限を迎えるものが1件あります。"
        )

    def test_a_loss_is_told_in_the_words_of_its_own_window(self):
        """Of June, one may be missed; three were, two of them about signing in."""
        open_ones = [span(f"2026-06-{day:02}T11:00", case_id=day) for day in (9, 10, 11)]
        found = stands(history() + open_ones)
        about = standings.MissedAbout(2, (verbatim("ログインできない"),))

        assert en(standings.loss(found)) == "June can no longer be kept: 3 of 1 misses used"
        assert ja(standings.loss(found)) == (
            "6月の目標はもう達成できません。許容1件に対して超過は3件です"
        )
        assert en(standings.loss(found, about)).endswith(
            "3 of 1 misses used, 2 of them about ログインできない"
        )
        assert ja(standings.loss(found, about)).endswith(
            "許容1件に対して超過は3件、うち2件は「ログインできない」です"
        )

    def test_a_window_that_closed_unmet_is_told_with_what_it_allowed(self):
        """In May 14 of 1,146 were missed, where 99 % allow 11; of 9 none may be missed."""
        found = stands(history(), objective=replace(MONTHLY, target=Fraction(99, 100)))
        may = replace(found.span, start=jst("2026-05-01T00:00"), end=jst("2026-06-01T00:00"))

        assert en(standings.closed_loss(found, may, Share(1132, 1146))) == (
            "May was not kept: 14 of 11 misses used"
        )
        assert ja(standings.closed_loss(found, may, Share(8, 9))) == (
            "5月の目標は達成できませんでした。この件数では1件も許容できず、超過は1件です"
        )

    def test_counts_the_misses_that_are_left(self):
        found = stands(history(until=THURSDAY))

        # filed from Thursday 28 May to Friday 26 June, 22 working days, two a day
        assert found.budget.expected == 44
        assert found.budget.misses_left == 2
        assert en(standings.headline(found)) == (
            "No investigation is late; 2 more misses are left this month."
        )
        assert ja(standings.headline(found)) == (
            "超過中の調査はありません。今月は、許容できる超過が残り2件です。"
        )
        assert found.escalation.level is None

    def test_names_the_day_when_nothing_is_due_today(self):
        found = stands([*history(until=THURSDAY), span("2026-06-17T12:00", case_id=9001)])

        assert "1 is due by Fri 19 June 18:00" in en(standings.headline(found))
        assert "6月19日（金）18:00までに期限を迎えるものが1件" in translated(
            standings.headline(found), "ja"
        )

    def test_does_not_guess_from_a_record_of_two_weeks(self):
        found = stands(
            [one for one in history(until=THURSDAY) if one.started_at >= jst("2026-06-01T00:00")],
            since="2026-06-01",
        )

        assert isinstance(found.budget.allowed, Unknown)
        assert found.outcome == "holds"
        assert "unknown (2 whole weeks are on record" in en(standings.headline(found))
        assert "記録は2週分です。見込みには4週分が必要です" in translated(
            standings.headline(found), "ja"
        )

    def test_says_when_no_miss_fits(self):
        found = stands([span("2026-06-01T11:00", "2026-06-02T11:00", case_id=n) for n in range(9)])

        assert "no miss fits at this volume, a window of" in translated(
            standings.headline(found), "en"
        )
        assert "1件の超過も許容できません" in ja(standings.headline(found))
        assert "too few to tell" in en(standings.attained(found))
        assert "件数が少なく判断できません" in ja(standings.attained(found))

    def test_of_a_rolling_window_has_no_forecast(self):
        found = stands(history(until=THURSDAY), objective=ROLLING)

        assert isinstance(found.break_probability, Unknown)
        assert found.budget.expected == found.counts.fallen
        assert "in the last 30 days" in en(standings.headline(found))
        assert "直近30日" in ja(standings.headline(found))

    def test_of_a_window_that_is_over_says_broken(self):
        found = stands(history(), objective=MONTHLY, at="2026-06-30T23:59")
        late = stands(
            history(late=tuple(range(300, 320))), objective=ROLLING, at="2026-06-15T12:00"
        )

        assert found.outcome == "holds"
        assert late.outcome == "broken"
        assert "was broken" in en(standings.headline(late))
        assert "達成できませんでした" in ja(standings.headline(late))
        assert late.escalation.level in (3, 4)

    def test_names_a_window_that_is_over_by_its_first_and_last_day(self):
        """On 3 July, June is told as its own days, without a word of July."""
        found = stands(history(), objective=MONTHLY, at="2026-06-30T23:59")
        later = replace(found, at=jst("2026-07-03T10:00"))

        assert ja(standings.window(later)) == "6月1日（月）〜6月30日（火）"

    def test_knows_nothing_where_nothing_fell_due(self):
        found = stands([])

        assert isinstance(found.outcome, Unknown)
        assert "Nothing has fallen due this month" in en(standings.attained(found))
        assert "判断できません" in ja(standings.attained(found))

    def test_never_shows_a_share_alone(self):
        found = stands(history(until=THURSDAY))

        assert en(standings.attained(found)) == (
            "Kept 26 of 26 (100 %, 87–100 %); the target is 95 %."
        )
        assert ja(standings.attained(found)) == (
            "期限内は26件中26件（100%、87〜100%）、目標は95%です。"
        )

    @pytest.mark.parametrize("late", [(), tuple(range(290, 330, 3))], ids=["calm", "bad"])
    def test_details_are_there_in_both_languages(self, late):
        found = stands(history(late=late))

        assert len(standings.details(found)) >= 3

    def test_sums_versions_and_judges_each_clock_by_its_own(self):
        spans = history()
        half = len(spans) // 2
        whole = stands(spans)
        parts = standing(
            MONTHLY,
            [(Fraction(9, 10), table(spans[:half])), (MONTHLY.target, table(spans[half:]))],
            version=2,
            known_since=jst("2026-01-05T00:00"),
            at=jst(THURSDAY),
            due_of=due_without_pauses(TWO_DAYS, TIMETABLE),
            zone="Asia/Tokyo",
        )

        assert parts.counts == whole.counts
        assert parts.arrivals == whole.arrivals


def test_tables_can_be_cut():
    some = table(history(until="2026-01-10T00:00"))

    assert len(some.where(np.zeros(len(some), np.bool_))) == 0
