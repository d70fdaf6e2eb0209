"""Freshdesk: a private note is edited in place, tags tell the state.

**Source:** developers.freshdesk.com/api (tickets by their last change, notes, conversations).
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final

from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.intake.desks.adapter import MOST_PAGES, DeskTicket, TicketNote, TicketState, is_edited
from shinrai.intake.desks.channel import desk_channel
from shinrai.intake.rules.channels import IncomingRequest
from shinrai.units.text import Text, verbatim

OVERLAP: Final = timedelta(minutes=2)
FIRST: Final = timedelta(days=1)
PER_PAGE: Final = 100


class FreshdeskDesk:
    """Tickets of Freshdesk."""

    source = FRESHDESK

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]:
        """List the tickets that changed since the last poll began."""
        since, found = str(cursor.get("since") or _moment(at - FIRST)), list[str]()
        order: Params = {"order_by": "updated_at", "order_type": "asc", "per_page": PER_PAGE}
        newest = since
        for page in range(1, MOST_PAGES + 1):
            asked: Params = {"updated_since": since, **order, "page": page}
            tickets = client.get("/api/v2/tickets", asked).records()
            found += [str(one["id"]) for one in tickets if tag in (one.get("tags") or ())]
            newest = max([newest, *(str(one["updated_at"]) for one in tickets)])
            if len(tickets) < PER_PAGE:
                break
        before = min(datetime.fromisoformat(newest), at) - OVERLAP
        return found, {"since": max(since, _moment(before))}

    def ticket(self, client: HttpClient, number: str) -> DeskTicket:
        """Read a ticket with its private notes."""
        value = client.get(f"/api/v2/tickets/{number}").object()
        said: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            path, asked = f"/api/v2/tickets/{number}/conversations", {"per_page": PER_PAGE}
            listed = client.get(path, {**asked, "page": page}).records()
            said += listed
            if len(listed) < PER_PAGE:
                break
        return DeskTicket(
            number=number,
            key=number,
            title=str(value.get("subject") or ""),
            url=f"{client.base_url}/a/tickets/{number}",
            tags=tuple(map(str, value.get("tags") or ())),
            notes=tuple(
                TicketNote(
                    str(one["id"]),
                    str(one.get("body_text") or ""),
                    datetime.fromisoformat(one["created_at"]),
                )
                for one in sorted(said, key=lambda one: one["id"])
                if one.get("private")
            ),
        )

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str:
        """Edit our note, or write it if there is none; then the tags."""
        body = escape(state.words).replace("\n", "<br>")
        note = state.note_id or ticket.note_marked(state.mark)
        if note and not is_edited(client, f"/api/v2/conversations/{note}", {"body": body}):
            note = ""
        path = f"/api/v2/tickets/{ticket.number}"
        if not note:
            made = client.post(f"{path}/notes", {"body": body, "private": True})
            note = str(made.object()["id"])
        if state.tags_of(ticket) != list(ticket.tags):
            client.put(path, {"tags": state.tags_of(ticket)})
        return note

    def check(self, client: HttpClient, field: str) -> None:
        """Ask who we are."""
        client.get("/api/v2/agents/me").object()

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool:
        """Compare the secret in a header, as Freshdesk signs nothing."""
        given = request.headers.get("x-shinrai-token", "")
        return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


CHANNEL = desk_channel(
    FreshdeskDesk(),
    title=verbatim("Freshdesk"),
    explained=Text("A tag or webhook files an investigation; one private note says how it stands."),
    token=Text("The API key of an agent."),
    webhook=Text(
        "A word of your own that the automation sends in the header `X-Shinrai-Token`; without it "
        "the desk is read twice a minute."
    ),
)
