"""Whose account an inquiry is, and when a person of ours last reached it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from shinrai.inquiries.rules.replay import Inquiry
from shinrai.ledger.rules.steps import Step
from shinrai.quality.rules.messages import carries

LONGEST: Final = 100  # as of a topic


def account_of(steps: Iterable[Step]) -> str | None:
    """Name the company an inquiry belongs to, as its source names it when it came.

    A merged inquiry's receipt speaks of the other one. Where a source names several, nobody knows
    whose matter it is; what reads like a mail address is a person's, and no company.
    """
    for step in steps:
        if step.kind == "received" and "merged_from" not in step.detail:
            return _plain(step.detail.get("account"))
    return None


def _plain(named: Any) -> str | None:
    if isinstance(named, list) and len(named) == 1:
        [named] = named
    if named is None or isinstance(named, list | dict | bool):
        return None
    found = " ".join(str(named).split())[:LONGEST]
    return found if found and "@" not in found else None


def last_touch(steps: Iterable[Step], state: Inquiry) -> datetime | None:
    """Find when a person of ours last reached the customer about this inquiry; None: never yet.

    A touch is a message of substance that a person sent, as a first reply is, or a case that we
    opened, unless it was cancelled. Notes and hand-overs reach nobody outside, nor does what only
    the customer said.
    """
    touches = [step.at for step in steps if step.kind == "outbound" and carries(step)]
    if state.mode == "proactive" and state.received_at and state.cancelled_at is None:
        touches.append(state.received_at)
    return max(touches, default=None)
