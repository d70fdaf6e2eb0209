"""Send a mail: by the server that the settings name, or by one that members named."""

import smtplib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from shinrai.delivery.errors import AddressRefused, NotDelivered, PutOff
from shinrai.units.text import Text

NO_SERVER: Final = Text(
    "No mail server is named. Whoever runs Shinrai names one by SHINRAI_SMTP_HOST."
)


def has_server() -> bool:
    """Tell whether mail can be sent at all."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send(
    address: str,
    *,
    subject: str,
    text: str,
    message_id: str,
    headers: Mapping[str, str] | None = None,
    sender: str = "",
    files: Sequence[tuple[str, str, str]] = (),
    server: EmailBackend | None = None,
) -> None:
    """Send a mail; a second attempt carries the same Message-ID, so that a reader shows one.

    `headers` stand in place of the usual ones; `files` are name, type and content in base64;
    `server` is one that members named.
    Raises: NotDelivered, PutOff.
    """
    if not (server or has_server()):
        raise NotDelivered(NO_SERVER)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    usual = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no answer of a calendar comes back
    found = {"Message-ID": f"<{message_id}@{domain}>", **(usual if headers is None else headers)}
    mail = EmailMessage(subject, text, sender or None, [address], headers=found, connection=server)
    for name, media_type, content in files:
        mail.attach(name, b64decode(content), media_type)
    try:
        mail.send()
    except NotDelivered:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        code, said = max(error.recipients.values(), default=(0, b""))
        # RFC 3463: 5.7 is a policy, as of a server that does not relay for us; no address is wrong.
        is_policy = b"5.7." in bytes(said[:8])
        raise _refusal(code, NotDelivered if is_policy else AddressRefused) from error
    except smtplib.SMTPResponseException as error:
        raise refused(error) from error
    except OSError as error:  # smtplib's other errors too
        raise PutOff(Text("the mail server did not answer")) from error


def refused(error: smtplib.SMTPResponseException) -> NotDelivered:
    """Return what an answer of a mail server means: refused for good, or put off."""
    if isinstance(error, smtplib.SMTPAuthenticationError):  # a password can be mended
        return PutOff(Text("the mail server does not accept the name and password"))
    return _refusal(error.smtp_code)


def _refusal(code: int, refused_for_good: type[NotDelivered] = NotDelivered) -> NotDelivered:
    if code >= 500:
        return refused_for_good(Text("the mail server refused the message ({code})", code=code))
    return PutOff(Text("the mail server put the message off ({code})", code=code))
