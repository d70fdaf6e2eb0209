"""Which answers are worth another try, and how long to wait for it."""

import email.utils
from collections.abc import Mapping
from typing import Final, NamedTuple

TRIES: Final = 8
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
LONGEST_ASKED_S: Final = 900.0  # a server that asks for longer is asked again by a later command
PASSING: Final = frozenset({429, 500, 502, 503, 504})


class LimitedResponse(NamedTuple):
    """An answer that may be a rate limit, passed to the source's own check.

    `said` is the server's message, `retry_after_s` the wait it states; `now` is in epoch seconds.
    """

    status: int
    headers: Mapping[str, str]
    said: str
    retry_after_s: float | None
    now: float


def pause_s(attempt: int) -> float:
    """Return the seconds to wait after try `attempt` (from 0), if the server states none."""
    return min(FIRST_PAUSE_S * 2.0**attempt, LONGEST_PAUSE_S)


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Return the wait in `Retry-After`, a number or a date; None if it is missing or invalid.

    Unit: seconds; `now` is in epoch seconds.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        return max(email.utils.parsedate_to_datetime(text).timestamp() - now, 0.0)
    except ValueError:
        return None
