"""Facts that an investigation needs: the known ones, the kinds that ask for them, and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from shinrai.privacy.rules.masking import mask
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_a_row, translated

FactForm = Literal["moment", "short", "long", "files"]
NUL = "\0"
MOST: Final[dict[FactForm, int]] = {"moment": 40, "short": 200, "long": 10_000, "files": 0}
MOST_NAME: Final = 80
MOST_FACTS: Final = 20
FIRST_YEAR: Final = 1990  # as of imported moments
FACT: Final = "fact:"  # before the name of a fact's field in a form
FILES: Final = "attachments"


@dataclass(frozen=True)
class CaseFact:
    """Something to know about a case.

    One that is sealed may name a person: it lies in the encrypted words of a step. The others lie
    in its details, short and masked, and stay when a person is erased.
    """

    key: str
    name: Text | str
    form: FactForm = "short"
    is_sealed: bool = True


KNOWN: Final = {
    fact.key: fact
    for fact in (
        CaseFact("happened_at", Text("when it happened"), "moment", is_sealed=False),
        CaseFact("steps_tried", Text("steps tried"), "long"),
        CaseFact("expected", Text("what was expected"), "long"),
        CaseFact("screen", Text("screen"), is_sealed=False),
        CaseFact("version", Text("version"), is_sealed=False),
        CaseFact("device", Text("device"), is_sealed=False),
        CaseFact("last_failure", Text("last failure"), is_sealed=False),
        CaseFact("account", Text("account")),
        CaseFact(FILES, Text("files"), "files"),
    )
}
OF_INQUIRY: Final = ("screen", "version", "device", "last_failure")


@dataclass(frozen=True)
class AskedFact:
    """A fact that a form asks for."""

    fact: CaseFact
    is_required: bool = True


@dataclass(frozen=True)
class CaseKind:
    """A kind of investigation, and the facts it cannot begin without."""

    key: str
    name: Text | str
    facts: tuple[AskedFact, ...] = ()
    is_retired: bool = False


def _shipped(key: str, name: Text, *required: str) -> CaseKind:
    return CaseKind(key, name, tuple(AskedFact(KNOWN[fact]) for fact in required))


SHIPPED: Final = (
    _shipped(
        "broken",
        Text("something does not work"),
        *("happened_at", "steps_tried", "screen", "version", "device", "account"),
    ),
    _shipped("as_designed", Text("is this as designed?"), "screen", "version"),
    _shipped("wrong_data", Text("data looks wrong"), "account", "happened_at", "screen"),
    _shipped("other", Text("something else")),
)


class BadFiling(UserError, ValueError):
    """Something typed into a form of a case cannot be used; `wrong` says what, by field."""

    def __init__(self, wrong: Mapping[str, Text]) -> None:
        super().__init__(in_a_row(wrong.values()))
        self.wrong = dict(wrong)


class MissingFacts(BadFiling):
    """Facts that were asked for are missing: `missing` has their keys, or the names of own ones."""

    def __init__(self, wrong: Mapping[str, Text], missing: Sequence[str] = ()) -> None:
        super().__init__(wrong)
        self.missing = tuple(missing)


@dataclass(frozen=True)
class GivenFacts:
    """Facts as given: those for the details of a step, and those for its encrypted words."""

    open: Mapping[str, str]
    sealed: tuple[tuple[CaseFact, str], ...] = ()

    def words(self, language: str) -> str:
        """Return the sealed facts as lines, `Name: value`."""
        named = ((translated(fact.name, language), value) for fact, value in self.sealed)
        return "\n".join(f"{name[:1].upper()}{name[1:]}: {value}" for name, value in named)


@dataclass(frozen=True)
class FactField:
    """A fact as a form draws it: what was typed, and what is wrong with it."""

    fact: CaseFact
    is_required: bool
    value: str
    wrong: Text | None

    @property
    def name(self) -> str:
        """Return the name of the field in the form."""
        return FACT + self.fact.key


def fact_fields(
    asked: Sequence[AskedFact], given: Mapping[str, str], wrong: Mapping[str, Text]
) -> tuple[FactField, ...]:
    """Return the fields of a form that asks for facts; files have one field in any form."""
    return tuple(
        FactField(
            one.fact,
            one.is_required,
            given.get(one.fact.key, ""),
            wrong.get(FACT + one.fact.key),
        )
        for one in asked
        if one.fact.form != "files"
    )


def facts_asked(kind: CaseKind) -> tuple[AskedFact, ...]:
    """Return the facts that a kind asks for, the known ones first."""
    return kind.facts


def facts_named(named: Sequence[str]) -> tuple[AskedFact, ...]:
    """Return facts as a sending back names them: by key, or by a name of one's own."""
    return tuple(AskedFact(fact_named(name)) for name in named)


def fact_named(name: str) -> CaseFact:
    """Return a known fact by its key, or a fact of one's own by its name."""
    return KNOWN.get(name, CaseFact(name, name, "long"))


