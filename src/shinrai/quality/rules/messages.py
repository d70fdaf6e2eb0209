"""The messages of an inquiry: counts, runs, and the first reply."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from shinrai.inquiries.rules.replay import Inquiry
from shinrai.ledger.rules.steps import Step
from shinrai.quality.rules.runs import Runs, runs_of

# Doubts about the order of what was said; a clock that is off everywhere keeps the order.
ORDER_DOUBTS: Final = frozenset(
    ("answered_before_asked", "followed_up_before_asked", "before_opening", "non_monotonic")
)


class Messages(NamedTuple):
    """Counts of messages; `inbound` and `outbound` are those of substance, `*_every` all.

    The receipt is the customer's first message, whatever its clock says, unless we opened the
    inquiry.
    `judged` were judged by the rule of substance, `thanks` of them found to be mere thanks; `rule`
    is its version (None: the source has no texts, so every message counts); `overridden` were
    corrected by a person.
    `first_outbound_at` is any first message to the customer, even one before the receipt.
    """

    inbound: int
    outbound: int
    inbound_every: int
    outbound_every: int
    runs: Runs
    runs_every: Runs
    judged: int
    thanks: int
    rule: int | None
    first_reply_at: datetime | None
    first_outbound_at: datetime | None
    order_doubt: bool
    overridden: int = 0


def messages_of(steps: Sequence[Step], state: Inquiry) -> Messages:
    """Count the messages of an inquiry, in the order of the steps."""
    said = [step for step in steps if step.kind in ("inbound", "outbound")]
    asks = ("inbound",) if state.mode == "proactive" else ("received", "inbound")
    talk = [step for step in steps if step.kind == "outbound" or step.kind in asks]
    talk.sort(key=_is_not_the_receipt)  # stable: what a wrong clock put before it comes after
    carrying = [step for step in talk if step.kind == "received" or carries(step)]
    judged = [step for step in said if _rule(step) is not None]
    return Messages(
        inbound=sum(step.kind == "inbound" and carries(step) for step in said),
        outbound=sum(step.kind == "outbound" and carries(step) for step in said),
        inbound_every=sum(step.kind == "inbound" for step in said),
        outbound_every=sum(step.kind == "outbound" for step in said),
        runs=runs_of(step.kind != "outbound" for step in carrying),
        runs_every=runs_of(step.kind != "outbound" for step in talk),
        judged=len(judged),
        thanks=sum(not step.detail.get("substantive", True) for step in judged),
        rule=max((rule for step in judged if (rule := _rule(step)) is not None), default=None),
        first_reply_at=_first_reply(said, state.received_at),
        first_outbound_at=min((s.at for s in said if s.kind == "outbound"), default=None),
        order_doubt=any(step.detail.get("doubt") in ORDER_DOUBTS for step in talk),
        overridden=sum(bool(step.detail.get("corrected")) for step in judged),
    )


def _is_not_the_receipt(step: Step) -> bool:
    return step.kind != "received" or "merged_from" in step.detail


def carries(step: Step) -> bool:
    """Return whether a message has substance and was written by a person."""
    return bool(step.detail.get("substantive", True)) and not step.detail.get("automatic", False)


def _rule(step: Step) -> int | None:
    found = step.detail.get("substantive_rule", step.detail.get("rule"))
    return found if isinstance(found, int) else None


def _first_reply(said: Sequence[Step], received_at: datetime | None) -> datetime | None:
    """Return when a person first sent the customer a message of substance after the receipt."""
    if received_at is None:
        return None
    replies = (
        step.at
        for step in said
        if step.kind == "outbound" and carries(step) and step.at >= received_at
    )
    return min(replies, default=None)
