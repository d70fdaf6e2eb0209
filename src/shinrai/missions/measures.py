"""What is measured of missions, declared for pages, commands and docs."""

from typing import Final

from shinrai.units.measure import Measure


def _declared(
    key: str,
    question: str,
    counts: tuple[str, str],
    unknown_when: str,
    *,
    unit: str,
    grain: tuple[str, ...],
) -> Measure:
    return Measure(
        key=key,
        version=1,
        question=question,
        owner="missions",
        grain=("workspace_id", *grain),
        unit=unit,
        numerator=counts[0],
        denominator=counts[1],
        better="higher",
        unknown_when=unknown_when,
        of_cases=False,
    )


MEASURES: Final = (
    _declared(
        "active_week",
        "How many learners studied in a week?",
        (
            "with an activity begun or completed on a day of the week, in their own time zone",
            "with such a day in the week or in the eight weeks before it",
        ),
        "nobody studied in these nine weeks",
        unit="learners",
        grain=("week", "grade"),
    ),
    _declared(
        "missions_met",
        "Of the missions of a week, how many were met?",
        (
            "studied on as many days as the mission asked, known three days after the week",
            "met or missed; at least four days of rest and nothing met: neither",
        ),
        "the week is not final",
        unit="missions",
        grain=("week",),
    ),
    _declared(
        "pins_given",
        "How many learners were given a pin, by which version of its rule?",
        ("learners to whom it was given, each once", "everybody"),
        "never",
        unit="learners",
        grain=("pin", "version"),
    ),
    _declared(
        "offers_taken",
        "Of the recommendations shown, how many were completed on the same day?",
        (
            "completed on the learner's date on which they were shown",
            "shown, of days that are over; the interval counts learners, not offers",
        ),
        "fewer than 20 learners were shown any: the interval",
        unit="offers",
        grain=("reason", "policy"),
    ),
)
