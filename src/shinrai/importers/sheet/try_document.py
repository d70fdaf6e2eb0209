"""What `shinrai try` prints of a sheet: questions, columns, and each case with its due time."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from shinrai.calendars.rules.hours import Calendar
from shinrai.importers.sheet.promise import JudgedCase
from shinrai.importers.sheet.reading import SheetReading
from shinrai.units.text import Text

Words = Callable[[Text], str]


def try_document(
    reading: SheetReading, judged: Iterable[JudgedCase], calendar: Calendar, words: Words
) -> dict[str, Any]:
    """Return the answer as a JSON object; moments are in the calendar's time zone."""

    def local(at: datetime | None) -> str | None:
        return None if at is None else calendar.local(at).isoformat()

    return {
        "asked": [
            {
                "name": question.name,
                "why": words(question.why),
                "choices": list(question.choices),
                "taken": question.taken,
            }
            for question in reading.questions
        ],
        "table": reading.table.name,
        "header_row": reading.table.header_row,
        "record": reading.record,
        "roles": reading.role_letters(),
        "cases": [
            {
                "row": one.case.row,
                "key": one.case.key,
                "filed_at": local(one.case.filed_at),
                "answered_at": local(one.case.answered_at),
                "sent_back": [
                    [local(since), local(until)]
                    for since, until, why in one.case.pauses
                    if why == "sent_back"
                ],
                "due_at": local(one.due_at),
                "kept": one.kept,
            }
            for one in judged
        ],
        "left_out": [{"row": row.row, "why": words(row.why)} for row in reading.left_out],
        "set_aside": [
            {"row": row.row, "field": row.field, "why": words(row.why)} for row in reading.set_aside
        ],
    }
