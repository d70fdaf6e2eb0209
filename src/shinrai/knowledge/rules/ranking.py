"""Which article answers a text: pairs of characters, the topic, and what solved cases before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from shinrai.search.rules import pairs
from shinrai.units.share import Share

SHOWN: Final = 3
FLOOR: Final = 0.12  # below it, answers of other topics are as like as the right one
SAME_TOPIC: Final = 0.25
SOLVED: Final = 0.15  # for an article after which nobody came back
STALE: Final = 0.2
LONGEST_QUERY: Final = 4_000  # characters of a text that is looked for


@dataclass(frozen=True)
class ArticleCandidate:
    """An article that may be suggested: its pairs, topic, and what became of its uses."""

    article_id: int
    pairs: frozenset[str]
    topic: str
    solved: Share
    is_stale: bool = False


@dataclass(frozen=True)
class RankedArticle:
    """An article with what spoke for it; `likeness` is a cosine, from 0 to 1."""

    candidate: ArticleCandidate
    likeness: float
    is_same_topic: bool
    score: float


class PairWeights:
    """How much each pair says: the rarer among the articles, the more.

    Smoothed, so that with few articles a pair that all of them have still says something.
    """

    def __init__(self, texts: Sequence[frozenset[str]]) -> None:
        counts = Counter(pair for text in texts for pair in text)
        self._count = len(texts)
        self._weights = {
            pair: log((1 + self._count) / (1 + count)) + 1 for pair, count in counts.items()
        }

    def of(self, pair: str) -> float:
        return self._weights.get(pair, 0.0)

    def length(self, text: frozenset[str]) -> float:
        return sqrt(sum(self.of(pair) ** 2 for pair in text))


def query_pairs(text: str) -> frozenset[str]:
    """Return the pairs of a text that is looked for; single characters say nothing."""
    return frozenset(pair for pair in pairs(text[:LONGEST_QUERY]) if len(pair) == 2)


def rank(
    text: str,
    candidates: Sequence[ArticleCandidate],
    *,
    topic: str = "",
    lengths: Mapping[int, float] | None = None,
    weights: PairWeights | None = None,
) -> list[RankedArticle]:
    """Rank articles for a text, best first; those below the floor are left out.

    A stale one never comes before one that is not.
    """
    weights = weights or PairWeights([one.pairs for one in candidates])
    asked = query_pairs(text)
    asked_length = weights.length(asked)
    found = []
    for one in candidates:
        shared = sum(weights.of(pair) ** 2 for pair in asked & one.pairs)
        length = lengths[one.article_id] if lengths else weights.length(one.pairs)
        likeness = shared / (asked_length * length) if shared else 0.0
        same = bool(topic) and one.topic == topic
        score = likeness + SAME_TOPIC * same + SOLVED * _worth(one.solved) - STALE * one.is_stale
        if likeness >= FLOOR or same:
            found.append(RankedArticle(one, likeness, same, score))
    return sorted(found, key=lambda one: (one.candidate.is_stale, -one.score))


def _worth(solved: Share) -> float:
    """Return how often nobody came back, drawn to a half where few are known.

    Source: the rule of succession (Laplace).
    """
    return (solved.count + 1) / (solved.of + 2) - 0.5 if solved.of else 0.0
