"""The dates of a page of quality, and the last date with any case."""

from dataclasses import dataclass
from datetime import date, timedelta

from shinrai.quality.queries.day_counts import NAME
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.day_counts import last_day

NINETY_DAYS = timedelta(days=89)


class BadDates(UserError, ValueError):
    """A date cannot be read, or the last lies before the first."""


@dataclass(frozen=True)
class DatesAsked:
    """Dates of receipt, both included; None: from the beginning, or until now."""

    since: date | None
    until: date | None
    is_usual: bool


def dates_asked(since: str, until: str, *, today: date, workspace_id: int) -> DatesAsked:
    """Read the dates of an address; by default 90 days up to today or the last with any case.

    "all" as the first date means: from the beginning. Raises: BadDates.
    """
    if since == "all":
        return DatesAsked(None, None, is_usual=False)
    if since or until:
        first, last = _date(since), _date(until)
        if first and last and last < first:
            raise BadDates(
                Text(
                    "{last} lies before {first}. Give the earlier date first.",
                    last=last,
                    first=first,
                ),
            )
        return DatesAsked(first, last, is_usual=False)
    last = last_date(workspace_id=workspace_id)
    ends = today if last is None or last > today - NINETY_DAYS else last
    return DatesAsked(ends - NINETY_DAYS, ends, is_usual=True)


def last_date(*, workspace_id: int) -> date | None:
    """Return the last date on which anything was received or filed, in the counts per day."""
    return last_day(NAME, workspace_id=workspace_id, questions=("counts", "investigations"))


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadDates(
            Text("{text} is no date. Write one such as 2026-06-03.", text=text[:40]),
        ) from error
    if not 2 <= found.year <= 9998:
        raise BadDates(
            Text("{text} lies beyond what a calendar reaches.", text=text[:40]),
        )
    return found
