"""What is wrong with a field, in the words of the catalogue, by pydantic's kind of error.

Its own messages are English alone. A kind that is not listed here says that the value does not fit.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shinrai.units.text import Text

FAMILIES: Final[Mapping[str, Text]] = {  # by the first word of the kind
    "datetime": Text("write a moment with its offset, such as 2026-06-02T11:00:00+09:00"),
    "timezone": Text("say the offset of this moment too, such as 2026-06-02T11:00:00+09:00"),
    "date": Text("write a date, such as 2026-06-02"),
    "int": Text("write a whole number"),
    "bool": Text("write true or false"),
    "string": Text("write text"),
    "list": Text("write a list"),
    "dict": Text("write an object with names and values"),
    "model": Text("write an object with names and values"),
}
KINDS: Final[Mapping[str, Text]] = {
    "missing": Text("this field is needed"),
    "extra_forbidden": Text("there is no such field here"),
    "string_too_short": Text("write at least {min_length:,} characters"),
    "string_too_long": Text("at most {max_length:,} characters fit"),
    "string_pattern_mismatch": Text("write it in the form {pattern}"),
    "too_long": Text("at most {max_length:,} entries fit"),
    "literal_error": Text("write one of: {expected}"),
    "greater_than_equal": Text("write {ge:,} or more"),
    "less_than_equal": Text("write {le:,} or less"),
    "less_than": Text("write less than {lt:,}"),
}
OTHER: Final = Text("this value does not fit here")


def field_error(kind: str, context: Mapping[str, Any]) -> Text:
    """Return what is wrong with a field; a validator of ours has said it by a message id."""
    if kind in ("value_error", "assertion_error"):
        return Text(str(context["error"]))
    known = {name: value for name, value in context.items() if name != "expected"}
    if "expected" in context:
        known["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "")
    return KINDS.get(kind, FAMILIES.get(kind.partition("_")[0], OTHER)).using(**known)


def field_errors(errors: Sequence[Mapping[str, Any]]) -> dict[str, Text]:
    """Return what is wrong by field; those inside another are written `facts.screen`."""
    fields: dict[str, Text] = {}
    for one in errors:
        source, *place = one["loc"]
        names = place[1:] if source == "body" and len(place) > 1 else place
        name = ".".join(map(str, names)) or source
        fields[name] = field_error(one["type"], one.get("ctx", {}))
    return fields
