"""The dates that a page of quality shows."""

from shinrai.accounts.pages.guards import MemberRequest
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import PageDates, page_dates
from shinrai.quality.queries.span import last_date


def quality_dates(request: MemberRequest) -> PageDates:
    """Read the dates of a page's address; by default 90 days up to the last with any case."""
    return page_dates(
        request,
        zone=zone_named(request.workspace.zone),
        last=last_date(workspace_id=request.workspace.id),
    )
