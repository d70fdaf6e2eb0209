"""Addresses of cases in the system they came from, made of a pattern that a workspace sets."""

import re
from urllib.parse import quote

from shinrai.units.errors import UserError
from shinrai.units.text import Text

PLACEHOLDER = re.compile(r"\{(key|number)\}")
LONGEST = 500
NUMBER = re.compile(r"\d+(?=\D*\Z)")  # the last digits of a key: 51302 of ZD-51302
PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")  # RFC 3986
SERVER = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?[/?]")


class BadSourceLink(UserError, ValueError):
    """A pattern is no https address with one placeholder."""


def check_pattern(pattern: str) -> None:
    """Raise an error unless a pattern is an https address with one placeholder after its server.

    Raises: BadSourceLink.
    """
    before, *after = PLACEHOLDER.split(pattern)
    rest = PLACEHOLDER.sub("", pattern)
    is_one = len(after) == 2 and len(pattern) <= LONGEST and PLAIN.fullmatch(rest)
    if not (is_one and SERVER.match(before)):
        raise BadSourceLink(
            Text(
                "{pattern!r} cannot be followed: give an address that begins with https:// and has "
                "{{key}} once after the name of the server, such as "
                "https://acme.zendesk.com/agent/tickets/{{key}}",
                pattern=pattern[:100],
            ),
        )


def source_address(pattern: str, key: str) -> str:
    """Return the address of a case by its key; "" if it has no number and the pattern wants one."""
    number = NUMBER.search(key)
    if "{number}" in pattern:
        return pattern.replace("{number}", number[0]) if number else ""
    return pattern.replace("{key}", quote(key, safe=""))
