"""One inquiry in full, and the facts about it that the quality figures use."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.business_time import effective, elapsed
from shinrai.calendars.rules.days import NothingOpen
from shinrai.desk.queries.case import (
    CaseView,
    Related,
    Reveals,
    build_case_view,
    refuse_before_start,
)
from shinrai.inquiries.queries import inquiry
from shinrai.investigations.rules.replay import replay
from shinrai.ledger.queries import case_heads, investigations_under, standing_of
from shinrai.ledger.rules.holder_history import CasePause
from shinrai.quality.facts.ground import Ground, ground_of
from shinrai.quality.rules.facts import InquiryFacts, inquiry_facts


@dataclass(frozen=True)
class InquiryView:
    """An inquiry as its page shows it: the case, its waits, and its measured facts."""

    case: CaseView
    mode: str
    channel: str
    facts: InquiryFacts
    waits: tuple[CasePause, ...]
    effective_at: datetime | None
    reply_in: timedelta | None
    calendar: str | None


def inquiry_view(
    *, workspace: WorkspaceRecord, source_key: str, at: datetime, reveals: Reveals | None = None
) -> InquiryView:
    """Return an inquiry as of a moment; `reveals` says whether it is unmasked.

    Raises: UnknownInquiry, NotThereYet.
    """
    record = inquiry(workspace_id=workspace.id, source_key=source_key, until=at)
    refuse_before_start(record)
    below = investigations_under([record.head.id]).get(record.head.id, [])
    found = standing_of(below, workspace_id=workspace.id) if below else {}
    about = [replay([step for step in steps if step.at <= at]) for steps in found.values()]
    facts = inquiry_facts(record.steps, record.state, about)
    ground = ground_of(workspace)
    effective_at = _effective(ground, facts.received_at)
    last = record.state.stretches[-1] if record.state.stretches else None
    until = reveals(record.head) if reveals else None
    case = build_case_view(record, workspace_id=workspace.id, at=at, revealed_until=until)
    return InquiryView(
        case=replace(
            case,
            holder=last.holder if last is not None and last.until is None else None,
            related=tuple(
                Related(head.record, head.source_key) for head in case_heads(found).values()
            ),
        ),
        mode=record.state.mode,
        channel=record.state.channel,
        facts=facts,
        waits=record.state.pauses,
        effective_at=effective_at,
        reply_in=_open_time(ground, effective_at, facts.messages.first_reply_at),
        calendar=ground.calendar_name,
    )


def _effective(ground: Ground, received_at: datetime | None) -> datetime | None:
    if received_at is None:
        return None
    try:
        return effective(ground.calendar, received_at)
    except NothingOpen:
        return None


def _open_time(ground: Ground, since: datetime | None, until: datetime | None) -> timedelta | None:
    if since is None or until is None:
        return None
    return elapsed(ground.calendar, since, until)
