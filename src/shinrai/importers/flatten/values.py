"""Small turns that flatteners share: keys that sort, moments, texts, and who stands in a file."""

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
    """Write a number so that it sorts as one; what is no number stays as it is."""
    text = str(number).strip()
    return text.zfill(WIDTH) if text.isascii() and text.isdigit() else text


def unpadded(key: str) -> str:
    """Write a padded number as people know it."""
    return (key.lstrip("0") or "0") if key.isascii() and key.isdigit() else key


def case_record(
    raw: RawRecord, case: Any, kind: str, own: Any = "", value: Any = None, *, version: Any = ""
) -> CaseRecord:
    """Assign a record to its case; without a value, the whole record."""
    kept = raw.value if value is None else value
    return CaseRecord(padded(case), kind, padded(own), str(version or ""), raw.file, raw.line, kept)


def unknown_record(raw: RawRecord) -> CaseRecord:
    """File what is none of the source's records, so that it is set aside and not lost."""
    return refused_record(raw, "no_record")


def refused_record(raw: RawRecord, why: str) -> CaseRecord:
    """File what cannot be read as a case of its own; `why` is a code of `refused.REASONS`."""
    whole = f"{why} {raw.path}".strip()
    return case_record(raw, f"~{raw.file}:{raw.line}:{raw.path}", UNKNOWN, value={REFUSED: whole})


def refused_rows(case: CaseRecords, table: str) -> Iterator[FlatRow]:
    """Return what cannot be read as rows without a key, each with the reason."""
    for held in case.of(UNKNOWN):
        yield table, {RAW_FILE: held.file, RAW_LINE: held.line, REFUSED: held.value[REFUSED]}


def name_of(raw: RawRecord, kind: str, number: Any, name: Any) -> Iterator[CaseRecord]:
    """File a name, of a person, a group, a state, for all cases to come."""
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
    """Name what is missing of a case because records of it were set aside."""
    return ["records_set_aside"] if case.of(MISSED) else []


def names_in(case: CaseRecords, kind: str) -> Mapping[str, str]:
    """Read the names of one kind that were filed, by number."""
    return {held.value["id"]: held.value["name"] for held in case.of(kind)}


def moment(value: Any) -> str | None:
    """Write a moment with its offset: from epoch seconds, as a number or as digits, or as it is.

    Nothing, and the 0 that stands for nothing in some answers, are None.
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
    """Return a text as markup, whichever of the two it was, so that a column holds one sort."""
    if not text:
        return None
    return str(text) if is_html else escape(str(text), quote=False)
