"""Habit, satisfaction and continuation of the contracts of one month, beside each other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from shinrai.calendars.rules.time_zone import midnight
from shinrai.customers.rules import households
from shinrai.ledger.queries import case_heads, cases_between, standing_of
from shinrai.revenue.queries.contracts import held_contracts
from shinrai.revenue.queries.learners import ContractLearners, contract_learners
from shinrai.revenue.rules.continuation import (
    ContractHabit,
    HabitBand,
    habit_bands,
    is_sum_safe,
    score_of,
)
from shinrai.revenue.rules.contracts import month_end
from shinrai.revenue.rules.rows import months_before
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.usage.queries.habit import active_days
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope
from shinrai.usage.queries.survival import Survival, contract_survival
from shinrai.usage.rules.contracts import ContractSpan, covered

MONTHS_LATER = 3


@dataclass(frozen=True)
class Continuation:
    """Contracts in force for a whole month, by active days in it; and what followed by `on`.

    `linked`: those with a learner, of all.
    """

    month: date
    on: date
    linked: Share
    other_scales: int  # scores on another scale than 1 to 5, left out
    bands: tuple[HabitBand, ...]
    rows: tuple[ContractHabit, ...]

    @property
    def grade(self) -> Literal["none", "measured"]:
        """Return what MEASURES §8 grades it: measured, if four of five contracts have a learner.

        Never an association: that asks for a model that adjusts for what else differs.
        """
        return "measured" if 0 < 4 * self.linked.of <= 5 * self.linked.count else "none"

    @property
    def continuing(self) -> Share | None:
        """Return the share of all linked contracts that continues; None if it gave a band away."""
        is_safe = self._is_safe(self.rows, [band.continuing for band in self.bands])
        return Share(sum(row.continues for row in self.rows), len(self.rows)) if is_safe else None

    @property
    def rated(self) -> Share | None:
        """Return how many households of them gave a score; None if it gave a band away."""
        rated = [row for row in self.rows if row.score is not None]
        is_safe = self._is_safe(rated, [band.satisfied for band in self.bands])
        return Share(len(rated), len(self.rows)) if is_safe else None

    def _is_safe(self, rows: Sequence[ContractHabit], shares: Sequence[Share | None]) -> bool:
        counts = [sum(b.low <= r.active_days <= b.high for r in rows) for b in self.bands]
        return is_sum_safe(counts, [n for n, share in enumerate(shares) if share is None])


def newest_month(today: date) -> date:
    """Return the newest month of which it is known what followed."""
    return months_before(today.replace(day=1), MONTHS_LATER + 1)


def continuation(scope: UsageScope, *, month: date | None = None) -> Continuation:
    """Return the contracts of a month by active days, and what followed: scores, and contracts.

    Raises: BadUsageQuestion if it is not known yet what followed.
    """
    newest = newest_month(scope.today)
    month = month or newest
    if month > newest:
        raise BadUsageQuestion(
            Text(
                "What followed {month} is known {count} months later; ask for {newest} or before.",
                month=f"{month:%Y-%m}",
                count=MONTHS_LATER,
                newest=f"{newest:%Y-%m}",
            )
        )
    after = month_end(month) + timedelta(days=1)
    on = months_before(after, -MONTHS_LATER) - timedelta(days=1)
    known = contract_learners(scope.workspace_id)
    whole = covered(
        [ContractSpan(one.id, *days) for one in known.contracts.values() for days in one.days],
        first=month,
        after=after,
    ).whole
    behind = _behind_all_month(known, month, after)
    scores, other_scales = _scores(scope, known, since=after, until=on)
    days = {one.person: one.days for one in active_days(scope, since=month, until=month)}
    rows = tuple(
        ContractHabit(
            number,
            max(days.get(person, 0) for person in behind[number]),
            scores.get(number),
            known.contracts[number].terms(on) is not None,
        )
        for number in sorted(whole & behind.keys())
    )
    linked = Share(len(rows), len(whole))
    return Continuation(month, on, linked, other_scales, habit_bands(rows), rows)


def _behind_all_month(known: ContractLearners, first: date, after: date) -> dict[int, set[int]]:
    """Return the learners of each contract who are linked with it for a whole month."""
    by_contract: dict[int, list[ContractSpan]] = defaultdict(list)
    for one in known.joined.spans:
        by_contract[one.contract].append(ContractSpan(one.person, one.since, one.until))
    found = {
        number: set(covered(spans, first=first, after=after).whole)
        for number, spans in by_contract.items()
    }
    return {number: learners for number, learners in found.items() if learners}


def _scores(
    scope: UsageScope, known: ContractLearners, *, since: date, until: date
) -> tuple[dict[int, int], int]:
    """Return the last score that the household of each contract gave, and how many had no place.

    Of several scores the last counts; of an inquiry that was rated anew, the last one too.
    """
    start, end = (midnight(scope.zone, day) for day in (since, until + timedelta(days=1)))
    contracts = _contracts_of_persons(known, on=since - timedelta(days=1))
    cases = cases_between(
        workspace_id=scope.workspace_id, record="inquiry", since=start, until=end, kind="rated"
    )
    asked_by = {
        number: known.persons.get(head.customer_id, head.customer_id)
        for number, head in case_heads(cases).items()
        if head.customer_id is not None
    }
    ours = [number for number, who in asked_by.items() if who in contracts]
    given = sorted(
        (step.at, step.sequence, number, step.detail)
        for number, steps in standing_of(ours, workspace_id=scope.workspace_id).items()
        for step in steps
        if step.kind == "rated" and start <= step.at < end
    )
    found: dict[int, int] = {}
    others = 0
    for _at, _sequence, number, detail in given:
        score = score_of(detail)
        if score is not None:
            found |= dict.fromkeys(contracts[asked_by[number]], score)
        else:
            others += 1
    return found, others


def _contracts_of_persons(known: ContractLearners, *, on: date) -> dict[int, set[int]]:
    """Return the contracts of the household of each person: customers, learners, guardians."""
    holding = [one for one in known.links if one.holds(on)]
    household = {
        person: group.persons
        for group in households(holding, persons=known.persons)
        for person in group.persons
    }
    behind = known.joined.behind(on)
    found: dict[int, set[int]] = defaultdict(set)
    for one in known.contracts.values():
        for member in {one.person, *behind.get(one.id, ())}:
            for person in household.get(member, {member}):
                found[person].add(one.id)
    return dict(found)


def contract_lives(workspace_id: int) -> list[ContractSpan]:
    """Return from when to when each contract ran, pauses included."""
    days = {one.id: one.days for one in held_contracts(workspace_id=workspace_id)}
    return [ContractSpan(one, some[0][0], some[-1][1]) for one, some in days.items() if some]


def revenue_survival(scope: UsageScope, *, since: date | None = None) -> Survival:
    """Return how long contracts run; with `since`, what ended before it was not observed."""
    return contract_survival(scope, contract_lives(scope.workspace_id), since=since)


def continuation_document(found: Continuation) -> dict[str, Any]:
    """Return the answer for programs; small cells are null, and `is_hidden` says so."""
    return {
        "unit": "contract in force for the whole month, with a learner linked all the while",
        "active_days": "of the learner; of several under one contract, the most",
        "satisfaction": "the last score of 1 to 5 of the household in the months after: 4 or 5",
        "month": found.month,
        "on": found.on,
        "linked": _shown(found.linked),
        "rated": _shown(found.rated),
        "other_scales": found.other_scales,
        "grade": found.grade,
        "grade_at_most": "association",
        "continuing": _shown(found.continuing),
        "bands": [
            {
                "low": one.low,
                "high": one.high,
                "continuing": _shown(one.continuing),
                "satisfied": _shown(one.satisfied),
            }
            for one in found.bands
        ],
    }


def _shown(share: Share | None) -> dict[str, Any]:
    interval = None if share is None else wilson(share.count, share.of)
    ends = interval if isinstance(interval, Interval) else None
    return {
        "count": share and share.count,
        "n": share and share.of,
        "share": share.count / share.of if share and share.of else None,
        "low": ends and ends.low,
        "high": ends and ends.high,
        "is_hidden": share is None,
    }
