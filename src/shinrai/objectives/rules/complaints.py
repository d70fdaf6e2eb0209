"""Complaints about a document: what is wrong, in which field, and how to correct it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from shinrai.units.text import Text

IS_MISSING = Text("is missing")
NO_LIST = Text("is no list")
LEAVE_OUT = Text("leave it out")
NO_MORE = Text("")


@dataclass(frozen=True)
class Complaint:
    """One error in a document: the field, what is wrong, and what to do next."""

    where: str
    what: Text
    what_next: Text

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Text:
        """Return the complaint in one line."""
        return Text(
            "{place}: {what}; {what_next}",
            place=self.where or Text("the document"),
            what=self.what,
            what_next=self.what_next,
        )


class Complaints:
    """Collect complaints while a document is read, so that all of them are reported at once.

    `is_stored`: the document was accepted before; the calendar in it is not checked again.
    """

    def __init__(self, *, is_stored: bool = False) -> None:
        self.is_stored = is_stored
        self.found: list[Complaint] = []

    def add(self, where: str, what: Text, what_next: Text) -> None:
        """Add a complaint."""
        self.found.append(Complaint(where, what, what_next))

    def mapping(self, value: Any, where: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the fields of a mapping, with a complaint for every unknown field."""
        if not isinstance(value, Mapping):
            self.add(
                where,
                IS_MISSING if value is None else _is_kind(value),
                Text("write it as fields: {known}", known=", ".join(known)),
            )
            return {}
        for key in value:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = Text("did you mean {near!r}? ", near=near[0]) if near else ""
                self.add(
                    f"{where}.{key}" if where else str(key),
                    Text("unknown field"),
                    Text("{hint}known here: {known}", hint=hint, known=", ".join(known)),
                )
        return value

    def text(self, value: Any, where: str, *, required: bool = False, longest: int = 255) -> str:
        """Return a text; an optional one that is missing is the empty text."""
        if value is None or value == "":
            if required:
                self.add(where, IS_MISSING, Text("give it a text"))
            return ""
        if not isinstance(value, str):
            self.add(
                where,
                _is_kind(value),
                Text("give it a text, in quotes if need be"),
            )
            return ""
        if len(value) > longest:
            self.add(
                where,
                Text("has {count} characters", count=len(value)),
                Text("{longest} are allowed: shorten it", longest=longest),
            )
        return value

    def one_of(self, value: Any, where: str, choices: tuple[str, ...], why: Text = NO_MORE) -> str:
        """Return the value if it is one of the choices; else complain and return the first."""
        if value in choices:
            return str(value)
        unknown = Text("{shown} is not known", shown=_shown(value))
        self.add(
            where,
            IS_MISSING if value is None else unknown,
            Text("{why}choose one of: {choices}", why=why, choices=", ".join(choices)),
        )
        return choices[0]

    def whole(self, value: Any, where: str, *, least: int, most: int, unit: Text) -> int:
        """Return a whole number written as a number or as text; complain if it is out of range."""
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            number = int(value)
        if number is None or not least <= number <= most:
            cannot = Text("{shown} cannot be", shown=_shown(value))
            self.add(
                where,
                IS_MISSING if value is None else cannot,
                Text("give whole {unit} from {least} to {most}", unit=unit, least=least, most=most),
            )
            return least
        return number


def is_now(value: Any) -> Text:
    """Return "is …" with the wrong value, for a complaint."""
    return Text("is {value!r}", value=value)


def not_one(value: Any, things: Text) -> Text:
    """Return what is wrong with a value that should be a list of exactly one thing."""
    if value is None:
        return IS_MISSING
    if not isinstance(value, list | tuple):
        return NO_LIST
    return Text("has {count} {things}", count=len(value), things=things)


def _is_kind(value: Any) -> Text:
    if isinstance(value, list | tuple):
        return Text("is a list")
    if isinstance(value, Mapping):
        return Text("is a table of fields")
    if isinstance(value, str):
        return Text("is the text {shown}", shown=_shown(value))
    return Text("is the value {shown}", shown=_shown(value))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
