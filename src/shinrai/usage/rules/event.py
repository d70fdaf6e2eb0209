"""One usage event, as all ways in hand it over, and the limits of what is believed."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

import msgspec

from shinrai.units.errors import UserError
from shinrai.units.moments import EPOCH
from shinrai.units.text import Text

MOST_ID: Final = 200
MOST_NAME: Final = 200
MOST_PROPERTIES: Final = 32 * 1024  # as JSON, in bytes; Segment refuses longer messages as well
MOST_DEPTH: Final = 20
MOST_KEYS: Final = 400
MOST_KEY: Final = 100
LEFT_OUT: Final = "$left_out"  # the property that names those which were too deep or no plain value
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)  # clocks of devices run ahead; a day more is no clock

# Who somebody is stands under their own key, which erasing destroys; here it could not be erased.
PERSONAL: Final = frozenset(
    (
        *("name", "firstname", "lastname", "fullname", "username", "nickname", "email", "mail"),
        *("phone", "mobile", "tel", "address", "street", "birthday", "birthdate", "avatar", "ip"),
        *("distinctid", "alias", "anondistinctid", "deviceid", "userid", "anonymousid", "groupkey"),
        *("氏名", "名前", "住所", "電話番号", "メールアドレス", "生年月日"),
    )
)
# Calls that say who somebody is; they lie among the events, and are nothing that a person did.
IDENTIFY: Final = "$identify"
ALIAS: Final = "$create_alias"
MERGE: Final = "$merge_dangerously"
GROUP: Final = "$groupidentify"
SET: Final = "$set"
NO_DEEDS: Final = (IDENTIFY, ALIAS, MERGE, GROUP, SET)

Scalar = str | int | float | bool | None


class BadEvent(UserError, ValueError):
    """An event that cannot count; it goes to the quarantine, with the reason."""


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """Something a person did in the service.

    `actor` is the identifier the service uses: of a known person, or of a device (`is_known`).
    `at` is when it happened, corrected for the device's clock. `zone` is the person's own time
    zone, if the device said it; `group` the company or household the service named.
    """

    id: str
    actor: str
    name: str
    at: datetime
    is_known: bool = True
    zone: str | None = None
    group: str | None = None
    properties: Mapping[str, Scalar] = field(default_factory=dict)
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SameActor:
    """A claim that two identifiers are one person: identify, alias or a merge."""

    id: str
    anonymous: str
    known: str
    at: datetime
    how: str  # identify, alias, merge


def checked_event(event: UsageEvent, *, received_at: datetime) -> UsageEvent:
    """Return an event that may count.

    Raises: BadEvent, which says what is wrong.
    """
    for name, value, most in (
        ("id", event.id, MOST_ID),
        ("actor", event.actor, MOST_ID),
        ("event", event.name, MOST_NAME),
        *((("group", event.group, MOST_ID),) if (event.group or "").strip() else ()),
    ):
        if not isinstance(value, str) or not value.strip():
            raise BadEvent(Text("it has no {name}", name=name))
        if len(value) > most:
            raise BadEvent(Text("its {name} is longer than {most}", name=name, most=most))
        if "\0" in value or not _is_encodable(value):
            raise BadEvent(Text("its {name} holds signs that are no text", name=name))
    if event.at < EARLIEST:
        raise BadEvent(Text("it is dated {at:%Y-%m-%d}, before any service", at=event.at))
    if event.at > received_at + AHEAD:
        raise BadEvent(Text("it is dated {at:%Y-%m-%d}, which is to come", at=event.at))
    size = len(msgspec.json.encode(event.properties))
    if size > MOST_PROPERTIES:
        raise BadEvent(Text("its properties take {size:,} bytes", size=size))
    return event


def checked_claim(claim: SameActor) -> SameActor | None:
    """Return a claim that may count; None if it says nothing, or nothing that can be an id."""
    names = (claim.anonymous, claim.known)
    is_usable = all(
        name.strip() and len(name) <= MOST_ID and "\0" not in name and _is_encodable(name)
        for name in names
    )
    return claim if is_usable and claim.anonymous != claim.known else None


def plain_properties(given: object) -> dict[str, Scalar]:
    """Return properties as plain values: nested ones by dots, one level deep; signs no text holds
    taken out. What is deeper, a list, or says who somebody is, is left out by name, in `$left_out`.
    """
    found: dict[str, Scalar] = {}
    left_out: list[str] = []
    for key, value in given.items() if isinstance(given, dict) else ():
        for name, one in (
            [(f"{key}.{inner}", one) for inner, one in value.items()]
            if isinstance(value, dict)
            else ((key, value),)
        ):
            path, is_personal = _path(str(name)[: 2 * MOST_KEY])  # short: it is remembered
            if len(found) >= MOST_KEYS or is_personal or isinstance(one, dict | list | tuple):
                left_out.append(path)
            elif isinstance(one, float) and not math.isfinite(one):
                found[path] = None
            elif one is None or isinstance(one, bool | int | float):
                found[path] = one
            else:
                found[path] = clean_text(one)
    if left_out:
        found[LEFT_OUT] = ", ".join(left_out)[:1000]
    return found


@lru_cache(maxsize=4096)  # events of one kind have the same names
def _path(name: str) -> tuple[str, bool]:
    """Return a property's name as it is kept, and whether it says who somebody is."""
    path = clean_text(name)[:MOST_KEY]
    last = path.rpartition(".")[2].casefold()
    return path, last.replace("_", "").replace("$", "").replace("-", "") in PERSONAL


def clean_text(value: object) -> str:
    """Return a value as text without NUL, and with a sign in place of lone surrogates."""
    if isinstance(value, str) and value.isascii() and "\0" not in value:
        return value
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


class RowIds:
    """Gives rows without an id one: a hash of the row, and its ordinal among equal ones.

    `count` returns how often a hash came, with this time; a file's are counted on disk.
    """

    def __init__(self, count: Callable[[bytes], int] | None = None) -> None:
        self._counts: Counter[bytes] = Counter()
        self._count = count or self._within

    def id_of(self, row: object) -> str:
        """Return the id of the next row."""
        said = json.dumps(row, sort_keys=True, default=str).encode()
        digest = hashlib.blake2b(said, digest_size=16)
        return f"{digest.hexdigest()}-{self._count(digest.digest())}"

    def _within(self, digest: bytes) -> int:
        self._counts[digest] += 1
        return self._counts[digest]


def read_moment(value: object, *, zone: tzinfo = UTC) -> datetime:
    """Return a moment from ISO 8601, seconds or milliseconds since 1970, or a datetime.

    One without a zone is of `zone`. Raises: BadEvent.
    """
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and _is_number(value)):
            number = float(value)
            # 1e11 s is the year 5138, and 1e11 ms 1973
            return EPOCH + timedelta(seconds=number if abs(number) < 1e11 else number / 1000)
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        said = clean_text(value)[:40]
        raise BadEvent(Text("its time {said!r} is no moment", said=said)) from error


def _is_number(value: str) -> bool:
    return value.strip().replace(".", "", 1).isdigit() and len(value.strip()) > 8


def corrected_moment(at: datetime, *, sent_at: datetime | None, received_at: datetime) -> datetime:
    """Return when an event happened, by our clock: its age when it was sent, before it arrived.

    Source: https://segment.com/docs/connections/spec/common/, "timestamps": timestamp =
    receivedAt - (sentAt - originalTimestamp).
    """
    try:
        return at if sent_at is None else received_at - (sent_at - at)
    except OverflowError:
        return at


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True
