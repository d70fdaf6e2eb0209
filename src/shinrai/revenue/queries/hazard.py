"""What goes with an earlier end of contracts: habit in their first whole month, and the plan."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from shinrai.revenue.queries.learners import contract_learners
from shinrai.revenue.rules.contracts import month_end
from shinrai.revenue.rules.hazard import DAYS_MORE, HABIT, compared_plans, first_whole_month
from shinrai.revenue.rules.learners import HeldContract
from shinrai.statistics.cox import CoxModel, cox_model
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.habit import active_days, lives
from shinrai.usage.queries.scope import UsageScope

NOBODY = Unknown("no contract with a linked learner began after use was recorded")


@dataclass(frozen=True)
class ContractHazard:
    """The hazard of a contract's end (解約), beside habit and plan.

    `judged`: contracts that began once use was recorded, were in force through their first whole
    month and had a learner in it, of all contracts that began since. They are watched from that
    month's end on: who ended within it is no sign of what habit goes with. `plan` is the plan that
    the others are compared with.
    """

    on: date
    judged: Share
    plan: str
    model: CoxModel | Unknown

    @property
    def grade(self) -> Literal["none", "measured"]:
        """Return what MEASURES §8 grades it; an association also asks how robust it is."""
        is_covered = 0 < 4 * self.judged.of <= 5 * self.judged.count
        return "measured" if is_covered and isinstance(self.model, CoxModel) else "none"


def contract_hazard(scope: UsageScope) -> ContractHazard:
    """Return by what the hazard of an end differs with 5 more active days, and between plans."""
    known = contract_learners(scope.workspace_id)
    first_use = min((first for first, _last in lives(scope).values()), default=date.max)
    begun = [one for one in known.contracts.values() if one.days[0][0] >= first_use]
    behind = {one.id: first_whole_month(one.days[0], scope.today) for one in begun}
    months = {month for month in behind.values() if month}
    found = active_days(scope, since=min(months), until=max(months)) if months else []
    days = {(one.person, one.month): one.days for one in found}
    learners = {month: known.joined.behind(month_end(month)) for month in months}
    judged = [one for one in begun if (month := behind[one.id]) and learners[month].get(one.id)]
    plans = Counter(_plan(one) for one in judged)
    compared = compared_plans(plans)
    covariates: dict[str, list[float]] = {name: [] for name in (HABIT, *compared.names)}
    lasted, ended, entries = [], [], []
    for one in judged:
        month = behind[one.id]
        assert month is not None
        (since, *_), until = one.days[0], one.days[-1][1]
        last = min(until or scope.today, scope.today)
        lasted.append((last - since).days)
        ended.append(until is not None and until <= scope.today)
        entries.append((month_end(month) - since).days)
        most = max(days.get((person, month), 0) for person in learners[month][one.id])
        covariates[HABIT].append(most / DAYS_MORE)
        for name in compared.names:
            covariates[name].append(float(compared.name_of(_plan(one)) == name))
    model = cox_model(lasted, ended, covariates, entries=entries) if judged else NOBODY
    return ContractHazard(scope.today, Share(len(judged), len(begun)), compared.reference, model)


def hazard_document(found: ContractHazard) -> dict[str, Any]:
    """Return the answer for programs."""
    model = found.model if isinstance(found.model, CoxModel) else None
    return {
        "unit": "contract with a linked learner, from the end of its first whole month on",
        "active_days": f"of the learner in that month; the ratio is of {DAYS_MORE} more",
        "on": found.on,
        "judged": {"count": found.judged.count, "n": found.judged.of},
        "compared_with_plan": found.plan or None,
        "grade": found.grade,
        "grade_at_most": "association",
        "unknown": None if model else str(found.model),
        "n": model and model.n,
        "ended": model and model.ended,
        "ratios": [
            asdict(one) | {"is_proportional": one.is_proportional}
            for one in (model.ratios if model else ())
        ],
    }


def _plan(contract: HeldContract) -> str:
    return contract.periods[0].plan
