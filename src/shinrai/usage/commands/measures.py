"""The commands that measure usage: who comes back, who has a habit, who stays."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from shinrai.cli.moments import DAY
from shinrai.statistics.interval import Interval
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.commands.events import import_events, merge_group, quarantine
from shinrai.usage.commands.questions import (
    BREAKDOWN,
    DATES,
    IDLE,
    RETURN,
    SHARE,
    SPAN,
    actor_numbers,
    measure,
    option,
)
from shinrai.usage.commands.questions import (
    group as group,
)
from shinrai.usage.queries import activity, habit, survival
from shinrai.usage.queries.achievement import LEAST_SCORES, USUAL_DAYS, achievement
from shinrai.usage.queries.first_value import first_value
from shinrai.usage.queries.habit import recorded_contracts
from shinrai.usage.queries.resurrection import resurrection
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope
from shinrai.usage.rules.contracts import ContractSpan

for command in (import_events, quarantine, merge_group):
    group.add_command(command)


@measure("retention", *RETURN, *SPAN, BREAKDOWN, SHARE)
def show_retention(scope: UsageScope, *, event: str | None, **asked: Any) -> Any:
    """Say who came back: a row per cohort, a column per period after it.

    Columns whose time is not over are empty. --event stands for both --start and --return.

    Example: shinrai usage retention --workspace cre --period week --periods 8
    """
    asked |= {name: asked[name] or event for name in ("start", "back")}
    intervals = asked.pop("intervals")
    found = retention(scope, RetentionRequest(**asked))
    return {
        "cohorts": [
            {
                "start": one.start,
                "size": one.size,
                "returned": one.returned,
                **({"intervals": [_ends(o) for o in one.intervals]} if intervals else {}),
                **({"same_bucket": one.same_bucket} if found.request.same_bucket else {}),
            }
            for one in found.cohorts
        ],
        "open_from": [one.open_from for one in found.cohorts],
    }


@measure("stickiness", *SPAN, BREAKDOWN, SHARE)
def show_stickiness(scope: UsageScope, **asked: Any) -> Any:
    """Say how many were active on how many days, of those between two dates.

    Example: shinrai usage stickiness --workspace cre --from 2026-06-01 --to 2026-06-30
    """
    found = activity.stickiness(scope, **asked)
    return {f"{found.period}s": dict(sorted(found.people.items()))}


@measure(
    "lifecycle",
    option(
        "--new-by",
        type=click.Choice(("first-act", "profile")),
        default="first-act",
        help="What makes somebody new; the first act.",
    ),
    *SPAN,
    BREAKDOWN,
    SHARE,
)
def show_lifecycle(scope: UsageScope, **asked: Any) -> Any:
    """Say who is new, returning, resurrecting or dormant, period by period.

    New is whoever was active for the first time ever; by profile, whoever was first seen doing
    anything in the period.

    Example: shinrai usage lifecycle --workspace cre --period week --from 2026-04-01
    """
    return activity.lifecycle(scope, **asked)


@measure("active", *SPAN, BREAKDOWN, SHARE)
def show_active(scope: UsageScope, **asked: Any) -> Any:
    """Say how many were active on each day, and in the 7 and 30 days that end with it.

    Example: shinrai usage active --workspace cre --from 2026-06-01 --to 2026-06-30
    """
    return activity.actives(scope, **asked)


@measure("resurrection", *SPAN)
def show_resurrection(scope: UsageScope, **asked: Any) -> Any:
    """Say how many of those who had stayed away for a period or longer came back.

    Example: shinrai usage resurrection --workspace cre --period week --from 2026-04-01
    """
    return [
        {
            "start": one.start,
            "away": one.share.of,
            "resurrected": None if one.is_open else one.share.count,
            "interval": None if one.is_open else _ends(one.interval),
        }
        for one in resurrection(scope, **asked)
    ]


@measure(
    "active-days",
    option("--person", help="One person only, by the identifier the service uses."),
    *DATES,
)
def show_active_days(scope: UsageScope, **asked: Any) -> Any:
    """Say on how many days of each month each person was active, in their own time zone.

    A day counts once, whatever was done in it.

    Example: shinrai usage active-days --workspace cre --from 2026-06-01 --to 2026-06-30
    """
    return habit.active_days(scope, **asked)


@measure(
    "learning-retention",
    option("--days", "least_days", type=int, default=4, help="Active days a month must have; 4."),
    option(
        "--contracts",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Who was under contract: CSV with the columns person, from, until (the day after).",
    ),
    *DATES,
    BREAKDOWN,
    SHARE,
)
def show_learning_retention(scope: UsageScope, *, contracts: Path | None, **asked: Any) -> Any:
    """Say which share of the learners there for a whole month had enough active days in it.

    Whoever joined or left within the month stands apart. Contracts are those of revenue that are
    linked with a learner, or of a file. Without any, learners are those active before and after the
    month; whoever left in it is missing, so that share is too high.

    Example: shinrai usage learning-retention --workspace cre --days 8 --from 2026-04-01
    """
    spans = (
        recorded_contracts(scope.workspace_id)
        if contracts is None
        else list(_contracts(scope.workspace_id, contracts))
    )
    return [
        {
            "month": one.month,
            "least_days": one.least_days,
            "basis": one.basis,
            "learners": one.share and one.share.of,
            "kept": one.share and one.share.count,
            "low": getattr(one.interval, "low", None),
            "high": getattr(one.interval, "high", None),
            "joined_or_left": one.apart,
        }
        for one in habit.learning_retention(scope, contracts=spans, **asked)
    ]


def _contracts(workspace_id: int, path: Path) -> Iterator[ContractSpan]:
    """Read contracts; learners who never used the service are persons of their own."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                (row["person"], date.fromisoformat(row["from"]), row["until"])
                for row in csv.DictReader(file)
            ]
            ends = [date.fromisoformat(until) if until else None for *_rest, until in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise BadUsageQuestion(
            Text(
                "{path} is no list of contracts ({error}); write the columns person, from, until, "
                "with dates such as 2026-06-03",
                path=path.name,
                error=error,
            )
        ) from error
    known = actor_numbers(workspace_id, sorted({person for person, *_dates in rows}))
    unknown: dict[str, int] = {}
    for (person, since, _until), until in zip(rows, ends, strict=True):
        number = known.get(person) or unknown.setdefault(person, -1 - len(unknown))
        yield ContractSpan(number, since, until)


@measure("streaks")
def show_streaks(scope: UsageScope, **asked: Any) -> Any:
    """Say how long streaks of active days are: those that run now, and each person's longest.

    Example: shinrai usage streaks --workspace cre
    """
    return {"on": scope.today, "persons": habit.streaks(scope, **asked)}


@measure("churned", IDLE)
def show_churned(scope: UsageScope, **asked: Any) -> Any:
    """Say who has left: no active day for so many days. Ending a contract is another churn.

    Example: shinrai usage churned --workspace cre --idle-days 30
    """
    found = habit.churned(scope, **asked)
    return {
        "on": found.on,
        "idle_days": found.idle_days,
        "people": found.share.of,
        "churned": found.share.count,
        "low": getattr(found.interval, "low", None),
        "high": getattr(found.interval, "high", None),
        "persons": [{"person": person, "last_active_on": last} for person, last in found.people],
    }


@measure("survival", IDLE, DATES[0])
def show_survival(scope: UsageScope, **asked: Any) -> Any:
    """Say how long persons stay, in days, from the first active day to leaving (Kaplan-Meier).

    With --from only what came on that date or later was observed: whoever began before it enters
    late, and only if still there.

    Example: shinrai usage survival --workspace cre --idle-days 30
    """
    return survival.usage_survival(scope, **asked)


@measure(
    "time-to-first-value",
    option("--within", "within_days", type=int, default=7, help="Whole days, for a share; 7."),
    option("--from", "since", type=DAY, help="Only who came first on this date or later."),
)
def show_first_value(scope: UsageScope, *, event: str | None, **asked: Any) -> Any:
    """Say how many days it takes from first being seen to doing what the service is for.

    Who has not done it yet counts as not yet, in the median as in the share (Kaplan-Meier).

    Example: shinrai usage time-to-first-value --workspace cre --event lesson_finished
    """
    if event is None:
        raise BadUsageQuestion(Text("say which event is of value, by --event"))
    found = first_value(scope, event=event, **asked)
    return {
        "event": found.event,
        "on": found.on,
        "people": found.people,
        "reached": found.reached,
        "median_days": found.median,
        "median_interval": found.median_interval,
        "within_days": found.within_days,
        "within": found.within.count,
        "of": found.within.of,
        "interval": _ends(found.interval),
        "points": [
            {"days": one.time, "reached": 1 - one.survival, "at_risk": one.at_risk}
            for one in found.curve.points
        ],
    }


@measure(
    "achievement",
    option("--days", type=int, default=USUAL_DAYS, help="The last whole days; 28."),
    option("--score", "property_name", default="score", help="The property; score."),
    option("--least", "least_scores", type=int, default=LEAST_SCORES, help="Scores in each; 3."),
)
def show_achievement(scope: UsageScope, **asked: Any) -> Any:
    """Say how scores of the last days stand against each learner's own earlier ones.

    Learners are not compared with each other, and nothing is said of what a change comes from.

    Example: shinrai usage achievement --workspace cre --event drill_finished
    """
    found = achievement(scope, **asked)
    return {
        "from": found.since,
        "to": found.until,
        "learners": len(found.learners),
        "too_few_scores": found.apart,
        "risen": found.risen.count,
        "interval": _ends(found.interval),
        "mean_change": found.mean_change,
        "change_interval": _ends(found.change_interval),
        "quartiles": found.quartiles,
    }


def _ends(interval: Interval | Unknown) -> list[float] | None:
    """Return the ends of an interval; None where it is unknown."""
    return [interval.low, interval.high] if isinstance(interval, Interval) else None
