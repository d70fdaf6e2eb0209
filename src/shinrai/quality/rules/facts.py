"""The facts of an inquiry that measures count (MEASURES §5), from its valid steps."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from unicodedata import normalize

from shinrai.inquiries.rules.replay import CS_TIER, Inquiry
from shinrai.investigations.rules.replay import Investigation
from shinrai.ledger.rules.minutes import worked_seconds
from shinrai.ledger.rules.steps import Step, stated
from shinrai.quality.rules.messages import Messages, carries, messages_of
from shinrai.quality.rules.touches import account_of, last_touch
from shinrai.topics.rules.labels import judgements, labels_of, topic_of

VERSION: Final = 5  # of these facts: raised when one of them comes out otherwise
SOON: Final = timedelta(days=14)
HIGHEST_TIER: Final = 62  # tiers are bits of one integer
UNSURE: Final = "unsure"
GUESSED: Final = "guessed_meaning"
NUMBERED: Final = re.compile(r"\d[0-9A-Za-z]*(?:[.+_-][0-9A-Za-z]+)*", re.ASCII)
LONG_NUMBER: Final = re.compile(r"\d[\d-]{8}")
VERSION_LENGTH: Final = 40
HOLDING: Final = frozenset(("received", "assigned", "escalated", "returned"))


@dataclass(frozen=True, slots=True)
class InquiryFacts:
    """The facts of one inquiry. None: it did not happen, or the source does not say.

    `held_tiers` has bit N set if tier N ever held it; 0 if nothing is known about tiers.
    `returned_at` is the first time the customer came back, or it was reopened, after the first
    solution; `late_return_at` the first such time later than 14 days. A `*_doubt` names why that
    moment should not be averaged. `topic` is the label as given, not what it counts as today;
    `double_labels` are the labels of independent people, sorted. `account` is the company as the
    source names it. `worked_s` are the seconds recorded on it and on the investigations about it.
    `version` is that of the product it is about.
    """

    phase: str
    mode: str
    channel: str
    follow_up_of: str | None
    steps: int
    messages: Messages
    received_at: datetime | None
    first_solved_at: datetime | None
    last_solved_at: datetime | None
    solved_steps: int
    returned_at: datetime | None
    late_return_at: datetime | None
    cancelled_at: datetime | None
    cancelled_for: str | None
    highest_tier: int | None
    consulted_tier: int | None
    held_tiers: int
    handovers: int | None
    group_returns: int | None
    waits_customer: int
    waits_third_party: int
    waits_problem: int
    waits_unsure: int
    received_doubt: str | None
    reply_doubt: str | None
    solved_doubt: str | None
    any_doubt: str | None
    solved_twice: bool
    out_of_order: bool
    topic: str | None = None
    double_labels: tuple[str, ...] = ()
    account: str | None = None
    touched_at: datetime | None = None
    worked_s: int = 0
    version: str | None = None


def inquiry_facts(
    steps: Sequence[Step],
    state: Inquiry,
    investigations: Iterable[Investigation] = (),
    *,
    worked_below_s: int = 0,
) -> InquiryFacts:
    """Return the facts of an inquiry from its valid steps and the state they lead to.

    `investigations` are those about it: their holders count as holders of the inquiry, and
    `worked_below_s`, the seconds recorded on them, as work on it.
    """
    solved = [item.solved_at for item in state.resolutions if item.solved_at is not None]
    first_solved = solved[0] if solved else None
    returns = [] if first_solved is None else _returns(steps, first_solved)
    held, highest = _tiers(steps, state, investigations)
    waits = [_waits_on(step) for step in steps if step.kind == "waiting"]
    messages = messages_of(steps, state)
    twice = {flag.sequence for flag in state.flags if flag.code == "solved_twice"}
    return InquiryFacts(
        phase=state.phase,
        mode=state.mode,
        channel=state.channel,
        follow_up_of=_follow_up_of(steps),
        steps=len(steps),
        messages=messages,
        received_at=state.received_at,
        first_solved_at=first_solved,
        last_solved_at=solved[-1] if solved else None,
        solved_steps=sum(step.kind == "solved" for step in steps),
        returned_at=min(returns, default=None),
        late_return_at=min(
            (at for at in returns if first_solved is not None and at > first_solved + SOON),
            default=None,
        ),
        cancelled_at=state.cancelled_at,
        cancelled_for=state.cancelled_for,
        highest_tier=highest,
        consulted_tier=state.consulted_tier,
        held_tiers=held,
        handovers=len(state.groups) - 1 if state.groups else None,
        group_returns=_group_returns(state.groups) if state.groups else None,
        waits_customer=waits.count("customer"),
        waits_third_party=waits.count("third_party"),
        waits_problem=waits.count("problem"),
        waits_unsure=waits.count(UNSURE),
        received_doubt=_doubt_at(steps, state.received_at, ("received",)),
        reply_doubt=_doubt_at(steps, messages.first_reply_at, ("outbound",)),
        solved_doubt=_doubt_at(steps, first_solved, ("solved", "closed")),
        any_doubt=next((doubt for step in steps if (doubt := _doubt(step))), None),
        solved_twice=bool(twice),
        out_of_order=any(flag.sequence not in twice for flag in state.flags),
        topic=topic_of(steps),
        double_labels=judgements(labels_of(steps)),
        account=account_of(steps),
        touched_at=last_touch(steps, state),
        worked_s=worked_seconds(steps) + worked_below_s,
        version=version_in(stated(steps, "version")),
    )


def version_in(text: str) -> str | None:
    """Return the version a text names, so that "Ver. 3.2.1" and "v3.2.1 (iOS)" are the same.

    None if it names none; long numbers are none either, but of telephones and persons.
    """
    found = NUMBERED.search(normalize("NFKC", text))
    version = found.group() if found else ""
    return None if not version or LONG_NUMBER.match(version) else version[:VERSION_LENGTH]


def _returns(steps: Sequence[Step], first_solved: datetime) -> list[datetime]:
    """List when the customer wrote something of substance, or it was reopened, after a solution."""
    return [
        step.at
        for step in steps
        if step.at > first_solved
        and (step.kind == "reopened" or (step.kind == "inbound" and carries(step)))
    ]


def _waits_on(step: Step) -> str:
    """Return whom a wait was for; `unsure` if the mapping only guesses it."""
    return UNSURE if _doubt(step) == GUESSED else str(step.detail.get("on", "customer"))


def _follow_up_of(steps: Iterable[Step]) -> str | None:
    """Return the key of the earlier inquiry that this one follows up, as its source says."""
    named = (step.detail.get("follow_up_of") for step in steps if step.kind == "received")
    return next((str(key) for key in named if key is not None), None)


def _tiers(
    steps: Iterable[Step], state: Inquiry, investigations: Iterable[Investigation]
) -> tuple[int, int | None]:
    """Return the tiers that held it, as bits, and the highest; (0, None) if no step names a tier.

    Before the first assignment the channel's tier holds it, by default that of CS. A tier that held
    it for no time still counts if a step names it.
    """
    named = {step.tier for step in steps if step.kind in HOLDING and step.tier is not None}
    about = list(investigations)
    if not named and not about:
        return 0, None
    holders = [stretch.holder for stretch in state.stretches]
    holders += [stretch.holder for item in about for stretch in item.stretches]
    found = {int(holder[5:]) for holder in holders if holder.startswith("tier:")} | named
    if not found:
        found = {CS_TIER}
    bits = 0
    for tier in found:
        bits |= 1 << max(0, min(tier, HIGHEST_TIER))
    return bits, max(found)


def _group_returns(groups: Sequence[str]) -> int:
    """Count how often it came back to a group that had held it before."""
    return sum(group in groups[:place] for place, group in enumerate(groups))


def _doubt(step: Step) -> str | None:
    found = step.detail.get("doubt")
    return None if found is None else str(found)


def _doubt_at(steps: Iterable[Step], at: datetime | None, kinds: Sequence[str]) -> str | None:
    """Return the doubt marked on the step that happened at a moment, if any."""
    if at is None:
        return None
    marks = (_doubt(step) for step in steps if step.at == at and step.kind in kinds)
    return next((mark for mark in marks if mark), None)
