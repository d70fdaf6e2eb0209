"""The names behind Jira's ids: people and whether they are customers, statuses, fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords
from shinrai.importers.flatten.values import names_in
from shinrai.importers.jira.values import id_of, shown

# Sorts of custom fields that have a meaning of their own, by the last part of `schema.custom`.
REQUEST_TYPE: Final = "vp-origin"
PARTICIPANTS: Final = "sd-request-participants"
ORGANIZATIONS: Final = "sd-customer-organizations"
RATING: Final = "sd-request-feedback"
RATED_AT: Final = "sd-request-feedback-date"
TEAM_KINDS: Final = frozenset({"atlassian-team", "rm-teams-custom-field-team"})
# And names under which desks keep who holds an issue, where the sort does not say it.
TEAM_NAMES: Final = frozenset(
    {"team", "group", "support group", "assigned group", "assignment group", "support team",
     "チーム", "担当チーム", "対応チーム", "グループ", "担当グループ",
     "対応グループ", "サポートグループ"}
)  # fmt: skip
OF_THEIR_OWN: Final = frozenset({REQUEST_TYPE, PARTICIPANTS, ORGANIZATIONS, RATING, RATED_AT})


@dataclass(frozen=True)
class JiraNames:
    """The names, each by its id."""

    users: Mapping[str, str] = field(default_factory=dict)
    customers: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    field_kinds: Mapping[str, str] = field(default_factory=dict)
    used: tuple[str, ...] = ()  # custom fields that some issue fills
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # kind -> number -> word

    def person(self, number: str | None) -> str | None:
        """Return the name of a person; None for a machine."""
        if number is None or number in self.machines:
            return None
        return self.users.get(number, f"#{number}")

    def word(self, kind: str, value: Any) -> str | None:
        """Return the name of a status, a priority and the like, from an object or an id."""
        return shown(value) or self.known(kind, id_of(value))

    def known(self, kind: str, number: str | None) -> str | None:
        """Return the name for an id; an unknown id is returned with `#` before it."""
        if number is None:
            return None
        return self.words.get(kind, {}).get(number, f"#{number}")

    def category(self, number: str | None, word: str | None) -> str | None:
        """Return the category of a status, by id or name: new, indeterminate or done."""
        found = self.words.get("category", {})
        if number in found:
            return found[str(number)]
        same = {found.get(n) for n, w in self.words.get("status", {}).items() if w == word}
        return next(iter(same)) if len(same) == 1 else None

    def of_kind(self, kind: str) -> str | None:
        """Return the id of the custom field of a kind, or None."""
        return next((number for number, own in self.field_kinds.items() if own == kind), None)

    def is_team(self, number: str | None, name: str | None) -> bool:
        """Return whether a field holds the team of an issue."""
        called = (name or self.fields.get(number or "", "")).strip().lower()
        return self.field_kinds.get(number or "") in TEAM_KINDS or called in TEAM_NAMES

    def columns(self) -> tuple[str, ...]:
        """Return the columns of the custom fields in use: `custom.` and the field's name."""
        own = (n for n in self.used if self.field_kinds.get(n) not in OF_THEIR_OWN)
        return tuple(sorted({f"custom.{self.fields.get(number, number)}" for number in own}))

    def customs(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Return an issue's custom fields as text, by their columns."""
        found: dict[str, str] = {}
        for number in self.used:
            value = shown(fields.get(number))
            if value is not None and self.field_kinds.get(number) not in OF_THEIR_OWN:
                found.setdefault(f"custom.{self.fields.get(number, number)}", value)
        return found


def names_of(directory: CaseRecords) -> JiraNames:
    """Read the stored names; of two people with one name the later one gets their id added."""
    users: dict[str, str] = {}
    taken: set[str] = set()
    customers = frozenset(names_in(directory, "customer"))
    for number, name in sorted(names_in(directory, "user").items()):
        if number in customers:
            users[number] = name
            continue
        users[number] = name if name not in taken else f"{name} ({number})"
        taken.add(name)
    kinds = ("status", "category", "priority", "issuetype", "resolution", "option", "team")
    return JiraNames(
        users=users,
        customers=customers,
        machines=frozenset(names_in(directory, "app")),
        fields=names_in(directory, "field"),
        field_kinds=names_in(directory, "field_kind"),
        used=tuple(sorted(names_in(directory, "used"))),
        words={kind: names_in(directory, kind) for kind in (*kinds, "project", "project_kind")},
    )
