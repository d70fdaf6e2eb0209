"""Find the work recorded on a case, and the interruptions of tier 3."""

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
    """One entry of work, or one interruption.

    Unit: `spent_s` are seconds, 0 for an interruption. `tier` None: unknown.
    """

    kind: Literal["worked", "interruption"]
    at: datetime
    tier: int | None
    job: str
    spent_s: int
    doubt: str | None


class CaseWork(NamedTuple):
    """All entries of a case, and its topic as last labelled."""

    topic: str | None
    entries: tuple[Entry, ...]


def case_work(steps: Sequence[Step], stretches: Sequence[HolderStretch]) -> CaseWork:
    """Return the work recorded in a case's valid steps.

    A `worked` step counts for its own tier, else for the tier that held the case at that moment.
    Impossible minutes (none, below 1, above a day) are ignored. An interruption is a step that
    brings a case to tier 3: handed up from below, or `consulted` (without a tier: tier 3). A
    hand-over within tier 3 is none.
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
    """Return the tier that held a case at a moment; None if no tier did."""
    for stretch in stretches:
        if stretch.since <= at and (stretch.until is None or at < stretch.until):
            name, _, number = stretch.holder.partition(":")
            return int(number) if name == "tier" else None
    return None


def _interruption(step: Step, doubt: str | None) -> Entry:
    return Entry("interruption", step.at, step.tier or PROBLEM_TIER, step.kind, 0, doubt)
