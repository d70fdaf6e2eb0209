"""Rules that people write: which words suggest a topic, tried on earlier texts first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shinrai.search.rules import folded, holds
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_WORDS: Final = 50
LONGEST_WORD: Final = 60
ENOUGH: Final = 20  # texts before it can be said that a rule holds for too many
EVERYTHING: Final = 0.9
MANY: Final = 0.3


class BadRule(UserError, ValueError):
    """The rule cannot be kept like this."""


@dataclass(frozen=True)
class WordRule:
    """A text is about `topic` if it has any, all and none of these words; () asks nothing."""

    topic: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def is_about(self, text: str) -> bool:
        """Return whether the rule holds for a text."""
        line = folded(text)
        return (
            (not self.any or any(holds(line, [word]) for word in _folded(self.any)))
            and holds(line, _folded(self.all))
            and not any(holds(line, [word]) for word in _folded(self.none))
        )

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return where its words stand in a text; few of them where folding moved the letters."""
        line, found = folded(text), []
        if len(line) == len(text):
            for word in (*_folded(self.any), *_folded(self.all)):
                if (start := line.find(word)) >= 0:
                    found.append((start, start + len(word)))
        return sorted(found)


@dataclass(frozen=True)
class RuleTrial:
    """A rule tried on earlier texts: how many it holds for, and how many of these had its topic."""

    of: int
    hits: int
    labelled: int
    right: int
    shown: tuple[int, ...] = ()  # numbers of texts it holds for

    @property
    def is_wide(self) -> bool:
        """Return whether it holds for so many that people should think again."""
        return self.of >= ENOUGH and self.hits >= MANY * self.of


def try_rule(rule: WordRule, texts: Sequence[str], topics: Sequence[str]) -> RuleTrial:
    """Try a rule on earlier texts and their topics ("" where nobody said one).

    Raises: BadRule if it has no words, or holds for nearly every text.
    """
    words = (*rule.any, *rule.all)
    if not words:
        raise BadRule(Text("a rule needs a word that must be there; give any or all"))
    if len(words) + len(rule.none) > MOST_WORDS or any(len(w) > LONGEST_WORD for w in words):
        raise BadRule(
            Text(
                "a rule has at most {n} words of {m} characters; make two topics of it",
                n=MOST_WORDS,
                m=LONGEST_WORD,
            )
        )
    hits = [n for n, text in enumerate(texts) if rule.is_about(text)]
    said = [topics[n] for n in hits if topics[n]]
    if len(texts) >= ENOUGH and len(hits) >= EVERYTHING * len(texts):
        raise BadRule(
            Text(
                "the rule holds for {hits:,} of {of:,} earlier inquiries, so it says nothing; "
                "take words that only this topic has",
                hits=len(hits),
                of=len(texts),
            )
        )
    return RuleTrial(len(texts), len(hits), len(said), said.count(rule.topic), tuple(hits[:5]))


def _folded(words: Sequence[str]) -> list[str]:
    return [folded(word) for word in words]
