"""Lines of weeks: a share whose cases are still to be counted is drawn without its number."""

from datetime import date, timedelta

from shinrai.quality.queries.lines import PeriodFigures
from shinrai.quality.templatetags.quality import share_line

MONDAY = date(2026, 6, 1)


def share(count: int, of: int, **beside: int) -> dict[str, int]:
    return {"count": count, "of": of, **beside}


def weeks(*figures: dict) -> tuple[PeriodFigures, ...]:
    """Write five weeks, the last of which is not over; what is not given is as in quiet weeks."""
    usual = {
        "first_reply": share(20, 20, no_reply_needed=0, in_doubt=0),
        "same_day": share(15, 20),
        "reopened_14": share(1, 20, too_recent=0),
        "one_reply": share(15, 20),
    }
    last = len(figures) - 1
    return tuple(
        PeriodFigures(MONDAY + timedelta(weeks=n), n != last, 20, 2, {**usual, **found})
        for n, found in enumerate(figures)
    )


def test_a_week_with_cases_solved_less_than_two_weeks_ago_is_not_the_last_said() -> None:
    """Of the third week 8 of 8 settled came back never; 12 more are too fresh to tell."""
    fresh = {"reopened_14": share(0, 8, too_recent=12), "one_reply": share(8, 8)}
    found = weeks({}, {}, fresh, fresh, fresh)

    for key, words in (("one_reply", "75 %"), ("reopened_14", "5 %")):
        drawn = str(share_line(found, key, "a", "W"))
        assert f">{words}</text>" in drawn
        assert "8 of 8" not in drawn
        assert 'class="end-label">100 %' not in drawn


def test_a_week_with_replies_still_to_fall_due_is_not_the_last_said() -> None:
    """Two of the fourth week's came on Sunday: their day is Monday, and that is not over."""
    found = weeks({}, {}, {}, {"same_day": share(18, 18)}, {"same_day": share(1, 1)})

    drawn = str(share_line(found, "same_day", "a", "W"))

    assert ">75 %</text>" in drawn
    assert "18 of 18" not in drawn


def test_a_doubt_of_long_ago_leaves_no_week_unsaid() -> None:
    found = weeks({"same_day": share(10, 10)}, {}, {}, {}, {})

    assert "10 of 10" in str(share_line(found, "same_day", "a", "W"))
