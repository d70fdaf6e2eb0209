"""The account of an inquiry, and when a person of ours last reached the customer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from shinrai.inquiries.rules.replay import Inquiry
from shinrai.ledger.rules.steps import Step
from shinrai.quality.rules.messages import carries

LONGEST: Final = 100  # as of a topic


def account_of(steps: Iterable[Step]) -> str | None:
    """Return the company an inquiry belongs to, as its source names it at the receipt.

    Receipts of merged inquiries are ignored. None if the source names several companies, or what
    looks like a mail address, which is a person's.
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
    """Find when one of our people last reached the customer about this inquiry; None: never.

    Two things count: a message of substance to the customer that a person sent, and the start of an
    inquiry that we opened ourselves, unless that inquiry is cancelled. Internal notes, hand-overs
    and the customer's own messages do not count.
    """
    touches = [step.at for step in steps if step.kind == "outbound" and carries(step)]
    if state.mode == "proactive" and state.received_at and state.cancelled_at is None:
        touches.append(state.received_at)
    return max(touches, default=None)
