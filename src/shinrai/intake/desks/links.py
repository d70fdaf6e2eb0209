"""Which tickets a case is told of in: the one it was filed from, is about, or was given by hand."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from shinrai.desk.queries.case import newest_references
from shinrai.importers.pull.errors import PullRefused
from shinrai.importers.pull.http_client import HttpClient
from shinrai.intake.desks.adapter import GONE, DeskAdapter, DeskTicket, opened, ticket_number
from shinrai.intake.operations.threads import open_thread
from shinrai.intake.queries import cases_told, is_only_one
from shinrai.intake.rules.channels import ConnectionView

# The importer calls a ticket as its API does.
KEY_IS_NUMBER: Final = ("zendesk", "jira")
NUMBER: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")


def ticket_of(adapter: DeskAdapter, client: HttpClient, number: str) -> DeskTicket | None:
    """Return a ticket, or None if it was deleted or moved out of our sight meanwhile."""
    try:
        return adapter.ticket(client, number)
    except PullRefused as refused:
        if refused.status not in (*GONE, 403):
            raise
        return None


def filed_about(adapter: DeskAdapter, connection: ConnectionView) -> Iterator[tuple[int, str]]:
    """Yield investigations filed here about a ticket of this desk, and not told of there yet."""
    known, there = cases_told(connection_id=connection.id), connection.workspace_id
    # With two desks of a kind nobody knows from which of them a key was imported.
    keys_are_ours = adapter.source.name in KEY_IS_NUMBER and is_only_one(
        workspace_id=there, kind=connection.kind
    )
    for case_id, source, named in newest_references(workspace_id=there):
        number = ticket_number(connection.settings["url"], named)
        if keys_are_ours and source == adapter.source.name and NUMBER.fullmatch(named):
            number = named  # it becomes a part of an address, so it is nothing but a number
        if number and case_id not in known:
            yield case_id, number


def tell_in_ticket(
    adapter: DeskAdapter,
    client: HttpClient,
    connection: ConnectionView,
    *,
    case_id: int,
    number: str,
    at: datetime,
) -> bool:
    """Tell of a case in a ticket from now on; return whether the desk has such a ticket."""
    found = ticket_of(adapter, client, number)
    if found is not None:
        open_thread(
            connection_id=connection.id,
            case_id=case_id,
            outside_id=number,
            url=found.url,
            detail={"taken": 0},
            at=at,
        )
    return found is not None


def link_case(
    adapter: DeskAdapter, connection: ConnectionView, *, case_id: int, address: str, at: datetime
) -> bool:
    """Tell of a case in the ticket at an address; return whether it is one of this desk.

    Raises: NotReached, RefusedThere.
    """
    number = ticket_number(connection.settings["url"], address.strip())
    if not number:
        return False
    with opened(adapter.source, connection) as client:
        return tell_in_ticket(adapter, client, connection, case_id=case_id, number=number, at=at)
