"""Events for programs: their types, what each carries, and which of them a webhook gets.

An event of a case holds ids and states, never what a customer wrote. Steps of imports are no
events: what they tell happened before.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shinrai.desk.rules.notices import ToldEvent
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# By the kinds of steps and notices; notes, labels and minutes are work, and no event.
OF_CASES: Final = (
    *("filed", "received", "acknowledged", "assigned", "consulted", "escalated", "returned"),
    *("sent_back", "resubmitted", "waiting", "resumed", "inbound", "outbound", "answered"),
    *("contradicted", "reopened", "withdrawn", "solved", "closed", "cancelled", "restored"),
    *("split", "corrected"),
)
OF_CLOCKS: Final = ("at_risk", "overdue", "still_overdue")
OF_OBJECTIVES: Final = ("alarm", "level", "calm")
TYPES: Final[dict[str, str]] = {
    kind: f"{about}.{kind}"
    for about, kinds in (("case", OF_CASES), ("clock", OF_CLOCKS), ("objective", OF_OBJECTIVES))
    for kind in kinds
} | {"test": "test.test"}
USUAL: Final = tuple(event for kind, event in TYPES.items() if kind != "test")
# A notice to a guardian, with its text, for the product that shows it. Who asks for it gets it.
OF_GUARDIAN: Final = "guardian_notice"
TYPES[OF_GUARDIAN] = "notice.created"
EVENTS: Final = (*USUAL, TYPES[OF_GUARDIAN])
# For so long after a change the old secret signs too, until the receiver knows the new one.
BOTH_SIGN: Final = timedelta(days=1)


class UnusableEvents(UserError, ValueError):
    """There is no such event."""


def checked_events(chosen: Iterable[str]) -> list[str]:
    """Return the chosen events in the order of the table; all usual ones are the same as none.

    Raises: UnusableEvents.
    """
    asked = set(chosen)
    if wrong := sorted(asked - set(EVENTS)):
        known = ", ".join(EVENTS)
        raise UnusableEvents(
            Text("{event!r} is no event; those are {known}", event=wrong[0][:40], known=known)
        )
    return [] if asked == set(USUAL) else [event for event in EVENTS if event in asked]


def gets_event(wants: str, events: Sequence[str], kind: str) -> bool:
    """Tell whether a program is told of a kind: as it chose, else as its wish says."""
    if (events and kind != "test") or kind == OF_GUARDIAN:
        return TYPES.get(kind) in events
    return kind in TYPES and (wants == "all" or kind not in OF_CASES)


def signing_secret(secrets: str, changed_at: datetime | None, at: datetime) -> str:
    """Return what signs at a moment: the new secret, and for a day after its change the old one."""
    new, _, old = secrets.partition(" ")
    both = changed_at is not None and at - changed_at < BOTH_SIGN
    return f"{new} {old}".strip() if both else new


def event_document(
    event: ToldEvent, *, workspace: str, address: str, at: datetime
) -> dict[str, Any]:
    """Return what a program is told of an event; `address` is that of the workspace's pages."""
    about, _, number = event.subject.partition("-")
    data: dict[str, Any] = {"workspace": workspace}
    if about == "case":
        data |= {"record": event.record, "case": int(number), "key": event.key}
        data |= {"phase": event.phase, "holder": event.holder or None}
        data["due_at"] = event.due_at.isoformat() if event.due_at else None
    data |= {"objective": event.objective} if event.objective else {}
    data |= {"level": event.value} if event.kind == "level" else {}
    data |= {"url": f"{address}{event.path}"} if event.path else {}
    return {"type": TYPES[event.kind], "timestamp": at.isoformat(), "data": data}
