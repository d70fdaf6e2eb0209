"""Contracts over months: what is in force at each month's end, what began, what ended."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shinrai.revenue.rules.rows import Terms


@dataclass(frozen=True, slots=True)
class SaidTerms:
    """Terms, when they were said, and whether they were the whole contract."""

    terms: Terms
    is_whole: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class ContractPeriod:
    """Days on which a contract has the same terms; the end, if known, is no longer one."""

    start: date
    end: date | None
    plan: str
    currency: str
    monthly_minor: int


@dataclass
class MonthContracts:
    """The contracts of one month and currency; `in_force` and the amounts are of its last day.

    `ended` counts those in force before the month that are not at its end (解約).
    """

    in_force_before: int = 0
    in_force: int = 0
    paying: int = 0
    mrr_minor: int = 0
    begun: int = 0
    ended: int = 0


@dataclass
class ContractMonths:
    """The contracts of a currency by month, and over all time."""

    months: dict[date, MonthContracts] = field(default_factory=dict)
    contracts: int = 0
    ended: int = 0


def effective(said: Sequence[SaidTerms]) -> list[Terms]:
    """Return the terms that count, by date: what was said whole replaces all said before it."""
    whole = max((one.said_at for one in said if one.is_whole), default=None)
    counted = [one for one in said if whole is None or one.said_at >= whole]
    counted.sort(key=lambda one: (one.terms.on, one.said_at, one.terms.monthly_minor is None))
    return [one.terms for one in counted]


def spans(terms: Iterable[Terms]) -> Iterator[ContractPeriod]:
    """Yield the spans of a contract; of several terms from one date on the last counts.

    One that ends on the day on which it began has a span without a day: it was made, and is over.
    """
    every = list(terms)
    by_date = {one.on: one for one in every}
    begun = {one.on: one for one in every if one.monthly_minor is not None}
    days, runs = sorted(by_date), False
    for day, following in zip(days, [*days[1:], None], strict=True):
        is_end = by_date[day].monthly_minor is None
        one = begun.get(day) if is_end and not runs else by_date[day]
        if one is not None and one.monthly_minor is not None:
            end = day if is_end else following
            yield ContractPeriod(day, end, one.plan, one.currency, one.monthly_minor)
        runs = not is_end


def by_month(
    contracts: Iterable[Sequence[ContractPeriod]], *, until: date
) -> dict[str, ContractMonths]:
    """Return the contracts of each currency by month, to the month of a day.

    The last day of a month decides what is in force; of the month that is not over, that day.
    """
    every = [list(one) for one in contracts]
    starts = [span.start for one in every for span in one if span.start <= until]
    if not starts:
        return {}
    months = months_between(min(starts), until)
    days = [min(month_end(month), until) for month in months]
    found: dict[str, ContractMonths] = {}
    for one in every:
        for currency in {span.currency for span in one}:
            counted = found.setdefault(
                currency, ContractMonths({month: MonthContracts() for month in months})
            )
            _count([span for span in one if span.currency == currency], counted, months, days)
    return found


def _count(
    one: Sequence[ContractPeriod],
    counted: ContractMonths,
    months: Sequence[date],
    days: Sequence[date],
) -> None:
    last = days[-1]
    if all(span.start > last for span in one):
        return
    counted.contracts += 1
    final = one[-1].end
    counted.ended += final is not None and final <= last
    present: set[int] = set()
    for span in one:
        low = bisect_left(days, span.start)
        high = len(days) if span.end is None else bisect_left(days, span.end)
        for index in range(low, high):
            figures = counted.months[months[index]]
            figures.in_force += 1
            figures.paying += span.monthly_minor > 0
            figures.mrr_minor += span.monthly_minor
            present.add(index)
    for index in present:
        if index - 1 not in present:
            counted.months[months[index]].begun += 1
        if index + 1 < len(months):
            following = counted.months[months[index + 1]]
            following.in_force_before += 1
            following.ended += index + 1 not in present


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from one date's to another's."""
    found = [first.replace(day=1)]
    while (following := month_end(found[-1]) + timedelta(days=1)) <= last:
        found.append(following)
    return found


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
