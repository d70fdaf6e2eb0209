"""Parts of a URL: names chosen by others as path segments, and query strings with changes."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

# A browser takes `.` and `..` between slashes for steps up and down, also written as %2e.
DOTS = re.compile(r"~*\.{1,2}")
MARKED_DOTS = re.compile(r"~+\.{1,2}")


class GivenName:
    """Convert a name with any characters, slashes and line breaks too, to and from a URL path.

    Registered as the path converter `<given:…>`. Browsers would drop the parts `.` and `..`, so
    they are written with `~` before them; all other names are written unchanged.
    """

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        parts = value.split("/")
        return "/".join(part[1:] if MARKED_DOTS.fullmatch(part) else part for part in parts)

    def to_url(self, value: str) -> str:
        parts = value.split("/")
        return "/".join(f"~{part}" if DOTS.fullmatch(part) else part for part in parts)


def query_with(asked: Mapping[str, str], **changes: str | int | None) -> str:
    """Return the query string with some parameters changed; None or "" removes a parameter."""
    kept = {name: value for name, value in asked.items() if name not in changes}
    given = {name: str(value) for name, value in changes.items() if value not in (None, "")}
    return "?" + urlencode({**kept, **given})
