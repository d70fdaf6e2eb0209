"""Words that a topic's customers use this week and did not in the year before."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final
from unicodedata import normalize

FEWEST: Final = 3  # customers: what fewer say could be a name
LEAST_Z: Final = 2.58  # 99 %, of one word
MOST: Final = 8
PRIOR: Final = 10.0  # customers' worth of all words together
# Runs of one script: Japanese has no gaps, and katakana and kanji carry what it is about.
WORD: Final = re.compile(
    r"[ァ-ヺー]{2,20}|[一-龠々]{2,8}|[A-Za-z][A-Za-z'-]{2,29}|[A-Za-z]{1,6}-?\d{1,6}|\d{1,3}(?:\.\d{1,3}){1,3}"
)
PLAIN: Final = frozenset(
    ("the", "and", "for", "not", "you", "are", "was", "with", "this", "that", "have", "has")
)


@dataclass(frozen=True)
class NewWord:
    """A word, and by how many customers it was used now and before; `z` of its log odds."""

    word: str
    now: int
    before: int
    z: float


def words_of(text: str) -> set[str]:
    """Return the words of a masked text, folded."""
    found = {one.casefold() for one in WORD.findall(normalize("NFKC", text))}
    return found - PLAIN


def new_words(
    now: Mapping[int, Iterable[str]], before: Mapping[int, Iterable[str]]
) -> list[NewWord]:
    """Compare the words of customers of two spans; each customer counts a word once.

    The log odds are weighed by a prior of all words, so that rare ones do not win by chance.
    Source: B. L. Monroe, M. P. Colaresi and K. M. Quinn, Fightin' Words, Political Analysis 16
            (2008), 372-403, equations 16, 20 and 22.
    """
    late, early = _customers(now), _customers(before)
    every = late + early
    total, of_late, of_early = sum(every.values()), sum(late.values()), sum(early.values())
    found = []
    for word, count in late.items():
        if count < FEWEST or every[word] == total:  # the only word of all cannot be new among them
            continue
        weight = PRIOR * every[word] / total
        there, then = count + weight, early[word] + weight
        odds = log(there / (of_late + PRIOR - there)) - log(then / (of_early + PRIOR - then))
        z = odds / sqrt(1 / there + 1 / then)
        if z >= LEAST_Z:
            found.append(NewWord(word, count, early[word], z))
    return sorted(found, key=lambda one: (-one.z, one.word))[:MOST]


def _customers(texts: Mapping[int, Iterable[str]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for said in texts.values():
        counted.update({word for text in said for word in words_of(text)})
    return counted
