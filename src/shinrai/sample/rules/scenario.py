"""Events at the company: school years, growth, releases, an outage, a campaign, initiatives.

All dates depend only on the month of the moment shown, so a later moment of that month only adds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.declared_events import EventDeclaration

MONTHS: Final = 36
DAY = timedelta(days=1)
Floats = npt.NDArray[np.float64]

# Month, day, and how much is asked from then on, until the next line: families over a school year.
SCHOOL_YEAR: Final = (
    (1, 1, 0.25), (1, 4, 0.75), (1, 9, 1.15), (1, 25, 0.95), (3, 5, 1.15), (3, 22, 0.9),
    (4, 1, 1.45), (4, 8, 1.85), (4, 22, 1.4), (4, 29, 0.65), (5, 7, 1.1), (6, 1, 0.95),
    (7, 8, 1.3), (7, 21, 0.72), (8, 20, 1.0), (8, 26, 1.45), (9, 5, 1.05), (10, 1, 0.95),
    (12, 8, 1.25), (12, 24, 0.7), (12, 29, 0.25),
)  # fmt: skip
NAMES_JA: Final = {
    "sign-in outage": "ログイン障害",
    "free month": "無料月間",
    **{f"release {number}.0": f"アプリ {number}.0" for number in range(1, 7)},
}
RUSH: Final = 1.4  # from here on the desk feels it


@dataclass(frozen=True)
class Burst:
    """A period in which one subject is asked about more than usual.

    `size` is the extra volume on its first day, relative to an ordinary day; it fades afterwards.
    """

    name: str
    on: date
    days: int
    matter: str
    size: float

    @property
    def last_on(self) -> date:
        """Return the last day on which it is declared: a release is one of its day alone."""
        return self.on if self.name.startswith("release") else self.on + (self.days - 1) * DAY


@dataclass(frozen=True)
class Scenario:
    """The dates of three years of the company, up to the end of a month."""

    first: date
    last: date
    templates_on: date
    signature_on: date
    outage: Burst
    releases: tuple[Burst, ...]
    campaign: Burst

    @property
    def bursts(self) -> tuple[Burst, ...]:
        """Return all bursts: the outage, the releases and the campaign."""
        return (self.outage, *self.releases, self.campaign)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the events with their dates, in order, for example to mark them on charts."""
        marks = [
            {"on": str(self.templates_on), "kind": "initiative", "name": "answer templates"},
            {"on": str(self.signature_on), "kind": "initiative", "name": "a new signature"},
            *(
                {"on": str(burst.on), "kind": kind, "name": burst.name, "topic": burst.matter}
                for kind, bursts in self._by_kind
                for burst in bursts
            ),
        ]
        return sorted(marks, key=lambda mark: mark["on"])

    @property
    def _by_kind(self) -> tuple[tuple[str, tuple[Burst, ...]], ...]:
        return (
            ("outage", (self.outage,)),
            ("release", self.releases),
            ("campaign", (self.campaign,)),
        )

    def declarations(self, until: date) -> tuple[EventDeclaration, ...]:
        """Return the events up to a date as the company's people declare them."""
        dates = [
            ("other", "回答テンプレートを導入", self.templates_on, self.templates_on),
            ("other", "署名を変更", self.signature_on, self.signature_on),
            *(
                ("school_year_end", "学年末", date(year, 3, 22), date(year, 3, 31))
                for year in range(self.first.year, until.year + 1)
            ),
            *(
                (kind, NAMES_JA.get(burst.name, burst.name), burst.on, burst.last_on)
                for kind, bursts in self._by_kind
                for burst in bursts
            ),
        ]
        found = (EventDeclaration(*one) for one in dates)
        return tuple(one for one in found if self.first <= one.first_on and one.last_on <= until)


def scenario_until(on: date) -> Scenario:
    """Return the scenario that ends with the month of a date."""
    month = on.replace(day=1)
    releases = tuple(
        Burst(
            f"release {number + 1}.0", _weekday(_months_before(month, ago), 2, 2), 14, matter, size
        )
        for number, (ago, matter, size) in enumerate(
            (
                (31, "app_crash", 0.10),
                (25, "video", 0.08),
                (19, "grading", 0.16),
                (13, "notices", 0.10),
                (7, "app_crash", 0.14),
                (2, "grading", 0.20),
            )
        )
    )
    return Scenario(
        first=_months_before(month, MONTHS),
        last=_months_before(month, -1) - DAY,
        templates_on=_weekday(_months_before(month, 14), 0, 1),
        signature_on=_weekday(_months_before(month, 9), 0, 2),
        outage=Burst("sign-in outage", _weekday(_months_before(month, 4), 1, 2), 2, "login", 2.2),
        releases=releases,
        campaign=Burst("free month", _weekday(_months_before(month, 17), 0, 1), 21, "plan", 0.10),
    )


def days_of(scenario: Scenario) -> list[date]:
    """Return all days of a scenario."""
    return [
        scenario.first + number * DAY for number in range((scenario.last - scenario.first).days + 1)
    ]


def season(days: list[date]) -> Floats:
    """Return how much families ask on each day; 1 is an ordinary day of term.

    Changes are smoothed over a week.
    """
    starts = np.array([month * 100 + day for month, day, _ in SCHOOL_YEAR])
    levels = np.array([level for _, _, level in SCHOOL_YEAR])
    places = np.array([on.month * 100 + on.day for on in days])
    steps = levels[np.searchsorted(starts, places, side="right") - 1]
    padded = np.pad(steps, 3, mode="edge")
    smooth: Floats = np.convolve(padded, np.full(7, 1 / 7), mode="valid")
    return smooth


def growth(count: int, factor: float) -> Floats:
    """Return the size of the service on each of `count` days, from 1 to `factor`."""
    rising: Floats = factor ** (np.arange(count) / max(count - 1, 1))
    return rising


def burst_sizes(burst: Burst, days: list[date]) -> Floats:
    """Return the extra volume of a burst on each day, relative to an ordinary day; it fades."""
    passed = np.array([(on - burst.on).days for on in days])
    within = (passed >= 0) & (passed < burst.days)
    fading: Floats = np.where(within, burst.size * np.exp(-2.0 * passed.clip(0) / burst.days), 0.0)
    return fading


def _months_before(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _weekday(month: date, weekday: int, which: int) -> date:
    """Return the date of the n-th weekday of a month; `weekday` is 0 for Monday, 1 for Tuesday …"""
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (which - 1))
