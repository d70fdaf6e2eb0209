"""From facts to rows of the published tables: business time by columns, dates in the zone."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.calendars.rules.time_zone import midnight
from shinrai.quality.facts import INQUIRIES, INVESTIGATIONS
from shinrai.quality.operations.basis import Ground
from shinrai.quality.operations.reading import InquiryRow, InvestigationRow
from shinrai.quality.rules.business import NONE, business_columns, years_of
from shinrai.quality.rules.facts import InquiryFacts
from shinrai.quality.rules.investigations import InvestigationFacts
from shinrai.quality.rules.messages import Messages
from shinrai.quality.rules.runs import Runs
from shinrai.units.moments import epoch_us, from_us

NUMBERED = re.compile(r"[a-z_]+:\d+")  # who, by number: a name would not be published
_NOTHING_SAID = Messages(0, 0, 0, 0, Runs(0, 0), Runs(0, 0), 0, 0, None, None, None, False)
_GONE = InquiryFacts(
    *("", "", "", None, 0, _NOTHING_SAID, None, None, None, 0, None, None, None, None, None),
    *(None, 0, None, None, 0, 0, 0, 0, None, None, None, None, False, False),
)
_GONE_INVESTIGATION = InvestigationFacts(
    "", "", 0, None, None, 0, None, 0, None, None, None, None, None
)


def inquiry_batch(rows: Sequence[InquiryRow], ground: Ground, *, revision: int) -> pa.RecordBatch:
    """Make the rows of `inquiries`; business time is computed for all of them at once."""
    facts = [row.facts or _GONE for row in rows]
    said = [fact.messages for fact in facts]
    received = [fact.received_at for fact in facts]
    replied = [message.first_reply_at for message in said]
    moments = [at for at in (*received, *replied) if at is not None]
    business = business_columns(ground.timetable(years_of(moments)), received, replied)
    effective = [None if us == NONE else from_us(us) for us in business.effective_us.tolist()]
    days = _Days(ground.zone)
    columns: dict[str, Any] = {
        **_heads(rows, len(facts), ground.workspace_id, revision),
        "mode": [fact.mode for fact in facts],
        "phase": [fact.phase for fact in facts],
        "steps_count": [fact.steps for fact in facts],
        "channel": [fact.channel for fact in facts],
        "customer_id": [row.head.customer_id for row in rows],
        "follow_up_of": [fact.follow_up_of for fact in facts],
        "calendar": [ground.calendar_digest] * len(facts),
        "received_us": _us(received),
        "received_on": days.of(received),
        "received_day_ends_us": days.ends(received),
        "effective_us": _us(effective),
        "effective_on": days.of(effective),
        "effective_day_ends_us": days.ends(effective),
        "due_next_day_us": [None if us == NONE else us for us in business.due_us.tolist()],
        "first_reply_us": _us(replied),
        "first_reply_s": _waited(effective, replied),
        "first_reply_open_s": [None if s == NONE else s for s in business.open_s.tolist()],
        "first_outbound_s": _since(received, [message.first_outbound_at for message in said]),
        "first_solved_us": _us(fact.first_solved_at for fact in facts),
        "last_solved_us": _us(fact.last_solved_at for fact in facts),
        "solved_count": [fact.solved_steps for fact in facts],
        "returned_us": _us(fact.returned_at for fact in facts),
        "late_return_us": _us(fact.late_return_at for fact in facts),
        "cancelled_us": _us(fact.cancelled_at for fact in facts),
        "cancelled_for": [fact.cancelled_for for fact in facts],
        **_said(said),
        "highest_tier": [fact.highest_tier for fact in facts],
        "consulted_tier": [fact.consulted_tier for fact in facts],
        "held_tiers": [fact.held_tiers for fact in facts],
        "handovers_count": [fact.handovers for fact in facts],
        "group_returns_count": [fact.group_returns for fact in facts],
        "waits_customer_count": [fact.waits_customer for fact in facts],
        "waits_third_party_count": [fact.waits_third_party for fact in facts],
        "waits_problem_count": [fact.waits_problem for fact in facts],
        "waits_unsure_count": [fact.waits_unsure for fact in facts],
        "received_doubt": [fact.received_doubt for fact in facts],
        "reply_doubt": [fact.reply_doubt for fact in facts],
        "solved_doubt": [fact.solved_doubt for fact in facts],
        "any_doubt": [fact.any_doubt for fact in facts],
        "solved_twice": [fact.solved_twice for fact in facts],
        "out_of_order": [fact.out_of_order for fact in facts],
        "overridden_count": [message.overridden for message in said],
        "topic": [fact.topic for fact in facts],
        "double_labels": ["\n".join(fact.double_labels) or None for fact in facts],
        "account": [fact.account for fact in facts],
        "touched_us": _us(fact.touched_at for fact in facts),
        "worked_s": [fact.worked_s for fact in facts],
    }
    return INQUIRIES.batch(columns)


def _said(said: Sequence[Messages]) -> dict[str, Any]:
    return {
        "inbound_count": [item.inbound for item in said],
        "outbound_count": [item.outbound for item in said],
        "inbound_every_count": [item.inbound_every for item in said],
        "outbound_every_count": [item.outbound_every for item in said],
        "runs_count": [item.runs.answered for item in said],
        "unanswered_count": [item.runs.unanswered for item in said],
        "runs_every_count": [item.runs_every.answered for item in said],
        "unanswered_every_count": [item.runs_every.unanswered for item in said],
        "judged_count": [item.judged for item in said],
        "thanks_count": [item.thanks for item in said],
        "substance_rule": [item.rule for item in said],
        "order_doubt": [item.order_doubt for item in said],
    }


def investigation_batch(
    rows: Sequence[InvestigationRow], ground: Ground, *, revision: int
) -> pa.RecordBatch:
    """Make the rows of `investigation_facts`."""
    facts = [row.facts or _GONE_INVESTIGATION for row in rows]
    columns: dict[str, Any] = {
        **_heads(rows, len(facts), ground.workspace_id, revision),
        "mode": [fact.mode for fact in facts],
        "phase": [fact.phase for fact in facts],
        "steps_count": [fact.steps for fact in facts],
        "inquiry_id": [row.head.parent_id for row in rows],
        "filed_us": _us(fact.filed_at for fact in facts),
        "filed_on": _Days(ground.zone).of([fact.filed_at for fact in facts]),
        "answered_us": _us(fact.answered_at for fact in facts),
        "sent_back_count": [fact.sent_back for fact in facts],
        "sent_back_us": _us(fact.sent_back_at for fact in facts),
        "missing_facts": [fact.missing for fact in facts],
        "wrong_us": _us(fact.wrong_at for fact in facts),
        "verdict": [fact.verdict for fact in facts],
        "finding_us": _us(fact.finding_at for fact in facts),
        "finder": [
            fact.finder if fact.finder and NUMBERED.fullmatch(fact.finder) else None
            for fact in facts
        ],
        "any_doubt": [fact.any_doubt for fact in facts],
        "topic": [fact.topic for fact in facts],
        "inquiry_key": [fact.inquiry_key for fact in facts],
    }
    return INVESTIGATIONS.batch(columns)


def _heads(
    rows: Sequence[InquiryRow] | Sequence[InvestigationRow],
    count: int,
    workspace_id: int,
    revision: int,
) -> dict[str, Any]:
    return {
        "workspace_id": [workspace_id] * count,
        "case_id": [row.head.id for row in rows],
        "case_key": [row.head.source_key for row in rows],
        "source": [row.head.source for row in rows],
        "revision": [revision] * count,
        "gone": [row.facts is None for row in rows],
    }


def _us(moments: Iterable[datetime | None]) -> list[int | None]:
    return [None if at is None else epoch_us(at) for at in moments]


def _waited(
    effective: Sequence[datetime | None], replied: Sequence[datetime | None]
) -> list[int | None]:
    """Count the seconds from when it counts to the reply; answered before that, none."""
    return [
        None if since is None or at is None else max(0, (epoch_us(at) - epoch_us(since)) // 10**6)
        for since, at in zip(effective, replied, strict=True)
    ]


def _since(
    started: Sequence[datetime | None], ended: Sequence[datetime | None]
) -> list[int | None]:
    """Count the seconds between two moments, below zero if a clock was wrong."""
    return [
        None if since is None or at is None else (epoch_us(at) - epoch_us(since)) // 10**6
        for since, at in zip(started, ended, strict=True)
    ]


class _Days:
    """Dates in a zone, by our own tzdata; each midnight is worked out once."""

    def __init__(self, zone: str) -> None:
        self.name, self.zone = zone, ZoneInfo(zone)
        self.midnights: dict[date, int] = {}

    def of(self, moments: Iterable[datetime | None]) -> list[date | None]:
        return [None if at is None else at.astimezone(self.zone).date() for at in moments]

    def ends(self, moments: Iterable[datetime | None]) -> list[int | None]:
        return [None if day is None else self._end(day) for day in self.of(moments)]

    def _end(self, day: date) -> int:
        if day not in self.midnights:
            self.midnights[day] = epoch_us(midnight(self.name, day + timedelta(days=1)))
        return self.midnights[day]
