"""Floods: the same text many times within a day, from one source or from many.

They are set apart before anything is learnt, and counted beside: a text that a program sent five
hundred times says no more about a topic than one, and would make its precision look sure.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shinrai.search.rules import folded

WINDOW: Final = timedelta(hours=24)
MANY: Final = 5  # copies within a day: a customer who asks twice is no flood
READ: Final = 500  # characters compared
_CHANGES: Final = re.compile(r"https?://\S+|[\d\W_]+")  # what senders of floods vary


def flooded(texts: Sequence[tuple[datetime, str]]) -> frozenset[int]:
    """Return the numbers of the copies in floods; the first of each stays among the others.

    Texts are the same if their letters are, whatever numbers, addresses and signs stand between.
    """
    same: dict[str, list[int]] = defaultdict(list)
    for number, (_, text) in enumerate(texts):
        if letters := letters_of(text):
            same[letters].append(number)
    found: set[int] = set()
    for numbers in same.values():
        numbers.sort(key=lambda n: (texts[n][0], n))
        for first in range(len(numbers) - MANY + 1):
            last = first + MANY - 1
            if texts[numbers[last]][0] - texts[numbers[first]][0] < WINDOW:
                found.update(numbers[first : last + 1])
        found.discard(numbers[0])
    return frozenset(found)


def letters_of(text: str) -> str:
    """Return what is compared of a text: its first letters, as searches compare them."""
    return _CHANGES.sub("", folded(text[: 4 * READ]))[:READ]
