"""What is wrong with a document: every complaint, each with its place and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True)
class Complaint:
    """Say what is wrong, where, and what to do next."""

    where: str
    what: str
    what_next: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.what_next}"


class Complaints:
    """Collect complaints while a document is read, so that one reading names them all."""

    def __init__(self) -> None:
        self.found: list[Complaint] = []

    def add(self, where: str, what: str, what_next: str) -> None:
        """Note a complaint."""
        self.found.append(Complaint(where, what, what_next))

    def mapping(self, value: Any, where: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Read a table of fields, naming every field that is not known here."""
        if not isinstance(value, Mapping):
            what = "is missing" if value is None else f"is {_kind(value)}"
            self.add(where or "the document", what, f"write it as fields: {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                place = f"{where}.{key}" if where else str(key)
                self.add(place, "unknown field", f"{hint}known here: {', '.join(known)}")
        return value

    def text(self, value: Any, where: str, *, required: bool = False, longest: int = 255) -> str:
        """Read words; nothing where nothing is required is an empty text."""
        if value is None or value == "":
            if required:
                self.add(where, "is missing", "give it a text")
            return ""
        if not isinstance(value, str):
            self.add(where, f"is {_kind(value)}", "give it a text, in quotes if need be")
            return ""
        if len(value) > longest:
            self.add(where, f"has {len(value)} characters", f"{longest} are allowed: shorten it")
        return value

    def one_of(self, value: Any, where: str, choices: tuple[str, ...], why: str = "") -> str:
        """Read one word out of a list."""
        if value in choices:
            return str(value)
        what = "is missing" if value is None else f"{_shown(value)} is not known"
        self.add(where, what, f"{why}choose one of: {', '.join(choices)}")
        return choices[0]

    def whole(self, value: Any, where: str, *, least: int, most: int, unit: str) -> int:
        """Read a whole number, written as a number or as text."""
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            number = int(value)
        if number is None or not least <= number <= most:
            what = "is missing" if value is None else f"{_shown(value)} cannot be"
            self.add(where, what, f"give whole {unit} from {least} to {most}")
            return least
        return number


def _kind(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a table of fields"
    return f"the {'text' if isinstance(value, str) else 'value'} {_shown(value)}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
