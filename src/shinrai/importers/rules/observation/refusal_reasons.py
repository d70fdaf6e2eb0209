"""Reasons for rows that could not be flattened and are quarantined: the text of each code."""

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
}


def refusal_reason(code: str) -> Text:
    """Return the text of a code; an unknown code may hold a cell's text, so it is not shown."""
    return REASONS.get(code) or Text("the mapping does not let it be read")
