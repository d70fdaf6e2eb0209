"""Send a mail: by the server that the settings name, or by one that members named."""

import json
import smtplib
import socket
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from shinrai.delivery.errors import NO_ANSWER, NotDelivered, PutOff
from shinrai.delivery.network import checked_address
from shinrai.units.text import Text

NO_SERVER: Final = Text(
    "No mail server is named. Whoever runs Shinrai names one by SHINRAI_SMTP_HOST."
)
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT_S: Final = 20.0


class _CheckedSmtp(smtplib.SMTP):
    """A client that connects to a judged address, under the name that was typed."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        there = checked_address(host, port, allow_private=settings.SHINRAI_PRIVATE_TARGETS)
        return socket.create_connection((there, port), timeout)


class _CheckedSmtpTls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        there = checked_address(host, port, allow_private=settings.SHINRAI_PRIVATE_TARGETS)
        plain = socket.create_connection((there, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


class _CheckedBackend(EmailBackend):
    """Django's way to a mail server, for one whose name members typed."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _CheckedSmtpTls if self.use_ssl else _CheckedSmtp


def has_server() -> bool:
    """Tell whether mail can be sent at all."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def server_of(host: str, port: str, user: str, password: str, security: str) -> str:
    """Return a mail server of members as a document, which an outgoing message keeps sealed."""
    found = {"host": host, "port": int(port or PORTS[security]), "username": user}
    found |= {"password": password, "use_tls": security == "starttls"}
    return json.dumps(found | {"use_ssl": security == "tls"})


def try_server(server: str) -> None:
    """Sign in at a mail server without sending. Raises: NotDelivered, PutOff."""
    try:
        with closing(_backend(server)) as there:
            there.open()
    except NotDelivered:
        raise
    except smtplib.SMTPResponseException as error:
        raise _refused(error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise PutOff(NO_ANSWER.using(host=json.loads(server)["host"])) from error


def send(
    address: str,
    *,
    subject: str,
    text: str,
    message_id: str,
    headers: Mapping[str, str] | None = None,
    sender: str = "",
    files: Sequence[tuple[str, str, str]] = (),
    server: str = "",
) -> None:
    """Send a mail; a second attempt carries the same Message-ID, so that a reader shows one.

    `headers` stand in place of the usual ones; `files` are name, type and content in base64.
    Raises: NotDelivered, PutOff.
    """
    if not (server or has_server()):
        raise NotDelivered(NO_SERVER)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    usual = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no answer of a calendar comes back
    found = {"Message-ID": f"<{message_id}@{domain}>", **(usual if headers is None else headers)}
    given: dict[str, Any] = {"connection": _backend(server)} if server else {}
    mail = EmailMessage(subject, text, sender or None, [address], headers=found, **given)
    for name, media_type, content in files:
        mail.attach(name, b64decode(content), media_type)
    try:
        mail.send()
    except NotDelivered:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refusal(max(codes, default=0)) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error) from error
    except OSError as error:  # smtplib's other errors too
        raise PutOff(Text("the mail server did not answer")) from error


def _backend(server: str) -> _CheckedBackend:
    return _CheckedBackend(**json.loads(server), timeout=TIMEOUT_S)


def _refused(error: smtplib.SMTPResponseException) -> NotDelivered:
    if isinstance(error, smtplib.SMTPAuthenticationError):  # a password can be mended
        return PutOff(Text("the mail server does not accept the name and password"))
    return _refusal(error.smtp_code)


def _refusal(code: int) -> NotDelivered:
    if code >= 500:
        return NotDelivered(Text("the mail server refused the message ({code})", code=code))
    return PutOff(Text("the mail server put the message off ({code})", code=code))
