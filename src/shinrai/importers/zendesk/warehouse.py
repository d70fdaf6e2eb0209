"""Read the tables a warehouse load makes of Zendesk, in the words of its API.

Tables are told by their files' names: ticket, ticket_comment, ticket_field_history and so on, with
or without `_data` behind and a prefix before. Moments without an offset are UTC, as such loads
write them.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from shinrai.importers.csv.tables import BadTable
from shinrai.importers.flat.gathering import Belonging
from shinrai.importers.flat.records import RawRecord, opened
from shinrai.importers.flat.values import DIRECTORY, belonging, name_of
from shinrai.importers.zendesk.filing import filed_one

ENDINGS: Final = (".csv", ".csv.gz")
Line = Mapping[str, str]


def is_table(path: Path) -> bool:
    """Tell a table from a file of JSON."""
    return path.name.lower().endswith(ENDINGS)


def filed_tables(paths: Iterable[Path]) -> Iterator[Belonging]:
    """File the rows of a load's tables under their tickets; other tables are passed over.

    Raises: BadTable for a file that is not UTF-8, or whose rows are cut off.
    """
    for path in paths:
        file = _FILES.get(table_name(path))
        if file is not None:
            for raw in rows_of_table(path):
                yield from file(raw, raw.value)


def table_name(path: Path) -> str:
    """Name the table a file holds: `zendesk_ticket_comment_data.csv` is `ticket_comment`."""
    name = path.name.lower().split(".")[0].removesuffix("_data")
    return name if name in _FILES else name.removeprefix("zendesk_")


def rows_of_table(path: Path) -> Iterator[RawRecord]:
    """Stream the rows of a table, by column.

    Raises: BadTable.
    """
    with opened(path) as file:
        reader = csv.DictReader(TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise BadTable(
                        f"{path}, line {reader.line_num}: the row has not as many cells as the "
                        "header; load the table again",
                        f"{path}、{reader.line_num} 行目: 列の数が見出しと違います。"
                        "もう一度書き出してください",
                    )
                yield RawRecord(path.name, reader.line_num, row)
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadTable(
                f"{path}, after line {reader.line_num}: this is no CSV in UTF-8 ({error})",
                f"{path}、{reader.line_num} 行目のあと: UTF-8 の CSV として読めません",
            ) from error


def utc(text: str) -> str:
    """Write a moment of a load as ISO 8601 with its offset."""
    text = text.strip().replace(" ", "T", 1)
    return text if not text or text[10:].endswith("Z") or "+" in text[10:] else f"{text}Z"


def _ticket(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    source: dict[str, Any] = {"rel": row.get("via_source_rel") or None}
    value: dict[str, Any] = {key: cell or None for key, cell in row.items()}
    value |= {
        "created_at": utc(row["created_at"]),
        "updated_at": utc(row.get("updated_at", "")),
        "via": {"channel": row.get("via_channel") or None, "source": source},
        "merged_ticket_ids": _listed(row.get("merged_ticket_ids", "")),
        "tags": None,
    }
    if row.get("via_source_rel") == "follow_up" and row.get("via_source_from_id"):
        source["from"] = {"ticket_id": row["via_source_from_id"]}
    yield from filed_one(raw._replace(value=value))


def _listed(text: str) -> list[str]:
    return [part.strip(' "') for part in text.strip("[] ").split(",") if part.strip(' "')]


def _comment(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    value = {
        "id": row["id"],
        "ticket_id": row["ticket_id"],
        "author_id": row.get("user_id"),
        "body": row.get("body"),
        "public": row.get("public", "").lower() != "false",
        "created_at": utc(row.get("created") or row.get("created_at", "")),
        "type": "VoiceComment" if row.get("voice_comment", "").lower() == "true" else "Comment",
    }
    yield from filed_one(raw._replace(value=value))


def _history(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    at, name, value = utc(row["updated"]), row["field_name"], row.get("value") or None
    change = {"at": at, "field_name": name, "value": value, "author_id": row.get("user_id") or None}
    yield belonging(raw, row["ticket_id"], "history", f"{at}/{name}/{value}", change)
    if name == "assignee_id":
        yield from name_of(raw, "assignee", value, "-")


def _rating(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    moments = {name: utc(row.get(name, "")) for name in ("created_at", "updated_at")}
    yield from filed_one(raw._replace(value={**row, **moments}))


def _user(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    yield from filed_one(raw._replace(value={"users": [row]}))


def _group(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    yield from filed_one(raw._replace(value={"groups": [row]}))


def _tag(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    yield belonging(raw, row["ticket_id"], "tag", row["tag"], row["tag"])


def _policy_metric(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    since = utc(row.get("sla_policy_updated_at", ""))
    place = f"{row['sla_policy_id']}/{row['metric']}/{row.get('priority')}/{since}"
    yield belonging(raw, DIRECTORY, "policy", place, {**row, "since": since})


def _applied(raw: RawRecord, row: Line) -> Iterator[Belonging]:
    at = utc(row["policy_applied_at"])
    applied = {"policy": row["sla_policy_id"], "at": at}
    yield belonging(raw, row["ticket_id"], "applied", f"{at}/{row['sla_policy_id']}", applied)


def _none(_raw: RawRecord, _row: Line) -> Iterator[Belonging]:
    yield from ()


_FILES: Final[dict[str, Callable[[RawRecord, Line], Iterator[Belonging]]]] = {
    "ticket": _ticket,
    "ticket_comment": _comment,
    "ticket_field_history": _history,
    "ticket_tag": _tag,
    "user": _user,
    "group": _group,
    "satisfaction_rating": _rating,
    "sla_policy_metric_history": _policy_metric,
    "ticket_sla_policy": _applied,
    "schedule": _none,
    "schedule_holiday": _none,
}
