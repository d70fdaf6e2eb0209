"""Pins: rules over attempts and days of habit, in versions; what was earned stays earned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from shinrai.missions.rules.activity import Activity
from shinrai.missions.rules.attempt import Attempt, known_before
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Kind = Literal["completions", "activities", "days", "streak", "score"]
KINDS: Final = get_args(Kind)
MOST_COUNT: Final = 10_000
MOST_TITLE: Final = 60
NAMES: Final = (
    "key", "kind", "count", "subject", "unit", "score", "title", "title_ja", "reading",
)  # fmt: skip


class BadPinRule(UserError, ValueError):
    """A rule of a pin that cannot be used."""


@dataclass(frozen=True, slots=True)
class PinRule:
    """When a pin is earned.

    `kind`: so many completions; so many different activities; so many days; so many days in a row;
    so many completions with at least `score`. `subject` and `unit`: only of these. `reading`: of
    the Japanese title, in kana.
    """

    key: str
    kind: Kind
    count: int
    subject: str = ""
    unit: str = ""
    score: float = 0
    title: str = ""
    title_ja: str = ""
    reading: str = ""

    def title_in(self, language: str) -> str:
        """Return the title for a language; without one, the key."""
        return (self.title_ja if language == "ja" else "") or self.title or self.key


@dataclass(frozen=True, slots=True)
class PinVersion:
    """A rule as it held from a moment on, until the next version or the end."""

    number: int
    rule: PinRule
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarnedPin:
    """A pin of a learner: by which version, and on which date of the learner."""

    key: str
    version: int
    on: date


def pin_rule(row: Mapping[str, Any]) -> PinRule:
    """Return the rule that a row declares.

    Raises: BadPinRule.
    """
    unknown = sorted(set(row) - set(NAMES))
    if unknown:
        raise BadPinRule(
            Text("Nobody knows {names}; there are: {known}.", names=", ".join(unknown),
                 known=", ".join(NAMES))
        )  # fmt: skip
    texts = {
        name: " ".join(str(row.get(name) or "").replace("\0", "").split())[:MOST_TITLE]
        for name in ("key", "kind", "subject", "unit", "title", "title_ja", "reading")
    }
    if not texts["key"]:
        raise BadPinRule(Text("A pin needs a key."))
    if texts["kind"] not in KINDS:
        raise BadPinRule(
            Text("The pin {key}: kind is one of {kinds}.", key=texts["key"],
                 kinds=", ".join(KINDS))
        )  # fmt: skip
    count = str(row.get("count", ""))
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_COUNT):
        raise BadPinRule(
            Text("The pin {key}: count is a whole number from 1 to {most}.", key=texts["key"],
                 most=MOST_COUNT)
        )  # fmt: skip
    try:
        score = float(row.get("score") or 0)
    except (TypeError, ValueError):
        score = -1
    if not 0 <= score <= 100:
        raise BadPinRule(Text("The pin {key}: score is a number from 0 to 100.", key=texts["key"]))
    return PinRule(**texts, count=int(count), score=score / 100)  # type: ignore[arg-type]


def pin_title(rule: PinRule) -> dict[str, str]:
    """Return the title of a pin by language; without one, its key."""
    return {
        "en": rule.title or rule.key,
        "ja": rule.title_ja or rule.title or rule.key,
    }


def earned_pins(
    versions: Iterable[PinVersion],
    attempts: Sequence[Attempt],
    activities: Mapping[str, Activity],
    *,
    at: datetime,
) -> tuple[EarnedPin, ...]:
    """Return each pin that any version gave while it held, once: by the first version that did.

    What a version gave, a later version does not take back, as it is asked about the same attempts.
    """
    found: dict[str, EarnedPin] = {}
    for version in sorted(versions, key=lambda one: (one.rule.key, one.number)):
        if version.rule.key not in found and version.since <= at:
            end = at + timedelta(microseconds=1)
            known = known_before(
                attempts, end if version.until is None else min(version.until, end)
            )
            day = earned_on(version.rule, known, activities)
            if day is not None:
                found[version.rule.key] = EarnedPin(version.rule.key, version.number, day)
    return tuple(found.values())


def earned_on(
    rule: PinRule, attempts: Sequence[Attempt], activities: Mapping[str, Activity]
) -> date | None:
    """Return the date on which a rule was first met; None if it was not."""
    inside = list(_inside(rule, attempts, activities))
    if rule.kind in ("days", "streak"):
        return _nth_day(rule, sorted({one.on for one in inside}))
    done = [one for one in inside if one.is_completed]
    if rule.kind == "score":
        done = [one for one in done if one.score is not None and one.score >= rule.score]
    if rule.kind == "activities":
        first: dict[str, Attempt] = {}
        for one in done:
            first.setdefault(one.activity, one)
        done = list(first.values())
    return done[rule.count - 1].on if len(done) >= rule.count else None


def _inside(
    rule: PinRule, attempts: Sequence[Attempt], activities: Mapping[str, Activity]
) -> Iterator[Attempt]:
    for one in attempts:
        activity = activities.get(one.activity)
        if (not rule.subject or (activity and activity.subject == rule.subject)) and (
            not rule.unit or (activity and activity.unit == rule.unit)
        ):
            yield one


def _nth_day(rule: PinRule, days: Sequence[date]) -> date | None:
    if rule.kind == "days":
        return days[rule.count - 1] if len(days) >= rule.count else None
    run = 0
    for place, day in enumerate(days):
        run = run + 1 if place and day - days[place - 1] == timedelta(days=1) else 1
        if run == rule.count:
            return day
    return None
