"""Whom an invitation reaches, and for how long."""

import re

from shinrai.units.wording import SaidInBoth

EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
LINK_LIFE_S = 24 * 3600


class BadEmail(SaidInBoth, ValueError):
    """A text is no mail address."""


def read_email(text: str) -> str:
    """Read a mail address, in the one form by which we know it.

    Raises: BadEmail.
    """
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise BadEmail(
            f"{text!r} is no mail address; give one such as yui@example.jp",
            f"「{text}」はメールアドレスではありません。yui@example.jp のように指定してください",
        )
    return email
