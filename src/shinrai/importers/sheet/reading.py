"""A sheet as it is understood: its table, the meaning of its columns, its cases, and questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.importers.rules.zone_offsets import zone_at
from shinrai.importers.sheet.cases import (
    LeftOut,
    SetAside,
    SheetCase,
    SheetRow,
    SheetRules,
    read_rows,
)
from shinrai.importers.sheet.cell_words import state_of
from shinrai.importers.sheet.choices import DAY_ORDERS, BadAnswer, Choices, Record, SheetQuestion
from shinrai.importers.sheet.dates import DateStyle, date_style, latest_wall
from shinrai.importers.sheet.grid import Cell, CellGrid
from shinrai.importers.sheet.layout import SURE, SheetTable, cell_at, find_tables
from shinrai.importers.sheet.role_words import MOMENTS, meanings_of
from shinrai.importers.sheet.roles import ColumnProfile, RoleGuess, guess_roles, profiles_of
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import Text

STATES_SHOWN: Final = 40
SIDES_SOUGHT: Final = 30  # rows in which the names stand if the table lies on its side
ORDER_NAMES: Final = {order: name for name, order in DAY_ORDERS.items()}
INVESTIGATION_WORDS: Final = ("verdict", "sent_back", "resubmitted")
_JAPANESE: Final = range(0x3040, 0xA000)  # kana and kanji


@dataclass(frozen=True)
class SheetReading:
    """Everything a sheet says, and what had to be guessed."""

    tables: tuple[SheetTable, ...]
    table: SheetTable
    profiles: tuple[ColumnProfile, ...]
    guess: RoleGuess
    style: DateStyle
    zone: str
    record: Record
    questions: tuple[SheetQuestion, ...]
    rows: tuple[SheetRow, ...]
    states: Mapping[str, str | None]  # the words of the state column, and what each means

    @cached_property
    def cases(self) -> tuple[SheetCase, ...]:
        """The rows that are cases."""
        return tuple(row for row in self.rows if isinstance(row, SheetCase))

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The rows that are none."""
        return tuple(row for row in self.rows if isinstance(row, LeftOut))

    @cached_property
    def set_aside(self) -> tuple[SetAside, ...]:
        """The rows that are cases and could not be read."""
        return tuple(row for row in self.rows if isinstance(row, SetAside))

    def role_letters(self) -> dict[str, list[str]]:
        """Return the letters of the columns of each meaning."""
        letters = {column.index: column.letter for column in self.table.columns}
        return {
            role: [letters[index] for index in found if index in letters]
            for role, found in self.guess.roles.items()
            if role != "ignored_date"
        }


def read_sheet(
    grids: Sequence[CellGrid],
    choices: Choices,
    *,
    at: datetime,
    zone: str | None = None,
    name: str = "",
) -> SheetReading:
    """Understand a sheet: find its table, its columns' meaning and its dates, and read its rows.

    `zone` is the time zone taken if nobody says one, such as the workspace's.

    Raises: UnreadableTable if there is no table of cases; BadAnswer; UnknownZone.
    """
    questions: list[SheetQuestion] = []
    tables = find_tables(grids, header_row=choices.header_row)
    if not tables:
        raise UnreadableTable(
            Text(
                "{path}: there is no table in it: a row of column names and rows below it",
                path=name,
            )
        )
    table = _chosen_table(tables, choices, questions)
    if len(table.header_rows) > 1 and choices.header_row is None:
        questions.append(
            SheetQuestion(
                "header_row",
                Text("two rows name the columns, and they disagree: which one is right?"),
                tuple(map(str, table.header_rows)),
                str(table.header_row),
            )
        )
    _check_sides(name, table)
    _check_roles(table, choices)
    profiles = profiles_of(table)
    guess = guess_roles(profiles, choices.roles)
    if not guess.roles.get("filed"):
        raise _no_dates(name, table)
    questions += _rival_questions(table, guess, choices)
    order = DAY_ORDERS[choices.day_order] if choices.day_order else None
    is_japanese = _is_japanese(table)
    style = date_style(
        _moment_cells(table, guess),
        order=order,  # type: ignore[arg-type]
        latest=latest_wall(at),
        is_japanese=is_japanese,
    )
    style = replace(style, year=choices.year, is_1904=table.is_1904)
    questions += _date_questions(style, choices, at)
    chosen = choices.zone or _likely_zone(zone, at, is_japanese=is_japanese)
    zone_named(chosen)
    if choices.zone is None and not style.has_offsets:
        why = Text("no cell says in which time zone it was written")
        questions.append(SheetQuestion("zone", why, (), chosen))
    rules = SheetRules(guess.roles, style, chosen, choices.states, at, choices.mends)
    rows = read_rows(table, rules)
    reading = SheetReading(
        tables=tuple(tables),
        table=table,
        profiles=tuple(profiles),
        guess=guess,
        style=style,
        zone=chosen,
        record=choices.record or _likely_record(guess),
        questions=tuple(questions),
        rows=tuple(rows),
        states=_states(table, guess, choices),
    )
    if not reading.cases and not reading.set_aside:
        raise _no_dates(name, table)
    return reading


