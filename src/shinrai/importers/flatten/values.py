"""Conversions that flatteners share: sortable keys, moments, texts, and names in a file."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord, CaseRecords
from shinrai.importers.flatten.csv_tables import RAW_FILE, RAW_LINE, FlatRow
from shinrai.importers.flatten.json_files import RawRecord

DIRECTORY: Final = ""  # sorts before every case: names are known before the first case is told
UNKNOWN: Final = "unknown"
MISSED: Final = "missed"  # the kind that stands for records of a case that were set aside
REFUSED: Final = "refused"  # the column that says why
WIDTH: Final = 15
MILLISECONDS: Final = 10**11  # an epoch beyond this counts milliseconds: in seconds it is year 5138


def padded(number: Any) -> str:
    """Pad a number with zeros so that it sorts as a number; other text is unchanged."""
    text = str(number).strip()
    return text.zfill(WIDTH) if text.isascii() and text.isdigit() else text


def unpadded(key: str) -> str:
    """Return a padded number without its zeros."""
    return (key.lstrip("0") or "0") if key.isascii() and key.isdigit() else key


def case_record(
    raw: RawRecord, case: Any, kind: str, own: Any = "", value: Any = None, *, version: Any = ""
) -> CaseRecord:
    """Assign a record to its case; without `value`, the whole raw record is stored."""
    kept = raw.value if value is None else value
    return CaseRecord(padded(case), kind, padded(own), str(version or ""), raw.file, raw.line, kept)


def unknown_record(raw: RawRecord) -> CaseRecord:
    """Return a record of an unknown kind as refused, so that it is quarantined and not lost."""
    return refused_record(raw, "no_record")


def refused_record(raw: RawRecord, why: str) -> CaseRecord:
    """Return an unreadable record as a case of its own; `why` is a code of REASONS."""
    whole = f"{why} {raw.path}".strip()
    return case_record(raw, f"~{raw.file}:{raw.line}:{raw.path}", UNKNOWN, value={REFUSED: whole})


def refused_rows(case: CaseRecords, table: str) -> Iterator[FlatRow]:
    """Yield unreadable records as rows without a key, each with the reason."""
    for held in case.of(UNKNOWN):
        yield table, {RAW_FILE: held.file, RAW_LINE: held.line, REFUSED: held.value[REFUSED]}


def name_of(raw: RawRecord, kind: str, number: Any, name: Any) -> Iterator[CaseRecord]:
    """Yield a name (of a person, a group or a state) as a record that all cases use."""
    if number is not None and name:
        yield CaseRecord(
            DIRECTORY,
            kind,
            str(number),
            "",
            raw.file,
            raw.line,
            {
                "id": str(number),
                "name": str(name),
            },
        )


def gaps_of(case: CaseRecords) -> list[str]:
    """Return the gap code of a case whose records could not all be read."""
    return ["records_set_aside"] if case.of(MISSED) else []


def names_in(case: CaseRecords, kind: str) -> Mapping[str, str]:
    """Return the stored names of one kind, by number."""
    return {held.value["id"]: held.value["name"] for held in case.of(kind)}


def moment(value: Any) -> str | None:
    """Return a moment as ISO text with its offset if it is epoch seconds; other text is unchanged.

    None if it is empty, or 0, which stands for an empty value in some answers.
    """
    if value in (None, "", 0, "0"):
        return None
    if isinstance(value, str) and not value.isdigit():
        return value
    seconds = float(value)
    if seconds > MILLISECONDS:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return str(value)


def as_html(text: Any, *, is_html: bool) -> str | None:
    """Return a text as HTML: plain text is escaped, so that a column holds one kind."""
    if not text:
        return None
    return str(text) if is_html else escape(str(text), quote=False)
