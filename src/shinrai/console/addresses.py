"""Parts of addresses: names that others gave, and queries with some parameters changed."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

# A browser takes `.` and `..` between slashes for steps up and down, also written as %2e.
DOTS = re.compile(r"~*\.{1,2}")
MARKED_DOTS = re.compile(r"~+\.{1,2}")


class GivenName:
    """Any name at all, with slashes and line breaks; a part that is only dots is led by `~`.

    Registered as the converter `<given:…>`. Addresses of all other names are as they ever were.
    """

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        parts = value.split("/")
        return "/".join(part[1:] if MARKED_DOTS.fullmatch(part) else part for part in parts)

    def to_url(self, value: str) -> str:
        parts = value.split("/")
        return "/".join(f"~{part}" if DOTS.fullmatch(part) else part for part in parts)


def query_with(asked: Mapping[str, str], **changes: str | int | None) -> str:
    """Write the query of an address again with some parameters changed; None or "" drops one."""
    kept = {name: value for name, value in asked.items() if name not in changes}
    given = {name: str(value) for name, value in changes.items() if value not in (None, "")}
    return "?" + urlencode({**kept, **given})
