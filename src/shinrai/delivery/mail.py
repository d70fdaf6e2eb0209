"""Send a mail by the server that the settings name."""

import smtplib
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from shinrai.delivery.errors import NotDelivered, PutOff
from shinrai.units.text import Text

NO_SERVER: Final = Text(
    "No mail server is named. Whoever runs Shinrai names one by SHINRAI_SMTP_HOST."
)


def has_server() -> bool:
    """Tell whether mail can be sent at all."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send(address: str, *, subject: str, text: str, message_id: str) -> None:
    """Send a mail; a second attempt carries the same Message-ID, so that a reader shows one.

    Raises: NotDelivered, PutOff.
    """
    if not has_server():
        raise NotDelivered(NO_SERVER)
    headers = {
        "Message-ID": f"<{message_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answer of a calendar comes back
    }
    try:
        EmailMessage(subject, text, None, [address], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refused(max(codes, default=0)) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except OSError as error:  # smtplib's other errors too
        raise PutOff(Text("the mail server did not answer")) from error


def _refused(code: int) -> NotDelivered:
    if code >= 500:
        return NotDelivered(Text("the mail server refused the message ({code})", code=code))
    return PutOff(Text("the mail server put the message off ({code})", code=code))
