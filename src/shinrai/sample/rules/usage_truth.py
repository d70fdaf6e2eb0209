"""The truth about learners: what measures of usage and revenue should find, counted from the draws.

Figures are counted from the simulation's own arrays and not from published rows.
"""

from datetime import timedelta
from typing import Any

import numpy as np

from shinrai.sample.rules import billing
from shinrai.sample.rules.arrivals import DAY_US, EPOCH, TOKYO_US
from shinrai.sample.rules.learners import (
    ENDS,
    FADED,
    FADES,
    HARU,
    HINA,
    MIO,
    NAMED,
    OUTAGE_SHARE,
    SIBLINGS,
    SORA,
    YUI,
    Learners,
    identifier,
)
from shinrai.sample.rules.study import EVENTS, SCORE_GAIN, StudyEvents

WHO = {
    HINA: "five hours of lessons on one day",
    SORA: "five minutes on each of fifteen days",
    YUI: "studies at 00:10",
    HARU: "studies every day, also on those of the outage",
    MIO: "is away for 120 days and comes back",
}


def usage_truth(found: Learners, events: StudyEvents) -> dict[str, Any]:
    """Return parameters, exact counts, and rates expected by construction.

    `weekly_retention` holds, by grade, the chances of all pairs of weeks that follow one another in
    a school year: of those who study in a week, how many do in the next, in expectation. The
    learners with names are left out of `monthly_end`, and graduates of the month they leave.
    """
    contracts = found.contracts
    until = found.first + timedelta(int(found.today))
    is_begun = contracts.start <= found.today
    return {
        "first_on": str(found.first),
        "until_on": str(until),
        "learners": int(found.joined.sum()),
        "events": len(events),
        "by_event": {name: int((events.event == place).sum()) for place, name in enumerate(EVENTS)},
        "learner_days": len(np.unique(_days_of(found, events))),
        "habit": {
            str(days): int((found.joined & (found.habit == days)).sum()) for days in range(1, 8)
        },
        "outage": {
            "on": str(found.scenario.outage.on),
            "days": found.scenario.outage.days,
            "share_kept_away": OUTAGE_SHARE,
            "learner_days_lost": int(found.lost.sum()),
        },
        "monthly_end": [{"active_days_upto": days, "share": share} for days, share in ENDS],
        "fades": {"monthly_share": FADES, "chance_factor": FADED},
        "score_gain_a_month": SCORE_GAIN,
        "weekly_retention": weekly_retention(found),
        "contracts": {
            "begun": int(is_begun.sum()),
            "ended": int((is_begun & (contracts.end <= found.today)).sum()),
            "of_two_children": int((is_begun & (contracts.plan == SIBLINGS)).sum()),
            "guardians": len(np.unique(contracts.guardian[is_begun])),
            "with_second_guardian": int((is_begun & (contracts.second >= 0)).sum()),
        },
        "shared_tablets": len({m["anonymousId"] for m in billing.tablet_messages(found, events)}),
        "months": _months(found),
        "named": {NAMED[one]: _named(found, events, one) for one in range(len(NAMED))},
    }


def weekly_retention(found: Learners) -> dict[str, Any]:
    """Return, by grade of the newest school year with ten weeks, who studies again a week later."""
    years = found.school_years[: found.today]
    year = next(year for year in np.unique(years)[::-1] if (years == year).sum() >= 70)
    inside = np.flatnonzero(years == year)
    sundays = [n for n in inside.tolist() if found.days[n].weekday() == 6]
    sundays = [n for n in sundays if n + 6 <= inside[-1]]
    away = np.stack([np.prod(1 - found.chance[:, n : n + 7], axis=1) for n in sundays])
    studies = 1 - away
    grades = found.grade_of_year_0 + year
    by_grade = {}
    for grade in np.unique(grades[found.joined]).tolist():
        chance = studies[:, grades == grade]
        of, again = chance[:-1].sum(), (chance[:-1] * chance[1:]).sum()
        if of > 0:
            by_grade[str(grade)] = {
                "share": round(float(again / of), 5), "expected_of": round(float(of), 1),
            }  # fmt: skip
    first, last = (str(found.days[n]) for n in (sundays[0], sundays[-1]))
    return {"weeks_from": first, "last_week": last, "by_grade": by_grade}


def _days_of(found: Learners, events: StudyEvents) -> np.typing.NDArray[np.int64]:
    """Return the place of each event's learner and date among all (learner, date)."""
    day = (events.at_us + TOKYO_US) // DAY_US - (found.first - EPOCH).days
    place: np.typing.NDArray[np.int64] = events.learner * len(found.days) + day
    return place


def _months(found: Learners) -> list[dict[str, Any]]:
    """Return the contracts in force on the last day of each month, and what they are worth."""
    contracts, figures = found.contracts, []
    paid: dict[str, int] = {}
    for row in billing.payment_rows(found):
        sign = -1 if row[6] == "refund" else 1
        paid[row[5][:7]] = paid.get(row[5][:7], 0) + sign * int(row[3])
    ends = [n for n, on in enumerate(found.days) if (on + timedelta(1)).day == 1]
    for end in [*(n for n in ends if n < found.today), int(found.today)]:
        is_there = (contracts.start <= end) & (contracts.end > end)
        month = f"{found.days[end]:%Y-%m}"
        figures.append(
            {
                "month": month,
                "contracts": int(is_there.sum()),
                "mrr": int(contracts.yen[is_there].sum()),
                "received": paid.get(month, 0),
                "ended": int(((contracts.end > 0) & (contracts.end <= end)
                              & (contracts.end > end - found.days[end].day)).sum()),
            }
        )  # fmt: skip
    return figures


def _named(found: Learners, events: StudyEvents, learner: int) -> dict[str, Any]:
    mine = np.unique(_days_of(found, events.take(events.learner == learner)))
    days = [found.days[n] for n in (mine - learner * len(found.days)).tolist()]
    months: dict[str, int] = {}
    for on in days:
        months[f"{on:%Y-%m}"] = months.get(f"{on:%Y-%m}", 0) + 1
    return {
        "identifier": identifier(learner),
        "contract": billing.contract_key(int(found.contract[learner])),
        "who": WHO[learner],
        "active_days": months,
    }
