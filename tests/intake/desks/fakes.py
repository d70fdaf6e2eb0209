"""Five help desks on loopback, each with one ticket: what their APIs give, take, and leave out.

Zendesk and Chatwoot never change a comment, Zammad changes its visibility alone; Jira and Freshdesk
edit. A customer sees what is public: no test may find anything there.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.desk.stage import tokyo
from tests.importers.fakes.server import Answerer, Ask, FakeServer, Reply

NOON = tokyo(9, 14)
FIELD = "360012345678"
SAID = "The pen draws nothing on her tablet."


@dataclass
class FakeTicket:
    """Ticket 7, as every desk of these stories has it."""

    tags: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    field: str = ""
    changed_at: datetime = NOON

    def say(self, words: str, at: datetime, *, internal: bool = True) -> str:
        """Add a comment; return its id."""
        number = str(100 + len(self.notes))
        self.notes.append({"id": number, "words": words, "at": at, "internal": internal})
        return number

    def edit(self, number: str, words: str) -> bool:
        """Change a comment, if it is there."""
        found = [one for one in self.notes if one["id"] == number]
        for one in found:
            one["words"] = words
        return bool(found)


class FakeDesk:
    """A desk with one ticket; `clock` says when its own writes are made."""

    url = ""
    settings: dict[str, str] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.held = FakeTicket()
        self.now = tokyo(9, 15)
        self.server = FakeServer(self.answers())

    def answers(self) -> dict[str, Answerer]:
        raise NotImplementedError

    @property
    def address(self) -> str:
        """Return the address as somebody types it."""
        return self.server.url

    def note(self) -> str:
        """Return what the one note says now."""
        ours = [one["words"] for one in self.held.notes if "shinrai-" in one["words"]]
        return self.held.field or (ours[-1] if ours else "")

    def ours(self) -> int:
        """Count the comments that we wrote."""
        return sum("shinrai-" in one["words"] for one in self.held.notes)

    def public(self) -> list[str]:
        """Return what a customer can read."""
        return [one["words"] for one in self.held.notes if not one["internal"]]

    def tag(self, name: str = "shinrai") -> None:
        """Set a tag, as a person or a macro does."""
        self.held.tags.append(name)
        self.held.changed_at = self.now


class FakeZendesk(FakeDesk):
    settings = {"field": FIELD}  # noqa: RUF012
    is_visible = False

    def answers(self) -> dict[str, Answerer]:
        return {
            "/api/v2/tickets.json": lambda _: {"tickets": [self._ticket()]},
            "/api/v2/tickets/7.json": self._one,
            "/api/v2/tickets/7/comments.json": lambda _: {"comments": list(map(_zen, self._said))},
            f"/api/v2/ticket_fields/{FIELD}.json": lambda _: {
                "ticket_field": {"id": int(FIELD), "visible_in_portal": self.is_visible}
            },
        }

    @property
    def _said(self) -> list[dict[str, Any]]:
        return list(reversed(self.held.notes))

    def _ticket(self) -> dict[str, Any]:
        at = self.held.changed_at.isoformat()
        return {"id": 7, "subject": SAID, "tags": list(self.held.tags), "updated_at": at}

    def _one(self, ask: Ask) -> Any:
        if ask.method == "GET":
            return {"ticket": self._ticket()}
        change, events = ask.body["ticket"], []
        assert change["safe_update"]
        if change["updated_stamp"] != self._ticket()["updated_at"]:
            return Reply(409, {"error": "UpdateConflict"})
        [given] = change["custom_fields"]
        assert given["id"] == int(FIELD)
        self.held.field, self.held.tags = given["value"], change["tags"]
        if comment := change.get("comment"):
            number = self.held.say(comment["body"], self.now, internal=comment["public"] is False)
            events.append({"id": int(number), "type": "Comment"})
        self.held.changed_at = self.now
        return {"ticket": self._ticket(), "audit": {"events": events}}


class FakeJira(FakeDesk):
    def answers(self) -> dict[str, Answerer]:
        return {
            "/rest/api/2/serverInfo": lambda _: {"deploymentType": "Cloud"},
            "/rest/api/2/myself": lambda _: {"timeZone": "Asia/Tokyo"},
            "/rest/api/3/search/jql": self._search,
            "/rest/api/2/issue/7": self._issue,
            "/rest/api/2/issue/7/comment": self._comment,
        }

    def _search(self, ask: Ask) -> Any:
        wanted = re.search(r'labels = "(\w+)"', ask.one("jql"))
        assert wanted is not None
        is_found = wanted[1] in self.held.tags
        return {"issues": [{"id": "7", "key": "CRE-7"}] * is_found, "isLast": True}

    def _issue(self, ask: Ask) -> Any:
        if ask.method == "GET":
            return {
                "id": "7",
                "key": "CRE-7",
                "fields": {"summary": SAID, "labels": self.held.tags},
            }
        for change in ask.body["update"]["labels"]:
            [(deed, name)] = change.items()
            (self.held.tags.append if deed == "add" else self.held.tags.remove)(name)
        return Reply(204)

    def _comment(self, ask: Ask) -> Any:
        if ask.method == "GET":
            return {"comments": list(map(_jira, self.held.notes)), "total": len(self.held.notes)}
        [internal] = [one["value"]["internal"] for one in ask.body["properties"]]
        if ask.method == "POST":
            return {"id": self.held.say(ask.body["body"], self.now, internal=internal)}
        found = self.held.edit(ask.path.rpartition("/")[2], ask.body["body"])
        return {"id": "1"} if found else Reply(404, {})


class FakeZammad(FakeDesk):
    settings = {"field": "shinrai"}  # noqa: RUF012

    def answers(self) -> dict[str, Answerer]:
        return {
            "/api/v1/tickets/search": lambda ask: [{"id": 7}] * self._is_asked(ask),
            "/api/v1/tickets/7": self._ticket,
            "/api/v1/tags": lambda _: {"tags": list(self.held.tags)},
            "/api/v1/tags/add": lambda ask: self._tag(ask.body["item"], is_on=True),
            "/api/v1/tags/remove": lambda ask: self._tag(ask.one("item"), is_on=False),
            "/api/v1/ticket_articles/by_ticket/7": lambda _: list(map(_zammad, self.held.notes)),
            "/api/v1/ticket_articles": self._article,
            "/api/v1/users/me": lambda _: {"id": 1},
        }

    def _is_asked(self, ask: Ask) -> bool:
        return ask.body["condition"]["ticket.tags"]["value"] in self.held.tags

    def _ticket(self, ask: Ask) -> Any:
        if ask.method == "PUT":  # what it does not know it leaves out
            self.held.field = ask.body.get("shinrai", self.held.field)
        return {"id": 7, "title": SAID, "shinrai": self.held.field}

    def _tag(self, name: str, *, is_on: bool) -> bool:
        (self.held.tags.append if is_on else self.held.tags.remove)(name)
        return True

    def _article(self, ask: Ask) -> Any:
        assert ask.method == "POST", "an article's words cannot be changed"
        number = self.held.say(ask.body["body"], self.now, internal=ask.body["internal"])
        return {"id": int(number)}


class FakeFreshdesk(FakeDesk):
    def answers(self) -> dict[str, Answerer]:
        return {
            "/api/v2/tickets": self._changed,
            "/api/v2/tickets/7": self._ticket,
            "/api/v2/tickets/7/conversations": lambda _: list(map(_fresh, self.held.notes)),
            "/api/v2/tickets/7/notes": self._note,
            "/api/v2/conversations/": self._edit,
            "/api/v2/agents/me": lambda _: {"id": 1},
        }

    def _changed(self, ask: Ask) -> list[dict[str, Any]]:
        since = datetime.fromisoformat(ask.one("updated_since"))
        return [self._shown()] if self.held.changed_at >= since else []

    def _shown(self) -> dict[str, Any]:
        at = self.held.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"id": 7, "subject": SAID, "tags": list(self.held.tags), "updated_at": at}

    def _ticket(self, ask: Ask) -> Any:
        if ask.method == "PUT":
            self.held.tags, self.held.changed_at = ask.body["tags"], self.now
        return self._shown()

    def _note(self, ask: Ask) -> Any:
        words = ask.body["body"].replace("<br>", "\n")
        return {"id": int(self.held.say(words, self.now, internal=ask.body["private"]))}

    def _edit(self, ask: Ask) -> Any:
        words = ask.body["body"].replace("<br>", "\n")
        return {} if self.held.edit(ask.path.rpartition("/")[2], words) else Reply(404, {})


class FakeChatwoot(FakeDesk):
    settings = {"field": "shinrai"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.attributes = {"plan": "gold"}

    @property
    def address(self) -> str:
        return f"{self.server.url}/app/accounts/1"

    def answers(self) -> dict[str, Answerer]:
        whole = "/api/v1/accounts/1"
        one = f"{whole}/conversations/7"
        return {
            f"{whole}/conversations": self._listed,
            f"{whole}/inboxes": lambda _: {"payload": []},
            one: lambda _: {
                "id": 7,
                "labels": list(self.held.tags),
                "custom_attributes": self.attributes,
                "additional_attributes": {"mail_subject": SAID},
            },
            f"{one}/messages": self._messages,
            f"{one}/labels": self._label,
            f"{one}/custom_attributes": self._attributes,
        }

    def _listed(self, ask: Ask) -> Any:
        is_found = ask.one("labels[]") in self.held.tags and ask.one("page") == "1"
        return {"data": {"payload": [{"id": 7, "labels": self.held.tags}] * is_found}}

    def _messages(self, ask: Ask) -> Any:
        if ask.method == "POST":
            number = self.held.say(ask.body["content"], self.now, internal=ask.body["private"])
            return {"id": int(number)}
        before = int(ask.one("before", "999"))
        return {"payload": [_chat(one) for one in self.held.notes if int(one["id"]) < before]}

    def _label(self, ask: Ask) -> Any:
        self.held.tags = ask.body["labels"]
        return {"payload": self.held.tags}

    def _attributes(self, ask: Ask) -> Any:
        self.attributes = ask.body["custom_attributes"]  # the whole of them
        self.held.field = self.attributes["shinrai"]
        return {"custom_attributes": self.attributes}


DESKS: dict[str, type[FakeDesk]] = {
    "zendesk": FakeZendesk,
    "jira": FakeJira,
    "zammad": FakeZammad,
    "freshdesk": FakeFreshdesk,
    "chatwoot": FakeChatwoot,
}


def _zen(one: dict[str, Any]) -> dict[str, Any]:
    said = {"plain_body": one["words"], "public": not one["internal"]}
    return {"id": int(one["id"]), **said, "created_at": one["at"].isoformat()}


def _jira(one: dict[str, Any]) -> dict[str, Any]:
    said = {"body": one["words"], "jsdPublic": not one["internal"]}
    return {"id": one["id"], **said, "created": one["at"].strftime("%Y-%m-%dT%H:%M:%S.000%z")}


def _zammad(one: dict[str, Any]) -> dict[str, Any]:
    said = {"body": one["words"], "internal": one["internal"]}
    return {"id": int(one["id"]), **said, "created_at": one["at"].isoformat()}


def _fresh(one: dict[str, Any]) -> dict[str, Any]:
    said = {"body_text": one["words"], "private": one["internal"]}
    return {"id": int(one["id"]), **said, "created_at": one["at"].isoformat()}


def _chat(one: dict[str, Any]) -> dict[str, Any]:
    said = {"content": one["words"], "private": one["internal"]}
    return {"id": int(one["id"]), **said, "created_at": one["at"].timestamp()}
