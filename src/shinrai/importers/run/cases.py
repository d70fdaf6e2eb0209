"""The cases of a chunk of rows: looked up or recorded, with the keys that encrypt their texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shinrai.desk.queries.files import file_words
from shinrai.importers.models import Observation
from shinrai.importers.rules.mapping.definition import Mapping, TableMapping
from shinrai.importers.rules.observation.packed_rows import words_in
from shinrai.importers.run.chunk import RowGroup, RowTexts
from shinrai.importers.run.people import People
from shinrai.ledger.operations.cases import NewCase, record_cases, set_case_key
from shinrai.ledger.queries import CaseHead, cases_by_key, steps_of
from shinrai.privacy.operations import erased_marks, make_keys, mark_of, open_keys, reencrypt_words


@dataclass
class Cases:
    """Looks up or records the cases of one chunk of rows, and holds their keys."""

    mapping: Mapping
    workspace_id: int
    hidden: frozenset[int]
    people: People
    at: datetime
    _heads: dict[str, CaseHead] = field(default_factory=dict)
    _keys: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _old: set[str] = field(default_factory=set)

    def number(self, case_key: str) -> int:
        """Return the id of a case."""
        return self._heads[case_key].id

    def key(self, case_key: str) -> tuple[int, bytes]:
        """Return the id of the key that encrypts a case's texts, and the key."""
        return self._keys[case_key]

    def find(self, rows: Sequence[RowGroup], table: TableMapping) -> list[RowGroup]:
        """Look up or record the cases of rows; return the rows whose cases were not erased."""
        erased = erased_marks(workspace_id=self.workspace_id)
        source = self.mapping.source
        keys = list(dict.fromkeys(row.case_key for row in rows))
        if erased:
            gone = {key for key in keys if mark_of("case", source, key) in erased}
            rows = [row for row in rows if row.case_key not in gone]
            keys = [key for key in keys if key not in gone]
        known = cases_by_key(
            workspace_id=self.workspace_id, record=self.mapping.record, source=source, keys=keys
        )
        self._heads = dict(known)
        self._old = set(known)
        self._record([key for key in keys if key not in known], rows)
        return self._with_keys(rows, table)

    def known_words(
        self, rows: Sequence[RowTexts], table: TableMapping
    ) -> dict[tuple[str, str], dict[str, Any]]:
        """Return by case and row key the ids and marks of texts that earlier imports stored."""
        names = {
            self._heads[row.case_key].id: row.case_key for row in rows if row.case_key in self._old
        }
        if not names:
            return {}
        found = (
            Observation.objects.filter(case_id__in=list(names), table=table.name)
            .exclude(batch_id__in=self.hidden)
            .exclude(words=None)
            .order_by("batch_id", "file", "id")
            .values_list("case_id", "words")
        )
        return {
            (names[case_id], row_key): places
            for case_id, words in found
            for row_key, places in (words or {}).items()
        }

    def _record(self, new: Sequence[str], rows: Sequence[RowGroup]) -> None:
        customers: dict[str, Any] = {}
        for row in rows:
            if row.customer is not None:
                customers.setdefault(row.case_key, self.people.customers[row.customer.name])
        alone = [key for key in new if customers.get(key) is None] if self._has_words() else []
        made = make_keys(workspace_id=self.workspace_id, count=len(alone), at=self.at)
        own = dict(zip(alone, made, strict=True))
        cases = [
            NewCase(
                record=self.mapping.record,
                source=self.mapping.source,
                source_key=key,
                key_id=customers[key].key_id if customers.get(key) else own.get(key, (None,))[0],
                customer_id=customers[key].id if customers.get(key) else None,
            )
            for key in new
        ]
        numbers = record_cases(workspace_id=self.workspace_id, cases=cases)
        for number, case in zip(numbers, cases, strict=True):
            record, source, key = case.record, case.source, case.source_key
            self._heads[key] = CaseHead(
                number, self.workspace_id, record, source, key, case.key_id, case.customer_id, None
            )

    def _with_keys(self, rows: Sequence[RowGroup], table: TableMapping) -> list[RowGroup]:
        """Decrypt the cases' keys and set their customers; drop rows whose key was destroyed."""
        held = {
            known.key_id: known.key
            for row in rows
            if row.customer is not None and (known := self.people.customers[row.customer.name])
        }
        wanted = (head.key_id for head in self._heads.values() if head.key_id is not None)
        keys = open_keys(wanted, held)
        self._keys = {
            name: (head.key_id, keys[head.key_id])
            for name, head in self._heads.items()
            if head.key_id is not None and head.key_id in keys
        }
        kept: list[RowGroup] = []
        for row in rows:
            head = self._heads[row.case_key]
            if head.key_id is not None and row.case_key not in self._keys:
                continue  # the key was destroyed: whose words these are summary to be forgotten
            customer = self.people.customers[row.customer.name] if row.customer else None
            if customer is not None and head.customer_id is None:
                self._adopt(row.case_key, customer.key_id, customer.key, customer.id)
            elif customer is not None and head.customer_id != customer.id:
                row.doubts.append("customer_changed")
            elif head.key_id is None and row.has_texts:
                [(key_id, key)] = make_keys(workspace_id=self.workspace_id, count=1, at=self.at)
                self._adopt(row.case_key, key_id, key, None)
            kept.append(row)
        return kept

    def _adopt(self, case_key: str, key_id: int, key: bytes, customer_id: int | None) -> None:
        head = self._heads[case_key]
        set_case_key(
            workspace_id=self.workspace_id, case_id=head.id, key_id=key_id, customer_id=customer_id
        )
        words = {
            step.words_id
            for step in steps_of([head.id], workspace_id=self.workspace_id).get(head.id, [])
            if step.words_id is not None
        }
        observed = Observation.objects.filter(case_id=head.id).values_list("words", flat=True)
        words |= words_in(observed) | file_words(case_id=head.id)
        if words:
            reencrypt_words(words_ids=words, key_id=key_id, key=key)
        self._heads[case_key] = replace(head, key_id=key_id, customer_id=customer_id)
        self._keys[case_key] = (key_id, key)

    def _has_words(self) -> bool:
        return any(
            table.text or table.words or any(step.words for step in table.steps)
            for table in self.mapping.tables
        )
