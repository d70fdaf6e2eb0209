"""Zammad: its articles cannot be edited, so an attribute of the ticket is the note.

The answer is also written as one internal article, and never a second time.

**Source:** docs.zammad.org (tickets, articles, tags), zammad/zammad: the article's update takes its
visibility alone; the list of tickets knows no order, the search takes the conditions of overviews.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shinrai.desk.rules.html_text import plain_text
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.intake.desks.adapter import DeskTicket, TicketNote, TicketState, is_hub_signed
from shinrai.intake.desks.channel import desk_channel
from shinrai.intake.rules.channels import (
    ConnectionField,
    IncomingRequest,
    RefusedThere,
)
from shinrai.units.text import Text, verbatim

MOST_FOUND = 200


class ZammadDesk:
    """Tickets of Zammad."""

    source = ZAMMAD

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]:
        """Search for the tickets that carry the tag."""
        condition = {"ticket.tags": {"operator": "contains one", "value": tag}}
        body = {"condition": condition, "limit": MOST_FOUND, "expand": True}
        found = client.post("/api/v1/tickets/search", body).records()
        return [str(one["id"]) for one in found], cursor

    def ticket(self, client: HttpClient, number: str) -> DeskTicket:
        """Read a ticket with its tags and internal articles."""
        value = client.get(f"/api/v1/tickets/{number}").object()
        tags = client.get("/api/v1/tags", {"object": "Ticket", "o_id": number}).records("tags")
        articles = client.get(f"/api/v1/ticket_articles/by_ticket/{number}").records()
        return DeskTicket(
            number=number,
            key=number,
            title=str(value.get("title") or ""),
            url=f"{client.base_url}/#ticket/zoom/{number}",
            tags=tuple(map(str, tags)),
            notes=tuple(
                TicketNote(
                    str(one["id"]),
                    plain_text(str(one.get("body") or "")),
                    datetime.fromisoformat(one["created_at"]),
                )
                for one in sorted(articles, key=lambda one: one["id"])
                if one.get("internal")
            ),
        )

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str:
        """Write the attribute, the answer unless it is there, and the tags."""
        name = state.field
        changed = client.put(f"/api/v1/tickets/{ticket.number}", {name: state.words}).object()
        if name not in changed:  # what Zammad does not know it leaves out without a word
            raise RefusedThere(Text("Zammad has no ticket attribute {name!r}", name=name))
        note = state.note_id or ticket.note_marked(state.mark)
        if state.answer and not note:
            article = {
                "ticket_id": int(ticket.number),
                "subject": "Shinrai",
                "body": state.answer,
                "content_type": "text/plain",
                "type": "note",
                "internal": True,
            }
            note = str(client.post("/api/v1/ticket_articles", article).object()["id"])
        place = {"object": "Ticket", "o_id": ticket.number}
        for tag in state.added:
            if tag not in ticket.tags:
                client.post("/api/v1/tags/add", {**place, "item": tag})
        for tag in state.removed:
            if tag in ticket.tags:
                client.delete("/api/v1/tags/remove", {**place, "item": tag})
        return note

    def check(self, client: HttpClient, field: str) -> None:
        """Ask who we are."""
        client.get("/api/v1/users/me").object()

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool:
        """Check the signature over the body; Zammad signs no moment."""
        return is_hub_signed(secret, request, "sha1")


CHANNEL = desk_channel(
    ZammadDesk(),
    title=verbatim("Zammad"),
    explained=Text(
        "A tag or webhook files an investigation; an attribute of the ticket says how it stands."
    ),
    token=Text("An access token of an agent, with `ticket.agent`."),
    webhook=Text("“Signature token” of the webhook; without it the desk is read twice a minute."),
    more=(
        ConnectionField(
            "field",
            Text("name of the ticket attribute"),
            Text("A long text field that agents alone see, such as `shinrai`."),
            usual="shinrai",
            most=60,
        ),
    ),
)
