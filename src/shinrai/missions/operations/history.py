"""Record history in bulk: attempts that happened and offers that were shown, each given once.

For whoever has checked the rows already, such as the sample; others use `record_attempts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shinrai.missions.rules.attempt import Attempt
from shinrai.postgres.bulk import copy_in

ATTEMPT: Final = (
    *("workspace_id", "learner_id", "attempt_id", "activity", "at", "own_on", "known_at"),
    *("is_completed", "score"),
)
OFFER: Final = (
    *("workspace_id", "learner_id", "on", "place", "activity", "reason", "policy", "chance"),
    "shown_at",
)


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """A recommendation that was shown to a learner on a date, under a policy."""

    learner: int
    on: date
    place: int
    activity: str
    reason: str
    policy: str
    chance: float
    shown_at: datetime


def record_history(*, workspace_id: int, attempts: Iterable[tuple[int, Attempt]]) -> int:
    """Record attempts of learners in one transaction; return how many."""
    rows = (
        (
            *(workspace_id, learner, one.id, one.activity, one.at, one.on, one.known_at),
            *(one.is_completed, one.score),
        )
        for learner, one in attempts
    )
    return copy_in("missions_attemptrow", ATTEMPT, rows)


def record_offers(*, workspace_id: int, offers: Iterable[ShownOffer]) -> int:
    """Record offers that were shown, in one transaction; return how many."""
    rows = (
        (
            *(workspace_id, one.learner, one.on, one.place, one.activity, one.reason),
            *(one.policy, one.chance, one.shown_at),
        )
        for one in offers
    )
    return copy_in("missions_offer", OFFER, rows)
