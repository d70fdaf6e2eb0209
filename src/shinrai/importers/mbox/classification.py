"""Classifies mail: who wrote it, to whom it went, and whether a person wrote it.

**Source:** RFC 3834 (Auto-Submitted), RFC 3464 (reports of delivery), RFC 2919 (List-Id); further
fields that mail programs add are named by those programs' own documentation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from shinrai.importers.mbox.headers import MailHeader
from shinrai.units.errors import UserError
from shinrai.units.text import Text

TICKET: Final = r"\[#(\d{1,20})\]"
LONGEST_SUBJECT: Final = 500
_IN_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MACHINES: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})
_BY_MACHINES: Final = ("x-autoreply", "x-autorespond")
SUPPRESS: Final = "x-auto-response-suppress"
_ENVELOPE: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_PASSED_ON: Final = ("x-original-from", "x-original-sender", "reply-to")


class BadMailAddresses(UserError, ValueError):
    """The description of the desk's own mail is not valid."""


@dataclass(frozen=True)
class OurMail:
    """How to recognise our mail: addresses, domains (`@example.jp`), mail hosts, ticket numbers."""

    addresses: frozenset[str]
    domains: frozenset[str]
    hosts: tuple[str, ...] = ()
    ticket: re.Pattern[str] = re.compile(TICKET)

    def has(self, address: str) -> bool:
        """Return whether an address is one of ours; `support+billing@` counts as `support@`."""
        name, _, domain = address.rpartition("@")
        plain = f"{name.partition('+')[0]}@{domain}"
        return bool({address, plain} & self.addresses) or domain in self.domains

    def has_list(self, header: MailHeader) -> bool:
        """Return whether a mailing list is our own inbox, as when a desk uses a group's address."""
        listed = re.findall(r"<([^<>\s]+)>", header.one("list-id"))
        names = {name.lower() for name in listed}
        ours = {address.replace("@", ".") for address in self.addresses}
        if names & ours or any(self.has(a) for a in header.addresses("list-post", "mailing-list")):
            return True
        return any(name.endswith("." + domain) for name in names for domain in self.domains)


class MailClass(NamedTuple):
    """The class of a mail: `way` is inbound, outbound or note; `party` the first person outside."""

    way: str
    author: str  # an address, or empty
    party: str
    channel: str
    automatic: bool
    addressed: tuple[str, ...] = ()  # outside, the writer left out


def our_mail(ours: Sequence[str], hosts: Sequence[str] = (), ticket: str = TICKET) -> OurMail:
    """Return how to recognise our own mail.

    Raises: BadMailAddresses.
    """
    words = [word.strip().lower() for word in ours]
    for word in words:
        if "@" not in word or word.endswith("@") or any(sign.isspace() for sign in word):
            raise BadMailAddresses(
                Text(
                    "{word!r} is neither an address (support@example.jp) nor a domain "
                    "(@example.jp)",
                    word=word,
                ),
            )
    if not words:
        raise BadMailAddresses(
            Text("say which mail is yours by --ours, such as support@example.jp or @example.jp"),
        )
    return OurMail(
        frozenset(word for word in words if not word.startswith("@")),
        frozenset(word[1:] for word in words if word.startswith("@")),
        tuple(host.strip().rstrip(".").lower() for host in hosts),
        _pattern(ticket),
    )


def classify(header: MailHeader, ours: OurMail, *, is_report: bool) -> MailClass:
    """Return the class of a mail, from its header."""
    author = _author(header)
    to = header.addresses("to", "cc", "bcc") or header.addresses(*_ENVELOPE)
    outside = [address for address in to if not ours.has(address)]
    automatic = is_report or bool(automatic_sign(header, author, ours))
    others = tuple(address for address in outside if address != author)
    if not author or not ours.has(author):
        return MailClass("inbound", author, author, "mail", automatic, others)
    if not outside and to:
        passed_on = [a for a in header.addresses(*_PASSED_ON) if not ours.has(a)]
        if passed_on:  # a form, or a group's inbox, that speaks for somebody outside
            is_group = bool(header.one("list-id"))
            channel = "mail" if is_group else "form"
            return MailClass("inbound", passed_on[0], passed_on[0], channel, is_report)
        return MailClass("note", author, "", "mail", automatic)
    return MailClass("outbound", author, outside[0] if outside else "", "mail", automatic, others)


def ticket_in(subject: str, ours: OurMail) -> str | None:
    """Return the desk's ticket number in a subject, or None."""
    found = ours.ticket.search(subject[:LONGEST_SUBJECT])
    if found is None:
        return None
    return (found[1] if found.re.groups else found[0])[:80] or None


def _author(header: MailHeader) -> str:
    for name in ("from", "sender", "reply-to", "return-path"):
        if found := header.addresses(name):
            return found[0]
    return ""


def automatic_sign(header: MailHeader, author: str, ours: OurMail) -> str:
    """Return by what a machine's mail is known: the name of a field, `sender`, `list`; or ""."""
    submitted = header.one("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto-submitted"
    if found := next((name for name in _BY_MACHINES if header.one(name)), ""):
        return found
    if header.one("return-path").replace(" ", "") == "<>":
        return "return-path"
    if author.partition("@")[0] in _MACHINES:
        return "sender"
    in_bulk = header.one("precedence").strip().lower() in _IN_BULK
    is_bulk = (in_bulk or bool(header.one("list-id"))) and not ours.has_list(header)
    return "list" if is_bulk else SUPPRESS if header.one(SUPPRESS) else ""


def _pattern(ticket: str) -> re.Pattern[str]:
    try:
        return re.compile(ticket)
    except re.error as error:
        raise BadMailAddresses(
            Text(
                "--ticket: this is no pattern ({error}); such as {ticket}",
                error=error,
                ticket=TICKET,
            ),
        ) from error
