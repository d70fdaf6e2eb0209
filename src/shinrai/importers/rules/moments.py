"""Reads moments as tables write them: many formats, eras, weekdays, zones stated or in the cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from shinrai.calendars.rules.time_zone import wall_to_utc, zone_named
from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.hour_cache import HourCache
from shinrai.importers.rules.moment_formats import (
    NAMED_FORMATS,
    ImpossibleMoment,
    build_moment,
    compile_format,
)
from shinrai.units.errors import UserError
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text

IN_CELL: Final = "in_cell"
EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  a serial is wall time: it has no zone
DAYS_TO_1904: Final = timedelta(days=1_462)  # between the two systems in which Excel counts days
PLAUSIBLE_YEARS: Final = range(1990, 2101)  # no desk's moment lies elsewhere: a number was no date
USUAL_FORMATS: Final = ("iso", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")
_TIME = re.compile(r"%[HIp]")
_SERIAL = re.compile(r"\d{1,7}(?:\.\d+)?", re.ASCII)
MIDNIGHT: Final = time()  # what a workbook makes of a date without a time of day


class UnreadableMoment(UserError, ValueError):
    """A cell that should hold a moment holds none that is possible."""


@dataclass(frozen=True)
class SourceClock:
    """The time zone a source's clock really kept, until a local time of its own (None: no end)."""

    zone: str
    until: datetime | None = None


@dataclass(frozen=True)
class MomentStyle:
    """How one file writes its moments, where its mapping leaves that open.

    `formats` has the columns whose dates were found to have another order.
    """

    is_1904: bool = False
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


AS_MAPPED: Final = MomentStyle()


