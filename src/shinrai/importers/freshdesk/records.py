"""Finds what a document of Freshdesk is, and its ticket: conversations, ratings, names and so on.

**Source:** field names from developers.freshdesk.com/api, and the columns of the list that
Freshdesk exports as CSV.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord, files_in, open_file, records_in
from shinrai.importers.flatten.pipeline import assign_lists, assign_records
from shinrai.importers.flatten.schema import Kind, of, reads, record
from shinrai.importers.flatten.values import case_record, name_of
from shinrai.importers.freshdesk.flatten import SAYS, STATS
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import Text

ENDINGS: Final = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz", ".csv")
LISTED: Final = "Ticket ID"  # the column every exported list has
_LISTS: Final = ("agents", "groups", "ratings")
TICKET: Final = record(
    id=Kind.key,
    **of(Kind.ref, "requester_id responder_id group_id company_id product_id"),
    **of(
        Kind.plain, "subject status priority source type description description_text spam deleted"
    ),
    **of(Kind.plain, " ".join(SAYS)),
    **of(Kind.at, "created_at updated_at"),
    stats=record(dict.fromkeys(STATS, Kind.at)),
)
CONVERSATION: Final = record(
    ticket_id=Kind.key,
    user_id=Kind.ref,
    **of(Kind.plain, "id incoming private source body body_text"),
    **of(Kind.at, "created_at updated_at"),
)
RATING: Final = record(
    ticket_id=Kind.key,
    **of(Kind.plain, "id feedback survey_id agent_id"),
    created_at=Kind.at,
    ratings=record(),
)
AGENT: Final = record(id=Kind.key, contact=record(of(Kind.plain, "email name")))
GROUP: Final = record(id=Kind.key, name=Kind.plain)
LONGEST_CELL: Final = 16 * 1024 * 1024


def read(paths: Sequence[Path]) -> Iterator[CaseRecord]:
    """Read files, JSON or the exported list, and yield their records with their tickets.

    Raises: UnreadableTable.
    """
    for path in files_in(paths, endings=ENDINGS):
        is_list = path.name.lower().endswith((".csv", ".csv.gz"))
        yield from assign_records(_list_rows(path) if is_list else records_in(path), assign)


def assign(raw: RawRecord, value: dict[str, Any]) -> Iterable[CaseRecord] | None:
    """Assign a document to its ticket; None if it is not known.

    It is one record, or, from a pull, `{"ticket": …, "conversations": […]}`, `{"agents": […]}`,
    `{"groups": […]}`, `{"ratings": […]}`.
    """
    listed = None if "ticket_id" in value else assign_lists(raw, value, _LISTS, assign)
    return listed or list(_record(raw, value)) or None


def _record(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    if isinstance(value.get("ticket"), dict):
        own = value["ticket"] | {"conversations": value.get("conversations")}
        yield from _ticket(raw.at("ticket", own), own)
    elif LISTED in value:
        yield case_record(raw, value[LISTED], "listed", version=value.get("Last update time"))
    elif "id" in value and "requester_id" in value and "status" in value:
        yield from _ticket(raw, value)
    elif "ticket_id" in value and "incoming" in value:
        yield from _conversation(raw, value)
    elif "ticket_id" in value and "ratings" in value:
        yield from _rating(raw, value)
    elif isinstance(value.get("contact"), dict) and "id" in value:  # an agent
        yield from _agent(raw, value)
    elif "id" in value and "name" in value and ("agent_ids" in value or "escalate_to" in value):
        yield from _group(raw, value)


@reads(RATING)
def _rating(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(raw, value["ticket_id"], "rating", value.get("id", ""), value)


@reads(AGENT)
def _agent(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    contact = value["contact"] or {}
    yield from name_of(raw, "user", value["id"], contact.get("email") or contact.get("name"))


@reads(GROUP)
def _group(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield from name_of(raw, "group", value["id"], value["name"])


@reads(TICKET)
def _ticket(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    own = {key: kept for key, kept in value.items() if key != "conversations"}
    yield case_record(raw, value["id"], "ticket", value=own, version=value.get("updated_at"))
    said = value.get("conversations")
    if isinstance(said, list):
        yield case_record(raw, value["id"], "complete", value={"conversations": len(said)})
        for each in raw.each("conversations", said):
            whose = {"ticket_id": value["id"]}
            its: Any = whose | each.value if isinstance(each.value, dict) else None
            yield from _conversation(each, its)


@reads(CONVERSATION)
def _conversation(raw: RawRecord, value: dict[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(
        raw,
        value["ticket_id"],
        "conversation",
        value.get("id", ""),
        value,
        version=value.get("updated_at"),
    )


def _list_rows(path: Path) -> Iterator[RawRecord]:
    """Yield the rows of an exported list, each a dict by column.

    Raises: UnreadableTable.
    """
    csv.field_size_limit(LONGEST_CELL)
    with open_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            reader = csv.DictReader(text, strict=True)
            if LISTED not in (reader.fieldnames or ()):
                raise _not_a_list(path, reader.fieldnames or ())
            for row in reader:
                cells = {name: cell for name, cell in row.items() if isinstance(name, str)}
                yield RawRecord(path.name, reader.line_num, cells)
        except UnicodeDecodeError as error:
            raise UnreadableTable(
                Text(
                    "{path}: this is not UTF-8; export the list again, or save it as UTF-8",
                    path=path,
                ),
            ) from error
        except csv.Error as error:
            raise UnreadableTable(
                Text(
                    "{path}, line {line_num}: the quotation marks cannot be read ({error}); "
                    "export the list again",
                    path=path,
                    line_num=reader.line_num,
                    error=error,
                ),
            ) from error


def _not_a_list(path: Path, columns: Iterable[str]) -> UnreadableTable:
    shown = ", ".join(columns)[:300]
    return UnreadableTable(
        Text(
            "{path}: no column {listed!r}, so this is no list exported by Freshdesk. "
            "There is: {shown}",
            path=path,
            listed=LISTED,
            shown=shown,
        ),
    )
