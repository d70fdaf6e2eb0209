"""What the team asks of all missions: who is active, what is met, given and taken."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from psycopg.types.json import Jsonb

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.models import PinGiven, PolicyExperiment
from shinrai.missions.queries.declarations import pin_versions
from shinrai.missions.queries.weeks import (
    COUNTED,
    figures_of,
    is_over,
    missions_of_all,
    week_starts,
)
from shinrai.missions.rules.comparison import (
    OffersOfLearner,
    TakenShare,
    difference,
    taken_share,
)
from shinrai.missions.rules.pins import pin_title
from shinrai.missions.rules.recommendation import POLICIES, USUAL
from shinrai.missions.rules.week import final_moment
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.statements import statement
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.breakdown import values_of
from shinrai.usage.queries.view import usual_question, workspace_scope
from shinrai.usage.rules.suppression import LEAST, CellSum, hidden_cells
from shinrai.warehouse.store import Warehouse

WEEKS: Final = 12
MOST_WEEKS: Final = 53
GRADE: Final = "grade"  # the property by which the product says it


@dataclass(frozen=True)
class OfferRow:
    """What a learner was shown under a policy for a reason, and how much of it was taken."""

    policy: str
    reason: str
    is_drawn: bool
    learner: int
    shown: int
    taken: int


def missions_summary(
    workspace: WorkspaceRecord, *, at: datetime, weeks: int = WEEKS
) -> dict[str, Any]:
    """Return the summary of the last weeks, as the page, the API and the command show it.

    Shape: plain values, as JSON holds them; a share is its two counts and its interval.
    """
    zone, starts = ZoneInfo(workspace.zone), week_starts(workspace, at=at, count=weeks)
    counts: dict[date, Counter[str]] = {start: Counter() for start in starts}
    over = [start for start in starts if is_over(start, workspace, at)]
    of_newest: dict[int, bool] = {}
    for learner, missions in missions_of_all(workspace, starts, at=at):
        for one in missions:
            counts[one.start].update(figures_of(one))
            if over and one.start == over[-1]:
                of_newest[learner] = bool(one.active)
    yesterday = at.astimezone(zone).date() - timedelta(days=1)
    offers = _offers(workspace.id, starts[0], yesterday)
    return {
        "at": at.isoformat(),
        "weeks": [
            {
                "start": start.isoformat(),
                **{name: counts[start][name] for name in COUNTED},
                "is_over": start in over,
                "is_final": final_moment(start, zone) <= at,
                "active_share": _share(counts[start]["active"], counts[start]["learners"]),
                "met_share": _share(
                    counts[start]["met"], counts[start]["met"] + counts[start]["missed"]
                ),
            }
            for start in starts
        ],
        "grades": _grades(workspace, of_newest, at=at) if of_newest else [],
        "pins": _pins(workspace.id),
        "offers": [
            {"reason": reason, **_taken(taken_share(_of_learners(offers, reason=reason)))}
            for reason in POLICIES[USUAL]
            if any(one.reason == reason for one in offers)
        ],
        "comparison": _comparison(workspace.id, offers, yesterday, zone),
    }


def _grades(
    workspace: WorkspaceRecord, active: Mapping[int, bool], *, at: datetime
) -> list[dict[str, Any]]:
    """Return who was active by grade; what fewer than five learners stand behind is null."""
    question = usual_question(workspace.zone, at)
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    scope = workspace_scope(workspace, at=at, warehouse=warehouse, question=question)
    grades = values_of(scope, GRADE)
    cells: Counter[tuple[str | None, str]] = Counter()
    for learner, is_active in active.items():
        grade = grades.get(learner)
        cells.update(((grade, "of"), (grade, "active" if is_active else "not")))
    named = sorted({grade for grade, _ in cells}, key=_in_order)
    parts = {grade: ((grade, "active"), (grade, "not")) for grade in named}
    sums = [CellSum((grade, "of"), parts[grade]) for grade in named]
    for part in ("of", "active", "not"):  # the whole is in the sentence of the page
        cells[("", part)] = sum(cells[(grade, part)] for grade in named)
        sums.append(CellSum(("", part), tuple((grade, part) for grade in named)))
    hidden = hidden_cells(cells, sums, k=LEAST)
    shown = {grade: not hidden & {*parts[grade], (grade, "of")} for grade in named}
    return [
        {
            "grade": grade,
            "learners": cells[(grade, "of")] if shown[grade] else None,
            "active": cells[(grade, "active")] if shown[grade] else None,
            "active_share": _share(cells[(grade, "active")], cells[(grade, "of")])
            if shown[grade]
            else None,
        }
        for grade in named
    ]


def _in_order(grade: str | None) -> tuple[bool, float, str]:
    is_number = grade is not None and grade.replace(".", "", 1).isdecimal()
    return grade is None, float(grade or 0) if is_number else 1e9, grade or ""


def _pins(workspace_id: int) -> list[dict[str, Any]]:
    rows = PinGiven.objects.filter(workspace_id=workspace_id).values_list("key", "version")
    given = Counter(rows.iterator(10_000))
    return [
        {
            "key": one.rule.key,
            "version": one.number,
            "title": pin_title(one.rule),
            "is_given": one.until is None,
            "given": given[one.rule.key, one.number],
        }
        for one in pin_versions(workspace_id)
    ]


def _comparison(
    workspace_id: int, offers: list[OfferRow], yesterday: date, zone: ZoneInfo
) -> dict[str, Any] | None:
    """Return two policies beside each other: those of the newest comparison, else all that held.

    Only learners drawn by hash are compared at random; policies that held one after the other, or
    for other learners, differ by more than the policy.
    """
    steps = list(PolicyExperiment.objects.filter(workspace_id=workspace_id).order_by("id"))
    place = next((n for n in reversed(range(len(steps))) if len(steps[n].policies) > 1), None)
    name, since, until = "", None, yesterday
    if place is not None:
        name, since = steps[place].name, steps[place].since.astimezone(zone).date()
        if place + 1 < len(steps):
            until = min(until, steps[place + 1].since.astimezone(zone).date())
        offers = [one for one in _offers(workspace_id, since, until) if one.is_drawn]
    policies = sorted({one.policy for one in offers}, key=list(POLICIES).index)
    shares = {one: taken_share(_of_learners(offers, policy=one)) for one in policies}
    if len(shares) < 2:
        return None
    first, second = policies[:2]
    found = difference(shares[first], shares[second])
    return {
        "name": name,
        "since": since.isoformat() if since else None,
        "until": until.isoformat(),
        "is_randomised": place is not None,
        "policies": [
            {"policy": one, "learners": shares[one].learners, **_taken(shares[one])}
            for one in policies
        ],
        "difference": asdict(found) if isinstance(found, Interval) else None,
        "is_detectable": isinstance(found, Interval) and not found.low <= 0 <= found.high,
    }


def _offers(workspace_id: int, since: date, until: date) -> list[OfferRow]:
    merged = {str(actor): root for actor, root in actors_merged(workspace_id).items()}
    given = {
        "workspace": workspace_id,
        "merged": Jsonb(merged),
        "since": since,
        "until": until,
    }
    rows = fetch_rows(statement("missions", "offers_taken"), given)
    return [OfferRow(*row) for row in rows if row[0] in POLICIES]


def _of_learners(
    offers: Iterable[OfferRow], *, reason: str | None = None, policy: str | None = None
) -> list[OffersOfLearner]:
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in offers:
        if reason in (None, one.reason) and policy in (None, one.policy):
            counts[one.learner][0] += one.shown
            counts[one.learner][1] += one.taken
    return [OffersOfLearner(shown, taken) for shown, taken in counts.values()]


def _taken(found: TakenShare) -> dict[str, Any]:
    interval = found.interval
    return {
        "shown": found.share.of,
        "taken": found.share.count,
        "taken_share": _bounds(found.share.count, found.share.of, interval),
    }


def _share(count: int, of: int) -> dict[str, Any] | None:
    return _bounds(count, of, wilson(count, of)) if of else None


def _bounds(count: int, of: int, interval: object) -> dict[str, Any]:
    known = interval if isinstance(interval, Interval) else None
    return {
        "count": count,
        "of": of,
        "low": known.low if known else None,
        "high": known.high if known else None,
        "method": known.method if known else None,
    }
