"""The measure of usage that initiatives read by week; without Ibis, which is slow to load."""

from typing import Final

from shinrai.units.measure import Measure

NEXT_WEEK_RETURN: Final = Measure(
    key="next_week_return",
    version=1,
    question="Of those active in a week, how many were active in the next?",
    owner="usage",
    grain=("workspace_id", "week"),
    unit="persons",
    numerator="active in the next week too",
    denominator="active in the week",
    better="higher",
    unknown_when="the next week is not over",
    of_cases=False,
)
