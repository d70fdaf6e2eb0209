"""Choose which answers of a week are drawn, by a random seed stored before the week began."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Candidate:
    """An answer of the week: a person's message of substance to the customer, with its words."""

    case_id: int
    step: int
    mode: str
    by: str
    answered_at: datetime


def monday_of(day: date) -> date:
    """Return the Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def drawn(
    candidates: Iterable[Candidate], *, seed: str, week: date, size: int
) -> dict[str, list[Candidate]]:
    """Draw up to `size` answers of each mode, in the order of a keyed hash of week and step.

    Who knows the seed can repeat the draw; nobody can choose what is drawn, since steps get their
    numbers after the seed was stored. An answer's hash does not depend on the other answers.
    """
    found: dict[str, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda it: _rank(it, seed, week)):
        mine = found.setdefault(candidate.mode, [])
        if len(mine) < size:
            mine.append(candidate)
    return found


def _rank(candidate: Candidate, seed: str, week: date) -> bytes:
    said = f"{week.isoformat()}:{candidate.step}".encode()
    return hashlib.blake2b(said, key=bytes.fromhex(seed), digest_size=16).digest()


def without_names(words: str, names: Iterable[str]) -> str:
    """Replace the names of staff in a text for reviewers, so that they do not know who answered.

    Each part of a name is replaced too, unless it is a single letter.
    """
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 1}
    for part in sorted(parts, key=len, reverse=True):
        words = words.replace(part, "〔staff〕")
    return words
