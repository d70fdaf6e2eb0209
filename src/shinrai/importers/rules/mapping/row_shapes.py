"""Reads the keys of each shape of row: a case, a message, a state or a step."""

from collections.abc import Mapping as MappingOf
from dataclasses import replace
from typing import Any, Final

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.mapping.definition import (
    ChangePart,
    Rows,
    SplitCell,
    StatePart,
    StatusPart,
    StepPart,
    Value,
)
from shinrai.importers.rules.mapping.node import Node
from shinrai.importers.rules.mapping.values import (
    read_condition,
    read_fact,
    read_moment,
    read_named,
    read_value,
)
from shinrai.inquiries.rules.kinds import CANCELLED_FOR, WAITING_ON
from shinrai.inquiries.rules.kinds import KINDS as INQUIRY_KINDS
from shinrai.investigations.rules.kinds import KINDS as INVESTIGATION_KINDS
from shinrai.units.text import Text

SHAPES: Final[dict[Rows, tuple[str, ...]]] = {
    "cases": ("steps", "status"),
    "messages": ("at", "by", "direction", "roles", "text", "detail"),
    "states": ("at", "by", "role", "revision", "order", "begins", "state", "detail", "changes"),
    "steps": ("revision", "order", "kind", "at", "by", "role", "tier", "detail", "text"),
}
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "inquiry": INQUIRY_KINDS,
    "investigation": INVESTIGATION_KINDS,
}
WAYS: Final = ("inbound", "outbound", "note")  # from the customer, to them, among ourselves
# What may stand in the `state` column, by record; `nothing` makes no step.
STATES: Final[dict[str, tuple[str, ...]]] = {
    "inquiry": ("open", "solved", "closed"),
    "investigation": ("open", "acknowledged", "sent_back", "answered", "withdrawn"),
}
_STEP_KEYS = (
    "kind",
    "at",
    "required",
    "by",
    "role",
    "tier",
    "detail",
    "words",
    "when",
    "unless",
    "needs",
    "each",
    "cell",
    "missing_column",
    "doubt",
)


def read_shape(rows: Rows, part: Node, record: str) -> dict[str, Any]:
    """Read the keys that belong to one shape of row.

    Raises: BadMapping.
    """
    match rows:
        case "cases":
            return _cases(part, record)
        case "messages":
            return _messages(part, record)
        case "states":
            return _states(part, record)
        case "steps":
            return _steps(part, record)


def _cases(part: Node, record: str) -> dict[str, Any]:
    part.keys(part.value, needed=("steps",))
    steps = tuple(_step(step, record) for step in part.at("steps").each())
    status = part.maybe("status")
    return {"steps": steps, "status": _status(status, record) if status else None}


def _messages(part: Node, record: str) -> dict[str, Any]:
    part.keys(part.value, needed=("key", "belongs_to", "at", "direction"))
    if record != "inquiry":
        raise part.bad(
            Text("messages belong to inquiries; an investigation has steps"),
        )
    direction = part.at("direction")
    by_author = direction.value == "by_author"
    roles: dict[str, str] = {}
    for name, role in part.at("roles").items() if part.has("roles") else ():
        Node(name, role.path).one_of(WAYS)
        roles[name] = role.text()
    return {
        "at": read_moment(part.at("at")),
        **_authors(part),
        "direction": None if by_author else read_value(direction),
        "roles": roles,
        "text": _optional(part, "text"),
        "detail": read_named(part.maybe("detail")),
    }


def _authors(part: Node) -> dict[str, Any]:
    """Read who wrote a message: one value, or one for each direction."""
    if not part.has("by"):
        return {}
    by = part.at("by")
    if not isinstance(by.value, dict) or not any(by.has(way) for way in WAYS):
        return {"by": read_value(by)}
    by.keys(WAYS)
    return {"by_way": {way: read_value(value) for way, value in by.items()}}


def _states(part: Node, record: str) -> dict[str, Any]:
    # A log that belongs to another table leaves it to that one how a case begins.
    begins = () if part.has("belongs_to") else ("begins",)
    part.keys(part.value, needed=("at", "state", "revision", *begins))
    changes = part.maybe("changes")
    return {
        "at": read_moment(part.at("at")),
        "by": _optional(part, "by"),
        **_role(part),
        "revision": _columns(part, "revision"),
        "order": _columns(part, "order"),
        "detail": read_named(part.maybe("detail")),
        "begins": _step(part.at("begins"), record) if part.has("begins") else None,
        "state": _state(part.at("state"), record),
        "changes": tuple(_change(change, record) for change in changes.each()) if changes else (),
    }


def _steps(part: Node, record: str) -> dict[str, Any]:
    part.keys(part.value, needed=("at", "kind"))
    if not part.has("belongs_to") and not part.has("revision"):
        raise part.bad(
            Text("say which column tells the rows of one case apart: `revision`"),
        )
    kind = read_value(part.at("kind"))
    for meant in [*(kind.words or {}).values(), *(rule.result for rule in kind.rules)]:
        Node(meant, f"{part.path}.kind").one_of((*KINDS[record], "nothing"))
    return {
        "kind": kind,
        "at": read_moment(part.at("at")),
        "by": _optional(part, "by"),
        **_role(part),
        "tier": _optional(part, "tier"),
        "detail": read_named(part.maybe("detail")),
        "text": _optional(part, "text"),
        **({"revision": _columns(part, "revision")} if part.has("revision") else {}),
        "order": _columns(part, "order"),
    }


