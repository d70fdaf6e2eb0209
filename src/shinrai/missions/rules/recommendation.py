"""Today's recommendations: at most three activities, each with its reason."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from shinrai.missions.rules.activity import Activity, open_activities
from shinrai.missions.rules.attempt import Attempt, known_before

MOST: Final = 3
WEAK_SHARE: Final = 0.6  # a unit whose latest scores are below it on average
WEAK_DAYS: Final = 28
WEAK_ATTEMPTS: Final = 2
BEGUN_DAYS: Final = 14  # what was begun longer ago is no longer on anybody's mind

Reason = Literal["review", "begun", "weak", "next"]
POLICIES: Final[Mapping[str, tuple[Reason, ...]]] = {
    "review-first": ("review", "begun", "weak", "next"),
    "next-first": ("begun", "next", "review", "weak"),
}
USUAL: Final = "review-first"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An activity recommended for a day, and why."""

    activity: Activity
    reason: Reason


def recommendations(
    activities: Sequence[Activity],
    attempts: Sequence[Attempt],
    *,
    on: date,
    zone: tzinfo,
    policy: str = USUAL,
) -> tuple[Recommendation, ...]:
    """Return what to do on a date, of what was known before it: at most three, none twice.

    One of each reason in the policy's order, then the rest of each, so that it is empty only if
    nothing is due, begun, weak or next.
    """
    known = known_before(attempts, datetime.combine(on, time(), zone))
    completed = {one.activity: one for one in known if one.is_completed}
    found = {
        "review": lambda: _due(activities, known, on),
        "begun": lambda: _begun(activities, known, on),
        "weak": lambda: _weak(activities, known, on),
        "next": lambda: _next(activities, known, completed, on),
    }
    chosen: dict[str, Recommendation] = {}
    lists = {reason: list(found[reason]()) for reason in POLICIES[policy]}
    for most in (1, MOST):
        for reason in POLICIES[policy]:
            for activity in lists[reason][:most]:
                if len(chosen) < MOST:
                    chosen.setdefault(activity.key, Recommendation(activity, reason))
    return tuple(chosen.values())


def policy_for(learner: int, experiment: str, policies: Sequence[str]) -> str:
    """Return the policy of a learner in an experiment: always the same, each equally likely."""
    digest = hashlib.blake2b(f"{experiment}:{learner}".encode(), digest_size=8).digest()
    return policies[int.from_bytes(digest) % len(policies)]


def _due(activities: Sequence[Activity], known: Sequence[Attempt], on: date) -> Iterator[Activity]:
    """Return what is due for review on a date, the longest due first.

    Source: J. Ye, J. Su, Y. Cao, A Stochastic Shortest Path Algorithm for Optimizing Spaced
    Repetition Scheduling (KDD 2022), as in `fsrs` with its default parameters.
    """
    from fsrs import Card, Scheduler

    # Fuzzing is random, and learning steps are minutes: a day's answer must be the same all day.
    scheduler = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
    cards: dict[str, Card] = {}
    for one in known:  # as they happened: a review before the last one would move it back
        if one.is_completed:
            card = cards.get(one.activity) or Card(card_id=1, due=one.at)
            cards[one.activity], _ = scheduler.review_card(
                card, _rating(one.score), one.at.astimezone(UTC)
            )
    places = {activity.key: place for place, activity in enumerate(activities)}
    due = sorted((card.due.date(), places[key]) for key, card in cards.items() if key in places)
    for day, place in due:
        if day <= on:
            yield activities[place]


def _rating(score: float | None) -> "Rating":  # type: ignore[name-defined]  # noqa: F821
    from fsrs import Rating

    if score is None:
        return Rating.Good
    bounds = ((0.5, Rating.Again), (0.7, Rating.Hard), (0.95, Rating.Good))
    return next((rating for bound, rating in bounds if score < bound), Rating.Easy)


def _begun(
    activities: Sequence[Activity], known: Sequence[Attempt], on: date
) -> Iterator[Activity]:
    """Return what was begun and not completed since, the newest first."""
    newest = {one.activity: one for one in known}
    begun = {
        key: one.at
        for key, one in newest.items()
        if not one.is_completed and one.on > on - timedelta(days=BEGUN_DAYS)
    }
    order = sorted(begun, key=lambda key: (begun[key], key), reverse=True)
    by_key = {activity.key: activity for activity in activities}
    yield from (by_key[key] for key in order if key in by_key)


def _weak(activities: Sequence[Activity], known: Sequence[Attempt], on: date) -> Iterator[Activity]:
    """Return, of each unit with low scores of late, what went worst; the weakest unit first."""
    by_key = {activity.key: activity for activity in activities}
    newest: dict[str, float] = {}
    counts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in known:
        activity = by_key.get(one.activity)
        if activity and one.score is not None and one.on > on - timedelta(days=WEAK_DAYS):
            newest[one.activity] = one.score
            counts[activity.subject, activity.unit].append(one.score)
    means = {
        unit: sum(scores) / len(scores)
        for unit, scores in counts.items()
        if len(scores) >= WEAK_ATTEMPTS
    }
    for unit in sorted(means, key=lambda unit: (means[unit], unit)):
        if means[unit] < WEAK_SHARE:
            inside = [key for key in newest if (by_key[key].subject, by_key[key].unit) == unit]
            yield by_key[min(inside, key=lambda key: (newest[key], key))]


def _next(
    activities: Sequence[Activity],
    known: Sequence[Attempt],
    completed: Mapping[str, Attempt],
    on: date,
) -> Iterator[Activity]:
    """Return the next activity of each subject; the subject least studied of late comes first."""
    by_key = {activity.key: activity for activity in activities}
    recent: dict[str, int] = defaultdict(int)
    for one in known:
        if one.activity in by_key and one.on > on - timedelta(days=7):
            recent[by_key[one.activity].subject] += 1
    first: dict[str, Activity] = {}
    for activity in open_activities(activities, completed):
        first.setdefault(activity.subject, activity)
    yield from sorted(first.values(), key=lambda one: recent[one.subject])
