"""Targets that staff type: of which kinds, how they are read, and what pages show of them."""

import re
from typing import Final

from django.conf import settings

from shinrai.delivery.errors import NotDelivered
from shinrai.delivery.network import read_target
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

CHANNELS: Final[dict[str, Text]] = {
    "slack": verbatim("Slack"),
    "teams": verbatim("Teams"),
    "mail": Text("Mail", context="delivery"),
    "json": Text("JSON to a webhook"),
    "signed": Text("Signed webhook"),
}
MAIL: Final = re.compile(r"[^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()]{1,190}\.[^\s@.<>,;:\"()]{2,63}")


class UnusableTarget(UserError, ValueError):
    """Nothing can be sent there: no such kind, or no address of it."""


def usable_target(channel: str, text: str) -> str:
    """Return the address of a mailbox or a webhook as typed, if something may be sent there.

    Raises: UnusableTarget.
    """
    if channel == "mail":
        return read_mail(text)
    try:
        return str(read_target(text, allow_private=settings.SHINRAI_PRIVATE_TARGETS))
    except NotDelivered as error:
        raise UnusableTarget(error.text) from error


def read_mail(text: str) -> str:
    """Return an address of mail as typed.

    Raises: UnusableTarget.
    """
    if not MAIL.fullmatch(text.strip()):
        raise UnusableTarget(Text("Give one address of mail, such as team@example.com."))
    return text.strip()


def masked(channel: str, target: str) -> str:
    """Return what pages may show of a target: who has a webhook's whole address may post to it."""
    if channel == "mail":
        name, _, host = target.partition("@")
        return f"{name[:1]}…@{host}"[:120]
    host = target.partition("://")[2].partition("/")[0]
    tail = target.rstrip("/")[-4:] if len(target) > len(host) + 24 else ""
    return f"{host[:100]}/…{tail}"
