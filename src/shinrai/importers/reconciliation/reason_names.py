"""The names of the reasons for a difference, in both languages."""

from typing import Final

from shinrai.units.text import Text, verbatim

REASONS: Final = {
    "definition": Text("another definition"),
    "missing_step": Text("not in the log"),
    "row_order": Text("rows against the clock"),
    "rounding_to_minutes": Text("rounded to minutes"),
    "last_schedule_only": Text("only the last hours counted"),
    "zone": Text("another zone"),
    "not_over": Text("not solved yet"),
    "unexplained": Text("unexplained"),
}


def reason_words(code: str) -> Text:
    """Return the name of a reason."""
    return REASONS.get(code, verbatim(code))
