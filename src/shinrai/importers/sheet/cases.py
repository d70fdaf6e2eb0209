"""The cases of a sheet: each row becomes a case, is left out, or is set aside with its reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from shinrai.calendars.rules.time_zone import wall_to_utc
from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.moments import PLAUSIBLE_YEARS
from shinrai.importers.rules.observation.refusal_reasons import refusal_reason
from shinrai.importers.sheet.cell_words import meaning_of, state_of
from shinrai.importers.sheet.date_text import look_at, offset_named
from shinrai.importers.sheet.dates import (
    CellMoment,
    DateStyle,
    YearWalk,
    is_empty,
    latest_wall,
    read_moment,
)
from shinrai.importers.sheet.grid import Cell
from shinrai.importers.sheet.layout import SheetTable, cell_at, is_blank
from shinrai.importers.sheet.role_words import compared
from shinrai.importers.sheet.roles import Roles
from shinrai.importers.tables.table import TableRow
from shinrai.units.text import Text

TOTALS: Final = re.compile(
    r"^(?:.{0,12}\s)?(?:総?合計|小計|総計|計|件数|平均|grand\s*total|sub\s*-?total|total|sum|average|count)"
    r"s?(?:\b|[\s:：(（]|$)",
    re.IGNORECASE,
)
NOTE_CELLS: Final = 2  # a row with so few cells is a heading or a note, if it has no date
FACTS: Final = (
    *("person", "requester", "customer", "group", "account", "topic", "priority"),
    *("screen", "app_version", "device", "last_failure", "attachment", "satisfaction"),
)
EXAMPLE: Final = re.compile(r"(?:記入|入力)?例|見本|サンプル|sample|example|eg", re.IGNORECASE)
DIGITS_OF_A_DATE: Final = 4
EXAMPLE_ROWS: Final = 3  # below the header
BELOW: Final = Text("below the table")
NO_MOMENTS: Final[Sequence[datetime]] = ()
LATER: Final = ("sent_back", "resubmitted", "waiting", "resumed", "withdrawn")


@dataclass(frozen=True)
class SheetCase:
    """One case of a sheet, in UTC. `pauses` are (from, until, why); None: not ended."""

    row: int
    key: str
    filed_at: datetime
    answered_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None, str], ...] = ()
    withdrawn_at: datetime | None = None
    state: str | None = None
    verdict: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether it ended, at whatever moment."""
        ended = self.answered_at is not None or self.withdrawn_at is not None
        return ended or self.state in ("done", "withdrawn")

    @property
    def is_unknown(self) -> bool:
        """Whether it ended at a moment that the sheet does not hold."""
        return self.is_over and self.answered_at is None and self.withdrawn_at is None


@dataclass(frozen=True)
class LeftOut:
    """A row that is no case, and why."""

    row: int
    why: Text


@dataclass(frozen=True)
class SetAside:
    """A row that is a case, and cannot be read: which meaning, and why."""

    row: int
    field: str
    code: str
    cell: str = ""

    @property
    def why(self) -> Text:
        """The reason as a sentence."""
        return refusal_reason(self.code)


@dataclass(frozen=True)
class SheetRules:
    """How the rows of a table are read: its columns, dates, time zone and words of states."""

    roles: Roles
    style: DateStyle
    zone: str
    states: Mapping[str, str]
    at: datetime
    mends: Mapping[str, str] = field(default_factory=dict)

    def mend(self, role: str, code: str) -> str | None:
        """Return what a person said is done with cells that cannot be read for this reason."""
        return self.mends.get(f"{role}:{code}")


SheetRow = SheetCase | LeftOut | SetAside


class _NotReadable(Exception):
    def __init__(self, role: str, code: str, cell: Cell = "") -> None:
        super().__init__(role)
        self.role, self.code, self.cell = role, code, cell