def _chosen_table(
    tables: Sequence[SheetTable], choices: Choices, questions: list[SheetQuestion]
) -> SheetTable:
    if choices.table is not None:
        said = choices.table.strip()
        for table in tables:
            if said in (table.name, table.sheet, str(table.header_row)):
                return table
        if said.isdecimal() and 1 <= int(said) <= len(tables):
            return sorted(tables, key=lambda one: (one.sheet, one.header_row))[int(said) - 1]
        raise BadAnswer(
            Text(
                "table: {value!r} is not there; there is: {known}",
                value=said[:40],
                known=", ".join(table.name for table in tables),
            )
        )
    first = tables[0]
    like = [table for table in tables if _has_filed(table)]
    if len(like) > 1:
        why = Text("there are several tables: which one holds the cases?")
        questions.append(
            SheetQuestion("table", why, tuple(table.name for table in like), first.name)
        )
    return first


def _has_filed(table: SheetTable) -> bool:
    guess = guess_roles(profiles_of(table))
    return bool(guess.roles.get("filed"))


def _check_roles(table: SheetTable, choices: Choices) -> None:
    known = {column.index for column in table.columns}
    for role, columns in choices.roles.items():
        if not known.issuperset(columns):
            raise BadAnswer(
                Text(
                    "{role}: the table has no such column; it has {known}",
                    role=role,
                    known=", ".join(column.letter for column in table.columns),
                )
            )


def _check_sides(name: str, table: SheetTable) -> None:
    """Refuse a table in which each case is a column."""
    named = {
        match.role
        for row in table.rows[:SIDES_SOUGHT]
        if isinstance(cell := cell_at(row, table.columns[0].index), str)
        for match in meanings_of(cell)[:1]
        if match.score >= SURE and match.role in MOMENTS
    }
    if len(named) > 1 and "filed" in named:
        raise UnreadableTable(
            Text(
                "{path}: each case is a column of the table at {table}. Copy it, paste it "
                "transposed, so that each case is a row, and choose that",
                path=name,
                table=table.name,
            )
        )


def _no_dates(name: str, table: SheetTable) -> UnreadableTable:
    return UnreadableTable(
        Text(
            "{path}: no column of the table at {table} holds dates. Each case needs the date on "
            "which it was filed: add that column to the sheet, or choose another table",
            path=name,
            table=table.name,
        )
    )


def _rival_questions(table: SheetTable, guess: RoleGuess, choices: Choices) -> list[SheetQuestion]:
    letters = {column.index: column.letter for column in table.columns}
    whys = {
        "filed": Text("several columns may say when a case was filed"),
        "answered": Text("several columns may say when a case was answered"),
    }
    return [
        SheetQuestion(role, whys[role], tuple(letters[n] for n in columns), letters[columns[0]])
        for role, columns in guess.rivals.items()
        if role not in choices.roles
    ]


def _date_questions(style: DateStyle, choices: Choices, at: datetime) -> list[SheetQuestion]:
    found = []
    if style.doubtful and choices.day_order is None:
        why = Text("the dates can be read month first or day first: which is it?")
        names = tuple(ORDER_NAMES[order] for order in style.doubtful)
        found.append(SheetQuestion("day_order", why, names, ORDER_NAMES[style.order]))
    if style.lacks_year and choices.year is None:
        why = Text("the dates have no year: in which year was the first row filed?")
        years = tuple(str(at.year - back) for back in range(3))
        found.append(SheetQuestion("year", why, years, str(at.year)))
    return found


def _moment_cells(table: SheetTable, guess: RoleGuess) -> dict[str, list[Cell]]:
    columns = {role: found[0] for role in MOMENTS if (found := guess.roles.get(role))}
    return {role: [cell_at(row, index) for row in table.rows] for role, index in columns.items()}


def _states(table: SheetTable, guess: RoleGuess, choices: Choices) -> dict[str, str | None]:
    """Return the words of the state column, as far as a person can look through them."""
    found: dict[str, str | None] = {}
    for index in guess.roles.get("state", ()):
        for cell in table.cells(index):
            word = cell.strip() if isinstance(cell, str) else ""
            if word and word not in found and len(found) < STATES_SHOWN:
                found[word] = state_of(word, choices.states)
    return found


def _is_japanese(table: SheetTable) -> bool:
    texts = [column.full_name for column in table.columns]
    texts += [cell for row in table.rows[:30] for cell in row.cells if isinstance(cell, str)]
    return any(ord(sign) in _JAPANESE for text in texts for sign in text)


def _likely_zone(zone: str | None, at: datetime, *, is_japanese: bool) -> str:
    """Return the given zone, else that of the sheet's language, else that of the asker's offset."""
    if zone is not None:
        return zone
    if is_japanese:
        return "Asia/Tokyo"
    return zone_at(at) or "UTC"


def _likely_record(guess: RoleGuess) -> Record:
    if any(guess.roles.get(role) for role in INVESTIGATION_WORDS):
        return "investigation"
    return "inquiry" if guess.roles.get("satisfaction") else "investigation"
