"""What people said an inquiry is about, read from its standing steps."""

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
    """One person's saying what an inquiry is about; `codebook` None: it came from a source."""

    sequence: int
    topic: str
    by: str
    at: datetime
    codebook: int | None
    is_blind: bool
    is_corrected: bool


def label_in(detail: Mapping[str, Any]) -> str | None:
    """Read what a step says a matter is about."""
    found = detail.get("topic") or detail.get("label")
    return str(found)[:LONGEST] if found and not isinstance(found, list | dict) else None


def labels_of(steps: Iterable[Step]) -> tuple[Label, ...]:
    """List the labels that stand, in order."""
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
    """Say what a matter is about: as last labelled, else as the source said when it came.

    A blind label says how far people agree, and decides nothing about the matter.
    """
    topic: str | None = None
    for step in steps:
        if step.kind in SAYS and step.detail.get("purpose") != BLIND:
            topic = label_in(step.detail) or topic
    return topic


def judgements(labels: Sequence[Label]) -> tuple[str, ...]:
    """Give what independent labellers said, one judgement per person, sorted; () below two.

    Independent are the first label and those made blindly; of one person the last of these. A label
    that was put in the place of another was made in sight of it, and so was a second ordinary one.
    """
    said: dict[str, str] = {}
    ordinary = [label for label in labels if not label.is_blind]
    for label in (*ordinary[:1], *(label for label in labels if label.is_blind)):
        if PERSON.fullmatch(label.by) and not label.is_corrected:
            said[label.by] = label.topic
    return tuple(sorted(said.values())) if len(said) > 1 else ()


def is_drawn(case_id: int, *, seed: str, per_mille: int) -> bool:
    """Tell whether an inquiry is among those labelled twice: the same answer whoever asks, ever."""
    digest = hashlib.blake2b(f"{seed}:{case_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 1000 < per_mille
