"""Reads the tables of Zendesk in a warehouse, and turns their rows into objects of its API.

Tables are recognised by their file names: ticket, ticket_comment, ticket_field_history and so on,
with or without a prefix and `_data` at the end. Moments without an offset are UTC, as loading tools
write them.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.pipeline import assign_records
from shinrai.importers.flatten.schema import Kind, of, reads, record
from shinrai.importers.flatten.values import DIRECTORY, case_record, name_of
from shinrai.importers.flatten.warehouse_load import Line, rows_of_table, table_name, utc
from shinrai.importers.zendesk.records import assign


def knows(path: Path) -> bool:
    """Return whether a table is one of those we read, by its file name."""
    return table_name(path, prefix="zendesk_") in _FILES


def table_records(paths: Iterable[Path]) -> Iterator[CaseRecord]:
    """Yield the rows of a warehouse's tables as records of their tickets; other tables are skipped.

    Raises: UnreadableTable for a file that is not UTF-8, or whose rows are cut off.
    """
    for path in paths:
        file = _FILES.get(table_name(path, prefix="zendesk_"))
        if file is not None:
            for raw in rows_of_table(path):
                yield from file(raw, raw.value)


def _ticket(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    source: dict[str, Any] = {"rel": row.get("via_source_rel") or None}
    value: dict[str, Any] = {key: cell or None for key, cell in row.items()}
    value |= {
        "created_at": utc(row.get("created_at", "")),
        "updated_at": utc(row.get("updated_at", "")),
        "via": {"channel": row.get("via_channel") or None, "source": source},
        "merged_ticket_ids": _list_of(row.get("merged_ticket_ids", "")),
        **dict.fromkeys(("tags", "collaborator_ids", "email_cc_ids", "follower_ids")),
    }
    if row.get("via_source_rel") == "follow_up" and row.get("via_source_from_id"):
        source["from"] = {"ticket_id": row["via_source_from_id"]}
    yield from assign_records([raw._replace(value=value)], assign)


def _list_of(text: str) -> list[str]:
    return [part.strip(' "') for part in text.strip("[] ").split(",") if part.strip(' "')]


def _comment(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    value = {
        "id": row.get("id"),
        "ticket_id": row.get("ticket_id"),
        "author_id": row.get("user_id"),
        "body": row.get("body"),
        "public": row.get("public", "").lower() != "false",
        "created_at": utc(row.get("created") or row.get("created_at", "")),
        "type": "VoiceComment" if row.get("voice_comment", "").lower() == "true" else "Comment",
    }
    yield from assign_records([raw._replace(value=value)], assign)


@reads(record(of(Kind.key, "ticket_id updated field_name")))
def _history(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    at, name, value = utc(row["updated"]), row["field_name"], row.get("value") or None
    change = {"at": at, "field_name": name, "value": value, "author_id": row.get("user_id") or None}
    yield case_record(raw, row["ticket_id"], "history", f"{at}/{name}/{value}", change)
    if name == "assignee_id":
        yield from name_of(raw, "assignee", value, "-")


def _rating(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    moments = {name: utc(row.get(name, "")) for name in ("created_at", "updated_at")}
    yield from assign_records([raw._replace(value={**row, **moments})], assign)


def _user(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield from assign_records([raw._replace(value={"users": [row]})], assign)


def _group(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield from assign_records([raw._replace(value={"groups": [row]})], assign)


@reads(record(of(Kind.key, "ticket_id tag")))
def _tag(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    yield case_record(raw, row["ticket_id"], "tag", row["tag"], row["tag"])


@reads(record(of(Kind.key, "sla_policy_id metric target")))
def _policy_metric(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    since = utc(row.get("sla_policy_updated_at", ""))
    place = f"{row['sla_policy_id']}/{row['metric']}/{row.get('priority')}/{since}"
    yield case_record(raw, DIRECTORY, "policy", place, {**row, "since": since})


@reads(record(of(Kind.key, "ticket_id policy_applied_at sla_policy_id")))
def _applied(raw: RawRecord, row: Line) -> Iterator[CaseRecord]:
    at = utc(row["policy_applied_at"])
    applied = {"policy": row["sla_policy_id"], "at": at}
    yield case_record(raw, row["ticket_id"], "applied", f"{at}/{row['sla_policy_id']}", applied)


def _ignored(_raw: RawRecord, _row: Line) -> Iterator[CaseRecord]:
    yield from ()


_FILES: Final[dict[str, Callable[[RawRecord, Line], Iterator[CaseRecord]]]] = {
    "ticket": _ticket,
    "ticket_comment": _comment,
    "ticket_field_history": _history,
    "ticket_tag": _tag,
    "user": _user,
    "group": _group,
    "satisfaction_rating": _rating,
    "sla_policy_metric_history": _policy_metric,
    "ticket_sla_policy": _applied,
    "schedule": _ignored,
    "schedule_holiday": _ignored,
}
