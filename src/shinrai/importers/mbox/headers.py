"""Reads the header of a mail: texts, addresses, Message-IDs, moments. It never raises."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from shinrai.importers.mbox.charsets import as_text, clean

LONGEST_ADDRESS: Final = 254  # RFC 5321
LONGEST_LINE: Final = 4_000
MOST_IDS: Final = 200
EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)  # before, clocks had not been set
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
# Hours east. Names that stand for several zones (IST, and China's CST) are read as RFC 5322 has
# them, or not at all.
_ZONES: Final = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "WET": 0, "WEST": 1,
    "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "HKT": 8,
    "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_CLOCK: Final = re.compile(r"^(.*?\d:\d\d(?:[:.]\d\d)?)(?:\.\d+)?(?=\D|$)(.*)$", re.DOTALL)
_OFFSET: Final = re.compile(r"(?:GMT|UTC?)?([+-])(\d{1,2}):?(\d\d)?", re.ASCII)
_ANGLED: Final = re.compile(r"<\s*+([^<>\s@]{1,200}+@[^<>\s]{1,254}+)\s*+>")
_BARE: Final = re.compile(r"(?<![^\s<>(),;:\"'\[\]])[^\s<>(),;:\"'\[\]@]++@[^\s<>(),;:\"'\[\]]++")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.){0,1000}+"(?!@)')
_ID: Final = re.compile(r"<\s*([^<>\s]{3,900})\s*>")
_FOLD: Final = re.compile(r"\r?\n[ \t]+|[\r\n]+")


class MailHeader:
    """The fields of a mail's header, unfolded, by their names in lower case."""

    def __init__(self, message: Message) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            fields = self._fields.setdefault(str(name).lower(), [])
            fields.append(_FOLD.sub(" ", str(value)).strip())

    def __bool__(self) -> bool:
        return bool(self._fields)

    def all(self, name: str) -> list[str]:
        """Return all fields with a name, topmost first."""
        return self._fields.get(name, [])

    def one(self, name: str) -> str:
        """Return the first non-empty field with a name; empty if there is none."""
        return next((value for value in self.all(name) if value), "")

    def words(self, name: str) -> str:
        """Return a field as decoded text."""
        return words_of(self.one(name))

    def addresses(self, *names: str) -> list[str]:
        """Return the addresses in fields, in lower case, each once."""
        found = (address for name in names for value in self.all(name) for address in _in(value))
        return list(dict.fromkeys(found))

    def ids(self, *names: str) -> list[str]:
        """Return the Message-IDs in fields."""
        found = (one for name in names for value in self.all(name) for one in _ID.findall(value))
        return list(dict.fromkeys(clean(one) for one in found))[:MOST_IDS]

    def identity(self) -> str:
        """Return the Message-ID; some programs write it without its brackets."""
        return next(iter(self.ids("message-id")), "") or clean(self.one("message-id"))[:900]


def words_of(value: str) -> str:
    """Decode a header text: encoded words, and bytes that were never encoded."""
    given = value[:LONGEST_LINE]
    if not given.isascii() or "\x1b$" in given:
        given = as_text(given.encode("ascii", "surrogateescape")).text if _is_raw(given) else given
    if "=?" not in given:
        return clean(given).strip()
    try:
        parts = decode_header(given)
    except (
        HeaderParseError,
        ValueError,
        LookupError,
        TypeError,
    ):  # words that are not what they claim
        return clean(given).strip()
    return "".join(
        part if isinstance(part, str) else _word(part, charset) for part, charset in parts
    ).strip()


def _is_raw(value: str) -> bool:
    """Return whether each character stands for one byte that the parser did not decode."""
    return all(sign < "\x80" or "\udc80" <= sign <= "\udcff" for sign in value)


def _word(part: bytes, charset: str | None) -> str:
    if charset is None:
        return clean(part.decode("raw_unicode_escape", "replace"))  # as decode_header wrote it
    return as_text(part, charset.partition("*")[0]).text


