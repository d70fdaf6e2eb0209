"""Reads where values come from: a column, a fixed value, or rules."""

from typing import Any, Final

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.mapping.definition import KEEP, SET_ASIDE, Condition, MatchRule, Value
from shinrai.importers.rules.mapping.node import Node, one_line
from shinrai.importers.rules.patterns import Pattern, UnknownPattern, pattern
from shinrai.inquiries.rules.kinds import CHANNELS, MODES, WAITING_ON
from shinrai.investigations.rules.kinds import VERDICTS
from shinrai.units.text import Text

# Facts that later rooms read: their words are settled.
VOCABULARY: Final[dict[str, tuple[str, ...]]] = {
    "mode": MODES,
    "channel": CHANNELS,
    "verdict": VERDICTS,
    "on": WAITING_ON,
}
_KEYS = (
    "column",
    "fixed",
    "join",
    "missing_column",
    "words",
    "first_match",
    "otherwise",
    "list",
    "text",
    "person",
    "moment",
    "number",
)
_RULE_KEYS = ("contains", "is_one_of", "matches", "is", "otherwise")
_CONDITION_KEYS = ("column", "missing_column", "is_one_of", "contains", "equals", "present")


def read_value(part: Node) -> Value:
    """Read a value: `COLUMN`, `[FIRST, OR]`, or `{column: …}` with how it is converted.

    Raises: BadMapping.
    """
    if isinstance(part.value, str | list):
        return Value(path=part.path, columns=part.names())
    if not isinstance(part.value, dict):
        return Value(path=part.path, fixed=part.one_fact())
    part.keys(_KEYS)
    if sum(part.has(key) for key in ("column", "fixed", "join")) != 1:
        raise part.bad(
            Text("say where the value comes from by exactly one of column, join and fixed"),
        )
    for key in ("column", "join"):
        if part.has(key) and not part.value[key]:
            raise part.bad(Text("`{key}` names no column", key=key))
    person = part.maybe("person")
    shape = part.maybe("text")
    if shape is not None:
        shape.one_of(("html", "plain"))
    return Value(
        path=part.path,
        columns=part.at("column").names() if part.has("column") else (),
        join=tuple(inner.names() for inner in part.at("join").each()) if part.has("join") else (),
        fixed=part.at("fixed").fact() if part.has("fixed") else None,
        optional=_is_optional(part),
        words=_words(part.at("words")) if part.has("words") else None,
        rules=tuple(_rule(rule) for rule in part.at("first_match").each())
        if part.has("first_match")
        else (),
        otherwise=_otherwise(part),
        separator=part.at("list").separator() if part.has("list") else None,
        html=shape is not None and shape.text() == "html",
        person=person.one_of(("staff", "customer")) if person else None,
        moment=part.at("moment").flag() if part.has("moment") else False,
        number=part.at("number").flag() if part.has("number") else False,
    )


def read_moment(part: Node) -> Value:
    """Read the column that holds a moment, or the two that hold its date and its time of day.

    Raises: BadMapping.
    """
    value = read_value(part)
    if not (value.columns or value.join):
        raise part.bad(
            Text("name the column that holds the moment, or `{{join: [DATE, TIME]}}`"),
        )
    return value


def read_named(part: Node | None) -> tuple[tuple[str, Value], ...]:
    """Read `name: value` lines, in which a word without a column is written as `fixed`."""
    return tuple((name, read_fact(name, value)) for name, value in part.items()) if part else ()


def read_fact(name: str, part: Node) -> Value:
    """Read a value that is stored under a name; some names allow only a few words.

    Raises: BadMapping for a word that is not allowed.
    """
    value = read_value(part)
    if name in VOCABULARY:
        meant = [*(value.words or {}).values(), *(rule.result for rule in value.rules)]
        meant += [value.fixed] if not (value.columns or value.join) else []
        meant += [value.otherwise] if value.otherwise not in (SET_ASIDE, KEEP) else []
        for word in meant:
            Node(word, part.path).one_of(VOCABULARY[name])
        if value.columns and not meant:
            raise part.bad(
                Text(
                    "say by `words` or `first_match` which cell means which of {vocabulary}",
                    vocabulary=", ".join(VOCABULARY[name]),
                ),
            )
    return value


def read_condition(part: Node) -> Condition:
    """Read a condition on a cell.

    Raises: BadMapping.
    """
    part.keys(_CONDITION_KEYS, needed=("column",))
    asked = [key for key in ("is_one_of", "contains", "equals", "present") if part.has(key)]
    if len(asked) != 1:
        raise part.bad(
            Text("ask by exactly one of is_one_of, equals, contains and present"),
        )
    value = Value(
        path=part.path,
        columns=part.at("column").names(),
        optional=_is_optional(part),
        otherwise=KEEP,
    )
    words = tuple(tidy(text) for text in part.at(asked[0]).texts()) if asked[0] != "present" else ()
    return Condition(
        value=value,
        is_one_of=words if asked[0] in ("is_one_of", "equals") else (),
        contains=words if asked[0] == "contains" else (),
        present=part.at("present").flag() if asked[0] == "present" else None,
    )


def _is_optional(part: Node) -> bool:
    missing = part.maybe("missing_column")
    return missing is not None and missing.one_of(("ok", "error")) == "ok"


def _words(part: Node) -> dict[str, Any]:
    return {tidy(word): value.one_fact() for word, value in part.items()}


def _otherwise(part: Node) -> Any:
    return part.at("otherwise").one_fact() if "otherwise" in part.value else SET_ASIDE


def _rule(part: Node) -> MatchRule:
    part.keys(_RULE_KEYS)
    if "otherwise" in part.value:
        return MatchRule(result=part.at("otherwise").one_fact(), otherwise=True)
    if "is" not in part.value:
        raise part.bad(Text("say what the answer is, by `is:`"))
    found: Pattern | None = None
    if part.has("matches"):
        text = part.at("matches").text()
        try:
            found = pattern(text)
        except UnknownPattern as error:
            raise part.at("matches").bad(
                Text(
                    "the pattern {one_line!r} cannot be used ({error_one_line}); lookaheads, "
                    "backreferences and the like are not known: write it without, or as "
                    "several lines",
                    one_line=one_line(text),
                    error_one_line=one_line(error),
                ),
            ) from error
    contains = part.at("contains").texts() if part.has("contains") else ()
    is_one_of = part.at("is_one_of").texts() if part.has("is_one_of") else ()
    if not (contains or is_one_of or found):
        raise part.bad(
            Text("say what must be found: contains, is_one_of or matches"),
        )
    return MatchRule(
        result=part.at("is").one_fact(),
        contains=tuple(map(tidy, contains)),
        is_one_of=tuple(map(tidy, is_one_of)),
        matches=found,
    )
