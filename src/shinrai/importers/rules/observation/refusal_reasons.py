"""Reasons for rows that cannot be read and are quarantined: the text of each code."""

from collections.abc import Mapping
from typing import Final

from shinrai.units.text import Text

REASONS: Final[Mapping[str, Text]] = {
    "no_mail": Text("this is no mail: there is no header such as From, Date or Received"),
    "outlook_item": Text(
        "this is an item of Outlook (.msg), not a mail as it travels; save it as .eml"
    ),
    "long_header": Text(
        "its header is longer than 1 MiB, or describes a part at more than 32 KiB; "
        "no mail program writes such a header"
    ),
    "no_record": Text("this is none of the records that the source is known to hand over"),
    "no_issue": Text(
        "it belongs to an issue that is not among these records; import both together"
    ),
    "odd_missing": Text("the field is missing or empty, and without it this is no record"),
    "odd_plain": Text("a text or a number is expected in this field"),
    "odd_moment": Text(
        "a moment is expected in this field: as text, or in seconds or milliseconds since 1970"
    ),
    "odd_number": Text("a number is expected in this field"),
    "odd_list": Text("a list is expected in this field"),
    "odd_record": Text("a record (fields with names) is expected here"),
    "no_moment": Text(
        "neither Received nor Date says when this mail came, and its file does not either"
    ),
    # of sheets
    "no_filing_date": Text("there is no date of filing"),
    "no_date": Text("this is no date that can be read"),
    "future_date": Text("this date lies in the future"),
    "answered_before_filed": Text("answered before it was filed"),
    "answered_undated": Text("it says that it was answered, and not when"),
    "done_undated": Text("its state says done, and there is no date of the answer"),
    "key_repeated": Text("another row has the same key, and says something else"),
    "row_broken": Text(
        "a formula of this row was never calculated, or its bytes are no text; open the sheet, "
        "save it, and import it again"
    ),
}


def refusal_reason(code: str) -> Text:
    """Return the text of a code; an unknown code may hold a cell's text, so it is not shown."""
    return REASONS.get(code) or Text("the mapping does not let it be read")
