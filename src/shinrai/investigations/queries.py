"""Questions about investigations: what the steps of one add up to, at a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shinrai.investigations.rules.replay import Investigation, replay
from shinrai.ledger import queries as ledger
from shinrai.ledger.rules.steps import Step, standing

RECORD = "investigation"


class UnknownInvestigation(LookupError):
    """No such investigation in this workspace."""


@dataclass(frozen=True, slots=True)
class InvestigationRecord:
    """One investigation: its name, its standing steps, and what they add up to."""

    head: ledger.CaseHead
    steps: tuple[Step, ...]
    state: Investigation


def investigation(
    *,
    workspace_id: int,
    source_key: str,
    until: datetime | None = None,
    known: datetime | None = None,
) -> InvestigationRecord:
    """Find an investigation by its source's key, as at a moment, as known at another.

    Raises: UnknownInvestigation.
    """
    head = ledger.case_head(workspace_id=workspace_id, record=RECORD, source_key=source_key)
    found = (
        ledger.steps_of([head.id], workspace_id=workspace_id, known=known).get(head.id)
        if head
        else None
    )
    if head is None or not found:
        raise UnknownInvestigation(
            f"there is no investigation {source_key!r} here; `shinrai import list` shows what "
            "was imported"
        )
    steps = tuple(standing(found, until=until, known=known))
    return InvestigationRecord(head, steps, replay(steps))


def investigations_of(
    ids: Iterable[int],
    *,
    workspace_id: int,
    also_batch: int | None = None,
) -> dict[int, Investigation]:
    """Replay some investigations; one without standing steps is not in the answer."""
    found = ledger.steps_of(ids, workspace_id=workspace_id, also_batch=also_batch)
    return {case_id: replay(standing(steps)) for case_id, steps in found.items()}


def all_investigations(
    *,
    workspace_id: int,
    until: datetime | None = None,
    known: datetime | None = None,
) -> Iterator[tuple[int, Investigation]]:
    """Replay every investigation of a workspace, one at a time."""
    for case_id, steps in ledger.all_steps(workspace_id=workspace_id, record=RECORD, known=known):
        kept = standing(steps, until=until, known=known)
        if kept:
            yield case_id, replay(kept)
