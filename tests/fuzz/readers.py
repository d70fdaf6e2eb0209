"""Every reader of files, run as far as it goes without a database, and what it is fed to begin."""

import io
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import openpyxl

from shinrai.calendars.commands.files import calendar_document
from shinrai.calendars.rules.business_time import elapsed
from shinrai.calendars.rules.document import read_calendar
from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.github.source import GITHUB
from shinrai.importers.jira.source import JIRA
from shinrai.importers.mapping_files import SHIPPED, parse, shipped_mapping
from shinrai.importers.mbox.classification import our_mail
from shinrai.importers.mbox.mail_threads import EarlierMail
from shinrai.importers.mbox.source import flatten as flatten_mail
from shinrai.importers.rules.derive.case import derive
from shinrai.importers.rules.derive.step import DerivationContext, StoredRow
from shinrai.importers.rules.mapping.definition import Mapping as TableMapping
from shinrai.importers.rules.moments import IN_CELL
from shinrai.importers.rules.observation import duplicates
from shinrai.importers.rules.observation.chunks import ObserveChunk, chunk_observer
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.packed_rows import RowPacker, unpack
from shinrai.importers.rules.observation.rows import OwnerOf, row_owner
from shinrai.importers.run.file_reader import FileReader
from shinrai.importers.run.plan import make_plan, read_options
from shinrai.importers.source_detection import sources_of_files
from shinrai.importers.sources import Source
from shinrai.importers.tables.files import row_chunks, survey
from shinrai.importers.xes.flatten import flatten as flatten_logs
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.importers.zendesk.schedules import schedules_in
from shinrai.importers.zendesk.source import ZENDESK
from shinrai.objectives.rules.document import read_objective
from shinrai.objectives.rules.yaml_text import read_yaml
from shinrai.units.moments import epoch_us
from shinrai.units.text import in_both_languages
from tests.fuzz.mutation import bytes_changed, json_changed, yaml_changed, zip_changed
from tests.importers.mbox import desk_of_mail
from tests.importers.test_source_detection import SHOWN
from tests.importers.test_uploaded_sources import LOG
from tests.importers.zendesk import desk_of_zendesk

NOW: Final = datetime(2026, 8, 1, tzinfo=UTC)
Change = Callable[[bytes, Random], bytes]
duplicates.MARKS = 1 << 12  # a table of 16 MB for every small file would take most of the time
_compiled: dict[object, tuple[ObserveChunk, OwnerOf]] = {}
NOTHING_EARLIER: Final = EarlierMail({}, {}, frozenset())


@dataclass(frozen=True)
class Reader:
    """How files of a sort end, how they are changed and read, and what the first ones hold."""

    ending: str
    change: Change
    read: Callable[[Path, Path], None]  # the file, and a folder to work in
    seeds: Callable[[], Sequence[bytes]]


def _through(mapping: TableMapping, paths: Sequence[Path], *, is_flat: bool = False) -> None:
    """Read tables as an import does: rows, facts, texts, and the steps of every case."""
    if is_flat:  # by their names, so that a mapping is compiled once and not for every file
        named = {glob: table for table in mapping.tables for glob in table.files}
        tables = [(named[path.name], read_options(named[path.name]), path) for path in paths]
        planned = [(table, how, survey(path, how), IN_CELL) for table, how, path in tables]
    else:
        plan = make_plan(mapping, paths, zone=None, workspace_zone="Asia/Tokyo")
        planned = [(each.table, each.how, each.survey, each.zone or IN_CELL) for each in plan.files]
    packing, seen = RowPacker(), defaultdict[str, list[StoredRow]](list)
    for table, how, surveyed, zone in planned:
        has_dates = surveyed.sheet is not None
        key = (mapping.name, table.name, surveyed.header, zone, has_dates)
        if key not in _compiled or not is_flat:
            header = TableHeader(surveyed.header, "table")
            _compiled[key] = (
                chunk_observer(mapping, table, header, zone, has_dates=has_dates),
                row_owner(table, header),
            )
        observe, whose = _compiled[key]
        reading, rows = FileReader(observe, table, whose), 0
        for stretch in row_chunks(surveyed, how, 1000):
            good, _, bad = reading.read(stretch)
            rows += len(good) + len(bad)
            for problem in bad:
                _keepable(problem.raw, problem.field, *in_both_languages(problem.reason).values())
            for row in good:
                _keepable(row.case_key, row.row_key, *(row.texts or {}).values())
                for person in row.persons:
                    _keepable(person.name)
                    packing.number(person, "1")
                [(_, _, facts)] = unpack(packing.together(packing.packed([row]), ()))
                _keepable(msgspec.json.encode(facts).decode().replace("\\u0000", "\x00"))
                joins = table.joins is not None
                seen[row.case_key].append(
                    StoredRow(table.name, table.rows, row.row_key, facts, {}, joins)
                )
        assert rows == surveyed.rows, "rows are lost"
    for rows_of_case in seen.values():
        derive(rows_of_case, record=mapping.record, context=DerivationContext(epoch_us(NOW)))


def _keepable(*texts: str) -> None:
    """Check what PostgreSQL and UTF-8 ask of texts."""
    for text in texts:
        assert "\x00" not in text, "NUL in a text"
        text.encode()


