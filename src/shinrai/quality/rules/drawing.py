"""Which of a week's answers are drawn: decided by a seed that was stored before the week began."""

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
    """Give the Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def drawn(
    candidates: Iterable[Candidate], *, seed: str, week: date, size: int
) -> dict[str, list[Candidate]]:
    """Draw up to `size` of each mode, in the order of a keyed hash of week and step.

    Whoever knows the seed can draw it again; nobody can choose what is drawn, since steps get their
    numbers after the seed was stored. An answer's place does not depend on which others there are.
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
    """Hide the names of staff in words a reviewer reads: who answered must not sway them.

    Each part of a name is hidden too; one of a single letter is not, or half a text would be.
    """
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 1}
    for part in sorted(parts, key=len, reverse=True):
        words = words.replace(part, "〔staff〕")
    return words
