"""Names that others gave, as parts of an address: keys of cases, names of calendars."""

import re

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
