"""Kinds of job, the number of the product engineers' tier, and a reader of typed minutes."""

from typing import Final

from shinrai.ledger.rules.minutes import MOST_MINUTES
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

TIER_3: Final = 3

# The first is offered first. A source's own kinds stay as they are.
JOBS: Final[dict[str, Text]] = {
    "reply": Text("replying"),
    "investigate": Text("investigating"),
    "escalate": Text("handing over, asking"),
    "data_fix": Text("correcting data"),
    "follow_up": Text("following up"),
    "meeting": Text("meeting"),
    "other": Text("other"),
}
# Kinds a desk's own log often names; they are said in words, and not offered.
ALSO: Final[dict[str, Text]] = {
    "investigation": Text("investigating"),
    "record_check": Text("checking records"),
    "billing_check": Text("checking bills"),
    "account_check": Text("checking an account"),
    "account_change": Text("changing an account"),
    "password_reset": Text("resetting a password"),
    "plan_change": Text("changing a plan"),
}


class BadMinutes(UserError, ValueError):
    """The text is not a possible number of minutes."""


def read_minutes(text: str) -> int:
    """Return whole minutes typed by a person.

    Raises: BadMinutes.
    """
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and 1 <= int(plain[:6]) <= MOST_MINUTES:
        return int(plain)
    raise BadMinutes(
        Text(
            "{text!r} is no number of minutes; write a whole number from 1 to {most_minutes}",
            text=text,
            most_minutes=MOST_MINUTES,
        ),
    )


def job_name(job: str) -> Text:
    """Return the name of a kind of job; a source's own kind is its own name."""
    return JOBS.get(job) or ALSO.get(job) or verbatim(job)