def _in(value: str) -> Iterator[str]:
    """Yield addresses, also those that no standard allows (`taro..@docomo.ne.jp`)."""
    given = value[: LONGEST_LINE * 16]
    angled = _ANGLED.findall(given)
    bare = _QUOTED.sub(" ", _COMMENT.sub(" ", _ANGLED.sub(" ", given)))
    for found in (*angled, *_BARE.findall(bare)):
        address = clean(found).strip(".,;:'\"").lower()
        if "@" in address and len(address) <= LONGEST_ADDRESS:
            yield address


class Stamp(NamedTuple):
    """A moment in UTC, and whether its time zone was readable; if not, UTC was assumed."""

    at: datetime
    has_zone: bool


def stamp_of(value: str) -> Stamp | None:
    """Return a moment written as in mail or by Unix' `date`; None if it is unreadable."""
    found = _CLOCK.match(" ".join(_COMMENT.sub(" ", value[:LONGEST_LINE]).split()))
    if found is None:
        return None
    zone = found[2].strip()
    year = re.search(r"(?:^|\s)(\d{4})(?=\s|$)", zone)  # behind the clock: `10:00:00 JST 2026`
    if year is not None:
        zone = f"{zone[: year.start()]} {zone[year.end() :]}".strip()
    offset = _offset(zone)
    try:
        local = parsedate_to_datetime(f"{found[1]} {year[1] if year else ''}")
        at = local.replace(tzinfo=UTC) - (offset or timedelta())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return Stamp(at, offset is not None) if EARLIEST <= at < LATEST else None


def moment_of(value: str) -> datetime | None:
    """Return a moment written as in mail, in UTC; None if it is unreadable."""
    stamp = stamp_of(value)
    return None if stamp is None else stamp.at


def _offset(zone: str) -> timedelta | None:
    """Return a zone's offset from UTC, positive to the east; in `+0900 JST` the number counts."""
    for part in zone.upper().split():
        if found := _OFFSET.fullmatch(part):
            hours, minutes = int(found[2]), int(found[3] or 0)
            if hours > 14 or minutes > 59:
                return None
            passed = timedelta(hours=hours, minutes=minutes)
            return -passed if found[1] == "-" else passed
    name = zone.upper()
    return timedelta(hours=_ZONES[name]) if name in _ZONES else None


def received_at(lines: Sequence[str], hosts: Sequence[str]) -> Stamp | None:
    """Return when our own host received a mail: from the topmost line of one of `hosts`.

    Without hosts the topmost line counts. Lines below may have been written by anybody.
    """
    for line in lines:
        before, _, date = line.rpartition(";")
        if hosts and not any(_is_by(before, host) for host in hosts):
            continue
        if (stamp := stamp_of(date)) is not None:
            return stamp
    return None


def first_received_at(lines: Sequence[str], hosts: Sequence[str]) -> Stamp | None:
    """Return when the first of our hosts received a mail, of those that handed it on to each other.

    Only such a line is believed that a line of our own host stands above: whoever sends a mail can
    write lines below, also in the name of our hosts.
    """
    found: Stamp | None = None
    for line in lines:
        before, _, date = line.rpartition(";")
        if hosts and not any(_is_by(before, host) for host in hosts):
            if found is not None:
                break
            continue  # of the mailbox's own server, above those that are named
        found = stamp_of(date) or found
        if not any(_is_by(before, host, "from") for host in hosts):
            break  # it came from outside: what is below, a stranger wrote
    return found


def _is_by(line: str, host: str, word: str = "by") -> bool:
    found = re.search(rf"\b{word}\s+([^\s;()]+)", line, re.IGNORECASE)
    name = found[1].rstrip(".").lower() if found else ""
    return name == host or name.endswith("." + host)


def is_far(one: datetime, other: datetime, *, most: timedelta) -> bool:
    """Return whether two times differ by more than `most`."""
    return abs(one - other) > most
