"""Mail servers that members named: connected to by a judged address, under the name they typed."""

import json
import smtplib
import socket
from contextlib import closing
from typing import Final

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from shinrai.delivery.errors import NO_ANSWER, NotDelivered, PutOff
from shinrai.delivery.mail import refused
from shinrai.delivery.network import checked_address

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


def server_of(host: str, port: str, user: str, password: str, security: str) -> str:
    """Return a mail server of members as a document, which an outgoing message keeps sealed."""
    found = {"host": host, "port": int(port or PORTS[security]), "username": user}
    found |= {"password": password, "use_tls": security == "starttls"}
    return json.dumps(found | {"use_ssl": security == "tls"})


def try_server(server: str) -> None:
    """Sign in at a mail server without sending. Raises: NotDelivered, PutOff."""
    try:
        with closing(backend(server)) as there:
            there.open()
    except NotDelivered:
        raise
    except smtplib.SMTPResponseException as error:
        raise refused(error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise PutOff(NO_ANSWER.using(host=json.loads(server)["host"])) from error


def backend(server: str) -> _CheckedBackend:
    """Return Django's way to a mail server of members."""
    return _CheckedBackend(**json.loads(server), timeout=TIMEOUT_S)
