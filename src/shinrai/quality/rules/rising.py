"""Which topic rose: more often asked about in a span than in one of the same length before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson

FEWEST: Final = 5  # below that a topic is an anecdote, however fast it grew
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Rise:
    """A topic, and how many asked about it in a span and in the span before."""

    topic: str
    now: int
    before: int


def most_risen(now: Mapping[str, int], before: Mapping[str, int]) -> Rise | None:
    """Return the topic that rose most of those that rose beyond chance; None if none did.

    Were the rate the same, half of what two equal spans counted would fall in the later one. The
    interval of that share must lie above one half, at 95 % for all topics together (Bonferroni).
    Source: J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples from Poisson
            series, Biometrika 31 (1940), 313-323.
    """
    level = 1 - (1 - LEVEL) / max(len({*now, *before}), 1)
    risen = [
        Rise(topic, count, before.get(topic, 0))
        for topic, count in now.items()
        if count >= FEWEST and _is_above_half(count, count + before.get(topic, 0), level)
    ]
    return max(risen, key=lambda one: (one.now - one.before, one.topic), default=None)


def _is_above_half(count: int, of: int, level: float) -> bool:
    ends = wilson(count, of, level)
    return isinstance(ends, Interval) and ends.low > 0.5
