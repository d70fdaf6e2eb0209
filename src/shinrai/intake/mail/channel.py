"""The channel of a mailbox: what it asks for, and what it does."""

from typing import Final

from shinrai.delivery.targets import read_mail
from shinrai.intake.mail.cases import handle
from shinrai.intake.mail.mailbox import check, poll
from shinrai.intake.mail.replies import tell
from shinrai.intake.rules.channels import Channel, ConnectionField
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SECURITY: Final = (
    ("tls", Text("TLS from the first byte")),
    ("starttls", Text("STARTTLS")),
    ("none", Text("none, within a network of one's own alone")),
)


class UnusableField(UserError, ValueError):
    """What was typed cannot be a host, a port or an address."""


def _address(typed: str) -> str:
    return read_mail(typed).lower()


def _host(typed: str) -> str:
    if any(sign.isspace() or sign in "/:@," for sign in typed):
        raise UnusableField(Text("Give the name of one host, such as imap.example.com."))
    return typed.lower()


def _hosts(typed: str) -> str:
    return ", ".join(map(_host, typed.replace(",", " ").split()))


def _port(typed: str) -> str:
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) < 65_536):
        raise UnusableField(Text("Give a number from 1 to 65535, or nothing."))
    return typed


def _line(typed: str) -> str:
    return " ".join(typed.split())


CHANNEL = Channel(
    key="mail",
    title=Text("a mailbox"),
    explained=Text("Mails become inquiries; answers are sent as replies in the same thread."),
    fields=(
        ConnectionField(
            "address",
            Text("address of the mailbox"),
            Text("Replies come from it, and bounces come back to it."),
            read=_address,
        ),
        ConnectionField(
            "from_name", Text("name beside the address"), is_required=False, most=80, read=_line
        ),
        ConnectionField("imap_host", Text("IMAP server"), read=_host),
        ConnectionField(
            "imap_port",
            Text("IMAP port"),
            Text("Empty: 993 with TLS, 143 without."),
            is_required=False,
            read=_port,
        ),
        ConnectionField("imap_security", Text("IMAP encryption"), choices=SECURITY, usual="tls"),
        ConnectionField("imap_user", Text("IMAP user")),
        ConnectionField("imap_password", Text("IMAP password"), is_secret=True),
        ConnectionField(
            "imap_folder", Text("folder"), Text("Empty: INBOX."), is_required=False, most=200
        ),
        ConnectionField(
            "seen",
            Text("mails that were taken in"),
            Text("They stay in the mailbox in any case."),
            choices=(("no", Text("leave as they are")), ("yes", Text("mark as read"))),
            usual="no",
        ),
        ConnectionField(
            "hosts",
            Text("receiving hosts"),
            Text(
                "The names of your own mail servers: the moment at which the first of them took a "
                "mail in starts the clock. Empty: the last server before the mailbox counts."
            ),
            is_required=False,
            read=_hosts,
        ),
        ConnectionField(
            "opens",
            Text("a mail opens"),
            choices=(
                ("inquiry", Text("an inquiry: customers write here")),
                ("investigation", Text("an investigation: CS writes here")),
            ),
            usual="inquiry",
        ),
        ConnectionField(
            "investigation",
            Text("kind of investigation"),
            Text("Its key, such as other or broken, where mails open investigations."),
            is_required=False,
            most=80,
            usual="other",
        ),
        ConnectionField(
            "receipt",
            Text("the first mail of a matter"),
            choices=(
                ("yes", Text("confirm it, with the time of an answer")),
                ("no", Text("do not confirm it")),
            ),
            usual="yes",
        ),
        ConnectionField(
            "smtp_host",
            Text("SMTP server"),
            Text("Empty: the mail server of this installation sends."),
            is_required=False,
            read=_host,
        ),
        ConnectionField(
            "smtp_port",
            Text("SMTP port"),
            Text("Empty: 587 with STARTTLS, 465 with TLS, 25 without."),
            is_required=False,
            read=_port,
        ),
        ConnectionField(
            "smtp_security", Text("SMTP encryption"), choices=SECURITY, usual="starttls"
        ),
        ConnectionField("smtp_user", Text("SMTP user"), is_required=False),
        ConnectionField("smtp_password", Text("SMTP password"), is_secret=True, is_required=False),
    ),
    handle=handle,
    tell=tell,
    poll=poll,
    check=check,
)