def _desk(source: Source) -> Reader:
    def read(path: Path, folder: Path) -> None:
        if tables := source.flatten([path], folder):
            _through(_shipped(source.name), tables, is_flat=True)

    def seeds() -> list[bytes]:
        told = [each for desk, each in SHOWN if desk == source.name]
        if source.name == "zendesk":
            told += [desk_of_zendesk.whole(), *desk_of_zendesk.people()]
            told += [
                desk_of_zendesk.merged(),
                {"ticket_metric_events": desk_of_zendesk.metric_events()},
            ]
        return [json.dumps(each).encode() for each in (*told, told)]

    return Reader(".json", json_changed, read, seeds)


@cache
def _shipped(name: str) -> TableMapping:
    return shipped_mapping(name)


def _sheet(path: Path, _: Path) -> None:
    _through(_shipped("investigations_sheet_ja"), [path])


def _log(path: Path, folder: Path) -> None:
    tables = flatten_logs([path], folder)
    _through(_shipped("bpic2013_volvo"), tables)


def _mail(path: Path, folder: Path) -> None:
    ours = our_mail(desk_of_mail.OURS)
    _through(_shipped("mbox"), flatten_mail([path], folder, ours, lambda _: NOTHING_EARLIER))


def _mapping(path: Path, _: Path) -> None:
    parse(path.read_text("utf-8", "replace"), where=path.name)


def _calendar(path: Path, _: Path) -> None:
    calendar = read_calendar(calendar_document(path))
    elapsed(calendar, datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 9, tzinfo=UTC))


def _ics(path: Path, folder: Path) -> None:
    (folder / "calendar.yaml").write_text(
        f"zone: Asia/Tokyo\nweekly: {{mon: ['09:00-18:00']}}\nholidays_ics: {path}\n", "utf-8"
    )
    _calendar(folder / "calendar.yaml", folder)


def _objective(path: Path, _: Path) -> None:
    read_objective(read_yaml(path.read_text("utf-8", "replace")))


def _records(path: Path, _: Path) -> None:
    sources_of_files([path])
    list(schedules_in([path]))


def _workbooks() -> list[bytes]:
    book = openpyxl.Workbook()
    for row in _rows():
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return [kept.getvalue()]


def _rows() -> list[list[str]]:
    text = next(Path("examples/investigations_ja").glob("*.csv")).read_text("utf-8-sig")
    return [line.split(",") for line in text.splitlines()[:6]]


ICS: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260602\r\nSUMMARY:創立記念日\r\n"
    "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Asia/Tokyo:20260602T090000\r\n"
    "DURATION:PT2H\r\nRRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TU\r\nEXDATE;TZID=Asia/Tokyo:"
    "20260609T090000\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).encode()
CALENDAR: Final = (
    b"zone: Asia/Tokyo\nweekly: {mon: ['09:00-12:00', '13:00-18:00'], sat: ['22:00-26:00']}\n"
    b"holidays: JP\nclosed: ['2026-12-29', 2026-12-30]\nspecial: {'2026-12-28': ['10:00-12:00']}\n"
)
OBJECTIVE: Final = (
    b"apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  service: s\n"
    b"  budgetingMethod: Occurrences\n  timeWindow: [{duration: 28d, isRolling: true}]\n"
    b"  indicator:\n    metadata: {name: a}\n    spec: {ratioMetric: {rawType: success, raw: "
    b"{metricSource: {type: shinrai, spec: {clock: resolution_first, within: {business_seconds: "
    b"14400}}}}}}\n  objectives: [{displayName: x, target: 0.9}]\n"
)


def _mails() -> list[bytes]:
    mails = [desk_of_mail.asked(), desk_of_mail.acknowledged(), desk_of_mail.answered()]
    boxes = (b"From x@example.jp Mon Jun  1 09:00:00 2026\n" + mail + b"\n" for mail in mails)
    return [b"".join(boxes)]


READERS: Final[Mapping[str, Reader]] = {
    **{one.name: _desk(one) for one in (ZENDESK, JIRA, CHATWOOT, GITHUB, FRESHDESK, ZAMMAD)},
    "records": Reader(
        ".json", json_changed, _records, lambda: [
            *(json.dumps(each).encode() for _, each in SHOWN),
            json.dumps({"schedules": [desk_of_zendesk.SCHEDULE],
                        "schedule_id": desk_of_zendesk.SCHEDULE["id"],
                        "holidays": [desk_of_zendesk.HOLIDAY]}).encode()],
    ),
    "csv": Reader(".csv", bytes_changed, _sheet, lambda: [
        "\n".join(map(",".join, _rows())).encode(code) for code in ("utf-8", "cp932")]),
    "xlsx": Reader(".xlsx", zip_changed, _sheet, _workbooks),
    "xes": Reader(".xes", bytes_changed, _log, lambda: [LOG.encode()]),
    "mbox": Reader(".mbox", bytes_changed, _mail, _mails),
    "eml": Reader(".eml", bytes_changed, _mail, lambda: [desk_of_mail.asked()]),
    "mapping": Reader(".yaml", yaml_changed, _mapping, lambda: [
        each.read_bytes() for each in SHIPPED.iterdir() if each.name.endswith(".yaml")]),
    "calendar": Reader(".yaml", yaml_changed, _calendar, lambda: [CALENDAR]),
    "ics": Reader(".ics", bytes_changed, _ics, lambda: [ICS]),
    "objective": Reader(".yaml", yaml_changed, _objective, lambda: [OBJECTIVE]),
}  # fmt: skip
