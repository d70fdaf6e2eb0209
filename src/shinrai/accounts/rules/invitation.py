"""Valid mail addresses of invitations, and how long an invitation is valid."""

import re

from shinrai.units.errors import UserError
from shinrai.units.text import Text

EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
LINK_LIFE_S = 24 * 3600


class BadEmail(UserError, ValueError):
    """The text is not a mail address."""


def read_email(text: str) -> str:
    """Return a typed mail address without blanks around it and in lower case.

    Raises: BadEmail.
    """
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise BadEmail(
            Text("{text!r} is no mail address; give one such as yui@example.jp", text=text),
        )
    return email
