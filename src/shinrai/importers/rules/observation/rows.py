"""Observes the rows of one file: functions are compiled for its header, then used on each row."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shinrai.importers.rules.cells import ERRORS
from shinrai.importers.rules.mapping.definition import Mapping, TableMapping, Value
from shinrai.importers.rules.mapping.row_shapes import WAYS
from shinrai.importers.rules.moments import AS_MAPPED, MIDNIGHT, MomentReader, MomentStyle
from shinrai.importers.rules.observation.cell_values import (
    CellReader,
    Cells,
    NamedPerson,
    ReadCell,
    UnreadableRow,
)
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.refusal_reasons import REASONS, refusal_reason
from shinrai.importers.rules.observation.row_state import entered_state, state_columns
from shinrai.importers.rules.observation.steps import RowStep, step_maker, with_substance
from shinrai.importers.rules.observation.validation import (
    LONGEST_KEY,
    case_key,
    key_value,
    required,
    whole_number,
)
from shinrai.units.text import Text

OPENINGS = ("received", "filed")


class ObservedRow(msgspec.Struct):
    """What one row holds. Facts contain no texts; persons in them are later replaced by ids.

    One is made for every row: a `Struct` takes less time to make than an ordinary class.
    """

    line: int
    case_key: str
    row_key: str
    at_us: int | None
    facts: dict[str, Any]
    texts: dict[str, str] | None = None
    doubts: tuple[str, ...] = ()
    customer: NamedPerson | None = None
    persons: tuple[NamedPerson, ...] = ()


Observe = Callable[[int, Cells], ObservedRow]
OwnerOf = Callable[[Cells], tuple[NamedPerson | None, str | None]]


def row_observer(
    mapping: Mapping,
    table: TableMapping,
    header: TableHeader,
    zone: str | None,
    writing: MomentStyle = AS_MAPPED,
) -> Observe:
    """Return a function that observes a row of a table, for the columns this file has.

    Raises: BadMapping if a column is not there. The function raises UnreadableRow for a row.
    """
    reader = CellReader(table, header, MomentReader(table.moments, zone, table.clocks, writing))
    key = reader.value(key_value(table.key))
    key_name = reader.name(table.key)
    revision = [(reader.name(part), reader.value(key_value(part))) for part in table.revision]
    customer = reader.value(table.customer) if table.customer else None
    says = _readers(table.source_says, reader)
    words = [(name, reader.text(value)) for name, value in table.words]
    doubts = reader.value(table.doubts) if table.doubts else None
    refused = reader.value(table.refused) if table.refused else None
    shape = _SHAPES[table.rows](mapping, table, reader)
    named, joined = reader.named, reader.joined

    def observe(line: int, cells: Cells) -> ObservedRow:
        named.clear()
        if refused is not None and (why := refused(cells)) is not None:
            code, _, field = str(why).partition(" ")
            is_ours = code in REASONS  # any other is a cell
            raise UnreadableRow(
                field if is_ours else "", refusal_reason(code), None if is_ours else why
            )
        own_key = case_key(key_name, key(cells))
        row_key = "/".join(case_key(name, take(cells)) for name, take in revision) or own_key
        if len(row_key) > LONGEST_KEY:
            raise UnreadableRow(
                revision[0][0],
                Text("a key of {count} characters is too long", count=len(row_key)),
            )
        observed = ObservedRow(line, own_key, row_key, None, {})
        if customer is not None and (person := customer(cells)) is not None:
            observed.customer = person
            observed.facts["customer"] = person
        texts: dict[str, str] = {}
        shape(observed, cells, texts)
        if datetime in map(type, cells) and any(
            _is_midnight(cell) and place not in joined for place, cell in enumerate(cells)
        ):
            observed.doubts += ("no_time_of_day",)
        if not ERRORS.isdisjoint(cells):
            observed.doubts += ("error_cell",)
        if doubts is not None and (found := doubts(cells)) is not None:
            observed.doubts += tuple(found) if isinstance(found, list) else (found,)
        if says:
            observed.facts["says"] = _facts(says, cells)
        for name, take_text in words:
            if text := take_text(cells):
                texts[f"words/{name}"] = text
        observed.texts = texts or None
        observed.persons = tuple(named)
        return observed

    return observe


def row_owner(table: TableMapping, header: TableHeader) -> OwnerOf:
    """Return a function that finds the customer and case of a row that cannot be read."""
    reader = CellReader(table, header, MomentReader(table.moments, None, table.clocks))
    takes = [reader.value(table.customer) if table.customer else None]
    takes.append(None if table.key.moment else reader.value(key_value(table.key)))

    def whose(cells: Cells) -> tuple[NamedPerson | None, str | None]:
        found: list[Any] = []
        for take in takes:
            try:
                found.append(take(cells) if take is not None else None)
            except UnreadableRow:
                found.append(None)
        customer, key = found
        return customer, None if key is None else str(key)

    return whose


def _is_midnight(cell: str | datetime) -> bool:
    return isinstance(cell, datetime) and cell.time() == MIDNIGHT


Shape = Callable[
    [ObservedRow, Cells, dict[str, str]], None
]  # it adds to what is said, and the words


Facts = Sequence[tuple[str, ReadCell]]


def _readers(values: Sequence[tuple[str, Value]], reader: CellReader) -> Facts:
    return [(name, reader.value(value)) for name, value in values]


def _facts(readers: Facts, cells: Cells) -> dict[str, Any]:
    """Return the facts of a row that are not None."""
    return {name: value for name, read in readers if (value := read(cells)) is not None}


def _cases(_: Mapping, table: TableMapping, reader: CellReader) -> Shape:
    fields = _readers(table.fields, reader)
    makers = [
        step_maker(part, reader, number, table.steps) for number, part in enumerate(table.steps)
    ]
    status = table.status
    said = reader.value(status.value) if status else None

    def shape(observed: ObservedRow, cells: Cells, texts: dict[str, str]) -> None:
        steps = [step for make in makers for step in make(cells, texts)]
        observed.facts["steps"] = steps
        if steps:
            detail = _facts(fields, cells)
            steps[0].detail = detail | (steps[0].detail or {})
            observed.at_us = steps[0].at
        if status is not None and said is not None and (word := said(cells)) is not None:
            if word not in status.words:
                if status.flag_unknown:
                    observed.doubts += ("status_unknown",)
                return
            last, doubt = status.words[word]
            if doubt:
                observed.doubts += (doubt,)
            latest = max(steps, key=lambda step: (step.at, step.order), default=None)
            if latest is not None and latest.kind not in last:
                observed.doubts += ("status_contradicts",)

    return shape


def _messages(_: Mapping, table: TableMapping, reader: CellReader) -> Shape:
    assert table.at is not None
    at, at_name = reader.moment(table.at), reader.name(table.at)
    by = reader.value(table.by) if table.by else None
    by_way = {way: reader.value(value) for way, value in table.by_way.items()}
    way = reader.value(table.direction) if table.direction else None
    text = reader.text_if_there(table.text)
    detail = _readers(table.detail, reader)
    opens = _readers(table.fields, reader)
    roles = {"inbound": "customer", "outbound": "staff", "note": "staff", **table.roles}

    def shape(observed: ObservedRow, cells: Cells, texts: dict[str, str]) -> None:
        observed.at_us = required(at_name, at(cells))
        found = _facts(detail, cells)
        words = text(cells) if text is not None else None
        if words:
            texts["text"] = words
        if text is not None:
            with_substance(found, words or "")
        observed.facts |= {"at": observed.at_us, "roles": roles, "detail": found}
        if by is not None:
            observed.facts["by"] = by(cells)
        if way is not None:
            observed.facts["way"] = _way(reader, table, way(cells))
            if (take_author := by_way.get(observed.facts["way"])) is not None:
                observed.facts["by"] = take_author(cells)
        if table.joins is None:
            observed.facts["opens"] = _facts(opens, cells)

    return shape


def _way(reader: CellReader, table: TableMapping, word: Any) -> str:
    if word not in WAYS:
        assert table.direction is not None
        raise UnreadableRow(
            reader.name(table.direction),
            Text("the empty cell says neither inbound nor outbound")
            if word is None
            else Text("the cell says neither inbound nor outbound"),
            word,
        )
    return str(word)


def _states(_: Mapping, table: TableMapping, reader: CellReader) -> Shape:
    assert table.at is not None
    assert table.state is not None
    at, at_name = reader.moment(table.at), reader.name(table.at)
    by = reader.value(table.by) if table.by else None
    order = [(reader.name(value), reader.value(value)) for value in table.order]
    begin = step_maker(table.begins, reader, 0, (table.begins,)) if table.begins else None
    role = reader.value(table.role_cell) if table.role_cell else None
    entering = _readers(table.detail, reader)
    fields = _readers(table.fields, reader)
    columns = state_columns(table.state, reader)
    changes = [
        (
            change,
            [reader.value(value) for value in change.watch],
            _readers(change.detail, reader),
            reader.value(change.tier) if change.tier else None,
        )
        for change in table.changes
    ]

    def shape(observed: ObservedRow, cells: Cells, texts: dict[str, str]) -> None:
        facts = observed.facts
        facts["at"] = observed.at_us = required(at_name, at(cells))
        facts["order"] = [whole_number(name, take(cells)) for name, take in order]
        facts["role"] = table.role if role is None else role(cells) or table.role
        if by is not None and (author := by(cells)) is not None:
            facts["by"] = author
        elif facts["role"] == "customer" and observed.customer is not None:
            facts["by"] = observed.customer  # what a customer does is by whose matter it is
        if found := _facts(entering, cells):
            facts["detail"] = found
        opening = begin(cells, texts) if begin is not None else None
        if opening:
            detail = _facts(fields, cells)
            opening[0].detail = detail | (opening[0].detail or {})
            facts["begins"] = opening[0]
        facts |= entered_state(cells, columns)
        if doubt := facts.get("doubt"):
            observed.doubts += (doubt,)
        facts["changes"] = [
            {
                "kind": change.kind,
                "role": change.role,
                "watch": [take(cells) for take in watch],
                "detail": _facts(detail, cells),
                **({"tier": tier(cells)} if tier else {}),
            }
            for change, watch, detail, tier in changes
        ]

    return shape


def _steps(_: Mapping, table: TableMapping, reader: CellReader) -> Shape:
    assert table.at is not None
    assert table.kind is not None
    at, at_name = reader.moment(table.at), reader.name(table.at)
    kind, kind_name = reader.value(table.kind), reader.name(table.kind)
    by = reader.value(table.by) if table.by else None
    tier = reader.value(table.tier) if table.tier else None
    role = reader.value(table.role_cell) if table.role_cell else None
    text = reader.text_if_there(table.text)
    order = [(reader.name(value), reader.value(value)) for value in table.order]
    fields = _readers(table.fields, reader)
    detail = _readers(table.detail, reader)

    def shape(observed: ObservedRow, cells: Cells, texts: dict[str, str]) -> None:
        observed.at_us = required(at_name, at(cells))
        word = required(kind_name, kind(cells))
        if word == "nothing":
            observed.facts["steps"] = []
            return
        wanted = [*fields, *detail] if word in OPENINGS else detail
        found = _facts(wanted, cells)
        words = text(cells) if text is not None else None
        if words:
            texts["step"] = words
        if word in ("inbound", "outbound") and text is not None:
            with_substance(found, words or "")
        step = RowStep(
            key="step",
            kind=word,
            at=observed.at_us,
            order=next((whole_number(name, take(cells)) for name, take in order), 0),
            role=table.role if role is None else role(cells) or table.role,
            detail=found,
        )
        if by is not None and (author := by(cells)) is not None:
            step.by = author
        elif step.role == "customer" and observed.customer is not None:
            step.by = observed.customer  # what a customer does is by whose matter it is
        if tier is not None:
            step.tier = tier(cells)
        observed.facts["steps"] = [step]

    return shape


_SHAPES: dict[str, Callable[[Mapping, TableMapping, CellReader], Shape]] = {
    "cases": _cases,
    "messages": _messages,
    "states": _states,
    "steps": _steps,
}
