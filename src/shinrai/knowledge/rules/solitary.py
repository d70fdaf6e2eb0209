"""Topics that only one person answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shinrai.units.share import Share

SINCE: Final = timedelta(days=180)
FEWEST: Final = 10  # cases of a topic; with fewer, one person is chance
ALONE: Final = 0.8


@dataclass(frozen=True)
class Answered:
    """How many cases of a topic each person answered; one who wrote twice in a case counts once."""

    topic: str
    cases: Mapping[str, int]


@dataclass(frozen=True)
class SolitaryTopic:
    """A topic, who answers it, in how many of its answered cases, and the last of them."""

    topic: str
    person: str
    share: Share
    last_case: int


def solitary_topics(
    rows: Sequence[Answered], last: Mapping[tuple[str, str], int]
) -> tuple[SolitaryTopic, ...]:
    """Return the topics of which one person answered most cases; the heaviest first."""
    found = []
    for one in rows:
        every = sum(one.cases.values())
        person = max(one.cases, key=lambda by: (one.cases[by], by))
        share = Share(one.cases[person], every)
        if every >= FEWEST and share.count >= ALONE * every:
            found.append(SolitaryTopic(one.topic, person, share, last[one.topic, person]))
    return tuple(sorted(found, key=lambda one: -one.share.of))
