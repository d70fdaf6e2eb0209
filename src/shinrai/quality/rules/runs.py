"""Runs: what the customer says until we answer is one, however many messages it takes."""

from collections.abc import Iterable
from typing import NamedTuple


class Runs(NamedTuple):
    """How many runs of the customer were answered, and how many still wait (0 or 1)."""

    answered: int
    unanswered: int


def runs_of(is_theirs: Iterable[bool]) -> Runs:
    """Count the maximal runs of their messages that one of ours follows.

    `is_theirs` says of every message, in order, whether it is the customer's. What we open with is
    no run.
    """
    answered = 0
    asked = False
    for theirs in is_theirs:
        if asked and not theirs:
            answered += 1
        asked = theirs
    return Runs(answered, int(asked))
