"""Compute an investigation's state from its steps: rounds, holders (MEASURES §1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shinrai.investigations.rules.kinds import MAY, Phase
from shinrai.ledger.rules.flags import StepFlag
from shinrai.ledger.rules.holder_history import CasePause, HolderHistory, HolderStretch
from shinrai.ledger.rules.steps import Step

CRE_TIER = 2
PROBLEM_TIER = 3


@dataclass(frozen=True, slots=True)
class Round:
    """A period from filing or reopening until the answer or withdrawal."""

    index: int
    started_at: datetime
    acknowledged_at: datetime | None
    stopped_at: datetime | None
    withdrawn_at: datetime | None
    pauses: tuple[CasePause, ...]
    exempted: tuple[tuple[str, datetime, str], ...]


@dataclass(frozen=True, slots=True)
class Investigation:
    """The state of an investigation, computed from its steps."""

    phase: Phase
    mode: str
    filed_at: datetime | None
    filed_by: str | None
    holder: str | None
    assignee: str | None
    verdict: str | None
    answered_at: datetime | None
    contradicted: bool
    rounds: tuple[Round, ...]
    stretches: tuple[HolderStretch, ...]
    highest_tier: int | None
    consulted_tier: int | None
    flags: tuple[StepFlag, ...]


@dataclass(slots=True)
class _InvestigationState:
    """The state while steps are being read; turned into an `Investigation` at the end."""

    phase: Phase = "unfiled"
    mode: str = "via_cs"
    filed_at: datetime | None = None
    filed_by: str | None = None
    assignee: str | None = None
    verdict: str | None = None
    answered_at: datetime | None = None
    contradicted: bool = False
    tier: int = CRE_TIER
    highest: int | None = None
    consulted: int | None = None
    life: HolderHistory = field(default_factory=HolderHistory)
    started_at: datetime | None = None
    acknowledged_at: datetime | None = None
    exempted: list[tuple[str, datetime, str]] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    flags: list[StepFlag] = field(default_factory=list)

    def begin(self, at: datetime) -> None:
        self.started_at, self.acknowledged_at = at, None
        self.exempted = []
        self.life.pauses, self.life.rest = [], None

    def finish(self, *, stopped_at: datetime | None, withdrawn_at: datetime | None) -> None:
        if self.started_at is None:
            return
        self.rounds.append(
            Round(
                len(self.rounds) + 1,
                self.started_at,
                self.acknowledged_at,
                stopped_at,
                withdrawn_at,
                self.life.all_pauses(),
                tuple(self.exempted),
            )
        )
        self.started_at = None


def replay(steps: Iterable[Step]) -> Investigation:
    """Return the state after these steps (from ledger.rules.steps.standing), in their order.

    A step that the current phase does not allow is flagged, but still applied as far as possible.
    """
    now = _InvestigationState()
    for step in steps:
        allowed = MAY.get(step.kind)
        if allowed is None:
            now.flags.append(StepFlag(step.sequence, "unknown_kind", f"no such step: {step.kind}"))
            continue
        if now.phase not in allowed:
            now.flags.append(
                StepFlag(step.sequence, "out_of_order", f"{step.kind} while {now.phase}")
            )
            if now.phase == "unfiled":
                continue
        _take(now, step)
    return _frozen(now)


def _take(now: _InvestigationState, step: Step) -> None:
    at = step.at
    match step.kind:
        case "filed":
            if now.phase != "unfiled":
                return
            now.filed_at, now.filed_by = at, step.by
            now.mode = str(step.detail.get("mode", "via_cs"))
            now.tier = step.tier or CRE_TIER
            now.highest = now.tier
            now.phase = "open"
            now.begin(at)
            now.life.hold(f"tier:{now.tier}", at)
        case "acknowledged":
            _acknowledge(now, at)
        case "assigned":
            now.assignee = str(step.detail.get("to", step.by))
            _acknowledge(now, at)
            _move(now, step)
        case "escalated" | "returned":
            _acknowledge(now, at)
            _move(now, step)
        case "consulted":
            _acknowledge(now, at)
            now.consulted = max(now.consulted or 0, step.tier or PROBLEM_TIER)
        case "sent_back":
            if now.phase in ("open", "waiting"):
                _acknowledge(now, at)
                now.life.begin_rest("sent_back", at)
                now.life.hold("filer", at)
                now.phase = "sent_back"
        case "resubmitted" | "resumed":
            if now.phase in ("sent_back", "waiting"):
                now.life.end_rest(at)
                now.life.hold(f"tier:{now.tier}", at)
                now.phase = "open"
        case "waiting":
            if now.phase in ("open", "sent_back"):
                on = str(step.detail.get("on", "third_party"))
                now.life.begin_rest(on, at)
                now.life.hold("tier:3" if on == "problem" else on, at)
                now.phase = "waiting"
        case "finding":
            now.verdict = str(step.detail.get("verdict", "unknown"))
            if now.phase in ("open", "waiting"):
                _acknowledge(now, at)
        case "action_taken":
            if now.phase in ("open", "waiting"):
                _acknowledge(now, at)
        case "answered":
            _end(now, at, "answered")
        case "withdrawn":
            _end(now, at, "withdrawn")
        case "reopened":
            if now.phase in ("answered", "withdrawn"):
                now.phase, now.answered_at = "open", None
                now.begin(at)
                now.life.hold(f"tier:{now.tier}", at)
        case "contradicted":
            now.contradicted = True
        case "exempted":
            clock = str(step.detail.get("clock", "investigation"))
            now.exempted.append((clock, at, str(step.detail.get("reason", ""))))
            if now.started_at is None and now.rounds:
                _exempt_last(now)


def _acknowledge(now: _InvestigationState, at: datetime) -> None:
    if now.acknowledged_at is None:
        now.acknowledged_at = at


def _move(now: _InvestigationState, step: Step) -> None:
    if step.tier is None:
        return
    now.tier = step.tier
    now.highest = max(now.highest or step.tier, step.tier)
    if now.phase == "open":
        now.life.hold(f"tier:{step.tier}", step.at)


def _end(now: _InvestigationState, at: datetime, phase: Phase) -> None:
    if now.phase in ("answered", "withdrawn", "unfiled"):
        return
    if phase == "answered":
        now.life.end_rest(at)
        _acknowledge(now, at)
        now.answered_at = at
        now.finish(stopped_at=at, withdrawn_at=None)
    else:
        # A rest that was on stays open: withdrawn while sent back, it was never due again.
        now.finish(stopped_at=None, withdrawn_at=at)
        now.life.rest = None
    now.life.hold(None, at)
    now.phase = phase


def _exempt_last(now: _InvestigationState) -> None:
    """Add an exemption that was recorded after the answer to the round that was answered."""
    last = now.rounds[-1]
    now.rounds[-1] = Round(
        last.index,
        last.started_at,
        last.acknowledged_at,
        last.stopped_at,
        last.withdrawn_at,
        last.pauses,
        (*last.exempted, now.exempted.pop()),
    )


def _frozen(now: _InvestigationState) -> Investigation:
    if now.started_at is not None:
        now.finish(stopped_at=None, withdrawn_at=None)
    return Investigation(
        phase=now.phase,
        mode=now.mode,
        filed_at=now.filed_at,
        filed_by=now.filed_by,
        holder=now.life.holder,
        assignee=now.assignee,
        verdict=now.verdict,
        answered_at=now.answered_at,
        contradicted=now.contradicted,
        rounds=tuple(now.rounds),
        stretches=now.life.all_stretches(),
        highest_tier=now.highest,
        consulted_tier=now.consulted,
        flags=tuple(now.flags),
    )
