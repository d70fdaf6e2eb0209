"""Read inquiries: the state that the steps of one lead to, at a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shinrai.inquiries.rules.replay import Inquiry, replay
from shinrai.ledger import queries as ledger
from shinrai.ledger.rules.steps import Step
from shinrai.units.errors import UserError
from shinrai.units.text import Text

RECORD = "inquiry"


class UnknownInquiry(UserError, LookupError):
    """There is no such inquiry in this workspace."""


@dataclass(frozen=True, slots=True)
class InquiryRecord:
    """One inquiry: its case, its steps with corrections applied, and the state they lead to."""

    head: ledger.CaseHead
    steps: tuple[Step, ...]
    state: Inquiry


def inquiry(
    *,
    workspace_id: int,
    source_key: str,
    until: datetime | None = None,
    known: datetime | None = None,
) -> InquiryRecord:
    """Return an inquiry by its source's key, at the moment `until`, as known at `known`.

    Raises: UnknownInquiry.
    """
    found = ledger.standing_case(
        workspace_id=workspace_id, record=RECORD, source_key=source_key, until=until, known=known
    )
    if found is None:
        raise UnknownInquiry(
            Text(
                "there is no inquiry {source_key!r} here; `shinrai import list` shows what "
                "was imported",
                source_key=source_key,
            ),
        )
    head, steps = found
    return InquiryRecord(head, steps, replay(steps))


def inquiries_of(
    ids: Iterable[int],
    *,
    workspace_id: int,
    also_batch: int | None = None,
    until: datetime | None = None,
) -> dict[int, Inquiry]:
    """Return the state of some inquiries by case number; those without steps are left out."""
    found = ledger.standing_of(ids, workspace_id=workspace_id, also_batch=also_batch, until=until)
    return {case_id: replay(steps) for case_id, steps in found.items()}


def all_inquiries(
    *, workspace_id: int, until: datetime | None = None, known: datetime | None = None
) -> Iterator[tuple[int, Inquiry]]:
    """Yield every inquiry of a workspace: its case number and its state."""
    walk = ledger.all_standing(workspace_id=workspace_id, record=RECORD, until=until, known=known)
    yield from ((case_id, replay(steps)) for case_id, steps in walk)
