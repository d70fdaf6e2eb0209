"""The digest of a sprint: what enters it, what needs a decision, and whether a topic fell."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import poisson_count, rate_ratio
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

MOST: Final = 3  # rises, chronic topics and quotes: what ten minutes hold
CHRONIC_DAYS: Final = 91  # 13 weeks
CHRONIC_WEEKS: Final = 10  # of them with a customer: what comes in bursts is a rise
LATELY: Final = 28  # days by which the cost of waiting is counted
A_MONTH: Final = 365.25 / 12  # days
BEFORE: Final = 4  # weeks, at most, on either side of an earlier digest
LABELLED: Final = 0.8  # coverage that a measurement needs (MEASURES §8)
MOST_TEXT: Final = 2000
MOST_ITEMS: Final = 40
LONGEST: Final = 92  # days of a period
KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")

HORIZONS: Final = {
    "short": Text("this sprint"),
    "middle": Text("this quarter"),
    "long": Text("this year"),
}
VERDICTS: Final = {
    "taken": Text("taken", context="decision"),
    "declined": Text("declined", context="decision"),
    "later": Text("later", context="decision"),
}
STATES: Final = {
    "preparing": Text("being prepared", context="digest"),
    "open": Text("open", context="digest"),
    "closed": Text("closed", context="digest"),
}
KINDS: Final = {
    "rise": Text("What rose"),
    "chronic": Text("Heavy for three months"),
    "proposal": Text("Proposals"),
    "quote": Text("In customers' words"),
}
SENTENCES: Final = {
    "short": Text("{topic}: find why it comes, and stop it in this sprint."),
    "middle": Text("{topic}: take away its most frequent reason within the quarter."),
    "long": Text("{topic}: change it within a year so that nobody needs to ask."),
}
NO_MISSES: Final = Unknown("no objective is set")
NO_WEEK: Final = Unknown("no whole week has passed since")
FEW_LABELLED: Final = Unknown("fewer than 80 % of the inquiries are labelled")


class BadDigest(UserError, ValueError):
    """What was asked of a digest cannot be; `field` is where it was typed."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class DigestRequest:
    """A digest that is to be made; without a key, its last date is the key."""

    first: date
    last: date
    key: str = ""

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key or f"{self.last}"


@dataclass(frozen=True)
class DecisionRequest:
    """What was decided about an item."""

    verdict: str
    ticket: str = ""
    owner: str = ""
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class NewItem:
    """An item as it is drafted."""

    kind: str
    topic: str
    evidence: dict[str, Any]
    horizon: str = ""


def last_sprint(today: date) -> DigestRequest:
    """Return the two weeks that ended yesterday."""
    return DigestRequest(today - timedelta(days=14), today - timedelta(days=1))


def checked_period(asked: DigestRequest, *, today: date) -> DigestRequest:
    """Return what was asked. Raises: BadDigest."""
    if asked.first > asked.last:
        raise BadDigest("first", Text("The first date lies after the last one."))
    if asked.last > today:
        raise BadDigest(
            "last",
            Text("{last} has not come yet: end the period by {today}.", last=asked.last,
                 today=today),
        )  # fmt: skip
    if (asked.last - asked.first).days >= LONGEST:
        raise BadDigest("first", Text("A sprint has at most {days} days.", days=LONGEST))
    if not KEY.fullmatch(asked.name) or asked.name == "new":
        raise BadDigest("key", Text("A key has letters, digits and hyphens: 2026-S24."))
    return asked


def checked_text(words: str, field: str) -> str:
    """Return typed words without control characters. Raises: BadDigest."""
    lines = (" ".join(line.split()) for line in words.replace("\r\n", "\n").split("\n"))
    said = "\n".join(lines).strip()
    if len(said) > MOST_TEXT:
        raise BadDigest(
            field,
            Text("These are {count:,} characters; {most:,} are the most. Shorten it, and link to"
                 " the rest.", count=len(said), most=MOST_TEXT),
        )  # fmt: skip
    return "".join(one for one in said if one.isprintable() or one == "\n")


def checked_horizon(horizon: str) -> str:
    """Return a horizon. Raises: BadDigest."""
    if horizon not in HORIZONS:
        raise BadDigest("horizon", Text("Choose by when: this sprint, this quarter or this year."))
    return horizon


