"""The state of an issue after each event: open or the way it was closed, labels, assignee.

This module reads no files; the mapping decides what a way of closing or a label means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord

OPEN: Final = "open"
WATCHED: Final = frozenset(
    {"closed", "reopened", "marked_as_duplicate", "unmarked_as_duplicate", "locked", "labeled",
     "unlabeled", "assigned", "unassigned"}
)  # fmt: skip


@dataclass(frozen=True)
class GithubState:
    """The state of an issue; `state` is open, or closed with the reason."""

    state: str = OPEN
    labels: tuple[str, ...] = ()
    assignee: str | None = None
    duplicate: bool = False


def events_of(case: CaseRecords) -> list[StoredRecord]:
    """Return an issue's events in the order they happened."""
    return sorted(
        case.of("event"),
        key=lambda held: (str(held.value.get("created_at")), str(held.value["id"]).zfill(20)),
    )


def states_of(
    issue: Mapping[str, Any], events: Sequence[StoredRecord]
) -> Iterator[tuple[StoredRecord, GithubState]]:
    """Yield each event that changed the issue, with the state after it."""
    last_closing = [held for held in events if held.value["event"] == "closed"][-1:]
    standing = GithubState()
    for held in events:
        event = held.value
        if event["event"] not in WATCHED:
            continue
        reason = event.get("state_reason")
        if held in last_closing and issue.get("state") == "closed":
            reason = reason or issue.get("state_reason")
        stood, standing = standing, _after(standing, event, reason)
        if standing != stood:
            yield held, standing


def closed_for(reason: Any, *, duplicate: bool = False) -> str:
    """Return the name of a way of closing, such as closed, closed_completed, closed_duplicate."""
    if duplicate:
        return "closed_duplicate"
    return f"closed_{reason}" if reason else "closed"


def _after(standing: GithubState, event: Mapping[str, Any], reason: Any) -> GithubState:
    match event["event"]:
        case "closed":
            return replace(standing, state=closed_for(reason, duplicate=standing.duplicate))
        case "reopened":
            return replace(standing, state=OPEN)
        case "marked_as_duplicate":
            is_closed = standing.state != OPEN
            state = closed_for(None, duplicate=True) if is_closed else OPEN
            return replace(standing, duplicate=True, state=state)
        case "unmarked_as_duplicate":
            return replace(standing, duplicate=False)
        case "locked" if event.get("lock_reason") == "spam":
            return replace(standing, state="locked_spam")
        case "labeled" | "unlabeled":
            name = str((event.get("label") or {}).get("name") or "")
            others = tuple(label for label in standing.labels if label != name)
            added = (name,) if event["event"] == "labeled" else ()
            return replace(standing, labels=(*others, *added))
        case "assigned" | "unassigned":
            login = (event.get("assignee") or {}).get("login")
            if event["event"] == "assigned":
                return replace(standing, assignee=login)
            return replace(standing, assignee=None) if standing.assignee == login else standing
    return standing
