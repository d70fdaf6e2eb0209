"""Jira Service Management: an internal comment is edited in place, labels tell the state.

**Source:** developer.atlassian.com (comments and their property `sd.public.comment`, labels,
webhooks with a secret). API 2 takes and gives comments as text, in Cloud as in a data center.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shinrai.importers.jira.api import server_of
from shinrai.importers.jira.comments import INTERNAL, is_public
from shinrai.importers.jira.source import JIRA
from shinrai.importers.pull.http_client import HttpClient, Params
from shinrai.intake.desks.adapter import (
    MOST_PAGES,
    DeskTicket,
    TicketNote,
    TicketState,
    is_edited,
    is_hub_signed,
)
from shinrai.intake.desks.channel import desk_channel
from shinrai.intake.rules.channels import IncomingRequest
from shinrai.units.text import Text, verbatim

ISSUE: Final = "rest/api/2/issue"
FOR_AGENTS: Final = [{"key": INTERNAL, "value": {"internal": True}}]


class JiraDesk:
    """Issues of Jira."""

    source = JIRA

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]:
        """Find the issues that carry the label."""
        server, found = server_of(client), list[str]()
        page: str | None = None
        for _ in range(MOST_PAGES):
            query = f'labels = "{tag}" ORDER BY created ASC, key ASC'
            listed = server.search(query, page, marks_only=True)
            found += [str(one["id"]) for one in listed.issues]
            page = listed.next
            if page is None:
                break
        return found, cursor

    def ticket(self, client: HttpClient, number: str) -> DeskTicket:
        """Read an issue with its newest comments."""
        value = client.get(f"{ISSUE}/{number}", {"fields": "summary,labels"}).object()
        fields, key = value.get("fields") or {}, str(value["key"])
        newest: Params = {"orderBy": "-created", "maxResults": 100, "expand": "properties"}
        comments = client.get(f"{ISSUE}/{number}/comment", newest).records("comments")
        return DeskTicket(
            number=number,
            key=key,
            title=str(fields.get("summary") or ""),
            url=f"{client.base_url}/browse/{key}",
            tags=tuple(map(str, fields.get("labels") or ())),
            notes=tuple(
                TicketNote(
                    str(one["id"]),
                    str(one.get("body") or ""),
                    datetime.fromisoformat(one["created"]),
                )
                for one in sorted(comments, key=lambda one: int(one["id"]))
                if not is_public(one)
            ),
        )

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str:
        """Edit our comment, or write it if there is none; then the labels."""
        path = f"{ISSUE}/{ticket.number}"
        comment = {"body": state.words.replace("[~", "[ ~"), "properties": FOR_AGENTS}
        note = state.note_id or ticket.note_marked(state.mark)
        if note and not is_edited(client, f"{path}/comment/{note}", comment):
            note = ""
        note = note or str(client.post(f"{path}/comment", comment).object()["id"])
        labels = [{"add": one} for one in state.added if one not in ticket.tags]
        labels += [{"remove": one} for one in state.removed if one in ticket.tags]
        if labels:
            client.put(path, {"update": {"labels": labels}})
        return note

    def check(self, client: HttpClient, field: str) -> None:
        """Ask who we are."""
        client.get("rest/api/2/myself").object()

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool:
        """Check the signature over the body; Jira signs no moment."""
        return is_hub_signed(secret, request, "sha256")


CHANNEL = desk_channel(
    JiraDesk(),
    title=verbatim("Jira Service Management"),
    explained=Text(
        "A label or webhook files an investigation; one internal comment says how it stands."
    ),
    token=Text("`mail:TOKEN` (Cloud) or a personal access token, of an agent."),
    webhook=Text("“Secret” of the webhook; without it the desk is read twice a minute."),
)
