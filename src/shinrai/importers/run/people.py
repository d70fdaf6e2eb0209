"""The persons named in rows, and their ids."""

from collections.abc import Iterable
from datetime import datetime

from shinrai.accounts.operations.members import record_staff
from shinrai.accounts.queries import members
from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.importers.rules.observation.cell_values import NamedPerson

REMEMBERED = 100_000


class People:
    """Knows the customers and staff of one source; each person is looked up once."""

    def __init__(self, *, workspace_id: int, source: str, at: datetime, by: str) -> None:
        self.workspace_id = workspace_id
        self.source = source
        self.at = at
        self.by = by
        self.customers: dict[str, KnownCustomer | None] = {}
        self.staff = {
            member.source_key: member.key
            for member in members(workspace_id=workspace_id)
            if member.source == source
        }

    def meet(self, persons: Iterable[NamedPerson]) -> None:
        """Look up or record every named person; an erased customer is noted as None."""
        named = dict.fromkeys(persons)
        if len(self.customers) > REMEMBERED:
            self.customers.clear()
        new = [p.name for p in named if p.kind == "customer" and p.name not in self.customers]
        if new:
            met = record_customers(
                workspace_id=self.workspace_id, source=self.source, identifiers=new, at=self.at
            )
            self.customers.update({name: met.get(name) for name in new})
        strangers = [p.name for p in named if p.kind == "staff" and p.name not in self.staff]
        if strangers:
            self.staff |= record_staff(
                workspace_id=self.workspace_id,
                source=self.source,
                names=strangers,
                at=self.at,
                by=self.by,
            )

    def is_erased(self, person: NamedPerson) -> bool:
        """Return whether a person is a customer who was erased."""
        return person.kind == "customer" and self.customers.get(person.name) is None

    def key_of(self, person: NamedPerson) -> str:
        """Return the key that stands for a person in the ledger, such as `customer:7`."""
        if person.kind == "staff":
            return self.staff[person.name]
        known = self.customers[person.name]
        assert known is not None
        return f"customer:{known.id}"
