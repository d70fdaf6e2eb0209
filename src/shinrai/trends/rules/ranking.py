"""How many ask, how loud a few of them are, and how many are affected and never wrote."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from shinrai.statistics.interval import two_sided_z
from shinrai.trends.rules.arrived import Arrived, customers_by
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

WEEKS: Final = 4  # of seven days each, the last ends with the date asked about
LEAST_SEEN_TWICE: Final = 7  # Robson and Regier 1964: fewer make the estimate low
NO_MAPPING = Unknown("no failure event is named for this topic")
NO_USAGE = Unknown("no usage is recorded")
TOO_FEW = Unknown("fewer than 7 of those affected wrote: how many say nothing cannot be estimated")


@dataclass(frozen=True)
class Ranked:
    """A topic, area, release or account, by distinct customers of four weeks.

    `loudest` is the share of inquiries of the customer with most; `effective` the number of equally
    loud customers that would be as concentrated (1 / sum of squared shares, Simpson's).
    """

    by: str
    name: str
    customers: int
    customers_a_week: float
    per_active_person: float | Unknown
    inquiries: int
    loudest: Share
    effective: float


@dataclass(frozen=True)
class Silent:
    """People whose usage shows a failure, those of them who wrote, and an interval of the rest.

    `estimate` is of all who are affected and did not write, also those whose usage was not seen.
    """

    event: str
    affected: int
    wrote: int
    estimate: tuple[float, float, float] | Unknown  # low, likely, high

    @property
    def silent(self) -> int:
        """Return how many were seen to be affected and never wrote."""
        return self.affected - self.wrote


def ranked(found: Arrived, by: str, *, last: int, active: float | Unknown) -> list[Ranked]:
    """Rank by distinct customers of the four weeks up to a date, then by how many loud ones.

    `active`: persons active in a week, on average. One who writes fifty times is one customer.
    """
    first = last - 7 * WEEKS + 1
    recent = found.between(first, last)
    one = recent.keyed[by]
    weekly = customers_by(recent, by, (recent.on - first) // 7, WEEKS).sum(axis=1) / WEEKS
    rows = []
    for code in np.unique(one.code[one.code >= 0]).tolist():
        _who, counts = np.unique(recent.customer[one.code == code], return_counts=True)
        shares = counts / counts.sum()
        a_week = float(weekly[code])
        rows.append(
            Ranked(
                by,
                one.names[code],
                len(counts),
                a_week,
                active if isinstance(active, Unknown) else a_week / active,
                int(counts.sum()),
                Share(int(counts.max()), int(counts.sum())),
                float(1 / (shares**2).sum()),
            )
        )
    return sorted(rows, key=lambda row: (-row.customers, -row.effective, row.name))


def silent_of(event: str, affected: int, writers: int, both: int) -> Silent:
    """Estimate who is affected and silent, from those seen in usage, writers, and both.

    Writers are those who can be found in usage at all.
    Source: D. G. Chapman, Univ. California Publ. Statist. 1 (1951), 131-160 (the estimate);
            G. A. F. Seber, J. Wildlife Management 34 (1970), 757 (its variance), 95 %.
    """
    if both < LEAST_SEEN_TWICE:
        return Silent(event, affected, both, TOO_FEW)
    whole = (affected + 1) * (writers + 1) / (both + 1) - 1
    product = (affected + 1) * (writers + 1) * (affected - both) * (writers - both)
    variance = product / ((both + 1) ** 2 * (both + 2))
    around = two_sided_z(0.95) * sqrt(variance)
    seen = affected - both  # who was seen is there, whatever the interval says
    likely = max(whole - writers, seen)
    low, high = max(whole - around - writers, seen), whole + around - writers
    return Silent(event, affected, both, (low, likely, max(high, likely)))
