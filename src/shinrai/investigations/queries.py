"""Read investigations: the state that the steps of one lead to, at a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shinrai.investigations.rules.replay import Investigation, replay
from shinrai.ledger import queries as ledger
from shinrai.ledger.rules.steps import Step
from shinrai.units.errors import UserError
from shinrai.units.text import Text

RECORD = "investigation"


class UnknownInvestigation(UserError, LookupError):
    """There is no such investigation in this workspace."""


@dataclass(frozen=True, slots=True)
class InvestigationRecord:
    """One investigation: its case, its steps with corrections applied, and the resulting state."""

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
    """Return an investigation by its source's key, at the moment `until`, as known at `known`.

    Raises: UnknownInvestigation.
    """
    found = ledger.standing_case(
        workspace_id=workspace_id, record=RECORD, source_key=source_key, until=until, known=known
    )
    if found is None:
        raise UnknownInvestigation(
            Text(
                "there is no investigation {source_key!r} here; `shinrai import list` "
                "shows what was imported",
                source_key=source_key,
            ),
        )
    head, steps = found
    return InvestigationRecord(head, steps, replay(steps))


def investigations_of(
    ids: Iterable[int],
    *,
    workspace_id: int,
    also_batch: int | None = None,
    until: datetime | None = None,
) -> dict[int, Investigation]:
    """Return the state of some investigations by case number; those without steps are left out."""
    found = ledger.standing_of(ids, workspace_id=workspace_id, also_batch=also_batch, until=until)
    return {case_id: replay(steps) for case_id, steps in found.items()}


def all_investigations(
    *, workspace_id: int, until: datetime | None = None, known: datetime | None = None
) -> Iterator[tuple[int, Investigation]]:
    """Yield every investigation of a workspace: its case number and its state."""
    walk = ledger.all_standing(workspace_id=workspace_id, record=RECORD, until=until, known=known)
    yield from ((case_id, replay(steps)) for case_id, steps in walk)
