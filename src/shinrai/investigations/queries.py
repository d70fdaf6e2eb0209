"""Questions about investigations: what the steps of one add up to, at a moment."""

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
    """Replay some investigations, as at a moment; one without standing steps is left out."""
    found = ledger.standing_of(ids, workspace_id=workspace_id, also_batch=also_batch, until=until)
    return {case_id: replay(steps) for case_id, steps in found.items()}


def all_investigations(
    *, workspace_id: int, until: datetime | None = None, known: datetime | None = None
) -> Iterator[tuple[int, Investigation]]:
    """Replay every investigation of a workspace, one at a time."""
    walk = ledger.all_standing(workspace_id=workspace_id, record=RECORD, until=until, known=known)
    yield from ((case_id, replay(steps)) for case_id, steps in walk)
