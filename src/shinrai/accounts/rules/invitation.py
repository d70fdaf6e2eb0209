"""Whom an invitation reaches, and for how long."""

import re

from shinrai.units.errors import UserError
from shinrai.units.text import Text

EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
LINK_LIFE_S = 24 * 3600


class BadEmail(UserError, ValueError):
    """A text is no mail address."""


def read_email(text: str) -> str:
    """Read a mail address, in the one form by which we know it.

    Raises: BadEmail.
    """
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise BadEmail(
            Text("{text!r} is no mail address; give one such as yui@example.jp", text=text),
        )
    return email
