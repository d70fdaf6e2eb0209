"""Valid names, time zones and languages of a workspace."""

import re
from collections.abc import Collection
from unicodedata import normalize
from zoneinfo import available_timezones

from shinrai.units.errors import UserError
from shinrai.units.text import Text, alternatives

LANGUAGES = ("en", "ja")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
USUAL_SLUG = "desk"  # where a name has no letter an address could use
ZONES_OF_LANGUAGES = {"ja": "Asia/Tokyo"}
ASSUMED_ZONE = "UTC"  # of a workspace whose time zone nobody said


class BadWorkspace(UserError, ValueError):
    """The slug, name, time zone or language given for a workspace is not valid."""


def is_zone_assumed(zone: str, by: str) -> bool:
    """Tell whether a workspace uses UTC only because nobody has set a zone."""
    return zone == ASSUMED_ZONE and not by


def free_slug(name: str, taken: Collection[str]) -> str:
    """Return an address made from the letters and digits of a name, with a number if taken."""
    words = re.findall("[a-z0-9]+", normalize("NFKC", name).lower())
    stem = "-".join(words)[:50].strip("-") or USUAL_SLUG
    numbered = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)


def likely_zone(machine: str, language: str) -> str:
    """Return a first guess of where a desk is: the machine's zone, else that of the language."""
    if machine in available_timezones() and machine.partition("/")[0] not in ("UTC", "Etc", "GMT"):
        return machine
    return ZONES_OF_LANGUAGES.get(language, ASSUMED_ZONE)


def check_zone(zone: str) -> None:
    """Raise an error unless IANA lists the time zone.

    Raises: BadWorkspace, whose text tells what is accepted.
    """
    if zone not in available_timezones():
        raise BadWorkspace(
            Text("{zone!r} is no IANA zone; give one such as Asia/Tokyo", zone=zone),
        )


def check_workspace(*, slug: str, name: str, zone: str, language: str) -> None:
    """Raise an error unless slug, name, zone and language of a workspace are valid.

    Raises: BadWorkspace, whose text tells what is accepted.
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