def read_rows(table: SheetTable, rules: SheetRules) -> list[SheetRow]:
    """Read every row of a table; each comes out exactly once, in the order of the sheet."""
    reader = _RowReader(table, rules)
    end = _end_of_table(table, rules, reader.names)
    found = [reader.read(row) for row in table.rows[:end]]
    found = list(_without_repeats(table, _below_left_out(table, found)))
    found = [_mended(row, rules) for row in found]
    return [*found, *(LeftOut(row.line, BELOW) for row in table.rows[end:])]


def _mended(row: SheetRow, rules: SheetRules) -> SheetRow:
    """Leave out a row that cannot be read, if a person said so of all such rows."""
    if isinstance(row, SetAside) and rules.mend(row.field, row.code) == "leave_out":
        return LeftOut(row.row, Text("left out, as you chose: {why}", why=row.why))
    return row


class _RowReader:
    """Reads the rows of one table, one after the other."""

    def __init__(self, table: SheetTable, rules: SheetRules) -> None:
        self.table, self.rules = table, rules
        self.latest = latest_wall(rules.at)
        self.years = YearWalk(rules.style, self.latest)
        self.names = [compared(column.name) for column in table.columns]
        self.examples_to = table.header_row + EXAMPLE_ROWS
        self.keys: dict[str, int] = {}
        self.facts = [role for role in FACTS if rules.roles.get(role)]
        names = {column.index: column.full_name for column in table.columns}
        self.offsets = {
            role: offset_named(names[columns[0]])
            for role, columns in rules.roles.items()
            if columns and columns[0] in names
        }
        self.moments = [role for role in ("answered", *LATER) if rules.roles.get(role)]

    def read(self, row: TableRow) -> SheetRow:
        """Turn a row into a case, or say why it is left out or set aside."""
        cells = [cell_at(row, column.index) for column in self.table.columns]
        filled = [cell for cell in cells if not is_blank(cell)]
        if row.problem is not None:
            return SetAside(row.line, "row", "row_broken")
        if [_word(cell) for cell in cells] == self.names:
            return LeftOut(row.line, Text("the header once more"))
        first = _word(filled[0]) if filled and row.line <= self.examples_to else ""
        if row.line <= self.examples_to and EXAMPLE.fullmatch(first):
            return LeftOut(row.line, Text("an example of how to fill in a row"))
        spans = self.table.merged.get(row.line, {})
        if self.rules.roles["filed"][0] in spans:
            if all(index in spans for index in self.rules.roles.get("key", (-1,))):
                return LeftOut(row.line, Text("part of the case above, with which it is merged"))
            row = _with_merged(row, spans)
        try:
            filed = self._filed(row)
        except _NotReadable as error:
            return self._without_filing(row, filled, error)
        try:
            return self._case(row, filed)
        except _NotReadable as error:
            return SetAside(row.line, error.role, error.code, _shown(error.cell))

    def _without_filing(
        self, row: TableRow, filled: Sequence[Cell], error: _NotReadable
    ) -> SheetRow:
        first = filled[0] if filled else ""
        if isinstance(first, str) and TOTALS.match(tidy(first)):
            return LeftOut(row.line, Text("a row of totals"))
        few = NOTE_CELLS if len(self.table.columns) > NOTE_CELLS else 1
        is_dated = sum(map(str.isdigit, _shown(error.cell))) >= DIGITS_OF_A_DATE
        if len(filled) <= few and not (is_dated and len(filled) > 1):
            return LeftOut(row.line, Text("a heading or a note, not a case"))
        return SetAside(row.line, error.role, error.code, _shown(error.cell))

    def _filed(self, row: TableRow) -> CellMoment:
        cells = [cell_at(row, index) for index in self.rules.roles.get("filed", ())]
        if not cells or is_blank(cells[0]):
            raise _NotReadable("filed", "no_filing_date")
        look = look_at(cells[0]) if isinstance(cells[0], str) else None
        year = self.years.year_of(look) if look is not None and look.lacks_year else None
        found = self._placed("filed", read_moment(cells, self.rules.style, year=year))
        if found is None:
            raise _NotReadable("filed", "no_date", cells[0])
        self._is_plausible(found, "filed", cells[0])
        return found

    def _case(self, row: TableRow, filed: CellMoment) -> SheetCase:
        filed_at = self._utc(filed)
        moments = dict.fromkeys(("answered", *LATER), NO_MOMENTS)
        moments |= {role: self._moments(row, role, filed) for role in self.moments}
        cell = self._text(row, "state")
        state = state_of(cell, self.rules.states) if cell else None
        answered_at = moments["answered"][0] if moments["answered"] else None
        if answered_at is not None and answered_at < filed_at:
            self._refuse("answered", "answered_before_filed", self._cells(row, "answered")[0])
            answered_at = None
        if answered_at is None and state == "done" and self.rules.roles.get("answered"):
            self._refuse("answered", "done_undated", cell)
        if answered_at is None and state is None and self._is_done(row):
            state = "done"  # at a moment nobody wrote down, and a person said to leave it so
        withdrawn_at = moments["withdrawn"][0] if moments["withdrawn"] else None
        if state == "withdrawn" and withdrawn_at is None:
            withdrawn_at, answered_at = answered_at, None
        pauses = (
            *_pauses(moments["sent_back"], moments["resubmitted"], "sent_back"),
            *_pauses(moments["waiting"], moments["resumed"], "waiting"),
        )
        return SheetCase(
            row=row.line,
            key=self._key(row, filed),
            filed_at=filed_at,
            answered_at=answered_at,
            pauses=tuple(sorted(pauses, key=lambda pause: pause[0])),
            withdrawn_at=withdrawn_at,
            state=state,
            verdict=self._text(row, "verdict"),
            text="\n".join(filter(None, map(_shown, self._cells(row, "text")))),
            facts={role: text for role in self.facts if (text := self._text(row, role))},
        )

    def _is_done(self, row: TableRow) -> bool:
        cells = self._cells(row, "answered")[:1]
        return any(isinstance(cell, str) and meaning_of(cell) == "done" for cell in cells)

    def _moments(self, row: TableRow, role: str, filed: CellMoment) -> list[datetime]:
        """Return the moments in the columns of a meaning, in order; of one, date and time join."""
        cells = self._cells(row, role)
        groups = [cells] if role in ("answered", "withdrawn") else [[cell] for cell in cells]
        found: list[datetime] = []
        for group in groups:
            if not group or is_empty(group[0]):
                word = meaning_of(group[0]) if group and isinstance(group[0], str) else None
                if role == "answered" and word == "done":
                    self._refuse(role, "answered_undated", group[0])
                continue
            start = filed.at.replace(tzinfo=None)
            moment = self._placed(role, read_moment(group, self.rules.style, not_before=start))
            if moment is None:
                self._refuse(role, "no_date", group[0])
                continue
            if not self._is_plausible(moment, role, group[0]):
                continue
            at = self._utc(moment)
            if not moment.has_time and moment.at.date() == filed.at.date():
                at = max(at, self._utc(filed))  # the same day, at a time nobody wrote down
            found.append(at)
        return sorted(found)

    def _placed(self, role: str, moment: CellMoment | None) -> CellMoment | None:
        """Return a moment as its column's name means it: Created (UTC)."""
        offset = self.offsets.get(role)
        if moment is None or offset is None or not moment.has_time or moment.at.tzinfo:
            return moment
        zone = timezone(timedelta(seconds=offset))
        return CellMoment(moment.at.replace(tzinfo=zone).astimezone(UTC), True)

    def _is_plausible(self, moment: CellMoment, role: str, cell: Cell) -> bool:
        if moment.at.year not in PLAUSIBLE_YEARS:
            self._refuse(role, "no_date", cell)
            return False
        if moment.at.replace(tzinfo=None) > self.latest:
            self._refuse(role, "future_date", cell)
            return False
        return True

    def _refuse(self, role: str, code: str, cell: Cell) -> None:
        """Set the row aside, unless a person said that such a cell is taken as empty."""
        if role == "filed" or self.rules.mend(role, code) != "empty":
            raise _NotReadable(role, code, cell)

    def _utc(self, moment: CellMoment) -> datetime:
        if moment.at.tzinfo is not None:
            return moment.at.astimezone(UTC)
        return wall_to_utc(self.rules.zone, moment.at).astimezone(UTC)

    def _key(self, row: TableRow, filed: CellMoment) -> str:
        text = self._text(row, "key")
        if text:
            return text
        key = f"{filed.at:%Y%m%d-%H%M}"  # stays the same when other rows come and go
        self.keys[key] = self.keys.get(key, 0) + 1
        return key if self.keys[key] == 1 else f"{key}-{self.keys[key]}"

    def _text(self, row: TableRow, role: str) -> str:
        return next(filter(None, map(_shown, self._cells(row, role))), "")

    def _cells(self, row: TableRow, role: str) -> list[Cell]:
        return [cell_at(row, index) for index in self.rules.roles.get(role, ())]


