"""Reads a whole mapping from its document, and checks it."""

import codecs
import re
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from shinrai.calendars.rules.time_zone import UnknownZone, zone_named
from shinrai.importers.rules.cells import ERRORS, tidy
from shinrai.importers.rules.mapping.definition import ROWS, Mapping, Rows, TableMapping, Value
from shinrai.importers.rules.mapping.node import Node, one_line
from shinrai.importers.rules.mapping.row_shapes import SHAPES, read_shape
from shinrai.importers.rules.mapping.values import read_named, read_value
from shinrai.importers.rules.moment_formats import NAMED_FORMATS, UnknownFormat, compile_format
from shinrai.importers.rules.moments import IN_CELL, USUAL_FORMATS, SourceClock
from shinrai.units.text import Text

TOP: Final = ("mapping", "version", "says", "source", "record", "tables")
COMMON: Final = (
    "rows",
    "files",
    "encodings",
    "delimiter",
    "sheet",
    "header_row",
    "missing",
    "zone",
    "clocks",
    "moments",
    "key",
    "belongs_to",
    "customer",
    "fields",
    "words",
    "source_says",
    "look_ahead",
    "doubts",
    "set_aside",
)
_ASCII: Final = "".join(map(chr, range(32, 127))).replace("\\", "\\\\") + "\r\n"
NAME = re.compile(r"[a-z0-9_-]{1,40}")


def read_mapping(document: Any, *, where: str) -> Mapping:
    """Read and check a mapping.

    Raises: BadMapping with the error, its place and what to do next.
    """
    top = Node(document, where)
    top.keys(TOP, needed=("mapping", "source", "record", "tables"))
    source = top.at("source")
    if not NAME.fullmatch(source.text()):
        raise source.bad(
            Text("a source's name is 1 to 40 of a-z, 0-9, - and _"),
        )
    record = top.at("record").one_of(("inquiry", "investigation"))
    tables = tuple(_table(name, part, record) for name, part in top.at("tables").items())
    if not tables:
        raise top.at("tables").bad(Text("name at least one table"))
    names = {table.name for table in tables}
    for table in tables:
        if table.joins is not None and table.joins not in names - {table.name}:
            raise Node(None, f"{table.path}.belongs_to.table").bad(
                Text(
                    "no other table is called {joins!r}; there is: {names}",
                    joins=table.joins,
                    names=", ".join(sorted(names)),
                ),
            )
    return Mapping(
        name=top.at("mapping").text(),
        version=top.at("version").whole(1) if top.has("version") else 1,
        says={lang: text.text() for lang, text in top.at("says").items()}
        if top.has("says")
        else {},
        source=source.text(),
        record=cast(Any, record),
        tables=tables,
        document=document,
    )


def _table(name: str, part: Node, record: str) -> TableMapping:
    if not NAME.fullmatch(name):
        raise part.bad(
            Text("a table's name is 1 to 40 of a-z, 0-9, - and _"),
        )
    if not part.has("rows"):
        part.keys((*COMMON, *{key for keys in SHAPES.values() for key in keys}), needed=("rows",))
    rows = cast(Rows, part.at("rows").one_of(ROWS))
    part.keys((*COMMON, *SHAPES[rows]), needed=("key",) if rows == "cases" else ("rows",))
    zone, assumed = _zone(part)
    joins = part.maybe("belongs_to")
    if joins is not None:
        joins.keys(("table", "column"), needed=("column",))
    key = read_value(part.at("key")) if part.has("key") else None
    case_key = read_value(joins.at("column")) if joins is not None else key
    if case_key is None:
        raise part.bad(
            Text("say whose row this is: `key`, or `belongs_to` another table"),
        )
    shape = read_shape(rows, part, record)
    table = TableMapping(
        name=name,
        path=part.path,
        rows=rows,
        encodings=_encodings(part),
        delimiter=_delimiter(part),
        sheets=part.at("sheet").texts() if part.has("sheet") else (),
        header_row=part.at("header_row").whole(1) if part.has("header_row") else 1,
        missing=frozenset(map(tidy, part.at("missing").texts() if part.has("missing") else ("",)))
        | {""}
        | ERRORS,
        zone=zone,
        zone_is_assumed=assumed,
        clocks=_clocks(part),
        moments=_formats(part),
        key=case_key,
        files=part.at("files").texts() if part.has("files") else (),
        joins=joins.at("table").text() if joins is not None and joins.has("table") else None,
        customer=_customer(part),
        fields=read_named(part.maybe("fields")),
        words=read_named(part.maybe("words")),
        source_says=read_named(part.maybe("source_says")),
        look_ahead=part.at("look_ahead").texts() if part.has("look_ahead") else (),
        doubts=read_value(part.at("doubts")) if part.has("doubts") else None,
        refused=read_value(part.at("set_aside")) if part.has("set_aside") else None,
        **({"revision": (key,), **shape} if joins is not None and key is not None else shape),
    )
    _check_look_ahead(table, part)
    return table


