"""A link between guardian and learner: what its steps say at a moment."""

import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

LETTERS: Final = "ACDEFHJKMNPRTWXY34679"  # none that looks like another, on screen or by hand
LENGTH: Final = 8  # 38 billion codes, of which a learner has a few for a day
CODE_LIFE: Final = timedelta(hours=24)
CONFIRM_LIFE: Final = timedelta(days=7)  # from the claim until the child's app has said yes
MOST_OPEN: Final = 5  # codes of a learner that wait to be claimed
MOST_MISSES: Final = 10  # of a guardian within CODE_LIFE

StepKind = Literal["code", "claimed", "confirmed", "ended"]
LinkState = Literal["offered", "claimed", "linked", "ended", "expired"]
Side = Literal["learner", "guardian", "staff"]


@dataclass(frozen=True, slots=True)
class LinkStep:
    """A step of the link that one code makes; who the guardian is, is known from the claim on."""

    kind: StepKind
    code: bytes
    learner: int
    guardian: int | None
    at: datetime
    side: Side


@dataclass(frozen=True, slots=True)
class GuardianLink:
    """A link as it stands at a moment: it holds from `since` until `until`, which is its end."""

    code: bytes
    learner: int
    guardian: int | None
    state: LinkState
    made_at: datetime
    claimed_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    ended_side: Side | None = None


def new_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def tidy_code(typed: str) -> str:
    """Return a code as it was made, however it was typed: full width, small, with spaces."""
    plain = unicodedata.normalize("NFKC", typed[:40]).upper()
    return "".join(sign for sign in plain if sign in LETTERS)


def guardian_links(steps: Iterable[LinkStep], *, at: datetime) -> tuple[GuardianLink, ...]:
    """Return the links that steps up to a moment make, the oldest code first; order is no matter.

    A code that is not claimed in time makes no link, nor does a claim that is not confirmed in
    time. The first end counts, whoever's it is.
    """
    of_code: defaultdict[bytes, dict[str, LinkStep]] = defaultdict(dict)
    for step in steps:
        first = of_code[step.code].get(step.kind)
        if step.at <= at and (first is None or step.at < first.at):
            of_code[step.code][step.kind] = step
    found = [_link(of_kind, at) for of_kind in of_code.values() if "code" in of_kind]
    return tuple(sorted(found, key=lambda one: (one.made_at, one.code)))


def _link(steps: dict[str, LinkStep], at: datetime) -> GuardianLink:
    made, claim, yes, end = (steps.get(k) for k in ("code", "claimed", "confirmed", "ended"))
    assert made is not None
    if claim is None or claim.at > made.at + CODE_LIFE:
        state: LinkState = "offered" if at <= made.at + CODE_LIFE else "expired"
        if end is not None:
            state = "ended"
        until = end.at if end else None
        return GuardianLink(made.code, made.learner, None, state, made.at, until=until)
    is_confirmed = yes is not None and yes.at <= claim.at + CONFIRM_LIFE
    since = yes.at if yes is not None and is_confirmed else None
    if end is not None:
        state = "ended"
    elif is_confirmed:
        state = "linked"
    else:
        state = "claimed" if at <= claim.at + CONFIRM_LIFE else "expired"
    return GuardianLink(
        code=made.code,
        learner=made.learner,
        guardian=claim.guardian,
        state=state,
        made_at=made.at,
        claimed_at=claim.at,
        since=since,
        until=end.at if end else None,
        ended_side=end.side if end else None,
    )
