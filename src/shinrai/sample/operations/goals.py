"""Load the goals of the sample's learners by the operations of missions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import known_customers
from shinrai.missions.operations.attempts import give_pins_to_all
from shinrai.missions.operations.declarations import (
    compare_policies,
    declare_activities,
    declare_pin,
    declare_pins,
    declare_rest,
)
from shinrai.missions.operations.history import ShownOffer, record_history, record_offers
from shinrai.missions.queries.declarations import activities_of
from shinrai.missions.rules.attempt import Attempt
from shinrai.missions.rules.recommendation import policy_for
from shinrai.sample.rules.goals import (
    CHANGED_MONTHS,
    COMPARISON,
    MONTHS,
    OFFERED_MONTHS,
    PINS,
    POLICIES,
    SHORTER,
    Goals,
    activity_key,
    activity_rows,
    rest_of,
)
from shinrai.sample.rules.learners import identifier
from shinrai.units.moments import EPOCH, MICROSECOND
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.queries.actors import actors_merged

BY: Final = "sample"
ORDERS: Final = {  # of what is offered; the policies differ in nothing else
    "review-first": ("review", "weak", "next"),
    "next-first": ("next", "review", "weak"),
}


def has_goals(there: WorkspaceRecord) -> bool:
    """Return whether a workspace has activities."""
    return bool(activities_of(there.id))


@transaction.atomic
def load_goals(there: WorkspaceRecord, goals: Goals, *, at: datetime) -> None:
    """Declare what there is to study, record what was completed and offered, and give pins."""
    zone = ZoneInfo(there.zone)

    def begins(months: int) -> datetime:
        return datetime.combine(goals.found.days[goals.first_day(months)], time(), zone)

    begun = begins(MONTHS)
    declare_activities(workspace_id=there.id, rows=activity_rows(), at=begun, by=BY)
    declare_pins(workspace_id=there.id, rows=PINS, at=begun, by=BY)
    shorter = next(pin for pin in PINS if pin["key"] == "streak") | {"count": SHORTER}
    declare_pin(workspace_id=there.id, row=shorter, at=begins(CHANGED_MONTHS), by=BY)
    on = at.astimezone(zone).date()
    rest = rest_of(on.year if rest_of(on.year)[0] <= on else on.year - 1)
    declare_rest(
        workspace_id=there.id,
        learner_id=None,
        dates=rest,
        kind="holiday",
        at=datetime.combine(rest[0] - timedelta(days=9), time(9), zone),
        by=BY,
    )
    compare_policies(
        workspace_id=there.id,
        name=COMPARISON,
        policies=POLICIES,
        at=begins(OFFERED_MONTHS) - timedelta(hours=7),
        by=BY,
    )
    names = [identifier(learner) for learner in range(len(goals.found))]
    known = known_customers(workspace_id=there.id, source=ACTORS, identifiers=names)
    record_history(
        workspace_id=there.id,
        attempts=(
            (
                known[names[learner]],
                Attempt(
                    at=(moment := EPOCH + at_us * MICROSECOND),
                    id=f"m-{number:08d}",
                    activity=activity_key(subject, step),
                    on=goals.found.days[day],
                    known_at=moment,
                    score=score,
                ),
            )
            for learner, number, at_us, day, subject, step, score in goals.completions
            if names[learner] in known
        ),
    )
    _record_offers(there, goals, [known.get(name) for name in names])
    give_pins_to_all(workspace=there, at=at)


def _record_offers(there: WorkspaceRecord, goals: Goals, numbers: list[int | None]) -> None:
    roots = actors_merged(there.id)
    shown = []
    for one in goals.offers:
        number = numbers[one.learner]
        if number is None:
            continue
        learner = roots.get(number, number)
        policy = policy_for(learner, COMPARISON, POLICIES)
        day: date = goals.found.days[one.day]
        shown.append(
            ShownOffer(
                learner=learner,
                on=day,
                place=1 + ORDERS[policy].index(one.reason),
                activity=activity_key(one.subject, one.step),
                reason=one.reason,
                policy=policy,
                chance=1 / len(POLICIES),
                shown_at=datetime.combine(day, time(6), UTC),
            )
        )
    record_offers(workspace_id=there.id, offers=shown)
