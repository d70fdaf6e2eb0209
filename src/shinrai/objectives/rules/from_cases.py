"""Make the spans that clocks measure from the events of a case (MEASURES §3)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from shinrai.inquiries.rules.replay import Inquiry
from shinrai.investigations.rules.replay import Investigation, Round
from shinrai.ledger.rules.holder_history import CasePause
from shinrai.objectives.rules.definition import ClockDefinition
from shinrai.objectives.rules.spans import ClockSpan

Rests = tuple[tuple[datetime, datetime | None], ...]

INVESTIGATION_CLOCKS = ("investigation", "acknowledgement", "held")
INQUIRY_CLOCKS = ("first_reply", "next_reply", "resolution_first", "resolution_full")


def case_spans(
    case_id: int, case: Investigation | Inquiry, definition: ClockDefinition
) -> list[ClockSpan]:
    """Return the spans of a clock in a case; none if it belongs to the other kind of case."""
    clock, pauses, tier = definition.clock, definition.pauses, definition.tier
    if isinstance(case, Investigation):
        if clock not in INVESTIGATION_CLOCKS:
            return []
        return investigation_spans(case_id, case, clock=clock, pauses=pauses, tier=tier)
    if clock not in INQUIRY_CLOCKS:
        return []
    return inquiry_spans(case_id, case, clock=clock, pauses=pauses, tier=tier)


def reasons_of(case: Investigation | Inquiry, span: ClockSpan) -> tuple[str, ...]:
    """Return what each of a span's pauses waited for; "" for the time between two solutions."""
    found = (
        [pause for item in case.rounds for pause in item.pauses]
        if isinstance(case, Investigation)
        else list(case.pauses)
    )
    named = {(pause.since, pause.until): pause.reason for pause in found}
    return tuple(named.get(pause, "") for pause in span.pauses)


def investigation_spans(
    case_id: int,
    case: Investigation,
    *,
    clock: str,
    pauses: Collection[str],
    tier: int | None = None,
) -> list[ClockSpan]:
    """Return the spans of a clock in an investigation: one per round; for `held`, per time held."""
    if clock == "held":
        stretches = [item for item in case.stretches if item.holder == f"tier:{tier}"]
        return [
            ClockSpan(case_id, index, case.mode, item.since, item.until, (), None, False, None)
            for index, item in enumerate(stretches, start=1)
        ]
    return [_round_span(case_id, case.mode, item, clock, pauses) for item in case.rounds]


def _round_span(
    case_id: int, mode: str, item: Round, clock: str, pauses: Collection[str]
) -> ClockSpan:
    stop = item.acknowledged_at if clock == "acknowledgement" else item.stopped_at
    return ClockSpan(
        case_id=case_id,
        index=item.index,
        mode=mode,
        started_at=item.started_at,
        stopped_at=stop,
        pauses=_rests(item.pauses, pauses),
        cancelled_at=item.withdrawn_at if stop is None else None,
        spam=False,
        exempted_at=_exempted(item.exempted, clock),
    )


def inquiry_spans(
    case_id: int,
    case: Inquiry,
    *,
    clock: str,
    pauses: Collection[str],
    tier: int | None = None,
) -> list[ClockSpan]:
    """Return the spans of one clock in an inquiry.

    A proactive case has no first reply. If it is solved without an answer, *no reply needed*, the
    reply's clock is cancelled at the solution. In `resolution_full` the time between a solution and
    its reopening always counts as a pause.
    """
    if case.received_at is None:
        return []
    rests = _rests(case.pauses, pauses)
    exempted = _exempted(case.exempted, clock)
    spam = case.cancelled_for == "spam"
    solved = [item.solved_at for item in case.resolutions if item.solved_at is not None]

    def span(
        index: int, start: datetime, stop: datetime | None, rests: Rests, ended: datetime | None
    ) -> ClockSpan:
        cancelled = (ended or case.cancelled_at) if stop is None else None
        return ClockSpan(case_id, index, case.mode, start, stop, rests, cancelled, spam, exempted)

    if clock == "held":
        held = [item for item in case.stretches if item.holder == f"tier:{tier}"]
        return [span(n, item.since, item.until, (), None) for n, item in enumerate(held, start=1)]
    if clock == "first_reply":
        if case.mode == "proactive":
            return []
        reply = _first_after(case, case.received_at)
        ended = solved[0] if solved and reply is None else None
        return [span(1, case.received_at, reply, rests, ended)]
    if clock == "next_reply":
        ended = solved[-1] if solved else None
        return [
            span(n, start, stop, rests, ended)
            for n, (start, stop) in enumerate(_later_waits(case), start=1)
        ]
    if clock == "resolution_first":
        return [
            span(item.index, item.started_at, item.solved_at, rests, None)
            for item in case.resolutions
        ]
    gaps = [
        (before.solved_at, after.started_at)
        for before, after in zip(case.resolutions, case.resolutions[1:], strict=False)
        if before.solved_at is not None
    ]
    last = case.resolutions[-1].solved_at if case.resolutions else None
    return [span(1, case.received_at, last, tuple(sorted((*rests, *gaps), key=_start)), None)]


def _start(rest: tuple[datetime, datetime | None]) -> datetime:
    return rest[0]


def _rests(found: Iterable[CasePause], counted: Collection[str]) -> Rests:
    return tuple((item.since, item.until) for item in found if item.reason in counted)


def _exempted(marks: Iterable[tuple[str, datetime, str]], clock: str) -> datetime | None:
    return min((at for name, at, _ in marks if name == clock), default=None)


def _first_after(case: Inquiry, at: datetime) -> datetime | None:
    """Return when a person first sent the customer a message of substance, from a moment on."""
    return min(
        (
            item.at
            for item in case.messages
            if not item.inbound and item.substantive and not item.automatic and item.at >= at
        ),
        default=None,
    )


def _later_waits(case: Inquiry) -> list[tuple[datetime, datetime | None]]:
    """List when the customer wrote again after our first reply, and when we answered (or None)."""
    waits: list[tuple[datetime, datetime | None]] = []
    asked: datetime | None = None
    answered_once = False
    for item in case.messages:
        if item.automatic or not item.substantive:
            continue
        if item.inbound:
            if answered_once and asked is None:
                asked = item.at
        else:
            if asked is not None:
                waits.append((asked, item.at))
                asked = None
            answered_once = True
    if asked is not None:
        waits.append((asked, None))
    return waits
