"""What goes with an earlier end of contracts: habit in their first whole month, and the plan."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from shinrai.revenue.queries.learners import contract_learners
from shinrai.revenue.rules.contracts import month_end
from shinrai.revenue.rules.learners import HeldContract
from shinrai.statistics.cox import CoxModel, cox_model
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.habit import active_days, lives
from shinrai.usage.queries.scope import UsageScope

HABIT = "active_days"
DAYS_MORE = 5
FEWEST_OF_PLAN = 20  # contracts of fewer are compared together, as other plans
PLAN = "plan: "
OTHERS = "other plans"
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
    behind = {one.id: _first_month(one, scope.today) for one in begun}
    months = {month for month in behind.values() if month}
    days = (
        {
            (one.person, one.month): one.days
            for one in active_days(scope, since=min(months), until=max(months))
        }
        if months
        else {}
    )
    learners = {month: known.joined.behind(month_end(month)) for month in months}
    judged = [one for one in begun if (month := behind[one.id]) and learners[month].get(one.id)]
    plans = Counter(_plan(one) for one in judged)
    reference, shown = _compared(plans)
    covariates: dict[str, list[float]] = {name: [] for name in (HABIT, *shown)}
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
        plan = _plan(one) if plans[_plan(one)] >= FEWEST_OF_PLAN else ""
        for name in shown:
            is_it = name == f"{PLAN}{plan}" or (name == OTHERS and not plan)
            covariates[name].append(float(is_it))
    model = cox_model(lasted, ended, covariates, entries=entries) if judged else NOBODY
    return ContractHazard(scope.today, Share(len(judged), len(begun)), reference, model)


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


def _first_month(contract: HeldContract, today: date) -> date | None:
    """Return the first whole month of a contract in force all through it; None if there is none."""
    since, until = contract.days[0]
    month = since if since.day == 1 else month_end(since) + timedelta(days=1)
    after = month_end(month) + timedelta(days=1)
    return month if after <= min(until or today, today) else None


def _plan(contract: HeldContract) -> str:
    return contract.periods[0].plan


def _compared(plans: Counter[str]) -> tuple[str, list[str]]:
    """Return the most frequent plan, and the names of the others that are compared with it."""
    large = [name for name, count in plans.most_common() if count >= FEWEST_OF_PLAN]
    reference, *others = large or [""]
    has_small = bool(large) and any(count < FEWEST_OF_PLAN for count in plans.values())
    return reference, [f"{PLAN}{name}" for name in others] + [OTHERS] * has_small
