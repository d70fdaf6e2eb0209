"""How long people stay: until they leave (離脱), or until their contract ends (解約)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shinrai.statistics.survival import SurvivalCurve, kaplan_meier
from shinrai.usage.queries.habit import IDLE_DAYS, last_day_kept, lives
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.contracts import ContractSpan

Ending = Literal["usage", "contract"]


@dataclass(frozen=True)
class Survival:
    """The share that stays longer than so many days, and what an end is.

    `since`: only what happened from this date on was observed. Who began before it and was still
    there entered the estimate late; who had left by then is unknown to it.
    """

    ending: Ending
    idle_days: int | None
    on: date
    since: date | None
    curve: SurvivalCurve


def usage_survival(
    scope: UsageScope,
    *,
    idle_days: int = IDLE_DAYS,
    since: date | None = None,
    event: str | None = None,
) -> Survival:
    """Return how long persons stay in use; an end is the last active day of who has left.

    Who has not left yet is cut off at the last day on which that could be known.
    Raises: BadUsageQuestion.
    """
    kept = last_day_kept(scope.today, idle_days)
    spans = [
        (first, min(last, kept), last < kept)
        for first, last in lives(scope, event).values()
        if first <= kept
    ]
    return Survival("usage", idle_days, scope.today, since, _curve(spans, since))


def contract_survival(
    scope: UsageScope, contracts: Sequence[ContractSpan], *, since: date | None = None
) -> Survival:
    """Return how long contracts run; one that runs on is cut off today."""
    spans = [
        (one.since, min(one.until or scope.today, scope.today), is_over(one, scope.today))
        for one in contracts
        if one.since <= scope.today
    ]
    return Survival("contract", None, scope.today, since, _curve(spans, since))


def is_over(contract: ContractSpan, today: date) -> bool:
    """Return whether a contract has ended by a date."""
    return contract.until is not None and contract.until <= today


def _curve(spans: Sequence[tuple[date, date, bool]], since: date | None) -> SurvivalCurve:
    """Return the estimate in days, of spans as (first day, last day, has ended)."""
    return kaplan_meier(
        [(last - first).days for first, last, _ended in spans],
        [ended for *_days, ended in spans],
        # -1: at risk from before the first day, as who leaves on it stays for 0 days
        entries=[
            -1 if since is None or first >= since else (since - first).days - 1
            for first, *_rest in spans
        ],
    )
