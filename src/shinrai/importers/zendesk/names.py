"""The names of agents and groups by id, and whether a person is staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shinrai.importers.flatten.case_records import CaseRecords
from shinrai.importers.flatten.values import names_in
from shinrai.importers.zendesk.changes import number_of


@dataclass(frozen=True)
class ZendeskNames:
    """Agents by id, groups by id, everybody who was ever an assignee, and SLA targets."""

    staff: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    assignees: frozenset[str] = frozenset()
    policies: Sequence[Mapping[str, Any]] = ()

    def person(self, number: str | None) -> str | None:
        """Return the name of an agent; None for Zendesk itself."""
        return None if number is None else self.staff.get(number, f"#{number}")

    def group(self, number: str | None) -> str | None:
        """Return the name of a group."""
        return None if number is None else self.groups.get(number, f"#{number}")

    def is_staff(self, number: str | None, ticket: Mapping[str, Any]) -> bool:
        """Return whether somebody writes for the desk.

        If no agents are listed, everybody counts as staff who neither asked nor was copied in.
        """
        if number is None or number == number_of(ticket.get("requester_id")):
            return False
        if number in self.staff or number in self.assignees:
            return True
        copied = [
            number_of(each)
            for name in ("collaborator_ids", "email_cc_ids", "follower_ids")
            for each in ticket.get(name) or ()
        ]
        return not self.staff and number not in copied


def names_of(directory: CaseRecords) -> ZendeskNames:
    """Read the stored names; of two agents with one name the later one gets their id added."""
    staff: dict[str, str] = {}
    taken: set[str] = set()
    for number, name in sorted(names_in(directory, "staff").items(), key=_by_number):
        staff[number] = name if name not in taken else f"{name} ({number})"
        taken.add(name)
    return ZendeskNames(
        staff=staff,
        groups=names_in(directory, "group"),
        assignees=frozenset(names_in(directory, "assignee")),
        policies=[held.value for held in directory.of("policy")],
    )


def _by_number(pair: tuple[str, str]) -> tuple[int, str]:
    return (len(pair[0]), pair[0])
