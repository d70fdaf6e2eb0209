"""What is measured of usage, declared for pages, commands and docs (MEASURES §6)."""

from typing import Any, Final, Literal

from shinrai.units.measure import Measure
from shinrai.usage.measures import habit, retention, scores
from shinrai.usage.measures.weekly import NEXT_WEEK_RETURN


def _declared(
    key: str,
    question: str,
    counts: tuple[str, str],
    unknown_when: str,
    expression: Any,
    *,
    unit: str = "persons",
    grain: tuple[str, ...] = (),
    better: Literal["higher", "lower", "neither"] = "higher",
) -> Measure:
    return Measure(
        key=key,
        version=1,
        question=question,
        owner="usage",
        grain=("workspace_id", *grain),
        unit=unit,
        numerator=counts[0],
        denominator=counts[1],
        better=better,
        unknown_when=unknown_when,
        expression=expression,
        of_cases=False,
    )


MEASURES: Final = (
    _declared(
        "retention",
        "Of those who began in a period, how many came back in a later one?",
        ("with at least so many return events in the period", "began in the cohort's period"),
        "the later period is not over",
        retention.triangle,
        grain=("cohort", "column"),
    ),
    _declared(
        "stickiness",
        "In how many periods of a span was each person active?",
        ("distinct active periods", "persons active in the span"),
        "nobody was active in the span",
        habit.stickiness,
        grain=("periods",),
    ),
    _declared(
        "lifecycle",
        "Who is new, returning, resurrecting or dormant in a period?",
        ("by what they did before", "active in the period, or in the one before"),
        "the period is not over: who is dormant in it",
        habit.lifecycle,
        grain=("period",),
        better="neither",
    ),
    _declared(
        "resurrection",
        "Of those who had stayed away for a whole period or longer, how many came back?",
        ("active again in the period", "active at some time before, but not in the period before"),
        "the period is not over, or nobody had stayed away",
        habit.lifecycle,
        grain=("period",),
    ),
    _declared(
        "active_persons",
        "How many persons were active on a day, and in the 7 and 30 days that end with it?",
        ("distinct persons with an event", "everybody"),
        "never",
        habit.actives,
        grain=("day",),
    ),
    _declared(
        "active_days",
        "On how many days of a month was each person active?",
        ("dates in the person's own zone with an event", "dates of the month"),
        "never",
        habit.active_days,
        unit="days",
        grain=("person", "month"),
    ),
    _declared(
        "learning_retention",
        "Of the learners there for a whole month, how many had enough active days in it?",
        ("with at least N active days", "under contract for the whole month"),
        "the month is not over",
        habit.active_days,
        grain=("month",),
    ),
    _declared(
        "streaks",
        "How many days in a row does each person study?",
        ("active days without a gap up to yesterday or today", "persons"),
        "never",
        habit.streaks,
        unit="days",
        grain=("person",),
    ),
    _declared(
        "inactive_persons",
        "How many have left, without an active day for N whole days?",
        ("no active day for N whole days", "persons who ever were active"),
        "nobody was ever active so long ago",
        habit.lives,
        better="lower",
    ),
    _declared(
        "usage_survival",
        "How long do persons stay, from the first active day to leaving?",
        ("left", "at risk at that time (Kaplan-Meier, late entry)"),
        "nobody was there for so long",
        habit.lives,
        grain=("days",),
    ),
    _declared(
        "time_to_first_value",
        "How many days does it take from first being seen to doing what the service is for?",
        ("did it by then", "seen for so many whole days"),
        "nobody was seen for so long",
        habit.lives,
        unit="days",
        grain=("person",),
        better="lower",
    ),
    _declared(
        "achievement",
        "How do scores of the last days stand against each learner's own earlier ones?",
        ("learners whose mean rose", "learners with enough scores in both times"),
        "fewer than three learners have enough scores",
        scores.scores,
    ),
    NEXT_WEEK_RETURN,
)
