"""Compute an inquiry's state from its steps: messages, solutions, holders (MEASURES §1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shinrai.inquiries.rules.kinds import MAY, Phase
from shinrai.ledger.rules.flags import StepFlag
from shinrai.ledger.rules.holder_history import CasePause, HolderHistory, HolderStretch
from shinrai.ledger.rules.steps import Step

CS_TIER = 1
PROBLEM_TIER = 3


@dataclass(frozen=True, slots=True)
class InquiryMessage:
    """A message from (inbound) or to (outbound) the customer."""

    at: datetime
    inbound: bool
    substantive: bool
    automatic: bool
    by: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """A period from receipt or reopening until the inquiry was solved (None: not yet)."""

    index: int
    started_at: datetime
    solved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The state of an inquiry, computed from its steps."""

    phase: Phase
    mode: str
    channel: str
    received_at: datetime | None
    cancelled_at: datetime | None
    cancelled_for: str | None
    messages: tuple[InquiryMessage, ...]
    resolutions: tuple[Resolution, ...]
    pauses: tuple[CasePause, ...]
    stretches: tuple[HolderStretch, ...]
    exempted: tuple[tuple[str, datetime, str], ...]
    highest_tier: int | None
    consulted_tier: int | None
    groups: tuple[str, ...]
    flags: tuple[StepFlag, ...]


@dataclass(slots=True)
class _InquiryState:
    phase: Phase = "unreceived"
    mode: str = "via_cs"
    channel: str = "other"
    received_at: datetime | None = None
    own_receipt: bool = False
    cancelled: tuple[datetime, str] | None = None
    tier: int = CS_TIER
    highest: int | None = None
    consulted: int | None = None
    life: HolderHistory = field(default_factory=HolderHistory)
    started_at: datetime | None = None
    messages: list[InquiryMessage] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    exempted: list[tuple[str, datetime, str]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    flags: list[StepFlag] = field(default_factory=list)


def replay(steps: Iterable[Step]) -> Inquiry:
    """Return the state after these steps (from ledger.rules.steps.standing), in their order.

    A step that the current phase does not allow is flagged, but still applied as far as possible.
    """
    now = _InquiryState()
    for step in steps:
        allowed = MAY.get(step.kind)
        if allowed is None:
            now.flags.append(StepFlag(step.sequence, "unknown_kind", f"no such step: {step.kind}"))
            continue
        if now.phase not in allowed and not _is_harmless(now, step):
            now.flags.append(
                StepFlag(step.sequence, "out_of_order", f"{step.kind} while {now.phase}")
            )
        _take(now, step)
    return _frozen(now)


def _is_harmless(now: _InquiryState, step: Step) -> bool:
    """Return whether a step is a receipt that came with a merge, which is not out of order."""
    return step.kind == "received" and ("merged_from" in step.detail or not now.own_receipt)


def _take(now: _InquiryState, step: Step) -> None:
    at, detail = step.at, step.detail
    match step.kind:
        case "received":
            _receive(now, step)
        case "inbound" | "outbound":
            inbound = step.kind == "inbound"
            now.messages.append(
                InquiryMessage(
                    at,
                    inbound,
                    bool(detail.get("substantive", True)),
                    bool(detail.get("automatic", False)),
                    step.by,
                    step.sequence,
                )
            )
        case "assigned" | "escalated" | "returned":
            group = detail.get("group")
            if group is not None and (not now.groups or now.groups[-1] != group):
                now.groups.append(str(group))
            if step.tier is not None:
                now.tier = step.tier
                now.highest = max(now.highest or step.tier, step.tier)
                if now.phase == "open":
                    now.life.hold(f"tier:{step.tier}", at)
        case "consulted":
            asked = step.tier or PROBLEM_TIER
            now.consulted = max(now.consulted or asked, asked)
        case "waiting":
            if now.phase in ("open", "waiting"):
                on = str(detail.get("on", "customer"))
                now.life.begin_rest(on, at)
                now.life.hold(f"tier:{PROBLEM_TIER}" if on == "problem" else on, at)
                now.phase = "waiting"
        case "resumed":
            if now.phase == "waiting":
                now.life.end_rest(at)
                now.life.hold(f"tier:{now.tier}", at)
                now.phase = "open"
        case "solved":
            _solve(now, step)
        case "closed":
            if now.phase in ("open", "waiting"):
                _solve(now, step)
            if now.phase != "cancelled":
                now.phase = "closed"
        case "reopened" | "restored":
            if now.phase in ("solved", "closed", "cancelled"):
                now.phase, now.started_at, now.cancelled = "open", at, None
                now.life.hold(f"tier:{now.tier}", at)
        case "cancelled":
            now.life.end_rest(at)
            now.life.hold(None, at)
            now.cancelled = (at, str(detail.get("reason", "mistake")))
            now.phase = "cancelled"
        case "exempted":
            now.exempted.append(
                (str(detail.get("clock", "first_reply")), at, str(detail.get("reason", "")))
            )


def _receive(now: _InquiryState, step: Step) -> None:
    if "merged_from" not in step.detail and not now.own_receipt:
        now.own_receipt = True
        now.mode = str(step.detail.get("mode", "via_cs"))
        now.channel = str(step.detail.get("channel", "other"))
    if now.phase != "unreceived":
        if now.received_at is not None and step.at < now.received_at:
            now.received_at = step.at
        return
    now.received_at = now.started_at = step.at
    now.tier = step.tier or CS_TIER
    now.highest = now.tier
    now.phase = "open"
    now.life.hold(f"tier:{now.tier}", step.at)


def _solve(now: _InquiryState, step: Step) -> None:
    if now.phase == "solved":
        now.flags.append(StepFlag(step.sequence, "solved_twice", "solved after solved"))
        return
    if now.phase not in ("open", "waiting"):
        return
    now.life.end_rest(step.at)
    if now.started_at is not None:
        now.resolutions.append(Resolution(len(now.resolutions) + 1, now.started_at, step.at))
        now.started_at = None
    now.life.hold(None, step.at)
    now.phase = "solved"


def _frozen(now: _InquiryState) -> Inquiry:
    resolutions = list(now.resolutions)
    if now.started_at is not None:
        resolutions.append(Resolution(len(resolutions) + 1, now.started_at, None))
    return Inquiry(
        phase=now.phase,
        mode=now.mode,
        channel=now.channel,
        received_at=now.received_at,
        cancelled_at=now.cancelled[0] if now.cancelled else None,
        cancelled_for=now.cancelled[1] if now.cancelled else None,
        messages=tuple(now.messages),
        resolutions=tuple(resolutions),
        pauses=now.life.all_pauses(),
        stretches=now.life.all_stretches(),
        exempted=tuple(now.exempted),
        highest_tier=now.highest,
        consulted_tier=now.consulted,
        groups=tuple(now.groups),
        flags=tuple(now.flags),
    )
