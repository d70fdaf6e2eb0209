"""Simulate the arrival of inquiries: who asks what, and when, as arrays."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from shinrai.sample.rules import profiles
from shinrai.sample.rules.scenario import Scenario, burst_sizes, days_of, growth, season
from shinrai.sample.rules.subjects import PLACES, SUBJECTS
from shinrai.sample.rules.truth import Truth

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SECOND_US: Final = 1_000_000
HOUR_US: Final = 3600 * SECOND_US
DAY_US: Final = 24 * HOUR_US
TOKYO_US: Final = 9 * HOUR_US  # Japan has had no summer time since 1951
EPOCH: Final = date(1970, 1, 1)

MODES: Final = ("via_cs", "direct", "proactive")
VIA_CS, DIRECT, PROACTIVE = range(3)
FATES: Final = ("ordinary", "spam", "merged", "no_reply_needed")
ORDINARY, SPAM, MERGED, NO_REPLY = range(4)
CHANNELS: Final = ("form", "mail", "phone", "chat")
FORM, MAIL, PHONE, CHAT = range(4)
VOICES: Final = ("polite", "plain", "child", "teacher")
POLITE, PLAIN, CHILD, TEACHER = range(4)

HOUSEHOLDS: Final = 30_000
SCHOOLS: Final = 260
OFFICE_HOURS: Final = (0.0,) * 10 + (1.0,) * 7 + (0.0,) * 7
LOUD: Final = 777  # one household that writes and writes, about one matter


@dataclass
class Inquiries:
    """Inquiries as arrays, one entry each; `origin` is the index of an earlier inquiry, or -1.

    `at_us` is when it arrived, in microseconds since 1970.
    """

    at_us: Ints
    mode: Ints
    fate: Ints
    matter: Ints
    channel: Ints
    voice: Ints
    english: Bools
    school: Bools
    customer: Ints
    origin: Ints
    follows: Bools

    def __len__(self) -> int:
        return len(self.at_us)

    def take(self, places: Ints | Bools) -> Self:
        """Return some of the inquiries, chosen by their indices or by a boolean mask."""
        return type(self)(**{f.name: getattr(self, f.name)[places] for f in fields(self)})

    def joined(self, other: Self) -> Self:
        """Return these inquiries followed by others."""
        return type(self)(
            **{
                f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
                for f in fields(self)
            }
        )


def simulate_arrivals(rng: np.random.Generator, scenario: Scenario, truth: Truth) -> Inquiries:
    """Draw all inquiries that do not follow from another one, in order of arrival."""
    days = days_of(scenario)
    rising = growth(len(days), truth.growth)
    family = season(days) * _by_weekday(days, profiles.FAMILY_DAYS) * rising
    company = _by_weekday(days, profiles.COMPANY_DAYS) * rising * np.sqrt(season(days))
    # What comes back (repeats, duplicates, follow-ups) makes the whole as large as was told.
    back = 1 + 0.9 * truth.repeat_share + truth.merged_share + 0.1 * truth.reopened_share
    extra = sum(burst_sizes(burst, days) for burst in scenario.bursts)
    whole = truth.inquiries / back
    of_companies = (truth.direct_share + truth.proactive_share) * whole
    families = family * (1 + extra)
    asked = _days(rng, families * (whole - of_companies) / families.sum())
    direct = _days(rng, company * truth.direct_share * whole / company.sum())
    ours = _days(rng, company * truth.proactive_share * whole / company.sum())
    found = _families(rng, scenario, truth, days, asked)
    found = found.joined(_companies(rng, direct, days, DIRECT, profiles.COMPANY_HOURS))
    found = found.joined(_companies(rng, ours, days, PROACTIVE, OFFICE_HOURS))
    return found.take(np.argsort(found.at_us, kind="stable"))


def _by_weekday(days: list[date], shares: tuple[float, ...]) -> Floats:
    weights: Floats = np.array(shares)[[on.weekday() for on in days]] * 7
    return weights


def _days(rng: np.random.Generator, expected: Floats) -> Ints:
    """Draw how many inquiries arrive on each day; return for each inquiry the index of its day."""
    return np.repeat(np.arange(len(expected)), rng.poisson(expected))


def _moments(
    rng: np.random.Generator, day: Ints, days: list[date], hours: tuple[float, ...]
) -> Ints:
    """Draw for each inquiry its moment on its day, in microseconds since 1970."""
    shares = np.array(hours) / sum(hours)
    seconds = rng.choice(24, len(day), p=shares) * 3600 + rng.integers(0, 3600, len(day))
    first = (days[0] - EPOCH).days
    at: Ints = (first + day) * DAY_US + seconds * SECOND_US - TOKYO_US
    return at


def _families(
    rng: np.random.Generator, scenario: Scenario, truth: Truth, days: list[date], day: Ints
) -> Inquiries:
    count = len(day)
    at = _moments(rng, day, days, profiles.FAMILY_HOURS)
    voice = rng.choice(4, count, p=(0.52, 0.27, 0.15, 0.06))
    school = (voice == TEACHER) | (rng.random(count) < 0.12)
    channel = rng.choice(4, count, p=(0.55, 0.30, 0.07, 0.08))
    opening = (at + TOKYO_US) % DAY_US // HOUR_US
    channel = np.where((channel == PHONE) & ((opening < 10) | (opening >= 17)), FORM, channel)
    fate = np.where(rng.random(count) < truth.spam_share, SPAM, ORDINARY)
    fate = np.where(
        (fate == ORDINARY) & (rng.random(count) < truth.no_reply_needed_share), NO_REPLY, fate
    )
    customer = (rng.pareto(1.4, count) * HOUSEHOLDS / 6).astype(np.int64) % HOUSEHOLDS
    matter = _matters(rng, scenario, days, day)
    is_loud = rng.random(count) < np.where(day > len(days) - 300, 0.0035, 0.0)
    return Inquiries(
        at_us=at,
        mode=np.zeros(count, dtype=np.int64),
        fate=fate,
        matter=np.where(is_loud, PLACES["wish"], matter),
        channel=np.where((fate == SPAM) | is_loud, MAIL, channel),
        voice=np.where(is_loud, POLITE, voice),
        english=(rng.random(count) < truth.english_share) & (voice != CHILD) & ~is_loud,
        school=school,
        customer=np.where(is_loud, LOUD, customer),
        origin=np.full(count, -1),
        follows=np.zeros(count, dtype=bool),
    )


def _matters(rng: np.random.Generator, scenario: Scenario, days: list[date], day: Ints) -> Ints:
    """Draw the subject of each inquiry: from the usual mixture, or that of a burst on its day."""
    weights = np.array([matter.weight for matter in SUBJECTS], dtype=float)
    matter = rng.choice(len(SUBJECTS), len(day), p=weights / weights.sum())
    drawn = rng.random(len(day))
    sizes = [burst_sizes(burst, days) for burst in scenario.bursts]
    whole = 1 + np.sum(sizes, axis=0)
    begins = np.zeros(len(days))
    for burst, size in zip(scenario.bursts, sizes, strict=True):
        ends = begins + size / whole
        within = (drawn >= begins[day]) & (drawn < ends[day])
        matter = np.where(within, PLACES[burst.matter], matter)
        begins = ends
    return matter


def _companies(
    rng: np.random.Generator, day: Ints, days: list[date], mode: int, hours: tuple[float, ...]
) -> Inquiries:
    """Draw inquiries of schools: direct questions to CRE, or messages that CRE sends them first."""
    count = len(day)
    likely = np.array([1, 2, 0.5, 3, 1, 4, 6, 1, 2, 0.5, 5, 2, 1])
    return Inquiries(
        at_us=_moments(rng, day, days, hours),
        mode=np.full(count, mode),
        fate=np.zeros(count, dtype=np.int64),
        matter=rng.choice(len(SUBJECTS), count, p=likely / likely.sum()),
        channel=rng.choice(4, count, p=(0.15, 0.85, 0.0, 0.0)),
        voice=np.full(count, TEACHER),
        english=rng.random(count) < 0.04,
        school=np.ones(count, dtype=bool),
        customer=HOUSEHOLDS + (rng.pareto(1.2, count) * 30).astype(np.int64) % SCHOOLS,
        origin=np.full(count, -1),
        follows=np.zeros(count, dtype=bool),
    )