def _with_merged(row: TableRow, spans: Mapping[int, Cell]) -> TableRow:
    width = max(len(row.cells), *(index + 1 for index in spans))
    cells = [cell_at(row, index) for index in range(width)]
    filled = (spans.get(n, "") if is_blank(cell) else cell for n, cell in enumerate(cells))
    return row._replace(cells=tuple(filled))


def _pauses(
    starts: Sequence[datetime], ends: Sequence[datetime], why: str
) -> Iterator[tuple[datetime, datetime | None, str]]:
    """Pair each beginning of a pause with the next end."""
    left = list(ends)
    for place, start in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else None
        end = next((moment for moment in left if moment >= start), None)
        if end is not None and following is not None and end > following:
            end = following
        elif end is not None:
            left.remove(end)
        yield start, end, why


def _below_left_out(table: SheetTable, found: Sequence[SheetRow]) -> list[SheetRow]:
    """Leave out rows below a gap after the last case: other tables, notes, signatures."""
    cases = [place for place, row in enumerate(found) if isinstance(row, SheetCase)]
    if not cases:
        return list(found)
    kept = list(found[: cases[-1] + 1])
    is_below = False
    for place in range(cases[-1] + 1, len(found)):
        row = found[place]
        is_below = is_below or table.rows[place].line - table.rows[place - 1].line > 1
        is_below = is_below or isinstance(row, LeftOut)
        if is_below and isinstance(row, SetAside) and row.field == "filed":
            row = LeftOut(row.row, BELOW)
        kept.append(row)
    return kept


