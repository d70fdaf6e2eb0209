"""From the ledger to facts: cases are read and replayed a few thousand at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple, TypeVar

from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import (
    CaseHead,
    all_standing,
    case_heads,
    investigations_under,
    standing_of,
    steps_of,
)
from shinrai.ledger.rules.minutes import worked_seconds
from shinrai.ledger.rules.steps import Step, standing
from shinrai.quality.rules.facts import InquiryFacts, inquiry_facts
from shinrai.quality.rules.investigations import InvestigationFacts, investigation_facts

CHUNK = 10_000
Found = tuple[int, list[Step]]
T = TypeVar("T")


class InquiryRow(NamedTuple):
    """An inquiry with its facts; None: no step of it stands any more."""

    head: CaseHead
    facts: InquiryFacts | None


class InvestigationRow(NamedTuple):
    """An investigation with its facts; None: no step of it stands any more."""

    head: CaseHead
    facts: InvestigationFacts | None


def all_inquiry_rows(
    *, workspace_id: int, until: datetime | None = None, known: datetime | None = None
) -> Iterator[list[InquiryRow]]:
    """Walk all inquiries of a workspace with their facts, as at a moment, a chunk at a time."""
    walk = all_standing(workspace_id=workspace_id, record="inquiry", until=until, known=known)
    for some in chunks(walk):
        yield _inquiry_rows(dict(some), workspace_id=workspace_id, until=until, known=known)


def inquiry_rows(
    ids: Sequence[int], *, workspace_id: int, until: datetime | None = None
) -> list[InquiryRow]:
    """Read some inquiries with their facts; those without standing steps are among them."""
    found = standing_of(ids, workspace_id=workspace_id, until=until)
    return _inquiry_rows(
        {case_id: found.get(case_id, []) for case_id in ids},
        workspace_id=workspace_id,
        until=until,
    )


def _inquiry_rows(
    steps: dict[int, list[Step]],
    *,
    workspace_id: int,
    until: datetime | None = None,
    known: datetime | None = None,
) -> list[InquiryRow]:
    heads = case_heads(steps)
    below = investigations_under(steps)
    wanted = [number for listed in below.values() for number in listed]
    found = steps_of(wanted, workspace_id=workspace_id, known=known) if wanted else {}
    stood = {number: standing(those, until=until, known=known) for number, those in found.items()}
    about = {number: replay_investigation(those) for number, those in stood.items()}
    worked_s = {number: worked_seconds(those) for number, those in stood.items()}
    rows = []
    for case_id, stands in steps.items():
        mine = [number for number in below.get(case_id, ()) if number in about]
        rows.append(
            InquiryRow(
                heads[case_id],
                inquiry_facts(
                    stands,
                    replay_inquiry(stands),
                    [about[number] for number in mine],
                    worked_below_s=sum(worked_s[number] for number in mine),
                )
                if stands
                else None,
            )
        )
    return rows


def all_investigation_rows(
    *, workspace_id: int, until: datetime | None = None, known: datetime | None = None
) -> Iterator[list[InvestigationRow]]:
    """Walk all investigations of a workspace with their facts, a chunk at a time."""
    walk = all_standing(workspace_id=workspace_id, record="investigation", until=until, known=known)
    for some in chunks(walk):
        yield _investigation_rows(dict(some))


def investigation_rows(
    ids: Sequence[int], *, workspace_id: int, until: datetime | None = None
) -> list[InvestigationRow]:
    """Read some investigations with their facts; those without standing steps are among them."""
    found = standing_of(ids, workspace_id=workspace_id, until=until)
    return _investigation_rows({case_id: found.get(case_id, []) for case_id in ids})


def _investigation_rows(steps: dict[int, list[Step]]) -> list[InvestigationRow]:
    heads = case_heads(steps)
    rows = []
    for case_id, stands in steps.items():
        facts = investigation_facts(stands, replay_investigation(stands)) if stands else None
        rows.append(InvestigationRow(heads[case_id], facts))
    return rows


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut a walk into lists of at most `size`."""
    walk = iter(items)
    while some := list(islice(walk, size)):
        yield some
