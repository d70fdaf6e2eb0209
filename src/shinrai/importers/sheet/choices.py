"""What a person says about a sheet, and what is asked where the sheet itself does not say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from shinrai.importers.sheet.grid import column_index, column_name
from shinrai.importers.sheet.role_words import OFFERED
from shinrai.importers.sheet.roles import NONE, Roles
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Record = Literal["investigation", "inquiry"]
RECORDS: Final[tuple[Record, ...]] = ("investigation", "inquiry")
DAY_ORDERS: Final = {"year_first": "ymd", "month_first": "mdy", "day_first": "dmy"}
MEANINGS: Final = ("done", "open", "sent_back", "waiting", "withdrawn")


class BadAnswer(UserError, ValueError):
    """An answer about a sheet names something that does not exist."""


@dataclass(frozen=True)
class SheetQuestion:
    """Something the sheet does not say: the choices, and what is taken if nobody answers."""

    name: str
    why: Text
    choices: tuple[str, ...]
    taken: str


@dataclass(frozen=True)
class Choices:
    """What a person said about a sheet; None or nothing where they said nothing.

    `roles` holds by meaning the columns that have it, none of them for "there is no such column".
    `states` holds by word of the state column what it means.
    """

    table: str | None = None
    header_row: int | None = None
    zone: str | None = None
    day_order: str | None = None
    year: int | None = None
    record: Record | None = None
    roles: Roles = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the choices as a JSON object; columns by their letters."""
        plain = {
            name: getattr(self, name)
            for name in ("table", "header_row", "zone", "day_order", "year", "record")
            if getattr(self, name) is not None
        }
        roles = {role: [column_name(n) for n in found] for role, found in self.roles.items()}
        return {**plain, "roles": roles, "states": dict(self.states)}


def choices_of(answers: Mapping[str, Any]) -> Choices:
    """Return the choices that a JSON object or a form's answers describe.

    Raises: BadAnswer.
    """
    given = Choices()
    for name, value in answers.items():
        if name == "roles":
            found = {role: _columns(role, columns) for role, columns in value.items()}
            given = replace(given, roles={**given.roles, **found})
        elif name == "states":
            given = replace(given, states={str(word): str(kind) for word, kind in value.items()})
        elif name in OFFERED:
            given = replace(given, roles={**given.roles, name: _columns(name, value)})
        elif name in ("header_row", "year"):
            number = _number(name, value)
            given = (
                replace(given, year=number) if name == "year" else replace(given, header_row=number)
            )
        elif name == "day_order" and value not in DAY_ORDERS:
            raise _unknown(name, value, tuple(DAY_ORDERS))
        elif name == "record" and value not in RECORDS:
            raise _unknown(name, value, RECORDS)
        elif name in ("table", "zone", "day_order", "record"):
            given = replace(given, **{name: str(value)})  # type: ignore[arg-type]
        else:
            known = ("zone", "day_order", "year", "table", "header_row", "record", *OFFERED)
            raise _unknown("answer", name, known)
    return given


def _columns(role: str, value: Any) -> tuple[int, ...]:
    if role not in OFFERED:
        raise _unknown("role", role, OFFERED)
    letters: Sequence[Any] = value.replace("+", ",").split(",") if isinstance(value, str) else value
    names = [str(letter).strip() for letter in letters]
    if names in ([NONE], [""]):
        return ()
    try:
        return tuple(map(column_index, names))
    except ValueError as error:
        raise BadAnswer(
            Text(
                "{role}: {value!r} is no column; name it by its letters as a spreadsheet shows "
                "them, such as B, or write none",
                role=role,
                value=", ".join(names)[:40],
            )
        ) from error


def _number(name: str, value: Any) -> int:
    if not str(value).strip().isdecimal():
        raise BadAnswer(
            Text("{name}: {value!r} is no whole number", name=name, value=str(value)[:40])
        )
    return int(str(value))


def _unknown(name: str, value: Any, known: Sequence[str]) -> BadAnswer:
    return BadAnswer(
        Text(
            "{name}: {value!r} is not known; there is: {known}",
            name=name,
            value=str(value)[:40],
            known=", ".join(known),
        )
    )
