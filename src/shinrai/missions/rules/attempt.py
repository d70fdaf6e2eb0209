"""One attempt at an activity, what may count, and the set of a learner's attempts."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_ID: Final = 200
AHEAD: Final = timedelta(hours=24)  # clocks of devices run ahead; a day more is no clock


class BadAttempt(UserError, ValueError):
    """An attempt that cannot count; it is set aside, with the reason."""


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """A learner began or completed an activity.

    `known_at`: when it was first received. `on`: the date in the learner's own zone. `score`: a
    share in [0, 1], None without one. Order: as they happened; ids decide between equal moments.
    """

    at: datetime
    id: str
    activity: str
    on: date
    known_at: datetime
    is_completed: bool = True
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ReportedAttempt:
    """An attempt as a product or a file reports it; `most` is the highest score possible."""

    id: str
    learner: str
    activity: str
    at: datetime
    zone: str | None = None
    is_completed: bool = True
    score: float | None = None
    most: float = 100
    known_at: datetime | None = None  # when it was first received; None: now


def checked(
    reported: ReportedAttempt,
    *,
    received_at: datetime,
    retired: Mapping[str, datetime | None],
) -> ReportedAttempt:
    """Return an attempt that may count; `retired` says of each activity since when it is gone.

    Raises: BadAttempt, which says why it does not count.
    """
    for name, value in (("id", reported.id), ("learner", reported.learner)):
        if not value.strip() or len(value) > MOST_ID or "\0" in value:
            raise BadAttempt(Text("its {name} is missing or longer than {most}", name=name,
                                  most=MOST_ID))  # fmt: skip
    if reported.at > received_at + AHEAD:
        raise BadAttempt(Text("it is dated {at:%Y-%m-%d}, which is to come", at=reported.at))
    if reported.activity not in retired:
        raise BadAttempt(Text("there is no activity {key}", key=reported.activity[:MOST_ID]))
    gone_at = retired[reported.activity]
    if gone_at is not None and reported.at >= gone_at:
        raise BadAttempt(
            Text("the activity {key} is gone since {at:%Y-%m-%d}", key=reported.activity,
                 at=gone_at)
        )  # fmt: skip
    most = reported.most if 0 < reported.most < math.inf else math.nan
    if reported.score is not None and not 0 <= reported.score <= most:
        raise BadAttempt(
            Text(
                "a score of {score} of {most}",
                score=f"{reported.score:g}",
                most=f"{reported.most:g}",
            )
        )
    return reported


def why_not_theirs(
    reported: ReportedAttempt,
    *,
    is_others: bool,
    is_guardian: bool,
    contract_from: datetime | None,
) -> Text | None:
    """Return why an attempt does not count for its learner; None if it does.

    `is_others`: an attempt of somebody else has its id. `contract_from`: when the learner's first
    contract began; None if no contract is known, and then nothing is before it.
    """
    if is_others:
        return Text("its id is that of another learner's attempt")
    if is_guardian:
        return Text("it is of a guardian, who is no learner here")
    if contract_from is not None and reported.at < contract_from:
        at = reported.at.astimezone(contract_from.tzinfo)
        return Text("it is dated {at:%Y-%m-%d}, before the contract of {start:%Y-%m-%d}",
                    at=at, start=contract_from)  # fmt: skip
    return None


def known_before(attempts: Iterable[Attempt], moment: datetime) -> tuple[Attempt, ...]:
    """Return what was known before a moment, each id once, as it happened.

    What was sent again under an id is what was received first; at the same moment, the lesser one.
    """
    first: dict[str, Attempt] = {}
    for one in attempts:
        if one.known_at < moment:
            before = first.get(one.id)
            if before is None or _arrival(one) < _arrival(before):
                first[one.id] = one
    return tuple(sorted(first.values(), key=lambda one: (one.at, one.id)))


def _arrival(one: Attempt) -> tuple[datetime, datetime, str, bool, float]:
    score = -1.0 if one.score is None else one.score
    return one.known_at, one.at, one.activity, one.is_completed, score
