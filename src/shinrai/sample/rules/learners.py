"""Simulate learners: households, contracts, and the days on which each child studies.

A child's chance to study on a day is set beforehand (habit, weekday, holidays); days are drawn from
it month by month, and the days of a month decide how likely its contract ends with it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from shinrai.sample.rules.arrivals import (
    DAY_US,
    EPOCH,
    HOUSEHOLDS,
    TOKYO_US,
    Bools,
    Floats,
    Ints,
)
from shinrai.sample.rules.company import Company
from shinrai.sample.rules.scenario import DAY, Scenario, growth, season

LEARNERS: Final = 2_000  # beside 40,000 inquiries
FEWEST, INQUIRIES_A_LEARNER = 40, 20
NEVER: Final = 1 << 20  # a day that does not come
PLANS: Final = (("基本", 2_980), ("プラス", 4_480), ("きょうだい", 5_480))  # yen a month
SIBLINGS: Final = 2  # the plan of two children
HABITS: Final = (0.14, 0.20, 0.22, 0.18, 0.13, 0.08, 0.05)  # who studies 1, 2 … 7 days a week
WEEKDAYS: Final = (1.08, 1.05, 1.05, 1.0, 0.82, 0.95, 1.05)  # from Monday
MOST_CHANCE: Final = 0.985
# Month, day, and how much is studied from then on, until the next line. The school year begins in
# April; homework of the summer holidays is done in their last week.
HOLIDAYS: Final = (
    (1, 1, 0.3), (1, 4, 0.8), (1, 8, 1.0), (2, 15, 1.1), (3, 10, 0.9), (3, 25, 0.7), (4, 8, 1.05),
    (4, 29, 0.55), (5, 7, 1.0), (7, 21, 0.8), (8, 11, 0.4), (8, 17, 0.75), (8, 25, 1.2),
    (9, 2, 1.0), (12, 24, 0.65), (12, 30, 0.3),
)  # fmt: skip
# Active days in a month, up to these, and how likely the contract then ends with the month.
ENDS: Final = ((3, 0.080), (7, 0.045), (14, 0.022), (31, 0.010))
FADES: Final = 0.015  # a month: who loses the habit while the contract goes on
FADED: Final = 0.08
OUTAGE_SHARE: Final = 0.85  # of those who wanted to study on its days
LAST_GRADE: Final = 9
NAMED: Final = ("L-hina", "L-sora", "L-yui", "L-haru", "L-mio")
HINA, SORA, YUI, HARU, MIO = range(len(NAMED))


@dataclass
class Contracts:
    """Contracts as arrays; days count from the first day of usage, `end` is the first without it.

    `second` is another guardian of the household, who pays nothing; -1: there is none.
    """

    start: Ints
    end: Ints
    plan: Ints
    guardian: Ints
    second: Ints

    @property
    def yen(self) -> Ints:
        """Return what each costs a month."""
        return np.array([price for _name, price in PLANS])[self.plan]


@dataclass
class Learners:
    """Children as arrays, and (learner, day) tables of two years to the end of a month.

    `chance` is how likely each was to study; `lost`: wanted to, and could not for the outage.
    """

    seed: int
    until_us: int
    scenario: Scenario
    days: list[date]
    contracts: Contracts
    contract: Ints
    habit: Ints
    grade_of_year_0: Ints
    chance: Floats = field(repr=False)
    active: Bools = field(repr=False)
    lost: Bools = field(repr=False)

    def __len__(self) -> int:
        return len(self.contract)

    @property
    def first(self) -> date:
        """Return the first day of usage."""
        return self.days[0]

    @property
    def today(self) -> int:
        """Return the number of the day at which the company is shown."""
        return (self.until_us + TOKYO_US) // DAY_US - (self.first - EPOCH).days

    @cached_property
    def school_years(self) -> Ints:
        """Return the school year of each day, by the year in which it began."""
        return np.array([on.year - (on.month < 4) for on in self.days])

    def grades(self, learner: Ints, day: Ints) -> Ints:
        """Return in which grade each of some learners is on a day."""
        found: Ints = self.grade_of_year_0[learner] + self.school_years[day]
        return found

    @cached_property
    def joined(self) -> Bools:
        """Return whose contract has begun by the moment shown."""
        found: Bools = self.contracts.start[self.contract] <= self.today
        return found

    @cached_property
    def month_named(self) -> tuple[int, int]:
        """Return the first day of the last complete month, and the day after it."""
        today = self.first + timedelta(self.today)
        after = today.replace(day=1)
        return ((after - DAY).replace(day=1) - self.first).days, (after - self.first).days


def identifier(learner: int) -> str:
    """Return how the service calls a learner."""
    return NAMED[learner] if learner < len(NAMED) else f"L-{learner:06d}"


def simulate_learners(company: Company) -> Learners:
    """Simulate the learners of a company: the same company has the same ones."""
    rng = np.random.default_rng([company.seed, 15])
    last = company.scenario.last
    first = date(last.year - 2, last.month, 1)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    size = max(FEWEST, min(LEARNERS, company.truth.inquiries // INQUIRIES_A_LEARNER))
    contracts, contract = _households(rng, company, days, size)
    count = len(contract)
    year = np.array([on.year - (on.month < 4) for on in days])
    joined_year = year[contracts.start.clip(0)]  # of who came before: when usage begins
    habit = 1 + rng.choice(len(HABITS), count, p=HABITS)
    habit[[HINA, SORA, YUI, HARU, MIO]] = 3, 4, 3, 7, 3
    grade = np.where(np.arange(count) < len(NAMED), 3, rng.integers(1, LAST_GRADE + 1, count))
    found = Learners(
        seed=company.seed,
        until_us=company.until_us,
        scenario=company.scenario,
        days=days,
        contracts=contracts,
        contract=contract,
        habit=habit,
        grade_of_year_0=grade - joined_year[contract],
        chance=_chances(habit, days),
        active=np.zeros((count, len(days)), dtype=bool),
        lost=np.zeros((count, len(days)), dtype=bool),
    )
    _set_named_days(found)
    _live(rng, found)
    return found


def _households(
    rng: np.random.Generator, company: Company, days: list[date], size: int
) -> tuple[Contracts, Ints]:
    """Draw contracts, who pays them, and the contract of each learner; most guardians wrote once.

    The first learners are those with names, each alone under a contract that does not end.
    """
    count = round(size / 1.18)
    has_two = rng.random(count) < 0.18
    has_two[: len(NAMED)] = False
    weights = season(days) * growth(len(days), company.truth.growth)
    campaign = (company.scenario.campaign.on - days[0]).days
    weights[campaign : campaign + company.scenario.campaign.days] *= 1.8
    start = rng.choice(len(days), count, p=weights / weights.sum())
    start = np.where(rng.random(count) < 0.33, -rng.integers(1, 366, count), start)
    start[: len(NAMED)] = -40
    wrote = np.unique(company.found.customer[company.found.customer < HOUSEHOLDS])
    silent = np.setdiff1d(np.arange(HOUSEHOLDS), wrote)
    asked, others = (rng.permutation(some) for some in (wrote, silent))
    is_asker = np.arange(2 * count) % 10 < 7
    is_asker &= np.cumsum(is_asker) <= len(asked)
    people = np.empty(2 * count, dtype=np.int64)
    people[is_asker] = asked[: is_asker.sum()]
    people[~is_asker] = others[: (~is_asker).sum()]
    guardian, second = people[:count].copy(), people[count:]
    again = np.flatnonzero(rng.random(count) < 0.06)
    again = again[again > len(NAMED)]
    guardian[again] = guardian[again - 1]  # a household with two contracts
    contracts = Contracts(
        start=start,
        end=np.full(count, NEVER),
        plan=np.where(has_two, SIBLINGS, (rng.random(count) < 0.35).astype(np.int64)),
        guardian=guardian,
        second=np.where(rng.random(count) < 0.12, second, -1),
    )
    return contracts, np.concatenate([np.arange(count), np.flatnonzero(has_two)])


def _chances(habit: Ints, days: list[date]) -> Floats:
    starts = np.array([month * 100 + day for month, day, _ in HOLIDAYS])
    levels = np.array([level for *_, level in HOLIDAYS])
    places = np.array([on.month * 100 + on.day for on in days])
    of_day = levels[np.searchsorted(starts, places, side="right") - 1]
    of_day = of_day * np.array(WEEKDAYS)[[on.weekday() for on in days]]
    found: Floats = np.minimum(habit[:, None] / 7 * of_day, MOST_CHANCE)
    return found


def _set_named_days(found: Learners) -> None:
    """Set the days of learners with names: a chance of 0 or 1 is known beforehand."""
    begin, after = found.month_named
    chance = found.chance
    chance[[HINA, SORA, YUI], begin:after] = 0
    chance[HINA, begin + 9] = 1
    chance[SORA, begin : begin + 15] = 1
    chance[YUI, begin : begin + 20 : 2] = 1
    chance[HARU] = 1
    chance[MIO, max(0, after - 270) : after - 150] = 0
    chance[MIO, after - 150] = 1


def _live(rng: np.random.Generator, found: Learners) -> None:
    """Draw each month's days, whose habit fades, and which contracts end with it."""
    contracts, days = found.contracts, found.days
    count = len(contracts.start)
    outage = (found.scenario.outage.on - days[0]).days
    out = slice(outage, outage + found.scenario.outage.days)
    begins = [n for n, on in enumerate(days) if on.day == 1]
    is_named = np.arange(count) < len(NAMED)
    for begin, after in zip(begins, [*begins[1:], len(days)], strict=True):
        fades = (rng.random(len(found)) < FADES) & (found.contract >= len(NAMED))
        found.chance[fades, begin:] *= FADED
        start, end = contracts.start[found.contract], contracts.end[found.contract]
        span = np.arange(begin, after)
        is_in_force = (start[:, None] <= span) & (span < end[:, None])
        found.chance[:, begin:after] *= is_in_force
        drawn = rng.random((len(found), after - begin)) < found.chance[:, begin:after]
        found.active[:, begin:after] = drawn
        lost = np.zeros_like(found.lost[:, out])
        if begin <= out.start < after:
            lost = found.active[:, out] & (rng.random(lost.shape) < OUTAGE_SHARE)
            lost[: len(NAMED)] = False
            found.lost[:, out], found.active[:, out] = lost, found.active[:, out] & ~lost
            found.chance[len(NAMED) :, out] *= 1 - OUTAGE_SHARE
        studied = np.zeros(count, dtype=np.int64)
        np.maximum.at(studied, found.contract, found.active[:, begin:after].sum(axis=1))
        upto, hazards = np.array(ENDS).T
        ends = rng.random(count) < hazards[np.searchsorted(upto, studied)]
        ends &= (contracts.start <= begin) & ~is_named
        if days[begin].month == 3:  # who leaves the last grade leaves the service
            grades = found.grades(np.arange(len(found)), np.full(len(found), begin))
            ends[found.contract[grades >= LAST_GRADE]] = True
            ends &= ~is_named
        contracts.end[ends & (contracts.end == NEVER)] = after