def _end_of_table(table: SheetTable, rules: SheetRules, names: Sequence[str]) -> int:
    """Return the place of the first row of another table: names where the dates of filing were."""
    filed = rules.roles["filed"][0]
    for place in range(1, len(table.rows)):
        row, before = table.rows[place], table.rows[place - 1]
        cell = cell_at(row, filed)
        if row.line - before.line < 2 and sum(not is_blank(c) for c in before.cells) > 1:
            continue
        if not isinstance(cell, str) or is_blank(cell) or any(sign.isdigit() for sign in cell):
            continue
        words = [_word(cell_at(row, column.index)) for column in table.columns]
        if words != names and len(list(filter(None, words))) > 1:
            return place
    return len(table.rows)


def _word(cell: Cell) -> str:
    return compared(cell) if isinstance(cell, str) else ""


def _without_repeats(table: SheetTable, found: Sequence[SheetRow]) -> Iterator[SheetRow]:
    """Leave out rows that say the same again; set aside others with the key of an earlier row."""
    rows = {row.line: row.cells for row in table.rows}
    first: dict[str, int] = {}
    for row in found:
        if not isinstance(row, SheetCase):
            yield row
            continue
        before = first.setdefault(row.key, row.row)
        if before == row.row:
            yield row
        elif rows[before] == rows[row.row]:
            yield LeftOut(row.row, Text("the same as row {row}", row=before))
        else:
            yield SetAside(row.row, "key", "key_repeated", row.key)


def _shown(cell: Cell) -> str:
    return tidy(cell) if isinstance(cell, str) else f"{cell:%Y-%m-%d %H:%M}"
