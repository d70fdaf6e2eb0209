"""A declaration: what is changed, what it is for, and how it will be judged; hashed before it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

ARROWS: Final = {
    "cre_cs": Text("CRE → CS"),
    "cs_support": Text("CS → support"),
    "support_experience": Text("support → experience"),
    "experience_retention": Text("experience → retention"),
}
DIRECTIONS: Final = {"up": Text("it should rise"), "down": Text("it should fall")}
DESIGNS: Final = {
    "none": Text("before and after, with nobody beside"),
    "assignment": Text("persons by chance (we say who)"),
    "flag": Text("the product's own flag"),
    "staggered": Text("group after group"),
}
MODES: Final = {
    "via_cs": Text("via CS"),
    "direct": Text("direct"),
    "proactive": Text("proactive"),
}
WITH_ARMS: Final = ("assignment", "flag")
KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MOST_NAME, MOST_TEXT, MOST_ARMS, MOST_GROUPS = 120, 1000, 6, 100
WEEK: Final = timedelta(weeks=1)
MOST_DAYS: Final = 731
USUAL_ARMS: Final = {"control": 50.0, "new": 50.0}
# What an amendment may change without changing how the initiative is judged.
ASIDE: Final = frozenset({"name", "owner", "hours"})


class BadInitiative(UserError, ValueError):
    """A declaration that cannot be used; `field` names what is wrong in it."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Declaration:
    """What was declared.

    Unit:   `effect` as a person says it: points of a share, else the KPI's unit.
            `only` narrows the population by fields of the KPI. The first of `arms` (name to share)
            is compared against. `starts` says when which value of the field `group` begins.
    """

    key: str
    name: str
    hypothesis: str
    arrow: str
    kpi: str
    direction: str
    effect: float
    starts_on: date
    ends_on: date
    owner: str
    design: str = "none"
    only: Mapping[str, str] = field(default_factory=dict)
    arms: Mapping[str, float] = field(default_factory=dict)
    group: str = ""
    starts: Mapping[str, date] = field(default_factory=dict)
    hours: float = 0.0
    baseline_weeks: int = 8
    flag_event: str = ""  # the usage event whose property says which value of the flag they had
    flag_property: str = ""

    @property
    def baseline_since(self) -> date:
        """Return the first date of the weeks that the time after is held against."""
        return self.starts_on - self.baseline_weeks * WEEK

    @property
    def weeks(self) -> int:
        """Return how many weeks the window has, a last part of one included."""
        return -(-((self.ends_on - self.starts_on).days + 1) // 7)

    @property
    def document(self) -> dict[str, Any]:
        """Return it as plain JSON; arms keep their order, as the first is special."""
        plain = asdict(self)
        plain["arms"] = [[name, share] for name, share in self.arms.items()]
        plain["starts"] = {name: on.isoformat() for name, on in self.starts.items()}
        if not self.flag_event:  # so that who names none keeps the hash of their declaration
            del plain["flag_event"], plain["flag_property"]
        return {**plain, "starts_on": str(self.starts_on), "ends_on": str(self.ends_on)}

    def arm_said(self, event: str, properties: Mapping[str, Any]) -> str | None:
        """Return the arm that a usage event tells, if it is the event that was declared."""
        if not self.flag_event or event != self.flag_event:
            return None
        value = properties.get(self.flag_property)
        arm = str(value).lower() if isinstance(value, bool) else str(value)
        return arm if value is not None and arm in self.arms else None

    @property
    def digest(self) -> str:
        """Return the hash of the declaration in canonical JSON."""
        return digest_of(self.document)


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document: sorted keys, no blanks, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def declaration_in(document: Mapping[str, Any]) -> Declaration:
    """Return the declaration of a stored document, or of a person's file.

    Raises: BadInitiative.
    """
    known = {one.name for one in fields(Declaration)}
    unknown = sorted(str(name) for name in set(document) - known)
    if unknown:
        raise BadInitiative(
            unknown[0],
            Text("Nobody knows {names}; there are: {known}.", names=", ".join(unknown)[:200],
                 known=", ".join(sorted(known))),
        )  # fmt: skip
    given = dict(document)
    design = _one_of(given, "design", DESIGNS, "none")
    arms = _arms(given.get("arms")) if design in WITH_ARMS else {}
    found = Declaration(
        key=key_in(given),
        name=_words(given, "name", MOST_NAME),
        hypothesis=_words(given, "hypothesis", MOST_TEXT),
        arrow=_one_of(given, "arrow", ARROWS),
        kpi=_words(given, "kpi", 60),
        direction=_one_of(given, "direction", DIRECTIONS),
        effect=_number(given, "effect"),
        starts_on=_date(given.get("starts_on"), "starts_on"),
        ends_on=_date(given.get("ends_on"), "ends_on"),
        owner=_words(given, "owner", 80),
        design=design,
        only=_only(given.get("only")),
        arms=arms or (USUAL_ARMS if design in WITH_ARMS else {}),
        group=_words(given, "group", 20) if design == "staggered" else "",
        starts=_starts(given.get("starts")) if design == "staggered" else {},
        hours=_number(given, "hours", least=0.0, usual=0.0),
        baseline_weeks=int(_number(given, "baseline_weeks", least=1, most=52, usual=8)),
        **_flag(given, design),
    )
    days = (found.ends_on - found.starts_on).days + 1
    if not 7 <= days <= MOST_DAYS:
        raise BadInitiative(
            "ends_on", Text("It lasts from a week to two years; this would be {days} days.",
                            days=days)
        )  # fmt: skip
    outside = [one for one in found.starts.values() if not found.starts_on <= one <= found.ends_on]
    if outside:
        raise BadInitiative(
            "starts", Text("Every group begins within the window; {on} is outside it.",
                           on=outside[0])
        )  # fmt: skip
    return found


def changed_fields(old: Declaration, new: Declaration) -> tuple[str, ...]:
    """Return which fields differ."""
    before, after = old.document, new.document
    names = (one.name for one in fields(Declaration))
    return tuple(name for name in names if before.get(name, "") != after.get(name, ""))


def plain_words(value: object, most: int) -> str:
    """Return typed words in one line without control characters, cut."""
    words = " ".join(str(value if value is not None else "").replace("\0", "").split())
    return "".join(one for one in words if one.isprintable())[:most]


def key_in(given: Mapping[str, Any]) -> str:
    """Return the key of a declaration. Raises: BadInitiative."""
    key = plain_words(given.get("key"), 61)
    if not KEY.fullmatch(key) or key == "new":  # that is the address of the form
        raise BadInitiative(
            "key", Text("A key has small letters, digits and hyphens: answer-templates.")
        )
    return key


def _words(given: Mapping[str, Any], name: str, most: int) -> str:
    words = plain_words(given.get(name), most)
    if not words:
        raise BadInitiative(name, Text("This is missing: {name}.", name=name))
    return words


def _one_of(given: Mapping[str, Any], name: str, known: Mapping[str, Text], usual: str = "") -> str:
    value = str(given.get(name) or usual)
    if value not in known:
        raise BadInitiative(
            name, Text("{name} is one of {known}.", name=name, known=", ".join(known))
        )
    return value


def _number(
    given: Mapping[str, Any],
    name: str,
    *,
    least: float = 1e-9,
    most: float = 1e6,
    usual: float | None = None,
) -> float:
    value = given.get(name)
    if value in (None, "") and usual is not None:
        return usual
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise BadInitiative(
            name,
            Text("{name} is a number above 0.", name=name)
            if least < 1e-6
            else Text("{name} is a number from {least:g} to {most:g}.", name=name, least=least,
                      most=most),
        )  # fmt: skip
    return number


def _date(value: object, name: str) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError as error:
        raise BadInitiative(
            name, Text("{name} is a date such as 2026-09-01.", name=name)
        ) from error


def _only(value: object) -> dict[str, str]:
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise BadInitiative("only", Text("only names fields and values: mode: via_cs."))
    return {plain_words(name, 20): plain_words(one, 200) for name, one in value.items()}


def _arms(value: object) -> dict[str, float]:
    pairs = list(value.items()) if isinstance(value, Mapping) else value or []
    try:
        arms = {plain_words(name, 40): float(share) for name, share in pairs}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        arms = {"": 0.0}
    whole = sum(arms.values())
    if arms and not (
        2 <= len(arms) <= MOST_ARMS
        and all(name and share > 0 for name, share in arms.items())
        and (abs(whole - 100) < 1e-6 or abs(whole - 1) < 1e-6)
    ):
        raise BadInitiative(
            "arms", Text("Two to {most} arms, each with its percentage, together 100: control 50,"
                         " new 50.", most=MOST_ARMS)
        )  # fmt: skip
    return arms


def _flag(given: Mapping[str, Any], design: str) -> dict[str, str]:
    """Return the event and the property that tell the arm: both, or neither."""
    names = ("flag_event", "flag_property")
    found = {
        name: plain_words(given.get(name), most)
        for name, most in zip(names, (200, 100), strict=True)
    }
    if design != "flag" or not any(found.values()):
        return {}
    for name, value in found.items():
        if not value:
            raise BadInitiative(
                name, Text("Name both the usage event and its property that tells the arm.")
            )
    return found


def _starts(value: object) -> dict[str, date]:
    if not isinstance(value, Mapping) or not 2 <= len(value) <= MOST_GROUPS:
        raise BadInitiative(
            "starts", Text("Name at least two groups and the date on which each begins.")
        )
    return {plain_words(name, 200): _date(on, "starts") for name, on in value.items()}