def checked_decision(asked: DecisionRequest, *, today: date) -> DecisionRequest:
    """Return a decision. Raises: BadDigest."""
    if asked.verdict not in VERDICTS:
        raise BadDigest("verdict", Text("Choose what was decided: taken, declined or later."))
    reason = checked_text(asked.reason, "reason")
    owner = checked_text(asked.owner, "owner").replace("\n", " ")
    ticket = asked.ticket.strip()
    if len(owner) > 80:
        raise BadDigest("owner", Text("A name has at most 80 characters."))
    if asked.verdict == "declined" and not reason:
        raise BadDigest("reason", Text("Say why it is declined: the next digest repeats it."))
    if asked.verdict == "later" and asked.until is None:
        raise BadDigest("until", Text("Say until when: on that day it comes back by itself."))
    if asked.until is not None and asked.until <= today:
        raise BadDigest("until", Text("{until} is no later day.", until=asked.until))
    if asked.verdict == "taken" and not (ticket or owner):
        raise BadDigest("ticket", Text("Give the ticket's address, or who takes it."))
    return DecisionRequest(asked.verdict, ticket, owner, asked.until, reason)


@dataclass(frozen=True)
class ChronicTopic:
    """A topic over 13 weeks: its distinct customers, weeks with any, and minutes, if recorded."""

    topic: str
    customers: int
    weeks: int
    minutes: float | None


def heaviest(found: Iterable[ChronicTopic]) -> list[ChronicTopic]:
    """Return the heaviest topics that come week after week, by customers x minutes.

    Where nobody wrote minutes down for a topic, it ranks after the others, by customers.
    """
    steady = [one for one in found if one.weeks >= CHRONIC_WEEKS]
    steady.sort(key=lambda one: (-one.customers * (one.minutes or 0), -one.customers, one.topic))
    return steady[:MOST]


def suggestions(rises: Sequence[str], chronic: Sequence[str]) -> list[tuple[str, str]]:
    """Return a topic for each horizon: the largest rise now, then what has been heavy."""
    order = list(dict.fromkeys([*rises[:1], *chronic]))
    return list(zip(HORIZONS, order, strict=False))


def a_month(count: int, *, days: int) -> dict[str, Any]:
    """Return how many customers a month, with the 95 % interval of a count.

    Assumes that customers come by themselves, which those of one outage do not.
    """
    interval, scale = poisson_count(count), A_MONTH / days
    return {
        "n": count,
        "likely": round(count * scale, 1),
        "low": round(interval.low * scale, 1),
        "high": round(interval.high * scale, 1),
        "method": interval.method,
    }


class Decidable(Protocol):
    """An item, as far as decisions go."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def verdict(self) -> str: ...


def undecided(items: Sequence[Decidable]) -> list[int]:
    """Return the items that wait for a decision.

    A decided proposal decides the rise or the chronic topic that it is about; a quote needs none.
    """
    covered = {one.topic for one in items if one.kind == "proposal" and one.verdict and one.topic}
    return [
        one.number
        for one in items
        if one.kind != "quote"
        and not one.verdict
        and (one.kind == "proposal" or one.topic not in covered)
    ]


@dataclass(frozen=True)
class BeforeAndAfter:
    """Customers a week of a topic before a digest ended and since, summed over `weeks` each.

    `ratio`: how many times as often now, with its interval.
    """

    before: int
    before_weeks: int
    after: int
    after_weeks: int
    ratio: Interval | Unknown

    @property
    def answer(self) -> str:
        """Return fell, rose, none (no change can be told), or unknown."""
        if isinstance(self.ratio, Unknown):
            return "unknown"
        if self.ratio.high < 1:
            return "fell"
        return "rose" if self.ratio.low > 1 else "none"

    @property
    def document(self) -> dict[str, Any]:
        """Return it as values that JSON has."""
        known = None if isinstance(self.ratio, Unknown) else self.ratio
        return {
            "before": self.before,
            "before_weeks": self.before_weeks,
            "after": self.after,
            "after_weeks": self.after_weeks,
            "answer": self.answer,
            "ratio": known and {
                "low": round(known.low, 2),
                "high": round(known.high, 2) if known.high < 1e6 else None,
                "method": known.method,
            },
            "unknown": str(self.ratio) if known is None else None,
        }  # fmt: skip


def before_and_after(weekly: Mapping[int, int]) -> BeforeAndAfter:
    """Compare the weeks since a digest ended with as many, or a multiple of them, before it.

    Input:  customers by week: -1 is the last before the end, 0 the first after it; whole weeks.
    """
    passed = min(sum(week >= 0 for week in weekly), BEFORE)
    if not passed:
        return BeforeAndAfter(0, 0, 0, 0, NO_WEEK)
    spans = BEFORE // passed
    last = max(weekly)
    after = sum(weekly[week] for week in range(last - passed + 1, last + 1))
    before = sum(weekly.get(-week, 0) for week in range(1, spans * passed + 1))
    return BeforeAndAfter(before, spans * passed, after, passed, rate_ratio(after, before, spans))