class MomentReader:
    """Reads the moments of one table; the same text is read only once."""

    def __init__(
        self,
        formats: Sequence[str],
        zone: str | None,
        clocks: Sequence[SourceClock] = (),
        writing: MomentStyle = AS_MAPPED,
    ) -> None:
        self.formats = tuple(formats)
        self.writing = writing
        self.zone = None if zone == IN_CELL else zone
        self.clocks = tuple(clocks)
        self._patterns = [
            (text, compile_format(text)) for text in formats if text not in NAMED_FORMATS
        ]
        self._known: dict[str | datetime, int | UnreadableMoment] = {}
        is_turned_within = any(c.until and (c.until.minute or c.until.second) for c in clocks)
        self._hours = None if is_turned_within else HourCache(self._read_or_none)
        if self.zone is not None:
            zone_named(self.zone)

    def of(self, column: str, *, is_joined: bool = False) -> "MomentReader":
        """Return the reader of one column; `is_joined` if another column holds the time of day."""
        formats = self.writing.formats.get(tidy(column), self.formats)
        if is_joined:
            times = [text[at.start() :] for text in formats if (at := _TIME.search(text))]
            dated = [f"%Y-%m-%d {text}" for text in ("%H:%M", "%H:%M:%S", *times)]
            formats = tuple(dict.fromkeys((*formats, *dated, "iso")))
        if formats == self.formats:
            return self
        return MomentReader(formats, self.zone or IN_CELL, self.clocks, self.writing)

    def join(self, cells: Sequence[str | datetime]) -> str:
        """Return the cells of a date and of a time of day as one text."""
        return " ".join(map(self._part, cells))

    def _part(self, cell: str | datetime) -> str:
        if isinstance(cell, str):
            text = tidy(cell)
            if _SERIAL.fullmatch(text) is None:
                return text
            if float(text) >= 1 and "excel" not in self.formats:
                return text
            cell = EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
            if float(text) < 1:
                return f"{cell:%H:%M:%S}"
            cell += DAYS_TO_1904 if self.writing.is_1904 else timedelta()
        return f"{cell:%Y-%m-%d}" if cell.time() == MIDNIGHT else f"{cell:%Y-%m-%d %H:%M:%S}"

    def read(self, cell: str | datetime) -> int:
        """Return the moment in a cell, in microseconds since 1970 UTC.

        Raises: UnreadableMoment, with the formats that were tried or what is impossible.
        """
        if type(cell) is str and (within := self.read_by_hour((cell,))[0]) is not None:
            return within
        known = self._known.get(cell)
        if known is None:
            try:
                known = self._read(cell)
            except UnreadableMoment as error:
                known = error
            if len(self._known) > 200_000:
                self._known.clear()
            self._known[cell] = known
        if isinstance(known, UnreadableMoment):
            raise UnreadableMoment(known.text)
        return known

    def read_by_hour(self, cells: Sequence[str]) -> Sequence[int | None]:
        """Read many moments by their hours, in microseconds; None for those to read one by one."""
        return [None] * len(cells) if self._hours is None else self._hours.read(cells)

    def wall(self, cell: str) -> datetime:
        """Return the local time in a cell, with its UTC offset if the cell has one.

        Raises: UnreadableMoment.
        """
        text = tidy(cell)
        impossible: ValueError | None = None
        for name in self.formats:
            if name in NAMED_FORMATS:
                found = _iso(text) if name == "iso" else self._excel(text)
                if found is not None:
                    return found
        for _, pattern in self._patterns:
            match = pattern.fullmatch(text)
            if match is None:
                continue
            try:
                return build_moment(match)
            except OverflowError:
                # 9999/12/31 24:00 is the first moment of a year that does not exist.
                impossible = impossible or ValueError("the year is out of range")
            except ValueError as error:
                impossible = impossible or error
        if impossible is not None:
            raise UnreadableMoment(_cannot_be(impossible)) from impossible
        raise UnreadableMoment(_in_no_format(cell, self.formats))

    def _excel(self, text: str) -> datetime | None:
        if _SERIAL.fullmatch(text) is None or float(text) >= 2_958_466:  # 31 December 9999
            return None
        first = EXCEL_EPOCH + (DAYS_TO_1904 if self.writing.is_1904 else timedelta())
        return first + timedelta(seconds=round(float(text) * 86_400))

    def _read_or_none(self, cell: str) -> int | None:
        try:
            return self._read(cell)
        except UnreadableMoment:
            return None

    def _read(self, cell: str | datetime) -> int:
        wall = cell if isinstance(cell, datetime) else self.wall(cell)
        if wall.year not in PLAUSIBLE_YEARS:
            raise UnreadableMoment(_implausible(wall.year))
        try:
            return epoch_us(self._with_zone(wall, cell))
        except (OverflowError, ValueError) as error:
            if isinstance(error, UnreadableMoment):
                raise
            raise UnreadableMoment(
                Text("the moment lies beyond the years that can be counted")
            ) from error

    def _with_zone(self, wall: datetime, cell: str | datetime) -> datetime:
        bare = wall.replace(tzinfo=None)
        for clock in self.clocks:
            if clock.until is None or bare < clock.until:
                if clock.zone == IN_CELL:
                    break
                return wall_to_utc(clock.zone, bare)
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        if self.zone is None:
            raise UnreadableMoment(
                Text(
                    "the moment carries no offset, and no zone was given; name the zone in the "
                    "mapping or by --zone"
                )
            )
        return wall_to_utc(self.zone, bare)


def _cannot_be(error: ValueError) -> Text:
    """Return why a moment is impossible, without the text of the cell."""
    if isinstance(error, ImpossibleMoment):
        return Text("such a moment cannot be: {why}", why=error.text)
    if "literal" in str(error):  # of datetime's own words those of `int` alone repeat a text
        return Text("such a moment cannot be")
    return Text("such a moment cannot be: {why}", context="of the system", why=error)


def _in_no_format(cell: str, formats: Sequence[str]) -> Text:
    known = ", ".join(formats)
    if not cell:
        return Text(
            "the empty cell is no moment in any of the mapping's formats: {known}", known=known
        )
    return Text("the cell is no moment in any of the mapping's formats: {known}", known=known)


def _implausible(year: int) -> Text:
    first, last = PLAUSIBLE_YEARS[0], PLAUSIBLE_YEARS[-1]
    return Text(
        "read as a date this lies in the year {year}, and only {first} to {last} "
        "is plausible; a mark, a bare year or another number is no date",
        year=year,
        first=first,
        last=last,
    )


def _iso(text: str) -> datetime | None:
    if len(text) < 8 or not text[0].isdigit():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