def _role(part: Node) -> dict[str, Any]:
    """Read the role of who acts in a log's rows: one word, or the column that holds it."""
    if not part.has("role"):
        return {}
    if not isinstance(part.value["role"], dict):
        return {"role": part.at("role").text()}
    return {"role_cell": read_value(part.at("role"))}


def _optional(part: Node, key: str) -> Value | None:
    return read_value(part.at(key)) if part.has(key) else None


def _columns(part: Node, key: str) -> tuple[Value, ...]:
    return tuple(read_value(value) for value in part.at(key).each()) if part.has(key) else ()


def _step(part: Node, record: str) -> StepPart:
    part.keys(_STEP_KEYS, needed=("kind", "at"))
    optional = part.has("missing_column") and part.at("missing_column").one_of(("ok",)) == "ok"

    def may_lack(value: Value) -> Value:
        """Make a value's column optional if the step's own column is optional."""
        return replace(value, optional=True) if optional else value

    def read(key_part: Node) -> Value:
        return may_lack(read_value(key_part))

    def maybe(key: str) -> Value | None:
        return read(part.at(key)) if part.has(key) else None

    cell = part.maybe("cell")
    if cell is not None:
        cell.keys(("split", "into"), needed=("split", "into"))
    detail = part.at("detail").items() if part.has("detail") else ()
    return StepPart(
        path=part.path,
        kind=part.at("kind").one_of(KINDS[record]),
        at=may_lack(read_moment(part.at("at"))),
        required=part.at("required").flag() if part.has("required") else False,
        by=maybe("by"),
        role=part.at("role").text() if part.has("role") else "system",
        tier=maybe("tier"),
        detail=tuple((name, may_lack(read_fact(name, value))) for name, value in detail),
        words=maybe("words"),
        when=read_condition(part.at("when")) if part.has("when") else None,
        unless=read_condition(part.at("unless")) if part.has("unless") else None,
        needs=tuple(read(need) for need in part.at("needs").each()) if part.has("needs") else (),
        each=maybe("each"),
        cell=SplitCell(cell.at("split").separator(), cell.at("into").names()) if cell else None,
        doubt=part.at("doubt").text() if part.has("doubt") else None,
    )


def _status(part: Node, record: str) -> StatusPart:
    part.keys(("column", "missing_column", "words", "otherwise"), needed=("column", "words"))
    words: dict[str, tuple[tuple[str, ...], str | None]] = {}
    for word, meaning in part.at("words").items():
        meaning.keys(("last", "doubt"), needed=("last",))
        last = tuple(kind.one_of(KINDS[record]) for kind in meaning.at("last").each())
        words[tidy(word)] = (last, meaning.at("doubt").text() if meaning.has("doubt") else None)
    optional = {"missing_column": "ok"} if part.has("missing_column") else {}
    return StatusPart(
        value=read_value(
            Node({"column": part.value["column"], "otherwise": "keep", **optional}, part.path)
        ),
        words=words,
        flag_unknown=not part.has("otherwise")
        or part.at("otherwise").one_of(("flag", "nothing")) == "flag",
    )


def _state(part: Node, record: str) -> StatePart:
    part.keys(("column", "first_match", "words", "otherwise"), needed=("column", "words"))
    words = {tidy(word): _meaning(meaning, record) for word, meaning in part.at("words").items()}
    otherwise = part.maybe("otherwise")
    other = None
    if otherwise is not None and isinstance(otherwise.value, dict):
        other = _state(otherwise, record)
    turned = {"first_match": part.value["first_match"]} if part.has("first_match") else {}
    source = {"column": part.value["column"], "otherwise": "keep", **turned}
    return StatePart(
        value=read_value(Node(source, part.path)),
        words=words,
        set_aside_unknown=other is None
        and (otherwise is None or otherwise.one_of(("set_aside", "nothing")) == "set_aside"),
        again=_repeated_words(part.at("words"), words),
        otherwise=other,
    )


def _repeated_words(
    part: Node, words: MappingOf[str, tuple[str | None, str | None]]
) -> frozenset[str]:
    """Return the words that make a step even if the row before has the same word."""
    found = {
        tidy(word): meaning.at("again")
        for word, meaning in part.items()
        if isinstance(meaning.value, dict) and meaning.has("again") and meaning.at("again").flag()
    }
    for word, again in found.items():
        if words[word][0] in (None, "open"):
            raise again.bad(
                Text("a word that makes no step cannot make one again"),
            )
    return frozenset(found)


def _meaning(part: Node, record: str) -> tuple[str | None, str | None]:
    if isinstance(part.value, str):
        word = part.one_of((*STATES[record], "nothing"))
        return (None if word == "nothing" else word), None
    part.keys(("is", "waiting", "cancelled", "doubt", "again"))
    doubt = part.at("doubt").text() if part.has("doubt") else None
    if part.has("waiting"):
        return f"waiting:{part.at('waiting').one_of(WAITING_ON)}", doubt
    if part.has("cancelled"):
        if record != "inquiry":
            raise part.bad(
                Text("an investigation is withdrawn, not cancelled"),
            )
        return f"cancelled:{part.at('cancelled').one_of(CANCELLED_FOR)}", doubt
    if part.has("is"):
        return _meaning(part.at("is"), record)[0], doubt
    return None, doubt


def _change(part: Node, record: str) -> ChangePart:
    part.keys(("watch", "kind", "detail", "tier", "role"), needed=("watch", "kind"))
    return ChangePart(
        watch=tuple(read_value(value) for value in part.at("watch").each()),
        kind=part.at("kind").one_of(KINDS[record]),
        detail=read_named(part.maybe("detail")),
        tier=_optional(part, "tier"),
        role=part.at("role").text() if part.has("role") else "system",
    )
