"""The rate limit: how many requests a caller makes in a minute, counted for all processes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.http import HttpRequest

MINUTE_S: Final = 60
# One statement, so that requests at the same moment are all counted.
COUNT: Final = """
    INSERT INTO api_requestcount AS known (caller, minute, count) SELECT %s, %s, 1 {of}
    ON CONFLICT (caller) DO UPDATE SET
        count = CASE WHEN known.minute = excluded.minute THEN known.count + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING count
"""
QUICK: Final = "WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))"


@dataclass(frozen=True)
class RequestLimit:
    """How many requests a minute takes, how many are left of this one, and when it is over."""

    most: int
    left: int
    reset_s: int
    is_over: bool


def count_request(
    caller: str, *, at: datetime, most: int, waits_for_disk: bool = True
) -> RequestLimit:
    """Count a request of a caller and return what is left of their minute.

    Without `waits_for_disk` the caller's transaction, if there is one, does not wait either.
    """
    minute, second = divmod(int(at.timestamp()), MINUTE_S)
    with connection.cursor() as cursor:
        counting = COUNT.format(of="" if waits_for_disk else "FROM quick")
        cursor.execute(counting if waits_for_disk else QUICK + counting, [caller, minute])
        [count] = cursor.fetchone()
    return RequestLimit(most, max(0, most - count), MINUTE_S - second, count > most)


def rate_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers that say what is left of the caller's minute; none for strangers."""
    limit: RequestLimit | None = getattr(request, "rate_limit", None)
    if limit is None:
        return {}
    return {
        "RateLimit-Limit": str(limit.most),
        "RateLimit-Remaining": str(limit.left),
        "RateLimit-Reset": str(limit.reset_s),
    }
