"""What a kind of connection declares: the fields it asks for, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

# How long after a failure it is tried again: for a day, as outages of a desk last hours, and soon
# after one ends. Then it is given up, and shown.
PAUSES_S: Final = (10, 60, 300, *(900,) * 96)


class UnusableConnection(UserError, ValueError):
    """A field of a connection cannot be as it is given; `by_field` says which and why."""

    def __init__(self, by_field: Mapping[str, Text]) -> None:
        super().__init__(next(iter(by_field.values())))
        self.by_field = dict(by_field)


class NotReached(UserError, RuntimeError):
    """The other side cannot be reached, or put us off; it is tried again, `after_s` at earliest."""

    def __init__(self, text: Text, *, after_s: float = 0.0) -> None:
        super().__init__(text)
        self.after_s = after_s


class RefusedThere(UserError, RuntimeError):
    """The other side refuses for good; a person has to look."""


@dataclass(frozen=True)
class ConnectionField:
    """One field of a connection. A secret one is never shown again.

    `read` returns what was typed as it is kept, or raises a UserError that says what is wrong.
    """

    key: str
    title: Text
    help: Text | None = None
    is_secret: bool = False
    is_required: bool = True
    choices: tuple[tuple[str, Text], ...] = ()
    usual: str = ""
    most: int = 500
    read: Callable[[str], str] | None = None
    is_long: bool = False


@dataclass(frozen=True)
class ConnectionView:
    """A connection as channels get it; `secrets` is readable here alone."""

    id: int
    workspace_id: int
    kind: str
    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    token: str = field(repr=False)
    made_at: datetime
    cursor: Mapping[str, Any] = field(default_factory=dict)

    @property
    def author(self) -> str:
        """Return who steps are by that came through this connection."""
        return f"connection:{self.id}"


@dataclass(frozen=True)
class ReceiptView:
    """What came through a connection, as it is handled."""

    id: int
    outside_id: str
    body: bytes = field(repr=False)
    came_at: datetime
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of a receipt: an effect on a case, or a reason why there is none."""

    case_id: int | None = None
    ignored: Text | None = None


@dataclass(frozen=True)
class ThreadView:
    """A place outside where a case is told of."""

    id: int
    case_id: int
    outside_id: str
    url: str
    detail: Mapping[str, Any]
    note_id: str
    told: str
    told_sequence: int
    made_at: datetime


@dataclass(frozen=True)
class Told:
    """What a channel did about a thread; what is None stays as it is.

    `is_silent`: there was nothing to tell, so that an error that stands there stays.
    """

    note_id: str | None = None
    told: str | None = None
    detail: Mapping[str, Any] | None = None
    is_silent: bool = False


class NotAllowed(UserError, PermissionError):
    """A request has no signature, a wrong one, or is too old: it is answered with 401."""


@dataclass(frozen=True)
class IncomingRequest:
    """A request from outside, before anything of it is believed."""

    headers: Mapping[str, str] = field(repr=False)  # names in small letters
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Accepted:
    """What a request is answered with, and what of it is stored, by its id outside."""

    receipts: tuple[tuple[str, bytes], ...] = ()
    document: Mapping[str, Any] | None = None
    status: int = 200


@dataclass(frozen=True)
class Channel:
    """What a kind of connection does.

    `handle(connection, receipt, at=)` runs in one transaction with the receipt's end: what it
    writes is there once, or not at all; it does not call outside.
    `tell(connection, thread, status, at=)` brings the place outside to the state of the case. It
    may be repeated after a kill, so it looks for what it wrote before it writes anew. Mail, which
    cannot be looked for, goes through the outbox.
    `poll(connection, at=)` reads the source from its cursor and stores what came by
    `operations.receipts.receive`; it returns the new cursor.
    `accept(connection, request, at=)` checks the signature of a request before anything else and
    returns what is stored of it and answered; it raises NotAllowed. It has three seconds.
    `check(connection, at=)` tries the connection and returns what it found.
    `link(connection, case_id=, address=, at=)` tells of a case at an address from now on; it
    returns whether the address is one of the connection's.
    `read_history(connection, at=)` imports what changed there; it may take hours.
    `part` is a template that the page of a connection shows above its fields.
    """

    key: str
    title: Text
    explained: Text
    fields: tuple[ConnectionField, ...]
    handle: Callable[..., Outcome]
    tell: Callable[..., Told] | None = None
    poll: Callable[..., Mapping[str, Any]] | None = None
    check: Callable[..., Text] | None = None
    accept: Callable[..., Accepted] | None = None
    link: Callable[..., bool] | None = None
    read_history: Callable[..., None] | None = None
    part: str = ""
