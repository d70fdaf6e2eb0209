"""What the columns of a table of events mean, by a mapping or by their usual names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from shinrai.units.cell_rules import (
    BadCellRule,
    CellRule,
    DayZero,
    read_cell_rule,
    read_day_zero,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.rules.event import (
    BadEvent,
    RowIds,
    UsageEvent,
    checked_event,
    plain_properties,
    read_moment,
)

USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "actor": (
        *("user_id", "userid", "user", "customer_id", "customerid", "cust", "customer"),
        *("learner_id", "learner", "student_id", "distinct_id", "actor", "person", "src", "id"),
    ),
    "event": ("event", "event_name", "action", "verb", "activity", "event_type"),
    "at": (
        *("timestamp", "time", "datetime", "date", "at", "occurred_at", "created_at", "event_time"),
        *("invoicedate", "happened_at"),
    ),
    "id": ("event_id", "message_id", "messageid", "uuid", "insert_id"),
    "zone": ("zone", "timezone", "tz"),
    "group": ("group", "group_id", "company", "account_id", "household"),
}
NEEDED: Final = ("actor", "at")
KEYS: Final = frozenset(
    {*USUAL, "zone_name", "moments", "delimiter", "header", "properties", "day_zero"}
)
NO_NAME: Final = "event"  # of rows whose table names none


class BadEventMapping(UserError, ValueError):
    """A mapping of events that does not fit its table."""


@dataclass(frozen=True)
class EventMapping:
    """Which column says what; columns are named, or counted from 1.

    `composed` are values that several columns make, or none. Numbers of days count from `day_zero`.
    `moments` are formats of times, else ISO
    8601 or seconds since 1970; without a zone of their own they are in `zone`. `delimiter` " "
    stands for any number of blanks.
    """

    columns: Mapping[str, str | int] = field(default_factory=dict)
    composed: Mapping[str, CellRule] = field(default_factory=dict)
    moments: tuple[str, ...] = ()
    zone: str | None = None
    delimiter: str | None = None
    has_header: bool = True
    properties: tuple[str, ...] | None = None  # None: all other columns
    day_zero: DayZero | None = None


def read_mapping(document: object) -> EventMapping:
    """Return the mapping that a YAML document describes. Raises: BadEventMapping."""
    if not isinstance(document, Mapping):
        raise BadEventMapping(Text("the mapping is no list of names and values"))
    if unknown := sorted(map(str, document.keys() - KEYS)):
        known = ", ".join(sorted(KEYS))
        raise BadEventMapping(
            Text("the mapping says {unknown}; it may say {known}", unknown=unknown, known=known)
        )
    columns: dict[str, str | int] = {}
    composed: dict[str, CellRule] = {}
    for name in USUAL:
        said = document.get(name)
        if rule := read_cell_rule(said):
            composed[name] = rule
        elif isinstance(said, str | int) and not isinstance(said, bool):
            columns[name] = said
        elif said is not None:
            raise BadEventMapping(Text("{name}: name a column, count it, or say fixed", name=name))
    zone = document.get("zone_name")
    try:
        ZoneInfo(str(zone or "UTC"))
    except (KeyError, ValueError, OSError) as error:
        raise BadEventMapping(Text("there is no time zone {zone}", zone=str(zone)[:60])) from error
    moments = document.get("moments") or ()
    given = document.get("properties")
    return EventMapping(
        columns=columns,
        composed=composed,
        moments=tuple(map(str, [moments] if isinstance(moments, str) else moments)),
        zone=str(zone) if zone else None,
        delimiter=str(document["delimiter"]) if document.get("delimiter") else None,
        has_header=document.get("header") is not False,
        properties=None if given is None else tuple(map(str, given)),
        day_zero=read_day_zero(document.get("day_zero")),
    )


class EventRowReader:
    """Reads the rows of one table."""

    def __init__(self, header: Sequence[str], mapping: EventMapping, *, zone: str) -> None:
        """Find the columns. Raises: BadEventMapping, with what is missing."""
        self.header, self.mapping = tuple(header), mapping
        self.zone = ZoneInfo(mapping.zone or zone)
        plain = [name.strip().lower().replace(" ", "_") for name in header]
        self.places: dict[str, int] = {}
        for name, usual in USUAL.items():
            said = mapping.columns.get(name)
            if said is not None:
                self.places[name] = self._place(name, said)
            elif name not in mapping.composed:
                place = next((plain.index(one) for one in usual if one in plain), None)
                if place is not None and place not in self.places.values():
                    self.places[name] = place
        self.composed = {
            name: (rule, [self._place(name, self._said(one)) for one in rule.columns])
            for name, rule in mapping.composed.items()
        }
        self.zero = mapping.day_zero
        by = self.zero.column if self.zero else ""
        self.zero_place = self._place("day_zero", self._said(by)) if by else None
        for name in NEEDED:
            if name not in self.places and name not in mapping.composed:
                raise BadEventMapping(
                    Text(
                        "no column says {name}; there are {columns}. Say it in a mapping: "
                        "{name}: COLUMN",
                        name=name,
                        columns=", ".join(header)[:300],
                    )
                )
        used = {
            *self.places.values(),
            *(one for _rule, some in self.composed.values() for one in some),
        }
        self.others = tuple(
            (place, name)
            for place, name in enumerate(header)
            if (place not in used if mapping.properties is None else name in mapping.properties)
        )

    def read(self, cells: Sequence[Any], *, ids: RowIds, received_at: datetime) -> UsageEvent:
        """Return the event of a row. Raises: BadEvent."""
        if len(cells) < len(self.header):
            raise BadEvent(
                Text(
                    "it has {count} cells; there are {most} columns",
                    count=len(cells),
                    most=len(self.header),
                )
            )
        said: dict[str, Any] = {name: cells[place] for name, place in self.places.items()}
        for name, (rule, places) in self.composed.items():
            said[name] = rule.value([_text(cells[place]) for place in places])
        if self.zero is not None:
            value = "" if self.zero_place is None else _text(cells[self.zero_place])
            try:
                said["at"] = self.zero.date_of(_text(said["at"]), value=value)
            except BadCellRule as error:
                raise BadEvent(error.text) from error
        event = UsageEvent(
            id=_text(said.get("id")) or ids.id_of(list(cells)),
            actor=_text(said.get("actor")),
            name=_text(said.get("event", NO_NAME)),
            at=self._moment(said["at"]),
            zone=_text(said.get("zone")) or None,
            group=_text(said.get("group")) or None,
            properties=plain_properties(
                {
                    name: cells[place]
                    for place, name in self.others
                    if cells[place] not in (None, "")
                }
            ),
        )
        return checked_event(event, received_at=received_at)

    def _said(self, name: str) -> str | int:
        """Return a column as it was named, or its number where columns have no names."""
        return int(name) if not self.mapping.has_header and name.isdecimal() else name

    def _place(self, name: str, said: str | int) -> int:
        if isinstance(said, int) and 1 <= said <= len(self.header):
            return said - 1
        if isinstance(said, str) and said in self.header:
            return self.header.index(said)
        raise BadEventMapping(
            Text(
                "{name}: there is no column {column}; there are {columns}",
                name=name,
                column=said,
                columns=", ".join(self.header)[:300],
            )
        )

    def _moment(self, value: Any) -> datetime:
        for moment in self.mapping.moments:
            try:
                at = datetime.strptime(str(value).strip(), moment)  # noqa: DTZ007 - of self.zone
                return read_moment(at, zone=self.zone)
            except ValueError:
                continue
        return read_moment(value, zone=self.zone)


def _text(value: object) -> str:
    if value is None or value != value:  # not a number: an empty cell of a Parquet file
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # "17850.0" is a whole number that lay beside empty cells
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