def missing_facts(
    asked: Sequence[AskedFact], given: Mapping[str, str], *, has_files: bool = False
) -> tuple[str, ...]:
    """Return the keys of the required facts that are not given."""
    return tuple(
        one.fact.key
        for one in asked
        if one.is_required
        and not (has_files if one.fact.form == "files" else given.get(one.fact.key, "").strip())
    )


def read_facts(
    asked: Sequence[AskedFact],
    given: Mapping[str, str],
    *,
    zone: str,
    at: datetime,
    has_files: bool = False,
) -> GivenFacts:
    """Return the facts that were asked for, as typed into a form at a moment, in a zone.

    Raises: MissingFacts, BadFiling.
    """
    opened: dict[str, str] = {}
    sealed: list[tuple[CaseFact, str]] = []
    wrong: dict[str, Text] = {}
    for fact in (one.fact for one in asked if one.fact.form != "files"):
        try:
            value = _read(fact, given.get(fact.key, ""), zone, at)
        except BadFiling as error:
            wrong |= error.wrong
            continue
        if value and fact.is_sealed:
            sealed.append((fact, value))
        elif value:
            opened[fact.key] = mask(value)
    if missing := missing_facts(asked, given, has_files=has_files):
        names = {one.fact.key: one.fact.name for one in asked}
        lacking = {
            FACT + key: Text("The fact “{name}” is missing; this kind needs it.", name=names[key])
            for key in missing
        }
        raise MissingFacts(lacking | wrong, missing)
    if wrong:
        raise BadFiling(wrong)
    return GivenFacts(opened, tuple(sealed))


def _read(fact: CaseFact, typed: str, zone: str, at: datetime) -> str:
    key = FACT + fact.key
    typed = read_line(key, fact.name, typed, most=MOST[fact.form], is_long=fact.form == "long")
    if fact.form != "moment" or not typed:
        return typed
    moment = read_past(key, typed, zone=zone, at=at)
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def read_line(
    key: str, name: Text | str, typed: str, *, most: int, is_long: bool = False, least: int = 0
) -> str:
    """Return a typed text without blanks around it, on one line unless it is long.

    Raises: BadFiling.
    """
    line = typed.replace("\r\n", "\n").strip() if is_long else " ".join(typed.split())
    if NUL in line:
        raise BadFiling({key: Text("“{name}” holds signs that are no text.", name=name)})
    if len(line) < least:
        raise BadFiling({key: Text("“{name}” is empty; say it in a few words.", name=name)})
    if len(line) > most:
        said = Text(
            "“{name}” has {count:,} characters; {most:,} fit. Shorten it, or attach it as a file.",
            name=name,
            count=len(line),
            most=most,
        )
        raise BadFiling({key: said})
    return line


def read_past(key: str, typed: str, *, zone: str, at: datetime) -> datetime:
    """Return a typed moment that is not in the future, in UTC; without an offset it is local.

    Raises: BadFiling.
    """
    try:
        moment = datetime.fromisoformat(typed)
        there = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        found = there.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        said = Text("“{typed}” is no moment; write one such as 2026-06-03 14:10.", typed=typed)
        raise BadFiling({key: said}) from error
    if found.year < FIRST_YEAR or found > at:
        said = Text("“{typed}” lies in the future, or before 1990.", typed=typed)
        raise BadFiling({key: said})
    return found


def write_facts(facts: Sequence[AskedFact]) -> list[dict[str, Any]]:
    """Return the facts of a kind as a document to store."""
    return [
        {("key" if one.fact.key in KNOWN else "name"): one.fact.key, "is_required": one.is_required}
        for one in facts
    ]


def stored_facts(document: Sequence[Mapping[str, Any]]) -> tuple[AskedFact, ...]:
    """Return the facts of a stored document; a fact by name is always sealed."""
    return tuple(
        AskedFact(
            KNOWN[one["key"]] if "key" in one else CaseFact(one["name"], one["name"]),
            one["is_required"],
        )
        for one in document
    )


def read_kind(key: str, name: str, asked: Mapping[str, str], own: Sequence[AskedFact]) -> CaseKind:
    """Return a kind as typed: `asked` says of each known fact whether it is asked or required.

    Raises: BadFiling.
    """
    named = read_line("name", Text("name"), name, most=MOST_NAME, least=1)
    facts = [
        AskedFact(fact, asked[fact.key] == "required")
        for fact in KNOWN.values()
        if asked.get(fact.key) in ("asked", "required")
    ]
    for one in own:
        label = read_line("own", Text("a fact of your own"), str(one.fact.name), most=MOST_NAME)
        if label in {known.fact.key for known in facts} | set(KNOWN):
            raise BadFiling({"own": Text("“{name}” is asked for twice.", name=label)})
        if label:
            facts.append(AskedFact(CaseFact(label, label), one.is_required))
    if len(facts) > MOST_FACTS:
        said = Text("A kind asks for at most {most} facts.", most=MOST_FACTS)
        raise BadFiling({"own": said})
    return CaseKind(key, named, tuple(facts))
