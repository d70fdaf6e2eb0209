"""Read a mailbox by IMAP: what is new since its cursor is stored, and left where it is.

Each half minute the mailbox is asked anew (`intake.tasks`). IDLE would hold a connection and a
worker for each mailbox, to win half a minute.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, U
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxFolderStatusError,
    MailboxLoginError,
)

from shinrai.delivery.errors import NO_ANSWER, NotDelivered, PutOff
from shinrai.delivery.mail import has_server
from shinrai.delivery.network import checked_address
from shinrai.delivery.smtp import try_server
from shinrai.importers.mbox.headers import moment_of
from shinrai.intake.mail.message import BEGINNING, LARGEST, receipt_id, shortened
from shinrai.intake.mail.replies import own_server, settle_sent
from shinrai.intake.operations.receipts import receive
from shinrai.intake.rules.channels import ConnectionView, NotReached, RefusedThere
from shinrai.units.text import Text

PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
TIMEOUT_S: Final = 20.0
MOST_AT_ONCE: Final = 200
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE: Final = re.compile(rb'INTERNALDATE "([^"]{10,40})"')


class _CheckedImap(imaplib.IMAP4):
    """A client that connects to a judged address, under the name that was typed."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _connected(self.host, self.port)


class _CheckedImapTls(imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = _connected(self.host, self.port)
        found: socket.socket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return found


class _CheckedMailBox(MailBox):
    """A mailbox of members, whose server is reached by a judged address alone."""

    def __init__(self, host: str, port: int, security: str) -> None:
        self._security = security
        super().__init__(host, port, timeout=TIMEOUT_S)

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        trusted = ssl.create_default_context()
        if self._security == "tls":
            return _CheckedImapTls(
                self._host, self._port, ssl_context=trusted, timeout=self._timeout
            )
        client = _CheckedImap(self._host, self._port, timeout=self._timeout)
        if self._security == "starttls":
            client.starttls(trusted)
        return client


def _connected(host: str, port: int) -> socket.socket:
    there = checked_address(host, port, allow_private=settings.SHINRAI_PRIVATE_TARGETS)
    return socket.create_connection((there, port), TIMEOUT_S)


@contextmanager
def _opened(connection: ConnectionView) -> Iterator[BaseMailBox]:
    """Open a mailbox in its folder. Raises: NotReached, RefusedThere."""
    given = {**connection.settings, **connection.secrets}
    host, security = given["imap_host"], given.get("imap_security") or "tls"
    folder = given.get("imap_folder") or "INBOX"
    try:
        there = _CheckedMailBox(host, int(given.get("imap_port") or PORTS[security]), security)
        with there.login(given["imap_user"], given["imap_password"], initial_folder=None) as found:
            found.folder.set(folder)
            yield found
    except MailboxLoginError as error:
        raise RefusedThere(
            Text("{host} does not accept the name and password", host=host)
        ) from error
    except (MailboxFolderSelectError, MailboxFolderStatusError) as error:
        raise RefusedThere(
            Text("{host} has no folder “{folder}”", host=host, folder=folder)
        ) from error
    except PutOff as error:
        raise NotReached(error.text) from error
    except NotDelivered as error:
        raise RefusedThere(error.text) from error
    except ssl.SSLCertVerificationError as error:
        raise RefusedThere(
            Text("the certificate of {host} cannot be verified", host=host)
        ) from error
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise NotReached(NO_ANSWER.using(host=host)) from error


def poll(connection: ConnectionView, *, at: datetime) -> Mapping[str, Any]:
    """Store what came to a mailbox since it was read, and return the new cursor.

    Mails that were there before the connection was made belong to an import. Where the server
    numbers its mails anew (UIDVALIDITY), those since the last reading are read again: what came
    before is known by its Message-ID.
    """
    settle_sent(connection, at=at)
    cursor = connection.cursor
    with _opened(connection) as mailbox:
        folder = connection.settings.get("imap_folder") or "INBOX"
        status = mailbox.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        is_same = cursor.get("validity") == status["UIDVALIDITY"]
        last = int(cursor.get("uid", 0)) if is_same else 0
        # What came before is left alone, where the server has not numbered it before.
        floor = cursor.get("floor", "")
        if not is_same:
            floor = cursor.get("read_at", connection.made_at.isoformat())
        since = datetime.fromisoformat(floor) if floor else None
        if is_same or since is None:
            found = [uid for uid in _uids(mailbox, AND(uid=U(str(last + 1), "*"))) if uid > last]
        else:  # by whole days, in whatever zone the server lives
            found = _uids(mailbox, AND(date_gte=(since - timedelta(days=2)).date()))
        for uid in found[:MOST_AT_ONCE]:
            _take(connection, mailbox, uid, since=since, at=at)
            last = max(last, uid)
    made = {"validity": status["UIDVALIDITY"], "uid": last, "read_at": at.isoformat()}
    if len(found) > MOST_AT_ONCE:
        return made | ({"floor": floor} if floor else {})
    return made if is_same else made | {"uid": max(last, status["UIDNEXT"] - 1)}


def _uids(mailbox: BaseMailBox, criteria: Any) -> list[int]:
    return sorted(map(int, mailbox.uids(criteria)))


def _take(
    connection: ConnectionView,
    mailbox: BaseMailBox,
    uid: int,
    *,
    since: datetime | None,
    at: datetime,
) -> None:
    """Store one mail, unless it was deleted meanwhile, or came before `since`."""
    head = _fetched(mailbox, uid, "(RFC822.SIZE INTERNALDATE)")
    size, dated = _SIZE.search(head), _DATE.search(head)
    # 30-Nov-2026 21:00:00 +0900
    written = dated[1].decode("ascii", "replace").strip().replace("-", " ", 2) if dated else ""
    came_at = min(moment_of(written) or at, at)
    if size is None or (since is not None and came_at < since - timedelta(minutes=5)):
        return
    is_large = int(size[1]) > LARGEST
    content = _fetched(mailbox, uid, f"(BODY.PEEK[]{f'<0.{BEGINNING}>' if is_large else ''})")
    body = shortened(content, int(size[1]))
    receive(connection_id=connection.id, outside_id=receipt_id(body), body=body, at=came_at)
    if connection.settings.get("seen") == "yes":
        # Not by `mailbox.flag`, which expunges what others marked for deletion.
        mailbox.client.uid("STORE", str(uid), "+FLAGS", "(\\Seen)")


def _fetched(mailbox: BaseMailBox, uid: int, what: str) -> bytes:
    """Return what a server answers of a mail: its literal, or else its line."""
    _status, found = mailbox.client.uid("fetch", str(uid), what)
    for part in found:
        if isinstance(part, tuple):
            return bytes(part[1])
        if isinstance(part, bytes) and part != b")":
            return part
    return b""


def check(connection: ConnectionView, *, at: datetime) -> Text:
    """Open the mailbox, and sign in at the mail server; say what was found."""
    with _opened(connection) as mailbox:
        count = len(mailbox.uids())
    server = own_server(connection)
    if not (server or has_server()):
        return Text(
            "The mailbox can be read (mails in it: {count:,}). Nothing can be sent, as no mail "
            "server is named here or by SHINRAI_SMTP_HOST.",
            count=count,
        )
    if server:
        try:
            try_server(server)
        except PutOff as error:
            raise NotReached(error.text) from error
        except NotDelivered as error:
            raise RefusedThere(error.text) from error
    return Text(
        "The mailbox can be read (mails in it: {count:,}). Replies can be sent.", count=count
    )
