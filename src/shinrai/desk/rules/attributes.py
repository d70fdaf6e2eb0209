"""What a list says of a case beside its due moment: who works on it, and what it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.ledger.rules.steps import Step
from shinrai.topics.rules.labels import topic_of

STAFF = re.compile(r"staff:\d+")
OPENINGS = ("filed", "received")
MOVES = ("assigned", "escalated", "returned")


@dataclass(frozen=True)
class CaseAttributes:
    """The person at work on a case (by number), its priority, service or group, and topic.

    Each is "" where no step says it.
    """

    person: str = ""
    priority: str = ""
    service: str = ""
    topic: str = ""


def attributes_of(steps: Sequence[Step]) -> CaseAttributes:
    """Return the attributes that the valid steps of a case give it.

    The person is whom it was last handed to; where nobody was named, who last wrote to the
    customer. A source without services has the group that holds the case.
    """
    named = written = group = ""
    opened = next((step.detail for step in steps if step.kind in OPENINGS), {})
    for step in steps:
        said = step.detail
        if step.kind in OPENINGS:
            named = _staff(said.get("assignee")) or named
        elif step.kind == "assigned":
            named = _staff(said.get("to")) or _staff(step.by) or named
        elif step.kind in MOVES and (_staff(said.get("to")) or step.batch_id is None):
            # Handed to another line by a person here: nobody has it who is not named.
            named, written = _staff(said.get("to")), ""
        elif step.kind == "outbound":
            written = _staff(step.by) or written
        if step.kind in OPENINGS or step.kind in MOVES:
            group = _text(said.get("group")) or group
    return CaseAttributes(
        person=named or written,
        priority=_text(opened.get("priority")),
        service=_text(opened.get("service")) or group,
        topic=topic_of(steps) or "",
    )


def _staff(named: object) -> str:
    return named if isinstance(named, str) and STAFF.fullmatch(named) else ""


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
