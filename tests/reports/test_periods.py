"""Weeks, months and other dates: read, named, and moved to those before and after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.console.rules.changes import change, change_text
from shinrai.reports.rules.headline import Headline, headline
from shinrai.reports.rules.outline import Grid, Outline, Part, markdown_of, plain_of
from shinrai.reports.rules.periods import (
    BadPeriod,
    Period,
    between,
    month_named,
    month_of,
    week_named,
    week_of,
)
from shinrai.units.share import Share
from shinrai.units.text import translated, verbatim

dates = st.dates(date(1990, 1, 1), date(2090, 12, 31))


class TestPeriods:
    def test_a_week_by_its_name(self):
        """ISO 8601: 2026 begins on a Thursday, so its first week begins on Monday 29 December."""
        assert week_named("2026-W01") == Period("week", date(2025, 12, 29), date(2026, 1, 4))
        assert week_named("2026W47") == Period("week", date(2026, 11, 16), date(2026, 11, 22))
        assert week_named("2026-W53").first == date(2026, 12, 28)

    @pytest.mark.parametrize("text", ["2025-W53", "2026-W54", "2026-W0", "W47", "0001-W01", ""])
    def test_weeks_that_cannot_be(self, text):
        with pytest.raises(BadPeriod):
            week_named(text)

    def test_a_month_by_its_name(self):
        assert month_named("2028-02") == Period("month", date(2028, 2, 1), date(2028, 2, 29))
        with pytest.raises(BadPeriod):
            month_named("2026-13")

    def test_the_month_before_march_is_february_however_long(self):
        assert month_named("2026-03").moved(-1) == month_named("2026-02")
        assert month_named("2026-01").moved(-1).name == "2025-12"

    @given(dates, st.integers(-60, 60), st.sampled_from([week_of, month_of]))
    def test_moving_there_and_back_is_the_same_and_names_read_back(self, on, steps, made):
        period = made(on)
        read = {"week": week_named, "month": month_named}[period.kind]

        assert period.first <= on <= period.last
        assert period.moved(steps).moved(-steps) == period
        assert read(period.name) == period
        assert period.moved(1).first == period.last + timedelta(days=1)

    def test_dates_that_are_a_week_or_a_month_are_one(self):
        assert between(date(2026, 6, 1), date(2026, 6, 7)).kind == "week"
        assert between(date(2026, 6, 1), date(2026, 6, 30)).kind == "month"
        other = between(date(2026, 6, 1), date(2026, 6, 9))
        assert (other.kind, other.moved(-1).first) == ("dates", date(2026, 5, 23))

    def test_what_it_is_set_against(self):
        weeks = week_named("2026-W47").with_those_before()

        assert [week.name for week in weeks] == [f"2026-W{number}" for number in range(39, 48)]


class TestChange:
    def test_a_difference_within_chance_is_no_detectable_change(self):
        """Newcombe (1998), table II, case: 9 of 10 against 3 of 10 is 0.1705 to 0.8090."""
        found = change(Share(9, 10), Share(3, 10))

        assert (found.interval.low, found.interval.high) == pytest.approx(
            (0.1705, 0.8090), abs=5e-5
        )
        assert found.is_detectable
        assert translated(change_text(found, verbatim("the week before")), "en") == (
            "up 60 points from the week before (between +17 and +81)"
        )

    def test_says_so_in_both_languages(self):
        found = change(Share(50, 100), Share(48, 100))

        assert translated(change_text(found, verbatim("the 8 weeks before")), "en") == (
            "no detectable change from the 8 weeks before (between −12 and +16 points)"
        )
        assert translated(change_text(found, verbatim("前の8週間")), "ja") == (
            "前の8週間と比べて検出できる変化なし（−12〜+16ポイントの間）"
        )

    def test_nothing_before_is_nothing_to_set_against(self):
        found = change(Share(5, 5), Share(0, 0))

        assert not found.is_detectable
        assert translated(change_text(found, verbatim("the week before")), "en").startswith(
            "cannot be set against"
        )


class TestHeadline:
    WEEK = week_named("2026-W47")

    def told(self, **more):
        usual = {"is_over": True, "late": 1, "at_risk": 0, "met": 1, "judged": 2}
        given = {"period": self.WEEK, "objectives": 2, "inquiries": 9, **usual, **more}
        said = headline(Headline(**given))
        return said["en"], said["ja"]

    def test_a_week_that_is_over(self):
        en, ja = self.told()

        assert en == (
            "When week 47 ended, 1 case was late, and none fell due by the next close. "
            "1 of 2 objectives reached their target."
        )
        assert ja == (
            "第47週の終わりの時点で超過中の案件は1件、次の終業までに期限を迎える案件はありませんでした。"
            "目標値に届いたのは2つの目標のうち1つでした。"
        )

    def test_one_that_is_not_over_speaks_of_now(self):
        en, ja = self.told(is_over=False, late=0, at_risk=1, met=2)

        assert en.startswith("As week 47 stands, nothing is late, and 1 falls due")
        assert en.endswith("All 2 objectives reached their target.")
        assert ja.startswith("第47週の現時点で、超過中の案件はなく、")
        assert ja.endswith("2つの目標はすべて目標値に届いています。")

    def test_a_lost_month_leads_and_nothing_comforts_beside_it(self):
        lost = ("“Within two days” (Mon 1 June – Tue 30 June 2026)",)
        en, ja = self.told(late=0, met=2, lost=lost)

        assert en == (
            "The target of “Within two days” (Mon 1 June – Tue 30 June 2026) is lost. "
            "When week 47 ended, none fell due by the next close."
        )
        assert "reached" not in en
        assert "nothing was late" not in en
        assert ja.startswith(lost[0])
        assert "すべて" not in ja
        assert "はなく" not in ja

    def test_a_lost_window_that_has_ended_is_told_in_the_past(self):
        """On 7 June June can no longer be kept; in July, June was not kept."""
        _, running = self.told(lost=("「A」（6月）",))
        _, ended = self.told(lost=("「A」（6月）",), lost_is_over=True)

        assert running.startswith("「A」（6月）の目標はもう達成できません。")
        assert ended.startswith("「A」（6月）の目標は達成できませんでした。")

    def test_what_missed_in_the_week_is_still_said_beside_a_lost_month(self):
        en, _ = self.told(late=2, met=1, lost=("“A” (June)", "“B” (June)"))

        assert en.startswith("The target of “A” (June) and of 1 more is lost. ")
        assert "2 cases were late" in en
        assert en.endswith("1 of 2 objectives reached their target.")

    def test_without_promises_it_says_how_many_came(self):
        en, _ = self.told(objectives=0, judged=0, met=0, inquiries=1)

        assert en == "1 inquiry came in. Nothing is promised here yet."


class TestOutline:
    OUTLINE = Outline(
        title="W | 47",
        notice="",
        lead="All is well.",
        parts=(
            Part("a", "Kept", grid=Grid(("Case", "Due"), (("A|1", "Mon\n1"),))),
            Part("b", "How much", grid=Grid(("Mode", "Came"), (("direct", "3"),), names_each=True)),
            Part("c", "Details", notes=("left out of chat",), is_detail=True),
        ),
    )

    def test_markdown_keeps_a_row_in_its_line(self):
        text = markdown_of(self.OUTLINE)

        assert "| A\\|1 | Mon 1 |" in text
        assert "- left out of chat" in text

    def test_plain_text_has_a_line_a_row_and_no_details(self):
        text = plain_of(self.OUTLINE)

        assert "• A|1: Mon 1\n" in text
        assert "• direct: Came 3\n" in text
        assert "left out" not in text
