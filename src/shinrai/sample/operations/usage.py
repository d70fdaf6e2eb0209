"""The learners of the sample: files of their usage, contracts and households, and loading them."""

import json
from collections.abc import Iterable, Sequence
from csv import writer
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.conf import settings
from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import LinkRequest, link_all, record_customers
from shinrai.importers.mapping_files import load_mapping
from shinrai.revenue.operations.files import RevenueImport, import_revenue
from shinrai.revenue.queries.contracts import contract_spans
from shinrai.revenue.rules.columns import RevenueMapping
from shinrai.sample.rules import billing
from shinrai.sample.rules.goals import Goals
from shinrai.sample.rules.learners import Learners, identifier
from shinrai.sample.rules.study import EVENTS, STUDIES, StudyEvents
from shinrai.sample.rules.usage_truth import usage_truth
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.operations.files import take_in_file
from shinrai.warehouse.store import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

BY: Final = "sample"
DESK: Final = "inquiry_steps"  # whoever pays is known by the name under which they write
USAGE, TABLETS = "usage.parquet", "tablets.ndjson"
CONTRACTS, PAYMENTS, HOUSEHOLDS = "contracts.csv", "payments.csv", "households.csv"
FILES: Final = (USAGE, TABLETS, CONTRACTS, PAYMENTS, HOUSEHOLDS)


@dataclass(frozen=True)
class LearnerFiles:
    """The learners and what they did, and how that is written as files and known truth."""

    learners: Learners
    events: StudyEvents

    @cached_property
    def truth(self) -> dict[str, Any]:
        """Return what measures should find."""
        return usage_truth(self.learners, self.events)

    @cached_property
    def goals(self) -> Goals:
        """Return what of it counts for goals."""
        return Goals(self.learners, self.events)

    def write(self, folder: Path) -> None:
        """Write the files of the learners."""
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.table(), folder / USAGE, compression="zstd")
        with (folder / TABLETS).open("w", encoding="utf-8", newline="\n") as file:
            for message in billing.tablet_messages(self.learners, self.events):
                file.write(json.dumps(message, ensure_ascii=False) + "\n")
        for name, header, rows in (
            (CONTRACTS, billing.CONTRACTS, billing.contract_rows(self.learners)),
            (PAYMENTS, billing.PAYMENTS, billing.payment_rows(self.learners)),
            (HOUSEHOLDS, billing.HOUSEHOLDS, billing.household_rows(self.learners)),
        ):
            write_table(folder / name, header, rows)

    def table(self) -> "pa.Table":
        """Return the events as a table whose columns have the usual names."""
        import pyarrow as pa
        import pyarrow.compute as pc

        events = self.events
        digits = pc.utf8_lpad(pa.array(events.number).cast(pa.string()), 8, padding="0")
        names = [identifier(learner) for learner in range(len(self.learners))]
        return pa.table(
            {
                "event_id": pc.binary_join_element_wise("m", digits, "-"),
                "user_id": _named(names, events.learner),
                "event": _named(EVENTS, events.event),
                "timestamp": pa.array(events.at_us, pa.timestamp("us", "UTC")),
                "subject": _named(STUDIES, events.subject),
                "grade": events.grade,
                "score": pa.array(events.score, mask=events.score < 0),
                "minutes": pa.array(events.minutes, mask=events.minutes < 0),
            }
        )


def load_learners(
    there: WorkspaceRecord, files: LearnerFiles, folder: Path, *, at: datetime
) -> None:
    """Load what the files in a folder say, by the same ways as real data: imports and links.

    The events alone, a million, are published as the columns that they are; see `columns`.
    If it was interrupted, call it again: it changes nothing that is there.
    """
    from shinrai.usage.operations.columns import publish_events  # Delta and DuckDB: slow to load
    from shinrai.usage.operations.move import move_all

    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    publish_events(warehouse, workspace=there, events=files.table(), at=at)
    take_in_file(folder / TABLETS, workspace=there, mapping=None, at=at)
    move_all(warehouse, at=at, waits=True)
    with transaction.atomic():
        for name, record in ((CONTRACTS, "contracts"), (PAYMENTS, "payments")):
            mapping = RevenueMapping(source=load_mapping(DESK).source, record=record)
            import_revenue(RevenueImport(there, folder / name, mapping, at, BY))
        _link(there, files.learners, at)


def has_learners(there: WorkspaceRecord) -> bool:
    """Return whether a workspace has the learners, which come with their contracts."""
    return bool(contract_spans(workspace_id=there.id))


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file as spreadsheets read it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        written = writer(file)
        written.writerow(header)
        written.writerows(rows)


def _link(there: WorkspaceRecord, learners: Learners, at: datetime) -> None:
    rows = list(billing.household_rows(learners))
    numbers = [
        {
            name: customer.id
            for name, customer in record_customers(
                workspace_id=there.id, source=source, identifiers=names, at=at
            ).items()
        }
        for source, names in (
            (ACTORS, [row[0] for row in rows]),
            (load_mapping(DESK).source, [row[1] for row in rows]),
        )
    ]
    links = [
        LinkRequest(
            workspace_id=there.id,
            learner_id=numbers[0][learner],
            guardian_id=numbers[1][guardian],
            contract_key=key,
            since=date.fromisoformat(since),
            until=date.fromisoformat(until) if until else None,
            proof=proof,
        )
        for learner, guardian, key, since, until, proof in rows
        if learner in numbers[0] and guardian in numbers[1]
    ]
    link_all(workspace_id=there.id, asked=links, at=at, by=BY)


def _named(names: Sequence[str], places: "np.typing.NDArray[np.int64]") -> "pa.Array":
    """Return names by their places; -1 is none."""
    import pyarrow as pa

    return pa.array(list(names), pa.string()).take(pa.array(places, mask=places < 0))
