"""What was worked on a case, and when it called for the highest tier."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from shinrai.inquiries.rules.replay import PROBLEM_TIER
from shinrai.ledger.rules.holder_history import HolderStretch
from shinrai.ledger.rules.minutes import seconds_of
from shinrai.ledger.rules.steps import Step
from shinrai.topics.rules.labels import topic_of
from shinrai.workload.rules.kinds import TIER_3

MOVES = frozenset({"assigned", "escalated", "returned"})
LONGEST_JOB = 100


class Entry(NamedTuple):
    """One thing that weighed.

    Unit: `spent_s` are seconds, 0 for an interruption. `tier` None: nobody knows.
    """

    kind: Literal["worked", "interruption"]
    at: datetime
    tier: int | None
    job: str
    spent_s: int
    doubt: str | None


class CaseWork(NamedTuple):
    """All that weighed about a case, and its topic as last labelled."""

    topic: str | None
    entries: tuple[Entry, ...]


def case_work(steps: Sequence[Step], stretches: Sequence[HolderStretch]) -> CaseWork:
    """Read the work out of a case's standing steps.

    `worked` counts with its own tier, else with that of whoever held the case at that moment.
    Minutes that cannot be (none, below 1, above a day) are no work: nothing is made up for them.
    An interruption is a step by which a matter reaches tier 3: handed there from below, or
    `consulted` (nobody named: tier 3). Work handed on within tier 3 is none.
    """
    entries: list[Entry] = []
    tier = 0
    for step in steps:
        doubt = step.detail.get("doubt")
        match step.kind:
            case "received" | "filed":
                tier = step.tier or tier
            case "consulted" if (step.tier or PROBLEM_TIER) >= TIER_3:
                entries.append(_interruption(step, doubt))
            case "worked":
                spent = seconds_of(step.detail.get("minutes"))
                if spent:
                    job = str(step.detail.get("job") or "other")[:LONGEST_JOB]
                    held = step.tier or tier_at(stretches, step.at)
                    entries.append(Entry("worked", step.at, held, job, spent, doubt))
            case kind if kind in MOVES and step.tier is not None:
                if step.tier >= TIER_3 > tier:
                    entries.append(_interruption(step, doubt))
                tier = step.tier
    return CaseWork(topic_of(steps), tuple(entries))


def tier_at(stretches: Iterable[HolderStretch], at: datetime) -> int | None:
    """Tell which tier held a case at a moment; None: no tier did."""
    for stretch in stretches:
        if stretch.since <= at and (stretch.until is None or at < stretch.until):
            name, _, number = stretch.holder.partition(":")
            return int(number) if name == "tier" else None
    return None


def _interruption(step: Step, doubt: str | None) -> Entry:
    return Entry("interruption", step.at, step.tier or PROBLEM_TIER, step.kind, 0, doubt)
