"""Labels of an inquiry, read from its valid steps."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from shinrai.ledger.rules.steps import Step

BLIND: Final = "agreement"  # the purpose of a label made without seeing another
CORRECTED: Final = "corrected"  # the mark a correction by hand leaves on what it puts in place
LONGEST: Final = 100
PERSON: Final = re.compile(r"staff:\d+")
SAYS: Final = frozenset(("received", "filed", "labelled"))


class Label(NamedTuple):
    """A label that one person gave an inquiry; `codebook` None: it came from a source."""

    sequence: int
    topic: str
    by: str
    at: datetime
    codebook: int | None
    is_blind: bool
    is_corrected: bool


def label_in(detail: Mapping[str, Any]) -> str | None:
    """Return the topic named in a step's details, or None."""
    found = detail.get("topic") or detail.get("label")
    return str(found)[:LONGEST] if found and not isinstance(found, list | dict) else None


def labels_of(steps: Iterable[Step]) -> tuple[Label, ...]:
    """Return the labels of an inquiry that are valid, in order."""
    return tuple(
        Label(
            step.sequence,
            topic,
            step.by,
            step.at,
            step.detail.get("codebook"),
            step.detail.get("purpose") == BLIND,
            bool(step.detail.get(CORRECTED)),
        )
        for step in steps
        if step.kind == "labelled" and (topic := label_in(step.detail)) is not None
    )


def topic_of(steps: Iterable[Step]) -> str | None:
    """Return the topic of a case: the last label, or else the topic its source gave.

    Labels given without seeing others (blind) measure agreement only, and are ignored here.
    """
    topic: str | None = None
    for step in steps:
        if step.kind in SAYS and step.detail.get("purpose") != BLIND:
            topic = label_in(step.detail) or topic
    return topic


def judgements(labels: Sequence[Label]) -> tuple[str, ...]:
    """Return the labels of independent people, one per person, sorted; () if fewer than two.

    Independent are the first label and those given blind; of one person the last of these counts. A
    label that replaced another, and a second ordinary one, were given in sight of it.
    """
    said: dict[str, str] = {}
    ordinary = [label for label in labels if not label.is_blind]
    for label in (*ordinary[:1], *(label for label in labels if label.is_blind)):
        if PERSON.fullmatch(label.by) and not label.is_corrected:
            said[label.by] = label.topic
    return tuple(sorted(said.values())) if len(said) > 1 else ()


def is_drawn(case_id: int, *, seed: str, per_mille: int) -> bool:
    """Return whether an inquiry gets a second label; for the same seed always the same answer."""
    digest = hashlib.blake2b(f"{seed}:{case_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 1000 < per_mille
