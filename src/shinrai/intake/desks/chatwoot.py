"""Chatwoot: its messages cannot be edited, so an attribute of the conversation is the note.

The answer is also written as one private message, and never a second time.

**Source:** Chatwoot's API description (conversations by label, labels, custom attributes, which are
replaced as a whole; signed webhooks); chatwoot/chatwoot#9646: contents are not updated.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.pull.errors import not_json
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.intake.desks.adapter import (
    MOST_PAGES,
    DeskTicket,
    TicketNote,
    TicketState,
    is_recent,
    is_signed,
)
from shinrai.intake.desks.channel import desk_channel
from shinrai.intake.rules.channels import ConnectionField, IncomingRequest
from shinrai.units.text import Text, verbatim


class ChatwootDesk:
    """Conversations of Chatwoot."""

    source = CHATWOOT

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]:
        """List the conversations that carry the label."""
        found: list[str] = []
        for page in range(1, MOST_PAGES + 1):
            asked: Params = {"labels[]": tag, "status": "all", "assignee_type": "all", "page": page}
            listed = _payload(client.get("conversations", asked).value)
            found += [str(one["id"]) for one in listed if tag in (one.get("labels") or (tag,))]
            if not listed:
                break
        return list(dict.fromkeys(found)), cursor

    def ticket(self, client: HttpClient, number: str) -> DeskTicket:
        """Read a conversation with its private messages."""
        value = client.get(f"conversations/{number}").object()
        messages: list[Any] = []
        before: int | None = None
        for _ in range(MOST_PAGES):
            page = client.get(f"conversations/{number}/messages", {"before": before}).value
            listed = _payload(page)
            messages = listed + messages
            first = min((int(one["id"]) for one in listed), default=before)
            if not listed or first == before:
                break
            before = first
        first_words = (str(one.get("content") or "") for one in messages if not one.get("private"))
        subject = (value.get("additional_attributes") or {}).get("mail_subject")
        return DeskTicket(
            number=number,
            key=number,
            title=str(subject or next(first_words, "")),
            url=f"{client.base_url.replace('/api/v1/', '/app/')}/conversations/{number}",
            tags=tuple(map(str, value.get("labels") or ())),
            notes=tuple(
                TicketNote(
                    str(one["id"]),
                    str(one.get("content") or ""),
                    datetime.fromtimestamp(float(one["created_at"]), UTC),
                )
                for one in sorted(messages, key=lambda one: one["id"])
                if one.get("private")
            ),
            raw=value.get("custom_attributes") or {},
        )

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str:
        """Write the attribute beside the others, the answer unless it is there, and the labels."""
        path = f"conversations/{ticket.number}"
        attributes = {**ticket.raw, state.field: state.words}
        client.post(f"{path}/custom_attributes", {"custom_attributes": attributes})
        note = state.note_id or ticket.note_marked(state.mark)
        if state.answer and not note:
            message = {"content": state.answer, "private": True, "message_type": "outgoing"}
            note = str(client.post(f"{path}/messages", message).object()["id"])
        if state.tags_of(ticket) != list(ticket.tags):
            client.post(f"{path}/labels", {"labels": state.tags_of(ticket)})
        return note

    def check(self, client: HttpClient, field: str) -> None:
        """Ask for the inboxes."""
        client.get("inboxes").object()

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool:
        """Check the signature over moment and body, and the moment."""
        moment = request.headers.get("x-chatwoot-timestamp", "")
        given = request.headers.get("x-chatwoot-signature", "").removeprefix("sha256=")
        if not is_signed(secret, moment.encode() + b"." + request.body, given):
            return False
        try:
            return is_recent(at, datetime.fromtimestamp(int(moment), UTC))
        except (ValueError, OverflowError, OSError):
            return False


def _payload(value: Any) -> list[Any]:
    """Return the list in an answer, which may be wrapped. Raises: PullRefused."""
    for name in ("data", "payload"):
        if isinstance(value, dict) and name in value:
            value = value[name]
    if not isinstance(value, list):
        raise not_json("chatwoot")
    return value


CHANNEL = desk_channel(
    ChatwootDesk(),
    title=verbatim("Chatwoot"),
    explained=Text(
        "A label or webhook files an investigation; an attribute of the conversation says how it "
        "stands."
    ),
    token=Text("The access token of an agent."),
    webhook=Text("The secret of the webhook; without it the desk is read twice a minute."),
    more=(
        ConnectionField(
            "field",
            Text("key of the conversation attribute"),
            Text("A text attribute of conversations, such as `shinrai`."),
            usual="shinrai",
            most=60,
        ),
    ),
)
