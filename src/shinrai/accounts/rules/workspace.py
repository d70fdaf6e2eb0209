"""What a workspace may be called, and which time zone and language it may have."""

import re
from zoneinfo import available_timezones

from shinrai.units.errors import UserError
from shinrai.units.text import Text, alternatives

LANGUAGES = ("en", "ja")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
ASSUMED_ZONE = "UTC"  # of a workspace whose time zone nobody said


class BadWorkspace(UserError, ValueError):
    """A workspace cannot be opened as it was described."""


def is_zone_assumed(zone: str, by: str) -> bool:
    """Say whether a workspace counts its dates by UTC only because nobody said otherwise."""
    return zone == ASSUMED_ZONE and not by


def check_zone(zone: str) -> None:
    """Refuse a time zone that IANA does not list.

    Raises: BadWorkspace, saying what is accepted.
    """
    if zone not in available_timezones():
        raise BadWorkspace(
            Text("{zone!r} is no IANA zone; give one such as Asia/Tokyo", zone=zone),
        )


def check_workspace(*, slug: str, name: str, zone: str, language: str) -> None:
    """Refuse a workspace whose address, name, zone or language cannot be.

    Raises: BadWorkspace, saying what is accepted.
    """
    if not SLUG.fullmatch(slug):
        raise BadWorkspace(
            Text(
                "{slug!r} cannot be a workspace's address; use a-z, 0-9 and hyphens, at most 63",
                slug=slug,
            ),
        )
    if not name.strip() or len(name) > 200 or "\x00" in name:
        raise BadWorkspace(
            Text("a workspace needs a name of 1 to 200 characters"),
        )
    check_zone(zone)
    if language not in LANGUAGES:
        raise BadWorkspace(
            Text(
                "{language!r} is no language of ours; give {known}",
                language=language,
                known=alternatives(LANGUAGES),
            )
        )