def _customer(part: Node) -> Value | None:
    if not part.has("customer"):
        return None
    return replace(read_value(part.at("customer")), person="customer")


def _zone(part: Node) -> tuple[str | None, bool]:
    if not part.has("zone"):
        return None, False
    zone = part.at("zone")
    if isinstance(zone.value, dict):
        zone.keys(("assumed",), needed=("assumed",))
        name = zone.at("assumed").text()
        if name == "workspace":
            return None, True
        return _known_zone(zone.at("assumed")), True
    if zone.text() == "ask":
        return None, False
    if zone.text() == IN_CELL:
        return IN_CELL, False
    return _known_zone(zone), False


def _known_zone(part: Node) -> str:
    try:
        zone_named(part.text())
    except UnknownZone as error:
        raise part.bad(Text("{error}; or write in_cell, or ask", error=error.text)) from error
    return part.text()


def _clocks(part: Node) -> tuple[SourceClock, ...]:
    clocks: list[SourceClock] = []
    for clock in part.at("clocks").each() if part.has("clocks") else ():
        clock.keys(("until", "zone"), needed=("zone",))
        zone = clock.at("zone")
        name = IN_CELL if zone.text() == IN_CELL else _known_zone(zone)
        until: datetime | None = None
        if clock.has("until"):
            try:
                until = datetime.fromisoformat(clock.at("until").text())
            except ValueError as error:
                raise clock.at("until").bad(Text("write a date such as 2023-12-01")) from error
        clocks.append(SourceClock(zone=name, until=until))
    return tuple(clocks)


def _formats(part: Node) -> tuple[str, ...]:
    if not part.has("moments"):
        return USUAL_FORMATS
    for text in part.at("moments").each():
        if text.text() not in NAMED_FORMATS:
            try:
                compile_format(text.text())
            except UnknownFormat as error:
                raise text.bad(error.text) from error
    return part.at("moments").texts()


def _encodings(part: Node) -> tuple[str, ...]:
    if not part.has("encodings"):
        return ("utf-8-sig", "cp932")
    for text in part.at("encodings").each():
        if not _is_of_texts(text.text()):
            name = one_line(text.text())
            raise text.bad(
                Text(
                    "no encoding is called {name!r}; usual are utf-8-sig, cp932, euc_jp, utf-16",
                    name=name,
                ),
            )
    return part.at("encodings").texts()


def _is_of_texts(encoding: str) -> bool:
    """Return whether an encoding is for text: UTF-16, or one that contains ASCII."""
    try:
        name = codecs.lookup(encoding).name
        return name.startswith("utf-16") or _ASCII.encode().decode(encoding) == _ASCII
    except (LookupError, ValueError):
        return False


def _delimiter(part: Node) -> str:
    if not part.has("delimiter"):
        return ","
    text = part.at("delimiter").text()
    if len(text) != 1:
        raise part.at("delimiter").bad(
            Text('write one character, such as "," or "\\t"'),
        )
    return text


def _check_look_ahead(table: TableMapping, part: Node) -> None:
    """Check that no step takes its time from a column that is declared under `look_ahead`."""
    declared = set(map(tidy, table.look_ahead))
    used = [step.at for step in table.steps]
    used += [table.at] if table.at else []
    used += [table.begins.at] if table.begins else []
    for value in used:
        for column in (*value.columns, *(name for names in value.join for name in names)):
            if tidy(column) in declared:
                raise Node(None, value.path).bad(
                    Text(
                        "{column!r} is declared under look_ahead: it stands on rows written before "
                        "its time; make no step of it, or take it from that list",
                        column=column,
                    ),
                )
