"""The plan of an import: which table each file holds, its time zone, and the mapping."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from hashlib import sha256
from itertools import chain
from json import dumps
from pathlib import Path
from typing import Any

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.importers.flatten.csv_tables import RAW
from shinrai.importers.mapping_files import shipped_mapping, shipped_names
from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.date_order import DateOrders, moment_columns
from shinrai.importers.rules.mapping.definition import Mapping, TableMapping
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.rules.moments import AS_MAPPED, IN_CELL, MomentReader, MomentStyle
from shinrai.importers.rules.observation.cell_values import CellReader
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.rows import row_observer
from shinrai.importers.tables.files import first_rows, header, row_chunks, survey
from shinrai.importers.tables.table import ReadOptions, Survey, UnreadableTable
from shinrai.privacy.rules.masking import mask
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

LOOKED_THROUGH = 1_000  # rows at once
LOOKED_DOWN = 20  # rows, in which a header and titles above it must lie


class NoZone(UserError, ValueError):
    """Neither the mapping nor the user states the time zone of the moments."""


class NoMappingFits(UserError, ValueError):
    """No shipped mapping fits the columns of the files."""


@dataclass(frozen=True)
class PlannedFile:
    """A file, the table it holds, and the time zone of its moments (None: each cell has its own).

    `doubtful_dates` counts by column the dates that may be day first or month first.
    """

    number: int
    table: TableMapping
    survey: Survey
    how: ReadOptions
    zone: str | None
    writing: MomentStyle = AS_MAPPED
    doubtful_dates: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the first row is read."""

    mapping: Mapping
    files: tuple[PlannedFile, ...]
    assumed_zones: tuple[str, ...]
    fingerprint: str

    @property
    def rows(self) -> int:
        """Return how many rows the files have."""
        return sum(file.survey.rows for file in self.files)

    def file_records(self, given: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Describe the files of an import, to be stored with it.

        `given` names the files that tables were made from; such a table ends with two columns that
        hold where each row comes from.
        """
        return [
            {
                "name": file.survey.path.name,
                "table": file.table.name,
                "digest": file.survey.digest,
                "rows": file.survey.rows,
                "encoding": file.survey.encoding,
                "sheet": file.survey.sheet.name if file.survey.sheet else None,
                "zone": file.zone,
                **({"given": list(given)} if given else {}),
                **({"is_flat": True} if file.survey.header[-len(RAW) :] == RAW else {}),
            }
            for file in self.files
        ]


def make_plan(
    mapping: Mapping,
    paths: Sequence[Path],
    *,
    zone: str | None,
    workspace_zone: str,
    surveyed_before: dict[Path, Survey] | None = None,
) -> Plan:
    """Survey the files, find which table each one holds, and decide the time zones.

    A file in `surveyed_before` is not read again; the other files are added to it.

    Raises: UnreadableTable, BadMapping, NoZone, UnknownZone.
    """
    if not paths:
        raise UnreadableTable(
            Text("no file was named; name the table to import"),
        )
    if zone is not None:
        zone_named(zone)
    known = {} if surveyed_before is None else surveyed_before
    found: list[tuple[TableMapping, Survey, ReadOptions]] = []
    for path in paths:
        table, how = _table_of(mapping, path)
        if path not in known:
            known[path] = survey(path, how)
        found.append((table, known[path], how))
    found.sort(key=lambda item: mapping.tables.index(item[0]))
    files: list[PlannedFile] = []
    assumed: list[str] = []
    for number, (table, surveyed, how) in enumerate(found):
        own = _zone_of(table, zone, workspace_zone, surveyed.path)
        if zone is None and table.zone_is_assumed:
            assumed.append(own or IN_CELL)
        files.append(_with_style(PlannedFile(number, table, surveyed, how, own)))
    return Plan(
        mapping=mapping,
        files=tuple(files),
        assumed_zones=tuple(dict.fromkeys(assumed)),
        fingerprint=_fingerprint(mapping, files),
    )


def find_mapping(paths: Sequence[Path]) -> Mapping:
    """Return the shipped mapping that fits the files' columns, the most detailed if several do.

    Raises: NoMappingFits, with the columns of the files.
    """
    fitting: list[tuple[int, Mapping]] = []
    for name in shipped_names():
        mapping = shipped_mapping(name)
        try:
            placed = [_table_of(mapping, path) for path in paths]
        except (BadMapping, UnreadableTable):
            continue
        fitting.append((sum(_columns(table) for table, _ in placed), mapping))
    if not fitting:
        how = ReadOptions(encodings=("utf-8-sig", "cp932"))
        headers = "; ".join(f"{path.name}: {mask(', '.join(header(path, how)))}" for path in paths)
        raise NoMappingFits(
            Text(
                "no shipped mapping ({shipped_names}) fits these columns: {headers}. Copy "
                "the nearest one, change its column names, and name it by --mapping",
                shipped_names=", ".join(shipped_names()),
                headers=headers,
            ),
        )
    return max(fitting, key=lambda pair: pair[0])[1]


def read_options(table: TableMapping) -> ReadOptions:
    """Return the options to read a table's file with, from the mapping."""
    return ReadOptions(table.encodings, table.delimiter, table.sheets, table.header_row)


def _table_of(mapping: Mapping, path: Path) -> tuple[TableMapping, ReadOptions]:
    """Find which table of the mapping a file holds: by its columns, then by its name."""
    fits: list[tuple[TableMapping, ReadOptions]] = []
    problems: list[Text] = []
    for table in mapping.tables:
        how = read_options(table)
        problem: Text | None = None
        for below, row in enumerate(first_rows(path, how)):  # a title may stand above the header
            try:
                row_observer(mapping, table, TableHeader(row, str(path)), IN_CELL)
            except BadMapping as error:
                problem = problem or error.text
            else:
                fits.append((table, _with_header_row(path, how, below, row)))
                break
        else:
            problems += [problem] if problem is not None else []
    if len(fits) > 1:
        named = [fit for fit in fits if any(fnmatch(path.name, glob) for glob in fit[0].files)]
        fits = named or fits
    if not fits:
        raise BadMapping(joined(problems))
    if len(fits) > 1:
        names = ", ".join(table.name for table, _ in fits)
        raise BadMapping(
            Text(
                "{path}: its columns fit several tables of {name} ({names}); tell them "
                "apart by `files` in the mapping",
                path=path,
                name=mapping.name,
                names=names,
            ),
        )
    return fits[0]


def _with_header_row(
    path: Path, how: ReadOptions, below: int, names: tuple[str, ...]
) -> ReadOptions:
    """Return the options with the row the header was found in; empty rows are counted too."""
    tries = (replace(how, header_row=how.header_row + more) for more in range(below, LOOKED_DOWN))
    return next((there for there in tries if header(path, there) == names), how)


def _with_style(file: PlannedFile) -> PlannedFile:
    """Find out how a file writes its dates, if its mapping allows several orders."""
    table, sheet = file.table, file.survey.sheet
    is_1904 = sheet is not None and sheet.is_1904
    orders = DateOrders(table.moments)
    if orders:
        reader = MomentReader(table.moments, IN_CELL, writing=MomentStyle(is_1904))
        cell_reader = CellReader(
            table, TableHeader(file.survey.header, str(file.survey.path)), reader
        )
        columns = list(moment_columns(table, cell_reader))
        for some in row_chunks(file.survey, file.how, LOOKED_THROUGH):
            for name, found in columns:
                orders.look_at(name, chain.from_iterable(map(found, some.cells)))
    told = orders.found()
    return replace(
        file,
        writing=MomentStyle(is_1904, {tidy(name): order.formats for name, order in told.items()}),
        doubtful_dates=tuple((name, o.doubtful) for name, o in told.items() if o.doubtful),
    )


def _columns(table: TableMapping) -> int:
    """Count what a mapping reads of a table; the mapping that reads most is preferred."""
    return len(table.steps) + len(table.fields) + len(table.words) + len(table.changes) + 1


def _zone_of(table: TableMapping, zone: str | None, workspace_zone: str, path: Path) -> str | None:
    if zone is not None:
        return zone
    if table.zone == IN_CELL:
        return None
    if table.zone is not None:
        return table.zone
    if table.zone_is_assumed:
        return workspace_zone
    raise NoZone(
        Text(
            "{path}: nobody says in which zone its moments were written; give one by "
            "--zone, such as Asia/Tokyo, or as `zone` of {table_path}",
            path=path,
            table_path=table.path,
        ),
    )


def _fingerprint(mapping: Mapping, files: Sequence[PlannedFile]) -> str:
    what = {
        "mapping": mapping.document,
        "files": [[file.table.name, file.survey.digest, file.zone] for file in files],
    }
    return sha256(dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
