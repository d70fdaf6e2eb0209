"""What is no language: a form's fields, the screen, device or version a case names with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from shinrai.topics.rules.held_back import HeldBack

FIELDS: Final = ("form", "screen", "last_failure", "service", "device", "version", "attachments")
LONGEST: Final = 100


@dataclass(frozen=True)
class FieldRule:
    """Of so many cases with a value in a field, so many were about one topic."""

    field: str
    value: str
    topic: str
    right: int
    of: int

    @property
    def document(self) -> dict[str, Any]:
        return asdict(self)


def field_values(detail: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a case's first step that may say what it is about."""
    return {
        name: str(value)[:LONGEST]
        for name in FIELDS
        if (value := detail.get(name)) and not isinstance(value, dict | list)
    }


def learn_fields(
    cases: Iterable[tuple[Mapping[str, Any], str]], *, precision: float
) -> tuple[FieldRule, ...]:
    """Return the values that go with one topic so often that precision is certain enough."""
    said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for detail, topic in cases:
        for pair in field_values(detail).items():
            said[pair][topic] += 1
    found = []
    for (name, value), topics in said.items():
        topic, right = min(topics.items(), key=lambda one: (-one[1], one[0]))
        if HeldBack(topics.total(), right, precision).low >= precision:
            found.append(FieldRule(name, value, topic, right, topics.total()))
    return tuple(sorted(found, key=lambda one: (FIELDS.index(one.field), -one.of, one.value)))


def field_rule_for(detail: Mapping[str, Any], rules: Iterable[FieldRule]) -> FieldRule | None:
    """Return the rule with most cases behind it that holds for a case, or None."""
    there = field_values(detail)
    held = [rule for rule in rules if there.get(rule.field) == rule.value]
    return max(held, key=lambda rule: rule.of, default=None)
