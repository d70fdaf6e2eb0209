"""Zendesk: its comments can never be edited, so a field of the ticket is the note.

The field is a multi-line one for agents alone; nothing is written while customers may see it. The
answer is also written as one internal comment, as agents read those, and never a second time.

**Source:** developer.zendesk.com (tickets, ticket comments, ticket fields, webhook verification).
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.importers.zendesk.source import ZENDESK
from shinrai.intake.desks.adapter import (
    MOST_PAGES,
    DeskTicket,
    TicketNote,
    TicketState,
    is_recent,
)
from shinrai.intake.desks.channel import desk_channel
from shinrai.intake.rules.channels import (
    ConnectionField,
    IncomingRequest,
    RefusedThere,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

OVERLAP: Final = timedelta(minutes=2)
SIGNATURE: Final = "x-zendesk-webhook-signature"


class ZendeskDesk:
    """Tickets of Zendesk."""

    source = ZENDESK

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]:
        """List tickets by their last change, back to the one the last poll began with."""
        since, found = str(cursor.get("since", "")), list[str]()
        newest = since
        for page in range(1, MOST_PAGES + 1):
            asked: Params = {
                "sort_by": "updated_at",
                "sort_order": "desc",
                "per_page": 100,
                "page": page,
            }
            tickets = client.get("/api/v2/tickets.json", asked).records("tickets")
            changes = [str(one.get("updated_at") or "") for one in tickets]
            newest = max([newest, *changes])
            found += [str(one["id"]) for one in tickets if tag in (one.get("tags") or ())]
            if len(tickets) < 100 or min(changes) < since:
                break
        if newest:
            before = min(datetime.fromisoformat(newest), at) - OVERLAP
            since = max(since, f"{before.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return found, {"since": since}

    def ticket(self, client: HttpClient, number: str) -> DeskTicket:
        """Read a ticket with its newest comments."""
        value = client.get(f"/api/v2/tickets/{number}.json").object()["ticket"]
        listed: Params = {"sort_order": "desc", "per_page": 100}
        path = f"/api/v2/tickets/{number}/comments.json"
        comments = client.get(path, listed).records("comments")
        return DeskTicket(
            number=number,
            key=number,
            title=str(value.get("subject") or ""),
            url=f"{client.base_url}/agent/tickets/{number}",
            tags=tuple(map(str, value.get("tags") or ())),
            notes=tuple(
                TicketNote(
                    str(one["id"]),
                    str(one.get("plain_body") or one.get("body") or ""),
                    datetime.fromisoformat(one["created_at"]),
                )
                for one in sorted(comments, key=lambda one: one["id"])
                if one.get("public") is False
            ),
            raw={"updated_at": value["updated_at"]},
        )

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str:
        """Write field, tags and the answer in one request, unless somebody was quicker."""
        self.check(client, state.field)
        note = state.note_id or ticket.note_marked(state.mark)
        change: dict[str, Any] = {
            "custom_fields": [{"id": int(state.field), "value": state.words}],
            "tags": state.tags_of(ticket),
            "safe_update": True,
            "updated_stamp": ticket.raw["updated_at"],
        }
        if state.answer and not note:
            change["comment"] = {"body": state.answer, "public": False}
        path = f"/api/v2/tickets/{ticket.number}.json"
        events = (client.put(path, {"ticket": change}).object().get("audit") or {}).get("events")
        made = [str(one["id"]) for one in events or () if one.get("type") == "Comment"]
        return note or (made[0] if made and "comment" in change else "")

    def check(self, client: HttpClient, field: str) -> None:
        """Refuse a field that is not there, or that customers may see."""
        answer = client.get_or_none(f"/api/v2/ticket_fields/{field}.json", absent={404})
        if answer is None:
            raise RefusedThere(Text("Zendesk has no ticket field {number}", number=field))
        found = answer.object()["ticket_field"]
        if found.get("visible_in_portal") or found.get("editable_in_portal"):
            raise RefusedThere(
                Text(
                    "customers can see the ticket field {number}; give it to agents alone",
                    number=field,
                )
            )

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool:
        """Check the signature over moment and body, and the moment."""
        moment = request.headers.get(f"{SIGNATURE}-timestamp", "")
        proof = hmac.digest(secret.encode(), moment.encode() + request.body, "sha256")
        given = request.headers.get(SIGNATURE, "")
        if not (secret and hmac.compare_digest(base64.b64encode(proof), given.encode())):
            return False
        try:
            sent_at = datetime.fromisoformat(moment)
        except ValueError:
            return False
        return sent_at.tzinfo is not None and is_recent(at, sent_at)


def field_number(text: str) -> str:
    """Return the number of a ticket field. Raises: UserError."""
    if not (text.isascii() and text.isdecimal()):
        raise UserError(Text("Give the number of the field, such as 360012345678."))
    return text


CHANNEL = desk_channel(
    ZendeskDesk(),
    title=verbatim("Zendesk"),
    explained=Text(
        "A tag, macro or webhook files an investigation; a field of the ticket says how it stands."
    ),
    token=Text("`mail/token:KEY`, as for the import, of an agent who may edit tickets."),
    webhook=Text("“Signing secret” of the webhook; without it the desk is read twice a minute."),
    more=(
        ConnectionField(
            "field",
            Text("number of the ticket field"),
            Text("A multi-line field that agents alone see; the note stands there."),
            most=20,
            read=field_number,
        ),
    ),
)
