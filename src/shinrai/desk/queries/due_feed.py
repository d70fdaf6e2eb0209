"""Open promises as a calendar that other programs subscribe to: an event at each due moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.console.rules.wording import visible_words
from shinrai.desk.queries.notices import case_path
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import QueueRequest, queue_of
from shinrai.objectives.queries.going import clocks_due
from shinrai.units.text import Text, translated

# What is late for longer stands in the queue: nobody scrolls back to it in a calendar.
LATE_FOR: Final = timedelta(days=92)
AHEAD: Final = timedelta(days=1100)  # no promise reaches further
MOST: Final = 2_000  # events, those of the soonest due moments to come first
REFRESH: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class DueFeed:
    """A calendar as it is sent, and the cases whose titles it shows."""

    ics: bytes
    shown: tuple[int, ...]


def due_feed(
    workspace: WorkspaceRecord, member: MemberRecord, *, is_own: bool, at: datetime, address: str
) -> DueFeed:
    """Return the due moments of open cases, with masked titles, in the workspace's language.

    `is_own`: of those the member holds; `address` is where this installation is reached.
    """
    from icalendar import Event  # type: ignore[import-untyped]  # only where a feed is asked for

    lines = clocks_due(workspace_id=workspace.id, at=at, since=at - LATE_FOR, until=at + AHEAD)
    lines.sort(key=lambda line: ((due := line.row.due_at or at) < at, abs(due - at)))
    ids = {line.row.case_id for line in lines}
    place = queue_place(workspace, member, at=at)
    asked = {"view": "mine"} if is_own else {}
    wanted = QueueRequest([place], at, asked, most=len(ids), case_ids=ids)
    rows = {row.case_id: row for row in queue_of(wanted).rows} if ids else {}
    titles = {one.objective.name: one.objective.title for one in place.judges.values()}
    calendar, shown = _calendar(workspace), []
    for line in [one for one in lines if one.row.case_id in rows][:MOST]:
        row, clock = rows[line.row.case_id], line.row
        path = f"w/{workspace.slug}/{case_path(row.record, row.case_key)}"
        event = Event()
        host = urlsplit(address).hostname
        event.add("uid", f"{clock.case_id}-{line.objective}-{clock.index}@{workspace.slug}.{host}")
        event.add("dtstamp", at)
        event.add("dtstart", clock.due_at)  # without an end: a moment
        event.add("transp", "TRANSPARENT")  # it takes nobody's time
        event.add("summary", visible_words(f"{row.case_key} {row.title}".strip()))
        event.add("description", visible_words(titles.get(line.objective, line.objective)))
        event.add("url", f"{address}/{path}")
        calendar.add_component(event)
        shown.append(clock.case_id)
    return DueFeed(calendar.to_ical(), tuple(shown))


def _calendar(workspace: WorkspaceRecord) -> Any:
    from icalendar import Calendar, vDuration

    name = Text("Due times: {workspace}", workspace=workspace.name)
    calendar = Calendar()
    calendar.add("prodid", "-//Shinrai//Due times//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", visible_words(translated(name, workspace.language)))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))  # as Outlook calls it
    return calendar
