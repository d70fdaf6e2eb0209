"""Runs: the messages a customer sends until we answer count as one run."""

from collections.abc import Iterable
from typing import NamedTuple


class Runs(NamedTuple):
    """How many runs of the customer were answered, and how many are not yet (0 or 1)."""

    answered: int
    unanswered: int


def runs_of(is_theirs: Iterable[bool]) -> Runs:
    """Count the runs of the customer's messages, answered by one of ours or not.

    `is_theirs` gives, for every message in order, whether the customer sent it. Messages of ours
    before the first of theirs end no run.
    """
    answered = 0
    asked = False
    for theirs in is_theirs:
        if asked and not theirs:
            answered += 1
        asked = theirs
    return Runs(answered, int(asked))
