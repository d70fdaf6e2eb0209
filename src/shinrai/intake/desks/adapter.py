"""What each help desk does in a way of its own, and the one client by which all are called."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import httpx
from django.conf import settings

from shinrai.delivery.errors import NotDelivered, PutOff
from shinrai.delivery.network import PublicTransport
from shinrai.importers.pull.errors import BadAddress, PullFailed, PullRefused
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.sources import Source
from shinrai.intake.rules.channels import (
    ConnectionView,
    IncomingRequest,
    NotReached,
    RefusedThere,
)
from shinrai.units.text import Text

TIMEOUT_S: Final = 10.0
REPLAY: Final = timedelta(minutes=5)
GONE: Final = (404, 410)
MOST_PAGES: Final = 100


@dataclass(frozen=True)
class TicketNote:
    """An internal note of a ticket."""

    id: str
    words: str
    at: datetime


@dataclass(frozen=True)
class DeskTicket:
    """A ticket as its desk's API gives it: `key` as the importer calls it, internal notes alone.

    `raw` is what a write needs of it besides, such as its last change.
    """

    number: str
    key: str
    title: str
    url: str
    tags: tuple[str, ...]
    notes: tuple[TicketNote, ...]
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def note_marked(self, mark: str) -> str:
        """Return the id of the first note that carries a mark, or ""."""
        return next((one.id for one in self.notes if mark in one.words), "")


@dataclass(frozen=True)
class TicketState:
    """What a ticket is to say: `words` of the one note, and the tags that are put on or taken off.

    `note_id` is the note we wrote, if that is known, and `mark` what it carries. `answer` is given
    while the case is answered, for desks whose notes cannot be edited; their `field` is the note.
    """

    words: str
    answer: str
    mark: str
    note_id: str
    field: str
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def tags_of(self, ticket: DeskTicket) -> list[str]:
        """Return all tags that the ticket is to carry, in their order."""
        kept = [one for one in ticket.tags if one not in self.removed]
        return kept + [one for one in self.added if one not in kept]


class DeskAdapter(Protocol):
    """What a help desk does in a way of its own.

    `asked` returns the numbers of the tickets that carry a tag, and the next cursor. `write` brings
    the ticket to a state and returns the id of our note; repeated, it writes no second one.
    `check` raises RefusedThere if something there is not set up.
    """

    source: Source

    def asked(
        self, client: HttpClient, tag: str, cursor: Mapping[str, Any], *, at: datetime
    ) -> tuple[Sequence[str], Mapping[str, Any]]: ...

    def ticket(self, client: HttpClient, number: str) -> DeskTicket: ...

    def write(self, client: HttpClient, ticket: DeskTicket, state: TicketState) -> str: ...

    def check(self, client: HttpClient, field: str) -> None: ...

    def is_genuine(self, secret: str, request: IncomingRequest, *, at: datetime) -> bool: ...


def ticket_number(base: str, named: str) -> str:
    """Return the number of the ticket that an address within a desk shows; of others ""."""
    inside = named.removeprefix(f"{base.rstrip('/')}/")
    found = _PATH.search(inside) if inside != named else None
    return found[1] if found else ""


def judged_transport() -> httpx.BaseTransport:
    """Return what carries requests to public addresses alone, as its operator allows."""
    return PublicTransport(allow_private=settings.SHINRAI_PRIVATE_TARGETS)


@contextmanager
def opened(source: Source, connection: ConnectionView) -> Iterator[HttpClient]:
    """Open a client that asks once and waits ten seconds at most.

    Raises: NotReached to be tried again, RefusedThere for good.
    """
    assert source.client is not None
    with failures(connection):
        token = connection.secrets["token"]
        with source.client(connection.settings["url"], token) as client:
            yield client.through(judged_transport(), tries=1, timeout_s=TIMEOUT_S)


@contextmanager
def failures(connection: ConnectionView) -> Iterator[None]:
    """Raise what a client raises as what a connection makes of it."""
    host = connection.settings["url"].partition("://")[2].partition("/")[0]
    try:
        yield
    except PullFailed as error:
        raise NotReached(
            Text("{host} gives no answer now", host=host), after_s=error.after_s
        ) from error
    except PutOff as error:
        raise NotReached(error.text) from error
    except (NotDelivered, BadAddress) as error:
        raise RefusedThere(error.text) from error
    except PullRefused as error:
        if error.status == 409:  # somebody changed the ticket while we wrote
            raise NotReached(Text("{host} gives no answer now", host=host)) from error
        said = _REFUSALS.get(error.status, Text("{host} refuses it ({status})"))
        raise RefusedThere(said.using(host=host, status=error.status)) from error


def is_edited(client: HttpClient, path: str, body: Mapping[str, Any]) -> bool:
    """Edit a note; tell whether it was there, as somebody may have deleted it."""
    try:
        client.put(path, body)
    except PullRefused as refused:
        if refused.status not in GONE:
            raise
        return False
    return True


def is_signed(secret: str, signed: bytes, given: str, *, method: str = "sha256") -> bool:
    """Tell whether a signature is one of the bytes; without a secret none is."""
    proof = hmac.new(secret.encode(), signed, getattr(hashlib, method)).hexdigest()
    return bool(secret) and hmac.compare_digest(proof.encode(), given.encode())


def is_hub_signed(secret: str, request: IncomingRequest, method: str) -> bool:
    """Tell whether a body carries its signature as GitHub's hub did: `X-Hub-Signature`."""
    named, _, proof = request.headers.get("x-hub-signature", "").partition("=")
    return named == method and is_signed(secret, request.body, proof, method=method)


def is_recent(at: datetime, sent_at: datetime) -> bool:
    """Tell whether a request was sent within five minutes."""
    return abs(at - sent_at) <= REPLAY


_PATH: Final = re.compile(r"(?:tickets?|zoom|conversations|browse)/([A-Za-z0-9_-]+)")
_REFUSALS: Final = {
    0: Text("{host} answers with no JSON, or from another address; check the address"),
    401: Text("{host} does not accept the token; give the connection a new one"),
    403: Text("the owner of the token may not do this in {host}; widen its rights"),
    404: Text("{host} has no such ticket any more, or hides it from the owner of the token"),
    422: Text("{host} does not take this; the ticket may be closed"),
}
