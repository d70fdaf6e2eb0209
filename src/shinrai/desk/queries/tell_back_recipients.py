"""Whom to tell of a fix: each person once, where they are written to, or why they are not."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from shinrai.accounts.queries import WorkspaceRecord, members
from shinrai.customers.queries import (
    GuardianContact,
    erased_among,
    guardians_alone,
    identifiers_of,
    learners_among,
    masked_identifiers,
    person_links,
)
from shinrai.delivery.targets import MAIL
from shinrai.desk.queries.defects import DefectView
from shinrai.desk.rules.tell_back import Recipient
from shinrai.ledger.queries import steps_of
from shinrai.satisfaction.queries.addresses import stopped_mails
from shinrai.usage.queries.actors import merged_with
from shinrai.usage.rules.periods import today

Guardians = Mapping[int, tuple[GuardianContact, ...]]


def planned_recipients(
    *,
    workspace: WorkspaceRecord,
    found: DefectView,
    silent: Collection[int],
    policy: str,
    at: datetime,
) -> tuple[Recipient, ...]:
    """Return everybody to tell of a fix: who wrote, who was affected and silent, and who filed."""
    wrote = {one.person.customer for one in found.cases if one.person and one.person.customer}
    people = _People(workspace, wrote, set(silent) - wrote, policy, at)
    return (*people.recipients(), *_filers(workspace.id, found))


class _People:
    """Customers with what decides where they are written to."""

    def __init__(
        self,
        workspace: WorkspaceRecord,
        wrote: Collection[int],
        silent: Collection[int],
        policy: str,
        at: datetime,
    ) -> None:
        there, self.policy = workspace.id, policy
        self.groups = {"customer": sorted(wrote), "silent": sorted(silent)}
        self.roots = merged_with(there, {*wrote, *silent})
        everybody = {*wrote, *silent, *self.roots}
        persons = {one: self._root(one) for one in everybody}
        learners = learners_among(workspace_id=there, numbers=everybody)
        # `family` keeps links of its own; it stands above this package and is asked by its name.
        read: Callable[..., Guardians] = import_string(settings.SHINRAI_GUARDIANS)
        known = read(workspace_id=there, learners=everybody, at=at)
        self.children = {persons[one] for one in (*learners, *known)}
        self.adults = guardians_alone(workspace_id=there, persons=persons)
        self.guardians: dict[int, list[GuardianContact]] = defaultdict(list)
        for learner, some in known.items():
            self.guardians[persons[learner]] += some
        links = person_links(workspace_id=there, on=today(workspace.zone, at), of=everybody)
        held = [one for one in links if one.learner_id in everybody]
        everybody |= {one.guardian_id for one in held}
        names = identifiers_of(workspace_id=there, numbers=everybody)
        self.addresses = {one: name for one, name in names.items() if MAIL.fullmatch(name)}
        for one in held:
            address = self.addresses.get(one.guardian_id, "")
            contact = GuardianContact(one.guardian_id, address)
            self.guardians[persons[one.learner_id]].append(contact)
        guardians = {one.person for some in self.guardians.values() for one in some}
        self.erased = erased_among(everybody | guardians)
        self.stopped = stopped_mails(workspace_id=there, persons=everybody | guardians)
        self.shown = masked_identifiers(workspace_id=there, numbers={*wrote, *silent})

    def recipients(self) -> Iterator[Recipient]:
        """List everybody in order; a second customer of an address goes with its first."""
        first: dict[str, int] = {}
        for group, numbers in self.groups.items():
            for number in numbers:
                state, contact = self._contact(group, number)
                if contact is None:
                    yield Recipient(group, state, number, shown=self.shown.get(number, ""))
                    continue
                to = first.setdefault(contact.address.lower(), contact.person)
                yield Recipient(
                    group, "ready", number, written_to=to, address=contact.address,
                    shown=self.shown.get(number, ""),
                )  # fmt: skip

    def _contact(self, group: str, number: int) -> tuple[str, GuardianContact | None]:
        """Return where a customer is written to; without that, the state that says why not."""
        root = self._root(number)
        if number in self.erased or root in self.erased:
            return "erased", None
        if group == "silent" and self.policy == "product":
            return "list", None
        if root in self.children:
            # A child is never written to, and neither is whoever was their guardian once.
            reached = [
                one for one in self.guardians[root] if one.address and one.person not in self.erased
            ]
            wanted = [one for one in reached if group != "silent" or not self._stopped(one.person)]
            if wanted:
                return "", wanted[0]
            return ("stopped" if reached else "no_guardian"), None
        if group == "silent" and self.policy != "all" and root not in self.adults:
            return "unsure", None
        if group == "silent" and self._stopped(number):
            return "stopped", None
        address = self._address(number)
        return ("", GuardianContact(number, address)) if address else ("no_address", None)

    def _root(self, number: int) -> int:
        return self.roots.get(number, number)

    def _same(self, number: int) -> list[int]:
        root = self._root(number)
        return [number, root, *(one for one, into in self.roots.items() if into == root)]

    def _stopped(self, number: int) -> bool:
        return not self.stopped.isdisjoint(self._same(number))

    def _address(self, number: int) -> str:
        there = (self.addresses[one] for one in self._same(number) if one in self.addresses)
        return next(there, "")


def _filers(workspace_id: int, found: DefectView) -> list[Recipient]:
    cases = [one.head.id for one in found.cases if one.head.record == "investigation"]
    steps = steps_of(cases, workspace_id=workspace_id, kinds=("filed",))
    filed = {step.by for some in steps.values() for step in some}
    staff = {one.key: one for one in members(workspace_id=workspace_id) if not one.has_left}
    return [
        Recipient(
            "filer", "ready" if staff[key].email else "no_address", member=key,
            address=staff[key].email or "", shown=staff[key].display_name,
        )
        for key in sorted(filed)
        if key in staff
    ]  # fmt: skip
